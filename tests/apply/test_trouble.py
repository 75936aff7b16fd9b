#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wimplan-apply does when a site or the way to it fails: test_trouble.py BUILD [NAME…]."""

import json
import socket
import sys
import time

from standin import REFRESH, RELOAD, Keeper, Site, run_tests

CALLS = "*AdminService.*"


def all_done(site, expect, **refreshes):
    expect.equal({step: outcome for step, outcome in site.outcomes().items() if outcome not in ("done", "satisfied")}, {}, "not done")
    wanted = {package_id: 1 for package_id, action in site.planned() if action == REFRESH}
    expect.equal(site.effects("refresh"), wanted, "refreshes")
    expect.equal(set(site.effects("reload")), {package_id for package_id, action in site.planned() if action == RELOAD}, "reloads")


def step_of(site, package, action):
    return next(step for step in site.receipt()["steps"] if (step["package_id"], step["action"]) == (package["id"], action))


def test_a_line_a_minute(build, folder, expect):
    """Without a terminal a run that waits says every minute for what. First, for it takes longest."""
    site = Site(build, folder, kinds=("refresh", "reload")).make_plan()
    with site.start("--settle-delay", "70", lifetime=150, load=True) as server:
        for options, lines in (((), 1), (("--quiet",), 0)):
            # The second one finds that it is done.
            result = site.apply(server, "run", "--settle", "100", *options)
            expect.status(result, 0 if lines else 4)
            said = [line for line in result.stderr.splitlines() if "waiting for" in line]
            expect.equal(len(said), lines, f"lines {options}: {result.stderr!r}")
            if lines:
                expect.says(said[0], "wimplan-apply: 1 of 2 steps have ended; waiting for", site.packages[0]["id"], REFRESH, "SourceVersion is still 3")


def test_transient_answers(build, folder, expect):
    """Each says that nothing was done and that it may be tried again."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    for name, fault in {
        "429": {"action": "status", "status": 429, "retry_after": 1},
        "503": {"action": "status", "status": 503},
        "lock": {"action": "lock", "seconds": 0.5},
        "lock as text": {"action": "lock", "seconds": 0.5, "text": True},
        "deadlock": {"action": "sql1205"},
        "deadlock as text": {"action": "sql1205", "text": True},
    }.items():
        with site.start(faults=[{"method": "POST", "nth": 2, **fault}], load=True) as server:
            result = site.apply(server)
            expect.status(result, 0)
            expect.equal(sum(site.effects("refresh").values()), 2, f"refreshes after {name}")
            expect(step_of(site, site.packages[0], REFRESH)["attempts"] >= 2, f"attempts after {name}")
            all_done(site, expect)
        site.forget()


def test_transient_reads(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    for fault in ({"action": "status", "status": 503}, {"action": "status", "status": 429, "retry_after": 1}, {"action": "sql1205"},
                  {"action": "close-before-read"}, {"action": "half-response"}, {"action": "html", "status": 503}):
        with site.start(faults=[{"method": "GET", "path": f"*{site.packages[1]['id']}*", "nth": n, **fault} for n in (1, 3)],
                        load=True) as server:
            result = site.apply(server)
            expect.status(result, 0)
            all_done(site, expect)
        site.forget()


def test_retry_after(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    for dated in (False, True):
        # A date counts from the clock, however long the run took to begin; a number of seconds from the answer.
        date = int(time.time()) + 5
        after = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(date)) if dated else 3
        with site.start(faults=[{"method": "POST", "nth": 1, "action": "status", "status": 503, "retry_after": after}], load=True) as server:
            expect.status(site.apply(server), 0)
        at = [entry["at"] for entry in site.requests("POST")]
        expect(len(at) == 2 and at[1] >= (date if dated else at[0] + 3) - 0.1, f"Retry-After {after}: {at}")
        site.forget()


def test_long_waits(build, folder, expect):
    """A wait of more than ten seconds is said while it lasts; one that is longer than is waited fails the step at once, and the next run
    calls it."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    faults = [{"path": "*$metadata", "nth": 1, "action": "status", "status": 503, "retry_after": 11},
              {"method": "POST", "nth": 1, "action": "status", "status": 429, "retry_after": 100000}]
    with site.start(faults=faults, load=True) as server:
        result = site.apply(server)
        expect.status(result, 6)
        expect.says(result.stderr, f"waiting 11 s for {server.url}: ", "503")
        step = site.receipt()["steps"][0]
        expect.equal(step["outcome"], "failed", "outcome")
        expect.says(step["error"], "given up after 1 attempt: ", "it asks for a pause of 100000 s, and no more than 300 s are waited in all")
        expect.equal(site.effects("refresh"), {}, "effects")
        expect.status(site.apply(server), 0)
        all_done(site, expect)


def test_plan_changed_under_the_run(build, folder, expect):
    """The plan is read once: what is called is what was approved, whatever becomes of the file; the next run refuses it."""
    site = Site(build, folder, kinds=("refresh",) * 4).make_plan()
    plan, first = folder / "plan.json", site.packages[0]["id"]
    whole = plan.read_bytes()
    at = whole.rindex(b'"SourceVersion"')
    with site.start(faults=[{"method": "POST", "path": f"*{first}*", "action": "slow", "seconds": 2}], load=True) as server:
        run = site.start_apply(server)
        while not site.requests("POST"):
            time.sleep(0.02)
        # In place, and not a file that takes the plan's name.
        with open(plan, "r+b") as file:
            file.seek(at)
            file.write(b'"SourceVersioN"')
        err = run.communicate()[1]
        expect.equal(run.returncode, 0, f"status: {err}")
        all_done(site, expect)
        result = site.apply(server)
        expect.status(result, 4)
        expect.says(result.stderr, "was changed after it was made")


def test_plan_replaced_under_the_run(build, folder, expect):
    """A file that takes the plan's name in the meantime is another plan, and not that of this run."""
    site = Site(build, folder, kinds=("refresh",) * 3).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}], load=True) as server:
        run = site.start_apply(server)
        while not site.requests("POST"):
            time.sleep(0.02)
        (folder / "other.json").write_text("{}")
        (folder / "other.json").replace(folder / "plan.json")
        err = run.communicate()[1]
        expect.equal(run.returncode, 0, f"status: {err}")
        expect.equal(sum(site.effects("refresh").values()), 3, "refreshes")


def test_who_may_not(build, folder, expect):
    """401 and 403: one request each, and no more."""
    site = Site(build, folder).make_plan()
    for status in (401, 403):
        with site.start(faults=[{"action": "status", "status": status}], load=True) as server:
            result = site.apply(server)
            expect.status(result, 1)
            expect.says(result.stderr, str(status))
            expect.equal(len(site.requests()), 1, f"requests with {status}")
        site.forget()


def test_denied_in_the_middle(build, folder, expect):
    site = Site(build, folder, kinds=("both", "both")).make_plan()
    faults = [{"method": "POST", "nth": 2, "count": 100, "action": "status", "status": 403}]
    with site.start(faults=faults, load=True) as server:
        result = site.apply(server)
        expect(result.returncode in (1, 6), f"exit status {result.returncode}")
        expect.equal(len(site.requests("POST")), 2, "calls")
    with site.start() as server:
        expect.status(site.apply(server), 0)
    all_done(site, expect)


def test_failures(build, folder, expect):
    """Said to have failed: shown with its code and meaning, not tried again by this run, tried again by the next."""
    site = Site(build, folder, kinds=("both", "refresh", "refresh")).make_plan()
    for fault, words in (
        ({"action": "return-value", "value": 5}, ("0x00000005", "5")),
        ({"action": "return-value", "value": -2147217407}, ("0x80041001",)),
        ({"action": "extended-status", "error_code": 0x80460A05}, ("0x80460A05",)),
        ({"action": "extended-status", "error_code": 1633, "text": True}, ("1633",)),
    ):
        faults = [{"method": "POST", "path": f"*{site.packages[1]['id']}*", "nth": 1, **fault}]
        with site.start(faults=faults, load=True) as server:
            result = site.apply(server)
            expect.status(result, 6)
            expect.says(result.stdout + result.stderr, *words)
            step = step_of(site, site.packages[1], REFRESH)
            expect.equal(step["outcome"], "failed", f"outcome of {fault}")
            expect.says(json.dumps(step["error"]), *words[:1])
            expect.equal(site.outcomes()[site.packages[2]["id"], REFRESH], "done", "the next package")
            expect.equal(len(site.requests("POST", f"{site.packages[1]['id']}')/AdminService.{REFRESH}")), 1, "calls")
            expect.status(site.apply(server), 0)
            all_done(site, expect)
        site.forget()


def test_failed_reload_keeps_the_refresh(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    (folder / "sources" / site.packages[0]["file"]).unlink()
    with site.start(load=True) as server:
        expect.status(site.apply(server), 6)
    outcomes = site.outcomes()
    expect.equal(outcomes[site.packages[0]["id"], RELOAD], "failed", "reload")
    expect.equal(outcomes[site.packages[0]["id"], REFRESH], "skipped", "refresh")
    expect.equal(site.effects("refresh"), {site.packages[1]["id"]: 1}, "refreshes")


def test_error_pages(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(faults=[{"action": "html", "status": 403}], load=True) as server:
        result = site.apply(server)
        expect.status(result, 1)
        expect("<html" not in result.stderr.lower() and "<p>" not in result.stderr, f"HTML in a message: {result.stderr!r}")
    with site.start(faults=[{"action": "html", "status": 200}], load=True) as server:
        result = site.apply(server)
        expect.status(result, 1)
        expect.equal(site.requests("POST"), [], "calls")


def test_no_answer_but_effect(build, folder, expect):
    """The connection breaks when the call has taken effect: it is looked up, not sent again. libcurl 7.88 would send a POST a
    second time when a connection that it uses again turns out to be dead: the provider's log shows that it did not."""
    site = Site(build, folder, kinds=("both", "refresh", "both", "refresh")).make_plan()
    for action in ("close-after-effect", "half-response"):
        for reused in (False, True):
            fault = {"method": "POST", "path": "*RefreshPkgSource", "action": action, "reused": reused}
            with site.start("--settle-delay", "0-0.4", faults=[fault], load=True) as server:
                result = site.apply(server)
                expect.status(result, 0)
                all_done(site, expect)
                posts = site.requests("POST", REFRESH)
                expect.equal(len(posts), 4, f"POST requests with {action}, reused {reused}")
                faulty = [entry for entry in posts if entry["fault"]]
                lookups = [step["looked_up"] for step in site.receipt()["steps"] if step["action"] == REFRESH]
                if action == "close-after-effect":
                    expect.equal(sum(lookups), len(faulty), "looked up")
            site.forget()


def test_lost_and_at_work(build, folder, expect):
    """A refresh without an answer, whose work at the site outlasts the settle time: ActionInProgress keeps it from being sent again."""
    site = Site(build, folder, kinds=("refresh", "reload")).make_plan()
    fault = {"method": "POST", "path": "*RefreshPkgSource", "nth": 1, "action": "close-after-effect"}
    for delay, settle, runs in (("6", "3", 2), ("9", "2", 4), ("3", "2", 1)):
        with site.start("--settle-delay", delay, faults=[fault], load=True) as server:
            statuses = []
            while 0 not in statuses and len(statuses) < runs:
                result = site.apply(server, "run", "--settle", settle)
                statuses.append(result.returncode)
                step = step_of(site, site.packages[0], REFRESH)
                expect.equal(step["outcome"], "done" if result.returncode == 0 else "unknown", f"outcome of run {len(statuses)}")
                expect.says(step["error"] or "ActionInProgress", "ActionInProgress")
            expect.equal((set(statuses[:-1]) | {6}, statuses[-1]), ({6}, 0), f"exit statuses with a delay of {delay} s")
            expect(delay != "9" or len(statuses) > 1, "a run looks no longer than twice the settle time")
            expect.equal(len(site.requests("POST", REFRESH)), 1, "calls")
            all_done(site, expect)
            expect.equal((step["looked_up"], step["attempts"]), (True, 1), "looked up")
        site.forget()


def test_no_answer_to_reload(build, folder, expect):
    site = Site(build, folder, kinds=("both", "reload")).make_plan()
    with site.start(faults=[{"method": "POST", "path": "*ReloadImageProperties", "count": 2, "nth": 1, "action": "close-after-effect"}],
                    load=True) as server:
        expect.status(site.apply(server), 0)
        all_done(site, expect)
        expect.equal(len(site.requests("POST", RELOAD)), 2, "reloads")


def test_dropped_before_it_was_read(build, folder, expect):
    """The call never happened, and nobody can know: it is sent again only when the settle time is over."""
    site = Site(build, folder, kinds=("refresh", "both")).make_plan()
    with site.start(faults=[{"method": "POST", "path": "*RefreshPkgSource", "nth": 1, "action": "close-before-read"}], load=True) as server:
        tries = 0
        status = None
        while tries < 3 and status != 0:
            result = site.apply(server, "run", "--settle", "3")
            status, tries = result.returncode, tries + 1
            expect(status in (0, 6), f"exit status {status}: {result.stderr[-300:]}")
        expect.equal(status, 0, "in the end")
    all_done(site, expect)
    at = [entry["at"] for entry in site.requests("POST") if site.packages[0]["id"] in entry["path"]]
    expect(len(at) == 2 and at[1] - at[0] >= 2.9, f"time between the two calls: {at}")


def test_gateway_time_out(build, folder, expect):
    """A proxy's 502 or 504 says nothing about the call behind it."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "html", "status": 504}], load=True) as server:
        began = time.monotonic()
        status = site.apply(server, "run", "--settle", "3").returncode
        if status == 6:
            expect.equal(site.outcomes(), {(site.packages[0]["id"], REFRESH): "unknown"}, "outcome")
            status = site.apply(server, "run", "--settle", "3").returncode
        expect.equal(status, 0, "in the end")
        at = [entry["at"] for entry in site.requests("POST")]
        expect(len(at) == 2 and at[1] - at[0] >= 2.9, f"time between the two calls: {at}")
    all_done(site, expect)


def test_a_provider_that_hangs(build, folder, expect):
    """It costs twice the time-out, not that for each try."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"path": f"*{site.packages[0]['id']}*", "action": "slow", "seconds": 1.3}], load=True) as server:
        result = site.apply(server, "check", "--timeout", "1")
        expect.status(result, 1)
        expect.says(result.stderr, "does not answer", site.packages[0]["id"])
    expect.equal(len([entry for entry in site.requests("GET") if site.packages[0]["id"] in entry["path"]]), 2, "attempts")


def test_a_provider_that_hangs_everywhere(build, folder, expect):
    """Also where it describes itself, and where there is a server but it takes no connection."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"action": "slow", "seconds": 1.6}], load=True) as server:
        for command in ("check", "run"):
            before, began = len(site.requests()), time.monotonic()
            result = site.apply(server, command, "--timeout", "1")
            expect.status(result, 1)
            expect.says(result.stderr, "does not answer", "$metadata")
            expect.equal(len(site.requests()) - before, 2, f"attempts of {command}")
            expect(time.monotonic() - began < 5, f"it took {time.monotonic() - began:.1f} s")
    with socket.socket() as full:
        # Connections that nobody takes, until no more of them are made.
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        server.url = f"http://127.0.0.1:{full.getsockname()[1]}/AdminService"
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        began = time.monotonic()
        expect.status(site.apply(server, "check", "--timeout", "1"), 1)
        expect(time.monotonic() - began < 5, f"it took {time.monotonic() - began:.1f} s to find that nobody takes a connection")
        for client in clients:
            client.close()


def test_source_changed_after_the_plan(build, folder, expect):
    """The reload reads another file than the plan did: that is said at the first look, however long the settle time is."""
    site = Site(build, folder, kinds=("both", "reload"), install=False).make_plan()
    changed = site.packages[0]
    recipe = (folder / "sources.recipes").read_text()
    (folder / "other.recipes").write_text(recipe.split("wim ")[1].join(("wim ", "")).replace(".3007.", ".9999."))
    site.must(site.build / "mkwim", "-C", folder / "sources", folder / "other.recipes")
    for options in ((), ("--needs-commit",)):
        for lost in (False, True):
            faults = [{"method": "POST", "path": f"*{RELOAD}", "nth": 1, "action": "close-after-effect"}] if lost else []
            with site.start(*options, faults=faults, load=True) as server:
                began = time.monotonic()
                result = site.apply(server, "run", "--settle", "60" if not (lost and options) else "3")
                expect.status(result, 6)
                expect(time.monotonic() - began < 20, f"it took {time.monotonic() - began:.0f} s with {options}, lost {lost}")
                expect.says(result.stdout, "the source was changed after the plan", "wimplan verify", "10.0.22631.9999")
                expect.equal(site.outcomes(), {(changed["id"], RELOAD): "failed", (changed["id"], REFRESH): "skipped",
                                               (site.packages[1]["id"], RELOAD): "done"}, "outcomes")
                # What the site has now is not what the plan was made for.
                expect.says(site.apply(server).stderr, changed["id"], "plan again")
            site.forget()


def test_slow_beyond_the_time_out(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 4}], load=True) as server:
        result = site.apply(server, "run", "--timeout", "2", "--settle", "12")
        expect.status(result, 0)
    all_done(site, expect)
    expect.equal(len(site.requests("POST")), 2, "calls")


def test_server_dies_and_comes_back(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh", "both")).make_plan()
    faults = [{"method": "POST", "nth": 2, "action": "die-after-effect"}, {"method": "GET", "nth": 3, "action": "die"}]
    with Keeper(site, site.start(faults=faults, load=True), faults=faults, pause=1) as keeper:
        status, tries = None, 0
        while status != 0 and tries < 4:
            result = site.apply(keeper.servers[0])
            status, tries = result.returncode, tries + 1
        expect.status(result, 0)
        expect.equal(len(keeper.servers), 3, "lives")
    all_done(site, expect)


def test_nobody_listens(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        pass
    # No name server is asked for what is longer than a name may be.
    unknown = f"https://{'x' * 64}.invalid/AdminService"
    for command in ("check", "run"):
        for url, words in ((server.url, (str(server.port), "Connection refused", "port of the URL")),
                           (unknown, ("cannot be reached", "resolve", "check the name of the host"))):
            server.url = url
            began = time.monotonic()
            result = site.apply(server, command)
            expect.status(result, 1)
            expect.says(result.stderr, *words)
            expect(time.monotonic() - began < 3, f"it took {time.monotonic() - began:.0f} s to say so")
            expect.equal(result.stderr.count("\n"), 1, "lines")
        server.url = f"http://127.0.0.1:{server.port}/AdminService"


def test_killed_in_a_call(build, folder, expect):
    """A step that was started and has no outcome is looked up."""
    site = Site(build, folder, kinds=("refresh", "both")).make_plan()
    with site.start("--settle-delay", "1", faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}], load=True) as server:
        process = site.start_apply(server)
        while not site.requests("POST") and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
        expect.status(site.apply(server), 0)
        step = step_of(site, site.packages[0], REFRESH)
        expect.equal((step["outcome"], step["looked_up"], step["source_version_after"]), ("done", True, 4), "step")
    all_done(site, expect)


def test_window(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "refresh", "refresh")).make_plan()

    def iso(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))

    def shown(seconds):
        return time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + seconds))

    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 4}], load=True) as server:
        for window in (f"{iso(-7200)}/{iso(-3600)}", ):
            result = site.apply(server, "run", "--window", window)
            expect.status(result, 6)
            expect.says(result.stderr, shown(-7200), shown(-3600), "is over", "a run begins no step now", "to go on, with another --window: wimplan-apply run --provider")
            expect.says(result.stdout, "left over: the window", shown(-7200), "is over")
        for window, word in ((f"{iso(3600)}/{iso(7200)}", shown(3600)), (f"{iso(3600)}/", f"from {shown(3600)}Z has not begun")):
            result = site.apply(server, "run", "--window", window)
            expect.status(result, 6)
            expect.says(result.stderr, word, "has not begun", "to go on then: wimplan-apply run --provider", f"--window {window}")
            expect.equal({step["error"].split(":")[0] for step in site.receipt()["steps"]}, {"left over"}, "errors")
            check = site.apply(server, "check", "--window", window)
            expect.status(check, 0)
            expect.says(check.stderr, word, "has not begun: a run begins no step now")
        for window in ("tonight", f"{iso(3600)}/{iso(0)}", f"{iso(0)}"):
            expect.status(site.apply(server, "run", "--window", window), 2)
        expect.equal(site.requests("POST"), [], "calls outside the window")
        expect.status(site.apply(server, "run", "--window", f"{iso(-60)}/{iso(2)}"), 6)
        expect.equal(len(site.requests("POST")), 1, "calls of a window that ends")
        outcomes = sorted(site.outcomes().values())
        expect("done" in outcomes, f"the step that began in time is finished: {outcomes}")
        expect.status(site.apply(server, "run", "--window", f"{iso(-60)}/{iso(3600)}"), 0)
    all_done(site, expect)


def test_window_ends_before_the_call(build, folder, expect):
    """While the record is read once more, which may take long, the window ends."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    faults = [{"method": "GET", "path": f"*{site.packages[0]['id']}*", "nth": 2, "action": "slow", "seconds": 5}]
    with site.start(faults=faults, load=True) as server:
        # A time that is fixed for what is printed does not move the window.
        expect.status(site.apply(server, "run", "--window", f"/{end}", env={"SOURCE_DATE_EPOCH": "1000000000"}), 6)
        expect.equal(site.requests("POST"), [], "calls")
        expect.equal(set(site.outcomes().values()), {"skipped"}, "outcomes")
        expect.status(site.apply(server), 0)
    all_done(site, expect)


def test_success_that_is_none(build, folder, expect):
    """A login page with status 200 in place of an answer to a call says nothing about the call."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "html", "status": 200}], load=True) as server:
        result = site.apply(server, "run", "--settle", "2")
        if result.returncode == 6:
            result = site.apply(server, "run", "--settle", "2")
        expect.status(result, 0)
    all_done(site, expect)


def test_control_characters(build, folder, expect):
    """What a server says is not let loose on a terminal."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"method": "POST", "action": "extended-status", "error_code": 5, "description": "a\x1b[2Jb\x07c\nd"}],
                    load=True) as server:
        result = site.apply(server)
        expect.status(result, 6)
        expect("\x1b" not in result.stdout + result.stderr and "\x07" not in result.stdout + result.stderr, "control characters")
        expect.says(result.stdout + result.stderr, "[2Jb")


def test_authentication_sends_once(build, folder, expect):
    """Without a ticket or with a refused password: one request, and no call is sent twice."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    for options, env in ((("--auth", "negotiate"), {"KRB5CCNAME": "/nonexistent/ticket"}),
                         (("--auth", "ntlm", "--user", "CONTOSO\\ops"), {"WIMPLAN_PASSWORD": "s3cr3t-password"})):
        with site.start(faults=[{"action": "status", "status": 401}], load=True) as server:
            result = site.apply(server, "run", *options, env=env)
            expect.status(result, 1)
            expect(1 <= len(site.requests()) <= 2, f"{len(site.requests())} requests with {options}")
            expect("s3cr3t" not in result.stderr, "the password stands in the message")
        site.forget()


def test_somebody_refreshed(build, folder, expect):
    """After the plan was made, somebody refreshed without a reload. The reload was planned for another SourceVersion: a conflict.
    The refresh is there and is not sent again."""
    site = Site(build, folder, kinds=("both", "both")).make_plan()
    package = site.packages[1]
    with site.start(load=True) as server:
        server.request("POST", f"{package['class']}('{package['id']}')/AdminService.{REFRESH}", {})
        result = site.apply(server)
        expect.status(result, 4)
        expect.says(result.stderr, package["id"], "SourceVersion")
        expect.status(site.apply(server, "run", "--skip-conflicts"), 6)
    expect.equal(site.outcomes()[package["id"], RELOAD], "conflict", "reload")
    expect(site.outcomes()[package["id"], REFRESH] in ("satisfied", "conflict", "skipped"), "refresh")
    expect.equal(site.effects("refresh"), {one["id"]: 1 for one in site.packages}, "refreshes")


def test_somebody_refreshes(build, folder, expect):
    """Somebody called the same refresh a moment ago, and SourceVersion does not show it yet: ActionInProgress keeps it from being
    sent a second time."""
    site = Site(build, folder, kinds=("refresh", "both")).make_plan()
    package = site.packages[0]
    with site.start("--settle-delay", "3", load=True) as server:
        server.request("POST", f"{package['class']}('{package['id']}')/AdminService.{REFRESH}", {})
        expect.status(site.apply(server), 0)
        expect.equal(site.outcomes()[package["id"], REFRESH], "satisfied", "outcome")
    all_done(site, expect)
    site.forget()
    with site.start(faults=[{"method": "GET", "path": f"*{package['id']}*", "action": "change-record", "package_id": package["id"],
                             "set": {"ActionInProgress": 1}}], load=True) as server:
        began = time.monotonic()
        result = site.apply(server)
        expect.status(result, 6)
        expect.says(result.stdout, package["id"], "ActionInProgress")
        expect(time.monotonic() - began < 60, f"it took {time.monotonic() - began:.0f} s")
    expect.equal((site.outcomes()[package["id"], REFRESH], site.effects("refresh").get(package["id"])), ("failed", None), "at work for good")
    expect.equal(site.outcomes()[site.packages[1]["id"], REFRESH], "done", "the other package")


def test_unverified_is_not_sent_again_at_once(build, folder, expect):
    """Accepted and not seen in time: the next run looks first."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start("--settle-delay", "4", load=True) as server:
        expect.status(site.apply(server, "run", "--settle", "1"), 6)
        expect.equal(set(site.outcomes().values()), {"unverified"}, "outcome")
        time.sleep(3.5)
        expect.status(site.apply(server), 0)
        expect.equal(len(site.requests("POST")), 1, "calls")
    all_done(site, expect)


def test_clocks_differ(build, folder, expect):
    site = Site(build, folder).make_plan()
    for clock in ("1000000000", "4000000000"):
        with site.start("--clock", clock, "--settle-delay", "0.5", load=True) as server:
            expect.status(site.apply(server), 0)
        all_done(site, expect)
        site.forget()


def test_slow_metadata(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"path": "*$metadata", "nth": 1, "action": "slow", "seconds": 3}], load=True) as server:
        expect.status(site.apply(server, "run", "--timeout", "1"), 0)
    all_done(site, expect)


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
