# SPDX-License-Identifier: GPL-3.0-or-later
"""The made-up hierarchy: its rows by class, the recipes of its sources, and what is true of it, all from one seed."""

import datetime
import random
from xml.sax.saxutils import escape, quoteattr

SITE = "C00"
PRIMARIES = ["P01", "P02", "P03"]
SECONDARIES = {"S11": "P01", "S12": "P01", "S21": "P02", "S31": "P03"}
DOMAIN = "corp.example"
PACKAGES, POINTS, SEQUENCES = 60, 400, 40
NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.timezone.utc)
TAKEN = datetime.datetime(2026, 3, 2, 6, 0, tzinfo=datetime.timezone.utc)
DISTRIBUTED = datetime.datetime(2026, 1, 9, 22, 41, tzinfo=datetime.timezone.utc)
OLD, NEW = "10.0.26100.6584", "10.0.26100.7171"
NAMES = ["Windows 11 Enterprise", "Windows 11 Pro", "Windows 11 Education"]
BINARY_DELTA = 0x04000000
CLASSES = {"image": ("SMS_ImagePackage", 257), "install": ("SMS_OperatingSystemInstallPackage", 259), "boot": ("SMS_BootImagePackage", 258)}
# SMS_PackageStatusDistPointsSummarizer.State
INSTALLED, PENDING, RETRYING, FAILED, UPDATING = 0, 1, 2, 3, 7
# A token of every type, with and without UTC, a duration, the last day and the last week: as an object, as text, and when it runs next
# in the week after NOW where the site is in Berlin.
SCHEDULES = [
    ({"__CLASS": "SMS_ST_NonRecurring", "StartTime": "2026-03-07T21:00"}, "02A7 3E00 0008 0000", "2026-03-07T20:00:00Z"),
    ({"__CLASS": "SMS_ST_RecurInterval", "StartTime": "2026-01-01T04:00", "DaySpan": 7}, "0081 1E00 0010 0038", "2026-03-05T03:00:00Z"),
    ({"__CLASS": "SMS_ST_RecurInterval", "StartTime": "2026-01-01T04:00", "HourSpan": 12, "IsGMT": True},
     "0081 1E00 0010 0C01", "2026-03-02T16:00:00Z"),
    ({"__CLASS": "SMS_ST_RecurInterval", "StartTime": "2026-01-01T04:00", "MinuteSpan": 45, "HourDuration": 1},
     "0081 1E00 0815 A000", "2026-03-02T09:00:00Z"),
    ({"__CLASS": "SMS_ST_RecurWeekly", "StartTime": "2026-01-04T23:30", "Day": 7, "ForNumberOfWeeks": 1},
     "7AE4 1E00 001F 2000", "2026-03-07T22:30:00Z"),
    ({"__CLASS": "SMS_ST_RecurWeekly", "StartTime": "2026-01-04T23:30", "Day": 1, "ForNumberOfWeeks": 4, "IsGMT": True},
     "7AE4 1E00 0019 8001", None),
    ({"__CLASS": "SMS_ST_RecurMonthlyByWeekday", "StartTime": "2026-01-15T03:30", "Day": 6, "WeekOrder": 0, "ForNumberOfMonths": 1},
     "786F 1E00 0026 1000", None),
    ({"__CLASS": "SMS_ST_RecurMonthlyByWeekday", "StartTime": "2026-01-15T03:30", "Day": 3, "WeekOrder": 2, "ForNumberOfMonths": 3},
     "786F 1E00 0023 3400", None),
    ({"__CLASS": "SMS_ST_RecurMonthlyByDate", "StartTime": "2026-01-15T03:30", "MonthDay": 31, "ForNumberOfMonths": 3, "IsGMT": True},
     "786F 1E00 002F CC01", None),
    ({"__CLASS": "SMS_ST_RecurMonthlyByDate", "StartTime": "2026-01-15T03:30", "MonthDay": 0, "ForNumberOfMonths": 12, "HourDuration": 2},
     "786F 1E00 1028 3000", None),
]
SPANS = {"SMS_ST_RecurInterval": {"DaySpan": 0, "HourSpan": 0, "MinuteSpan": 0}}


class Schedule:
    """A RefreshSchedule: the objects that the site has, and the text that CSV has to have in their place."""

    def __init__(self, number):
        fields, digits, self.next_run = SCHEDULES[number]
        start = datetime.datetime.fromisoformat(fields["StartTime"])
        common = {"DayDuration": 0, "HourDuration": 0, "MinuteDuration": 0, "IsGMT": False}
        self.object = common | SPANS.get(fields["__CLASS"], {}) | fields | {"StartTime": start}
        self.text = digits.replace(" ", "")


class Package:
    """One package, what became of its source since it was distributed, and which points should have it."""

    def __init__(self, number, kind, fate, chance):
        self.number, self.kind, self.fate = number, kind, fate
        self.id = f"{SITE}{0x100 + number:05X}"
        self.owner = PRIMARIES[number % 3] if number % 10 == 9 else SITE
        self.version = chance.randint(2, 30)
        self.delta = kind != "boot" and number % 4 == 1
        self.priority = chance.choice([1, 2, 2, 2, 3])
        self.schedule = Schedule(number // 3 % len(SCHEDULES)) if kind != "boot" and number % 3 == 0 else None
        self.path = {"image": f"images/{self.id}.wim", "install": f"upgrade/{self.id}", "boot": f"boot/boot.{self.id}.wim"}[kind]
        self.source = "\\\\cas01." + DOMAIN + "\\Source$\\" + self.path.replace("/", "\\")
        self.wim = f"{self.path}/sources/install.wim" if kind == "install" else self.path
        self.before, self.after = images_of(self)
        self.states = {}  # point → state of a content, as wimplan calls it

    @property
    def changed(self):
        return self.fate != "same"

    @property
    def planned(self):
        """The plan can call for it."""
        return self.owner == SITE and self.kind != "boot" and self.changed

    @property
    def name(self):
        return f"{ {'image': 'Windows 11', 'install': 'Windows 11 upgrade', 'boot': 'Boot image'}[self.kind]} {self.number:02d}"

    def modified(self):
        return DISTRIBUTED + datetime.timedelta(days=40 if self.changed else -2)


def images_of(package):
    """(name, version, language) of each image as the site knows them, and as they are now."""
    names = NAMES if package.kind != "boot" else ["Microsoft Windows PE (amd64)"]
    before = [(name, OLD, "en-US") for name in names]
    after = list(before)
    if package.fate in ("images", "moved", "gone", "language", "renamed"):
        after = [(name, NEW, language) for name, _, language in before]
    if package.fate == "moved":
        after[0], after[1] = after[1], after[0]
    if package.fate == "gone":
        after.pop()
    if package.fate == "language":
        after[1] = (after[1][0], NEW, "de-DE")
    if package.fate == "renamed":
        after[2] = ("Windows 11 Education 25H2", NEW, "en-US")
    return before, after


class Point:
    """A distribution point."""

    def __init__(self, number, chance):
        self.number = number
        self.primary = PRIMARIES[number % 3]
        self.kind = "cloud" if number < 6 else "prestaged" if number < 18 else "pull" if number < 110 else "standard"
        self.site = self.primary
        if 110 <= number < 170:
            self.kind = "secondary"
            self.site = list(SECONDARIES)[number % len(SECONDARIES)]
        self.server = f"DP{number:03d}.{DOMAIN}"
        self.nal = f'["Display=\\\\{self.server}\\"]MSWNET:["SMS_SITE={self.site}"]\\\\{self.server}\\'
        self.rate = chance.choice([0, 8000, 20000, 90000])


class Step:
    """A step of a task sequence that uses a package."""

    def __init__(self, use, package, index, name, enabled):
        self.use, self.package, self.index, self.name, self.enabled = use, package, index, name, enabled


class Sequence:
    """A task sequence."""

    def __init__(self, number, chance, packages):
        self.number = number
        self.id = f"{SITE}{0x200 + number:05X}"
        self.name = f"Deploy {number:02d} & more"
        self.enabled = number not in (7, 23)
        self.read = number not in (30, 31)  # of the others the export has the list of references alone
        self.boot = chance.choice([package for package in packages if package.kind == "boot"])
        self.calls = []  # sequences that it runs
        self.required = number % 3 == 0
        self.expired = number % 12 == 3
        images = [package for package in packages if package.kind == "image"]
        installs = [package for package in packages if package.kind == "install"]
        self.steps = []
        for at in range(chance.randint(1, 4)):
            self.steps.append(Step("image", chance.choice(images), chance.randint(1, 3), f"Apply {at}", chance.random() < 0.8))
        self.steps.append(Step("upgrade", chance.choice(installs), chance.randint(1, 3), "Upgrade", chance.random() < 0.7))

    def live(self):
        """The packages that machines get when they run it."""
        if not self.enabled:
            return set()
        return {step.package.id for step in self.steps if step.enabled} | {self.boot.id}

    def xml(self):
        """Its Sequence: every other switched-off step is so by its group."""
        parts = [f'<reference package="{package}"/>' for package in sorted(self.live() - {self.boot.id})]
        text = f'<sequence version="3.10"><referenceList>{"".join(parts)}</referenceList><group name="Install" description="">'
        for place, step in enumerate(self.steps):
            off = "" if step.enabled else ' disable="true"'
            group, own = (off, "") if place % 2 else ("", off)
            text += f'<group name="Part {place}" description=""{group}>{step_xml(step, own)}</group>'
        text += '</group><group name="More" description=""><step type="SMS_TaskSequence_RunCommandLineAction" name="Say &amp; go">'
        text += '<action>smsswd.exe /run: cmd</action><defaultVarList/></step>'
        for other in self.calls:
            text += (f'<subtasksequence type="SMS_TaskSequence_SubTasksequence" name="Run {other.id}"><defaultVarList>'
                     f'<variable name="TsPackageID" property="TsPackageID">{other.id}</variable></defaultVarList></subtasksequence>')
        return text + "</group></sequence>"


def step_xml(step, off):
    kind, package, index, action = {
        "image": ("ApplyOperatingSystemAction", "ImagePackageID", "ImageIndex", "/image:{},%OSDImageIndex%"),
        "upgrade": ("UpgradeOperatingSystemAction", "InstallPackageID", "InstallEditionIndex", ""),
    }[step.use]
    return (f'<step type="SMS_TaskSequence_{kind}" name={quoteattr(step.name)} description="" runIn="WinPE"{off}>'
            f'<action>OSD.exe {action.format(step.package.id)}</action><defaultVarList>'
            f'<variable name="OSD{index}" property="{index}">{step.index}</variable>'
            f'<variable name="{package}" property="{package}" hidden="true">{step.package.id}</variable></defaultVarList></step>')


def image_property(images):
    text = ""
    for index, (name, version, language) in enumerate(images, 1):
        values = {"Image name": name, "OS version": version, "Architecture": "9", "Language": language}
        text += f'<IMAGE index="{index}">'
        text += "".join(f'<Property name="{key}">{escape(value)}</Property>' for key, value in values.items()) + "</IMAGE>"
    return f"<WIM>{text}</WIM>"


class Hierarchy:
    """Everything, from a seed."""

    def __init__(self, seed=20260302):
        chance = random.Random(seed)
        kinds = ["image"] * 40 + ["install"] * 14 + ["boot"] * 6
        fates = ["same", "same", "content", "images", "same", "moved", "gone", "same", "language", "renamed"]
        self.packages = []
        for number, kind in enumerate(kinds[:PACKAGES]):
            fate = chance.choice(fates)
            if kind == "boot" and fate not in ("same", "images"):
                fate = "images"
            self.packages.append(Package(number, kind, fate, chance))
        self.points = [Point(number, chance) for number in range(POINTS)]
        for package in self.packages:
            count = POINTS if package.number % 10 == 0 else chance.randint(20, 120)
            for point in chance.sample(self.points, count):
                package.states[point] = chance.choices(["current", "behind", "failed", "running", "unknown", "removing", "removed"],
                                                       [87, 4, 3, 2, 2, 1, 1])[0]
        self.sequences = [Sequence(number, chance, self.packages) for number in range(SEQUENCES)]
        for number in range(36, 40):
            self.sequences[number].calls = [self.sequences[number - 36]]

    def recipes(self):
        """mkwim's recipes of all sources."""
        text = ""
        for package in self.packages:
            stamp = package.modified().strftime("%Y-%m-%dT%H:%M:%SZ")
            text += f"wim {package.wim}\nshape media\ntimes {stamp}\nguid {package.number + 1:032x}\n"
            for index, (name, version, language) in enumerate(package.after, 1):
                text += f'image "{name}"\narch 9\nlanguages {language}\ndefault {language}\nversion {version}\n'
                text += f"file /data.bin size {1000 + 37 * package.number} seed {package.number * 10 + index}\n"
        return text
