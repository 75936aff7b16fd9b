#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts when all goes well: test_runs.py BUILD [NAME…]."""

import collections
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

from scripts import (ALL, EXPORT, HERE, call, environment, outcomes, posts, quoted, run_tests, script, shell, site_environment, steps,
                     write_script)
import demo_site
from standin import BOOT, IMAGE, INSTALL, REFRESH, RELOAD, Site


def test_convergence(build, folder, expect):
    """Import, plan, run the script, export with the other script, record, plan: no changes."""
    site = Site(build, folder, kinds=ALL).make_plan()
    planned = site.planned()
    write_script(site)
    with site.start("--settle-delay", "0.2-0.6", load=True) as server:
        result = script(site, server, "-Yes", "-SiteCode", "P01")
        expect.status(result, 0)
        expect.says(result.stdout, "6 done", "Receipt: ")
        expect.equal(outcomes(site), {step: "done" for step in planned}, "outcomes")
        expect.equal(posts(site), [f"{action} {package_id}" for package_id, action in planned], "calls in the plan's order")
        exported = script(site, server, "-SiteCode", "p01", "-ProviderMachineName", "cm01", "-Path", "later.json", name=EXPORT)
        expect.status(exported, 0)
        again = script(site, server, "-Yes")
        expect.status(again, 4)
        expect.says(again.stdout, "already applied")
    site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", "later.json")
    recorded = site.must("wimplan", "record", "--cache", "cache.db", site.receipt_path())
    expect.says(recorded.stdout + recorded.stderr, "3 baselines")
    after = site.run("wimplan", "plan", "--cache", "cache.db", "--map", site.map, "--detailed-exitcode", "-o", "after.json")
    expect.status(after, 0)
    expect.says(site.must("wimplan", "show", "after.json").stdout, "No changes")
    for package in site.packages:
        wanted = (int(package["kind"] in ("both", "reload")), int(package["kind"] in ("both", "refresh")))
        found = tuple(site.effects(effect).get(package["id"], 0) for effect in ("reload", "refresh"))
        expect.equal(found, wanted, f"effects on {package['id']} ({package['kind']})")
    log = next(folder.glob("wimplan-*.log")).read_text()
    expect(all(f"{package_id} {action} done" in log for package_id, action in planned), "the log has every step")


def test_same_receipt_as_wimplan_apply(build, folder, expect):
    site = Site(build, folder, kinds=ALL).make_plan()
    write_script(site)

    def without_times(receipt):
        for step in receipt["steps"]:
            del step["started_at"], step["finished_at"]
        other = ("provider", "by", "started_at", "finished_at")
        return {key: value for key, value in receipt.items() if key not in other}

    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
    one = site.receipt()
    site.receipt_path().unlink()
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes"), 0)
    other = site.receipt()
    expect.equal(other["provider"], "cim://cm01.contoso.com/root/sms/site_P01", "provider")
    # A program for tests is told who runs it, .NET asks the system.
    expect(re.fullmatch(r"[^@]+@[^@]+", other["by"]), f"by whom: {other['by']}")
    expect.equal(without_times(other), without_times(one), "receipt")


def test_whatif(build, folder, expect):
    site = Site(build, folder, kinds=ALL).make_plan()
    write_script(site)
    before = {path.name for path in folder.iterdir()}
    with site.start(load=True) as server:
        for arguments in (("-WhatIf",), ("-WhatIf", "-Yes")):
            result = script(site, server, *arguments)
            expect.status(result, 0)
            for package_id, action in site.planned():
                expect.says(result.stdout, f'What if: Performing the operation "{action}" on target "{package_id} Package')
            expect.says(result.stdout, "6 would be called")
    expect.equal({entry["method"] for entry in site.requests()}, {"GET"}, "methods")
    left = {path.name for path in folder.iterdir()} - before
    expect(not [name for name in left if name.startswith("wimplan-")], f"-WhatIf leaves nothing behind: {left}")


def test_asks_before_each_call(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    write_script(site)
    with site.start(load=True) as server:
        refused = script(site, server)
        expect.status(refused, 2)
        expect.says(refused.stdout, "add -Yes")
        expect.equal(site.requests(), [], "requests when nobody can be asked")
        expect.equal(posts(site), [], "calls")
        master, slave = pty.openpty()
        process = subprocess.Popen(shell(call("./plan.ps1", "-ProviderMachineName", "cm01")), cwd=folder, stdin=slave,
                                   env=site_environment(site, server, {"TERM": "xterm"}), stdout=slave, stderr=slave)
        os.close(slave)
        answers, shown, began = ["y", "n", "y"], "", time.monotonic()
        while time.monotonic() - began < 60:
            if select.select([master], [], [], 0.2)[0]:
                try:
                    shown += os.read(master, 4096).decode(errors="replace")
                except OSError:
                    break
            # The terminal is asked where its cursor is before a line is read.
            if shown.endswith("\x1b[6n"):
                os.write(master, b"\x1b[1;1R")
                shown += " "
            if answers and shown.count('(default is "Y"):') > 3 - len(answers):
                os.write(master, (answers.pop(0) + "\r").encode())
            if process.poll() is not None:
                break
        process.wait(10)
        os.close(master)
    expect.equal(process.returncode, 6, "exit status")
    first, second = site.packages
    expect.equal(posts(site), [f"{RELOAD} {first['id']}", f"{REFRESH} {second['id']}"], "calls")
    expect.equal(outcomes(site), {(first["id"], RELOAD): "done", (first["id"], REFRESH): "skipped",
                                  (second["id"], REFRESH): "done"}, "outcomes")


def test_commit(build, folder, expect):
    site = Site(build, folder, kinds=("reload", "both")).make_plan()
    write_script(site)
    with site.start("--needs-commit", load=True) as server:
        result = script(site, server, "-Yes", "-Commit", "never", "-SettleSeconds", "1")
        expect.status(result, 6)
        expect.equal(site.entries("effect")[0]["effect"], "reload", "the call")
        expect.equal([entry for entry in site.entries("effect") if entry["effect"] == "commit"], [], "commits")
        expect.equal(set(outcomes(site).values()), {"unverified", "skipped"}, "outcomes")
        result = script(site, server, "-Yes", "-SettleSeconds", "10")
        expect.status(result, 0)
    commits = [entry["package_id"] for entry in site.entries("effect") if entry["effect"] == "commit"]
    expect.equal(commits, [package["id"] for package in site.packages], "commits")
    expect.equal(site.effects("reload"), {package["id"]: 1 for package in site.packages}, "reloads")
    site.receipt_path().unlink()
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes", "-Commit", "always"), 0)
        expect.equal(len(site.requests("PUT")), 2, "commits when asked for")
    site.receipt_path().unlink()
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes"), 0)
        expect.equal(len(site.requests("PUT")), 0, "commits when the effect is there")


def test_only(build, folder, expect):
    site = Site(build, folder, kinds=ALL).make_plan()
    write_script(site)
    wanted = (site.packages[0]["id"], site.packages[3]["id"])
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes", "-Only", ", ".join(wanted)), 0)
        expect.equal({path.split()[1] for path in posts(site)}, set(wanted), "packages")
        expect.status(script(site, server, "-Yes"), 0)
    expect.equal(set(outcomes(site).values()), {"done"}, "after all of it")
    expect.equal(len(posts(site)), len(site.planned()), "calls")


def test_boot_image(build, folder, expect):
    site = Site(build, folder, kinds=("reload", "both"), boot=True)
    site.make_plan()
    (folder / "boot.conf").write_text("[policy]\nboot_images = plan\n")
    site.must("wimplan", "plan", "--config", "boot.conf", "--cache", "cache.db", "--map", site.map, "--quiet", "-o", "plan.json")
    write_script(site)
    expect.equal([package["class"] for package in site.packages], [INSTALL, BOOT], "classes")
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes"), 0)
        boot = site.packages[1]["id"]
        expect.equal([post for post in posts(site) if boot in post], [f"{RELOAD} {boot}", f"{REFRESH} {boot}"], "calls")


def test_odd_names(build, folder, expect):
    site = Site(build, folder, kinds=("both",))
    site.make_sources(after=False)
    site.make_export()
    name = "Ann’s ‘client’'; exit 9 # $(1) `u{41} \"x\" \u202e\u00fc\U0001f600 \u200b\u00ad\u3164\U000e0041\ufeff @args"
    document = json.loads((folder / "load.json").read_text())
    document["value"][0]["Name"] = name
    (folder / "load.json").write_text(json.dumps(document))
    site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "load.json")
    site.must("wimplan", "baseline", "adopt", "--cache", "cache.db", "--map", site.map, "--all")
    site.make_sources(after=True)
    site.plan()
    write_script(site)
    with site.start(load=True) as server:
        result = script(site, server, "-WhatIf")
        expect.status(result, 0)
        shown = name
        for hidden in "\u202e\u200b\u00ad\u3164\U000e0041\ufeff":
            shown = shown.replace(hidden, f"<U+{ord(hidden):04X}>")
        expect.says(result.stdout, shown)


def test_export(build, folder, expect):
    """What the export script writes gives the plan that an export through the AdminService gives."""
    site = Site(build, folder, kinds=ALL, boot=True).make_plan()
    wanted = json.loads((folder / "plan.json").read_text())["plan_id"]
    with site.start(load=True) as server:
        arguments = ("-SiteCode", "P01", "-ProviderMachineName", "cm01", "-Path", "records.json")
        result = script(site, server, *arguments, name=EXPORT)
        expect.status(result, 0)
        expect("WARNING" not in result.stdout, f"warnings: {result.stdout}")
        site.must("wimplan", "import", "--cache", "cache.db", "records.json")
        first = (folder / "records.json").read_text()
        site.plan("other.json")
        found = json.loads((folder / "other.json").read_text())
        expect.equal(found["body"]["changes"], json.loads((folder / "plan.json").read_text())["body"]["changes"], "changes")
        # Over the old file, with everything that can be asked for.
        expect.status(script(site, server, *arguments, "-Probe", name=EXPORT), 0)
        document = json.loads((folder / "records.json").read_text())
        expect(len(document["value"]) >= len(json.loads(first)["value"]), "more records")
        packages = [record for record in document["value"] if "PkgSourcePath" in record]
        expect.equal(len(packages), len(site.packages), "packages")
        expect(all(record["__BY_KEY"] is True for record in packages), "each package says that it was read by its key")
        expect(all("<WIM>" in record.get("ProbedImageProperty", "<WIM>") for record in packages), "what a reload would store")
        expect(any("ProbedImageProperty" in record for record in packages), "something was probed")
        site.must("wimplan", "import", "--cache", "probed.db", "records.json")
        one = site.packages[0]["id"]
        expect.status(script(site, server, *arguments, "-PackageId", one, name=EXPORT), 0)
        ids = {record["PackageID"] for record in json.loads((folder / "records.json").read_text())["value"] if "PkgSourcePath" in record}
        expect.equal(ids, {one}, "only the one asked for")
        expect.equal({entry["method"] for entry in site.requests()} - {"GET"}, {"POST"}, "methods")
        expect.equal({entry["path"].rsplit(".", 1)[1] for entry in site.requests("POST")}, {"GetImageProperties"}, "calls")
    failed = script(site, None, *arguments, name=EXPORT)
    expect(failed.returncode != 0, "no provider")
    expect(json.loads((folder / "records.json").read_text()), "the old file stays")
    expect.equal([path.name for path in folder.glob("*.tmp")], [], "temporary files")
    del wanted


DISTRIBUTION = {"SMS_ObjectContentExtraInfo", "SMS_PackageStatusDistPointsSummarizer", "SMS_DistributionPoint",
                "SMS_DPGroupDistributionStatusDetails", "SMS_DistributionDPStatus", "SMS_PackageContentServerInfo", "SMS_DistributionPointInfo",
                "SMS_Site"}
SEQUENCES = {"SMS_TaskSequencePackage", "SMS_TaskSequencePackageReference_Flat", "SMS_TaskSequencePackageReference_All",
             "SMS_TaskSequenceReferencesInfo", "SMS_Advertisement", "SMS_AdvertisementInfo", "SMS_DeploymentSummary"}


def add_site_rows(site):
    """Rows of every class that goes with the packages, and a package that refreshes itself; some are of other kinds of packages."""
    path = site.folder / "load.json"
    document = json.loads(path.read_text())
    first = document["value"][0]
    one, kind = first["PackageID"], first["PackageType"]
    first["RefreshSchedule"] = [{"@odata.type": "#AdminService.SMS_ST_RecurWeekly", "Day": 3, "ForNumberOfWeeks": 1, "IsGMT": False,
                                 "StartTime": "2026-01-06T22:30:00"}]
    nal = '["Display=\\\\dp1.contoso.com\\"]MSWNET:["SMS_SITE=P01"]\\\\dp1.contoso.com\\'
    image = {"PackageID": one, "ServerNALPath": nal, "SiteCode": "P01"}
    sequence = (f'<sequence version="3.10"><step type="SMS_TaskSequence_UpgradeOperatingSystemAction" name="Up"><defaultVarList>'
                f'<variable property="InstallPackageID">{one}</variable></defaultVarList></step></sequence>')
    document["value"] += [
        {"__CLASS": "SMS_ObjectContentExtraInfo", "ObjectID": one, "PackageID": one, "ObjectType": kind, "SourceSize": 9, "Targeted": 1},
        {"__CLASS": "SMS_PackageStatusDistPointsSummarizer", **image, "PackageType": kind, "State": 0, "SourceVersion": 2,
         "LastCopied": "2026-01-09T23:00:00Z"},
        {"__CLASS": "SMS_PackageStatusDistPointsSummarizer", **image, "PackageID": "P0100999", "PackageType": 0, "State": 0},
        {"__CLASS": "SMS_DistributionPoint", **image, "PackageType": kind, "Status": 1},
        {"__CLASS": "SMS_DPGroupDistributionStatusDetails", "ID": 7, "PackageID": one, "DPName": "dp1.contoso.com", "ObjectType": kind,
         "MessageState": 1, "MessageID": 2330, "StatusTime": "2026-01-09T23:01:00Z"},
        {"__CLASS": "SMS_DistributionDPStatus", "ID": 8, "PackageID": one, "Name": "dp1.contoso.com", "ObjectTypeID": 18, "MessageState": 1,
         "MessageID": 2330, "LastUpdateDate": "2026-01-09T23:01:00Z"},
        {"__CLASS": "SMS_DistributionDPStatus", "ID": 9, "PackageID": one, "Name": "dp1.contoso.com", "ObjectTypeID": 31, "MessageState": 3},
        {"__CLASS": "SMS_PackageContentServerInfo", "ContentServerID": "a", "ContentServerType": 2, "Name": "All", "PackageID": one,
         "PackageType": kind},
        {"__CLASS": "SMS_DistributionPointInfo", "NALPath": nal, "SiteCode": "P01", "IsPullDP": True, "PreStagingAllowed": False},
        {"__CLASS": "SMS_Site", "SiteCode": "P01", "Type": 2},
        {"__CLASS": "SMS_TaskSequencePackage", "PackageID": "P0100050", "Name": "Deploy", "Sequence": sequence},
        {"__CLASS": "SMS_TaskSequencePackageReference_Flat", "PackageID": "P0100050", "ObjectID": one, "RefPackageID": one,
         "ObjectType": kind},
        {"__CLASS": "SMS_TaskSequencePackageReference_All", "PackageID": "P0100050", "ObjectID": one, "RefPackageID": one, "ObjectType": kind},
        {"__CLASS": "SMS_TaskSequenceReferencesInfo", "PackageID": "P0100050", "ReferencePackageID": one, "ReferencePackageType": kind},
        {"__CLASS": "SMS_AdvertisementInfo", "AdvertisementID": "P0120001", "PackageID": "P0100050", "PackageType": 4, "CollectionID": "P0100011"},
        {"__CLASS": "SMS_AdvertisementInfo", "AdvertisementID": "P0120003", "PackageID": "P0100999", "PackageType": 0, "CollectionID": "P0100011"},
        {"__CLASS": "SMS_Advertisement", "AdvertisementID": "P0120001", "PackageID": "P0100050", "ProgramName": "*", "OfferType": 0,
         "PresentTime": "2026-03-01T08:00:00", "AssignedSchedule": [
             {"@odata.type": "#AdminService.SMS_ST_NonRecurring", "IsGMT": False, "StartTime": "2026-03-02T20:00:00"}]},
        {"__CLASS": "SMS_Advertisement", "AdvertisementID": "P0120002", "PackageID": "P0100999", "ProgramName": "Install"},
        {"__CLASS": "SMS_DeploymentSummary", "DeploymentID": "P0120001", "PackageID": "P0100050", "FeatureType": 7,
         "CollectionName": "Desks"},
        {"__CLASS": "SMS_DeploymentSummary", "DeploymentID": "{1}", "PackageID": "", "FeatureType": 1},
    ]
    path.write_text(json.dumps(document))
    return one


def classes_of(site):
    """Class → how many records of it the file has."""
    return collections.Counter(record["__CLASS"] for record in json.loads((site.folder / "records.json").read_text())["value"])


def test_export_around_the_packages(build, folder, expect):
    """Where the packages are and who uses them, unless that is left out; what a plan says of it; a class that the site lacks."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    one = add_site_rows(site)
    arguments = ("-SiteCode", "P01", "-ProviderMachineName", "cm01", "-Path", "records.json")
    with site.start(load=True) as server:
        result = script(site, server, *arguments, name=EXPORT, env={"TZ": "Asia/Tokyo"})
        expect.status(result, 0)
        expect.equal(result.stderr + result.stdout.count("WARNING") * "!", "", "warnings")
        found = classes_of(site)
        expect.equal({name: found[name] for name in DISTRIBUTION | SEQUENCES}, dict.fromkeys(DISTRIBUTION | SEQUENCES, 1), "records")
        site.must("wimplan", "import", "--cache", "around.db3", "--taken-at", "2026-02-20T02:10:00Z", "records.json")
        shown = json.loads(site.must("wimplan", "snapshot", "show", "--cache", "around.db3", "--json").stdout)
        record = next(record for record in shown["records"] if record["package_id"] == one)
        expect.equal(record["properties"]["RefreshSchedule"], "7AC61E00001B2000", "the schedule, at the time of day that the site has")
        expect.equal(shown["site"]["states"][0]["LastCopied"], "2026-01-09T23:00:00Z", "a date in UTC")
        deployment = next(row for row in shown["site"]["deployments"] if "AdvertisementID" in row)
        expect.equal(deployment.get("PresentTime"), "2026-03-01T08:00:00", "a time of day")
        expect.equal(deployment.get("AssignedSchedule"), "02823E0000080000", "a lazy schedule")
        expect.equal(shown["site"]["sequences"][0]["uses"][0]["package_id"], one, "the steps")
        # The same as the program's, in all that an import keeps.
        site.must("wimplan-export", "--provider", server.url, "--auth", "none", "-o", "program.json")
        site.must("wimplan", "import", "--cache", "program.db3", "--taken-at", "2026-02-20T02:10:00Z", "program.json")
        other = json.loads(site.must("wimplan", "snapshot", "show", "--cache", "program.db3", "--json").stdout)
        expect.equal(shown["snapshot"]["id"], other["snapshot"]["id"], "the snapshot of both exports")
        expect.equal((shown["records"], shown["site"]), (other["records"], other["site"]), "what an import keeps of both exports")
        ours, others = (json.loads((folder / name).read_text()) for name in ("records.json", "program.json"))
        expect.equal([key for key in ours if key not in ("provider", "value")], [key for key in others if key not in ("provider", "value")], "members")
        expect.equal((ours["asked"], ours["complete"], ours["refused"], ours["absent"], ours["site_code"]),
                     (others["asked"], True, [], others["absent"], "P01"), "what the file says of itself")
        expect.equal(found, collections.Counter(record["__CLASS"] for record in others["value"]), "records of each class")
        expect.equal({record["__CLASS"] for record in ours["value"] if record["__BY_KEY"]},
                     {record["__CLASS"] for record in others["value"] if record["__BY_KEY"]}, "classes that are read by key")
        expect.status(script(site, server, *arguments, "-NoDistributionState", name=EXPORT), 0)
        expect.equal((set(classes_of(site)) & DISTRIBUTION, set(classes_of(site)) & SEQUENCES), (set(), SEQUENCES), "-NoDistributionState")
        expect.status(script(site, server, *arguments, "-NoTaskSequences", name=EXPORT), 0)
        expect.equal((set(classes_of(site)) & DISTRIBUTION, set(classes_of(site)) & SEQUENCES), (DISTRIBUTION, set()), "-NoTaskSequences")
        expect.status(script(site, server, *arguments, "-PackageId", site.packages[1]["id"], name=EXPORT), 0)
        expect.equal(classes_of(site)["SMS_PackageStatusDistPointsSummarizer"], 0, "rows of a package that was not asked for")
    lacking = [{"method": "GET", "path": "*SMS_DPGroup*", "action": "status", "status": 404},
               {"method": "GET", "path": "*SMS_Site", "action": "status", "status": 403},
               {"method": "GET", "path": "*SMS_TaskSequencePackage(*", "action": "status", "status": 403}]
    with site.start(load=True, faults=lacking) as server:
        result = script(site, server, *arguments, name=EXPORT)
        expect.status(result, 0)
        expect.says(re.sub(r"\s+", " ", result.stdout), "SMS_Site: could not be read, so it is left out: Access denied",
                    "SMS_TaskSequencePackage P0100050: could not be read by its key, so its lazy properties are left out",
                    "the export is not complete: 2 things could not be read")
        document = json.loads((folder / "records.json").read_text())
        expect.equal((document["complete"], document["absent"], [(item["class"], item["key"]) for item in document["refused"]]),
                     (False, ["SMS_DPGroupDistributionStatusDetails"], [("SMS_Site", None), ("SMS_TaskSequencePackage", "P0100050")]), "what is missing")
        found = classes_of(site)
        expect.equal((found["SMS_DPGroupDistributionStatusDetails"], found["SMS_Site"], found["SMS_TaskSequencePackage"]), (0, 0, 1), "the rest")
        sequence = next(record for record in json.loads((folder / "records.json").read_text())["value"]
                        if record["__CLASS"] == "SMS_TaskSequencePackage")
        expect("Sequence" not in sequence, "a lazy property that was not fetched")


def test_export_refusals(build, folder, expect):
    """What is refused of the packages themselves stands in the file, and an import takes it for part; nothing at all is no file."""
    site = Site(build, folder, kinds=("both", "refresh"), install=False).make_plan()
    one, two = (package["id"] for package in site.packages)
    arguments = ("-SiteCode", "P01", "-ProviderMachineName", "cm01", "-Path", "records.json")
    with site.start(load=True, faults=[{"method": "GET", "path": f"*('{two}')", "action": "status", "status": 403},
                                       {"method": "GET", "path": "*SMS_BootImagePackage", "action": "status", "status": 403},
                                       {"method": "POST", "path": "*GetImageProperties", "action": "extended-status", "error_code": 2, "description": "no file"}]) as server:
        line = call(EXPORT, *arguments, "-Probe") + f" -PackageId '{one}', '{two}', 'P0100999'"
        result = subprocess.run(shell(line, "-NonInteractive"), cwd=folder, env=site_environment(site, server), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=180)
        expect.status(result, 0)
        document = json.loads((folder / "records.json").read_text())
        expect.equal([(item["class"], item["key"]) for item in document["refused"]],
                     [(IMAGE, two), (BOOT, None), (None, "P0100999")], "refused")
        expect.equal(document["asked"], {"only": [one, two, "P0100999"], "probe": True, "distribution_state": True, "task_sequences": True}, "asked")
        packages = {record["PackageID"]: record for record in document["value"] if record["__CLASS"] == IMAGE}
        expect.equal((packages[one]["__BY_KEY"], packages[two]["__BY_KEY"], "ImageProperty" in packages[two]), (True, False, False), "by key")
        expect(packages[one].get("__PROBE_ERROR") and "ProbedImageProperty" not in packages[one], "why it could not be probed")
        imported = site.run("wimplan", "import", "--cache", "part.db3", "records.json")
        expect.status(imported, 0)
        expect.says(imported.stderr + imported.stdout, "refused")
        before = (folder / "records.json").read_bytes()
        result = script(site, server, *arguments, "-PackageId", "P0100998", name=EXPORT)
        expect(result.returncode != 0, "an export of nothing")
        expect.says(re.sub(r"\s+", " ", result.stderr), "nothing was written")
        expect.equal((folder / "records.json").read_bytes(), before, "the old file stays")


def test_export_help(build, folder, expect):
    """-? and Get-Help tell of every parameter."""
    site = Site(build, folder, kinds=("none",))
    parameters = re.findall(r"^\.PARAMETER (\w+)", EXPORT.read_text(), re.MULTILINE)
    declared = re.findall(r"^    (?:\[.*\] )?\$(\w+)[,\n ]", EXPORT.read_text().split("\nparam(")[1].split("\n)")[0] + "\n", re.MULTILINE)
    expect.equal(sorted(parameters), sorted(declared), "parameters that are described")
    for line in (f"& {quoted(EXPORT)} -?", f"Get-Help {quoted(EXPORT)} -Full"):
        shown = subprocess.run(shell(f"{line} | Out-String -Width 200", "-NonInteractive"), cwd=folder, env=site_environment(site, None),
                               stdout=subprocess.PIPE, text=True, timeout=180, check=True)
        # Where lines are broken depends on how long the script's path is, and may be behind a hyphen.
        expect.says(re.sub(r"\n +", "", shown.stdout), "SYNOPSIS", *(f"-{parameter}" for parameter in parameters))


def test_manual_page(build, folder, expect):
    """The session in wimplan-show(1) is what the script says of the demo's plan."""
    page = (HERE.parent.parent / "man" / "wimplan-show.1.scd").read_text().replace("\\\\", "\\")
    typed, shown = re.search(r"^```\nPS C:\\Plans> (\.\\plan\.ps1 .*)\n((?:.*\n)*?)```$", page, re.MULTILINE).groups()
    demo, env = demo_site.make(build, folder)
    url = subprocess.run(["./start-site"], cwd=demo, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    try:
        subprocess.run(["wimplan", "show", "--format", "powershell", "-o", "plan.ps1", "plan.json"], cwd=demo, env=env, check=True)
        result = subprocess.run(shell(typed.replace("\\", "/"), "-NonInteractive"), cwd=demo, env=environment(env, url),
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    finally:
        os.kill(int((demo / "site.pid").read_text()), signal.SIGTERM)
    expect.equal(result.stdout, shown, "what it says")
    expect.equal(result.returncode, 0, "exit status")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
