#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that somebody else has put in a run's way: test_hostile.py BUILD [NAME…]."""

import contextlib
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import time

from between import Front, answer
from standin import Site, run_tests


def refused(site, server, expect, what, *words):
    """status, check and run alike: 4, no call, and never a word that nothing was begun."""
    calls = len(site.requests("POST"))
    for command, options in (("status", ()), ("status", ("--json",)), ("check", ()), ("run", ())):
        result = site.apply(server, command, *options, timeout=20)
        expect(result.returncode == 4, f"{what}: {command} ends with {result.returncode}: {result.stderr[-300:]!r}")
        expect("not begun" not in result.stdout, f"{what}: {command} says that it was not begun")
        expect.says(result.stderr, "plan.json.journal", *words)
    expect.equal(len(site.requests("POST")), calls, f"calls with {what}")


def part_of_a_run(site, server, expect):
    """The bytes of a journal of a plan that is half done."""
    expect.status(site.apply(server, "run", "--only", site.packages[0]["id"]), 0)
    return (site.folder / "plan.json.journal").read_bytes()


def database(path, *statements):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_journal_that_is_none(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    journal = folder / "plan.json.journal"
    with site.start(load=True) as server:
        whole = part_of_a_run(site, server, expect)
        for what, content in (("nothing in it", b""), ("a text", b"no database at all " * 300), ("a short text", b"x"),
                              ("half a mark", whole[:9])):
            journal.write_bytes(content)
            refused(site, server, expect, what)
            expect.equal(journal.read_bytes(), content, f"the file with {what}")
        for what, statement in (("no tables", "PRAGMA user_version=7"), ("tables of another program", "CREATE TABLE plan (id)")):
            journal.unlink()
            database(journal, statement)
            refused(site, server, expect, what, "no journal of wimplan-apply")


def test_journal_that_was_cut(build, folder, expect):
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    journal = folder / "plan.json.journal"
    with site.start(load=True) as server:
        whole = part_of_a_run(site, server, expect)
        for length in sorted({1, 15, 16, 99, 100, 511, 512, 4095, 4096, 8192, len(whole) // 2, len(whole) - 4096, len(whole) - 1}):
            journal.write_bytes(whole[:length])
            refused(site, server, expect, f"{length} bytes of {len(whole)}")
        # On both sides of what a journal may be long.
        journal.write_bytes(whole)
        os.truncate(journal, 1 << 30)
        expect.status(site.apply(server, "status"), 0)
        os.truncate(journal, (1 << 30) + 1)
        refused(site, server, expect, "more than a journal may have", "larger than any")
        journal.write_bytes(whole)
        expect.status(site.apply(server), 0)
    expect.equal(set(site.effects("refresh").values()), {1}, "refreshes")


def test_journal_that_lies(build, folder, expect):
    """What no journal of this plan can say."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    journal = folder / "plan.json.journal"
    with site.start(load=True) as server:
        whole = part_of_a_run(site, server, expect)
        for statement in ("UPDATE step SET position = 77 WHERE position = 1", "UPDATE step SET position = -1 WHERE position = 1",
                          "UPDATE step SET package_id = 'P01FFFFF'", "UPDATE step SET action = 'Refresh'", "UPDATE step SET state = 'odd'",
                          "UPDATE step SET started_unix = 9223372036854775807", "UPDATE step SET started_boot = -9223372036854775807",
                          "UPDATE step SET intended_unix = 9223372036854775800", "UPDATE step SET attempts = -1",
                          "UPDATE step SET started_at = 9223372036854775807", "UPDATE step SET finished_at = -5",
                          "UPDATE step SET version_before = -1", "UPDATE step SET property_before = printf('%.200c', 'x')",
                          "UPDATE step SET error = printf('%.2000c', 'x')", "UPDATE step SET boot = printf('%.2000c', 'x')",
                          "UPDATE run SET provider = printf('%.2000c', 'x')", "UPDATE run SET provider = CAST(x'ff' AS TEXT)",
                          "UPDATE run SET started_at = 9223372036854775807", "DELETE FROM plan"):
            journal.write_bytes(whole)
            database(journal, statement)
            refused(site, server, expect, statement, "damaged")
        for statement in ("CREATE VIEW v AS SELECT * FROM step", "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM step; END",
                          "CREATE INDEX i ON step (state)", "ALTER TABLE step ADD COLUMN more TEXT", "DROP TABLE event"):
            journal.write_bytes(whole)
            database(journal, statement)
            refused(site, server, expect, statement, "its tables are not there")


def test_journal_that_is_no_file(build, folder, expect):
    """A link is not followed, and nothing hangs at a FIFO: by its name and by those that SQLite has for what stands beside it."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    journal = folder / "plan.json.journal"
    with site.start(load=True) as server:
        expect.status(site.apply(server), 0)
        journal.rename(folder / "elsewhere.db")
        site.state.unlink()
    with site.start(load=True) as server:
        for target in ("elsewhere.db", "nothing.db"):
            journal.symlink_to(target)
            refused(site, server, expect, f"a link to {target}", "is a link")
            journal.unlink()
        expect(not (folder / "nothing.db").exists(), "a file was made behind a link")
        for make in (os.mkdir, os.mkfifo):
            make(journal)
            refused(site, server, expect, make.__name__)
            (os.rmdir if make == os.mkdir else os.unlink)(journal)
        journal.write_bytes((folder / "elsewhere.db").read_bytes())
        for ending in ("-journal", "-wal", "-shm"):
            beside = folder / f"plan.json.journal{ending}"
            os.mkfifo(beside, 0o444)
            refused(site, server, expect, f"a FIFO as {ending}", ending)
            beside.unlink()
            beside.symlink_to("plan.json")
            refused(site, server, expect, f"a link as {ending}", ending)
            beside.unlink()
    expect.equal(site.requests("POST"), [], "calls")


def test_journal_that_names_a_third_file(build, folder, expect):
    """A rollback journal may name a file that SQLite takes away after it has played it back (fileformat2.html, 3)."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    journal, victim = folder / "plan.json.journal", folder / "victim"
    with site.start(load=True) as server:
        whole = part_of_a_run(site, server, expect)
        size, pages = struct.unpack(">H", whole[16:18])[0], struct.unpack(">I", whole[28:32])[0]
        magic, name = bytes.fromhex("d9d505f920a163d7"), str(victim).encode()
        hot = (magic + struct.pack(">IIIII", 0, 0, pages, 512, size)).ljust(512, b"\0")
        hot += struct.pack(">I", 0x40000000 // size + 1) + name + struct.pack(">II", len(name), sum(name)) + magic
        for command in ("status", "run"):
            victim.write_bytes(b"of somebody else\n" * 100)
            (folder / "plan.json.journal-journal").write_bytes(hot)
            result = site.apply(server, command)
            expect.status(result, 4)
            expect.says(result.stderr, "another file")
            expect(victim.exists(), f"{command} took another file away")
        # That SQLite does so without the look at it, or this test proves nothing.
        with contextlib.closing(sqlite3.connect(journal)) as connection:
            connection.execute("SELECT count(*) FROM step").fetchone()
        expect(not victim.exists(), "this SQLite takes nothing away")


def test_log_that_is_gone(build, folder, expect):
    """A run was killed in its first call, and what stood beside its journal is gone: nobody knows what was called."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    beside = folder / "plan.json.journal-wal"
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 3}], load=True) as server:
        process = site.start_apply(server)
        while not site.requests("POST") and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.3)
        process.kill()
        process.communicate()
        log = beside.read_bytes()
        for what, content in (("no log", None), ("an empty log", b""), ("another log", b"\0" * len(log))):
            for name in ("-wal", "-shm"):
                (folder / f"plan.json.journal{name}").unlink(missing_ok=True)
            if content is not None:
                beside.write_bytes(content)
            refused(site, server, expect, what, "plan.json.journal-wal held is gone")
        beside.write_bytes(log)
        result = site.apply(server, "status")
        expect.status(result, 0)
        expect.says(result.stdout, "started")
        expect(beside.exists() and beside.stat().st_size, "status took the log away")
        expect.status(site.apply(server), 0)
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")


def test_log_in_which_nothing_counts(build, folder, expect):
    """It was cut, or the run was killed while it wrote its first entry: each step counts as called without an answer."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    beside = folder / "plan.json.journal-wal"
    with site.start("--settle-delay", "1", faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}], load=True) as server:
        process = site.start_apply(server)
        while not site.requests("POST") and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.3)
        process.kill()
        process.communicate()
        log = beside.read_bytes()
        for length in (len(log) // 3, 100, 32):
            beside.write_bytes(log[:length])
            (folder / "plan.json.journal-shm").unlink(missing_ok=True)
            status = site.apply(server, "status")
            expect.status(status, 0)
            expect.says(status.stdout, "2 started")
        began = time.monotonic()
        expect.status(site.apply(server, "run", "--settle", "4"), 0)
        expect(time.monotonic() - began >= 4, "what may have been called was called at once")
    expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")
    expect.equal([step["looked_up"] for step in site.receipt()["steps"]], [True, False], "looked up")


def test_receipt_that_is_planted(build, folder, expect):
    """In a folder that others may write: no link is followed to where a receipt would do harm, and nothing hangs behind the calls."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    receipt, victim = folder / "plan.receipt.json", folder / "victim"
    victim.write_text("of somebody else\n")
    with site.start(load=True) as server:
        for what, make in (("a link", lambda: receipt.symlink_to(victim)), ("a dangling link", lambda: receipt.symlink_to("nothing")),
                           ("a FIFO", lambda: os.mkfifo(receipt)), ("a folder", receipt.mkdir)):
            make()
            result = site.apply(server, "run", timeout=20)
            expect.status(result, 1)
            expect.says(result.stderr, "plan.receipt.json")
            expect.equal(site.requests("POST"), [], f"calls with {what}")
            expect.equal(victim.read_text(), "of somebody else\n", f"the file behind {what}")
            (receipt.rmdir if what == "a folder" else receipt.unlink)()
        expect(not (folder / "nothing").exists(), "a file was made behind a link")
        # Who names one means it.
        receipt.symlink_to(victim)
        expect.status(site.apply(server, "run", "--receipt", "plan.receipt.json"), 0)
        expect(receipt.is_symlink() and '"wimplan-receipt"' in victim.read_text(), "the named receipt was not written through its link")
        victim.write_text("of somebody else\n")
        # The receipt of a plan that is done is made again.
        expect.status(site.apply(server, "run"), 1)
        expect.equal(victim.read_text(), "of somebody else\n", "the file behind a link, rebuilt")


def test_closed_streams(build, folder, expect):
    """No file of a run gets the number of a standard stream, and with it what is meant for the stream."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    with site.start(load=True) as server:
        arguments = site.apply_arguments(server, "run", "--verbose", "--events", "events")
        for closed, status in (("2>&-", 0), ("<&- 2>&-", 0), (">&- 2>&-", 1), ("<&- >&- 2>&-", 1)):
            result = site.run("sh", "-c", f'exec "$@" {closed}', "-", site.program("wimplan-apply"), *arguments)
            expect.equal(result.returncode, status, f"exit status with {closed}")
            expect.equal([line for line in (folder / "events").read_text().splitlines() if not line.startswith('{"type":')], [],
                         f"events with {closed}")
            expect.equal({outcome for _, outcome in site.outcomes().items()} - {"satisfied"}, {"done"} if closed == "2>&-" else set(),
                         f"outcomes with {closed}")
            site.forget()
            (folder / "events").unlink()


def test_reader_that_went_away(build, folder, expect):
    """check and status end as other tools do, and a run is carried out first, whoever has stopped reading what it says."""
    site = Site(build, folder, kinds=("both", "refresh")).make_plan()
    with site.start(load=True) as server:
        for command in ("check", "status", "run"):
            for options in ((), ("--json",)):
                reading, writing = os.pipe()
                os.close(reading)
                process = site.run("wimplan-apply", *site.apply_arguments(server, command, *options), stdout=writing)
                os.close(writing)
                expect.equal((process.returncode, process.stderr), (-signal.SIGPIPE, ""), f"{command} {options}")
                if command == "run":
                    expect.equal({outcome for _, outcome in site.outcomes().items()} - {"satisfied"}, {"done"} if not options else set(), "outcomes")
                    expect.equal([path.name for path in folder.glob("plan*-wal")], [], "what is left")
                    site.forget()
        # Nor is it killed by a line of progress.
        reading, writing = os.pipe()
        os.close(reading)
        result = subprocess.run([site.program("wimplan-apply"), *site.apply_arguments(server, "run", "--verbose")], cwd=folder,
                                env=site.env, stdout=subprocess.DEVNULL, stderr=writing, check=False, timeout=60)
        os.close(writing)
        expect.equal(result.returncode, 0, "exit status without a reader of messages")
    expect.equal(set(site.effects("refresh").values()), {1}, "refreshes")


def test_metadata_that_takes_its_time(build, folder, expect):
    """As many classes and bindings as are read: in seconds, and a signal is heard meanwhile."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    classes = "".join(f'<EntityType Name="C{i}" BaseType="A.C{i + 1}"/>' for i in range(65536))
    actions = "".join(f'<Action Name="RefreshPkgSource" IsBound="true"><Parameter Name="b" Type="A.D{i}"/></Action>' for i in range(65536))
    edmx = f'<edmx:Edmx xmlns:edmx="e"><edmx:DataServices><Schema>{classes}{actions}</Schema></edmx:DataServices></edmx:Edmx>'

    def hook(front, request, client):
        return answer(200, edmx, "Content-Type: application/xml") if "$metadata" in request.path else front.forward(request)

    with site.start(load=True) as server, Front(server, hook) as front:
        server.url = front.url
        began = time.monotonic()
        result = site.apply(server, "check")
        expect.status(result, 1)
        expect.says(result.stderr, "does not offer RefreshPkgSource")
        expect(time.monotonic() - began < 15, f"it took {time.monotonic() - began:.0f} s")
        for pause in (0.05, 0.2, 0.5):
            process = site.start_apply(server, "check")
            time.sleep(pause)
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            process.communicate(timeout=60)
            expect(process.returncode in (143, -signal.SIGTERM, 1), f"exit status {process.returncode}")
            expect(time.monotonic() - began < 5, f"it took {time.monotonic() - began:.1f} s to stop")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
