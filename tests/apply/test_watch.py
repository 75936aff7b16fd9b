#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-apply watch and run --watch: test_watch.py BUILD [NAME…].

What the points have is what the tests say (--arrivals), step by step; nothing here depends on how long anything takes."""

import json
import signal
import sqlite3
import sys
import time

from standin import REFRESH, Keeper, Site, run_tests

CALLS = ("POST", "PUT", "PATCH", "DELETE")
BEHIND, DONE = "behind", "done"


class WatchedSite(Site):
    """Two packages that are refreshed, on three points of which none gets anything by itself."""

    def __init__(self, build, folder, kinds=("refresh", "refresh")):
        super().__init__(build, folder, kinds=kinds, install=False)
        self.make_plan()
        self.points()
        self.ids = [package["id"] for package in self.packages]

    def points(self, *lines):
        """Lines of --arrivals: (point, state, more)."""
        text = "".join(json.dumps({"point": line[0], "state": line[1]} | (line[2] if len(line) > 2 else {})) + "\n" for line in lines)
        new = self.folder / "arrivals.new"
        new.write_text(text)
        new.replace(self.folder / "arrivals")

    def all_have(self, *ids):
        """Every point has these packages."""
        return [(point, "current", {"package_id": package_id}) for point in (1, 2, 3) for package_id in ids]

    def open(self, *options, load=True, **more):
        dps = () if "--dps" in options else ("--dps", "3")
        return self.start("--arrivals", "arrivals", "--dp-lag", "86400", *dps, *options, load=load, **more)

    def watch(self, server, *options, **more):
        return self.apply(server, "watch", *options, **more)

    def look(self, server, *options, **more):
        return self.watch(server, "--for", "0s", *options, **more)

    def seen(self, package_id):
        return next(step.get("distribution") for step in self.receipt()["steps"]
                    if step["package_id"] == package_id and step["action"] == REFRESH)

    def events(self, kind=None):
        path = self.folder / "events"
        lines = path.read_text().splitlines(keepends=True) if path.exists() else []
        # The last line may be half written.
        events = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in events if kind is None or event["type"] == kind]

    def wait_for(self, process, happened):
        """Until the events say that it has happened."""
        began = time.monotonic()
        while not happened(self.events()):
            assert process.poll() is None, f"it has ended with {process.returncode}: {process.communicate()}"
            assert time.monotonic() - began < 100, f"it does not happen: {self.events()[-3:]}"
            time.sleep(0.05)


def looks(count):
    return lambda events: len([event for event in events if event["type"] == "look"]) >= count


def arrived(package_id):
    return lambda events: any(event["type"] == "package" and event["package_id"] == package_id and event["have"] == event["targeted"]
                              for event in events)


def applied(site, server, expect):
    expect.status(site.apply(server), 0)
    site.calls = len(site.entries("request"))


def only_reads(site, expect):
    """Nothing was called since the plan was carried out."""
    for entry in site.entries("request")[site.calls:]:
        expect(entry["method"] == "GET", f"watching has sent {entry['method']} {entry['path']}")


def test_counts(build, folder, expect):
    """How far it has come, who is behind and why, and the exit status; the receipt has it."""
    site = WatchedSite(build, folder)
    one, two = site.ids
    with site.open() as server:
        applied(site, server, expect)
        expect("distribution" not in site.receipt()["steps"][0], "a receipt says what nobody has looked at")
        site.points((1, "current"), (2, "failed", {"message": 2382}), (3, "current", {"package_id": one}))
        result = site.look(server)
        expect.status(result, 6)
        expect.says(result.stdout, f"failed      {one}  version 4, 2 of 3 points have it, 1 failed",
                    "DP02.contoso.com (P01) failed: the hash of the content is wrong (message 2382); redistribute the package to this point "
                    "alone", f"failed      {two}  version 4, 1 of 3 points has it, 1 failed", "DP03.contoso.com (P01) running: it has version 3",
                    "2 refreshes watched: 0 arrived everywhere; 3 of 6 copies are there, 2 failed.\n", "The time to watch is over.",
                    f"to watch on: wimplan-apply watch --provider {server.url} --for 0s --auth none --settle 20 plan.json\n", "Receipt: plan.receipt.json\n")
        expect.says(result.stderr, f"{one}: DP02.contoso.com (P01) failed: the hash of the content is wrong (message 2382)")
        seen = site.seen(two)
        expect.equal((seen["targeted"], seen["have"], seen["failed"]), (3, 1, 1), "counts in the receipt")
        expect.equal([(point["name"], point["site"], point["state"]) for point in seen["points"]],
                     [("DP02.contoso.com", "P01", "failed"), ("DP03.contoso.com", "P01", "running")], "points in the receipt")
        expect.says(seen["points"][0]["message"], "redistribute the package to this point alone")
        expect.says(site.apply(server, "status").stdout, "0 of 2 refreshes arrived everywhere, 3 of 6 copies are there, 2 failed, when last looked at")
        # All is decided: that ends it, whatever time is left.
        site.points((1, "current"), (2, "failed", {"message": 9999}), (3, "current"))
        result = site.watch(server)
        expect.status(result, 6)
        expect.says(result.stdout, "what message 9999 means is not known; see distmgr.log on the site server")
        expect("time to watch is over" not in result.stdout, "it had time left")
        site.points(*site.all_have(one, two))
        result = site.watch(server, "--json")
        expect.status(result, 0)
        expect.equal(json.loads(result.stdout), site.receipt(), "--json prints the receipt")
        expect.equal(site.seen(one) | {"at": None}, {"targeted": 3, "have": 3, "failed": 0, "at": None, "points": []}, "arrived")
        before = len(site.entries("request"))
        expect.status(site.watch(server), 0)
        expect.equal(len(site.entries("request")), before, "requests of a watch when all is there")
        only_reads(site, expect)
    expect.status(site.run("wimplan", "record", "--cache", "cache.db", "--map", site.map, "plan.receipt.json"), 0)
    expect.says(" ".join(site.run("wimplan", "log", "--cache", "cache.db").stdout.split()), "2 done; on 6 of 6 points")
    expect.says(site.run("wimplan", "show", "plan.receipt.json").stdout, "3 of 3 points have it")


def test_until_all_is_there(build, folder, expect):
    """One call that sees points come, fail, recover, be added and be taken away."""
    site = WatchedSite(build, folder)
    one, two = site.ids
    with site.open("--points", "4") as server:
        # Which of the four points a package is on is the stand-in's choice: here on all but the fourth.
        everywhere = [(4, "removed"), (1, "running"), (2, "running"), (3, "running")]
        site.points(*everywhere)
        applied(site, server, expect)
        process = site.start_apply(server, "watch", "--events", "events", "--for", "1h")
        site.wait_for(process, looks(1))
        site.points(*everywhere, (1, "current"), (2, "failed", {"message": 2391}))
        site.wait_for(process, lambda events: any(event.get("point_state") == "failed" for event in events))
        # It recovers while others are waited for.
        site.points(*everywhere, (1, "current"), (2, "current"), (3, "running"), (4, "running"))
        site.wait_for(process, lambda events: any(event.get("point") == "DP04.contoso.com" for event in events))
        site.points(*everywhere, (1, "current"), (2, "current"), (3, "removed"), (4, "current"))
        out, err = process.communicate(timeout=100)
        expect.equal(process.returncode, 0, f"exit status ({err[-300:]!r})")
        for package_id in site.ids:
            expect.says(err, f"{package_id}: DP02.contoso.com (P01) failed: the point could not be connected to (message 2391); check the "
                             "connection to the point", f"{package_id}: DP02.contoso.com (P01) has it now, after a failure",
                        f"{package_id}: DP04.contoso.com (P01) was added meanwhile, and is waited for",
                        f"{package_id}: DP03.contoso.com (P01) is no point of the package any more, and is not waited for",
                        f"{package_id}: version 4, 3 of 3 points have it")
        expect.says(out, "2 refreshes watched: 2 arrived everywhere; 6 of 6 copies are there.\n")
        states = [(event["point"][:4], event["point_state"]) for event in site.events("point") if event["package_id"] == one]
        expect.equal([state for point, state in states if point == "DP02"], ["failed", "current"], "what became of DP02")
        expect.equal([state for point, state in states if point == "DP03"], ["gone"], "what became of DP03")
        expect.equal([event["type"] for event in site.events()][::len(site.events()) - 1], ["watch", "end"], "first and last event")
        pauses = [event["seconds"] for event in site.events("look") if "seconds" in event]
        expect(all(0.5 <= pause <= 60 for pause in pauses), f"pauses {pauses}")
        expect("seconds" not in site.events("look")[-1], "nothing follows the last look")
        only_reads(site, expect)


def test_kill(build, folder, expect):
    """Killed at any moment it goes on where it was: what has arrived is not asked for again, what was said is not said again."""
    site = WatchedSite(build, folder)
    one, two = site.ids
    with site.open() as server:
        applied(site, server, expect)
        site.points(*site.all_have(one), (1, "current", {"package_id": two}))
        process = site.start_apply(server, "watch", "--events", "events")
        site.wait_for(process, arrived(one))
        site.wait_for(process, looks(1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        expect("distribution" not in site.receipt()["steps"][0], "a killed watch has no receipt")
        told = len(site.events())
        before = len(site.entries("request"))
        site.points(*site.all_have(one), (1, "current", {"package_id": two}), (2, "failed", {"package_id": two}))
        result = site.look(server, "--events", "events")
        expect.status(result, 6)
        for entry in site.entries("request")[before:]:
            expect(one not in (entry.get("filter") or ""), f"it has asked for what is there: {entry['filter']}")
        points = [(event["package_id"], event["point"][:4], event["point_state"]) for event in site.events()[told:] if event["type"] == "point"]
        expect.equal(points, [(two, "DP02", "failed")], "what is new since it was killed")
        expect.equal(site.seen(one)["have"], 3, "what had arrived, in the receipt")
        expect.says(result.stdout, "1 arrived everywhere; 4 of 6 copies are there, 1 failed")
        site.points(*site.all_have(one, two))
        expect.status(site.watch(server), 0)
        only_reads(site, expect)


def test_signals(build, folder, expect):
    """Asked to stop, it says how to go on, and the receipt has what it saw."""
    site = WatchedSite(build, folder)
    with site.open() as server:
        applied(site, server, expect)
        site.points((1, "current"))
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            (folder / "events").unlink(missing_ok=True)
            process = site.start_apply(server, "watch", "--events", "events", "--for", "2d")
            site.wait_for(process, looks(1))
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            expect.equal(process.returncode, status, f"exit status ({err[-300:]!r})")
            expect.says(err, f"stopped by {number.name}; to watch on: wimplan-apply watch --provider {server.url} --events events --for 2d --auth none --settle 20 plan.json\n")
            expect.equal(site.seen(site.ids[0])["have"], 1, "the receipt")
            expect.says(out, "2 of 6 copies are there")
        site.points(*site.all_have(*site.ids))
        expect.status(site.watch(server), 0)


def test_run(build, folder, expect):
    """run --watch makes the calls and watches; called again it goes on to watch, and calls nothing."""
    site = WatchedSite(build, folder, kinds=("both", "refresh"))
    one, two = site.ids
    with site.open() as server:
        site.points((1, "current"))
        process = site.start_apply(server, "run", "--watch", "--for", "1h", "--events", "events")
        site.wait_for(process, looks(1))
        # Only the plan is busy meanwhile, not the site.
        again = site.watch(server)
        expect.status(again, 5)
        expect.says(again.stderr, "this plan")
        other = site.apply(server, "run", "--journal", "other.journal", "--receipt", "other.json")
        expect.status(other, 0)
        (folder / "other.json").unlink()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        expect.equal(process.returncode, 143, "exit status")
        expect.says(out, "3 steps: 3 done.\n", "2 of 6 copies are there.\n", "Receipt: plan.receipt.json\n")
        expect.equal(out.count("Receipt:"), 1, "how often the receipt is named")
        expect.says(err, f"to watch on: wimplan-apply watch --provider {server.url} --for 1h --events events --auth none --settle 20 plan.json\n")
        calls = len(site.requests("POST"))
        expect.equal(site.effects("refresh"), {one: 1, two: 1}, "refreshes")
        site.points(*site.all_have(one, two))
        result = site.apply(server, "run", "--watch", "--json")
        expect.status(result, 0)
        expect.equal(json.loads(result.stdout), site.receipt(), "--json prints the receipt")
        expect.equal(site.seen(two)["have"], 3, "the receipt")
        expect.equal(len(site.requests("POST")), calls, "calls of the second run")
        kinds = [event["type"] for event in site.events()]
        expect.equal(kinds.count("begin"), 1, "runs that began")
        expect(kinds.index("watch") > kinds.index("end"), "the calls end before the watch begins")
        # Without --watch it is refused as before.
        expect.status(site.apply(server), 4)


def test_run_with_failures(build, folder, expect):
    """A step that is left makes 6, whatever has arrived; so does a point that failed."""
    site = WatchedSite(build, folder)
    one, two = site.ids
    fault = {"method": "POST", "path": f"*{one}*", "action": "return-value", "value": 5}
    with site.open(faults=[fault]) as server:
        site.points(*site.all_have(two))
        result = site.apply(server, "run", "--watch")
        expect.status(result, 6)
        expect.says(result.stdout, f"not watched {one}  its refresh is failed: run the plan again, then watch", "1 refresh watched: 1 arrived everywhere; 3 of 3 copies are there")
        result = site.look(server, "--only", two)
        expect.status(result, 0)
    site.forget()
    with site.open() as server:
        site.points((1, "current"), (2, "current"), (3, "failed"))
        result = site.apply(server, "run", "--watch", "-o", "result.txt")
        expect.status(result, 6)
        text = (folder / "result.txt").read_text()
        expect.says(text, "2 steps: 2 done.\n", "4 of 6 copies are there, 2 failed")


def test_older_failures(build, folder, expect):
    """A failure of the version before says nothing of this one, until the site reports again."""
    site = WatchedSite(build, folder)
    with site.open() as server:
        applied(site, server, expect)
        old = {"message": 2391, "since": 1750000000}
        site.points((1, "failed", old), (2, "failed", old), (3, "current"))
        result = site.look(server)
        expect.status(result, 6)
        expect("failed" not in result.stdout + result.stderr, f"an old failure counts: {result}")
        expect.says(result.stdout, "DP01.contoso.com (P01) behind: it has version 3")
        site.points((1, "failed", {"message": 2391}), (2, "current"), (3, "current"))
        expect.says(site.look(server).stdout, "1 failed")


def test_states(build, folder, expect):
    """Points that lose the content, that are silent, that wait for a person or fetch for themselves, and other versions of the package."""
    site = WatchedSite(build, folder, kinds=("refresh",))
    only = site.ids[0]
    points = [{"__CLASS": "SMS_DistributionPointInfo", "NALPath": rf'["Display=\\DP{number:02}.contoso.com\"]MSWNET:["SMS_SITE=P01"]\\DP{number:02}.contoso.com' + "\\",
               "SiteCode": "P01", "IsPullDP": number == 2, "PreStagingAllowed": number == 3, "ServiceType": 1 if number == 4 else 0}
              for number in (1, 2, 3, 4)]
    load = json.loads((folder / "load.json").read_text())
    load["value"] += points
    (folder / "load.json").write_text(json.dumps(load))
    with site.open("--dps", "5") as server:
        applied(site, server, expect)
        site.points((1, "removing"), (2, "running"), (3, "running", {"message": 2371}), (4, "running"), (5, "silent"))
        result = site.look(server)
        expect.status(result, 6)
        expect.says(result.stdout, "0 of 4 points have it", "DP01.contoso.com (P01) removing: the content is being taken away",
                    "DP02.contoso.com (P01) running: it has version 3; it fetches for itself, and may report up to an hour late",
                    "DP03.contoso.com (P01) running: it waits for prestaged content (message 2371); bring the prestaged content file to the point",
                    "DP05.contoso.com (P01) unknown: the site does not say what it has")
        site.points(*[(number, "current") for number in (2, 3, 4, 5)], (1, "removing"))
        # What somebody else refreshes meanwhile has a later version, which counts.
        server.request("POST", f"{site.packages[0]['class']}('{only}')/AdminService.RefreshPkgSource", {})
        site.calls = len(site.entries("request"))
        result = site.watch(server)
        expect.status(result, 0)
        expect.says(result.stderr, f"{only}: SourceVersion is 5 by now, so that somebody has refreshed it again; a point counts that has 4")
        only_reads(site, expect)
    # A package that is not there any more is not waited for, and has not arrived.
    site.points()
    with site.open("--dps", "0", load=False) as server:
        (folder / "plan.json.journal").rename(folder / "kept")
        site.forget()
        (folder / "kept").rename(folder / "plan.json.journal")
        with sqlite3.connect(folder / "plan.json.journal") as journal:
            journal.execute("DELETE FROM distribution")
        result = site.watch(server)
        expect.status(result, 6)
        expect.says(result.stdout, "not seen", "the site names no distribution point of it")
        with sqlite3.connect(site.state) as state:
            state.execute("DELETE FROM object")
        result = site.watch(server)
        expect.status(result, 6)
        expect.says(result.stderr, f"{only}: the site does not show the package any more")


def test_classes(build, folder, expect):
    """Without messages less is said; without states nothing can be."""
    site = WatchedSite(build, folder, kinds=("refresh",))
    with site.open("--absent", "SMS_DistributionDPStatus") as server:
        applied(site, server, expect)
        site.points((1, "failed", {"message": 2382}), (2, "current"), (3, "current"))
        expect.says(site.look(server).stdout, "the hash of the content is wrong (message 2382)")
    with site.open("--absent", "SMS_DistributionDPStatus", "--absent", "SMS_DPGroupDistributionStatusDetails", load=False) as server:
        result = site.look(server)
        expect.status(result, 6)
        expect.says(result.stderr, "without SMS_DistributionDPStatus less can be said")
        expect.says(result.stdout, "the site does not say why")
    with site.open("--absent", "SMS_PackageStatusDistPointsSummarizer", load=False) as server:
        result = site.look(server)
        expect.status(result, 1)
        expect.says(result.stderr, "has no SMS_PackageStatusDistPointsSummarizer, so that nobody can say")
    # A class that the account may not read is like one that is not there; who may read nothing is told so.
    with site.open(faults=[{"path": "*SMS_DistributionDPStatus*", "action": "status", "status": 403}], load=False) as server:
        result = site.look(server)
        expect.status(result, 6)
        expect.says(result.stderr, "without SMS_DistributionDPStatus less can be said")
    with site.open(faults=[{"path": "*", "action": "status", "status": 401}], load=False) as server:
        before = len(site.entries("request"))
        result = site.watch(server)
        expect.status(result, 1)
        expect.equal(len(site.entries("request")) - before, 1, "requests of one who is not let in")


def test_trouble(build, folder, expect):
    """A provider that is away for a while is waited for; one that lets nobody in any more ends it, with what was seen."""
    site = WatchedSite(build, folder)
    options = ("--arrivals", "arrivals", "--dp-lag", "86400", "--dps", "3")
    server = site.open()
    applied(site, server, expect)
    site.points((1, "current"))
    process = site.start_apply(server, "watch", "--events", "events", "--for", "1h")
    site.wait_for(process, looks(1))
    with Keeper(site, server, *options, pause=3):
        server.process.kill()
        site.points(*site.all_have(*site.ids))
        out, err = process.communicate(timeout=100)
        expect.equal(process.returncode, 0, f"exit status ({err[-400:]!r})")
    site.forget()
    faults = [{"path": "*SMS_PackageStatusDistPointsSummarizer*", "nth": 2, "count": 100, "action": "status", "status": 401}]
    with site.open(faults=faults) as server:
        applied(site, server, expect)
        site.points((1, "current"))
        result = site.watch(server)
        expect.status(result, 1)
        expect.says(result.stderr, "does not let you read SMS_PackageStatusDistPointsSummarizer")
        expect.equal(site.seen(site.ids[0])["have"], 1, "what was seen before")


def test_receipt_alone(build, folder, expect):
    """Without the journal, as after the script for the site, the receipt says what was called, and keeps what is seen."""
    site = WatchedSite(build, folder)
    one, two = site.ids
    with site.open() as server:
        result = site.watch(server)
        expect.status(result, 4)
        expect.says(result.stderr, "was not carried out yet", "plan.json.journal", "plan.receipt.json")
        expect.equal(site.entries("request"), [], "requests")
        applied(site, server, expect)
        (folder / "plan.json.journal").unlink()
        receipt = site.receipt()
        site.points(*site.all_have(one), (1, "current"))
        process = site.start_apply(server, "watch", "--events", "events")
        site.wait_for(process, looks(1))
        process.kill()
        process.communicate()
        expect.equal(site.seen(one)["have"], 3, "the receipt of a watch that was killed")
        expect(not (folder / "plan.json.journal").exists(), "a journal was made")
        site.points(*site.all_have(one, two))
        expect.status(site.watch(server), 0)
        after = site.receipt()
        for step in after["steps"]:
            expect(step.pop("distribution", None), "no distribution")
        expect.equal(after, receipt, "what else the receipt says")
        (folder / "plan.receipt.json").write_text(json.dumps(receipt | {"plan_id": "sha256:" + 64 * "0"}))
        result = site.watch(server)
        expect.status(result, 4)
        expect.says(result.stderr, "is of the plan sha256:0000")


def test_older_journal(build, folder, expect):
    """A journal of a version that watched nothing is read, and gets what it lacks."""
    site = WatchedSite(build, folder)
    path = folder / "plan.json.journal"
    with site.open() as server:
        applied(site, server, expect)
        with sqlite3.connect(path) as journal:
            journal.executescript("DROP TABLE distribution; PRAGMA user_version=3")
        expect.status(site.apply(server, "status"), 0)
        site.points((1, "current"))
        expect.status(site.look(server), 6)
        with sqlite3.connect(path) as journal:
            expect.equal(journal.execute("PRAGMA user_version").fetchone(), (4,), "version")
            expect.equal(journal.execute("SELECT count(*) FROM distribution").fetchone(), (2,), "packages")
            journal.execute("UPDATE distribution SET seen = '{}'")
        result = site.look(server)
        expect.status(result, 4)
        expect.says(result.stderr, "what it says of a distribution is nothing of its plan")


def test_many(build, folder, expect):
    """Many packages are asked about together, and on pages."""
    site = WatchedSite(build, folder, kinds=("refresh",) * 90)
    with site.open("--page-size", "50") as server:
        applied(site, server, expect)
        site.points((1, "current"), (2, "current"), (3, "failed"))
        result = site.watch(server)
        expect.status(result, 6)
        expect.says(result.stdout, "90 refreshes watched: 0 arrived everywhere; 180 of 270 copies are there, 90 failed")
        first = [entry["filter"] for entry in site.entries("request")[site.calls:]
                 if entry["path"].endswith("SMS_PackageStatusDistPointsSummarizer") and entry.get("filter")]
        expect.equal([text.count(" eq ") for text in first], [40, 40, 10], "packages of each question")
        site.points((1, "current"), (2, "current"), (3, "current"))
        expect.status(site.watch(server), 0)
        only_reads(site, expect)


def test_odd_rows(build, folder, expect):
    """What a site says is shown as it is, and acts on no terminal; states that nobody knows are no arrival."""
    site = WatchedSite(build, folder, kinds=("refresh",))
    load = json.loads((folder / "load.json").read_text())
    for number, (name, state) in enumerate((("DP\x1b[31m01", 99), ("<b>DP02", 3), ("DP03\u202e", 0))):
        load["value"].append({"__CLASS": "SMS_PackageStatusDistPointsSummarizer", "PackageID": site.ids[0], "SiteCode": "P\x07", "PackageType": 257,
                              "ServerNALPath": rf'["Display=\\{name}\"]MSWNET:["SMS_SITE=P01"]\\{name}' + "\\", "SourceVersion": 4, "State": state})
    # A row without a point, one of another package, and one that says the opposite.
    load["value"] += [load["value"][-1] | {"ServerNALPath": ""}, load["value"][-1] | {"PackageID": "P0100099"}, load["value"][-1] | {"State": 3}]
    (folder / "load.json").write_text(json.dumps(load))
    with site.open() as server:
        applied(site, server, expect)
        result = site.look(server, "--events", "events")
        expect.status(result, 6)
        expect("\x1b" not in result.stdout + result.stderr and "\x07" not in result.stdout + result.stderr and "\u202e" not in result.stdout,
               f"it acts on a terminal: {result}")
        expect.says(result.stdout, "DP\\x1b[31m01 (P\\x07) unknown", "<b>DP02 (P\\x07) failed", "1 failed")
        expect(all("P0100099" not in json.dumps(event) for event in site.events()), "another package")
        expect.status(site.run("wimplan", "show", "--format", "html", "plan.receipt.json"), 0)
        only_reads(site, expect)


def test_usage(build, folder, expect):
    site = WatchedSite(build, folder, kinds=("reload",))
    with site.open() as server:
        for text, status in (("soon", 2), ("4", 2), ("-1s", 2), ("32d", 2), ("2678401s", 2), ("31d", 4), ("2678400s", 4)):
            expect.status(site.watch(server, "--for", text), status)
        result = site.apply(server, "run", "--for", "1h")
        expect.status(result, 2)
        expect.says(result.stderr, "give --watch with it")
        applied(site, server, expect)
        result = site.watch(server)
        expect.status(result, 0)
        expect.says(result.stdout, "The plan refreshes nothing, so that there is nothing to watch.\n")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
