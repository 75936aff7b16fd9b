#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wimplan-apply does not do: stale, damaged, foreign and finished plans, two at a time. test_refusals.py BUILD [NAME…]."""

import contextlib
import hashlib
import json
import os
import pathlib
import pwd
import shutil
import socket
import sys
import time

from standin import REFRESH, RELOAD, Site, run_tests


def changed(site, package, properties, path="*$metadata", nth=1):
    return {"path": path, "nth": nth, "action": "change-record", "package_id": package["id"], "set": properties}


def refused(site, server, expect, *words, status=4, options=()):
    result = site.apply(server, "run", *options)
    expect.status(result, status)
    expect.says(result.stderr, *words)
    expect.equal(site.requests("POST"), [], "calls")
    return result


def test_stale(build, folder, expect):
    """What the plan depends on has changed: nothing at all is done."""
    site = Site(build, folder, kinds=("both", "reload", "refresh")).make_plan()
    other = "<WIM><IMAGE index=\"1\"><Property name=\"Image name\">Something else</Property></IMAGE></WIM>"
    cases = (
        (site.packages[1], {"PkgSourcePath": r"\\cm02\other\x.wim"}, "PkgSourcePath"),
        (site.packages[1], {"SourceSite": "P02"}, "SourceSite"),
        (site.packages[1], {"ImageProperty": other}, "ImageProperty"),
        (site.packages[1], {"SourceVersion": 2}, "SourceVersion"),
        (site.packages[2], {"PkgSourcePath": r"\\cm02\other\x.wim"}, r"\\cm02\other\x.wim"),
    )
    for package, properties, word in cases:
        with site.start(faults=[changed(site, package, properties)], load=True) as server:
            refused(site, server, expect, package["id"], word)
            check = site.apply(server, "check", "--json")
            expect.status(check, 4)
            conflicts = {step["package_id"] for step in json.loads(check.stdout)["steps"] if step["outcome"] == "conflict"}
            expect.equal(conflicts, {package["id"]}, f"conflicts of {word}")
        site.forget()


def test_package_is_gone(build, folder, expect):
    site = Site(build, folder).make_plan()
    faults = [{"method": "GET", "path": f"*{site.packages[1]['id']}*", "action": "status", "status": 404}]
    with site.start(faults=faults, load=True) as server:
        refused(site, server, expect, site.packages[1]["id"])


def test_skip_conflicts(build, folder, expect):
    site = Site(build, folder, kinds=("both", "both", "refresh")).make_plan()
    bad = site.packages[1]
    with site.start(faults=[changed(site, bad, {"PkgSourcePath": r"\\cm02\other\x.wim"})], load=True) as server:
        expect.status(site.apply(server, "run", "--skip-conflicts"), 6)
    outcomes = site.outcomes()
    expect.equal({outcome for (package_id, _), outcome in outcomes.items() if package_id == bad["id"]}, {"conflict"}, "skipped")
    expect.equal({outcome for (package_id, _), outcome in outcomes.items() if package_id != bad["id"]}, {"done"}, "others")
    expect(bad["id"] not in site.effects("reload") and bad["id"] not in site.effects("refresh"), "effects")


def test_changed_right_before_its_call(build, folder, expect):
    site = Site(build, folder, kinds=("both", "both", "refresh")).make_plan()
    bad = site.packages[1]
    faults = [changed(site, bad, {"PkgSourcePath": r"\\cm02\other\x.wim"}, path=f"*{bad['id']}')", nth=2)]
    with site.start(faults=faults, load=True) as server:
        result = site.apply(server)
        expect.status(result, 6)
    expect(bad["id"] not in site.effects("reload") and bad["id"] not in site.effects("refresh"), "effects on the changed one")
    expect.equal(site.outcomes()[bad["id"], RELOAD], "conflict", "outcome")
    expect.equal(site.outcomes()[site.packages[2]["id"], REFRESH], "done", "outcome of another")


def test_another_site(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start("--site", "XYZ", load=True) as server:
        refused(site, server, expect, "P01", "XYZ")


def test_damaged_plan(build, folder, expect):
    site = Site(build, folder).make_plan()
    whole = (folder / "plan.json").read_text()
    body = whole.index('"body"')
    with site.start(load=True) as server:
        for at in range(body + 8, len(whole), max(1, len(whole) // 25)):
            if not whole[at].isalnum():
                continue
            (folder / "plan.json").write_text(whole[:at] + ("1" if whole[at] != "1" else "2") + whole[at + 1:])
            result = site.apply(server)
            expect(result.returncode == 4, f"byte {at} ({whole[at - 10:at + 10]!r}): {result.returncode} {result.stderr[-200:]!r}")
        for text in (whole[: len(whole) // 2], "", "no plan", "{}", "[]",
                     whole.replace('"format_version": "1.1"', '"format_version": "2.0"', 1),
                     whole.replace('"wimplan-plan"', '"wimplan-receipt"', 1)):
            (folder / "plan.json").write_text(text)
            result = site.apply(server)
            expect(result.returncode == 4 and result.stderr, f"{text[:30]!r}: {result.returncode} {result.stderr[-200:]!r}")
        result = site.apply(server, plan="missing.json")
        expect.status(result, 1)
    expect.equal(site.requests("POST"), [], "calls")


def test_plan_that_is_not_there(build, folder, expect):
    """Every command says so: none goes on to what it would read next."""
    site = Site(build, folder, kinds=("reload",)).make_plan()
    for command, options in (("check", ()), ("run", ("--yes",)), ("status", ()), ("status", ("--json",)), ("watch", ())):
        result = site.run("wimplan-apply", command, *options, "nothing.json")
        expect.status(result, 1)
        expect.says(result.stderr, "nothing.json does not exist")


def test_nothing_to_apply(build, folder, expect):
    site = Site(build, folder, kinds=("none",)).make_plan()
    with site.start(load=True) as server:
        refused(site, server, expect)
    expect.equal(site.requests(), [], "requests")


def test_already_applied(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
        first = site.receipt()
        calls = len(site.requests("POST"))
        for _ in range(2):
            result = site.apply(server)
            expect.status(result, 4)
            expect.says(result.stderr, "applied")
        site.receipt_path().unlink()
        expect.status(site.apply(server), 4)
        expect.equal(site.receipt()["steps"], first["steps"], "the receipt is made again from the journal")
        expect.equal(len(site.requests("POST")), calls, "calls")


def lock_name(server, site_code="P01"):
    """The abstract socket that is the lock (unix(7))."""
    host = server.url.split("/")[2]
    return "\0wimplan-apply-" + hashlib.sha256(f"{host}/AdminService\n{site_code}".lower().encode()).hexdigest()


@contextlib.contextmanager
def first_run(site, server, program="wimplan-apply", **more):
    """A run that is in the middle of its first call, which the server takes three seconds for."""
    run = site.start_apply(server, program=program, **more)
    while not site.requests("POST"):
        time.sleep(0.05)
        if run.poll() is not None:
            raise AssertionError(f"the first run ended: {run.communicate()}")
    try:
        yield run
    finally:
        run.kill()
        run.communicate(timeout=60)


SLOW = [{"method": "POST", "nth": 1, "action": "slow", "seconds": 3}]


def test_two_at_a_time(build, folder, expect):
    """Another plan at the same provider and site is refused as well, however the provider's URL is written."""
    site = Site(build, folder).make_plan()
    (folder / "second.json").write_bytes((folder / "plan.json").read_bytes())
    with site.start(faults=SLOW, load=True) as server, first_run(site, server) as first:
        url = server.url
        for plan, server.url in ("plan.json", url), ("second.json", url), ("second.json", url.upper().replace("ADMIN", "aDMIN")):
            second = site.apply(server, plan=plan)
            expect.status(second, 5)
            expect.says(second.stderr, f"process {first.pid} of the user {pwd.getpwuid(os.getuid()).pw_name}", server.url)
        expect.equal(len(site.requests("POST")), 1, "calls of the second")
        first.communicate(timeout=60)
        expect.equal(first.returncode, 0, "the first run")


def test_two_users(build, folder, expect):
    """The lock is one for all users of the machine, whoever comes first."""
    if os.getuid():
        return  # only root can run a program as somebody else
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    # Where anybody can reach it; the folder of the build may be in somebody's home.
    program = shutil.copy(site.program("wimplan-apply"), folder / "program")
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    (folder / "nobody's").mkdir()
    shutil.copy(folder / "plan.json", folder / "nobody's" / "plan.json")
    os.chown(folder / "nobody's", 65534, 65534)
    folder.chmod(0o755)
    for plans, first_user, second_user, name in ((("plan.json", "nobody's/plan.json"), {}, nobody, "root"),
                                                 (("nobody's/plan.json", "plan.json"), nobody, {}, pwd.getpwuid(65534).pw_name)):
        with site.start(faults=SLOW, load=True) as server, first_run(site, server, program, plan=plans[0], **first_user) as first:
            second = site.apply(server, plan=plans[1], program=program, **second_user)
            expect.status(second, 5)
            expect.says(second.stderr, f"process {first.pid} of the user {name} ")
            expect.equal(len(site.requests("POST")), 1, "calls of the second")


def test_lock_ends_with_its_process(build, folder, expect):
    """However a run ends, nothing is left behind that holds up the next one, or anything else."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=SLOW, load=True) as server:
        with first_run(site, server) as first:
            expect(lock_name(server).replace("\0", "@") in pathlib.Path("/proc/net/unix").read_text(), "the lock has another name")
            first.kill()
            first.communicate(timeout=60)
            expect(lock_name(server).replace("\0", "@") not in pathlib.Path("/proc/net/unix").read_text(), "the lock is left")
            expect.status(site.apply(server), 0)
        expect.equal(list(site.effects("refresh").values()), [1], "refreshes")
    expect.equal([path.name for path in folder.rglob("*lock*")], [], "files of locks")


def test_lock_is_busy_before_it_listens(build, folder, expect):
    """Between bind() and listen() of the first run, the second cannot learn who it is, and is refused all the same."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(load=True) as server:
        with socket.socket(socket.AF_UNIX) as lock:
            lock.bind(lock_name(server))
            refused(site, server, expect, "another process is applying a plan at", server.url, status=5)
        expect.status(site.apply(server), 0)


def test_provider_without_the_methods(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start("--no-bound-actions", load=True) as server:
        result = site.apply(server)
        expect(result.returncode in (1, 4), f"exit status {result.returncode}")
        expect.says(result.stderr, RELOAD, "powershell")
    expect.equal(site.requests("POST"), [], "calls")


def test_no_metadata(build, folder, expect):
    """No service description, or something else in its place: the way out is named."""
    site = Site(build, folder).make_plan()
    for fault in ({"action": "status", "status": 404}, {"action": "status", "status": 500}, {"action": "html", "status": 404},
                  {"action": "html", "status": 200}):
        with site.start(faults=[{"path": "*$metadata", **fault}], load=True) as server:
            result = site.apply(server)
            expect.status(result, 1)
            expect.says(result.stderr, "$metadata", "wimplan show --format powershell plan.json", server.url)
            expect.equal(site.requests("POST"), [], f"calls with {fault}")


def test_not_an_admin_service(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        server.url = server.url.replace("/AdminService", "")
        result = site.apply(server)
        expect.status(result, 2)
        expect.says(result.stderr, "/AdminService")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
