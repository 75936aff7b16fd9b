#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wimplan-apply does when all goes well: test_runs.py BUILD [NAME…]."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time

from standin import IMAGE, REFRESH, RELOAD, Site, run_tests

ALL = ("both", "both", "reload", "refresh", "none")


def test_convergence(build, folder, expect):
    """Import, plan, apply, export again, import, record, plan: no changes."""
    site = Site(build, folder, kinds=ALL).make_plan()
    planned = site.planned()
    expect.equal(len(planned), 6, "planned steps")
    with site.start("--settle-delay", "0.2-0.6", load=True) as server:
        result = site.apply(server)
        expect.status(result, 0)
        expect.equal(site.outcomes(), {step: "done" for step in planned}, "outcomes")
        later = site.export(server, "later.json")
    site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", later)
    site.must("wimplan", "record", "--cache", "cache.db", site.receipt_path())
    after = site.run("wimplan", "plan", "--cache", "cache.db", "--map", site.map, "--detailed-exitcode", "-o", "after.json")
    expect.status(after, 0)
    shown = site.must("wimplan", "show", "after.json")
    expect.says(shown.stdout, "No changes")
    for package in site.packages:
        wanted = {RELOAD: int(package["kind"] in ("both", "reload")), REFRESH: int(package["kind"] in ("both", "refresh"))}
        found = {RELOAD: site.effects("reload").get(package["id"], 0), REFRESH: site.effects("refresh").get(package["id"], 0)}
        expect.equal(found, wanted, f"effects on {package['id']} ({package['kind']})")


def test_order_and_form(build, folder, expect):
    site = Site(build, folder, kinds=ALL).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
    posts = [entry["path"].rsplit(".", 1)[1] + " " + entry["path"].split("'")[1] for entry in site.requests("POST")]
    expect.equal(posts, [f"{action} {package_id}" for package_id, action in site.planned()], "calls in the plan's order")
    first = site.requests()[0]
    expect(first["path"].endswith("/$metadata"), f"$metadata is read first, not {first['path']}")
    expect.equal({entry["content_type"] for entry in site.requests("POST")}, {"application/json"}, "Content-Type")
    expect("wimplan" in (first["agent"] or ""), f"User-Agent: {first['agent']}")
    reads = {entry["path"] for entry in site.entries("request")[: [e["method"] for e in site.entries("request")].index("POST")]}
    for package_id, _ in site.planned():
        expect(any(package_id in path for path in reads), f"{package_id} is read before the first call")


def test_reads(build, folder, expect):
    """Each record is read once in the survey, once before the first call and once behind each call; what is begun ahead is not in vain."""
    site = Site(build, folder, kinds=("both", "refresh", "reload", "both", "refresh")).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
    expect.equal(len({entry["connection"] for entry in site.requests()}), 1, "connections")
    requests = [(entry["method"], package["id"]) for entry in site.requests() for package in site.packages if package["id"] in entry["path"]]
    wanted = [("GET", package["id"]) for package in site.packages]
    for package in site.packages:
        wanted += [("GET", package["id"])]
        wanted += [("POST", package["id"]), ("GET", package["id"])] * (2 if package["kind"] == "both" else 1)
    expect.equal(requests, wanted, "requests")


def test_bare_answers_and_large_metadata(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start("--bare", "--metadata-classes", "3000", load=True) as server:
        expect.status(site.apply(server), 0)
    expect.equal(site.outcomes(), {step: "done" for step in site.planned()}, "outcomes")


def test_receipt(build, folder, expect):
    site = Site(build, folder).make_plan()
    plan = json.loads((folder / "plan.json").read_text())
    with site.start(load=True) as server:
        result = site.apply(server, "run", "--json")
        expect.status(result, 0)
        receipt = site.receipt()
        expect.equal(json.loads(result.stdout), receipt, "run --json prints the receipt")
        expect.equal((receipt["format"], receipt["format_version"], receipt["plan_id"], receipt["site_code"], receipt["provider"],
                      receipt["by"]), ("wimplan-receipt", "1.1", plan["plan_id"], "P01", server.url, "tester@example"), "head")
        shown = site.run("wimplan", "show", site.receipt_path())
        expect.status(shown, 0)
        expect.says(shown.stdout, f"{len(receipt['steps'])} done.")
        expect.says(shown.stdout.replace("\n", " "), "by tester@example, at")
        for key in ("started_at", "finished_at"):
            expect(receipt[key] and receipt[key].endswith("Z"), f"{key}: {receipt[key]}")
        changes = {change["package_id"]: change for change in plan["body"]["changes"]}
        for step in receipt["steps"]:
            change, refreshed = changes[step["package_id"]], step["action"] == REFRESH
            expect.equal((step["return_value"], step["looked_up"], step["attempts"], step["error"], step["source_version_before"],
                          step["source_version_after"], step["content_id"], step["file_id"]),
                         (0, False, 1, None, 3, 3 + refreshed, change["expect"]["content_id"], change["expect"]["file_id"]),
                         f"{step['package_id']} {step['action']}")
            expect(step["started_at"] <= step["finished_at"], "times")
    recorded = site.run("wimplan", "record", "--cache", "cache.db", site.receipt_path())
    expect.status(recorded, 0)


def test_receipt_elsewhere(build, folder, expect):
    site = Site(build, folder, kinds=("reload",)).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server, "run", "--receipt", "elsewhere.json", "--journal", "elsewhere.db"), 0)
    expect((folder / "elsewhere.json").exists() and (folder / "elsewhere.db").exists(), "files where they were asked for")
    expect.equal([path.name for path in folder.glob("plan*")], ["plan.json"], "nothing beside the plan")


def test_check(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        result = site.apply(server, "check", "--json")
        expect.status(result, 0)
        document = json.loads(result.stdout)
        expect.equal(document["format"], "wimplan-check", "format")
        expect.equal({step["outcome"] for step in document["steps"]}, {"pending"}, "outcomes")
        expect.equal({entry["method"] for entry in site.requests()}, {"GET"}, "methods")
        expect.equal([path.name for path in folder.glob("plan*")], ["plan.json"], "check leaves nothing behind")
        text = site.apply(server, "check")
        expect.status(text, 0)
        expect.says(text.stdout, site.packages[0]["id"], RELOAD)
        expect.status(site.apply(server), 0)
        document = json.loads(site.apply(server, "check", "--json").stdout)
        expect.equal({step["outcome"] for step in document["steps"]}, {"satisfied"}, "after the run")


def test_check_at_work(build, folder, expect):
    """Somebody has called a refresh, and SourceVersion does not show it yet."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    package = site.packages[0]
    with site.start("--settle-delay", "60", load=True) as server:
        server.request("POST", f"{package['class']}('{package['id']}')/AdminService.{REFRESH}", {})
        text = site.apply(server, "check")
        expect.status(text, 0)
        lines = text.stdout.splitlines()
        note = "            the site is at work on the package (ActionInProgress is 1)"
        expect.equal([line[:10].strip() for line in lines[:5]], ["pending", "", "pending", "", "pending"], "steps")
        expect.equal((lines[1], lines[3]), (note, note), "notes")
        document = json.loads(site.apply(server, "check", "--json").stdout)
        expect.equal([(step["outcome"], step["action_in_progress"], step["error"]) for step in document["steps"]],
                     [("pending", 1, None), ("pending", 1, None), ("pending", 0, None)], "steps as JSON")


def test_status(build, folder, expect):
    site = Site(build, folder).make_plan()
    expect.status(site.run("wimplan-apply", "status", "plan.json"), 0)
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
    after = site.run("wimplan-apply", "status", "plan.json")
    expect.status(after, 0)
    expect.says(after.stdout, "4 done")
    name = json.loads((folder / "plan.json").read_text())["plan_id"].split(":")[1][:8]
    expect.says(after.stdout, f"Plan {name}, site P01")
    expect.says(site.must("wimplan", "show", "plan.json").stdout, f"Plan {name}:")
    document = json.loads(site.run("wimplan-apply", "status", "plan.json", "--json").stdout)
    expect.equal({step["outcome"] for step in document["steps"]}, {"done"}, "outcomes")


def test_events(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server, "run", "--events", "events"), 0)
    events = [json.loads(line) for line in (folder / "events").read_text().splitlines()]
    expect(len(events) > len(site.planned()), f"{len(events)} events")
    expect(all("type" in event for event in events), "every event has a type")
    expect(any(event.get("package_id") == site.packages[0]["id"] for event in events), "events name packages")


def test_events_of_what_calls_nothing(build, folder, expect):
    """check and status say the state of each step that is selected, and that they have ended."""
    site = Site(build, folder, kinds=("both", "reload")).make_plan()
    steps = [list(step) for step in site.planned()]

    def told(name):
        events = [json.loads(line) for line in (folder / name).read_text().splitlines()]
        found = [[event["package_id"], event["action"]] for event in events if event["type"] == "step"]
        return [event["type"] for event in events if event["type"] != "step"], found, {event.get("state") for event in events} - {None}

    with site.start(load=True) as server:
        expect.status(site.apply(server, "check", "--events", "before"), 0)
        expect.equal(told("before"), (["check", "end"], steps, {"pending"}), "a check's events")
        expect.status(site.apply(server, "check", "--events", "one", "--only", site.packages[1]["id"]), 0)
        expect.equal(told("one")[1], steps[2:], "a check's events with --only")
        expect.status(site.apply(server), 0)
        expect.status(site.apply(server, "status", "--events", "after"), 0)
        expect.equal(told("after"), (["end"], steps, {"done"}), "the events of status")
        expect.status(site.apply(server, "check", "--events", "/dev/full"), 1)
    expect.status(site.apply(server, "check", "--events", "away"), 1)
    last = json.loads((folder / "away").read_text().splitlines()[-1])
    expect(last["type"] == "end" and last["message"], f"the end says why: {last}")


def test_asks_first(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        arguments = [argument for argument in site.apply_arguments(server, "run") if argument != "--yes"]
        result = site.run("wimplan-apply", *arguments)
        expect.status(result, 2)
        expect.says(result.stderr, "--yes")
    expect.equal(site.requests("POST"), [], "calls")


def on_a_terminal(site, arguments, answer):
    """Runs wimplan-apply with a terminal as all its streams; (exit status, what stood on it)."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([site.program("wimplan-apply"), *arguments], cwd=site.folder, env=site.env, stdin=theirs, stdout=theirs,
                               stderr=theirs, start_new_session=True)
    os.close(theirs)
    text, answered = b"", False
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
        if not answered and b"?" in text:
            os.write(ours, answer)
            answered = True
    os.close(ours)
    return process.wait(30), text.decode()


def test_asks_on_a_terminal(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        arguments = [argument for argument in site.apply_arguments(server, "run") if argument != "--yes"]
        for answer in (b"n\n", b"\n", b"\x04", b"what\n"):
            status, text = on_a_terminal(site, arguments, answer)
            expect.equal(status, 4, f"exit status after {answer!r}")
            expect.says(text, "reload", "refresh", server.url, f"Plan {site.plan_id()[7:15]}, site P01")
            for package in site.packages:
                line = next((line for line in text.splitlines() if line.startswith(f"  {package['id']}")), "")
                expect.says(line, f"Package {package['id']}")
                calls = [RELOAD] * (package["kind"] != "refresh") + [REFRESH] * (package["kind"] != "reload")
                expect(", ".join(calls) in line, f"the calls of {package['kind']}: {line!r}")
            expect.says(text, "Reload the metadata of 2 packages and refresh the content of 2?")
        expect.equal(site.requests("POST"), [], "calls before a yes")
        status, text = on_a_terminal(site, arguments, b"y\n")
        expect.equal(status, 0, "exit status after y")
        expect.says(text, "[1/4]", "4 done")
    expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")


def test_gives_up_at_a_question(build, folder, expect):
    """Ctrl+C at the question or at the password: nothing was done, the exit status says so, and the terminal echoes again."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(load=True) as server:
        for question, options, statuses in (("[y/N]", (), {130}), ("Password", ("--auth", "ntlm", "--user", "CONTOSO\\ann"), {130, -signal.SIGINT})):
            arguments = [argument for argument in site.apply_arguments(server, "run", *options) if argument != "--yes"]
            ours, theirs = pty.openpty()
            with subprocess.Popen([site.program("wimplan-apply"), *arguments], cwd=folder, env=site.env, stdin=theirs, stdout=theirs,
                                  stderr=theirs, start_new_session=True,
                                  preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) as process:
                text = b""
                while question.encode() not in text:
                    text += os.read(ours, 4096)
                if question == "Password":
                    while termios.tcgetattr(theirs)[3] & termios.ECHO:
                        time.sleep(0.01)
                os.write(ours, b"\x03")
                process.wait(20)
            expect(process.returncode in statuses, f"exit status at {question}: {process.returncode}")
            expect(termios.tcgetattr(theirs)[3] & termios.ECHO, f"no echo after {question}")
            os.close(theirs)
            os.close(ours)
    expect.equal(site.requests("POST"), [], "calls")
    expect.equal([path.name for path in folder.glob("plan*")], ["plan.json"], "what is left behind")


def test_question_about_many(build, folder, expect):
    """It stays on a screen, and says where the rest stands."""
    site = Site(build, folder, kinds=("refresh",) * 43, shared=1, install=False).make_plan()
    with site.start(load=True) as server:
        arguments = [argument for argument in site.apply_arguments(server, "run") if argument != "--yes"]
        status, text = on_a_terminal(site, arguments, b"n\n")
        expect.equal(status, 4, "exit status")
        expect.equal(len([line for line in text.splitlines() if line.startswith("  P01")]), 40, "packages that are named")
        expect.says(text, "and 3 more; wimplan-apply check plan.json lists them all", "the metadata of 0 packages and refresh the content of 43?")


def test_expected_plan(build, folder, expect):
    """A run can be tied to the plan that was approved."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    digits = site.plan_id()[7:]
    with site.start(load=True) as server:
        for given in (digits[:7], "", "sha256:" + digits[:7], digits + "0", digits[:8].upper() + "G", "plan.json"):
            for command in ("run", "check"):
                result = site.apply(server, command, "--expect-plan", given)
                expect.status(result, 2)
                expect.says(result.stderr, "--expect-plan")
        for given in (digits[1:9], digits[:63] + ("0" if digits[63] != "0" else "1"), "sha256:00000000"):
            result = site.apply(server, "run", "--expect-plan", given)
            expect.status(result, 4)
            expect.says(result.stderr, "plan.json", site.plan_id(), given.removeprefix("sha256:"))
        expect.equal(site.requests(), [], "requests")
        for command, given in (("check", digits[:8]), ("status", "sha256:" + digits[:20]), ("run", "sha256:" + digits)):
            expect.status(site.apply(server, command, "--expect-plan", given), 0)


def test_only(build, folder, expect):
    site = Site(build, folder, kinds=("both", "both", "refresh")).make_plan()
    one = site.packages[1]["id"]
    with site.start(load=True) as server:
        result = site.apply(server, "run", "--only", one)
        expect.status(result, 0)
        expect.equal((site.effects("reload"), site.effects("refresh")), ({one: 1}, {one: 1}), "effects of --only")
        expect.status(site.apply(server, "run", "--only", one.lower()), 0)
        unknown = site.apply(server, "run", "--only", "P01FFFFF")
        expect(unknown.returncode in (2, 4), f"--only of an unknown package: {unknown.returncode}")
        expect.says(unknown.stderr, "P01FFFFF")
        expect.status(site.apply(server, "run"), 0)
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "effects of all")
    expect.equal(set(site.outcomes()), set(site.planned()), "one receipt covers all runs")


def test_commit_auto(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server, "run", "--commit", "auto"), 0)
    expect.equal(site.effects("commit"), {}, "commits when the result is there already")
    site.forget()
    with site.start("--needs-commit", load=True) as server:
        expect.status(site.apply(server, "run", "--commit", "auto"), 0)
    reloads = [package_id for package_id, action in site.planned() if action == RELOAD]
    expect.equal(site.effects("commit"), {package_id: 1 for package_id in reloads}, "commits when it is needed")
    expect.equal({tuple(entry["changed"]) for entry in site.entries("effect") if entry["effect"] == "commit"}, {()},
                 "a commit changes no property")
    expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")


def test_commit_always(build, folder, expect):
    site = Site(build, folder, kinds=("both", "reload")).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server, "run", "--commit", "always"), 0)
        expect.equal(site.effects("commit"), {package["id"]: 1 for package in site.packages}, "commits")
        for package in site.packages:
            expect("3007" in server.object(package["class"], package["id"])["ImageProperty"], "the commit kept what was reloaded")


def test_commit_is_made_up_for(build, folder, expect):
    """What stood in its way for a moment is tried again by the same run, what failed or was not begun by the next one."""
    site = Site(build, folder, kinds=("both",)).make_plan()
    for fault, runs in (({"action": "status", "status": 503}, 1), ({"action": "lock", "seconds": 1}, 1), ({"action": "close-before-read"}, 1),
                        ({"action": "half-response"}, 1), ({"action": "status", "status": 500}, 2)):
        with site.start("--needs-commit", faults=[{"method": "PUT", "nth": 1, **fault}], load=True) as server:
            for run in range(runs):
                result = site.apply(server, "run", "--settle", "4")
                expect.status(result, 6 if run + 1 < runs else 0)
                if run + 1 < runs:
                    expect.says(result.stdout, "could not be written back", "500")
            expect.equal(len(site.requests("POST")), 2, f"calls with {fault}")
            expect.equal(set(site.effects("commit").values()), {1}, f"commits with {fault}")
        expect.equal(set(site.outcomes().values()), {"done"}, f"outcomes with {fault}")
        site.forget()
    with site.start("--needs-commit", faults=[{"method": "PUT", "nth": 1, "action": "die"}], load=True) as server:
        process = site.start_apply(server, "run")
        server.process.wait(20)
        process.kill()
        process.communicate()
    with site.start("--needs-commit") as server:
        expect.status(site.apply(server), 0)
    expect.equal(len(site.requests("POST")), 2, "calls of a run that was killed before its commit")


def test_commit_never(build, folder, expect):
    site = Site(build, folder, kinds=("reload", "both")).make_plan()
    with site.start("--needs-commit", load=True) as server:
        expect.status(site.apply(server, "run", "--commit", "never", "--settle", "2"), 6)
    expect.equal(site.effects("commit"), {}, "commits")
    outcomes = site.outcomes()
    expect.equal({outcome for (_, action), outcome in outcomes.items() if action == RELOAD}, {"unverified"}, "reloads")
    expect.equal(site.effects("refresh"), {}, "no refresh before its reload is seen")


def test_verification_in_the_background(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",) * 6).make_plan()
    with site.start("--settle-delay", "3", load=True) as server:
        began = time.monotonic()
        expect.status(site.apply(server), 0)
        took = time.monotonic() - began
    expect(3 <= took < 9, f"six refreshes that show after 3 s each took {took:.1f} s")
    posts = [entry["at"] for entry in site.requests("POST")]
    expect(max(posts) - min(posts) < 2.5, "calls do not wait for the verification of others")


def test_unverified(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    faults = [{"method": "POST", "path": f"*{site.packages[0]['id']}*RefreshPkgSource", "nth": 1, "action": "no-effect"}]
    with site.start(faults=faults, load=True) as server:
        result = site.apply(server, "run", "--settle", "2")
        expect.status(result, 6)
        expect.equal(site.outcomes(), {(site.packages[0]["id"], REFRESH): "unverified", (site.packages[1]["id"], REFRESH): "done"},
                     "outcomes")
        expect.says(result.stdout, site.packages[0]["id"])


def test_satisfied(build, folder, expect):
    """Somebody did by hand what the plan wants."""
    site = Site(build, folder, kinds=("both", "both")).make_plan()
    package = site.packages[1]
    with site.start(load=True) as server:
        for action in (RELOAD, REFRESH):
            expect.equal(server.request("POST", f"{IMAGE}('{package['id']}')/AdminService.{action}", {})[0], 201, action)
        expect.status(site.apply(server), 0)
    expect.equal(site.effects("refresh"), {p["id"]: 1 for p in site.packages}, "no second refresh")
    outcomes = site.outcomes()
    expect.equal({outcomes[package["id"], RELOAD], outcomes[package["id"], REFRESH]}, {"satisfied"}, "outcomes")


def test_only_another_object_version(build, folder, expect):
    """A SedoObjectVersion that differs alone is a note, no conflict."""
    site = Site(build, folder).make_plan()
    faults = [{"path": "*$metadata", "nth": 1, "action": "change-record", "package_id": site.packages[1]["id"],
               "set": {"Description": "new comment"}}]
    with site.start(faults=faults, load=True) as server:
        expect.status(site.apply(server), 0)
    expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")


def test_boot_images(build, folder, expect):
    """Only reported unless the policy plans them."""
    site = Site(build, folder, kinds=("both", "both"), boot=True).make_plan()
    expect.equal({package_id for package_id, _ in site.planned()}, {site.packages[0]["id"]}, "planned")
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
        expect.equal(set(site.effects("reload")), {site.packages[0]["id"]}, "reloads")
    site.forget()
    (folder / "plan.conf").write_text("[policy]\nboot_images = plan\n")
    site.must("wimplan", "plan", "--config", "plan.conf", "--cache", "cache.db", "--map", site.map, "--quiet", "-o", "plan.json")
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
        expect.equal(set(site.effects("reload")), {package["id"] for package in site.packages}, "reloads with boot_images = plan")
    expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")


def test_wrong_calls(build, folder, expect):
    site = Site(build, folder, kinds=("reload",)).make_plan()
    for arguments in ((), ("run",), ("frob", "plan.json"), ("run", "plan.json", "--auth", "none")):
        result = site.run("wimplan-apply", *arguments)
        expect(result.returncode == 2 and result.stderr, f"{arguments}: {result.returncode} {result.stderr!r}")
    expect.status(site.run("wimplan-apply", "--help"), 0)
    version = site.run("wimplan-apply", "--version")
    expect.status(version, 0)
    expect.says(version.stdout, "wimplan-apply")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
