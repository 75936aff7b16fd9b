#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script against a site and a machine that fail: test_trouble.py BUILD [NAME…]."""

import os
import signal
import subprocess
import sys
import time

from scripts import call, forget, outcomes, posts, run_tests, script, shell, site_environment, steps, write_script
from standin import REFRESH, RELOAD, Site


def test_read_that_fails(build, folder, expect):
    """Once more for what passes. What does not ends the run, with what was called before in the receipt."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    write_script(site)
    second = site.packages[1]["id"]
    fault = {"method": "GET", "path": f"*{second}*", "nth": 2}
    for more, status, outcome in (({"action": "sql1205"}, 0, "done"), ({"action": "half-response"}, 0, "done"),
                                  ({"action": "status", "status": 403}, 6, "skipped")):
        forget(site)
        with site.start(load=True, faults=[fault | more]) as server:
            result = script(site, server, "-Yes")
            expect.status(result, status)
            expect.equal(outcomes(site)[(second, REFRESH)], outcome, f"outcome with {more}")
            if status:
                expect.says(result.stdout, f"{second} cannot be read: Access denied")


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


def test_source_changed_after_the_plan(build, folder, expect):
    """A reload that reads another file than the plan's fails at the first look, and its refresh is not called."""
    site = Site(build, folder, kinds=("both", "reload")).make_plan()
    write_script(site)
    first, second = (package["id"] for package in site.packages)
    later = (folder / "sources.recipes").read_text().split("wim ")[1].replace("3007", "4000")
    (folder / "later.recipe").write_text("wim " + later)
    site.must(site.build / "mkwim", "-C", folder / "sources", "later.recipe")
    for faults, looked_up in (([], False), ([{"method": "POST", "nth": 1, "action": "close-after-effect"}], True)):
        forget(site)
        with site.start(load=True, faults=faults) as server:
            began = time.monotonic()
            result = script(site, server, "-Yes")
            expect(time.monotonic() - began < 120, "it was waited for")
            expect.status(result, 6)
            expect.says(result.stdout, "the source was changed after the plan", "10.0.22631.4000", "run wimplan verify")
            expect.equal(outcomes(site), {(first, RELOAD): "failed", (first, REFRESH): "skipped", (second, RELOAD): "done"}, "outcomes")
            expect.equal(steps(site)[(first, RELOAD)]["looked_up"], looked_up, "looked up")
            expect.says(steps(site)[(first, REFRESH)]["error"], "its reload failed")
            expect.equal(site.requests("PUT"), [], "commits")
            # What it read stays a conflict.
            expect.status(script(site, server, "-Yes"), 4)
            expect.equal(site.effects("refresh"), {}, "refreshes")


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
    # The look after the call, and the look of the next run. Half an answer: a GET without any .NET asks again by itself.
    lost = [{"method": "GET", "nth": nth, "action": "half-response"} for nth in (3, 5)]
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
        slow = [{"method": "POST", "path": path, "nth": 1, "action": "slow", "seconds": 40}]
        with site.start("--settle-delay", "0.5", load=True, faults=slow) as server:
            line = call("./plan.ps1", "-ProviderMachineName", "cm01.contoso.com", "-Yes")
            process = subprocess.Popen(shell(line, "-NonInteractive"), cwd=folder, env=site_environment(site, server),
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       start_new_session=True)
            wanted = path.strip("*")
            for _ in range(600):
                if any(wanted in entry["path"] for entry in site.requests("POST")):
                    break
                time.sleep(0.05)
            busy = script(site, server, "-Yes")
            expect.status(busy, 5)
            # As a .NET tool it is a program that starts another one.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            expect.equal({step["outcome"] for step in steps(site).values()} & {"unknown"}, {"unknown"}, "the receipt says so")
            expect.equal(site.receipt()["finished_at"], None, "the end of a run that was killed")
            result = script(site, server, "-Yes")
            expect.status(result, 0)
            expect(site.receipt()["finished_at"], "the run has an end")
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


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
