# --- The journal ------------------------------------------------------------------------------------------------------

# While a run goes on, a journal stands beside the receipt: one line of JSON for each change of a step, the entry as the
# receipt has it. So a change costs one line, and the receipt is written as a whole only now and then. What counts is the
# last line about a step. A line without its end was never finished, and what it announces was not done.

function Get-JournalPath {
    "$ReceiptPath.journal"
}

# Opens the journal for this run, behind what a former run may have left in it.
function Open-Journal {
    try {
        $script:journal = [System.IO.FileStream]::new((Get-JournalPath), [System.IO.FileMode]::OpenOrCreate,
            [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::Read)
    }
    catch {
        throw "$(Get-JournalPath) cannot be written: $($_.Exception.GetBaseException().Message)"
    }
}

# Empties it: the receipt has everything. The first line says whose journal it is.
function Clear-Journal {
    $script:journalLines = 0
    if ($null -ne $script:journal) {
        $script:journal.SetLength(0)
    }
}

# Ends it. It stays only where the receipt could not be written.
function Close-Journal {
    if ($null -eq $script:journal) {
        return
    }
    $isEmpty = $script:journal.Length -eq 0
    $script:journal.Dispose()
    $script:journal = $null
    if ($isEmpty) {
        [System.IO.File]::Delete((Get-JournalPath))
    }
}

# On the disk itself: a crash of the machine must not make the next run call again.
function Add-JournalLine {
    param([string] $Json)

    $text = "$Json`n"
    if ($script:journal.Length -eq 0) {
        $head = [ordered] @{ plan_id = $plan.Id; started_at = $script:startedAt }
        $text = (ConvertTo-Json -InputObject $head -Compress) + "`n$text"
    }
    $bytes = [System.Text.Encoding]::UTF8.GetBytes($text)
    try {
        [void] $script:journal.Seek(0, [System.IO.SeekOrigin]::End)
        $script:journal.Write($bytes, 0, $bytes.Length)
        $script:journal.Flush($true)
    }
    catch {
        throw "$(Get-JournalPath) cannot be written: $($_.Exception.GetBaseException().Message)"
    }
    $script:journalLines++
}

# What a run that was ended has left in its journal, over what the receipt says. Returns whether there was anything.
function Read-Journal {
    $path = Get-JournalPath
    if (-not [System.IO.File]::Exists($path)) {
        return $false
    }
    $text = [System.IO.File]::ReadAllText($path)
    $whole = $text.LastIndexOf([char] 10)
    if ($whole -lt 0) {
        return $false
    }
    $lines = $text.Substring(0, $whole).Split([char] 10)
    $entries = @((Read-JsonText -Text ('[' + ($lines -join ',') + ']')).get_ChildNodes())
    if ((Get-Stored -Entry $entries[0] -Name 'plan_id') -ne $plan.Id) {
        Stop-Run -Status 4 -Text "$path is not the journal of this plan; name another receipt with -ReceiptPath"
    }
    $script:startedAt = Get-Stored -Entry $entries[0] -Name 'started_at'
    Restore-Step -Entries $entries
    return $true
}
