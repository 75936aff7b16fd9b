#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script's window, pause and journal: test_pace.py BUILD [NAME…]."""

import json
import os
import signal
import subprocess
import sys
import time

from scripts import call, forget, outcomes, posts, run_tests, script, shell, site_environment, steps, write_script
from standin import REFRESH, RELOAD, Site


def journal_of(site):
    found = list(site.folder.glob("*.receipt.json.journal"))
    return found[0] if found else None


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def test_window(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    write_script(site)
    with site.start(load=True) as server:
        for window, status, said in ((f"{iso(3600)}/", 4, "the window begins"), (f"{iso(-7200)}/{iso(-3600)}", 4, "the window ended"),
                                     (f"{iso(60)}/{iso(30)}", 2, "ends before it begins"), ("2026-02-14T20:00/", 2, "with its zone"),
                                     ("/", 2, "START/END"), (f"{iso(0)}", 2, "START/END"), ("2026-02-30T20:00Z/", 2, "ISO 8601")):
            result = script(site, server, "-Yes", "-Window", window)
            expect.status(result, status)
            expect.says(result.stdout, said)
        expect.equal(site.requests(), [], "requests outside the window")
        result = script(site, server, "-WhatIf", "-Window", f"/{iso(-3600)}")
        expect.status(result, 0)
        expect.says(result.stdout, "a run calls nothing now", "would be called")
        expect.status(script(site, server, "-Yes", "-Window", f"{iso(-3600)}/2999-12-31T23:59+02:00"), 0)
    expect.equal(len(posts(site)), 1, "calls")


def test_window_ends(build, folder, expect):
    """In a pause, which it cuts short: nothing more is called, what was called is verified, and another run goes on."""
    site = Site(build, folder, kinds=("both", "refresh", "refresh"), install=False).make_plan()
    write_script(site)
    with site.start("--settle-delay", "2", load=True) as server:
        # From when the script begins: to start PowerShell takes longer on a machine that is busy.
        line = ("$end = [datetime]::UtcNow.AddSeconds(20).ToString('yyyy-MM-ddTHH:mm:ssZ'); "
                "& ./plan.ps1 cm01.contoso.com -Yes -Pause 3600 -Window \"/$end\"")
        result = subprocess.run(shell(line, "-NonInteractive"), cwd=folder, env=site_environment(site, server), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=180)
        expect.status(result, 6)
        first, second, third = (package["id"] for package in site.packages)
        expect.says(result.stdout, "3 steps are left over: the window ended", "run this again in the next window")
        expect.equal(posts(site), [f"{RELOAD} {first}"], "calls")
        expect.equal(outcomes(site), {(first, RELOAD): "done", (first, REFRESH): "skipped", (second, REFRESH): "skipped", (third, REFRESH): "skipped"},
                     "outcomes")
        expect.says(steps(site)[(second, REFRESH)]["error"], "left over: the window ended")
        expect.status(script(site, server, "-Yes"), 0)
    expect.equal(set(outcomes(site).values()), {"done"}, "outcomes of both runs")


def test_pause(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh"), install=False).make_plan()
    write_script(site)
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes", "-Pause", "2"), 0)
    at = [entry["at"] for entry in site.requests("POST")]
    expect(len(at) == 3 and all(later - earlier > 1.9 for earlier, later in zip(at, at[1:])), f"times of the calls: {at}")


def test_whatif_table(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh", "reload"), install=False).make_plan()
    write_script(site)
    first, second, third = (package["id"] for package in site.packages)
    working = [{"method": "GET", "nth": 1, "action": "change-record", "package_id": second, "set": {"ActionInProgress": 1}}]
    with site.start(load=True, faults=working) as server:
        result = script(site, server, "-WhatIf")
        expect.status(result, 0)
        table = result.stdout[result.stdout.index("Package   "):].splitlines()
        expect.equal([line.rstrip() for line in table[:7]], [
            "Package   Call                   What             Name",
            "-------   ----                   ----             ----",
            f"{first}  ReloadImageProperties  would be called  Package {first}",
            f"{first}  RefreshPkgSource       would be called  Package {first}",
            f"{second}  RefreshPkgSource       skipped          Package {second}",
            "          the site is at work on the package; run this again later",
            f"{third}  ReloadImageProperties  would be called  Package {third}"], "the table")
        changed = [{"method": "GET", "nth": 1, "action": "change-record", "package_id": third, "set": {"SourceVersion": 9}}]
    with site.start(load=True, faults=changed) as server:
        result = script(site, server, "-WhatIf")
        expect.status(result, 4)
        expect.says(result.stdout, f"{first}  ReloadImageProperties  pending   Package", f"{third}  ReloadImageProperties  conflict  Package",
                    "          SourceVersion is '9' now")
    expect.equal(posts(site), [], "calls")


def killed_at(site, server, number):
    """A run that is killed with its call of this number under way: @server is slow with it."""
    line = call("./plan.ps1", "-ProviderMachineName", "cm01.contoso.com", "-Yes")
    process = subprocess.Popen(shell(line, "-NonInteractive"), cwd=site.folder, env=site_environment(site, server), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while len(site.requests("POST")) < number and process.poll() is None:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_journal(build, folder, expect):
    """What changes goes into one line each; a run that is killed leaves them, and the next takes them up."""
    site = Site(build, folder, kinds=("refresh",) * 12, install=False).make_plan()
    write_script(site)
    slow = [{"method": "POST", "nth": 6, "action": "slow", "seconds": 60}]
    with site.start(load=True, faults=slow) as server:
        killed_at(site, server, 6)
        receipt, lines = site.receipt(), [json.loads(line) for line in journal_of(site).read_text().splitlines()]
        expect.equal(lines[0], {"plan_id": site.plan_id(), "started_at": receipt["started_at"]}, "the first line")
        # The first change is in the receipt; then each of 6 calls was begun, and 5 of them were answered.
        expect.equal(len(lines), 1 + 10, "lines for the changes")
        expect.equal([step["outcome"] for step in receipt["steps"]], ["unknown"] + ["skipped"] * 11, "the receipt is that of the first change")
        whole = journal_of(site).read_bytes()
        result = script(site, server, "-WhatIf")
        expect.status(result, 0)
        expect.says(result.stdout, "unverified, looked up first")
        expect.equal(journal_of(site).read_bytes(), whole, "-WhatIf leaves it alone")
        # The end of a line that was cut off does not count, whatever stands there.
        for torn in (b'{"package_id":"' + site.packages[7]["id"].encode(), b"\0" * 300, "\u00fc".encode()[:1]):
            journal_of(site).write_bytes(whole + torn)
            expect.status(script(site, server, "-WhatIf"), 0)
        for damaged, said in ((whole[:200] + b"\0\n" + whole[201:], "cannot be read"), (b"[]\n", "not the journal of this plan"),
                              (whole.replace(site.plan_id().encode(), b"sha256:" + b"0" * 64), "not the journal of this plan"),
                              (whole.replace(b"unverified", b"unverifies"), "no known outcome")):
            journal_of(site).write_bytes(damaged)
            result = script(site, server, "-Yes")
            expect.status(result, 4)
            expect.says(result.stdout, said, "journal")
            expect.equal(journal_of(site).read_bytes(), damaged, "a journal that cannot be read stays")
        expect.equal(len(posts(site)), 6, "calls meanwhile")
        # Also where the receipt is gone.
        site.receipt_path().unlink()
        journal_of(site).write_bytes(whole + b"{\"pack")
        expect.status(script(site, server, "-Yes"), 0)
        expect.equal(site.receipt()["started_at"], receipt["started_at"], "the beginning of the first run")
        expect.equal(journal_of(site), None, "the journal at the end")
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")
    expect.equal([step["attempts"] for step in site.receipt()["steps"]], [1] * 12, "attempts")


def test_journal_of_a_plan_that_is_done(build, folder, expect):
    """Killed behind the last step: the next run has nothing to call, and makes the receipt."""
    site = Site(build, folder, kinds=("refresh",) * 2, install=False).make_plan()
    write_script(site)
    with site.start(load=True) as server:
        expect.status(script(site, server, "-Yes"), 0)
        path, receipt = site.receipt_path(), site.receipt()
        lines = [{"plan_id": receipt["plan_id"], "started_at": receipt["started_at"]}, *receipt["steps"]]
        path.with_name(path.name + ".journal").write_text("".join(json.dumps(line) + "\n" for line in lines))
        path.write_text(json.dumps(receipt | {"finished_at": None, "steps": [step | {"outcome": "unknown"} for step in receipt["steps"]]}))
        result = script(site, server, "-Yes")
        expect.status(result, 4)
        expect.says(result.stdout, "already applied")
        expect.equal(site.receipt()["steps"], receipt["steps"], "the receipt")
        expect(site.receipt()["finished_at"], "its end")
        expect.equal(journal_of(site), None, "the journal")
        expect.equal(len(posts(site)), 2, "calls")
        forget(site)


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
