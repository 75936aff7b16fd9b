#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wimplan-apply does not do: stale, damaged, foreign and finished plans, two at a time. test_refusals.py BUILD [NAME…]."""

import json
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
                     whole.replace('"format_version": "1.0"', '"format_version": "2.0"', 1),
                     whole.replace('"wimplan-plan"', '"wimplan-receipt"', 1)):
            (folder / "plan.json").write_text(text)
            result = site.apply(server)
            expect(result.returncode == 4 and result.stderr, f"{text[:30]!r}: {result.returncode} {result.stderr[-200:]!r}")
        result = site.apply(server, plan="missing.json")
        expect.status(result, 1)
    expect.equal(site.requests("POST"), [], "calls")


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


def test_two_at_a_time(build, folder, expect):
    site = Site(build, folder).make_plan()
    (folder / "second.json").write_bytes((folder / "plan.json").read_bytes())
    faults = [{"method": "POST", "nth": 1, "action": "slow", "seconds": 3}]
    with site.start(faults=faults, load=True) as server:
        first = site.start_apply(server)
        while not site.requests("POST"):
            time.sleep(0.05)
            if first.poll() is not None:
                expect(False, f"the first run ended: {first.communicate()}")
                return
        for plan in ("plan.json", "second.json"):
            second = site.apply(server, plan=plan)
            expect.status(second, 5)
            expect.says(second.stderr, str(first.pid))
        expect.equal(len(site.requests("POST")), 1, "calls of the second")
        first.communicate(timeout=60)
        expect.equal(first.returncode, 0, "the first run")


def test_provider_without_the_methods(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start("--no-bound-actions", load=True) as server:
        result = site.apply(server)
        expect(result.returncode in (1, 4), f"exit status {result.returncode}")
        expect.says(result.stderr, RELOAD, "powershell")
    expect.equal(site.requests("POST"), [], "calls")


def test_not_an_admin_service(build, folder, expect):
    site = Site(build, folder).make_plan()
    with site.start(load=True) as server:
        server.url = server.url.replace("/AdminService", "")
        result = site.apply(server)
        expect.status(result, 2)
        expect.says(result.stderr, "/AdminService")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
