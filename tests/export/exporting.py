# SPDX-License-Identifier: GPL-3.0-or-later
"""A site to export: the one of wimplan-apply's tests, with task sequences and deployments around its packages."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "apply"))
from standin import BOOT, IMAGE, INSTALL, Site  # noqa: E402

SEQUENCE = """<sequence version="3.10"><step type="SMS_TaskSequence_ApplyOperatingSystemAction" name="Put image">
<defaultVarList><variable name="ImagePackageID" property="ImagePackageID">P010001B</variable>
<variable name="OSDImageIndex" property="ImageIndex">1</variable></defaultVarList></step></sequence>"""

AROUND = [
    {"__CLASS": "SMS_TaskSequencePackage", "PackageID": "P0100050", "Name": "Deploy", "Sequence": SEQUENCE, "BootImageID": "P010001D",
     "TsEnabled": True},
    {"__CLASS": "SMS_TaskSequencePackageReference_Flat", "PackageID": "P0100050", "ObjectID": "P010001B", "RefPackageID": "P010001B",
     "ObjectType": 257},
    {"__CLASS": "SMS_Advertisement", "AdvertisementID": "P0120001", "PackageID": "P0100050", "AdvertisementName": "Deploy", "OfferType": 0,
     "CollectionID": "P0100014", "AssignedSchedule": [{
         "@odata.type": "#AdminService.SMS_ST_NonRecurring", "StartTime": "2026-03-01T01:00:00Z", "IsGMT": False, "DayDuration": 0,
         "HourDuration": 0, "MinuteDuration": 0}]},
    # Of a classic package, not of a task sequence.
    {"__CLASS": "SMS_Advertisement", "AdvertisementID": "P0120002", "PackageID": "P0100099", "OfferType": 0},
    {"__CLASS": "SMS_DeploymentSummary", "DeploymentID": "P0120001", "PackageID": "P0100050", "FeatureType": 7, "NumberTargeted": 12},
    {"__CLASS": "SMS_DeploymentSummary", "DeploymentID": "P0120002", "PackageID": "P0100099", "FeatureType": 2},
    {"__CLASS": "SMS_ObjectContentExtraInfo", "ObjectID": "P010001B", "PackageID": "P010001B", "ObjectType": 257, "SourceSize": 100,
     "SourceVersion": 3, "Targeted": 2},
    {"__CLASS": "SMS_ObjectContentExtraInfo", "ObjectID": "P0100099", "PackageID": "P0100099", "ObjectType": 0, "SourceSize": 7},
]


class ExportedSite(Site):
    """@more: records beside those of the packages."""

    def __init__(self, build, folder, kinds=("both", "reload", "refresh", "none"), more=AROUND):
        super().__init__(build, folder, kinds=kinds, boot=True)
        self.make_sources(after=False)
        self.make_export()
        document = json.loads((self.folder / "load.json").read_text())
        document["value"] += more
        (self.folder / "load.json").write_text(json.dumps(document))

    @staticmethod
    def arguments(server, *options):
        """With -o records.json and --auth none, where @options do not say otherwise."""
        given = [str(option) for option in options]
        arguments = ["--provider", server.url, *given]
        if "--auth" not in given:
            arguments += ["--auth", "none"]
        if "-o" not in given:
            arguments += ["-o", "records.json"]
        return arguments

    def export_site(self, server, *options, **more):
        return self.run("wimplan-export", *self.arguments(server, *options), **more)

    def start_export(self, server, *options):
        return subprocess.Popen([self.program("wimplan-export"), *self.arguments(server, *options)], cwd=self.folder, env=self.env,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def records(self, name="records.json"):
        return json.loads((self.folder / name).read_text())

    def import_it(self, *options, name="records.json"):
        result = self.run("wimplan", "import", "--cache", "import.db", "--json", *options, name)
        return result, json.loads(result.stdout)


def keys(document, *classes):
    """(class, key) of the rows of these classes, or of all."""
    return [(row["__CLASS"], row.get("AdvertisementID") or row.get("DeploymentID") or row.get("PackageID")) for row in document["value"]
            if not classes or row["__CLASS"] in classes]


def packages(document):
    return [row["PackageID"] for row in document["value"] if row["__CLASS"] in (IMAGE, INSTALL, BOOT)]
