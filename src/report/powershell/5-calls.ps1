# --- The site ---------------------------------------------------------------------------------------------------------

function Test-CimError {
    param($ErrorRecord, [string] $Name)

    $exception = $ErrorRecord.Exception
    $exception.GetType().Name -eq 'CimException' -and [string] $exception.NativeErrorCode -eq $Name
}

# By its key, because only then the lazy property ImageProperty comes along. $null when there is no such package.
# @Patient where the run depends on the answer: what is busy or away for a moment is asked once more.
function Read-Record {
    param($Package, [switch] $Patient)

    $key = New-CimInstance -Namespace $namespace -ClassName $Package.Class -Key 'PackageID' `
        -Property @{ PackageID = $Package.PackageId } -ClientOnly -WhatIf:$false -Confirm:$false
    for ($tries = 1; $true; $tries++) {
        try {
            return Get-CimInstance -CimSession $session -InputObject $key -OperationTimeoutSec $TimeoutSeconds
        }
        catch {
            if (Test-CimError -ErrorRecord $_ -Name 'NotFound') {
                return $null
            }
            $refusal = Get-Refusal -ErrorRecord $_
            if (-not $Patient -or $tries -gt 1 -or ($refusal.Refused -and -not $refusal.Busy)) {
                throw "$($Package.PackageId) cannot be read: $($refusal.Why.Trim())"
            }
        }
        Start-Sleep -Seconds 5
    }
}

# The provider has to be one of the site that the plan was made for.
function Connect-Provider {
    $connection = @{
        ComputerName  = $ProviderMachineName
        SessionOption = New-CimSessionOption -Protocol $Protocol
    }
    if ($Credential -ne [System.Management.Automation.PSCredential]::Empty) {
        $connection['Credential'] = $Credential
    }
    try {
        $script:session = New-CimSession @connection
        $locations = @(Get-CimInstance -CimSession $session -Namespace 'root/sms' -ClassName 'SMS_ProviderLocation' `
                -OperationTimeoutSec $TimeoutSeconds)
    }
    catch {
        throw ("the SMS Provider at $ProviderMachineName cannot be used over ${Protocol}: " +
            "$($_.Exception.Message.Trim()); check its name, your rights there, and -Protocol")
    }
    $codes = @($locations | ForEach-Object -Process { $_.SiteCode })
    if ($codes -notcontains $plan.SiteCode) {
        Stop-Run -Status 4 -Text ("$ProviderMachineName is a provider of site $($codes -join ', '), and the plan was " +
            "made for site $($plan.SiteCode); name a provider of that site")
    }
}

# What the provider itself says of an error; $null when it is not its own. WMI hands it on in an MSFT_ExtendedStatus.
function Get-ExtendedStatus {
    param($ErrorRecord)

    if ($ErrorRecord.Exception.GetType().Name -ne 'CimException' -or $null -eq $ErrorRecord.Exception.ErrorData) {
        return $null
    }
    $data = $ErrorRecord.Exception.ErrorData
    foreach ($instance in @($data, (Get-Value -Record $data -Name 'original_error'))) {
        if ($instance -is [ciminstance] -and $instance.CimSystemProperties.ClassName -eq 'SMS_ExtendedStatus') {
            return $instance
        }
    }
    return $null
}

# An SMS_ExtendedStatus comes with what the provider itself refuses; without one, the way to it may have failed.
function Get-Refusal {
    param($ErrorRecord)

    $refusal = [pscustomobject] @{ Refused = $false; Busy = $false; Why = $ErrorRecord.Exception.Message }
    foreach ($name in 'AccessDenied', 'NotFound', 'NotSupported', 'InvalidClass', 'InvalidNamespace',
        'InvalidParameter', 'MethodNotFound', 'MethodNotAvailable') {
        if (Test-CimError -ErrorRecord $ErrorRecord -Name $name) {
            $refusal.Refused = $true
        }
    }
    $data = Get-ExtendedStatus -ErrorRecord $ErrorRecord
    if ($null -eq $data) {
        # Some ways to the provider keep no more of the object than its text.
        if ($refusal.Why -match 'SMS_ExtendedStatus') {
            $refusal.Refused = $true
            $refusal.Busy = $refusal.Why -match '0x40480732|ErrorCode = 1078462258;|SQLStatus = 1205;'
        }
        return $refusal
    }
    $code = [int64] (Get-Value -Record $data -Name 'ErrorCode') -band 4294967295
    $sql = [string] (Get-Value -Record $data -Name 'SQLStatus')
    $refusal.Refused = $true
    # Somebody edits the object in a console (0x40480732), or the database has chosen this call to give way.
    $refusal.Busy = $code -eq 1078462258 -or $sql -eq '1205'
    $text = Get-Text -Record $data -Name 'Description'
    $refusal.Why = '{0} (SMS_ExtendedStatus, error {1} = 0x{1:X8}, SQL status {2})' -f $text, $code, $sql
    return $refusal
}

# Where a step stands: "pending" as the plan found it, "satisfied" as the plan wants it, "conflict" neither.
function Get-Verdict {
    param($Step, $Record)

    $package = $Step.Package
    $verdict = [pscustomobject] @{ Standing = 'pending'; Why = '' }
    if ($null -eq $Record) {
        $verdict.Standing = 'conflict'
        $verdict.Why = 'the site has no such package any more, or does not show it to you'
        return $verdict
    }
    foreach ($property in 'PkgSourcePath', 'SourceSite') {
        $now = Get-Text -Record $Record -Name $property
        if (-not (Test-SameText -One $now -Other $package[$property])) {
            $verdict.Standing = 'conflict'
            $verdict.Why = "$property is '$now' now, and the plan was made for '$($package[$property])'"
            return $verdict
        }
    }
    $text = Get-Text -Record $Record -Name 'ImageProperty'
    if (-not (Test-Digest -Text $text -Expected $package.ImagePropertySha256)) {
        $difference = Compare-Image -Package $package -Text $text
        if ($null -eq $difference -and $Step.Action -eq $reload) {
            $verdict.Standing = 'satisfied'
            return $verdict
        }
        # A plan made without the stored text has nothing to compare with, unless it knows that there was none.
        if ($null -ne $difference -and ($null -ne $package.ImagePropertySha256 -or $package.NeverLoaded)) {
            $verdict.Standing = 'conflict'
            $verdict.Why = "ImageProperty has changed since the plan was made, and not to what it wants: $difference"
            return $verdict
        }
    }
    $version = Get-Value -Record $Record -Name 'SourceVersion'
    if ($version -eq $package.SourceVersion) {
        return $verdict
    }
    if ($Step.Action -eq $refresh -and $null -ne $version -and $null -ne $package.SourceVersion -and
        $version -gt $package.SourceVersion) {
        $verdict.Standing = 'satisfied'
        return $verdict
    }
    $verdict.Standing = 'conflict'
    $verdict.Why = "SourceVersion is '$version' now, and the plan was made for '$($package.SourceVersion)'"
    return $verdict
}

# $null when the effect of a call can be seen in the record, otherwise what is missing.
function Get-Missing {
    param($Step, $Record)

    if ($null -eq $Record) {
        return 'the site has no such package any more'
    }
    if ($Step.Action -eq $refresh) {
        $version = Get-Value -Record $Record -Name 'SourceVersion'
        if ($null -ne $version -and $null -ne $Step.VersionBefore -and $version -gt $Step.VersionBefore) {
            return $null
        }
        return "SourceVersion is still '$version'"
    }
    $text = Get-Text -Record $Record -Name 'ImageProperty'
    $difference = Compare-Image -Package $Step.Package -Text $text
    if ($null -ne $difference) {
        return $difference
    }
    # Accepted, the right metadata is enough; without an answer only a change says that the call arrived.
    if (-not $Step.Answered -and (Test-Digest -Text $text -Expected $Step.Package.ImagePropertySha256)) {
        return 'ImageProperty is as it was before the call'
    }
    return $null
}

# What the site has in place of what the plan expects of a reload, where that is not what it had before either: it has read
# another file. $null where nothing tells, for what was there before is not always known.
function Get-Other {
    param($Step, $Record)

    $text = Get-Text -Record $Record -Name 'ImageProperty'
    $before = $Step.DigestBefore
    if ($null -eq $before) {
        $before = $Step.Package.ImagePropertySha256
    }
    if ($Step.Action -ne $reload -or $text -eq '' -or ($null -eq $before -and -not $Step.Package.NeverLoaded) -or
        (Test-Digest -Text $text -Expected ([string] $before))) {
        return $null
    }
    try {
        [void] (Get-SiteImage -Text $text)
    }
    catch {
        return $null
    }
    return Compare-Image -Package $Step.Package -Text $text
}

# The fourth step of ReloadImageProperties: commit the object. It is read anew for it, so that what the reload has
# stored is not overwritten by what stood there before. Without it a reload may never show, so that a former run that
# did not come so far is made up for.
function Save-Record {
    param($Step)

    if ($Commit -eq 'never') {
        return
    }
    $id = $Step.Package.PackageId
    for ($wait = 5; $true; $wait *= 2) {
        try {
            $record = Read-Record -Package $Step.Package -Patient
            if ($null -eq $record -or ($Commit -eq 'auto' -and ($null -eq (Get-Missing -Step $Step -Record $record) -or
                        $null -ne (Get-Other -Step $Step -Record $record)))) {
                return
            }
            Set-CimInstance -CimSession $session -InputObject $record -OperationTimeoutSec $TimeoutSeconds `
                -WhatIf:$false -Confirm:$false
            $Step.WaitFrom = Get-Now
            Write-Line -Level 'info' -Text "$id was committed"
            return
        }
        catch {
            $refusal = Get-Refusal -ErrorRecord $_
            if (-not $refusal.Busy -or $wait -gt 60) {
                Write-Line -Level 'warning' -Text "$id could not be committed: $($refusal.Why)"
                return
            }
            Write-Line -Level 'info' -Text "$id is committed again in $wait s: $($refusal.Why)"
        }
        Start-Sleep -Seconds $wait
    }
}

# Looks for the effect of steps that were called, until it is there or the time since the call is over.
function Wait-Effect {
    param([object[]] $Waiting)

    $wait = 2
    while ($true) {
        $left = @()
        foreach ($step in $Waiting) {
            $other = $null
            try {
                $record = Read-Record -Package $step.Package
                $missing = Get-Missing -Step $step -Record $record
                if ($null -ne $missing -and $null -ne $record) {
                    $other = Get-Other -Step $step -Record $record
                }
            }
            catch {
                $missing = $_.Exception.Message
            }
            if ($null -eq $missing -or $null -ne $other) {
                $step.VersionAfter = Get-Value -Record $record -Name 'SourceVersion'
                $step.LookedUp = -not $step.Answered
                if ($null -eq $missing) {
                    Set-Outcome -Step $step -Outcome 'done'
                }
                else {
                    Set-Outcome -Step $step -Outcome 'failed' -Why ("the source was changed after the plan: $other; " +
                        'run wimplan verify to see what else has changed, then plan again')
                }
                continue
            }
            $from = if ($step.WaitFrom) { $step.WaitFrom } else { $step.StartedAt }
            if (([datetime]::UtcNow - (ConvertFrom-IsoTime -Text $from)).TotalSeconds -lt $SettleSeconds) {
                $left += $step
                continue
            }
            $outcome = if ($step.Answered) { 'unverified' } else { 'unknown' }
            Set-Outcome -Step $step -Outcome $outcome -Why $missing
        }
        if ($left.Count -eq 0) {
            return
        }
        $Waiting = $left
        Write-Progress -Activity 'Waiting for the site' -Status "$($left.Count) steps"
        Start-Sleep -Seconds $wait
        $wait = [System.Math]::Min(30, $wait * 2)
    }
}

# Calls the method of a step, again only when the provider says that it was busy. True when something may have happened.
function Invoke-Step {
    param($Step, $Record)

    $wait = 5
    while ($true) {
        $Step.VersionBefore = Get-Value -Record $Record -Name 'SourceVersion'
        $Step.DigestBefore = [string] (Get-Digest -Text (Get-Text -Record $Record -Name 'ImageProperty'))
        $Step.VersionAfter = $null
        $Step.ReturnValue = $null
        $Step.StartedAt = Get-Now
        $Step.FinishedAt = $null
        $Step.Attempts++
        $Step.Answered = $false
        $Step.WaitFrom = $null
        # Written before the call: should this script be ended now, the next run looks before it calls again.
        $Step.Outcome = 'unknown'
        $Step.Error = 'the call was begun, and its answer was not recorded'
        Save-Step -Step $Step
        # An error from here on leaves steps over.
        $script:status = 6
        if ($Pause -gt 0) {
            $script:sinceCall = [System.Diagnostics.Stopwatch]::StartNew()
        }
        try {
            $answer = Invoke-CimMethod -CimSession $session -InputObject $Record -MethodName $Step.Action `
                -OperationTimeoutSec $TimeoutSeconds -WhatIf:$false -Confirm:$false
        }
        catch {
            $refusal = Get-Refusal -ErrorRecord $_
            if (-not $refusal.Refused) {
                # The time-out may be as long as the settle time, which would leave no time to look.
                $Step.WaitFrom = Get-Now
                $Step.Error = $refusal.Why
                Write-Line -Level 'warning' -Text ("$($Step.Package.PackageId) $($Step.Action): no answer: " +
                    $refusal.Why)
                Save-Step -Step $Step
                return $true
            }
            if ($refusal.Busy -and $wait -le 60) {
                $Step.Outcome = 'failed'
                $Step.Error = $refusal.Why
                Write-Line -Level 'info' -Text ("$($Step.Package.PackageId) $($Step.Action): again in $wait s: " +
                    $refusal.Why)
                Save-Step -Step $Step
                Start-Sleep -Seconds $wait
                $wait *= 2
                Wait-Pause
                $closed = Get-Closed
                if ($closed) {
                    Set-LeftOver -Step $Step -Why "$closed; $($refusal.Why)"
                    return $false
                }
                $Record = Read-Record -Package $Step.Package -Patient
                if (Test-Pending -Step $Step -Record $Record) {
                    continue
                }
                return $false
            }
            Set-Outcome -Step $Step -Outcome 'failed' -Why $refusal.Why
            return $false
        }
        $Step.ReturnValue = [int64] $answer.ReturnValue
        if ($Step.ReturnValue -ne 0) {
            $why = 'the method returned {0} (0x{1:X8})' -f $Step.ReturnValue, ($Step.ReturnValue -band 4294967295)
            Set-Outcome -Step $Step -Outcome 'failed' -Why $why
            return $false
        }
        $Step.Answered = $true
        $Step.Outcome = 'unverified'
        $Step.Error = 'accepted, and not seen yet'
        Write-Line -Level 'info' -Text "$($Step.Package.PackageId) $($Step.Action) accepted"
        Save-Step -Step $Step
        return $true
    }
}

