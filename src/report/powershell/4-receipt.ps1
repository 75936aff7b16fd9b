# --- Steps and their receipt ------------------------------------------------------------------------------------------

# One call of the plan. Before is the reload of the same package, Json its entry in the receipt, made anew when the step
# changes.
function New-Step {
    param($Package, [string] $Action, $Before)

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
        DigestBefore  = $null
        Error         = $null
        Selected      = $true
        Answered      = $false
        WaitFrom      = $null
        IsGood        = $false
        Before        = $Before
        Json          = $null
    }
}

function Get-PlannedStep {
    foreach ($package in $plan.Packages) {
        $before = $null
        if ($package.Reload) {
            $before = New-Step -Package $package -Action $reload
            $before
        }
        if ($package.Refresh) {
            New-Step -Package $package -Action $refresh -Before $before
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

# Keeps what has changed in a step: on disk when this is over. The receipt itself is written for the first change, and
# whenever the journal has got as long as the receipt: so all changes together cost a few receipts, however many steps there
# are. When nothing is left to do it is written as well, because the run may be ended right behind that.
function Save-Step {
    param($Step)

    if ($WhatIfPreference) {
        return
    }
    Update-StepJson -Step $Step
    $isGood = $goodOutcomes -contains $Step.Outcome
    if ($isGood -ne $Step.IsGood) {
        $Step.IsGood = $isGood
        $script:openCount += $(if ($isGood) { -1 } else { 1 })
    }
    if ($script:receiptStands -and $script:openCount -gt 0 -and $script:journalLines -lt $steps.Count) {
        Add-JournalLine -Json $Step.Json
        return
    }
    Save-Receipt
}

# Writes the receipt as a whole: either the old one stands there or the new one. While a run goes on it has no end.
function Save-Receipt {
    param([switch] $AtTheEnd)

    if ($WhatIfPreference) {
        return
    }
    $isOver = $AtTheEnd -or $script:openCount -eq 0
    $head = [ordered] @{
        format         = 'wimplan-receipt'
        format_version = '1.1'
        plan_id        = $plan.Id
        site_code      = $plan.SiteCode
        provider       = "cim://$ProviderMachineName/$namespace"
        by             = "$([System.Environment]::UserName)@$([System.Environment]::MachineName)"
        started_at     = $script:startedAt
        finished_at    = if ($isOver) { Get-Now } else { $null }
    }
    $start = ConvertTo-Json -InputObject $head -Compress
    $entries = $steps.Json -join ",`n"
    $text = $start.Substring(0, $start.Length - 1) + ",`"steps`":[`n" + $entries + "`n]}`n"
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($text)
    $temporary = "$ReceiptPath.new"
    $file = [System.IO.File]::Create($temporary)
    try {
        $file.Write($bytes, 0, $bytes.Length)
        # On the disk itself: a crash of the machine must not make the next run call again.
        $file.Flush($true)
    }
    finally {
        $file.Dispose()
    }
    # Virus scanners and viewers hold a file for a moment.
    for ($tries = 1; $true; $tries++) {
        try {
            if ([System.IO.File]::Exists($ReceiptPath)) {
                [System.IO.File]::Replace($temporary, $ReceiptPath, [NullString]::Value)
            }
            else {
                [System.IO.File]::Move($temporary, $ReceiptPath)
            }
            break
        }
        catch {
            if ($tries -ge 20) {
                throw "the receipt $ReceiptPath cannot be written: $($_.Exception.GetBaseException().Message)"
            }
        }
        Start-Sleep -Milliseconds 250
    }
    $script:receiptStands = $true
    Clear-Journal
}

# ConvertFrom-Json of Windows PowerShell takes 2 MB at most, which some 4,800 steps have: hence the XML of the JSON.
function Read-JsonText {
    param([string] $Text)

    Add-Type -AssemblyName 'System.Runtime.Serialization'
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($Text)
    $reader = [System.Runtime.Serialization.Json.JsonReaderWriterFactory]::CreateJsonReader($bytes,
        [System.Xml.XmlDictionaryReaderQuotas]::Max)
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.Load($reader)
    return $document.get_DocumentElement()
}

# $null for what is not there, null or empty.
function Get-Stored {
    param($Entry, [string] $Name, [switch] $AsNumber)

    $element = $Entry.get_Item($Name)
    if ($null -eq $element -or $element.get_InnerText() -eq '') {
        return $null
    }
    if ($AsNumber) {
        return [int64] $element.get_InnerText()
    }
    return $element.get_InnerText()
}

# Takes over what earlier runs of this plan have done, as receipt and journal say. Returns whether there was one of them.
function Read-Receipt {
    $found = [System.IO.File]::Exists($ReceiptPath) -and (Read-OldReceipt)
    try {
        $found = (Read-Journal) -or $found
    }
    catch {
        if ($script:status -eq 4) {
            throw
        }
        Stop-Run -Status 4 -Text ("$(Get-JournalPath) cannot be read: $($_.Exception.GetBaseException().Message); it " +
            'says what was called and does not yet stand in the receipt: look that up before you take it away')
    }
    foreach ($step in $steps) {
        $step.IsGood = $goodOutcomes -contains $step.Outcome
        $script:openCount += $(if ($step.IsGood) { 0 } else { 1 })
    }
    return $found
}

function Read-OldReceipt {
    try {
        $old = Read-JsonText -Text ([System.IO.File]::ReadAllText($ReceiptPath))
        $isOurs = (Get-Stored -Entry $old -Name 'format') -eq 'wimplan-receipt' -and
            (Get-Stored -Entry $old -Name 'format_version') -match '^1[.]' -and
            (Get-Stored -Entry $old -Name 'plan_id') -eq $plan.Id
        if ($isOurs) {
            $script:startedAt = Get-Stored -Entry $old -Name 'started_at'
            Restore-Step -Entries @($old.get_Item('steps').get_ChildNodes())
        }
    }
    catch {
        Stop-Run -Status 4 -Text ("$ReceiptPath cannot be read: $($_.Exception.GetBaseException().Message); bring " +
            'back a copy of it, or name another receipt with -ReceiptPath and look up what was called before')
    }
    if (-not $isOurs) {
        Stop-Run -Status 4 -Text "$ReceiptPath is not the receipt of this plan; name another one with -ReceiptPath"
    }
    return $true
}

# Of several entries of a step the last counts.
function Restore-Step {
    param([object[]] $Entries)

    $byName = @{}
    foreach ($entry in $Entries) {
        $name = (Get-Stored -Entry $entry -Name 'package_id') + '/' + (Get-Stored -Entry $entry -Name 'action')
        $byName[$name] = $entry
    }
    foreach ($step in $steps) {
        $entry = $byName["$($step.Package.PackageId)/$($step.Action)"]
        if ($null -eq $entry) {
            continue
        }
        $step.Outcome = Get-Stored -Entry $entry -Name 'outcome'
        $step.LookedUp = (Get-Stored -Entry $entry -Name 'looked_up') -eq 'true'
        $step.ReturnValue = Get-Stored -Entry $entry -Name 'return_value' -AsNumber
        $step.StartedAt = Get-Stored -Entry $entry -Name 'started_at'
        $step.FinishedAt = Get-Stored -Entry $entry -Name 'finished_at'
        $step.Attempts = [int] (Get-Stored -Entry $entry -Name 'attempts' -AsNumber)
        $step.VersionBefore = Get-Stored -Entry $entry -Name 'source_version_before' -AsNumber
        $step.VersionAfter = Get-Stored -Entry $entry -Name 'source_version_after' -AsNumber
        $step.Error = Get-Stored -Entry $entry -Name 'error'
        $step.Answered = $step.Outcome -eq 'unverified'
        if ($allOutcomes -notcontains $step.Outcome) {
            throw "$($step.Package.PackageId) $($step.Action) has no known outcome"
        }
        if ($openOutcomes -contains $step.Outcome) {
            [void] (ConvertFrom-IsoTime -Text $step.StartedAt)
        }
    }
}

function Set-Outcome {
    param($Step, [string] $Outcome, [string] $Why)

    $Step.Outcome = $Outcome
    $Step.Error = if ($Why) { $Why } else { $null }
    if ($Outcome -ne 'skipped') {
        $Step.FinishedAt = Get-Now
    }
    $level = if ($goodOutcomes -contains $Outcome -and -not $Why) { 'info' } else { 'warning' }
    $tail = if ($Why) { ": $Why" } else { '' }
    Write-Line -Level $level -Text "$($Step.Package.PackageId) $($Step.Action) $Outcome$tail"
    Save-Step -Step $Step
}

