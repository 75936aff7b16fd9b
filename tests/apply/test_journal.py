#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wimplan-apply keeps on disk, and what it does when it cannot: test_journal.py BUILD [NAME…]."""

import contextlib
import json
import os
import pathlib
import pty
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time

from standin import REFRESH, RELOAD, Site, run_tests


def journal_of(site):
    return next(path for path in site.folder.glob("plan*journal*") if not path.name.endswith(("-wal", "-shm", "-journal")))


def steps_of(path):
    """position → (state, boot id), from a journal that a killed run has left."""
    with contextlib.closing(sqlite3.connect(path)) as journal:
        return {position: (state, boot) for position, state, boot in journal.execute("SELECT position, state, boot FROM step")}


def trace(site, server, expect):
    """What a run under strace did, in order: fdatasync, fsync, GET, POST."""
    arguments = [site.program("wimplan-apply"), *site.apply_arguments(server, "run")]
    # Leaks cannot be looked for under a tracer.
    result = site.run("strace", "-f", "-qq", "-e", "trace=fdatasync,fsync,sendto,write", "-s", "12", "-o", "trace", *arguments,
                      env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
    expect.status(result, 0)
    found = (re.search(r"\b(fdatasync|fsync|(?:sendto|write)\(\d+, \"(GET|POST))", line)
             for line in (site.folder / "trace").read_text().splitlines())
    return [match.group(2) or match.group(1) for match in found if match]


def test_on_disk_before_the_call(build, folder, expect):
    """Between what is read before the first call of a batch and that call stands a write through to the disk."""
    site = Site(build, folder, kinds=("both", "refresh", "both")).make_plan()
    with site.start(load=True) as server:
        did = trace(site, server, expect)
    expect.equal(did.count("POST"), 5, "calls")
    expect(did[did.index("POST") - 1] in ("fdatasync", "fsync"), f"before the first call came {did[:did.index('POST')]}")


def test_batches(build, folder, expect):
    """No step is called before it stands on disk that it may be: 32 with one sync, then the next ones, more of them where it goes fast."""
    site = Site(build, folder, kinds=("both",) * 50, shared=5, install=False).make_plan()
    with site.start(load=True) as server:
        did = trace(site, server, expect)
        syncs = ["POST" if what == "POST" else "sync" for what in did if what != "GET"]
        expect.equal(syncs.count("POST"), 100, "calls")
        calls = [count for run in " ".join(syncs).split("sync") if (count := len(run.split()))]
        expect(calls[0] == 32 and max(calls) <= 64, f"calls between two syncs: {calls}")
        expect(len(calls) < 12, f"more syncs than are needed: {calls}")
        site.forget()
    with site.start(faults=[{"method": "POST", "nth": 34, "action": "slow", "seconds": 20}], load=True) as server:
        process = site.start_apply(server)
        while len(site.requests("POST")) < 34 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.communicate()
        boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        steps = steps_of(journal_of(site))
    expect.equal({steps.get(position) for position in range(33)}, {("done", boot)}, "the steps before")
    expect.equal(steps.get(33), ("started", boot), "the step that was called")
    expect.equal({steps.get(position) for position in range(34, 64)}, {("intended", boot)}, "the steps after")
    expect(all(position < 96 for position in steps), f"intended: {len(steps)} steps")


def killed_in_the_call(site, server, number=1):
    """A run that is killed when the provider has got its call."""
    process = site.start_apply(server, "run", "--settle", "60")
    while len(site.requests("POST")) < number and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)
    process.kill()
    process.communicate()


def test_machine_crashed(build, folder, expect):
    """What was written without a sync is gone, and the boot id is another one: what was intended may have been called."""
    site = Site(build, folder, kinds=("refresh", "refresh", "both")).make_plan()
    for boot in ("00000000-0000-0000-0000-000000000000", ""):
        faults = [{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}]
        with site.start("--settle-delay", "2", faults=faults, load=True) as server:
            killed_in_the_call(site, server)
            with contextlib.closing(sqlite3.connect(journal_of(site))) as journal, journal:
                expect.equal(journal.execute("SELECT state FROM step WHERE position = 0").fetchone(), ("started",), "before the crash")
                journal.execute("UPDATE step SET state = 'intended', boot = ?, attempts = 0, started_at = NULL, started_unix = 0,"
                                " version_before = NULL, property_before = ''", (boot,))
                journal.execute("DELETE FROM event")
            status = json.loads(site.apply(server, "status", "--json").stdout)
            expect.equal({step["outcome"] for step in status["steps"]}, {"started"}, f"status with boot id {boot!r}")
            began = time.time()
            expect.status(site.apply(server, "run", "--settle", "5"), 0)
            posts = site.requests("POST")
            expect.equal(len([entry for entry in posts if site.packages[0]["id"] in entry["path"]]), 1, "calls of what was called")
            expect.equal(len(posts), 4, "calls")
            # The latest time that they can have been called at is now: an intention is good for longer than all this took.
            expect(all(entry["at"] - began > 5 for entry in posts[1:]), f"sent again after {[entry['at'] - began for entry in posts]}")
            first = next(step for step in site.receipt()["steps"] if step["package_id"] == site.packages[0]["id"])
            expect.equal((first["outcome"], first["looked_up"], first["source_version_before"], first["source_version_after"]),
                         ("done", True, 3, 4), "what was called")
            expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")
        site.forget()


def test_same_boot(build, folder, expect):
    """While the machine runs, what was intended and not started was not called: nothing waits."""
    site = Site(build, folder, kinds=("refresh", "refresh", "both")).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}], load=True) as server:
        killed_in_the_call(site, server)
        expect.equal([state for state, _ in steps_of(journal_of(site)).values()], ["started"] + 3 * ["intended"], "after the kill")
        status = json.loads(site.apply(server, "status", "--json").stdout)
        expect.equal([step["outcome"] for step in status["steps"]], ["started"] + 3 * ["pending"], "status")
        began = time.monotonic()
        expect.status(site.apply(server, "run", "--settle", "60"), 0)
        expect(time.monotonic() - began < 10, f"it took {time.monotonic() - began:.0f} s")
        expect.equal([step["looked_up"] for step in site.receipt()["steps"]], [True, False, False, False], "looked up")
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")


def test_intentions_are_withdrawn(build, folder, expect):
    """A run that ends by itself leaves nothing that a later boot would have to look up."""
    site = Site(build, folder, kinds=("refresh",) * 3).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 2}], load=True) as server:
        process = site.start_apply(server)
        while not site.requests("POST") and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        expect.equal(process.returncode, 143, "exit status")
    expect.equal([state for state, _ in steps_of(journal_of(site)).values()], ["done", "pending", "pending"], "states")


def test_journal_of_another_plan(build, folder, expect):
    site = Site(build, folder, kinds=("both", "both")).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server, "run", "--only", site.packages[0]["id"], "--journal", "one.db"), 0)
        other = site.run("wimplan", "plan", "--cache", "cache.db", "--map", site.map, "--only", site.packages[1]["id"], "-o", "other.json")
        expect.status(other, 0)
        before = len(site.requests("POST"))
        result = site.apply(server, "run", "--journal", "one.db", plan="other.json")
        expect.status(result, 4)
        expect.says(result.stderr, "one.db")
        expect.equal(len(site.requests("POST")), before, "calls")


def test_foreign_text(build, folder, expect):
    """What somebody has written into a journal does nothing to the terminal that shows it, nor forges a line."""
    site = Site(build, folder, kinds=("both",)).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
    with contextlib.closing(sqlite3.connect(journal_of(site))) as journal, journal:
        journal.execute("UPDATE run SET provider = ?", ("https://a\nPlan 00000000, site P01, 1 step: 1 done.\u200b\x1b[2J\u009b1m",))
    status = site.run("wimplan-apply", "status", "plan.json")
    expect.status(status, 0)
    expect.equal([line for line in status.stdout.split("\n") if "00000000" in line],
                 [line for line in status.stdout.split("\n") if "the first on" in line], "the line of the provider")
    expect.says(status.stdout, r"https://a\x0aPlan 00000000, site P01, 1 step: 1 done.<U+200B>\x1b[2J<U+009B>1m.")


def test_damaged_journal(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    with site.start(load=True) as server:
        (folder / "bad.db").write_bytes(b"no database at all " * 300)
        result = site.apply(server, "run", "--journal", "bad.db")
        expect.status(result, 4)
        expect.says(result.stderr, "bad.db")
        expect.equal(site.requests("POST"), [], "calls")
        expect.equal((folder / "bad.db").read_bytes(), b"no database at all " * 300, "the file is left alone")
        nowhere = site.apply(server, "run", "--journal", "nowhere/at/all.db")
        expect.status(nowhere, 1)
        expect.equal(site.requests("POST"), [], "calls without a journal")
        expect.status(site.apply(server), 0)
        whole = journal_of(site).read_bytes()
        for at in range(100, len(whole), len(whole) // 12):
            journal_of(site).write_bytes(whole[:at] + bytes(64) + whole[at + 64:])
            result = site.apply(server)
            # Damaged, or only where there was nothing: then it says that all is done.
            expect(result.returncode == 4, f"byte {at}: {result.returncode} {result.stderr[-200:]}")
            journal_of(site).write_bytes(whole)
        expect.equal(set(site.effects("refresh").values()), {1}, "refreshes whatever the journal says")


def test_receipt_cannot_be_written(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(load=True) as server:
        (folder / "taken.json").mkdir()
        for path in ("nowhere/receipt.json", "taken.json"):
            result = site.apply(server, "run", "--receipt", path)
            expect.status(result, 1)
            expect.says(result.stderr, path)
            expect.equal(site.requests("POST"), [], "calls whose receipt could not be written")
            expect.equal(sorted(path.name for path in folder.glob("*tmp")), [], "temporary files")
        result = site.apply(server, "run", "-o", "nowhere/result")
        expect.status(result, 1)
        expect.says(result.stderr, "nowhere/result")
        expect.equal(site.requests("POST"), [], "calls whose result could not be written")
        expect(not (folder / "plan.receipt.json").exists(), "a receipt of nothing")
        expect.status(site.apply(server, "run", "--receipt", "here.json"), 0)
        expect.equal(json.loads((folder / "here.json").read_text())["steps"][0]["outcome"], "done", "outcome")
        expect.equal(site.effects("refresh"), {site.packages[0]["id"]: 1}, "refreshes")


def test_disk_is_full(build, folder, expect):
    """The journal cannot grow: no call without its line, and no damage."""
    site = Site(build, folder, kinds=("both",) * 6).make_plan()
    with site.start(load=True) as server:
        def limit():
            # Python ignores it itself, and so would its children.
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (90000, 90000))

        result = site.run("wimplan-apply", *site.apply_arguments(server, "run"), preexec_fn=limit)
        if result.returncode:
            expect(result.returncode in (1, 6), f"exit status {result.returncode}")
            expect(result.stderr, "says nothing")
        calls = len(site.requests("POST"))
        expect(calls < 12, f"{calls} calls: the limit was not reached")
        expect.status(site.apply(server), 0)
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")


def test_stdout_is_full(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(load=True) as server, open("/dev/full", "w", encoding="ascii") as full:
        for options in ((), ("--json",)):
            result = site.apply(server, "check", *options, stdout=full)
            expect.equal(result.returncode, 1, f"check {options} with a full stdout")
        result = site.apply(server, "run", "--json", stdout=full)
        expect.equal(result.returncode, 1, "run --json with a full stdout")
        expect.equal(site.outcomes(), {(site.packages[0]["id"], REFRESH): "done"}, "the receipt is there all the same")


def test_events_are_lost(build, folder, expect):
    """Lines of --events that cannot be written stop no call, and are said at the end, whatever was written behind them."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    with site.start(load=True) as server:
        result = site.apply(server, "run", "--json", "--events", "/dev/full")
        expect.status(result, 1)
        expect.says(result.stderr, "/dev/full could not be written to its end: No space left on device")
        expect.equal(json.loads(result.stdout)["format"], "wimplan-receipt", "the one document")
        expect.equal(set(site.outcomes().values()), {"done"}, "outcomes")
        result = site.apply(server, "watch", "--quiet", "--for", "0s", "--events", "/dev/full")
        expect.equal(result.returncode, 1 if result.returncode != 6 else 6, "exit status of watch")
        expect.says(result.stderr, "/dev/full could not be written to its end")
        result = site.apply(server, "watch", "--for", "0s", "--events", "events.ndjson")
        good = result.returncode
        for line in (folder / "events.ndjson").read_text().splitlines():
            json.loads(line)
        expect.equal(site.apply(server, "watch", "--for", "0s", "--events", "/dev/full").returncode, good or 1, "a status that was bad stays")


def test_killed_and_never_read(build, folder, expect):
    """Started, killed, never carried out: the next run looks until the settle time since the start is over, then sends again."""
    site = Site(build, folder, kinds=("refresh", "reload")).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "close-before-read"}], load=True) as server:
        process = site.start_apply(server, "run", "--settle", "60")
        while not site.requests("POST") and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.3)
        process.kill()
        process.communicate()
        result = site.apply(server, "run", "--settle", "4")
        if result.returncode == 6:
            result = site.apply(server, "run", "--settle", "4")
        expect.status(result, 0)
        at = [entry["at"] for entry in site.requests("POST", REFRESH)]
        expect(len(at) == 2 and 3.9 <= at[1] - at[0] < 9, f"calls at {at}")
    expect.equal(site.effects("refresh"), {site.packages[0]["id"]: 1}, "refreshes")


def test_clock_was_set(build, folder, expect):
    """As if the clock had been two hours slow when the call began: the machine's uptime says how long ago that was."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    # Without ActionInProgress nothing but the time keeps it from being sent again.
    faults = [{"method": "GET", "path": "*P01*", "action": "change-record", "package_id": site.packages[0]["id"], "set": {"ActionInProgress": 0}}]
    with site.start("--settle-delay", "4", faults=faults, load=True) as server:
        killed_in_the_call(site, server)
        with contextlib.closing(sqlite3.connect(journal_of(site))) as journal, journal:
            journal.execute("UPDATE step SET state = 'started', started_unix = started_unix - 7200")
        expect.status(site.apply(server, "run", "--settle", "20"), 0)
        expect.equal(len(site.requests("POST")), 1, "calls")
        expect(site.receipt()["steps"][0]["looked_up"], "looked up")
    expect.equal(site.effects("refresh"), {site.packages[0]["id"]: 1}, "refreshes")


def test_a_run_in_between(build, folder, expect):
    """While one run asks, another one begins and ends, under another name of the provider and so with another lock."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start("--settle-delay", "6", load=True) as server:
        arguments = [argument.replace("127.0.0.1", "localhost") for argument in site.apply_arguments(server, "run") if argument != "--yes"]
        ours, theirs = pty.openpty()
        with subprocess.Popen([site.program("wimplan-apply"), *arguments], cwd=folder, env=site.env, stdin=theirs,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True) as first:
            os.close(theirs)
            asked = b""
            while b"[y/N]" not in asked:
                asked += first.stderr.read1(4096)
            expect.status(site.apply(server, "run", "--settle", "1"), 6)
            os.write(ours, b"y\n")
            said = first.stderr.read().decode()
            first.wait(60)
        os.close(ours)
        expect.equal(first.returncode, 5, "exit status of the run that had asked")
        expect.says(said, "another run", "plan.json", "run it again")
        expect.equal(len(site.requests("POST")), 1, "calls")
        time.sleep(5)
        expect.status(site.apply(server), 0)
    expect.equal(site.effects("refresh"), {site.packages[0]["id"]: 1}, "refreshes")


def test_disk_without_room(build, folder, expect):
    """A disk that is full for the journal, or for the receipt: no call is lost or made twice."""
    site = Site(build, folder, kinds=("both",) * 6).make_plan()
    small = folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", small], check=False, stderr=subprocess.DEVNULL).returncode:
        return
    try:
        with site.start(load=True) as server:
            (small / "filler").write_bytes(bytes(500000))
            result = site.apply(server, "run", "--journal", small / "journal", "--receipt", "receipt.json")
            expect(result.returncode in (1, 6), f"exit status {result.returncode}")
            expect.says(result.stderr, "no room left", "journal")
            before = len(site.requests("POST"))
            expect(before < 12, f"{before} calls: it was not full")
            (small / "filler").unlink()
            expect.status(site.apply(server, "run", "--journal", small / "journal", "--receipt", "receipt.json"), 0)
            expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")
            for path in ("journal", "filler"):
                (small / path).unlink(missing_ok=True)
            site.forget()
        with site.start(load=True) as server:
            free = os.statvfs(small)
            (small / "filler").write_bytes(bytes(free.f_bavail * free.f_bsize))
            result = site.apply(server, "run", "--receipt", small / "receipt.json")
            expect.status(result, 1)
            expect.says(result.stderr, "receipt.json")
            expect.equal(site.requests("POST"), [], "calls whose receipt could not be written")
    finally:
        subprocess.run(["umount", small], check=False)


def test_journal_that_may_not_be_read(build, folder, expect):
    """The journal is made like other files, as the umask has it; who may not open it is told why."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    other = {} if os.getuid() else {"user": 65534, "group": 65534, "extra_groups": []}
    with site.start(load=True) as server:
        expect.status(site.apply(server, umask=0o027), 0)
        journal = journal_of(site)
        expect.equal(oct(journal.stat().st_mode & 0o777), "0o640", "mode of the journal")
        journal.chmod(0)
        folder.chmod(0o755)
        (folder / "plan.json").chmod(0o644)
        try:
            if site.run("wimplan-apply", "--version", **other).returncode:
                return
        except PermissionError:
            return
        result = site.run("wimplan-apply", "status", "plan.json", **other)
        expect.status(result, 1)
        expect.says(result.stderr, "plan.json.journal", "Permission denied")


def test_no_core_file(build, folder, expect):
    """A secret is in memory: the limit for core files is 0, whatever it was."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(faults=[{"path": "*$metadata", "action": "slow", "seconds": 1}], load=True) as server:
        with site.start_apply(server, "run", "--auth", "bearer", env={"WIMPLAN_TOKEN": "a.b.c"}) as process:
            while not site.requests():
                time.sleep(0.02)
            limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")
            process.kill()
            process.communicate()
    expect(re.search(r"Max core file size +0 +0", limits), limits)


def test_killed_behind_the_last_step(build, folder, expect):
    """All is done, and the run did not come to say so: the receipt says when, and status does not speak of a run that goes on."""
    site = Site(build, folder, kinds=("refresh", "reload")).make_plan()
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
        whole = site.receipt()
        with contextlib.closing(sqlite3.connect(journal_of(site))) as journal, journal:
            journal.execute("UPDATE run SET finished_at = NULL, exit_status = NULL")
        site.receipt_path().unlink()
        status = site.apply(server, "status")
        expect.status(status, 0)
        expect("still going on" not in status.stdout, f"status: {status.stdout}")
        expect.status(site.apply(server), 4)
        expect.equal(site.receipt()["finished_at"], max(step["finished_at"] for step in whole["steps"]), "finished_at")
        expect.equal(site.receipt()["steps"], whole["steps"], "steps")


def test_receipt_of_a_part(build, folder, expect):
    """A receipt with failures is one that record accepts, and it takes from it what was done."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    faults = [{"method": "POST", "path": f"*{site.packages[1]['id']}*", "action": "return-value", "value": 1}]
    with site.start(faults=faults, load=True) as server:
        expect.status(site.apply(server), 6)
        later = site.export(server, "later.json")
    expect.status(site.run("wimplan", "record", "--cache", "cache.db", site.receipt_path()), 0)
    site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", later)
    plan = site.plan("next.json")
    expect.equal([change["package_id"] for change in plan["body"]["changes"]], [site.packages[1]["id"]], "what is left")


def test_read_only_commands_leave_nothing(build, folder, expect):
    site = Site(build, folder).make_plan()
    before = sorted(path.name for path in folder.iterdir())
    expect.status(site.run("wimplan-apply", "status", "plan.json"), 0)
    expect.equal(sorted(path.name for path in folder.iterdir()), before, "files after status")


def test_reload_then_killed_keeps_order(build, folder, expect):
    """A refresh is sent only after its reload is done, also across runs."""
    site = Site(build, folder, kinds=("both",)).make_plan()
    faults = [{"method": "POST", "path": f"*{RELOAD}", "nth": 1, "action": "return-value", "value": 1}]
    with site.start(faults=faults, load=True) as server:
        expect.status(site.apply(server), 6)
        expect.equal(site.requests("POST", REFRESH), [], "refresh before its reload")
        expect.status(site.apply(server), 0)
    posts = [entry["path"].rsplit(".", 1)[1] for entry in site.requests("POST")]
    expect.equal(posts, [RELOAD, RELOAD, REFRESH], "calls")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
