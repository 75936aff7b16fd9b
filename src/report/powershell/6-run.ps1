# --- The run ----------------------------------------------------------------------------------------------------------

# Whether there is a question to ask and nobody to answer it. In a scheduled task it would stand there for ever.
function Test-Unattended {
    if ($Yes -or $WhatIfPreference -or $ConfirmPreference -eq 'None') {
        return $false
    }
    $switches = @([System.Environment]::GetCommandLineArgs() | Where-Object -FilterScript {
            $_.StartsWith('-noni', [System.StringComparison]::OrdinalIgnoreCase) })
    $switches.Count -gt 0 -or ($Host.Name -eq 'ConsoleHost' -and -not [System.Environment]::UserInteractive)
}

# What a former run has called and not seen is looked for first. True when nothing is left to do.
function Resolve-Open {
    param($Step)

    if ($openOutcomes -contains $Step.Outcome -and $Step.Attempts -gt 0) {
        if ($Step.Action -eq $reload -and $Step.Answered) {
            Save-Record -Step $Step
        }
        Wait-Effect -Waiting @($Step)
    }
    return $goodOutcomes -contains $Step.Outcome
}

# Before the first call: every package again. Returns the number of conflicts.
function Test-EveryStep {
    $conflicts = 0
    $lastPackage = $null
    $record = $null
    foreach ($step in $selected) {
        if ($goodOutcomes -contains $step.Outcome) {
            continue
        }
        if ($step.Package -ne $lastPackage) {
            $lastPackage = $step.Package
            $record = Read-Record -Package $lastPackage -Patient
            $sedo = if ($null -eq $record) { '' } else { Get-Text -Record $record -Name 'SedoObjectVersion' }
            $planned = $lastPackage.SedoObjectVersion
            if ($planned -and $sedo -and -not (Test-SameText -One $sedo -Other $planned)) {
                Write-Line -Level 'info' -Text ("$($lastPackage.PackageId) was edited since the plan was made; what " +
                    'the plan depends on is compared below')
            }
        }
        # Its own effect is no conflict; it is looked for when its turn comes, also in a package that is hidden now.
        if ($openOutcomes -contains $step.Outcome -and $step.Attempts -gt 0) {
            continue
        }
        $verdict = Get-Verdict -Step $step -Record $record
        if ($verdict.Standing -eq 'conflict') {
            $conflicts++
            $step.Outcome = 'conflict'
            $step.Error = $verdict.Why
            Write-Line -Level 'warning' -Text "$($step.Package.PackageId) $($step.Action) conflict: $($verdict.Why)"
        }
        else {
            $step.Outcome = 'skipped'
            $step.Error = $null
            Write-Line -Level 'info' -Text "$($step.Package.PackageId) $($step.Action) $($verdict.Standing)"
        }
    }
    return $conflicts
}

# Whether the site is at work on the package. That may be the very refresh that is planned, called by somebody else or
# by a former run that got no answer: SourceVersion grows at its end.
function Test-AtWork {
    param($Step, $Record)

    $Step.Action -eq $refresh -and $null -ne $Record -and
        [int64] (Get-Value -Record $Record -Name 'ActionInProgress') -ne 0
}

# Whether the step may be called with the record as it is. What needs no call, or must have none now, has an outcome
# then. Nobody knows what became of a call without an answer, so that its effect is taken for its own.
function Test-Pending {
    param($Step, $Record)

    $verdict = Get-Verdict -Step $Step -Record $Record
    if ($verdict.Standing -eq 'pending') {
        if (-not (Test-AtWork -Step $Step -Record $Record)) {
            return $true
        }
        $outcome = if ($Step.Outcome -eq 'unknown' -and $Step.Attempts -gt 0) { 'unknown' } else { 'skipped' }
        Set-Outcome -Step $Step -Outcome $outcome -Why 'the site is at work on the package; run this again later'
    }
    elseif ($verdict.Standing -eq 'satisfied' -and $Step.Outcome -eq 'unknown' -and $Step.Attempts -gt 0) {
        $Step.LookedUp = $true
        $Step.VersionAfter = Get-Value -Record $Record -Name 'SourceVersion'
        Set-Outcome -Step $Step -Outcome 'done'
    }
    else {
        $why = $verdict.Why
        # That a reload itself leaves SourceVersion alone is not documented.
        $reloaded = $Step.Before
        if ($verdict.Standing -eq 'satisfied' -and $null -ne $reloaded -and $reloaded.Outcome -eq 'done' -and
            $null -ne $reloaded.VersionBefore -and $reloaded.VersionAfter -gt $reloaded.VersionBefore) {
            $why = 'SourceVersion grew while this plan reloaded the package; if nobody has refreshed it, do that'
        }
        $Step.VersionAfter = if ($null -ne $Record) { Get-Value -Record $Record -Name 'SourceVersion' } else { $null }
        Set-Outcome -Step $Step -Outcome $verdict.Standing -Why $why
    }
    return $false
}

# The steps of one package, reload first. Returns those that were called and are still to be seen.
function Invoke-Package {
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '',
        Justification = 'The script asks, not this function: "Yes to All" is then for all packages.')]
    param([object[]] $PackageSteps)

    $blocked = ''
    foreach ($step in $PackageSteps) {
        if ($goodOutcomes -contains $step.Outcome) {
            continue
        }
        if ($step.Outcome -eq 'conflict') {
            Save-Step -Step $step
            $blocked = 'its reload is in conflict'
            continue
        }
        if ($blocked -and -not $WhatIfPreference) {
            Set-Outcome -Step $step -Outcome 'skipped' -Why "$blocked, so it was not called"
            continue
        }
        $wasOpen = $openOutcomes -contains $step.Outcome
        if (-not $WhatIfPreference -and (Resolve-Open -Step $step)) {
            continue
        }
        if ($wasOpen -and $step.Outcome -eq 'failed') {
            $blocked = 'its reload failed'
            continue
        }
        # What the site has accepted is never called again: a refresh may cost terabytes of traffic.
        if ($step.Outcome -eq 'unverified') {
            $blocked = 'its reload could not be seen'
            continue
        }
        if (-not $WhatIfPreference) {
            Wait-Pause
            $closed = Get-Closed
            if ($closed) {
                Set-LeftOver -Step $step -Why $closed
                $blocked = 'its reload is left over'
                continue
            }
        }
        # Once more right before the call: other packages may have taken hours.
        $record = Read-Record -Package $step.Package -Patient
        for ($waited = 0; $waited -lt 60 -and -not $WhatIfPreference -and (Test-AtWork -Step $step -Record $record);
            $waited += 10) {
            Start-Sleep -Seconds 10
            $record = Read-Record -Package $step.Package -Patient
        }
        if (-not (Test-Pending -Step $step -Record $record)) {
            $blocked = if ($step.Outcome -eq 'conflict') { 'its reload is in conflict' } else { '' }
            continue
        }
        $target = ConvertTo-Line -Text "$($step.Package.PackageId) $($step.Package.Name)"
        $agreed = $Yes -and -not $WhatIfPreference
        if (-not ($agreed -or $PSCmdlet.ShouldProcess($target, $step.Action))) {
            if ($WhatIfPreference) {
                $step.Outcome = 'would be called'
            }
            $blocked = 'its reload was not confirmed'
            continue
        }
        # Nor is it known how long the question stood there.
        if (-not $agreed) {
            $record = Read-Record -Package $step.Package -Patient
            if (-not (Test-Pending -Step $step -Record $record)) {
                $blocked = if ($step.Outcome -eq 'conflict') { 'its reload is in conflict' } else { '' }
                continue
            }
        }
        # To read and to ask may have taken minutes.
        $closed = Get-Closed
        if ($closed) {
            Set-LeftOver -Step $step -Why $closed
            $blocked = 'its reload is left over'
            continue
        }
        if (-not (Invoke-Step -Step $step -Record $record)) {
            $blocked = if ($goodOutcomes -contains $step.Outcome) { '' } else { 'its reload failed' }
            continue
        }
        if ($step.Action -eq $refresh) {
            $step
            continue
        }
        # What has no answer may still be at work: its result must not be overwritten with what stood there before.
        if ($step.Answered) {
            Save-Record -Step $step
        }
        Wait-Effect -Waiting @($step)
        $blocked = if ($goodOutcomes -contains $step.Outcome) { '' }
        elseif ($step.Outcome -eq 'failed') { 'its reload failed' }
        else { 'its reload could not be seen' }
    }
}

function Invoke-Plan {
    $conflicts = Test-EveryStep
    if ($conflicts -gt 0 -and -not $SkipConflicts -and $WhatIfPreference) {
        Write-Table
    }
    if ($conflicts -gt 0 -and -not $SkipConflicts) {
        Stop-Run -Status 4 -Text ("$conflicts steps are in conflict with the site, so nothing was called; plan " +
            'again, or leave them out with -SkipConflicts')
    }
    $byPackage = @{}
    foreach ($step in $selected) {
        if (-not $byPackage.ContainsKey($step.Package.PackageId)) {
            $byPackage[$step.Package.PackageId] = @()
        }
        $byPackage[$step.Package.PackageId] += $step
    }
    $called = @()
    foreach ($package in $plan.Packages) {
        if ($byPackage.ContainsKey($package.PackageId)) {
            $called += @(Invoke-Package -PackageSteps $byPackage[$package.PackageId])
        }
    }
    if ($leftOver -gt 0) {
        Write-Line -Level 'warning' -Text ("$leftOver steps are left over: $(Get-Closed); run this again in the next " +
            'window')
    }
    # A refresh takes the site minutes, so all of them are waited for together.
    if ($called.Count -gt 0) {
        Wait-Effect -Waiting $called
    }
    Write-Progress -Activity 'Waiting for the site' -Completed
}

function Write-Summary {
    if ($WhatIfPreference) {
        Write-Table
    }
    $counts = @($selected | Group-Object -Property 'Outcome' | ForEach-Object -Process { "$($_.Count) $($_.Name)" })
    Write-Line -Level 'info' -Text "Plan ${short}: $($counts -join ', ')."
    $left = @($selected | Where-Object -FilterScript { $goodOutcomes -notcontains $_.Outcome })
    if ($WhatIfPreference) {
        $script:status = 0
        return
    }
    Write-Line -Level 'info' -Text "Receipt: $ReceiptPath"
    $script:status = if ($left.Count -eq 0) { 0 } else { 6 }
}

$status = 1
$startedAt = Get-Now
$namespace = "root/sms/site_$($plan.SiteCode)"
# The plan's name for people: the digits behind "sha256:".
$short = $plan.Id.Substring(7, 8)
$base = "wimplan-$short"
$session = $null
$lock = $null
$begun = $false
# The journal, its lines since the receipt was written, whether this run has written one, and steps that are not done.
$journal = $null
$journalLines = 0
$receiptStands = $false
$openCount = 0
# The window, since when the last call was, and how many steps the end of the window has left over.
$opens = $null
$closes = $null
$sinceCall = $null
$leftOver = 0
if (-not $ReceiptPath) {
    $ReceiptPath = [System.IO.Path]::Combine($PSScriptRoot, "$base.receipt.json")
}
if (-not $LogPath) {
    $LogPath = [System.IO.Path]::Combine($PSScriptRoot, "$base.log")
}
$ReceiptPath = Get-FullPath -Path $ReceiptPath
$LogPath = Get-FullPath -Path $LogPath
$steps = @(Get-PlannedStep)

try {
    if ($plan.SiteCode -cnotmatch '^[A-Za-z0-9]{3}$') {
        Stop-Run -Status 4 -Text "the plan names no site: '$($plan.SiteCode)'"
    }
    if ($SiteCode -and $SiteCode -ne $plan.SiteCode) {
        Stop-Run -Status 4 -Text "the plan was made for site $($plan.SiteCode), not for $SiteCode"
    }
    $named = @($Only | ForEach-Object -Process { $_ -split ',' } | ForEach-Object -Process { $_.Trim() } |
            Where-Object -FilterScript { $_ })
    $planned = @($plan.Packages | ForEach-Object -Process { $_.PackageId })
    foreach ($id in $named) {
        if ($planned -notcontains $id) {
            Stop-Run -Status 2 -Text "-Only names $id, for which the plan has no call"
        }
    }
    if ($PSBoundParameters.ContainsKey('Only') -and $named.Count -eq 0) {
        Stop-Run -Status 2 -Text '-Only names no package'
    }
    foreach ($step in $steps) {
        $step.Selected = $named.Count -eq 0 -or $named -contains $step.Package.PackageId
    }
    $selected = @($steps | Where-Object -FilterScript { $_.Selected })
    if ($steps.Count -eq 0) {
        Stop-Run -Status 4 -Text 'there is nothing to apply: the plan has no call'
    }
    if ($PSBoundParameters.ContainsKey('Window')) {
        Read-Window
        $closed = Get-Closed
        if ($closed -and -not $WhatIfPreference) {
            Stop-Run -Status 4 -Text "$closed, so nothing was called"
        }
        if ($closed) {
            Write-Line -Level 'info' -Text "${closed}: a run calls nothing now"
        }
    }
    if (Test-Unattended) {
        Stop-Run -Status 2 -Text 'nobody can be asked here before each call; add -Yes, or -WhatIf to see the calls'
    }
    if (-not $WhatIfPreference) {
        foreach ($path in $ReceiptPath, $LogPath) {
            if (-not [System.IO.Directory]::Exists([System.IO.Path]::GetDirectoryName($path))) {
                Stop-Run -Status 2 -Text "the folder of $path does not exist"
            }
        }
        try {
            $lock = [System.IO.FileStream]::new("$ReceiptPath.lock", [System.IO.FileMode]::OpenOrCreate,
                [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::None, 1,
                [System.IO.FileOptions]::DeleteOnClose)
        }
        catch [System.IO.IOException] {
            Stop-Run -Status 5 -Text "another run holds $ReceiptPath.lock"
        }
        catch [System.UnauthorizedAccessException] {
            Stop-Run -Status 2 -Text ("$ReceiptPath.lock cannot be written; name a receipt in another folder with " +
                '-ReceiptPath, and likewise -LogPath')
        }
        try {
            [System.IO.File]::AppendAllText($LogPath, '')
        }
        catch {
            Stop-Run -Status 2 -Text ("the log cannot be written: $($_.Exception.GetBaseException().Message); name " +
                'another one with -LogPath')
        }
    }
    $again = Read-Receipt
    foreach ($step in $steps) {
        Update-StepJson -Step $step
    }
    if ($again -and $openCount -eq 0) {
        if (-not $WhatIfPreference -and [System.IO.File]::Exists((Get-JournalPath))) {
            Open-Journal
            Save-Receipt
        }
        Stop-Run -Status 4 -Text "the plan is already applied, as $ReceiptPath says"
    }
    if (-not $WhatIfPreference) {
        Open-Journal
    }

    Write-Line -Level 'info' -Text ("Plan $short for site $($plan.SiteCode), made $($plan.CreatedAt) by " +
        "$($plan.CreatedBy), through $ProviderMachineName")
    Connect-Provider
    $begun = $true
    Invoke-Plan
    Write-Summary
}
catch {
    Write-Line -Level 'warning' -Text $_.Exception.Message
    if ($status -eq 0) {
        $status = 1
    }
}
finally {
    # Also when the run is interrupted with Ctrl+C. What was called and not seen stays unverified or unknown.
    if ($begun -and $status -ne 4) {
        foreach ($step in $steps) {
            Update-StepJson -Step $step
        }
        try {
            Save-Receipt -AtTheEnd
        }
        catch {
            $status = 1
            Write-Line -Level 'warning' -Text $_.Exception.Message
        }
    }
    try {
        Close-Journal
    }
    catch {
        Write-Line -Level 'warning' -Text "the journal cannot be closed: $($_.Exception.GetBaseException().Message)"
    }
    if ($null -ne $session) {
        Remove-CimSession -CimSession $session -WhatIf:$false -Confirm:$false
    }
    if ($null -ne $lock) {
        $lock.Dispose()
    }
}
exit $status
