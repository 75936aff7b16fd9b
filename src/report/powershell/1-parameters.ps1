# SPDX-License-Identifier: GPL-3.0-or-later
#Requires -Version 5.1

<#
.SYNOPSIS
Carries out a plan of wimplan on a Configuration Manager site, through CIM.

.DESCRIPTION
For sites that let no outside program call the SMS Provider. It does what wimplan-apply does, with the same calls and
the same checks, and it runs in Windows PowerShell 5.1 and in PowerShell 7 on Windows.

First every package of the plan is read again. One that is no longer as the plan found it is a conflict, and any
conflict refuses the whole run before the first call, unless -SkipConflicts is given. Then each package is reloaded and
refreshed as planned: connect, get the object by its key, call the method, commit the object. What was called is
verified by reading the package again.

What happened is kept in a receipt. While a run goes on a journal stands beside it, named after it, in which each call is
noted before and after it is made; at the end the receipt has all of it. A run that was ended, however that was, leaves
the journal, and the next one takes it up. Running the script again goes on where it stopped: what is done stays done,
what the site has accepted is not called again, and what was called without an answer is looked up before it is called
again.
"wimplan record" turns the receipt into baselines.

The account needs the rights to read and modify these packages and to copy them to distribution points, and to connect
to the SMS Provider over WMI. No cmdlet of the Configuration Manager console is used.

Exit status: 0 everything is done, 1 failed, 2 a parameter is wrong or -Yes is missing, 4 refused before any call, 5
another run is going on, 6 steps failed or are left over.

.PARAMETER ProviderMachineName
The computer with the SMS Provider.

.PARAMETER SiteCode
The site that you mean. The script refuses to run when its plan is for another one.

.PARAMETER Commit
Whether the object is written back after a reload: "auto" does it only when the result cannot be seen without it.

.PARAMETER SettleSeconds
How long the result of a call is waited for.

.PARAMETER TimeoutSeconds
How long one request to the SMS Provider may take.

.PARAMETER Window
Calls are made only in this time: START/END in ISO 8601 with zones, such as 2026-02-14T20:00Z/2026-02-15T02:00Z. One of
both may be left out. Outside it a run is refused. When it ends during a run, nothing more is called, and what was called
is still waited for; running the script again in the next window goes on.

.PARAMETER Pause
So many seconds between two calls.

.PARAMETER Only
Only these packages. One text with commas does too, because powershell.exe -File cannot pass on more than one.

.PARAMETER Yes
Does not ask before each call. For scheduled tasks: powershell.exe -File cannot pass -Confirm:$false on. Where nobody
can be asked, the script calls nothing without it.

.PARAMETER SkipConflicts
Leaves out packages that are no longer as the plan found them, instead of refusing the whole run.

.PARAMETER ReceiptPath
The receipt. By default it stands beside the script and is named after the plan.

.PARAMETER LogPath
The log, which is appended to. By default it stands beside the script and is named after the plan.

.PARAMETER Credential
Another account for the connection to the SMS Provider.

.PARAMETER Protocol
Dcom, or Wsman where WinRM is set up on the SMS Provider.

.EXAMPLE
.\plan.ps1 -ProviderMachineName cm01.contoso.com -WhatIf

Reads every package again and says what would be called, as a table at the end. Nothing is changed, and no file is
written.

.EXAMPLE
.\plan.ps1 -ProviderMachineName cm01.contoso.com -Yes

Carries the plan out without asking before each call.

.EXAMPLE
.\plan.ps1 -ProviderMachineName cm01.contoso.com -Yes -Window 2026-02-14T20:00Z/2026-02-15T02:00Z -Pause 60

The same in a maintenance window, with a minute between two calls.
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [ValidateNotNullOrEmpty()]
    [string] $ProviderMachineName,

    [ValidatePattern('^[A-Za-z0-9]{3}$', Options = 'None')]
    [string] $SiteCode,

    [ValidateSet('auto', 'always', 'never')]
    [string] $Commit = 'auto',

    [ValidateRange(0, 604800)]
    [int] $SettleSeconds = 900,

    [ValidateRange(1, 86400)]
    [int] $TimeoutSeconds = 900,

    [string] $Window,

    [ValidateRange(0, 86400)]
    [int] $Pause = 0,

    [string[]] $Only = @(),

    [switch] $Yes,

    [switch] $SkipConflicts,

    [string] $ReceiptPath,

    [string] $LogPath,

    [System.Management.Automation.PSCredential]
    [System.Management.Automation.Credential()]
    $Credential = [System.Management.Automation.PSCredential]::Empty,

    [ValidateSet('Dcom', 'Wsman')]
    [string] $Protocol = 'Dcom'
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

