#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How closely the calls of a run follow each other, and when it begins: test_pace.py BUILD [NAME…]."""

import json
import signal
import sys
import time

from standin import REFRESH, Site, run_tests


def most_in_flight(site):
    """Refreshes between their call and the growth of SourceVersion, at most, in the order of the stand-in's log."""
    now = most = 0
    for entry in site.entries("effect"):
        now += (entry["effect"] == "refresh") - (entry["effect"] == "source-version")
        most = max(most, now)
    return most


def calls(site):
    return [entry["path"].rsplit(".", 1)[1] + " " + entry["path"].split("'")[1] for entry in site.requests("POST")]


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def until(condition, process):
    while not condition() and process.poll() is None:
        time.sleep(0.02)


def test_parallel(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",) * 4, install=False).make_plan()
    for bound, wanted in ((0, 4), (1, 1), (2, 2)):
        with site.start("--settle-delay", "2.5", load=True) as server:
            expect.status(site.apply(server, "run", "--parallel", bound, "--events", "events"), 0)
            expect(most_in_flight(site) <= wanted, f"{most_in_flight(site)} in flight with --parallel {bound}")
            # On a machine that is busy enough one may end before the next is called, but hardly all of them.
            expect(most_in_flight(site) >= min(wanted, 2), f"only {most_in_flight(site)} in flight with --parallel {bound}")
            expect.equal(calls(site), [f"{REFRESH} {package['id']}" for package in site.packages], "calls in the plan's order")
            expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")
        events = [json.loads(line) for line in (folder / "events").read_text().splitlines()]
        expect.equal(any(event["type"] == "hold" for event in events), 0 < bound < 4, f"an event that says so, with {bound}")
        (folder / "events").unlink()
        site.forget()


def test_reload_waits_with_its_refresh(build, folder, expect):
    """No package is left for hours with new metadata and old content; one without a refresh waits for nobody."""
    site = Site(build, folder, kinds=("both", "both", "reload"), install=False).make_plan()
    with site.start("--settle-delay", "2.5", load=True) as server:
        expect.status(site.apply(server, "run", "--parallel", 1), 0)
    effects = [(entry["effect"], entry["package_id"]) for entry in site.entries("effect")]
    first, second, third = (package["id"] for package in site.packages)
    expect(effects.index(("source-version", first)) < effects.index(("reload", second)), f"the second reload waits: {effects}")
    expect(effects.index(("reload", third)) < effects.index(("source-version", first)), f"the third does not: {effects}")


def test_parallel_while_the_site_is_at_work(build, folder, expect):
    """SourceVersion has grown, and the site is still at work on the package: it is still in flight."""
    site = Site(build, folder, kinds=("refresh",) * 2, install=False).make_plan()
    first, second = (package["id"] for package in site.packages)
    # The third look at the first package is the one behind its call.
    faults = [{"method": "GET", "path": f"*{first}*", "nth": nth, "action": "change-record", "package_id": first, "set": {"ActionInProgress": value}}
              for nth, value in ((3, 1), (6, 0))]
    for bound, looks in ((1, 6), (0, 3)):
        with site.start(faults=faults, load=True) as server:
            expect.status(site.apply(server, "run", "--parallel", bound), 0)
        entries = site.requests()
        called = next(i for i, entry in enumerate(entries) if entry["method"] == "POST" and second in entry["path"])
        before = [entry for entry in entries[:called] if entry["method"] == "GET" and first in entry["path"]]
        expect.equal(len(before), looks, f"looks at the first package before the second call, with --parallel {bound}")
        expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")
        site.forget()


def test_parallel_does_not_wait_for_ever(build, folder, expect):
    """A site that never says that it is done keeps others waiting for another settle time, and the last one nobody."""
    site = Site(build, folder, kinds=("refresh",) * 2, install=False).make_plan()
    first, second = (package["id"] for package in site.packages)
    faults = [{"method": "GET", "path": f"*{package}*", "nth": 3, "action": "change-record", "package_id": package, "set": {"ActionInProgress": 1}}
              for package in (first, second)]
    with site.start(faults=faults, load=True) as server:
        expect.status(site.apply(server, "run", "--parallel", 1, "--settle", 2), 0)
    gets = [entry for entry in site.requests("GET") if second in entry["path"]]
    expect.equal(len(gets), 3, "looks at the last package")
    expect.equal(site.effects("refresh"), {first: 1, second: 1}, "refreshes")


def test_parallel_goes_on(build, folder, expect):
    """A run that was killed with a refresh in flight: the next one counts it."""
    site = Site(build, folder, kinds=("refresh",) * 3, install=False).make_plan()
    with site.start("--settle-delay", "3", load=True) as server:
        process = site.start_apply(server, "run", "--parallel", 1)
        until(lambda: site.requests("POST"), process)
        process.kill()
        process.communicate()
        expect.status(site.apply(server, "run", "--parallel", 1), 0)
    expect.equal(most_in_flight(site), 1, "in flight in both runs together")
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")


def test_parallel_and_what_fails(build, folder, expect):
    """What fails or is never seen gives its place to the next."""
    site = Site(build, folder, kinds=("refresh",) * 4, install=False).make_plan()
    faults = [{"method": "POST", "nth": 1, "action": "return-value", "value": 5}, {"method": "POST", "nth": 2, "action": "no-effect"}]
    with site.start(faults=faults, load=True) as server:
        expect.status(site.apply(server, "run", "--parallel", 1, "--settle", 2), 6)
    expect.equal([site.outcomes()[(package["id"], REFRESH)] for package in site.packages], ["failed", "unverified", "done", "done"], "outcomes")


def with_groups(site, groups):
    """Plans again with groups of distribution points: name → (number of points, places of packages)."""
    rows = []
    for i, (name, (points, places)) in enumerate(groups.items()):
        for place in places:
            package = site.packages[place]["id"]
            rows.append({"__CLASS": "SMS_PackageContentServerInfo", "PackageID": package, "PackageType": 257, "ContentServerID": f"{{GROUP-{i}}}",
                         "ContentServerType": 2, "Name": name})
            rows += [{"__CLASS": "SMS_DPGroupDistributionStatusDetails", "ID": len(rows) * 100 + point, "GroupID": f"{{group-{i}}}",
                      "DPName": f"DP{point:02}.contoso.com", "PackageID": package, "ObjectType": 257, "MessageState": 1, "MessageID": 2330,
                      "StatusTime": "2026-01-09T22:41:00Z"} for point in range(points)]
    (site.folder / "groups.json").write_text(json.dumps({"value": rows}))
    site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", "--taken-at", "2026-02-21T02:10:00Z", "load.json", "groups.json")
    return site.plan()


def wave_of(site, places):
    return [f"{REFRESH} {site.packages[place]['id']}" for place in places]


GROUPS = {"Berlin": (3, (0, 1)), "Pilot": (1, (1, 2)), "Nobody knows": (0, (4,)), "Without a refresh": (2, (5,))}


def test_wave(build, folder, expect):
    """The fewest points first; a package goes with the largest of its groups, and one of no group behind all."""
    site = Site(build, folder, kinds=("refresh",) * 5 + ("reload",), install=False).make_plan()
    before = json.loads((folder / "plan.json").read_text())
    plan = with_groups(site, GROUPS)
    expect.equal(plan["plan_id"], before["plan_id"], "what stands beside a plan moves no plan_id")
    expect.equal([(group["name"], group["points"], group["packages"]) for group in plan["site"]["groups"]],
                 [("Pilot", 1, [site.packages[1]["id"], site.packages[2]["id"]]), ("Berlin", 3, [site.packages[0]["id"], site.packages[1]["id"]]),
                  ("Nobody knows", None, [site.packages[4]["id"]])], "groups in the plan")
    with site.start("--settle-delay", "0.8", load=True) as server:
        check = site.apply(server, "check", "--wave")
        expect.says(check.stderr, "wave 1 of 3: Pilot, 1 package to be refreshed", "wave 2 of 3: Berlin, 2 packages",
                    f"in no wave, and refreshed after them: {site.packages[3]['id']}")
        result = site.apply(server, "run", "--wave", "--events", "events")
        expect.status(result, 0)
        expect.says(result.stderr, "wave 3 of 3: Nobody knows")
    made = [call for call in calls(site) if call.startswith(REFRESH)]
    expect.equal(made, wave_of(site, (2, 0, 1, 4, 3)), "the order of the refreshes")
    effects = [(entry["effect"], entry["package_id"]) for entry in site.entries("effect")]
    for earlier, later in ((2, 0), (2, 1), (0, 4), (1, 4), (4, 3)):
        expect(effects.index(("source-version", site.packages[earlier]["id"])) < effects.index(("refresh", site.packages[later]["id"])),
               f"package {later} waits for package {earlier}")
    waves = [json.loads(line)["message"] for line in (folder / "events").read_text().splitlines() if '"wave"' in line]
    expect.equal(waves, ["Pilot", "Berlin", "Nobody knows", None], "events")


def test_wave_goes_on(build, folder, expect):
    """Also behind what fails, with a bound inside of a wave, and in the next run."""
    site = Site(build, folder, kinds=("both",) * 5, install=False).make_plan()
    with_groups(site, {"Pilot": (1, (4,)), "Berlin": (3, (2, 3)), "Hamburg": (4, (0,))})
    # The reload of the first wave fails, so that its refresh is never called.
    faults = [{"method": "POST", "path": f"*{site.packages[4]['id']}*Reload*", "nth": 1, "action": "return-value", "value": 5},
              {"method": "POST", "path": f"*{site.packages[3]['id']}*Refresh*", "nth": 1, "action": "die-after-effect"}]
    with site.start("--settle-delay", "0.5", faults=faults, load=True) as server:
        process = site.start_apply(server, "run", "--wave", "--parallel", 1)
        server.process.wait(30)
        process.kill()
        process.communicate()
    with site.start("--settle-delay", "0.5") as server:
        expect.status(site.apply(server, "run", "--wave", "--parallel", 1, "--settle", 3), 0)
    refreshes = [call for call in calls(site) if call.startswith(REFRESH)]
    # What failed has its turn first, as the first wave that is not over.
    expect.equal(refreshes, wave_of(site, (2, 3, 4, 0, 1)), "the order of the refreshes of both runs")
    expect.equal(most_in_flight(site), 1, "in flight")
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")


def test_wave_without_groups(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "reload"), install=False).make_plan()
    with site.start(load=True) as server:
        for groups in (None, {"Berlin": (1, (1,))}):
            if groups:
                with_groups(site, groups)
            result = site.apply(server, "run", "--wave")
            expect.status(result, 4)
            expect.says(result.stderr, "plan.json", "no group", "--wave")
        with_groups(site, {"Berlin": (1, (0,))})
        result = site.apply(server, "run", "--wave", "--only", site.packages[1]["id"])
        expect.status(result, 4)
        expect.status(site.apply(server, "run", "--wave"), 0)
    expect.equal(len(calls(site)), 2, "calls")


def test_pause(build, folder, expect):
    site = Site(build, folder, kinds=("both", "reload", "refresh"), install=False).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server, "run", "--pause", 1, "--events", "events"), 0)
        at = [entry["at"] for entry in site.requests("POST")]
        # The log has the time of a request's end, and the clock of the waits is another one.
        expect(all(later - earlier > 0.9 for earlier, later in zip(at, at[1:])), f"times of the calls: {at}")
        pauses = [json.loads(line) for line in (folder / "events").read_text().splitlines() if '"pause"' in line]
        expect.equal(len(pauses), 3, "events")
        site.forget()
    # Ctrl+C in a long pause: nothing more is called, and it is over at once.
    with site.start(load=True) as server:
        process = site.start_apply(server, "run", "--pause", 3600, "--events", "events")
        until(lambda: '"pause"' in (folder / "events").read_text().splitlines()[-1], process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        expect.equal(process.returncode, 130, "exit status")
        expect.equal(len(site.requests("POST")), 1, "calls before Ctrl+C")
        expect.status(site.apply(server, "run"), 0)
        expect.equal(len(site.requests("POST")), 4, "calls of both runs")


def test_pause_meets_the_end_of_the_window(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",) * 2, install=False).make_plan()
    with site.start(load=True) as server:
        result = site.apply(server, "run", "--pause", 10, "--window", f"/{iso(10)}")
        expect(len(site.requests("POST")) <= 1, "calls")
        expect.status(result, 6)
        expect.says(result.stdout, "left over: the window")


def test_wait(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",) * 2, install=False).make_plan()
    with site.start(load=True) as server:
        opens = int(time.time()) + 3
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(opens))
        expect.status(site.apply(server, "run", "--wait", "--window", f"{stamp}/"), 0)
        expect(all(entry["at"] >= opens for entry in site.requests("POST")), "nothing is called before the window opens")
        expect.equal(len(site.requests("POST")), 2, "calls")
        site.forget()


def stopped(site, server, expect, says, *options):
    """A run that waits, and is interrupted."""
    (site.folder / "events").unlink(missing_ok=True)
    process = site.start_apply(server, "run", "--wait", "--events", "events", *options)
    until(lambda: (site.folder / "events").exists() and '"wait"' in (site.folder / "events").read_text(), process)
    process.send_signal(signal.SIGTERM)
    err = process.communicate(timeout=30)[1]
    expect.equal(process.returncode, 143, f"exit status: {err}")
    expect.says(err, "waiting until the window opens", says, "before this run called anything", "--wait")
    event = next(json.loads(line) for line in (site.folder / "events").read_text().splitlines() if '"wait"' in line)
    expect.equal((event["type"], event["message"]), ("wait", says), "the event")
    return event["seconds"]


def test_wait_is_interrupted(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",), install=False).make_plan()
    with site.start(load=True) as server:
        opens = time.gmtime(time.time() + 7200)
        seconds = stopped(site, server, expect, time.strftime("%Y-%m-%d %H:%MZ", opens), "--window", time.strftime("%Y-%m-%dT%H:%M:%SZ/", opens))
        expect(7000 < seconds <= 7200, f"{seconds} seconds")
        # A window that recurs: three days from now is the next one, whatever week it is.
        day = time.gmtime(time.time() + 3 * 86400)
        weekday = time.strftime("%A", day)
        (folder / "conf").write_text(f"[window]\nevery = every week on {weekday} at 20:00 UTC\nduration = 4h\n")
        stopped(site, server, expect, time.strftime("%Y-%m-%d 20:00Z", day), "--config", "conf")
        expect.equal(site.requests("POST"), [], "calls")


def test_wait_looks_again(build, folder, expect):
    """What a package was when the wait began says little of what it is when the window opens."""
    site = Site(build, folder, kinds=("refresh",), install=False).make_plan()
    package = site.packages[0]
    faults = [{"method": "GET", "path": f"*{package['id']}*", "nth": 2, "action": "change-record", "package_id": package["id"],
               "set": {"PkgSourcePath": r"\\other\share\w.wim"}}]
    with site.start(faults=faults, load=True) as server:
        result = site.apply(server, "run", "--wait", "--window", f"{iso(3)}/")
        expect.status(result, 4)
        expect.says(result.stderr, "PkgSourcePath")
        expect.equal(site.requests("POST"), [], "calls")
        # And what does not fit now is not waited with.
        result = site.apply(server, "run", "--wait", "--window", f"{iso(3600)}/", timeout=30)
        expect.status(result, 4)


def test_wait_needs_a_beginning(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",), install=False).make_plan()
    with site.start(load=True) as server:
        for window in ((), ("--window", f"/{iso(3600)}")):
            result = site.apply(server, "run", "--wait", *window)
            expect.status(result, 2)
            expect.says(result.stderr, "--wait needs a window that has a beginning")
        result = site.apply(server, "run", "--wait", "--window", f"{iso(-7200)}/{iso(-3600)}", timeout=30)
        expect.status(result, 6)
        expect.says(result.stderr, "is over")
        expect.equal(site.requests("POST"), [], "calls")
        for option, value in (("--pause", "86401"), ("--pause", "-1"), ("--pause", "1.5"), ("--parallel", "1000001"), ("--parallel", "x")):
            result = site.apply(server, "run", option, value)
            expect.status(result, 2)
            expect.says(result.stderr, option)
        expect.status(site.apply(server, "run", "--wait", "--window", f"{iso(-60)}/", "--pause", 86400, "--parallel", 1000000), 0)


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
