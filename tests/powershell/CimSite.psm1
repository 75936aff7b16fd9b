# SPDX-License-Identifier: GPL-3.0-or-later
<#
The CIM commands that wimplan's scripts use, in front of a stand-in for the site's SMS Provider (tests/site). PowerShell
has the real ones only on Windows. Parameters are named and bound as those of the real commands, exceptions are of the
real type, and instances are as CimTypes.cs has them: here [ciminstance] stands for these.

SITE_TYPES is the library made of CimTypes.cs, SITE_URL the stand-in's AdminService, and SITE_CODES the sites that
SMS_ProviderLocation tells of, if not P01; with "!" there is no provider. SITE_ERRORS is what the way to the provider
leaves of its SMS_ExtendedStatus: "object", "wrapped" in WMI's own error, or its "text".
#>
Set-StrictMode -Version 2.0

Add-Type -Path $env:SITE_TYPES
$accelerators = [psobject].Assembly.GetType('System.Management.Automation.TypeAccelerators')
$accelerators.GetField('builtinTypeAccelerators', 'Static, NonPublic').GetValue($null)['ciminstance'] = [CimSite.CimInstance]

$dates = @('SourceDate', 'LastRefreshTime', 'LastCopied', 'StatusTime', 'StartTime', 'PresentTime')
# The property that is the key of a class, where that is not PackageID.
$keys = @{ SMS_Advertisement = 'AdvertisementID' }
$handler = New-Object -TypeName System.Net.Http.HttpClientHandler
$handler.UseProxy = $false
$client = New-Object -TypeName System.Net.Http.HttpClient -ArgumentList $handler
# A connection for each request: one that died while it was kept alive would be used again unasked.
$client.DefaultRequestHeaders.ConnectionClose = $true

# --- Instances and errors ---------------------------------------------------------------------------------------------

# As CIM has it: numbers are UInt32, or SInt32 below 0, and lists are of texts.
function ConvertTo-CimValue {
    param($Value)

    if ($Value -is [long] -or $Value -is [int]) {
        if ($Value -lt 0) { return [int] $Value }
        return [uint32] $Value
    }
    if ($Value -is [array] -and $Value -and $Value[0] -isnot [string]) {
        return , [object[]] @($Value | ForEach-Object -Process {
                ConvertTo-Instance -Entity $_ -ClassName ($_.'@odata.type' -replace '.*\.') -Namespace 'root/sms' })
    }
    if ($Value -is [array]) {
        return , [string[]] $Value
    }
    return $Value
}

# An entity of the AdminService as the instance that it is made of. PowerShell shows properties of an instance as its own.
function ConvertTo-Instance {
    param($Entity, [string] $ClassName, [string] $Namespace)

    $instance = [CimSite.CimInstance]::new($ClassName, $Namespace)
    foreach ($property in $Entity.PSObject.Properties) {
        $value = $property.Value
        # Neither what OData puts beside the properties nor lists that are empty.
        if ($property.Name -match '^(__|@)' -or ($value -is [array] -and -not $value)) {
            continue
        }
        if ($dates -contains $property.Name -and $value -is [string]) {
            $value = [datetime]::Parse($value, [System.Globalization.CultureInfo]::InvariantCulture, 'RoundtripKind')
        }
        $value = ConvertTo-CimValue -Value $value
        $instance.CimInstanceProperties.Add([CimSite.CimProperty]::new($property.Name, $value))
        Add-Member -InputObject $instance -MemberType NoteProperty -Name $property.Name -Value $value
    }
    return $instance
}

# The exception that the real commands throw: only MI itself can make one with a code, and with data.
function New-Failure {
    param([string] $Code, [string] $Message, $Data)

    $exception = [Microsoft.Management.Infrastructure.CimException]::new($Message)
    $exception.GetType().GetProperty('NativeErrorCode').SetValue($exception,
        [Microsoft.Management.Infrastructure.NativeErrorCode] $Code)
    Add-Member -InputObject $exception -MemberType NoteProperty -Name 'ErrorData' -Value $Data -Force
    [System.Management.Automation.ErrorRecord]::new($exception, 'CimSite', 'NotSpecified', $null)
}

# --- The way to the stand-in ------------------------------------------------------------------------------------------

# Answers @{ Entity } or @{ Error }, an error record.
function Invoke-Site {
    param([string] $Method, [string] $Path, [string] $Body, [int] $TimeoutSeconds)

    $request = New-Object -TypeName System.Net.Http.HttpRequestMessage -ArgumentList `
        ([System.Net.Http.HttpMethod]::new($Method)), "$env:SITE_URL/wmi/$Path"
    if ($Body) {
        $request.Content = [System.Net.Http.StringContent]::new($Body, [System.Text.Encoding]::UTF8, 'application/json')
    }
    $cancel = New-Object -TypeName System.Threading.CancellationTokenSource
    if ($TimeoutSeconds) {
        $cancel.CancelAfter(1000 * $TimeoutSeconds)
    }
    try {
        $answer = $client.SendAsync($request, $cancel.Token).GetAwaiter().GetResult()
        $text = $answer.Content.ReadAsStringAsync().GetAwaiter().GetResult()
        $document = if ($text) { ConvertFrom-Json -InputObject $text } else { $null }
    }
    catch {
        return @{ Error = New-Failure -Code 'Failed' -Message 'The RPC server is unavailable. ' }
    }
    if ($answer.IsSuccessStatusCode) {
        # By its key an entity stands in a list of one.
        $isList = $null -ne $document -and $document.PSObject.Properties['value']
        return @{ Entity = if ($isList) { $document.value } else { $document } }
    }
    switch ([int] $answer.StatusCode) {
        403 { return @{ Error = New-Failure -Code 'AccessDenied' -Message 'Access denied ' } }
        404 { return @{ Error = New-Failure -Code 'NotFound' -Message 'Not found ' } }
    }
    $inner = $document.error.PSObject.Properties['innererror']
    if (-not $inner) {
        return @{ Error = New-Failure -Code 'Failed' -Message 'Generic failure ' }
    }
    $status = $inner.Value.SMS_ExtendedStatus
    if ($env:SITE_ERRORS -eq 'text') {
        $fields = 'Description', 'ErrorCode', 'SQLStatus' | ForEach-Object { "  $_ = $($status.$_);" }
        $text = (@('Generic failure', 'instance of SMS_ExtendedStatus', '{') + $fields + '};') -join "`n"
        return @{ Error = New-Failure -Code 'Failed' -Message $text }
    }
    $data = ConvertTo-Instance -Entity $status -ClassName 'SMS_ExtendedStatus' -Namespace 'root/sms'
    if ($env:SITE_ERRORS -eq 'wrapped') {
        $data = ConvertTo-Instance -Entity ([pscustomobject] @{ original_error = $data }) `
            -ClassName 'MSFT_ExtendedStatus' -Namespace 'root/microsoft/windows'
    }
    @{ Error = New-Failure -Code 'Failed' -Message 'Generic failure ' -Data $data }
}

function Get-KeyPath {
    param($Instance)

    $class = $Instance.CimSystemProperties.ClassName
    $key = if ($keys[$class]) { $keys[$class] } else { 'PackageID' }
    "$class('$($Instance.CimInstanceProperties[$key].Value)')"
}

# --- The commands -----------------------------------------------------------------------------------------------------

function New-CimSessionOption {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidateSet('Dcom', 'Default', 'Wsman')] [string] $Protocol)

    @{ Protocol = $Protocol }
}

function New-CimSession {
    [CmdletBinding()]
    param([string[]] $ComputerName, $SessionOption, [pscredential] $Credential)

    @{ ComputerName = $ComputerName[0] }
}

function Remove-CimSession {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] $CimSession)
}

function New-CimInstance {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Namespace, [string] $ClassName, [string[]] $Key, [System.Collections.IDictionary] $Property,
        [switch] $ClientOnly)

    if (-not $ClientOnly) {
        throw 'no script of wimplan makes an object at the site'
    }
    # As the real one: without -WhatIf:$false a script with -WhatIf gets nothing, not even a key.
    if ($PSCmdlet.ShouldProcess($ClassName, 'New-CimInstance')) {
        ConvertTo-Instance -Entity ([pscustomobject] $Property) -ClassName $ClassName -Namespace $Namespace
    }
}

function Get-CimInstance {
    [CmdletBinding(DefaultParameterSetName = 'List')]
    param($CimSession, [string] $Namespace,
        [Parameter(Mandatory = $true, ParameterSetName = 'List')] [string] $ClassName,
        [Parameter(ParameterSetName = 'List')] [string] $Filter,
        [Parameter(Mandatory = $true, ParameterSetName = 'Key')] [CimSite.CimInstance] $InputObject,
        [uint32] $OperationTimeoutSec)

    if ($ClassName -eq 'SMS_ProviderLocation') {
        if ($env:SITE_CODES -eq '!') {
            $PSCmdlet.ThrowTerminatingError((New-Failure -Code 'InvalidNamespace' -Message 'Invalid namespace '))
        }
        $codes = if ($env:SITE_CODES) { $env:SITE_CODES } else { 'P01' }
        foreach ($code in $codes -split ',') {
            $entity = [pscustomobject] @{ SiteCode = $code }
            ConvertTo-Instance -Entity $entity -ClassName $ClassName -Namespace $Namespace
        }
        return
    }
    $path = $ClassName
    if ($InputObject) {
        $ClassName = $InputObject.CimSystemProperties.ClassName
        $Namespace = $InputObject.CimSystemProperties.Namespace
        $path = Get-KeyPath -Instance $InputObject
    }
    $answer = Invoke-Site -Method 'GET' -Path $path -TimeoutSeconds $OperationTimeoutSec
    if ($answer['Error']) {
        if (-not $InputObject -and $answer['Error'].Exception.NativeErrorCode -eq 'NotFound') {
            $answer['Error'] = New-Failure -Code 'InvalidClass' -Message 'Invalid class '
        }
        $PSCmdlet.ThrowTerminatingError($answer['Error'])
    }
    foreach ($entity in $answer['Entity']) {
        # The WQL of wimplan's scripts: Property=number or Property='text', joined by OR.
        $terms = @($Filter -split ' OR ' | Where-Object { $_ })
        if (-not $terms -or @($terms | Where-Object { $name, $value = $_ -split '=';
                    [string] $entity.$name -eq $value.Trim("'") })) {
            ConvertTo-Instance -Entity $entity -ClassName $ClassName -Namespace $Namespace
        }
    }
}

function Set-CimInstance {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param($CimSession, [Parameter(Mandatory = $true)] [CimSite.CimInstance] $InputObject, [uint32] $OperationTimeoutSec)

    $path = Get-KeyPath -Instance $InputObject
    $body = @{}
    foreach ($property in $InputObject.CimInstanceProperties) {
        if ($null -ne $property.Value -and $dates -notcontains $property.Name) {
            $body[$property.Name] = $property.Value
        }
    }
    if ($PSCmdlet.ShouldProcess($path, 'Set-CimInstance')) {
        $answer = Invoke-Site -Method 'PUT' -Path $path -TimeoutSeconds $OperationTimeoutSec `
            -Body (ConvertTo-Json -InputObject $body)
        if ($answer['Error']) {
            $PSCmdlet.ThrowTerminatingError($answer['Error'])
        }
    }
}

function Invoke-CimMethod {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param($CimSession, [string] $Namespace,
        [Parameter(Mandatory = $true, ParameterSetName = 'Class')] [string] $ClassName,
        [Parameter(Mandatory = $true, ParameterSetName = 'Instance')] [CimSite.CimInstance] $InputObject,
        [Parameter(Mandatory = $true)] [string] $MethodName,
        [System.Collections.IDictionary] $Arguments = @{}, [uint32] $OperationTimeoutSec)

    $path = "$ClassName.$MethodName"
    if ($InputObject) {
        $path = (Get-KeyPath -Instance $InputObject) + "/AdminService.$MethodName"
    }
    if ($PSCmdlet.ShouldProcess($path, 'Invoke-CimMethod')) {
        $answer = Invoke-Site -Method 'POST' -Path $path -Body (ConvertTo-Json -InputObject $Arguments) `
            -TimeoutSeconds $OperationTimeoutSec
        if ($answer['Error']) {
            $PSCmdlet.ThrowTerminatingError($answer['Error'])
        }
        $answer['Entity']
    }
}

Export-ModuleMember -Function *-Cim*
