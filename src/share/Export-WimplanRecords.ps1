# SPDX-License-Identifier: GPL-3.0-or-later
#Requires -Version 5.1

<#
.SYNOPSIS
Exports the image, upgrade and boot image packages of a Configuration Manager site for wimplan, and who has and uses them.

.DESCRIPTION
Reads SMS_ImagePackage, SMS_OperatingSystemInstallPackage and SMS_BootImagePackage from the SMS Provider over CIM and
writes one JSON file, which "wimplan import" reads. Each package is read once more by its key, because lazy properties
such as ImageProperty do not come with a list. The rows of SMS_ImageInformation are exported as well.

With them come the rows that say where the packages are (distribution points, their state and what they last reported) and
who uses them (task sequences with their steps, what they refer to, their deployments). -NoDistributionState and
-NoTaskSequences leave these out. The Sequence of a task sequence may hold accounts and keys; wimplan keeps of it only which
step uses which package, but the file that this script writes has all of it.

The file has the form that wimplan-export writes, and the same classes. What the site refuses is said and stands in the
file, so that an import knows that it is part; classes that the site does not have stand there too, and are no refusal.

The script only reads. It never changes an object of the site, and it calls one method at most: with -Probe the static
method GetImageProperties, which reads a .wim file and returns what it found.

The account needs the right to read packages and task sequences and to connect to the SMS Provider over WMI.

Without this script, one line for each class does nearly the same. wimplan reads all of these files together:

  Windows PowerShell or PowerShell 7, complete; likewise for the other two classes:
    Get-CimInstance -Namespace root/sms/site_P01 -ClassName SMS_ImagePackage | Get-CimInstance | ConvertTo-Json -Depth 4 | Set-Content -Encoding UTF8 images.json

  AdminService, complete, one package by its key:
    Invoke-RestMethod -UseDefaultCredentials "https://PROVIDER/AdminService/wmi/SMS_ImagePackage('P0100123')" | ConvertTo-Json -Depth 6 | Set-Content -Encoding UTF8 P0100123.json

  AdminService, all packages without their lazy properties, and SMS_ImageInformation in the place of ImageProperty:
    curl --negotiate --user : -o images.json https://PROVIDER/AdminService/wmi/SMS_ImagePackage
    curl --negotiate --user : -o information.json https://PROVIDER/AdminService/wmi/SMS_ImageInformation

  The site's own cmdlets, from the site's drive. Do not add -Reload, which writes to the site:
    Get-CMOperatingSystemImage | Select-Object PackageID,PackageType,Name,PkgSourceFlag,PkgSourcePath,SourceSite,SourceVersion,SourceDate,SedoObjectVersion,Priority,ActionInProgress,ImageProperty | Export-Clixml C:\Temp\images.xml

.PARAMETER SiteCode
The three characters of the site.

.PARAMETER ProviderMachineName
The computer with the SMS Provider; this one when it is left out.

.PARAMETER Path
The file to write. It is replaced as a whole at the end; until then a temporary file stands beside it.

.PARAMETER PackageId
Only these packages, for example P0100123.

.PARAMETER Probe
Asks the SMS Provider what a reload would store for each source and exports the answer as ProbedImageProperty. The
provider opens each .wim file for this, which takes seconds for each. Nothing is stored at the site.

.PARAMETER NoDistributionState
Leaves out what is known of distribution points: SMS_ObjectContentExtraInfo, SMS_PackageStatusDistPointsSummarizer,
SMS_DistributionPoint, SMS_DPGroupDistributionStatusDetails, SMS_DistributionDPStatus, SMS_PackageContentServerInfo,
SMS_DistributionPointInfo and SMS_Site. A plan then says nothing of points that are behind or failed, and not how much is
sent.

.PARAMETER NoTaskSequences
Leaves out task sequences and their deployments: SMS_TaskSequencePackage, SMS_TaskSequencePackageReference_Flat,
SMS_TaskSequencePackageReference_All, SMS_TaskSequenceReferencesInfo, SMS_Advertisement, SMS_AdvertisementInfo and
SMS_DeploymentSummary. A plan then does not say whether a step installs another image than before.

.PARAMETER Credential
Another account for the connection to the SMS Provider.

.PARAMETER Protocol
Dcom, or Wsman where WinRM is set up on the SMS Provider.

.EXAMPLE
.\Export-WimplanRecords.ps1 -SiteCode P01 -ProviderMachineName cm01.contoso.com -Path C:\Temp\records.json

.EXAMPLE
.\Export-WimplanRecords.ps1 -SiteCode P01 -ProviderMachineName cm01.contoso.com -Path C:\Temp\records.json -Probe -PackageId P0100123, P0100140

.OUTPUTS
System.IO.FileInfo. The file that was written.
#>
[CmdletBinding()]
[OutputType([System.IO.FileInfo])]
param(
    [Parameter(Mandatory = $true, Position = 0)]
    [ValidatePattern('^[A-Za-z0-9]{3}$', Options = 'None')]
    [string] $SiteCode,

    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty()]
    [string] $ProviderMachineName = $env:COMPUTERNAME,

    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty()]
    [string] $Path = 'wimplan-records.json',

    [ValidatePattern('^[A-Za-z0-9]{8}$', Options = 'None')]
    [string[]] $PackageId,

    [switch] $Probe,

    [switch] $NoDistributionState,

    [switch] $NoTaskSequences,

    [System.Management.Automation.PSCredential]
    [System.Management.Automation.Credential()]
    $Credential = [System.Management.Automation.PSCredential]::Empty,

    [ValidateSet('Dcom', 'Wsman')]
    [string] $Protocol = 'Dcom'
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$SiteCode = $SiteCode.ToUpperInvariant()
$namespace = "root/sms/site_$SiteCode"

# Left out where a package could not be read by its key: then they were not fetched, which is not the same as empty.
$lazyProperties = @(
    'AlternateContentProviders', 'BackgroundBitmapPath', 'ContextID', 'EnableLabShell', 'ExtendedData',
    'ExtendedDataSize', 'IconSize', 'ImageDiskLayout', 'ImageIndex', 'ImageProperty', 'ISVData', 'ISVDataSize',
    'OptionalComponents', 'PreExecCommandLine', 'ReferencedDrivers', 'RefreshPkgSourceFlag', 'RefreshSchedule',
    'ScratchSpace'
)

# Every class that is read, and how. Part: what it belongs to. Key: the property by which each object is read once more,
# for what is lazy; Lazy: what is left out where that fails; List: what of it is a list, which WMI has as nothing when it is
# empty. Filter: of the rows that are wanted; some ways to a site refuse it.
# Package and Sequence: the property that has to name a package, or a task sequence, of this export.
$kinds = '{0}=257 OR {0}=258 OR {0}=259'
$classes = @(
    @{
        Class = 'SMS_ImagePackage'; Part = 'packages'; Key = 'PackageID'; Lazy = $lazyProperties; List = 'RefreshSchedule'
    }
    @{
        Class = 'SMS_OperatingSystemInstallPackage'; Part = 'packages'; Key = 'PackageID'; Lazy = $lazyProperties
        List = 'RefreshSchedule'
    }
    @{
        Class = 'SMS_BootImagePackage'; Part = 'packages'; Key = 'PackageID'; Lazy = $lazyProperties
        List = 'RefreshSchedule'
    }
    @{ Class = 'SMS_ImageInformation'; Part = 'images'; Package = 'PackageID' }
    @{
        Class = 'SMS_ObjectContentExtraInfo'; Part = 'distribution'; Filter = $kinds -f 'ObjectType'
        Package = 'PackageID'
    }
    @{
        Class = 'SMS_PackageStatusDistPointsSummarizer'; Part = 'distribution'; Filter = $kinds -f 'PackageType'
        Package = 'PackageID'
    }
    @{ Class = 'SMS_DistributionPoint'; Part = 'distribution'; Filter = $kinds -f 'PackageType'; Package = 'PackageID' }
    @{
        Class = 'SMS_DPGroupDistributionStatusDetails'; Part = 'distribution'; Filter = $kinds -f 'ObjectType'
        Package = 'PackageID'
    }
    # Its types have other numbers: 18 images, 19 boot images, 14 upgrade packages.
    @{
        Class = 'SMS_DistributionDPStatus'; Part = 'distribution'
        Filter = 'ObjectTypeID=18 OR ObjectTypeID=19 OR ObjectTypeID=14'; Package = 'PackageID'
    }
    @{
        Class = 'SMS_PackageContentServerInfo'; Part = 'distribution'; Filter = $kinds -f 'PackageType'
        Package = 'PackageID'
    }
    @{ Class = 'SMS_DistributionPointInfo'; Part = 'distribution' }
    @{ Class = 'SMS_Site'; Part = 'distribution' }
    @{
        Class = 'SMS_TaskSequencePackage'; Part = 'sequences'; Key = 'PackageID'
        Lazy = 'BootImageID', 'References', 'Sequence'
    }
    @{ Class = 'SMS_TaskSequencePackageReference_Flat'; Part = 'sequences' }
    @{ Class = 'SMS_TaskSequencePackageReference_All'; Part = 'sequences' }
    @{ Class = 'SMS_TaskSequenceReferencesInfo'; Part = 'sequences' }
    # Deployments of what is no task sequence have the same class.
    @{
        Class = 'SMS_Advertisement'; Part = 'sequences'; Key = 'AdvertisementID'
        Lazy = 'AssignedSchedule', 'AssignedScheduleEnabled'; List = 'AssignedSchedule'; Sequence = 'PackageID'
    }
    @{ Class = 'SMS_AdvertisementInfo'; Part = 'sequences'; Filter = 'PackageType=4'; Sequence = 'PackageID' }
    @{ Class = 'SMS_DeploymentSummary'; Part = 'sequences'; Filter = 'FeatureType=7'; Sequence = 'PackageID' }
)

# Times of day, which a site keeps without a time zone.
$timesOfDay = @('StartTime', 'PresentTime', 'ExpirationTime')

function ConvertTo-IsoTime {
    param([datetime] $Time)

    $Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
}

function ConvertTo-TimeOfDay {
    param([datetime] $Time)

    $Time.ToString("yyyy-MM-dd'T'HH:mm:ss", [System.Globalization.CultureInfo]::InvariantCulture)
}

# A value that ConvertTo-Json writes the same way in every version of PowerShell.
function ConvertTo-PlainValue {
    param($Value)

    if ($null -eq $Value) {
        return $null
    }
    if ($Value -is [datetime]) {
        return ConvertTo-IsoTime -Time $Value
    }
    if ($Value -is [byte[]]) {
        return [System.Convert]::ToBase64String($Value)
    }
    if ($Value -is [ciminstance]) {
        return ConvertTo-PlainObject -Instance $Value
    }
    if ($Value -is [array]) {
        $list = New-Object -TypeName System.Collections.ArrayList
        foreach ($item in $Value) {
            [void] $list.Add((ConvertTo-PlainValue -Value $item))
        }
        # The comma keeps a list of one, or of none, a list.
        return , [object[]] $list.ToArray()
    }
    if ($Value -is [string] -or $Value -is [bool] -or $Value.GetType().IsPrimitive) {
        return $Value
    }
    return [string] $Value
}

# The properties of the object itself, without what CIM and PowerShell put beside them.
function ConvertTo-PlainObject {
    param(
        [ciminstance] $Instance,
        [string[]] $Without = @()
    )

    $plain = [ordered] @{ '__CLASS' = $Instance.CimSystemProperties.ClassName }
    foreach ($property in $Instance.CimInstanceProperties) {
        if ($null -eq $property.Value -or $property.Name.StartsWith('__') -or $Without -contains $property.Name) {
            continue
        }
        if ($property.Value -is [datetime] -and $timesOfDay -contains $property.Name) {
            $plain[$property.Name] = ConvertTo-TimeOfDay -Time $property.Value
            continue
        }
        $plain[$property.Name] = ConvertTo-PlainValue -Value $property.Value
    }
    return $plain
}

# What the site refuses stands in the file, and is said.
function Add-Refusal {
    param([string] $ClassName, [string] $Key, [string] $Why)

    $name = if ($Key) { "$ClassName $Key".Trim() } else { $ClassName }
    Write-Warning -Message "${name}: $Why"
    $class = if ($ClassName) { $ClassName } else { $null }
    $object = if ($Key) { $Key } else { $null }
    [void] $refused.Add([ordered] @{ class = $class; key = $object; why = $Why })
}

function Test-Code {
    param($ErrorRecord, [string] $Name)

    $code = $ErrorRecord.Exception.PSObject.Properties['NativeErrorCode']
    $null -ne $code -and [string] $code.Value -eq $Name
}

# '' for what is not there or empty.
function Get-Text {
    param([ciminstance] $Instance, [string] $Name)

    $property = $Instance.CimInstanceProperties[$Name]
    if ($null -eq $property -or $null -eq $property.Value) {
        return ''
    }
    return [string] $property.Value
}

# One object as it is by its key; without its lazy properties where it cannot be read by it. $null when it is gone.
function Get-RecordByKey {
    param($Session, [ciminstance] $Listed, [hashtable] $About)

    $key = Get-Text -Instance $Listed -Name $About['Key']
    try {
        $record = ConvertTo-PlainObject -Instance (Get-CimInstance -CimSession $Session -InputObject $Listed)
        $record['__BY_KEY'] = $true
        if ($About['List'] -and -not $record.Contains($About['List'])) {
            $record[$About['List']] = @()
        }
    }
    catch {
        if (Test-Code -ErrorRecord $_ -Name 'NotFound') {
            Write-Verbose -Message "$($About['Class']) ${key}: it is gone."
            return $null
        }
        Add-Refusal -ClassName $About['Class'] -Key $key -Why ('could not be read by its key, so its lazy properties are ' +
            "left out: $($_.Exception.Message.Trim())")
        $record = ConvertTo-PlainObject -Instance $Listed -Without $About['Lazy']
        $record['__BY_KEY'] = $false
    }
    return $record
}

function Write-Record {
    param([System.Collections.IDictionary] $Record)

    $line = ConvertTo-Json -InputObject $Record -Depth 10 -Compress
    if ($script:recordCount -gt 0) {
        $line = ",`n$line"
    }
    try {
        $writer.Write($line)
    }
    catch {
        # No fault of the class whose row it is.
        $script:broken = $true
        throw
    }
    $script:recordCount++
}

# The .wim file that a reload of this package reads, as the SMS Provider sees it; $null when it has none.
function Get-SourceImagePath {
    param(
        [string] $ClassName,
        [System.Collections.IDictionary] $Record
    )

    if (-not $Record.Contains('PkgSourcePath') -or -not $Record['PkgSourcePath']) {
        return $null
    }
    if ($ClassName -eq 'SMS_OperatingSystemInstallPackage') {
        return $Record['PkgSourcePath'].TrimEnd('\') + '\sources\install.wim'
    }
    return $Record['PkgSourcePath']
}

# Adds what the SMS Provider finds in the .wim file of a package, or why it cannot say. Static: no object is touched.
function Add-Probe {
    param($Session, [string] $ClassName, [System.Collections.IDictionary] $Record)

    $source = Get-SourceImagePath -ClassName $ClassName -Record $Record
    if (-not $source) {
        return
    }
    try {
        $answer = Invoke-CimMethod -CimSession $Session -Namespace $namespace -ClassName $ClassName `
            -MethodName 'GetImageProperties' -Arguments @{ SourceImagePath = $source }
        if ($answer.ReturnValue -eq 0 -and $null -ne $answer.ImageProperty) {
            $Record['ProbedImageProperty'] = [string] $answer.ImageProperty
            return
        }
        $why = if ($answer.ReturnValue -eq 0) { 'the answer has no ImageProperty' }
        else { "it returned $($answer.ReturnValue)" }
    }
    catch {
        $why = $_.Exception.Message.Trim()
    }
    Write-Warning -Message "$($Record['PackageID']): the provider could not read ${source}: $why"
    $Record['__PROBE_ERROR'] = $why
}

# Rows of packages and task sequences that this export has not say nothing here.
function Test-Belonging {
    param([ciminstance] $Row, [hashtable] $About)

    if ($About['Package']) {
        return $packageIds.ContainsKey((Get-Text -Instance $Row -Name $About['Package']))
    }
    return -not $About['Sequence'] -or $sequenceIds.ContainsKey((Get-Text -Instance $Row -Name $About['Sequence']))
}

# An object of a class with a key.
function Export-Object {
    param($Session, [ciminstance] $Listed, [hashtable] $About)

    $id = Get-Text -Instance $Listed -Name $About['Key']
    Write-Progress -Activity "Exporting $($About['Class'])" -Status $id
    $record = Get-RecordByKey -Session $Session -Listed $Listed -About $About
    if ($null -eq $record) {
        return
    }
    if ($About['Part'] -eq 'packages') {
        $packageIds[$id] = $true
        $record['__NAMESPACE'] = "root\sms\site_$SiteCode"
        if ($Probe) {
            Add-Probe -Session $Session -ClassName $About['Class'] -Record $record
        }
    }
    elseif (-not $About['Sequence']) {
        $sequenceIds[$id] = $true
    }
    Write-Record -Record $record
}

# The rows of a list, or of one class and filter. What has no key is written as it comes: there may be millions.
function Export-List {
    param($Session, [hashtable] $About, [string] $Filter)

    $list = @{ CimSession = $Session; Namespace = $namespace; ClassName = $About['Class'] }
    if ($Filter) {
        $list['Filter'] = $Filter
    }
    if ($About['Key']) {
        foreach ($listed in @(Get-CimInstance @list)) {
            if (Test-Belonging -Row $listed -About $About) {
                Export-Object -Session $Session -Listed $listed -About $About
            }
        }
        return
    }
    Get-CimInstance @list | ForEach-Object -Process {
        if (Test-Belonging -Row $_ -About $About) {
            $record = ConvertTo-PlainObject -Instance $_
            $record['__BY_KEY'] = $false
            Write-Record -Record $record
        }
    }
}

# One class, as the table above has it. A filter that is not understood is left out.
function Export-Class {
    param($Session, [hashtable] $About)

    $name = $About['Class']
    Write-Progress -Activity "Exporting $name" -Status $SiteCode
    $filters = @(if ($About['Filter']) { $About['Filter'] }) + ''
    if ($About['Part'] -eq 'packages' -and $PackageId) {
        $filters = @(($PackageId | ForEach-Object -Process { "PackageID='$_'" }) -join ' OR ')
    }
    foreach ($filter in $filters) {
        $before = $script:recordCount
        try {
            Export-List -Session $Session -About $About -Filter $filter
            break
        }
        catch {
            if ($script:broken) {
                throw
            }
            if (Test-Code -ErrorRecord $_ -Name 'InvalidClass') {
                Write-Verbose -Message "${name}: the site has no such class, so it is left out."
                [void] $absent.Add($name)
                break
            }
            if ($filter -ne $filters[-1] -and $script:recordCount -eq $before -and
                -not (Test-Code -ErrorRecord $_ -Name 'AccessDenied')) {
                continue
            }
            $what = if ($script:recordCount -eq $before) { 'it is left out' } else { 'some of it is left out' }
            Add-Refusal -ClassName $name -Why "could not be read, so ${what}: $($_.Exception.Message.Trim())"
            break
        }
    }
    Write-Progress -Activity "Exporting $name" -Completed
}

# Packages that were asked for and that no class has.
function Test-Missing {
    foreach ($id in $PackageId) {
        if (-not $packageIds.ContainsKey($id)) {
            Add-Refusal -Key $id -Why 'there is no image, upgrade or boot image package of this name'
        }
    }
    if ($packageIds.Count -eq 0) {
        $why = if ($refused.Count -gt 0) { "$($refused[0]['why'])" }
        else { 'it shows none; the site has none, or the account may not read them' }
        throw ("$ProviderMachineName gave no image, upgrade or boot image package of site ${SiteCode}, so nothing was " +
            "written: $why")
    }
}

# A path on the site's drive would be no file. On it PowerShell takes even a share for something of the site's.
if ($Path.StartsWith('\\')) {
    $Path = "FileSystem::$Path"
}
$provider = $null
$drive = $null
$target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path, [ref] $provider, [ref] $drive)
if ($provider.Name -ne 'FileSystem') {
    throw "The file $Path would not be in the file system: give a full path such as C:\Temp\wimplan-records.json."
}
$temporary = '{0}.{1}.tmp' -f $target, [System.Guid]::NewGuid().ToString('N')

$script:recordCount = 0
# Whether the file can no longer be written.
$script:broken = $false
$packageIds = @{}
$sequenceIds = @{}
$refused = New-Object -TypeName System.Collections.ArrayList
$absent = New-Object -TypeName System.Collections.ArrayList
$session = $null
$writer = $null
try {
    $connection = @{
        ComputerName  = $ProviderMachineName
        SessionOption = New-CimSessionOption -Protocol $Protocol
    }
    if ($Credential -ne [System.Management.Automation.PSCredential]::Empty) {
        $connection['Credential'] = $Credential
    }
    $session = New-CimSession @connection

    $head = [ordered] @{
        format         = 'wimplan-records'
        format_version = '1.0'
        provider       = "cim://$ProviderMachineName/$namespace"
        taken_at       = ConvertTo-IsoTime -Time ([datetime]::UtcNow)
        asked          = [ordered] @{
            only               = [string[]] @($PackageId | Where-Object -FilterScript { $_ })
            probe              = [bool] $Probe
            distribution_state = -not $NoDistributionState
            task_sequences     = -not $NoTaskSequences
        }
    }
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $writer = New-Object -TypeName System.IO.StreamWriter -ArgumentList $temporary, $false, $utf8
    $json = ConvertTo-Json -InputObject $head -Compress
    $writer.Write($json.Substring(0, $json.Length - 1) + ",`n`"value`":[`n")
    $checked = $false
    foreach ($about in $classes) {
        if (($about['Part'] -eq 'distribution' -and $NoDistributionState) -or
            ($about['Part'] -eq 'sequences' -and $NoTaskSequences)) {
            continue
        }
        if ($about['Part'] -ne 'packages' -and -not $checked) {
            Test-Missing
            $checked = $true
        }
        Export-Class -Session $session -About $about
    }
    $tail = [ordered] @{
        site_code = $SiteCode
        complete  = $refused.Count -eq 0
        refused   = [object[]] $refused.ToArray()
        absent    = [object[]] $absent.ToArray()
    }
    $json = ConvertTo-Json -InputObject $tail -Depth 4 -Compress
    $writer.Write("`n],`n" + $json.Substring(1) + "`n")
    $writer.Dispose()
    $writer = $null

    # Either the old file is there or the whole new one.
    if ([System.IO.File]::Exists($target)) {
        [System.IO.File]::Replace($temporary, $target, [NullString]::Value)
    }
    else {
        [System.IO.File]::Move($temporary, $target)
    }
    Write-Verbose -Message "$script:recordCount records were written to $target."
    if ($refused.Count -gt 0) {
        Write-Warning -Message "the export is not complete: $($refused.Count) things could not be read"
    }
    Get-Item -LiteralPath $target
}
finally {
    if ($null -ne $writer) {
        $writer.Dispose()
    }
    if ([System.IO.File]::Exists($temporary)) {
        [System.IO.File]::Delete($temporary)
    }
    if ($null -ne $session) {
        Remove-CimSession -CimSession $session
    }
}
