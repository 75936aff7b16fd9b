#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-export --site-check against stand-ins that behave in many ways: test_site_check.py BUILD [NAME…]."""

import json
import re
import signal
import subprocess
import sys
import time

from exporting import AROUND, ExportedSite

from standin import BOOT, IMAGE, INSTALL, REFRESH, RELOAD, TOKEN, nowhere, run_tests

ANN = "CONTOSO\\ann"


def admin(roles, logon=ANN, group=False):
    return {"__CLASS": "SMS_Admin", "AdminID": 16777217, "LogonName": logon, "IsGroup": group, "RoleNames": roles}


def role(name, masks, key="P0100007"):
    return {"__CLASS": "SMS_Role", "RoleID": key, "RoleName": name,
            "Operations": [{"ObjectTypeID": kind, "GrantedOperations": mask} for kind, mask in masks.items()]}


ROLES = [admin(["Keepers", "Readers"]), role("Keepers", {18: 11, 14: 3}), role("Readers", {18: 1, 14: 1, 19: 1}, "SMS0002R")]


class CheckedSite(ExportedSite):
    def __init__(self, build, folder, more=ROLES, **options):
        super().__init__(build, folder, more=AROUND + more, **options)

    def check(self, server, *options, **more):
        auth = [] if "--auth" in options else ["--auth", "none"]
        return self.run("wimplan-export", "--site-check", "--provider", server.url, *auth, *options, **more)

    def profile(self, server, *options):
        """The profile as a document; the report goes elsewhere."""
        result = self.check(server, "--json", *options)
        return result, json.loads(result.stdout)

    def findings(self, server, *options):
        return self.profile(server, *options)[1]["findings"]


def by_class(findings, key):
    return {entry["class"]: entry[key] for entry in findings["packages"]}


def field(findings, name):
    return next(entry for entry in findings["fields"] if entry["field"] == name)


def test_whole_check(build, folder, expect):
    """The answers of a stand-in that behaves as real sites are known to, and nothing but questions in its log."""
    site = CheckedSite(build, folder)
    with site.start(load=True) as server:
        result = site.check(server, "--account", ANN, "-o", "profile.json")
    expect.status(result, 0)
    expect.equal(result.stderr, "", "standard error")
    profile = json.loads((folder / "profile.json").read_text())
    findings = profile["findings"]
    expect.equal((profile["format"], profile["site"]["site_code"], findings["complete"]), ("wimplan-profile", "P01", True), "head")
    expect.equal(by_class(findings, "actions"), {name: {RELOAD: "class", REFRESH: "class"} for name in (IMAGE, INSTALL, BOOT)}, "actions")
    expect.equal(by_class(findings, "count"), {IMAGE: 2, INSTALL: 1, BOOT: 1}, "packages")
    expect.equal(by_class(findings, "probe"), {IMAGE: {"answered": 2}, INSTALL: {"answered": 1}, BOOT: {"answered": 1}}, "probes")
    expect.equal(by_class(findings, "stored"), {IMAGE: {"same": 2}, INSTALL: {"same": 1}, BOOT: {"same": 1}}, "stored as probed")
    lazy = {item["property"]: item for item in by_class(findings, "lazy")[IMAGE]}
    expect.equal(lazy["ImageProperty"], {"property": "ImageProperty", "named": True, "in_list": "null", "by_key": "value", "count": 2}, "lazy")
    expect.equal(lazy["RefreshSchedule"]["by_key"], "empty", "an empty schedule")
    forms = {entry["field"]: entry["forms"]["probe"] for entry in findings["fields"]}
    expect.equal({name: [form["form"] for form in list_] for name, list_ in forms.items()},
                 {"name": ["text"], "description": ["text"], "os_version": ["N.N.N.N"], "architecture": ["N"], "language": ["aa-AA"],
                  "product_type": ["AaaAA"], "hal_type": [], "size": ["N"], "creation_date": ["9999-99-99T99:99:99Z"]}, "forms")
    expect.equal(findings["lists"], {"page_size": None, "longest": 2}, "pages")
    expect("Image name" in [item["name"] for item in findings["properties"]], "names of properties")
    expect.equal(findings["skeleton"].split("</Property>")[0], '<WIM><IMAGE index="N"><Property name="Image name">…', "markup")
    rights = {item["class"]: (item["read"], item["modify"], item["copy"]) for item in findings["account"]["rights"]}
    expect.equal(rights, {IMAGE: (True, True, True), INSTALL: (True, True, False), BOOT: (True, False, False)}, "rights")
    expect.equal([sample["package_id"] for sample in profile["site"]["samples"]], ["P010001B", "P010001C", "P010001A", "P010001D"], "samples")
    # The only method is the static one that changes nothing.
    posts = {entry["path"].split("/wmi/")[1] for entry in site.requests("POST")}
    expect.equal(posts, {f"{name}.GetImageProperties" for name in (IMAGE, INSTALL, BOOT)}, "calls")
    expect.equal({entry["method"] for entry in site.requests()}, {"GET", "POST"}, "methods")
    expect.equal(site.entries("effect"), [], "effects")
    lines = result.stdout.splitlines()
    expect(max(map(len, lines)) <= 80, f"too wide: {max(lines, key=len)}")
    expect.says(result.stdout, "ImageProperty comes only by key", "Reload by the roles     yes               yes               no",
                "Nothing here names the site")


def test_names_stay_at_home(build, folder, expect):
    """What is planted stands in the profile's "site" alone, and nowhere in the report."""
    secrets = ["ZQ7", "vault-server", "hidden$", "Payroll", "kontoso", "carol", "P01000", "Windows 11", "w1.wim", "cm01", "127.0.0.1"]
    more = [admin(["Payroll role"], "KONTOSO\\carol"), role("Payroll role", {18: 11}),
            {"__CLASS": "SMS_Site", "SiteCode": "ZQ7", "ServerName": "vault-server", "SiteName": "Payroll"}]
    site = CheckedSite(build, folder, more=more)
    document = json.loads((folder / "load.json").read_text())
    for number, row in enumerate(document["value"]):
        if "PkgSourcePath" in row:
            row["Name"] = "Payroll image"
            # One that the provider cannot read, with the path in its words; and values that nobody expects.
            if row["PackageID"] == "P010001C":
                row["PkgSourcePath"] = r"\\vault-server\hidden$\Payroll.wim"
                row["ImageProperty"] = ('<?xml version="1.0"?><!-- Payroll --><WIM owner="carol"><IMAGE index="1"><Property name="Image name">Payroll</Property>'
                                        '<Property name="Made by \\\\vault-server">carol</Property><Property name="Architecture">Payroll</Property>'
                                        '<Property name="Language">Payroll</Property><Property name="Size">carol</Property>'
                                        '<Property name="Creation date">ZQ7 carol</Property></IMAGE></WIM>')
    (folder / "load.json").write_text(json.dumps(document))
    fault = {"path": "*SMS_TaskSequencePackage", "action": "extended-status", "error_code": 5, "description": "carol at vault-server: no Payroll"}
    with site.start("--site", "ZQ7", load=True, faults=[fault]) as server:
        result = site.check(server, "--account", "KONTOSO\\carol", "-o", "profile.json", "--events", "events")
    expect.status(result, 3)
    profile = json.loads((folder / "profile.json").read_text())
    expect.equal(profile["site"]["site_code"], "ZQ7", "the site's own part")
    del profile["site"]
    for secret in secrets:
        for place, text in (("report", result.stdout), ("part to pass on", json.dumps(profile, ensure_ascii=False))):
            expect(secret.lower() not in text.lower(), f"{secret} stands in the {place}")
    expect.says(result.stderr, "vault-server")
    expect('<?xml version="…"?>…<WIM owner="…">' in profile["findings"]["skeleton"] or
           '<WIM>' in profile["findings"]["skeleton"], profile["findings"]["skeleton"])


def test_other_behaviour(build, folder, expect):
    """Each answer that another site may give."""
    site = CheckedSite(build, folder)
    with site.start("--missing", f"{INSTALL}.{REFRESH}", "--inherited-actions", "--lazy-in-lists", "--page-size", "1", load=True) as server:
        findings = site.findings(server)
        expect.equal(by_class(findings, "actions")[IMAGE], {RELOAD: "inherited", REFRESH: "inherited"}, "inherited")
        lazy = {item["property"]: item["in_list"] for item in by_class(findings, "lazy")[IMAGE]}
        expect.equal(lazy["ImageProperty"], "value", "lazy in a list")
        expect.equal(findings["lists"]["page_size"], 1, "page size")
        result = site.check(server)
        expect(all(len(line) <= 80 for line in result.stdout.splitlines()), f"too wide: {max(result.stdout.splitlines(), key=len)}")
        expect.says(result.stdout, "A list gives ImageProperty as it stands by key", "pages of 1 row.", "bound, inherited")
    with site.start("--missing", f"{INSTALL}.{REFRESH}", load=True) as server:
        findings = site.findings(server)
        expect.equal(by_class(findings, "actions")[INSTALL], {RELOAD: "class", REFRESH: "no"}, "one that lacks")
        result = site.check(server)
        expect.status(result, 0)
        expect.says(result.stdout, "not offered", "format powershell")
    with site.start("--no-bound-actions", "--absent", BOOT, "--absent", "SMS_ImageInformation", load=True) as server:
        findings = site.findings(server)
        expect.equal(by_class(findings, "actions")[IMAGE], {RELOAD: "no", REFRESH: "no"}, "no actions")
        expect.equal(by_class(findings, "read")[BOOT], "absent", "a class that is not there")
        expect.equal(by_class(findings, "rows")[IMAGE], {}, "no rows where there is no class")
        expect.says(site.check(server).stdout, "Not there: SMS_ImageInformation", "Of boot images nothing")


def test_formats(build, folder, expect):
    """A date in another form, values that differ from what is stored, and rows of SMS_ImageInformation."""
    site = CheckedSite(build, folder)
    document = json.loads((folder / "load.json").read_text())
    for package in ("P010001A", "P010001B"):
        document["value"].append({"__CLASS": "SMS_ImageInformation", "PackageID": package, "Index": 1, "Name": "Windows 11 0" if package[-1] == "A"
                                  else "Windows 11 1", "OSVersion": "10.0.22631.1", "Architecture": "x64", "Size": "many"})
    (folder / "load.json").write_text(json.dumps(document))
    with site.start("--image-dates", "%m/%d/%Y %H:%M", load=True) as server:
        findings = site.findings(server)
        result = site.check(server)
    date = field(findings, "creation_date")
    expect.equal(date["forms"]["probe"], [{"form": "99/99/9999 99:99", "count": 4, "readable": False}], "another form")
    expect.equal(date["stored"], {"unread": 4}, "not compared")
    expect.equal(field(findings, "architecture")["rows"], {"alike": 2}, "another spelling")
    expect.equal(field(findings, "os_version")["rows"], {"different": 2}, "another version")
    expect.equal(field(findings, "size")["forms"]["rows"], [{"form": "aaaa", "count": 2, "readable": False}], "a size that is none")
    expect.equal(by_class(findings, "rows"), {IMAGE: {"packages": 1, "none": 1}, INSTALL: {"packages": 1}, BOOT: {"none": 1}}, "rows")
    expect.says(result.stdout, "99/99/9999 99:99 (!)", "creation_date has a form that wimplan does not read")
    expect.equal(by_class(findings, "stored")[IMAGE], {"unread": 2}, "nobody can tell whether they are the same")
    expect(all(len(line) <= 80 for line in result.stdout.splitlines()), f"too wide: {max(result.stdout.splitlines(), key=len)}")
    for row in document["value"]:
        if row["__CLASS"] == "SMS_ImageInformation":
            row["Index"] = None
    (folder / "load.json").write_text(json.dumps(document))
    (folder / "state.db").unlink()
    with site.start(load=True) as server:
        expect.equal(by_class(site.findings(server), "rows")[IMAGE], {"packages": 1, "without_index": 1, "none": 1}, "a lazy Index")
        expect.says(site.check(server).stdout, "(Index)")
    site.make_sources(after=True)
    with site.start(load=True) as server:
        findings = site.findings(server)
    expect.equal(by_class(findings, "stored")[IMAGE], {"different": 1, "same": 1}, "changed since")


def test_many_outcomes(build, folder, expect):
    """Whatever comes together in one cell, a line stays within a terminal."""
    site = CheckedSite(build, folder)
    document = json.loads((folder / "load.json").read_text())
    sizes = iter(['', r'\1">4711', r'\1">many'])
    for row in [row for row in document["value"] if "PkgSourcePath" in row][:3]:
        size = next(sizes)
        row["ImageProperty"] = re.sub(r'(<Property name="Size)">\d+' + ("</Property>" if not size else ""), size, row["ImageProperty"])
    (folder / "load.json").write_text(json.dumps(document))
    with site.start(load=True) as server:
        findings = site.findings(server)
        result = site.check(server)
    expect.equal(field(findings, "size")["stored"], {"missing": 1, "different": 1, "unread": 1, "same": 1}, "all at once")
    lines = result.stdout.splitlines()
    expect(all(len(line) <= 80 for line in lines), f"too wide: {max(lines, key=len)}")
    start = next(i for i, line in enumerate(lines) if line.startswith("  size"))
    told = " ".join(line[43:60].strip() for line in lines[start:start + 4])
    expect(all(word in told for word in ("1 missing", "1 different", "1 unread", "1 same")), f"the cell: {lines[start:start + 4]}")


def test_account(build, folder, expect):
    """What roles allow, and each way in which that is not known."""
    for name, more, account, found, roles in (
            ("named", ROLES, ANN, "yes", 2), ("by realm", ROLES, "Ann@CONTOSO.COM", "yes", 2), ("nobody", ROLES, None, "not-named", 0),
            ("another", ROLES, "CONTOSO\\bob", "not-found", 0), ("other domain", ROLES, "OTHER\\ann", "not-found", 0),
            ("group", [admin(["Keepers"], group=True)] + ROLES[1:], ANN, "not-found", 0),
            ("a role that is not there", [admin(["Gone"])] + ROLES[1:], ANN, "roles-unreadable", 1)):
        site = CheckedSite(build, folder / name.replace(" ", "-"), more=more)
        with site.start(load=True) as server:
            findings = site.findings(server, *(["--account", account] if account else []))
        expect.equal((findings["account"]["found"], findings["account"]["roles"]), (found, roles), name)
        expect.equal(len(findings["account"]["rights"]), 3 if found == "yes" else 0, f"rights, {name}")
    site = CheckedSite(build, folder / "denied")
    with site.start("--read-only", load=True, faults=[{"path": "*SMS_Admin", "action": "status", "status": 403}]) as server:
        result, profile = site.profile(server, "--account", ANN)
        expect.status(result, 3)
        expect.equal(profile["findings"]["account"]["found"], "unreadable", "SMS_Admin is refused")
        expect.equal(by_class(profile["findings"], "probe")[IMAGE], {"answered": 2}, "a reader may ask")
    reader = CheckedSite(build, folder / "reader", more=[admin(["Readers"]), role("Readers", {18: 1, 14: 1, 19: 1})])
    with reader.start("--read-only", load=True) as server:
        result = reader.check(server, "--account", ANN)
    expect.status(result, 0)
    expect.says(result.stdout, "Reload by the roles     no                no                no")


def test_refusals(build, folder, expect):
    """A class that may not be read is said and does not end the check; a sign-in that is refused does."""
    site = CheckedSite(build, folder)
    with site.start(load=True, faults=[{"path": f"*/{IMAGE}", "action": "status", "status": 403},
                                       {"path": "*GetImageProperties", "action": "status", "status": 403}]) as server:
        result, profile = site.profile(server)
        expect.status(result, 3)
        expect.equal(by_class(profile["findings"], "read"), {IMAGE: "denied", INSTALL: "yes", BOOT: "yes"}, "one class")
        expect.equal(by_class(profile["findings"], "probe")[INSTALL], {"denied": 1}, "a probe that is refused")
        expect.equal(profile["findings"]["complete"], False, "complete")
    with site.start(load=True, faults=[{"path": "*Package", "action": "status", "status": 403}]) as server:
        result = site.check(server, "-o", "none.json")
        expect.status(result, 1)
        expect.says(result.stderr, "does not let you read")
        expect(not (folder / "none.json").exists(), "a file without findings")
    (folder / "token").write_text(TOKEN + "\n")
    (folder / "token").chmod(0o600)
    with site.start("--token-file", "token", load=True) as server:
        before = len(site.requests())
        expect.status(site.check(server), 1)
        expect.equal(len(site.requests()) - before, 1, "one request without a token")
        good = site.check(server, "--auth", "bearer", "--token-file", "token", "-o", "good.json")
        expect.status(good, 0)
        nowhere(site, expect, TOKEN, good, but=["token"])
    with site.start(load=True, faults=[{"path": "*('P010001B')", "action": "extended-status", "error_code": 13, "description": "Odd."}]) as server:
        result, profile = site.profile(server)
        expect.status(result, 3)
        expect.equal(by_class(profile["findings"], "by_key")[IMAGE], {"failed": 1, "yes": 1}, "a package that is refused")
    for options in (["--probe"], ["--parallel", "2"], ["--no-task-sequences"]):
        result = site.run("wimplan-export", "--site-check", "--provider", "http://127.0.0.1:1/AdminService", "--auth", "none", *options)
        expect.status(result, 2)
        expect.says(result.stderr, "makes none")
    expect.status(site.run("wimplan-export", "--account", "x", "--provider", "http://127.0.0.1:1/AdminService", "--auth", "none"), 2)


def test_hostile_site(build, folder, expect):
    """Whatever a site gives in the place of what it should give, the check says so or passes over it."""
    odd = [{"__CLASS": "SMS_Admin", "AdminID": 1, "LogonName": 7, "RoleNames": "Keepers"}, {"__CLASS": "SMS_Admin", "AdminID": 2, "LogonName": ANN,
            "RoleNames": [None, 3, "Keepers"]}, {"__CLASS": "SMS_Role", "RoleID": "P0100007", "RoleName": "Keepers",
                                                 "Operations": [None, {"ObjectTypeID": "18", "GrantedOperations": -1}, {"ObjectTypeID": 18}]},
           {"__CLASS": "SMS_ImageInformation", "PackageID": "P010001B", "Index": 0}, {"__CLASS": "SMS_ImageInformation", "PackageID": "P010001B",
            "Index": 99999999999, "Name": []}]
    site = CheckedSite(build, folder, more=odd)
    document = json.loads((folder / "load.json").read_text())
    values = [7, [], {}, "<WIM", "", "<WIM><IMAGE index='1'/><IMAGE index='1'/></WIM>", "<WIM>" + "<IMAGE index='1'>" * 200, "\u0000", None]
    for row, value in zip([row for row in document["value"] if "PkgSourcePath" in row], values):
        row["ImageProperty"] = value
    (folder / "load.json").write_text(json.dumps(document))
    with site.start(load=True) as server:
        result, profile = site.profile(server, "--account", ANN)
        expect(result.returncode in (0, 3), f"ended with {result.returncode}: {result.stderr}")
        expect.equal(profile["findings"]["account"]["found"], "roles-unreadable", "roles")


def test_from_check_to_plan(build, folder, expect):
    """What the check has found is proven in a plan from another export of the site, and nothing of another site."""
    site = CheckedSite(build, folder)
    with site.start(load=True) as server:
        expect.status(site.check(server, "-o", "profile.json"), 0)
        expect.status(site.export_site(server), 0)
    # Since then somebody has loaded another file into one package: its product type and its size differ.
    document = site.records()
    for row in document["value"]:
        if row.get("PackageID") == "P010001B" and row["__CLASS"] == IMAGE:
            row["ImageProperty"] = re.sub(r'(Size">)\d+', r"\g<1>4711", row["ImageProperty"]).replace("WinNT", "ServerNT")
    (folder / "records.json").write_text(json.dumps(document))

    def reasons(*options, status=0):
        result = site.run("wimplan", "plan", "--map", site.map, "--json", *options)
        expect.status(result, status)
        plan = json.loads(result.stdout)
        found = [(reason["field"], reason["confidence"]) for entry in plan["body"]["changes"] for reason in entry["reasons"] if reason["field"]]
        return found, plan

    inferred, plan = reasons("--cache", "c.db", "--records", "records.json")
    expect.equal(inferred, [("product_type", "inferred"), ("size", "inferred")], "without a profile")
    expect("profile" not in plan["body"]["inputs"], "no profile in the plan")
    expect.status(site.run("wimplan", "import", "--cache", "c.db", "--profile", "profile.json"), 0)
    proven, plan = reasons("--cache", "c.db", "--records", "records.json")
    expect.equal(proven, [("product_type", "proven"), ("size", "proven")], "with the cache's profile")
    facts = next(note["facts"] for note in plan["notes"] if note["code"] == "site-profile")
    expect.equal((facts["held"], facts["proven"], facts["unseen"]), (4, ["product_type", "size", "creation_date"], ["hal_type"]), "what is proven")
    expect.equal(facts["profile"], plan["body"]["inputs"]["profile"], "the profile by its digest")
    alone, other = reasons("--cache", "c.db", "--records", "records.json", "--only", "P010001B")
    expect.equal((alone, [note["facts"]["held"] for note in other["notes"] if note["code"] == "site-profile"]), (proven, [4]), "one package alone")
    # The part that is passed on is of no use here, and says so.
    profile = json.loads((folder / "profile.json").read_text())
    site_part = profile.pop("site")
    (folder / "passed.json").write_text(json.dumps(profile))
    result = site.run("wimplan", "plan", "--records", "records.json", "--map", site.map, "--profile", "passed.json")
    expect.status(result, 4)
    expect.says(result.stderr, "the part that is passed on")
    (folder / "other.json").write_text(json.dumps(profile | {"site": site_part | {"site_code": "P09"}}))
    result = site.run("wimplan", "plan", "--records", "records.json", "--map", site.map, "--profile", "other.json")
    expect.status(result, 4)
    expect.says(result.stderr, "the profile of site P09, and this is site P01")


def test_only_and_signals(build, folder, expect):
    site = CheckedSite(build, folder)
    with site.start(load=True) as server:
        findings = site.findings(server, "--only", "P010001C")
        expect.equal(by_class(findings, "count"), {IMAGE: 1, INSTALL: 0, BOOT: 0}, "one package")
        result = site.check(server, "--only", "P01FFFFF", "-o", "none.json")
        expect.status(result, 1)
        expect(not (folder / "none.json").exists(), "a file of nothing")
        expect.equal(site.check(server, "-o", "-").stdout[:1], "{", "-o -")
        quiet = site.check(server, "-q", "-o", "quiet.json")
        expect.equal((quiet.returncode, quiet.stdout, quiet.stderr), (0, "", ""), "quiet")
    with site.start(load=True, faults=[{"path": "*GetImageProperties", "action": "slow", "seconds": 1}]) as server:
        before = len(site.requests())
        process = subprocess.Popen([site.program("wimplan-export"), "--site-check", "--provider", server.url, "--auth", "none", "-o", "cut.json"],
                                   cwd=folder, env=site.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 100
        while len(site.requests()) < before + 4 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    expect.equal((process.returncode, out), (143, ""), f"by a signal: {err}")
    expect(re.search(r"SIGTERM", err) and not (folder / "cut.json").exists(), "nothing was written")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
