# --- Window and pause -------------------------------------------------------------------------------------------------

# One end of a window; $null for an empty text. A local time without its zone would mean another hour on another machine.
function ConvertTo-WindowEnd {
    param([string] $Text)

    if ($Text -eq '') {
        return $null
    }
    $end = [System.DateTimeOffset]::MinValue
    if ($Text -cnotmatch '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$' -or
        -not [System.DateTimeOffset]::TryParse($Text, [System.Globalization.CultureInfo]::InvariantCulture,
            [System.Globalization.DateTimeStyles]::None, [ref] $end)) {
        Stop-Run -Status 2 -Text ("'$Text' of -Window is no time in ISO 8601 with its zone, such as " +
            '2026-02-14T20:00:00Z')
    }
    return $end.UtcDateTime
}

function Read-Window {
    $ends = $Window.Split([char] '/')
    if ($ends.Count -ne 2 -or $Window -eq '/') {
        Stop-Run -Status 2 -Text "-Window is START/END, not '$Window'; one of both may be left out"
    }
    $script:opens = ConvertTo-WindowEnd -Text $ends[0]
    $script:closes = ConvertTo-WindowEnd -Text $ends[1]
    if ($null -ne $script:opens -and $null -ne $script:closes -and $script:opens -ge $script:closes) {
        Stop-Run -Status 2 -Text '-Window ends before it begins'
    }
}

# '' while the window is open or none is given, otherwise why nothing is called now.
function Get-Closed {
    $now = [datetime]::UtcNow
    if ($null -ne $script:closes -and $now -ge $script:closes) {
        return "the window ended $(ConvertTo-IsoTime -Time $script:closes)"
    }
    if ($null -ne $script:opens -and $now -lt $script:opens) {
        return "the window begins $(ConvertTo-IsoTime -Time $script:opens)"
    }
    return ''
}

# Lets -Pause pass since the last call.
function Wait-Pause {
    if ($null -eq $script:sinceCall) {
        return
    }
    while (-not (Get-Closed)) {
        $left = $Pause - $script:sinceCall.Elapsed.TotalSeconds
        if ($left -le 0) {
            return
        }
        Write-Progress -Activity 'Pause between two calls' -SecondsRemaining ([int] $left)
        Start-Sleep -Milliseconds ([int] [System.Math]::Min(1000, [System.Math]::Ceiling($left * 1000)))
    }
}

# A step that the window leaves over. What was called without an answer stays so.
function Set-LeftOver {
    param($Step, [string] $Why)

    if ($Step.Outcome -ne 'unknown' -or $Step.Attempts -eq 0) {
        $Step.Outcome = 'skipped'
    }
    $Step.Error = "left over: $Why"
    $script:leftOver++
    Save-Step -Step $Step
}

# --- The table of -WhatIf ---------------------------------------------------------------------------------------------

# What a run would do with each step, in its order. The lines are as long as they are: a console wraps them.
function Write-Table {
    $rows = @(foreach ($step in $selected) {
            $standing = if ($step.Outcome -eq 'skipped' -and -not $step.Error) { 'pending' }
            elseif ($openOutcomes -contains $step.Outcome) { "$($step.Outcome), looked up first" }
            else { $step.Outcome }
            , @($step.Package.PackageId, $step.Action, $standing, (ConvertTo-Line -Text $step.Package.Name), $step.Error)
        })
    $heads = @('Package', 'Call', 'What', 'Name')
    $widths = @(0, 0, 0)
    foreach ($row in @(, $heads) + $rows) {
        for ($i = 0; $i -lt 3; $i++) {
            $widths[$i] = [System.Math]::Max($widths[$i], $row[$i].Length)
        }
    }
    $form = '{0,-' + $widths[0] + '}  {1,-' + $widths[1] + '}  {2,-' + $widths[2] + '}  {3}'
    Write-Host -Object ''
    Write-Host -Object ($form -f $heads)
    Write-Host -Object ($form -f @(foreach ($head in $heads) { '-' * $head.Length }))
    foreach ($row in $rows) {
        Write-Host -Object ($form -f $row[0..3])
        if ($row[4]) {
            Write-Host -Object ((' ' * ($widths[0] + 2)) + (ConvertTo-Line -Text $row[4]))
        }
    }
    Write-Host -Object ''
}
