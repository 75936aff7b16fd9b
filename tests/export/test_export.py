#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-export against the stand-in: what it asks for, what it writes, and what an import makes of it: test_export.py BUILD [NAME…]."""

import json
import os
import signal
import subprocess
import sys
import time

from exporting import AROUND, ExportedSite, keys, packages

from circle import go_round
from standin import BOOT, IMAGE, INSTALL, TOKEN, nowhere, run_tests

DISTRIBUTION = ["SMS_ObjectContentExtraInfo", "SMS_PackageStatusDistPointsSummarizer", "SMS_DistributionPoint",
                "SMS_DPGroupDistributionStatusDetails", "SMS_DistributionDPStatus", "SMS_PackageContentServerInfo",
                "SMS_DistributionPointInfo", "SMS_Site"]
SEQUENCES = ["SMS_TaskSequencePackage", "SMS_TaskSequencePackageReference_Flat", "SMS_TaskSequencePackageReference_All",
             "SMS_TaskSequenceReferencesInfo", "SMS_Advertisement", "SMS_AdvertisementInfo", "SMS_DeploymentSummary"]


def classes(document):
    return list(dict.fromkeys(row["__CLASS"] for row in document["value"]))


def test_whole_site(build, folder, expect):
    site = ExportedSite(build, folder)
    with site.start(load=True) as server:
        result = site.export_site(server, "--parallel", "3", "--events", "events")
    expect.status(result, 0)
    expect.equal(result.stdout, "", "standard output")
    document = site.records()
    head = {name: document[name] for name in ("format", "format_version", "provider", "site_code", "complete", "refused", "absent")}
    expect.equal(head, {"format": "wimplan-records", "format_version": "1.0", "provider": server.url, "site_code": "P01",
                        "complete": True, "refused": [], "absent": []}, "what it says of itself")
    expect.equal(document["asked"], {"only": [], "probe": False, "distribution_state": True, "task_sequences": True}, "asked")
    expect.equal(packages(document), ["P010001B", "P010001C", "P010001A", "P010001D"], "packages by class and key")
    expect.equal(classes(document)[:3], [IMAGE, INSTALL, BOOT], "the order of the classes")
    by_key = {row["__CLASS"] for row in document["value"] if row["__BY_KEY"]}
    expect.equal(by_key, {IMAGE, INSTALL, BOOT, "SMS_TaskSequencePackage", "SMS_Advertisement"}, "classes that were read by key")
    expect(all("<WIM>" in row["ImageProperty"] for row in document["value"] if row["__CLASS"] == IMAGE), "lazy properties")
    expect.equal(keys(document, *SEQUENCES), [("SMS_TaskSequencePackage", "P0100050"), ("SMS_TaskSequencePackageReference_Flat", "P0100050"),
                                              ("SMS_Advertisement", "P0120001"), ("SMS_DeploymentSummary", "P0120001")],
                 "of what is no task sequence nothing")
    expect.equal(keys(document, "SMS_ObjectContentExtraInfo"), [("SMS_ObjectContentExtraInfo", "P010001B")], "rows of other packages")
    expect.equal(len(keys(document, "SMS_PackageStatusDistPointsSummarizer")), 8, "points")
    # Not one thing but questions.
    expect.equal({entry["method"] for entry in site.requests()}, {"GET"}, "methods")
    expect.equal(site.entries("effect"), [], "effects")
    expect(all(entry["agent"].startswith("wimplan-export/") for entry in site.requests()), "it says who it is")
    events = [json.loads(line) for line in (folder / "events").read_text().splitlines()]
    expect.equal(events[0]["format"], "wimplan-events", "the first event")
    expect.equal(sum(event["type"] == "read" for event in events), 6, "objects in the events")
    result, imported = site.import_it()
    expect.status(result, 0)
    expect.equal((imported["snapshot"]["records"], imported["snapshot"]["partial"], imported["snapshot"]["site_code"]), (4, None, "P01"),
                 "snapshot")
    expect.equal(imported["diagnostics"], [], "remarks of the import")
    expect.equal(imported["snapshot"]["taken_at"], document["taken_at"], "time")


def test_plan_from_an_export(build, folder, expect):
    """What the plan says, from the export alone."""
    site = ExportedSite(build, folder)
    site.make_sources(after=True)
    with site.start(load=True) as server:
        expect.status(site.export_site(server), 0)
    result = site.run("wimplan", "plan", "--records", "records.json", "--map", site.map, "--json")
    plan = json.loads(result.stdout)
    expect(result.returncode in (0, 3), f"plan ends with {result.returncode}: {result.stderr}")
    expect.equal([(entry["package_id"], entry["actions"]) for entry in plan["body"]["changes"]
                  if "ReloadImageProperties" in entry["actions"]], [("P010001A", ["ReloadImageProperties", "RefreshPkgSource"]),
                                                                    ("P010001B", ["ReloadImageProperties", "RefreshPkgSource"])], "calls")


def test_full_circle(build, folder, expect):
    """From the site and back, over TLS. With Kerberos it is in tests/apply/kerberos.py."""
    site = ExportedSite(build, folder)
    tls = site.make_ca()
    with site.start(*tls, load=True) as server:
        expect.status(site.export_site(server, "--ca-file", "ca.pem"), 0)
        site.must("wimplan", "import", "--cache", "cache.db", "records.json")
        site.must("wimplan", "baseline", "adopt", "--cache", "cache.db", "--map", site.map, "--all")
        site.make_sources(after=True)
        calls = go_round(site, expect, server.url, "--ca-file", "ca.pem", "--auth", "none")
    expect.equal(sum(action == "RefreshPkgSource" for _, action in calls), 2, "refreshes that were planned")
    expect.equal(sorted(site.effects("refresh").values()), [1, 1], "refreshes")
    expect(all(entry["agent"].startswith("wimplan-apply/") for entry in site.requests("POST")), "somebody else has called something")


def test_pages(build, folder, expect):
    """The same whatever the pages and the number of requests at a time."""
    site = ExportedSite(build, folder, kinds=("none",) * 9)
    seen = set()
    for pages, parallel in ((0, 1), (1, 1), (2, 4), (7, 8), (1000, 64)):
        with site.start("--page-size", pages, "--dps", "3", load=True) as server:
            result = site.export_site(server, "--parallel", parallel)
        expect.status(result, 0)
        document = site.records()
        expect.equal(len(packages(document)), 9, f"packages in pages of {pages}")
        for row in document["value"]:
            row.pop("SedoObjectVersion", None)
        seen.add(json.dumps(document["value"], sort_keys=True))
    expect.equal(len(seen), 1, "exports that differ")


def test_selections(build, folder, expect):
    site = ExportedSite(build, folder)
    with site.start(load=True) as server:
        expect.status(site.export_site(server, "--no-distribution-state", "--no-task-sequences"), 0)
        document = site.records()
        expect.equal([name for name in classes(document) if name in DISTRIBUTION + SEQUENCES], [], "left out")
        asked = {entry["path"].split("/wmi/")[1].split("(")[0] for entry in site.requests()}
        expect.equal(asked, {"$metadata", IMAGE, INSTALL, BOOT, "SMS_ImageInformation"}, "what was asked for")
        expect.status(site.export_site(server, "--only", "p010001b", "--only", "P010001D"), 0)
        document = site.records()
        expect.equal(packages(document), ["P010001B", "P010001D"], "--only")
        expect.equal({row["PackageID"] for row in document["value"] if row["__CLASS"] == "SMS_DistributionPoint"}, {"P010001B", "P010001D"},
                     "points of --only")
        expect("SMS_TaskSequencePackage" in classes(document), "task sequences of --only")
        result = site.export_site(server, "--only", "P010001B", "--only", "P01FFFFF", "-o", "some.json")
        expect.status(result, 3)
        document = site.records("some.json")
        expect.equal((document["complete"], [item["key"] for item in document["refused"]]), (False, ["P01FFFFF"]), "one that there is not")
        expect.says(result.stderr, "not complete", "there is no image")
        result = site.export_site(server, "--only", "P01FFFFF", "-o", "none.json")
        expect.status(result, 1)
        expect(not (folder / "none.json").exists(), "a file without packages")
        # More of them than are asked for one by one.
        many = [word for package in range(20) for word in ("--only", f"P01000{package + 0x1A:02X}")]
        result = site.export_site(server, *many, "-o", "many.json")
        expect.status(result, 3)
        expect.equal(packages(site.records("many.json")), ["P010001B", "P010001C", "P010001A", "P010001D"], "many of --only")
    for options in (["--only", "x"], ["--parallel", "0"], ["--parallel", "65"], ["--parallel", "many"], ["--settle", "3"], ["plan.json"]):
        result = site.run("wimplan-export", "--provider", "http://127.0.0.1:1/AdminService", "--auth", "none", *options)
        expect.status(result, 2)
        expect.says(result.stderr, "see wimplan-export --help")


def test_probe(build, folder, expect):
    site = ExportedSite(build, folder)
    (folder / "sources" / site.packages[2]["file"]).unlink()
    with site.start(load=True) as server:
        result = site.export_site(server, "--probe")
    expect.status(result, 0)
    document = site.records()
    probed = {row["PackageID"]: row.get("ProbedImageProperty") for row in document["value"] if row["__CLASS"] in (IMAGE, INSTALL, BOOT)}
    expect.equal({key for key, value in probed.items() if value}, {"P010001A", "P010001B", "P010001D"}, "probed")
    failed = next(row for row in document["value"] if row.get("PackageID") == "P010001C" and row["__CLASS"] == IMAGE)
    expect("could not be read" in failed["__PROBE_ERROR"], "why it was not probed")
    expect.says(result.stderr, "P010001C", "w2.wim")
    posts = {entry["path"].split("/wmi/")[1] for entry in site.requests("POST")}
    expect.equal(posts, {f"{name}.GetImageProperties" for name in (IMAGE, INSTALL, BOOT)}, "calls")
    expect.equal(site.entries("effect"), [], "effects")
    expect.equal(site.import_it()[0].returncode, 0, "import")


def test_absent_classes(build, folder, expect):
    site = ExportedSite(build, folder)
    absent = ["SMS_DistributionDPStatus", "SMS_ImageInformation", BOOT]
    with site.start(*(word for name in absent for word in ("--absent", name)), load=True) as server:
        result = site.export_site(server)
        expect.status(result, 0)
        document = site.records()
        expect.equal(sorted(document["absent"]), sorted(absent), "absent")
        expect.equal((document["complete"], document["refused"]), (True, []), "that is no refusal")
        expect.equal(packages(document), ["P010001B", "P010001C", "P010001A"], "packages")
        asked = [entry["path"] for entry in site.requests()]
        expect(not any(path.endswith(name) for path in asked for name in absent), "what is absent is not asked for")
    with site.start("--absent", IMAGE, "--absent", INSTALL, "--absent", BOOT, load=True) as server:
        result = site.export_site(server, "-o", "none.json")
        expect.status(result, 1)
        expect.says(result.stderr, "is it the AdminService of a site")


def test_refused_lists_and_packages(build, folder, expect):
    """What is refused is named in the file; the import tells packages from what is around them."""
    site = ExportedSite(build, folder)
    faults = [{"path": "*/SMS_DistributionPoint", "action": "extended-status", "error_code": 5, "description": "No luck."},
              {"path": "*/SMS_ImagePackage('P010001C')", "action": "extended-status", "error_code": 13, "description": "Odd data."}]
    with site.start(load=True, faults=faults) as server:
        result = site.export_site(server)
    expect.status(result, 3)
    document = site.records()
    expect.equal(document["complete"], False, "complete")
    expect.equal([(item["class"], item["key"]) for item in document["refused"]], [(IMAGE, "P010001C"), ("SMS_DistributionPoint", None)],
                 "refused")
    expect("Odd data." in document["refused"][0]["why"], "why")
    # It stands in the list all the same, without what is lazy.
    found = next(row for row in document["value"] if row["__CLASS"] == IMAGE and row["PackageID"] == "P010001C")
    expect.equal((found["__BY_KEY"], found["ImageProperty"]), (False, None), "from the list")
    result, imported = site.import_it()
    expect.status(result, 0)
    expect.equal(imported["snapshot"]["partial"], f"refused: {IMAGE}", "partial")
    expect.equal(sorted(diag["code"] for diag in imported["diagnostics"]), ["export-partial", "export-partial"], "remarks")
    result = site.run("wimplan", "plan", "--cache", "import.db", "--map", site.map)
    expect.status(result, 3)
    expect.says(result.stdout, "incomplete")
    # What is around the packages makes no part of it.
    with site.start(load=True, faults=faults[:1]) as server:
        expect.status(site.export_site(server), 3)
    result, imported = site.import_it("--taken-at", "2099-01-01T00:00:00Z")
    expect.equal((imported["snapshot"]["partial"], [diag["code"] for diag in imported["diagnostics"]]), (None, ["export-partial"]), "points")


def test_page_in_the_middle(build, folder, expect):
    """Rows of the pages before one that is refused are kept, and the list is."""
    site = ExportedSite(build, folder, kinds=("none",) * 6)
    faults = [{"path": "*/SMS_PackageStatusDistPointsSummarizer", "nth": 3, "count": 99, "action": "status", "status": 500}]
    with site.start("--page-size", "2", load=True, faults=faults) as server:
        expect.status(site.export_site(server), 3)
    document = site.records()
    expect.equal(len(keys(document, "SMS_PackageStatusDistPointsSummarizer")), 4, "rows of the first pages")
    expect.equal([item["class"] for item in document["refused"]], ["SMS_PackageStatusDistPointsSummarizer"], "refused")
    faults = [{"path": f"*/{IMAGE}", "nth": 2, "count": 99, "action": "status", "status": 500}]
    with site.start("--page-size", "2", load=True, faults=faults) as server:
        expect.status(site.export_site(server), 3)
    document = site.records()
    expect.equal(packages(document), ["P010001B", "P010001C", "P010001A", "P010001F"], "packages of the first page")
    result, imported = site.import_it()
    expect.equal(imported["snapshot"]["partial"], f"refused: {IMAGE}", "partial")


def test_trouble_that_passes(build, folder, expect):
    site = ExportedSite(build, folder)
    faults = [{"path": "*$metadata", "nth": 1, "action": "status", "status": 503, "retry_after": 1},
              {"path": f"*/{IMAGE}", "nth": 1, "action": "status", "status": 429, "retry_after": 1},
              {"path": "*('P010001B')", "nth": 1, "action": "sql1205"},
              {"path": "*('P010001C')", "nth": 1, "action": "half-response"},
              {"path": "*SMS_DistributionPoint", "nth": 1, "action": "close-before-read"},
              {"path": "*SMS_Site", "nth": 1, "action": "html", "status": 502}]
    began = time.monotonic()
    with site.start(load=True, faults=faults) as server:
        result = site.export_site(server, "--verbose", "--events", "events")
    expect.status(result, 0)
    expect(time.monotonic() - began >= 2, "a Retry-After is kept")
    expect.equal(site.records()["refused"], [], "refused")
    retries = [line for line in map(json.loads, (folder / "events").read_text().splitlines()) if line["type"] == "retry"]
    # libcurl itself asks again where a connection that was used before is closed.
    expect(len(retries) >= 5 and all(event["why"] for event in retries), f"waits in the events: {retries}")


def test_provider_goes_away(build, folder, expect):
    """One that is gone is not asked for the rest, and what was read is written as a part."""
    site = ExportedSite(build, folder, kinds=("none",) * 30)
    with site.start(load=True, faults=[{"path": "*('P010002A')", "action": "die"}]) as server:
        began = time.monotonic()
        result = site.export_site(server, "--parallel", "1", "--timeout", "5", timeout=110)
        expect(time.monotonic() - began < 90, "it takes too long to give up")
    expect.status(result, 3)
    document = site.records()
    expect(0 < len(packages(document)) < 30, f"{len(packages(document))} packages")
    left = [(item["class"], item.get("count")) for item in document["refused"]]
    expect.equal(left[0][0], IMAGE, "the first refusal")
    expect((IMAGE, 29 - len(packages(document)) - 2) in left, f"what was left: {left}")
    expect(("SMS_DistributionPoint", None) in left, f"what was left: {left}")


def test_denied(build, folder, expect):
    """A sign-in that is refused is tried once; a class that one may not read is one refusal."""
    (folder / "token").write_text(TOKEN + "\n")
    (folder / "token").chmod(0o600)
    site = ExportedSite(build, folder)
    with site.start("--token-file", "token", load=True) as server:
        none = site.export_site(server)
        expect.status(none, 1)
        expect.equal(len(site.requests()), 1, "requests without a token")
        expect(not (folder / "records.json").exists(), "a file")
        good = site.export_site(server, "--auth", "bearer", "--token-file", "token")
        expect.status(good, 0)
        nowhere(site, expect, TOKEN, none, good, but=["token"])
    with site.start(load=True, faults=[{"path": "*/SMS_TaskSequencePackage", "action": "status", "status": 403}]) as server:
        result = site.export_site(server)
        expect.status(result, 3)
        expect.equal([item["class"] for item in site.records()["refused"]], ["SMS_TaskSequencePackage"], "one class")
        expect.equal(len(packages(site.records())), 4, "packages")
    with site.start(load=True, faults=[{"path": "*Package", "action": "status", "status": 403}]) as server:
        result = site.export_site(server, "-o", "other.json")
        expect.status(result, 1)
        expect.says(result.stderr, "does not let you read")
        expect(not (folder / "other.json").exists(), "a file without packages")


def test_empty_site(build, folder, expect):
    site = ExportedSite(build, folder)
    (folder / "load.json").write_text(json.dumps({"value": AROUND}))
    with site.start(load=True) as server:
        result = site.export_site(server)
    expect.status(result, 1)
    expect.says(result.stderr, "may not read them", "wimplan-provider(7)")
    expect(not (folder / "records.json").exists(), "a file without packages")


def test_tls(build, folder, expect):
    site = ExportedSite(build, folder)
    tls = site.make_ca()
    with site.start(*tls, load=True) as server:
        expect.status(site.export_site(server, "--ca-file", "ca.pem"), 0)
        result = site.export_site(server, "--ca-file", "other.pem", "-o", "other.json")
        expect.status(result, 1)
        expect.says(result.stderr, "certificate")
    result = site.run("wimplan-export", "--provider", "http://cm01.contoso.com/AdminService", "--auth", "none")
    expect.status(result, 2)


def test_streams(build, folder, expect):
    site = ExportedSite(build, folder)
    with site.start(load=True) as server:
        result = site.run("wimplan-export", "--provider", server.url, "--auth", "none", "--quiet")
        expect.status(result, 0)
        expect.equal((len(packages(json.loads(result.stdout))), result.stderr), (4, ""), "standard output, and nothing else")
        with open("/dev/full", "w", encoding="ascii") as full:
            result = site.run("wimplan-export", "--provider", server.url, "--auth", "none", stdout=full)
        expect.status(result, 1)
        (folder / "locked").mkdir(mode=0o700)
        asked = len(site.requests())
        result = site.export_site(server, "-o", "missing/records.json", "--json")
        expect.status(result, 1)
        expect.equal(json.loads(result.stdout)["format"], "wimplan-error", "an error as a document")
        expect.equal(len(site.requests()), asked, "a file that cannot be written is found out before the first request")
        expect.status(site.export_site(server), 0)
        (folder / "records.json").chmod(0o600)
        expect.status(site.export_site(server), 0)
        expect.equal(oct((folder / "records.json").stat().st_mode & 0o777), "0o600", "the old file's mode")
        expect.equal([path.name for path in folder.glob(".*")] + [path.name for path in folder.glob("records.json?*")], [], "left behind")


def stop(site, server, number, after):
    process = site.start_export(server, "--parallel", "2")
    deadline = time.monotonic() + 20
    while len(site.requests()) < after and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess([], process.returncode, "", err)


def test_interrupted(build, folder, expect):
    """The request that is under way is finished, and the file says what it has not."""
    site = ExportedSite(build, folder, kinds=("none",) * 40)
    slow = [{"path": "*('P01*", "action": "slow", "seconds": 0.1}]
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        with site.start(load=True, faults=slow) as server:
            result = stop(site, server, number, 25)
        expect.status(result, status)
        document = site.records()
        expect(0 < len(packages(document)) < 40, f"{len(packages(document))} packages")
        expect.equal(document["complete"], False, "complete")
        expect(any(item.get("count") == 40 - 2 - len([key for key in packages(document) if key not in ("P010001A", "P0100041")])
                   for item in document["refused"] if item["class"] == IMAGE), f"refused: {document['refused'][:2]}")
        result, imported = site.import_it()
        expect.status(result, 0)
        expect("refused: " in imported["snapshot"]["partial"], "partial")
        os.unlink(folder / "records.json")
        os.unlink(folder / "import.db")
    with site.start(load=True, faults=[{"path": "*$metadata", "action": "slow", "seconds": 0.5}]) as server:
        result = stop(site, server, signal.SIGTERM, 1)
    expect.status(result, 143)
    expect(not (folder / "records.json").exists(), "nothing was read, so there is no file")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
