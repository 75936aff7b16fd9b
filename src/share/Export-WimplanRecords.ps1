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
step uses which package, but the file that this script writes has all of it. A class that the site lacks is said and
skipped.

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
SMS_DistributionPoint, SMS_DPGroupDistributionStatusDetails, SMS_PackageContentServerInfo, SMS_DistributionPointInfo and
SMS_Site. A plan then says nothing of points that are behind or failed, and not how much is sent.

.PARAMETER NoTaskSequences
Leaves out task sequences and their deployments: SMS_TaskSequencePackage, SMS_TaskSequencePackageReference_Flat,
SMS_Advertisement and SMS_DeploymentSummary. A plan then does not say whether a step installs another image than before.

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

# The package classes with the value that PackageType has in them.
$packageClasses = [ordered] @{
    SMS_ImagePackage                  = 257
    SMS_OperatingSystemInstallPackage = 259
    SMS_BootImagePackage              = 258
}

# Left out where a package could not be read by its key: then they were not fetched, which is not the same as empty.
$lazyProperties = @(
    'AlternateContentProviders', 'BackgroundBitmapPath', 'ContextID', 'EnableLabShell', 'ExtendedData',
    'ExtendedDataSize', 'IconSize', 'ImageDiskLayout', 'ImageIndex', 'ImageProperty', 'ISVData', 'ISVDataSize',
    'OptionalComponents', 'PreExecCommandLine', 'ReferencedDrivers', 'RefreshPkgSourceFlag', 'RefreshSchedule',
    'ScratchSpace'
)

# What goes with the packages. By: the property that says of which kind of package a row is; Filter: which rows; ByKey:
# properties that arrive only by key, and are left out where a row could not be read by it.
$distributionClasses = [ordered] @{
    SMS_ObjectContentExtraInfo            = @{ By = 'ObjectType' }
    SMS_PackageStatusDistPointsSummarizer = @{ By = 'PackageType' }
    SMS_DistributionPoint                 = @{ By = 'PackageType' }
    SMS_DPGroupDistributionStatusDetails  = @{ By = 'ObjectType' }
    SMS_PackageContentServerInfo          = @{ By = 'PackageType' }
    SMS_DistributionPointInfo             = @{}
    SMS_Site                              = @{}
}
$sequenceClasses = [ordered] @{
    SMS_TaskSequencePackage               = @{ ByKey = 'BootImageID', 'References', 'Sequence' }
    SMS_TaskSequencePackageReference_Flat = @{ By = 'ObjectType' }
    # ProgramName is * in deployments of task sequences, and FeatureType 7 stands for these.
    SMS_Advertisement                     = @{
        Filter = "ProgramName='*'"; ByKey = 'AssignedSchedule', 'AssignedScheduleEnabled'
    }
    SMS_DeploymentSummary                 = @{ Filter = 'FeatureType=7' }
}

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

# One row as it is by its key; without its lazy properties, and a warning, where it cannot be read by it.
function Get-RecordByKey {
    param($Session, [ciminstance] $Listed, [string] $Name, [string[]] $Lazy)

    try {
        $record = ConvertTo-PlainObject -Instance (Get-CimInstance -CimSession $Session -InputObject $Listed)
        $record['__BY_KEY'] = $true
    }
    catch {
        $why = $_.Exception.Message
        Write-Warning -Message "${Name}: could not be read by its key, so its lazy properties are left out: $why"
        $record = ConvertTo-PlainObject -Instance $Listed -Without $Lazy
        $record['__BY_KEY'] = $false
    }
    return $record
}

function Write-Record {
    param(
        [System.IO.TextWriter] $Writer,
        [System.Collections.IDictionary] $Record
    )

    if ($script:recordCount -gt 0) {
        $Writer.Write(",`n")
    }
    $Writer.Write((ConvertTo-Json -InputObject $Record -Depth 10 -Compress))
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

# What the SMS Provider finds in a .wim file; $null, and a warning, when it cannot say. Static: no object is touched.
function Get-ProbedImageProperty {
    param(
        $Session,
        [string] $ClassName,
        [string] $PackageName,
        [string] $SourceImagePath
    )

    try {
        $answer = Invoke-CimMethod -CimSession $Session -Namespace $namespace -ClassName $ClassName `
            -MethodName 'GetImageProperties' -Arguments @{ SourceImagePath = $SourceImagePath }
        if ($answer.ReturnValue -eq 0) {
            return $answer.ImageProperty
        }
        $why = "it returned $($answer.ReturnValue)"
    }
    catch {
        $why = $_.Exception.Message
    }
    Write-Warning -Message "${PackageName}: the provider could not read ${SourceImagePath}: $why"
    return $null
}

# The packages of one class, one by one.
function Export-PackageClass {
    param(
        $Session,
        [System.IO.TextWriter] $Writer,
        [string] $ClassName
    )

    $list = @{ CimSession = $Session; Namespace = $namespace; ClassName = $ClassName }
    if ($PackageId) {
        $list['Filter'] = ($PackageId | ForEach-Object -Process { "PackageID='$_'" }) -join ' OR '
    }
    foreach ($listed in @(Get-CimInstance @list)) {
        $id = $listed.PackageID
        Write-Progress -Activity "Exporting $ClassName" -Status $id
        $record = Get-RecordByKey -Session $Session -Listed $listed -Name $id -Lazy $lazyProperties
        $record['__NAMESPACE'] = "root\sms\site_$SiteCode"
        if ($Probe) {
            $source = Get-SourceImagePath -ClassName $ClassName -Record $record
            if ($source) {
                $found = Get-ProbedImageProperty -Session $Session -ClassName $ClassName -PackageName $id `
                    -SourceImagePath $source
                if ($null -ne $found) {
                    $record['ProbedImageProperty'] = [string] $found
                }
            }
        }
        Write-Record -Writer $Writer -Record $record
    }
    Write-Progress -Activity "Exporting $ClassName" -Completed
}

# The rows of a class, or a warning and none: the export is useful without those that go with the packages.
function Get-OtherRow {
    param($Session, [string] $ClassName, [string] $Filter)

    $list = @{ CimSession = $Session; Namespace = $namespace; ClassName = $ClassName }
    if ($Filter) {
        $list['Filter'] = $Filter
    }
    try {
        return @(Get-CimInstance @list)
    }
    catch {
        $code = $_.Exception.PSObject.Properties['NativeErrorCode']
        $lacks = $null -ne $code -and [string] $code.Value -eq 'InvalidClass'
        $why = if ($lacks) { 'the site has no such class, so it is left out' }
        else { "could not be read, so it is left out: $($_.Exception.Message)" }
        Write-Warning -Message "${ClassName}: $why"
        return @()
    }
}

# The rows of classes that say more about the packages, as the tables above have them.
function Export-OtherClass {
    param(
        $Session,
        [System.IO.TextWriter] $Writer,
        [string] $ClassName,
        [hashtable] $About
    )

    Write-Progress -Activity "Exporting $ClassName" -Status $SiteCode
    $filter = $About['Filter']
    if ($About['By']) {
        $filter = ($packageClasses.Values | ForEach-Object -Process { "$($About['By'])=$_" }) -join ' OR '
    }
    foreach ($row in @(Get-OtherRow -Session $Session -ClassName $ClassName -Filter $filter)) {
        if ($About['ByKey']) {
            $name = "$ClassName $($row.PackageID)"
            $record = Get-RecordByKey -Session $Session -Listed $row -Name $name -Lazy $About['ByKey']
        }
        else {
            $record = ConvertTo-PlainObject -Instance $row
        }
        # Rows of kinds of packages are of these, or of what refers to one of these.
        if ($PackageId -and $About['By'] -and
            -not ($PackageId -contains $record['PackageID'] -or $PackageId -contains $record['RefPackageID'])) {
            continue
        }
        Write-Record -Writer $Writer -Record $record
    }
    Write-Progress -Activity "Exporting $ClassName" -Completed
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

    $description = [ordered] @{
        format_version = '1.0'
        taken_at       = ConvertTo-IsoTime -Time ([datetime]::UtcNow)
        site_code      = $SiteCode
        provider       = $ProviderMachineName
    }
    $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
    $writer = New-Object -TypeName System.IO.StreamWriter -ArgumentList $temporary, $false, $utf8
    $json = ConvertTo-Json -InputObject $description -Compress
    $writer.Write("{`"wimplan_export`":$json,`n`"value`":[`n")
    foreach ($className in $packageClasses.Keys) {
        Export-PackageClass -Session $session -Writer $writer -ClassName $className
    }
    $otherClasses = [ordered] @{ SMS_ImageInformation = @{ By = 'PackageType' } }
    if (-not $NoDistributionState) {
        $otherClasses += $distributionClasses
    }
    if (-not $NoTaskSequences) {
        $otherClasses += $sequenceClasses
    }
    foreach ($className in $otherClasses.Keys) {
        Export-OtherClass -Session $session -Writer $writer -ClassName $className -About $otherClasses[$className]
    }
    $writer.Write("`n]}`n")
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
