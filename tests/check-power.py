#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Power cuts: check-power.py BUILD [STEP].

strace writes down what the commands that write a cache, and a run of wimplan-apply, do to files. Each beginning of that list is then done
again in a folder of its own, once as a killed process leaves it (all that was written) and once as a power cut may (of each file
what was synced before), and opened: the cache holds what it held before or what it holds after, a plan or a receipt is whole or not there, and no
call that was sent before a kill is one that the journal does not know; gone on with behind a call, none is made twice. With STEP every STEP-th beginning alone (default: 3)."""

import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(TOP / "apply"))
from standin import Counted, Site  # noqa: E402
from straces import strace_calls  # noqa: E402

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
STEP = int(sys.argv[2]) if len(sys.argv) > 2 else 3
CALLS = ("openat,open,creat,close,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,link,linkat,"
         "unlink,unlinkat,sendto,sendmsg")
LINE = re.compile(r"^(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)")
expect = Counted()


def bytes_of(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Recording:
    """What a program did to the files of a folder: ("open", path, truncated), ("write", path, offset, bytes), ("cut", path, size),
    ("sync", path), ("rename", old, new), ("unlink", path), ("send", bytes)."""

    def __init__(self, folder, trace):
        self.folder, self.steps, self.at = folder, [], {}
        for call in strace_calls(trace):
            found = LINE.match(call)
            if found and not found.group(3).startswith("-"):
                self.take(found.group(1), found.group(2), int(found.group(3), 0))

    def inside(self, path):
        """A path in the folder, relative to it; None for any other, and for what SQLite makes anew (its -shm)."""
        path = os.path.normpath(os.path.join(self.folder, path.removesuffix(" (deleted)")))
        inside = path.startswith(str(self.folder) + "/") and not path.endswith("-shm")
        return os.path.relpath(path, self.folder) if inside else None

    def take(self, call, arguments, result):
        texts = [bytes_of(text) for text in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', arguments)]
        numbers = [int(number) for number in re.findall(r"(?<=, )-?\d+(?=,|$)", arguments)]
        opened = re.match(r"(\d+)<(.*?)>", arguments)
        path = self.inside(bytes_of(opened.group(2)).decode() if "\\x" in opened.group(2) else opened.group(2)) if opened else None
        if call in ("sendto", "sendmsg"):
            self.steps.append(("send", b"".join(texts)))
        elif call in ("open", "openat", "creat"):
            name = self.inside(texts[0].decode()) if texts else None
            self.at[result] = 0
            if name and ("O_CREAT" in arguments or "O_TRUNC" in arguments):
                self.steps.append(("open", name, "O_TRUNC" in arguments))
        elif call in ("write", "pwrite64") and opened:
            # What nothing bound to a path is written to goes over a connection.
            number = int(opened.group(1))
            if path is None:
                if "socket" in opened.group(2) or "TCP" in opened.group(2):
                    self.steps.append(("send", b"".join(texts)))
                return
            assert len(texts[0]) >= result, "strace cut a write short"
            offset = numbers[-1] if call == "pwrite64" else self.at.get(number, 0)
            self.steps.append(("write", path, offset, texts[0][:result]))
            if call == "write":
                self.at[number] = offset + result
        elif call in ("writev", "pwritev") and path:
            raise AssertionError(f"{call} of {path} is not replayed")
        elif call == "ftruncate" and path:
            self.steps.append(("cut", path, numbers[-1]))
        elif call in ("fsync", "fdatasync") and path:
            self.steps.append(("sync", path))
        elif call in ("rename", "renameat", "renameat2", "link", "linkat") and len(texts) == 2:
            old, new = (self.inside(text.decode()) for text in texts)
            if old and new:
                self.steps.append(("rename" if call.startswith("rename") else "link", old, new))
        elif call in ("unlink", "unlinkat") and texts and self.inside(texts[0].decode()):
            self.steps.append(("unlink", self.inside(texts[0].decode())))

    def kept(self, count, power):
        """The steps that count after @count of them: with a power cut of each file what was written before its last sync."""
        steps = self.steps[:count]
        if not power:
            return steps
        last, names = {}, {}
        for i, step in enumerate(steps):
            if step[0] == "sync":
                last[names.get(step[1], step[1])] = i
            elif step[0] == "rename":
                names[step[2]] = step[1]
        return [step for i, step in enumerate(steps) if step[0] not in ("write", "cut") or i < last.get(step[1], -1)]


def replay(steps, folder):
    for step in steps:
        path = folder / step[1] if step[0] != "send" else None
        if step[0] == "open":
            path.touch()
            if step[2]:
                os.truncate(path, 0)
        elif step[0] == "write" and path.exists():
            with open(path, "r+b") as file:
                file.seek(step[2])
                file.write(step[3])
        elif step[0] == "cut" and path.exists():
            os.truncate(path, step[2])
        elif step[0] in ("rename", "link") and path.exists():
            (os.replace if step[0] == "rename" else os.link)(path, folder / step[2])
        elif step[0] == "unlink":
            path.unlink(missing_ok=True)


def record(site, program, *arguments):
    """Runs a program under strace; returns what it did."""
    trace = site.folder.parent / "trace"
    done = site.run("strace", "-f", "-y", "-xx", "-s", "2000000", "-e", f"trace={CALLS}", "-o", trace, site.program(program), *arguments,
                    # Leaks cannot be looked for under a tracer.
                    env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
    assert done.returncode in (0, 2, 3), (program, arguments, done)
    return Recording(site.folder, trace)


def held(site):
    """What a cache says of itself, without what every command adds."""
    said = []
    for words in (("snapshot", "list"), ("baseline", "list")):
        done = site.run("wimplan", *words, "--json", "--cache", "cache.db")
        said.append((done.returncode, done.stdout if done.returncode == 0 else done.stderr))
    return said


def whole_database(path):
    with sqlite3.connect(path) as database:
        return database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def beginnings(recording):
    """Every STEP-th, and those before and behind what changes names or is sent."""
    for count in range(len(recording.steps) + 1):
        near = any(step[0] in ("rename", "unlink", "send", "sync") for step in recording.steps[max(0, count - 1):count + 1])
        if STEP == 1 or count % STEP == 0 or (near and count % 2 == 0):
            for power in (False, True):
                yield count, power, recording.kept(count, power)


def cuts(site, before, what, recording, look):
    """Opens each beginning of a recording in the folder of @site itself, which is @before each time."""
    expect(sum(step[0] in ("write", "rename") for step in recording.steps) > 2, f"{what}: {len(recording.steps)} steps are no recording")
    for count, power, steps in beginnings(recording):
        shutil.rmtree(site.folder)
        shutil.copytree(before, site.folder)
        replay(steps, site.folder)
        look(f"{what}, {'power cut' if power else 'killed'} after {count} of {len(recording.steps)}", recording.steps[:count])


def cut_command(site, what, arguments, document=None):
    """One command of wimplan: its cache is the old one or the new one, its document there whole or not."""
    before = site.folder.parent / f"before-{what}"
    shutil.copytree(site.folder, before)
    old, had_cache = held(site), (site.folder / "cache.db").exists()
    recording = record(site, "wimplan", *arguments)
    new = held(site)
    after = json.loads((site.folder / document).read_text()) if document else None

    def look(where, _):
        found = held(site)
        for part, was, becomes in zip(found, old, new):
            # A cache that is made anew is empty for a moment, as one that was made and not yet filled.
            empty = not had_cache and part[0] == 0 and '": []' in part[1]
            expect(empty or part in (was, becomes), f"{where}: {part!r:.300} is neither what was there nor what was to be")
        cache = site.folder / "cache.db"
        if cache.exists() and cache.stat().st_size:
            expect(whole_database(cache), f"{where}: the cache is not whole")
        if document and (site.folder / document).exists():
            expect(json.loads((site.folder / document).read_text() or "0") == after, f"{where}: {document} is half")

    cuts(site, before, what, recording, look)
    shutil.rmtree(site.folder)
    shutil.copytree(before, site.folder)
    done = site.run("wimplan", *arguments)
    expect(done.returncode in (0, 2, 3), f"{what}, once more: {done.stderr}")


def rebooted(site):
    """The environment of a program after a power cut: the machine has booted since, and has another boot id."""
    top = site.folder.parent
    shim, boot = top / "other-boot.so", top / "boot-id"
    boot.write_text("0b5e55ed-0000-4000-8000-0123456789ab\n")
    site.must(*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-o", shim, TOP / "faults" / "other_boot.c")
    # The shim stands before a sanitizer's library on purpose.
    return {"LD_PRELOAD": str(shim), "OTHER_BOOT": str(boot), "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


def requests_of(steps):
    """The calls among what was sent: (path, body)."""
    found, wanted = [], 0
    for step in steps:
        if step[0] != "send":
            continue
        if step[1].startswith(b"POST "):
            head, _, body = step[1].partition(b"\r\n\r\n")
            wanted = int(re.search(rb"(?im)^content-length: *(\d+)", head).group(1)) - len(body)
            found.append([head.split()[1].decode(), body])
        elif wanted > 0:
            found[-1][1] += step[1]
            wanted -= len(step[1])
    return [request for request in found if not (request is found[-1] and wanted > 0)]


def go_on(site, where, made, env):
    """The provider has what was sent of it, and the run goes on with the journal that is there: no content goes out twice."""
    with site.start(load=True) as server:
        for path, body in made:
            status, answer = server.request("POST", path.removeprefix("/AdminService/wmi/"), json.loads(body or b"{}"))
            expect(status == 201, f"{where}: {status} {answer}")
        done = site.apply(server, "run", "--settle", "5", env=env)
    refreshed = site.effects("refresh")
    expect(all(times == 1 for times in refreshed.values()), f"{where}, gone on with: {refreshed} {done.stderr}")
    # 4: it does not know whether a call was made, and makes none; else all of it is done.
    expect(done.returncode == 4 or (done.returncode == 0 and len(refreshed) == 2), f"{where}, gone on with: status {done.returncode}, {refreshed}: {done.stderr}")
    return done.returncode == 0


def cut_run(site):
    """A run of wimplan-apply: what was sent stands in its journal, on the disk, before, or is what its last sync intended."""
    after_boot = rebooted(site)
    before = site.folder.parent / "before-run"
    shutil.copytree(site.folder, before)
    with site.start(load=True, log=None) as server:
        recording = record(site, "wimplan-apply", *site.apply_arguments(server, "run"))
    posts = [i for i, step in enumerate(recording.steps) if step[0] == "send" and step[1].startswith(b"POST ")]
    expect(len(posts) == 3, f"{len(posts)} calls were recorded")
    resumed = []

    def look(where, steps):
        sent = sum(step[0] == "send" and step[1].startswith(b"POST ") for step in steps)
        done = site.run("wimplan-apply", "status", "--json", "plan.json", env=after_boot if "power cut" in where else None)
        if done.returncode == 4:
            # Refused, so that nothing is called: a journal that was cut before its first entry was on the disk.
            expect(not sent or "plan.json.journal" in done.stderr, f"{where}: {done.stderr}")
            return
        expect(done.returncode == 0, f"{where}: status ends with {done.returncode}: {done.stderr}")
        if done.returncode == 0:
            known = sum(step["outcome"] not in ("planned", "pending", "not-started") for step in json.loads(done.stdout)["steps"])
            # By its boot id the journal tells what may have been lost with the power (src/apply/ledger.c).
            expect(known >= sent, f"{where}: {sent} calls were sent, and the journal knows {known}: {done.stdout[-600:]}")
        if any(step[0] == "send" and step[1].startswith(b"POST ") for step in steps[-2:]):
            resumed.append(go_on(site, where, requests_of(steps), after_boot if "power cut" in where else None))
        receipt = site.folder / "plan.receipt.json"
        if receipt.exists():
            expect("wimplan-receipt" in json.loads(receipt.read_text() or "{}").get("format", ""), f"{where}: the receipt is half")

    cuts(site, before, "run", recording, look)
    expect(sum(resumed) > 3, f"{len(resumed)} runs were gone on with, {sum(resumed)} to their end")


def main():
    with tempfile.TemporaryDirectory(prefix="wimplan-power-") as top:
        site = Site(BUILD, pathlib.Path(top) / "site", kinds=("both", "refresh", "none"))
        site.make_sources(after=False)
        site.make_export()
        load = ("import", "--cache", "cache.db", "--site", "P01")
        cut_command(site, "import into no cache", (*load, "--taken-at", "2026-02-20T02:10:00Z", "load.json"))
        site.must("wimplan", "baseline", "adopt", "--cache", "cache.db", "--map", site.map, "--all")
        records = json.loads((site.folder / "load.json").read_text())
        records["value"].pop()
        (site.folder / "fewer.json").write_text(json.dumps(records))
        cut_command(site, "import", (*load, "--taken-at", "2026-02-21T02:10:00Z", "fewer.json"))
        site.must("wimplan", *load, "--taken-at", "2026-02-22T02:10:00Z", "load.json")
        site.make_sources(after=True)
        cut_command(site, "plan", ("plan", "--cache", "cache.db", "--map", site.map, "--quiet", "-o", "plan.json"), "plan.json")
        cut_run(site)
        shutil.rmtree(site.folder)
        shutil.copytree(pathlib.Path(top) / "before-run", site.folder)
        with site.start(load=True) as server:
            assert site.apply(server).returncode == 0
        cut_command(site, "baseline forget", ("baseline", "forget", "--cache", "cache.db", site.packages[0]["id"]))
        listed = json.loads(site.must("wimplan", "snapshot", "list", "--json", "--cache", "cache.db").stdout)["snapshots"]
        cut_command(site, "snapshot remove", ("snapshot", "remove", "--cache", "cache.db", listed[-1]["id"]))
        cut_command(site, "baseline adopt", ("baseline", "adopt", "--cache", "cache.db", "--map", site.map, "--all"))
        cut_command(site, "record", ("record", "--cache", "cache.db", "--map", site.map, "plan.receipt.json"))
    return expect.end()


if __name__ == "__main__":
    sys.exit(main())
