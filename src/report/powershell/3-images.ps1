# --- Images -----------------------------------------------------------------------------------------------------------

# PowerShell shows child elements and attributes as properties that hide those of the node itself: hence get_ methods.

# Names of properties in one spelling: "OS version", "OSVersion" and "os-version" are the same.
function Get-PlainName {
    param([string] $Name)

    ($Name -replace '[ \t\r\n_.-]', '').ToLowerInvariant()
}

function Get-Attribute {
    param($Element, [string] $Name)

    foreach ($attribute in $Element.get_Attributes()) {
        if ($attribute.get_LocalName() -eq $Name) {
            return $attribute.get_Value()
        }
    }
    return $null
}

# The text of the element at the end of a path below another one; $null when there is none.
function Get-Below {
    param($Element, [string[]] $Path)

    foreach ($name in $Path) {
        $found = $null
        foreach ($child in $Element.get_ChildNodes()) {
            if ($child.get_NodeType() -eq 'Element' -and $child.get_LocalName() -eq $name) {
                $found = $child
                break
            }
        }
        if ($null -eq $found) {
            return $null
        }
        $Element = $found
    }
    return $Element.get_InnerText()
}

# Where a site stores the XML of the .wim file itself in the place of a property bag.
function Add-WimValue {
    param($Image, $Element)

    $Image['imagename'] = Get-Below -Element $Element -Path 'NAME'
    $Image['imagedescription'] = Get-Below -Element $Element -Path 'DESCRIPTION'
    $Image['architecture'] = Get-Below -Element $Element -Path 'WINDOWS', 'ARCH'
    $Image['language'] = Get-Below -Element $Element -Path 'WINDOWS', 'LANGUAGES', 'DEFAULT'
    if (-not $Image['language']) {
        $Image['language'] = Get-Below -Element $Element -Path 'WINDOWS', 'LANGUAGES', 'LANGUAGE'
    }
    $parts = @()
    foreach ($name in 'MAJOR', 'MINOR', 'BUILD', 'SPBUILD') {
        $part = Get-Below -Element $Element -Path 'WINDOWS', 'VERSION', $name
        if ($null -eq $part) {
            break
        }
        $parts += $part.Trim()
    }
    if ($parts.Count -ge 3) {
        $Image['osversion'] = $parts -join '.'
    }
}

# The images of an ImageProperty by their index, each a table of values by their plain names. Throws when it is no XML.
function Get-SiteImage {
    param([string] $Text)

    $images = @{}
    $settings = New-Object -TypeName System.Xml.XmlReaderSettings
    $settings.DtdProcessing = [System.Xml.DtdProcessing]::Prohibit
    $settings.XmlResolver = $null
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $plain = $Text.TrimStart([char[]] @(0xFEFF, 0x20, 0x09, 0x0D, 0x0A))
    $source = New-Object -TypeName System.IO.StringReader -ArgumentList $plain
    $reader = [System.Xml.XmlReader]::Create($source, $settings)
    try {
        $document.Load($reader)
    }
    finally {
        $reader.Close()
    }
    $root = $document.get_DocumentElement()
    if ($root.get_LocalName() -ne 'WIM') {
        throw "its root is $($root.get_LocalName()), not WIM"
    }
    foreach ($element in $root.get_ChildNodes()) {
        if ($element.get_NodeType() -ne 'Element' -or $element.get_LocalName() -ne 'IMAGE') {
            continue
        }
        $image = @{}
        $isBag = $false
        foreach ($property in $element.get_ChildNodes()) {
            if ($property.get_NodeType() -ne 'Element') {
                continue
            }
            $name = $property.get_LocalName()
            $value = $property.get_InnerText()
            if ($name -eq 'Property') {
                $isBag = $true
                $name = Get-Attribute -Element $property -Name 'name'
                if ($value -eq '' -and $null -ne (Get-Attribute -Element $property -Name 'value')) {
                    $value = Get-Attribute -Element $property -Name 'value'
                }
            }
            $key = Get-PlainName -Name $name
            if (-not $image.ContainsKey($key)) {
                $image[$key] = $value
            }
        }
        if (-not $isBag) {
            Add-WimValue -Image $image -Element $element
        }
        $images[[int] (Get-Attribute -Element $element -Name 'index')] = $image
    }
    return $images
}

# The first value that has one of these names.
function Get-ImageValue {
    param($Image, [string[]] $Names)

    foreach ($name in $Names) {
        if ($Image.ContainsKey($name) -and $null -ne $Image[$name]) {
            return $Image[$name]
        }
    }
    return $null
}

# Architectures are numbers, or have one of several names; -1 for one that is not known.
function Get-ArchitectureCode {
    param([string] $Text)

    $name = $Text.Trim().ToLowerInvariant() -replace '[ _-]', ''
    switch -Regex ($name) {
        '^[0-9]{1,9}$' { return [int] $name }
        '^(x86|i[3456]86|ia32|intel)$' { return 0 }
        '^(arm|arm32|armnt)$' { return 5 }
        '^(ia64|itanium)$' { return 6 }
        '^(x64|amd64|x8664|intel64|em64t)$' { return 9 }
        '^(arm64|aarch64)$' { return 12 }
    }
    return -1
}

# What the plan does not name is not asked for; what is empty in the .wim file may be missing at the site.
function Test-ImageText {
    param($Expected, $Found, [switch] $IgnoreCase)

    if ($null -eq $Expected) {
        return $true
    }
    if ($IgnoreCase) {
        return Test-SameText -One $Expected -Other $Found
    }
    return [string]::Equals([string] $Expected, [string] $Found, [System.StringComparison]::Ordinal)
}

# $null when the stored images are those that the plan expects, otherwise the first difference.
function Compare-Image {
    param($Package, [string] $Text)

    if ($Text -eq '') {
        return 'the site has no ImageProperty'
    }
    try {
        $images = Get-SiteImage -Text $Text
    }
    catch {
        return "its ImageProperty cannot be read: $($_.Exception.Message)"
    }
    $expectedImages = @($Package.Images)
    if ($images.Count -ne $expectedImages.Count) {
        return "the site has $($images.Count) images, and the plan wants $($expectedImages.Count)"
    }
    foreach ($expected in $expectedImages) {
        if (-not $images.ContainsKey([int] $expected.Index)) {
            return "image $($expected.Index) is not there"
        }
        $image = $images[[int] $expected.Index]
        $name = Get-ImageValue -Image $image -Names 'imagename', 'name'
        $description = Get-ImageValue -Image $image -Names 'imagedescription', 'description'
        $version = Get-ImageValue -Image $image -Names 'osversion', 'imageosversion'
        $architecture = Get-ImageValue -Image $image -Names 'architecture', 'arch', 'processorarchitecture'
        $language = Get-ImageValue -Image $image -Names 'language', 'defaultlanguage'
        $code = Get-ArchitectureCode -Text $architecture
        $wrong = $null
        if (-not (Test-ImageText -Expected $expected.Name -Found $name)) {
            $wrong = 'name', $name, $expected.Name
        }
        elseif (-not (Test-ImageText -Expected $expected.Description -Found $description)) {
            $wrong = 'description', $description, $expected.Description
        }
        elseif (-not (Test-ImageText -Expected $expected.OSVersion -Found $version)) {
            $wrong = 'OS version', $version, $expected.OSVersion
        }
        elseif ($null -ne $expected.Architecture -and $expected.Architecture -ne $code) {
            $wrong = 'architecture', $architecture, $expected.Architecture
        }
        elseif (-not (Test-ImageText -Expected $expected.Language -Found $language -IgnoreCase)) {
            $wrong = 'language', $language, $expected.Language
        }
        if ($null -ne $wrong) {
            return ("the {0} of image {1} is '{2}', and the plan wants '{3}'" -f
                $wrong[0], $expected.Index, $wrong[1], $wrong[2])
        }
    }
    return $null
}

