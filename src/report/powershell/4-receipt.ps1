# --- Steps and their receipt ------------------------------------------------------------------------------------------

# One call of the plan. Json is its entry in the receipt, made anew when the step changes.
function New-Step {
    param($Package, [string] $Action)

    [pscustomobject] @{
        Package       = $Package
        Action        = $Action
        Outcome       = 'skipped'
        LookedUp      = $false
        ReturnValue   = $null
        StartedAt     = $null
        FinishedAt    = $null
        Attempts      = 0
        VersionBefore = $null
        VersionAfter  = $null
        Error         = $null
        Selected      = $true
        Answered      = $false
        WaitFrom      = $null
        Json          = $null
    }
}

function Get-PlannedStep {
    foreach ($package in $plan.Packages) {
        if ($package.Reload) {
            New-Step -Package $package -Action $reload
        }
        if ($package.Refresh) {
            New-Step -Package $package -Action $refresh
        }
    }
}

function Update-StepJson {
    param($Step)

    $entry = [ordered] @{
        package_id            = $Step.Package.PackageId
        action                = $Step.Action
        outcome               = $Step.Outcome
        looked_up             = $Step.LookedUp
        return_value          = $Step.ReturnValue
        started_at            = $Step.StartedAt
        finished_at           = $Step.FinishedAt
        attempts              = $Step.Attempts
        source_version_before = $Step.VersionBefore
        source_version_after  = $Step.VersionAfter
        content_id            = $Step.Package.ContentId
        file_id               = $Step.Package.FileId
        error                 = $Step.Error
    }
    $Step.Json = ConvertTo-Json -InputObject $entry -Compress
}

# Writes the receipt as a whole: either the old one stands there or the new one. @Step is the one that has changed.
function Save-Receipt {
    param($Step)

    if ($WhatIfPreference) {
        return
    }
    if ($null -ne $Step) {
        Update-StepJson -Step $Step
    }
    $head = [ordered] @{
        format         = 'wimplan-receipt'
        format_version = '1.0'
        plan_id        = $plan.Id
        site_code      = $plan.SiteCode
        provider       = "cim://$ProviderMachineName/$namespace"
        started_at     = $script:startedAt
        finished_at    = Get-Now
    }
    $start = ConvertTo-Json -InputObject $head -Compress
    $entries = @($steps | ForEach-Object -Process { $_.Json }) -join ",`n"
    $text = $start.Substring(0, $start.Length - 1) + ",`"steps`":[`n" + $entries + "`n]}`n"
    $temporary = "$ReceiptPath.new"
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    [System.IO.File]::WriteAllText($temporary, $text, $utf8)
    if ([System.IO.File]::Exists($ReceiptPath)) {
        [System.IO.File]::Replace($temporary, $ReceiptPath, [NullString]::Value)
    }
    else {
        [System.IO.File]::Move($temporary, $ReceiptPath)
    }
}

# PowerShell 7 makes a date of what looks like one, Windows PowerShell leaves it a text.
function ConvertFrom-ReceiptTime {
    param($Value)

    if ($Value -is [datetime]) {
        return ConvertTo-IsoTime -Time $Value
    }
    return $Value
}

# Takes over what earlier runs of this plan have done. Returns whether there was a receipt.
function Read-Receipt {
    if (-not [System.IO.File]::Exists($ReceiptPath)) {
        return $false
    }
    try {
        $old = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($ReceiptPath))
        $known = $old.format -eq 'wimplan-receipt' -and $old.plan_id -eq $plan.Id
    }
    catch {
        $known = $false
    }
    if (-not $known) {
        Stop-Run -Status 4 -Text "$ReceiptPath is not the receipt of this plan; name another one with -ReceiptPath"
    }
    $script:startedAt = ConvertFrom-ReceiptTime -Value $old.started_at
    $byName = @{}
    foreach ($entry in @($old.steps)) {
        $byName["$($entry.package_id)/$($entry.action)"] = $entry
    }
    foreach ($step in $steps) {
        $entry = $byName["$($step.Package.PackageId)/$($step.Action)"]
        if ($null -eq $entry) {
            continue
        }
        $step.Outcome = $entry.outcome
        $step.LookedUp = $entry.looked_up
        $step.ReturnValue = $entry.return_value
        $step.StartedAt = ConvertFrom-ReceiptTime -Value $entry.started_at
        $step.FinishedAt = ConvertFrom-ReceiptTime -Value $entry.finished_at
        $step.Attempts = [int] $entry.attempts
        $step.VersionBefore = $entry.source_version_before
        $step.VersionAfter = $entry.source_version_after
        $step.Error = $entry.error
        $step.Answered = $step.Outcome -eq 'unverified'
    }
    return $true
}

function Set-Outcome {
    param($Step, [string] $Outcome, [string] $Why)

    $Step.Outcome = $Outcome
    $Step.Error = if ($Why) { $Why } else { $null }
    if ($Outcome -ne 'skipped') {
        $Step.FinishedAt = Get-Now
    }
    $level = if ($goodOutcomes -contains $Outcome) { 'info' } else { 'warning' }
    $tail = if ($Why) { ": $Why" } else { '' }
    Write-Line -Level $level -Text "$($Step.Package.PackageId) $($Step.Action) $Outcome$tail"
    Save-Receipt -Step $Step
}

