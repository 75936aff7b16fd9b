#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell scripts, run by a real PowerShell: test_scripts.py BUILD [NAME…].

CimSite.psm1 puts the CIM commands in front of the stand-in for the SMS Provider. Debian has no PowerShell, so that this is
skipped where neither PWSH names one nor a program "pwsh" is found; 6.2 and later will do.
"""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "apply")]
import demo_site  # noqa: E402
from standin import BOOT, INSTALL, REFRESH, RELOAD, Site, run_tests  # noqa: E402

PWSH = os.environ.get("PWSH") or shutil.which("pwsh")
EXPORT = HERE.parent.parent / "src" / "share" / "Export-WimplanRecords.ps1"
ALL = ("both", "both", "reload", "refresh", "none")


def quoted(argument):
    text = str(argument)
    return text if re.fullmatch(r"-\w+(:\$\w+)?", text) else "'" + text.replace("'", "''") + "'"


def command(script, arguments):
    words = " ".join(quoted(argument) for argument in arguments)
    return ("$ProgressPreference = 'SilentlyContinue'; "
            f"Import-Module {quoted(HERE / 'CimSite.psm1')}; & {quoted(script)} {words}; exit $LASTEXITCODE")


def environment(site, server, more=None):
    return site.env | {"SITE_URL": server.url if server else "http://127.0.0.1:9/AdminService"} | (more or {})


def write_script(site, plan="plan.json"):
    site.must("wimplan", "show", "--format", "powershell", "-o", "plan.ps1", plan)


def script(site, server, *arguments, name="./plan.ps1", env=None):
    """Runs a script, as powershell.exe in a scheduled task would."""
    if name == "./plan.ps1":
        arguments = ("-ProviderMachineName", "cm01.contoso.com", *arguments)
    return subprocess.run([PWSH, "-NoProfile", "-NonInteractive", "-Command", command(name, arguments)], cwd=site.folder,
                          env=environment(site, server, env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=180)


def steps(site):
    return {(step["package_id"], step["action"]): step for step in site.receipt()["steps"]}


def outcomes(site):
    return {key: step["outcome"] for key, step in steps(site).items()}


def forget(site):
    """Takes away what runs of the script left."""
    for left in site.folder.glob("wimplan-*"):
        left.unlink()


def posts(site):
    return [entry["path"].rsplit(".", 1)[1] + " " + entry["path"].split("'")[1] for entry in site.requests("POST")]


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
        return {key: value for key, value in receipt.items() if key not in ("provider", "started_at", "finished_at")}

    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
    one = site.receipt()
    site.receipt_path().unlink()
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes"), 0)
    other = site.receipt()
    expect.equal(other["provider"], "cim://cm01.contoso.com/root/sms/site_P01", "provider")
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
        process = subprocess.Popen([PWSH, "-NoProfile", "-Command", command("./plan.ps1", ("-ProviderMachineName", "cm01"))],
                                   cwd=folder, env=environment(site, server, {"TERM": "xterm"}), stdin=slave, stdout=slave,
                                   stderr=slave)
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


def test_receipt_in_use(build, folder, expect):
    """Something else has it for a moment, and then for ever."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    (folder / "used.json").mkdir()
    with site.start(load=True) as server:
        process = subprocess.Popen([PWSH, "-NoProfile", "-NonInteractive", "-Command",
                                    command("./plan.ps1", ("cm01", "-Yes", "-ReceiptPath", "used.json"))],
                                   cwd=folder, env=environment(site, server), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
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


def test_read_that_fails(build, folder, expect):
    """Once more for what passes. What does not ends the run, with what was called before in the receipt."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    write_script(site)
    second = site.packages[1]["id"]
    fault = {"method": "GET", "path": f"*{second}*", "nth": 2}
    for more, status, outcome in (({"action": "sql1205"}, 0, "done"), ({"action": "close-before-read"}, 0, "done"),
                                  ({"action": "status", "status": 403}, 6, "skipped")):
        forget(site)
        with site.start(load=True, faults=[fault | more]) as server:
            result = script(site, server, "-Yes")
            expect.status(result, status)
            expect.equal(outcomes(site)[(second, REFRESH)], outcome, f"outcome with {more}")
            if status:
                expect.says(result.stdout, f"{second} cannot be read: Access denied")


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


def test_busy_provider(build, folder, expect):
    """A SEDO lock and a deadlock are tried again, another error is shown and tried by the next run."""
    site = Site(build, folder, kinds=("both", "reload", "refresh")).make_plan()
    write_script(site)
    both, reload, refresh = (package["id"] for package in site.packages)
    faults = [{"method": "POST", "path": f"*{both}*Reload*", "nth": 1, "action": "lock", "seconds": 1},
              {"method": "POST", "path": f"*{refresh}*", "nth": 1, "action": "sql1205"},
              {"method": "POST", "path": f"*{reload}*", "nth": 1, "action": "extended-status", "error_code": 1633,
               "description": "The package is not supported."}]
    for errors in ("wrapped", "text", "object"):
        forget(site)
        with site.start(load=True, faults=faults) as server:
            result = script(site, server, "-Yes", env={"SITE_ERRORS": errors})
            expect.status(result, 6)
            expect.says(result.stdout, "again in 5 s", "0x40480732", "deadlock", "1205", "The package is not supported.", "1633")
            expect(("(SMS_ExtendedStatus, error 1633 = 0x00000661" in result.stdout) == (errors != "text"), "the code's two forms")
            expect.equal(outcomes(site), {(both, RELOAD): "done", (both, REFRESH): "done", (reload, RELOAD): "failed",
                                          (refresh, REFRESH): "done"}, f"outcomes with {errors}")
            expect.equal(steps(site)[(both, RELOAD)]["attempts"], 2, "attempts")
            expect.status(script(site, server, "-Yes"), 0)
        expect.equal(site.effects("refresh"), {both: 1, refresh: 1}, "refreshes")


def test_return_value(build, folder, expect):
    site = Site(build, folder, kinds=("both",)).make_plan()
    write_script(site)
    with site.start(load=True, faults=[{"method": "POST", "nth": 1, "action": "return-value", "value": -2147217407}]) as server:
        result = script(site, server, "-Yes")
        expect.status(result, 6)
        expect.says(result.stdout, "-2147217407 (0x80041001)")
        step = steps(site)[(site.packages[0]["id"], RELOAD)]
        expect.equal((step["outcome"], step["return_value"]), ("failed", -2147217407), "the receipt")
        expect.equal(outcomes(site)[(site.packages[0]["id"], REFRESH)], "skipped", "its refresh")


def test_accepted_and_never_seen(build, folder, expect):
    """A refresh that was accepted is never called again, whatever comes of it."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    write_script(site)
    path = f"*{site.packages[0]['id']}*"
    with site.start(load=True, faults=[{"method": "POST", "path": path, "nth": 1, "action": "no-effect"}]) as server:
        result = script(site, server, "-Yes", "-SettleSeconds", "2")
        expect.status(result, 6)
        expect.equal(outcomes(site)[(site.packages[0]["id"], REFRESH)], "unverified", "outcome")
        expect.status(script(site, server, "-Yes", "-SettleSeconds", "0"), 6)
        expect.equal(len(posts(site)), 2, "calls")
        site.must("wimplan", "record", "--cache", "cache.db", site.receipt_path())


def test_accepted_and_hidden(build, folder, expect):
    """An accepted refresh is not forgotten while the package cannot be seen, and so not called again."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    write_script(site)
    path = f"*{site.packages[0]['id']}*"
    faults = [{"method": "POST", "path": path, "nth": 1, "action": "no-effect"},
              {"method": "GET", "path": path, "nth": 4, "count": 2, "action": "status", "status": 404}]
    with site.start(load=True, faults=faults) as server:
        for _ in range(3):
            expect.status(script(site, server, "-Yes", "-SkipConflicts", "-SettleSeconds", "0"), 6)
            expect.equal(outcomes(site)[(site.packages[0]["id"], REFRESH)], "unverified", "outcome")
        expect.equal(len(posts(site)), 2, "calls")


def test_no_answer(build, folder, expect):
    """A call whose answer was lost is looked for before it is called again."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    write_script(site)
    faults = [{"method": "POST", "path": "*Reload*", "nth": 1, "action": "close-after-effect"},
              {"method": "POST", "path": f"*{site.packages[1]['id']}*Refresh*", "nth": 1, "action": "close-after-effect"},
              {"method": "POST", "path": f"*{site.packages[0]['id']}*Refresh*", "nth": 1, "action": "close-before-read"}]
    with site.start("--settle-delay", "0.5", load=True, faults=faults) as server:
        result = script(site, server, "-Yes", "-SettleSeconds", "4")
        expect.status(result, 6)
        found = steps(site)
        for package_id, action in ((site.packages[0]["id"], RELOAD), (site.packages[1]["id"], REFRESH)):
            expect.equal((found[(package_id, action)]["outcome"], found[(package_id, action)]["looked_up"]), ("done", True),
                         f"{package_id} {action}")
        expect.equal(found[(site.packages[0]["id"], REFRESH)]["outcome"], "unknown", "what never arrived")
        expect.status(script(site, server, "-Yes", "-SettleSeconds", "4"), 0)
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")


def test_time_out_and_settle_time(build, folder, expect):
    """Both are 900 s by default. What times out is looked for all the same."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    with site.start(load=True, faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 7}]) as server:
        expect.status(script(site, server, "-Yes", "-TimeoutSeconds", "5", "-SettleSeconds", "5"), 0)
    step = steps(site)[(site.packages[0]["id"], REFRESH)]
    expect.equal((step["outcome"], step["looked_up"]), ("done", True), "the step")
    expect.equal(len(posts(site)), 1, "calls")


def test_no_commit_without_an_answer(build, folder, expect):
    """A reload that may still be at work must not have its result overwritten with the object from before."""
    site = Site(build, folder, kinds=("reload",)).make_plan()
    write_script(site)
    for commit in ("auto", "always"):
        forget(site)
        with site.start(load=True, faults=[{"method": "POST", "nth": 1, "action": "close-before-read"}]) as server:
            expect.status(script(site, server, "-Yes", "-SettleSeconds", "0", "-Commit", commit), 6)
            expect.equal(outcomes(site)[(site.packages[0]["id"], RELOAD)], "unknown", "outcome")
            expect.equal(site.requests("PUT"), [], "commits")


def test_effect_seen_late(build, folder, expect):
    """The effect of a lost call that no look could see is this plan's all the same: record needs to know."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    key = (site.packages[0]["id"], REFRESH)
    # The look after the call, and the look of the next run.
    lost = [{"method": "GET", "nth": nth, "action": "close-before-read"} for nth in (3, 5)]
    with site.start(load=True, faults=[{"method": "POST", "nth": 1, "action": "close-after-effect"}, *lost]) as server:
        result = script(site, server, "-Yes", "-SettleSeconds", "0")
        expect.equal(outcomes(site)[key], "unknown", "when the look failed")
        result = script(site, server, "-Yes", "-SettleSeconds", "0")
        expect.status(result, 0)
    step = steps(site)[key]
    expect.equal((step["outcome"], step["looked_up"], step["source_version_before"], step["source_version_after"], step["error"]),
                 ("done", True, 3, 4, None), "the receipt")
    expect.equal(site.effects("refresh"), {key[0]: 1}, "refreshes")


def test_killed(build, folder, expect):
    """Killed while the site is at work on the call: the next run sees its effect and does not call again."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    write_script(site)
    for path in ("*Reload*", "*Refresh*"):
        forget(site)
        slow = [{"method": "POST", "path": path, "nth": 1, "action": "slow", "seconds": 12}]
        with site.start("--settle-delay", "0.5", load=True, faults=slow) as server:
            process = subprocess.Popen([PWSH, "-NoProfile", "-NonInteractive", "-Command",
                                        command("./plan.ps1", ("-ProviderMachineName", "cm01.contoso.com", "-Yes"))],
                                       cwd=folder, env=environment(site, server), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wanted = path.strip("*")
            for _ in range(600):
                if any(wanted in entry["path"] for entry in site.requests("POST")):
                    break
                time.sleep(0.05)
            busy = script(site, server, "-Yes")
            expect.status(busy, 5)
            process.kill()
            process.wait()
            expect.equal({step["outcome"] for step in steps(site).values()} & {"unknown"}, {"unknown"}, "the receipt says so")
            result = script(site, server, "-Yes")
            expect.status(result, 0)
            expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, f"refreshes, {path}")
            expect(any(step["looked_up"] for step in steps(site).values()), "a step was looked up")


def test_site_at_work(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "reload")).make_plan()
    write_script(site)
    working = [{"method": "GET", "nth": 1, "action": "change-record", "package_id": site.packages[0]["id"],
                "set": {"ActionInProgress": 1}}]
    with site.start(load=True, faults=working) as server:
        result = script(site, server, "-WhatIf")
        expect.status(result, 0)
        result = script(site, server, "-Yes")
        expect.status(result, 6)
        expect.says(result.stdout, "at work on the package")
        expect.equal(site.effects("refresh"), {}, "refreshes")
        expect.equal(outcomes(site)[(site.packages[1]["id"], RELOAD)], "done", "the other package")


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
    name = "Ann’s ‘client’'; exit 9 # $(1) `u{41} \"x\" \u202e\u00fc\U0001f600 @args"
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
        expect.says(result.stdout, name.replace("\u202e", "?"))


def test_export(build, folder, expect):
    """What the export script writes gives the plan that an export through the AdminService gives."""
    site = Site(build, folder, kinds=ALL, boot=True).make_plan()
    wanted = json.loads((folder / "plan.json").read_text())["plan_id"]
    with site.start(load=True) as server:
        arguments = ("-SiteCode", "P01", "-ProviderMachineName", "cm01", "-Path", "records.json")
        expect.status(script(site, server, *arguments, name=EXPORT), 0)
        site.must("wimplan", "import", "--cache", "cache.db", "records.json")
        first = (folder / "records.json").read_text()
        site.plan("other.json")
        found = json.loads((folder / "other.json").read_text())
        expect.equal(found["body"]["changes"], json.loads((folder / "plan.json").read_text())["body"]["changes"], "changes")
        # Over the old file, with everything that can be asked for.
        expect.status(script(site, server, *arguments, "-Probe", "-IncludeDistributionState", name=EXPORT), 0)
        document = json.loads((folder / "records.json").read_text())
        expect(len(document["value"]) >= len(json.loads(first)["value"]), "more records")
        packages = [record for record in document["value"] if record["__CLASS"].endswith("Package")]
        expect.equal(len(packages), len(site.packages), "packages")
        expect(all("<WIM>" in record.get("ProbedImageProperty", "<WIM>") for record in packages), "what a reload would store")
        expect(any("ProbedImageProperty" in record for record in packages), "something was probed")
        site.must("wimplan", "import", "--cache", "probed.db", "records.json")
        one = site.packages[0]["id"]
        expect.status(script(site, server, *arguments, "-PackageId", one, name=EXPORT), 0)
        ids = {record["PackageID"] for record in json.loads((folder / "records.json").read_text())["value"]}
        expect.equal(ids, {one}, "only the one asked for")
        expect.equal({entry["method"] for entry in site.requests()} - {"GET"}, {"POST"}, "methods")
        expect.equal({entry["path"].rsplit(".", 1)[1] for entry in site.requests("POST")}, {"GetImageProperties"}, "calls")
    failed = script(site, None, *arguments, name=EXPORT)
    expect(failed.returncode != 0, "no provider")
    expect(json.loads((folder / "records.json").read_text()), "the old file stays")
    expect.equal([path.name for path in folder.glob("*.tmp")], [], "temporary files")
    del wanted


def test_manual_page(build, folder, expect):
    """The session in wimplan-show(1) is what the script says of the demo's plan."""
    page = (HERE.parent.parent / "man" / "wimplan-show.1.scd").read_text().replace("\\\\", "\\")
    typed, shown = re.search(r"^```\nPS C:\\Plans> (\.\\plan\.ps1 .*)\n((?:.*\n)*?)```$", page, re.MULTILINE).groups()
    demo, env = demo_site.make(build, folder)
    url = subprocess.run(["./start-site"], cwd=demo, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    try:
        subprocess.run(["wimplan", "show", "--format", "powershell", "-o", "plan.ps1", "plan.json"], cwd=demo, env=env, check=True)
        run = ("$ProgressPreference = 'SilentlyContinue'; "
               f"Import-Module {quoted(HERE / 'CimSite.psm1')}; {typed.replace(chr(92), '/')}; exit $LASTEXITCODE")
        result = subprocess.run([PWSH, "-NoProfile", "-NonInteractive", "-Command", run], cwd=demo, env=env | {"SITE_URL": url},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    finally:
        os.kill(int((demo / "site.pid").read_text()), signal.SIGTERM)
    expect.equal(result.stdout, shown, "what it says")
    expect.equal(result.returncode, 0, "exit status")


if __name__ == "__main__":
    if not PWSH:
        count = sum(name.startswith("test_") for name in vars())
        print("test_scripts: no PowerShell (pwsh, or PWSH=PROGRAM); nothing is checked")
        print(f"0 passed, 0 failed, {count} skipped")
        sys.exit(0)
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
