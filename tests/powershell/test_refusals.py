#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the script does not do, and says why: test_refusals.py BUILD [NAME…]."""

import json
import subprocess
import sys
import time

from scripts import ALL, call, forget, outcomes, posts, run_tests, script, shell, site_environment, steps, write_script
from standin import REFRESH, RELOAD, Site


def test_conflicts(build, folder, expect):
    site = Site(build, folder, kinds=ALL).make_plan()
    write_script(site)
    first, third = site.packages[0], site.packages[2]
    moved = {"method": "GET", "path": f"*{first['id']}*", "nth": 1, "action": "change-record", "package_id": first["id"],
             "set": {"SourceVersion": 7}}
    with site.start(load=True, faults=[moved]) as server:
        result = script(site, server, "-Yes")
        expect.status(result, 4)
        expect.says(result.stdout, "SourceVersion is '7' now, and the plan was made for '3'", "-SkipConflicts")
        expect.equal(posts(site), [], "calls")
        expect(not list(folder.glob("*receipt*")), "a refused run has no receipt")
        result = script(site, server, "-Yes", "-SkipConflicts")
        expect.status(result, 6)
        # The refresh has happened: somebody else called it.
        expect.equal(outcomes(site)[(first["id"], RELOAD)], "conflict", "the reload")
        expect.equal(site.effects("refresh").get(first["id"]), None, "refreshes of the conflict")
        expect.equal(outcomes(site)[(third["id"], RELOAD)], "done", "the others")
    for name, value in (("PkgSourcePath", r"\\elsewhere\x.wim"), ("SourceSite", "P02"), ("ImageProperty", "<WIM/>")):
        forget(site)
        changed = {"method": "GET", "path": f"*{first['id']}*", "nth": 1, "action": "change-record", "package_id": first["id"],
                   "set": {name: value}}
        with site.start(load=True, faults=[changed]) as server:
            result = script(site, server, "-Yes")
            expect.status(result, 4)
            expect.says(result.stdout, name)
            expect.equal(posts(site), [], f"calls with another {name}")


def test_changed_during_the_run(build, folder, expect):
    """What is right at the first look and wrong right before the call is not called."""
    site = Site(build, folder, kinds=("both", "reload")).make_plan()
    write_script(site)
    second = site.packages[1]
    changed = {"method": "POST", "nth": 1, "action": "change-record", "package_id": second["id"],
               "set": {"PkgSourcePath": r"\\elsewhere\x.wim"}}
    with site.start(load=True, faults=[changed]) as server:
        expect.status(script(site, server, "-Yes"), 6)
        expect.equal(outcomes(site)[(second["id"], RELOAD)], "conflict", "outcome")
        expect.equal(site.effects("reload").get(second["id"]), None, "reloads")


def test_changed_before_the_call(build, folder, expect):
    """While somebody is asked, or the provider is busy, somebody else may have begun with the very same."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    package_id = site.packages[0]["id"]
    changed = {"method": "GET", "path": f"*{package_id}*", "nth": 3, "action": "change-record", "package_id": package_id}
    for values, outcome in (({"SourceVersion": 4}, "satisfied"), ({"ActionInProgress": 1}, "skipped")):
        forget(site)
        with site.start(load=True, faults=[changed | {"set": values}]) as server:
            script(site, server, "-Confirm:$false")
            expect.equal(outcomes(site)[(package_id, REFRESH)], outcome, "outcome after the question")
            expect.equal(posts(site), [], "calls")
        forget(site)
        busy = {"method": "POST", "nth": 1, "action": "sql1205"}
        with site.start(load=True, faults=[busy, changed | {"set": values}]) as server:
            script(site, server, "-Yes")
            expect.equal(outcomes(site)[(package_id, REFRESH)], outcome, "outcome when the provider was busy")
            expect.equal(site.effects("refresh"), {}, "refreshes")


def test_refusals(build, folder, expect):
    site = Site(build, folder, kinds=("both", "reload")).make_plan()
    write_script(site)
    with site.start(load=True) as server:
        for status, said, arguments, env in (
            (4, "not for X01", ("-Yes", "-SiteCode", "X01"), {}),
            (4, "is a provider of site X01, X02", ("-Yes",), {"SITE_CODES": "X01,X02"}),
            (2, "-Only names P01FFFFF", ("-Yes", "-Only", "P01FFFFF"), {}),
            (2, "does not exist", ("-Yes", "-ReceiptPath", "nowhere/receipt.json"), {}),
            (1, "P010001A cannot be read: The RPC server", ("-Yes",), {"SITE_URL": "http://127.0.0.1:9/AdminService"}),
            (1, "the SMS Provider at cm01.contoso.com cannot be used over Dcom: Invalid namespace", ("-Yes",), {"SITE_CODES": "!"}),
            (2, "-Only names no package", ("-Yes", "-Only", " , "), {}),
        ):
            result = script(site, server, *arguments, env=env)
            expect.status(result, status)
            expect.says(result.stdout, said)
        result = script(site, server, "-Yes", "-Commit", "sometimes")
        expect.says(result.stderr + result.stdout, "auto,always,never")
        expect.equal(posts(site), [], "calls")
        (folder / "other.json").write_text('{"format": "wimplan-receipt", "plan_id": "sha256:0", "steps": []}')
        result = script(site, server, "-Yes", "-ReceiptPath", "other.json")
        expect.status(result, 4)
        expect.says(result.stdout, "not the receipt of this plan")
    empty = Site(build, folder / "empty", kinds=("none",)).make_plan()
    write_script(empty)
    result = script(empty, None, "-Yes")
    expect.status(result, 4)
    expect.says(result.stdout, "nothing to apply")


def test_damaged_receipt(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    with site.start(load=True, faults=[{"method": "POST", "nth": 1, "action": "no-effect"}]) as server:
        expect.status(script(site, server, "-Yes", "-SettleSeconds", "0"), 6)
        path, receipt = site.receipt_path(), site.receipt()
        step = receipt["steps"][0]
        for text, said in (
            (path.read_text()[:-10], "cannot be read"),
            ("\0" * 500, "cannot be read"),
            (json.dumps(receipt | {"steps": [step | {"outcome": "finished"}]}), "no known outcome"),
            (json.dumps(receipt | {"steps": [step | {"started_at": None}]}), "cannot be read"),
            (json.dumps({key: value for key, value in receipt.items() if key != "steps"}), "cannot be read"),
            (json.dumps(receipt | {"format_version": "2.0"}), "not the receipt of this plan"),
            ("[]", "not the receipt of this plan"),
        ):
            path.write_text(text)
            result = script(site, server, "-Yes")
            expect.status(result, 4)
            expect.says(result.stdout, said, "-ReceiptPath")
            expect.equal(path.read_text(), text, "the receipt")
        expect.equal(len(posts(site)), 1, "calls")


def test_receipt_of_many_steps(build, folder, expect):
    """Longer than ConvertFrom-Json takes in Windows PowerShell. Its times and texts come back as they were."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    write_script(site)
    first, second = (package["id"] for package in site.packages)
    failing = {"method": "POST", "path": f"*{first}*", "nth": 1, "action": "extended-status", "error_code": 1633,
               "description": "2026-01-02T03:04:05Z \\u00fc {\"x\": [1]} \u00fc\U0001f600"}
    with site.start(load=True, faults=[failing]) as server:
        expect.status(script(site, server, "-Yes"), 6)
        before = site.receipt()
        larger = dict(before, note=["x" * 1000] * 2500)
        site.receipt_path().write_text(json.dumps(larger, indent=1))
        expect.status(script(site, server, "-Yes", "-Only", second), 0)
        expect.equal(site.receipt()["steps"], before["steps"], "the steps")
        expect.equal(site.receipt()["started_at"], before["started_at"], "the beginning")
        # So does that of wimplan-apply; what it calls skipped was not called.
        site.receipt_path().unlink()
        expect.status(site.apply(server, "run", "--only", first), 0)
        one = site.receipt()
        expect.status(script(site, server, "-Yes", "-ReceiptPath", "plan.receipt.json"), 0)
        expect.equal(site.receipt()["steps"][0], one["steps"][0], "the step of wimplan-apply")


def test_receipt_in_use(build, folder, expect):
    """Something else has it for a moment, and then for ever."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    (folder / "used.json").mkdir()
    with site.start(load=True) as server:
        line = call("./plan.ps1", "cm01", "-Yes", "-ReceiptPath", "used.json")
        process = subprocess.Popen(shell(line, "-NonInteractive"), cwd=folder, env=site_environment(site, server),
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(600):
            if (folder / "used.json.new").exists():
                break
            time.sleep(0.05)
        (folder / "used.json").rmdir()
        expect.equal(process.wait(60), 0, "exit status")
        (folder / "used.json").unlink()
        (folder / "used.json").mkdir()
    with site.start(load=True) as server:
        result = script(site, server, "-Yes", "-ReceiptPath", "used.json")
        expect.status(result, 1)
        expect.says(result.stdout, "used.json cannot be written")
        expect.equal(posts(site), [], "calls")


def test_nothing_can_be_written(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    (folder / "folder").mkdir()
    (folder / "one.json.lock").mkdir()
    with site.start(load=True) as server:
        for arguments, said in ((("-LogPath", "folder"), "-LogPath"), (("-ReceiptPath", "one.json"), "-ReceiptPath")):
            result = script(site, server, "-Yes", *arguments)
            expect.status(result, 2)
            expect.says(result.stdout, "cannot be written", said)
        inside = folder / "elsewhere.ps1"
        inside.write_text("Set-Location Env:; & '" + str(folder / "plan.ps1") + "' cm01 -Yes @args; exit $LASTEXITCODE\n")
        result = script(site, server, "-ReceiptPath", "two.json", name=inside)
        expect.says(result.stderr, "two.json would not be in the file system")
        expect(result.returncode != 0, "a receipt that is no file")
        expect.equal(posts(site), [], "calls")
        expect.status(script(site, server, name=inside), 0)


def test_version_grew_with_the_reload(build, folder, expect):
    """Nobody documents that a reload leaves SourceVersion alone: that the refresh is not called needs a look then."""
    site = Site(build, folder, kinds=("both",)).make_plan()
    write_script(site)
    package_id = site.packages[0]["id"]
    grown = {"method": "POST", "path": "*Reload*", "nth": 1, "action": "change-record", "package_id": package_id,
             "set": {"SourceVersion": 4}}
    with site.start(load=True, faults=[grown]) as server:
        result = script(site, server, "-Yes")
        expect.status(result, 0)
        expect.says(result.stdout, "if nobody has refreshed it, do that")
    step = steps(site)[(package_id, REFRESH)]
    expect.equal((step["outcome"], step["source_version_after"]), ("satisfied", 4), "the refresh")
    expect("SourceVersion grew" in step["error"], "the receipt says so")


def test_never_loaded(build, folder, expect):
    """Nothing was stored when the plan was made. What is stored now, and not what the plan wants, is a conflict."""
    site = Site(build, folder, kinds=("none", "none"))
    site.make_sources(after=False)
    site.make_export()
    document = json.loads((folder / "load.json").read_text())
    stored = document["value"][0]["ImageProperty"]
    document["value"][0]["ImageProperty"] = ""
    (folder / "load.json").write_text(json.dumps(document))
    site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "load.json")
    site.must("wimplan", "baseline", "adopt", "--cache", "cache.db", "--map", site.map, "--all")
    site.plan()
    write_script(site)
    package_id = site.packages[0]["id"]
    for text, status, calls in ((stored.replace("22631", "99999"), 4, 0), (stored, 0, 0), ("", 0, 1)):
        forget(site)
        changed = [{"method": "GET", "nth": 1, "action": "change-record", "package_id": package_id,
                    "set": {"ImageProperty": text}}]
        with site.start(load=True, faults=changed) as server:
            expect.status(script(site, server, "-Yes"), status)
            expect.equal(len(posts(site)), calls, f"calls with {text[:20]!r}")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
