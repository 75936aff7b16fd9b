$reload = 'ReloadImageProperties'
$refresh = 'RefreshPkgSource'
# With the first nothing is left to be done; with the others the method was called, and what came of it is not known.
$goodOutcomes = @('done', 'satisfied')
$openOutcomes = @('unverified', 'unknown')
$allOutcomes = $goodOutcomes + $openOutcomes + @('failed', 'conflict', 'skipped')

# --- Words and files ------------------------------------------------------------------------------------------------

# A path on the site's drive would be no file. On it PowerShell takes even a share for something of the site's.
function Get-FullPath {
    param([string] $Path)

    if ($Path.StartsWith('\\')) {
        $Path = "FileSystem::$Path"
    }
    $provider = $null
    $drive = $null
    $paths = $ExecutionContext.SessionState.Path
    $full = $paths.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive)
    if ($provider.Name -ne 'FileSystem') {
        throw "The file $Path would not be in the file system: give a full path such as C:\Plans\$Path."
    }
    return $full
}

function ConvertTo-IsoTime {
    param([datetime] $Time)

    $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
}

function ConvertFrom-IsoTime {
    param([string] $Text)

    [datetime]::Parse($Text, [System.Globalization.CultureInfo]::InvariantCulture,
        [System.Globalization.DateTimeStyles] 'AssumeUniversal, AdjustToUniversal')
}

function Get-Now {
    ConvertTo-IsoTime -Time ([datetime]::UtcNow)
}

# Names come from the site: what would control the console, or what nobody would see, is shown as its number.
function ConvertTo-Line {
    param([string] $Text)

    $hidden = '[\x00-\x1F\x7F-\x9F\xAD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E' +
        '\u2060-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]|' +
        '\uD82F[\uDCA0-\uDCA3]|\uD834[\uDD73-\uDD7A]|[\uDB40-\uDB43][\uDC00-\uDFFF]'
    [regex]::Replace($Text, $hidden, {
            param($match)

            $code = if ($match.Length -eq 2) { [char]::ConvertToUtf32($match.Value, 0) } else { [int] $match.Value[0] }
            '<U+{0:X4}>' -f $code
        })
}

# With -WhatIf nothing is written, not even the log.
function Write-Line {
    param([string] $Level, [string] $Text)

    $line = ConvertTo-Line -Text $Text
    if ($Level -eq 'warning') {
        Write-Warning -Message $line
    }
    else {
        Write-Host -Object $line
    }
    if (-not $WhatIfPreference -and [System.IO.Directory]::Exists([System.IO.Path]::GetDirectoryName($LogPath))) {
        # What stands on the screen need not end the run where it cannot be kept.
        try {
            [System.IO.File]::AppendAllText($LogPath, "$(Get-Now) $Level $line" + [System.Environment]::NewLine)
        }
        catch {
            Write-Warning -Message "the log cannot be written: $($_.Exception.GetBaseException().Message)"
        }
    }
}

# Ends the run with a status of its own; the caller of everything says why.
function Stop-Run {
    param([int] $Status, [string] $Text)

    $script:status = $Status
    throw $Text
}

# --- Values of a package ----------------------------------------------------------------------------------------------

function Get-Value {
    param($Record, [string] $Name)

    $property = $Record.CimInstanceProperties[$Name]
    if ($null -eq $property) {
        return $null
    }
    return $property.Value
}

function Get-Text {
    param($Record, [string] $Name)

    [string] (Get-Value -Record $Record -Name $Name)
}

# One SHA-256 over the UTF-8 of the text, as the plan has it; $null for no text.
function Get-Digest {
    param([string] $Text)

    if ($Text -eq '') {
        return $null
    }
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try {
        $bytes = $algorithm.ComputeHash([System.Text.Encoding]::UTF8.GetBytes($Text))
    }
    finally {
        $algorithm.Dispose()
    }
    'sha256:' + [System.BitConverter]::ToString($bytes).Replace('-', '').ToLowerInvariant()
}

# Ways to the site differ in how they hand on the end of a line, which is no change of the text.
function Test-Digest {
    param([string] $Text, [string] $Expected)

    $unix = $Text.Replace("`r`n", "`n")
    foreach ($form in @($Text, $unix, $unix.Replace("`n", "`r`n"))) {
        if ([string] (Get-Digest -Text $form) -eq $Expected) {
            return $true
        }
    }
    return $false
}

function Test-SameText {
    param([string] $One, [string] $Other)

    [string]::Equals($One, $Other, [System.StringComparison]::OrdinalIgnoreCase)
}

