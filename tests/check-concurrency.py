#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many at once: check-concurrency.py BUILD [ROUNDS].

Twenty processes work on one cache: each ends as its page says, and the cache is whole, with every snapshot that was imported.
Then plans are made of sources that are replaced, cut, renamed and rewritten meanwhile: each entry is that of one version of its
source, whole, or says why there is none. ROUNDS: how often each is done (default: 1)."""

import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import tempfile
import threading

TOP = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(TOP / "apply"))
from standin import Counted, Site  # noqa: E402

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 1
PROCESSES = 20
PLANS = 12  # of each round
VERSIONS = 3
expect = Counted()


def all_at_once(commands, do):
    """What @do gives for each of the commands, which begin together."""
    together = threading.Barrier(len(commands))

    def begin(command):
        together.wait()
        return do(command)

    with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(begin, commands))


# --- One cache --------------------------------------------------------------------------------------------------------

CACHE = ("--cache", "cache.db")


def cache_commands(site, number):
    """Twenty commands: what each is called with, and how it may end when another process has the cache (5) or was quicker."""
    taken = [f"2026-03-{1 + i:02}T02:10:{number % 60:02}Z" for i in range(6)]
    plan = ("plan", *CACHE, "--map", site.map, "--quiet")
    return ([(("import", *CACHE, "--site", "P01", "--taken-at", time, f"export-{i}.json"), (0, 5))
             for i, time in enumerate(taken)] +
            [((*plan, "-o", f"plan-{i}.json"), (0, 5)) for i in range(4)] +
            [((*plan, "-o", "plan-shared.json"), (0, 5))] * 2 +
            [(("record", *CACHE, "--map", site.map, "--plan", "plan.json", "plan.receipt.json"), (0, 5))] * 2 +
            [(("baseline", "adopt", *CACHE, "--map", site.map, "--all"), (0, 5))] +
            [(("log", *CACHE, "--json"), (0, 5)), (("snapshot", "list", *CACHE, "--json"), (0, 5)),
             (("snapshot", "show", *CACHE, "--json"), (0, 5)), (("baseline", "list", *CACHE), (0, 5)),
             (("verify", *CACHE, "--map", site.map, "plan.json"), (0,))])


def one_cache(site, number):
    commands = cache_commands(site, number)
    # Records of which no other import has all: each is a snapshot of its own.
    for i in range(6):
        records = json.loads((site.folder / "load.json").read_text())
        records["value"][0]["Description"] = f"round {number}, import {i}"
        (site.folder / f"export-{i}.json").write_text(json.dumps({"value": records["value"][:len(records["value"]) - i % 2]}))
    assert len(commands) == PROCESSES
    random.Random(number).shuffle(commands)
    results = all_at_once(commands, lambda command: site.run("wimplan", *command[0]))
    imported = set()
    for (arguments, statuses), done in zip(commands, results):
        words = " ".join(map(str, arguments[:2]))
        expect(done.returncode in statuses, f"round {number}, {words}: status {done.returncode}: {done.stderr}")
        expect(done.returncode != 5 or "cache.db is in use by another process" in done.stderr, f"{words}: {done.stderr}")
        if arguments[0] == "import" and done.returncode == 0:
            imported.add(arguments[arguments.index("--taken-at") + 1])
        if done.returncode == 0 and "-o" in arguments:
            path = site.folder / arguments[-1]
            expect(json.loads(path.read_text())["body"]["complete"], f"{path.name} is not whole")
    expect(imported, f"round {number}: nothing was imported")
    with sqlite3.connect(site.folder / "cache.db") as database:
        expect(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"round {number}: the cache is not whole")
        rows = database.execute("SELECT id, taken_at, records, (SELECT count(*) FROM records WHERE snapshot = number) FROM snapshots").fetchall()
    times = {row[1][:19] + "Z" for row in rows}
    expect(imported <= times, f"round {number}: of {imported} there is {times}")
    for name, _, said, there in rows:
        shown = site.run("wimplan", "snapshot", "show", *CACHE, "--json", name)
        expect(said == there and shown.returncode == 0 and len(json.loads(shown.stdout)["records"]) == said,
               f"round {number}: snapshot {name} has {there} of {said} records, and is shown with {shown.returncode}: {shown.stderr}")
    left = [path.name for path in site.folder.iterdir() if path.suffix == ".tmp" or path.name.endswith(("-journal", "-wal"))]
    expect(not left, f"round {number}: {left} was left behind")


def check_cache(top):
    site = Site(BUILD, top / "cache", kinds=("both", "reload", "refresh", "none"))
    site.make_plan()
    with site.start(load=True, log=None) as server:
        result = site.apply(server)
        assert result.returncode == 0, result
    for number in range(ROUNDS):
        one_cache(site, number)


# --- Sources that change ----------------------------------------------------------------------------------------------

def entry_of(plan, package):
    """What a plan says of the content and the images of a package's source; None where it is blocked."""
    entry = next(entry for entry in plan["body"]["changes"] + plan["body"]["unchanged"] if entry["package_id"] == package["id"])
    return None if entry.get("status") == "blocked" else json.dumps(entry["expect"])


class Changing:
    """A source of which some thread makes another version, in every way that files are changed."""

    def __init__(self, path, versions, seed):
        self.path, self.versions, self.random = path, versions, random.Random(seed)

    def replace(self, data):
        beside = self.path.with_suffix(".new")
        beside.write_bytes(data)
        os.replace(beside, self.path)

    def rewrite(self, data):
        """As a copy program does: in place, piece by piece."""
        with open(self.path, "r+b") as file:
            file.truncate(len(data))
            for at in range(0, len(data), 1000):
                file.write(data[at:at + 1000])
                file.flush()

    def cut(self, data):
        os.truncate(self.path, self.random.randrange(len(data)))
        self.replace(data)

    def rename(self, data):
        away = self.path.with_suffix(".away")
        os.replace(self.path, away)
        away.write_bytes(data)
        os.replace(away, self.path)

    def go_on(self, stop):
        while not stop.is_set():
            self.random.choice((self.replace, self.rewrite, self.cut, self.rename))(self.random.choice(self.versions))
            stop.wait(self.random.random() * 0.02)


def large_as_well(recipes):
    """Every second source has so much in it that it is read in pieces: small ones come whole in one read, of one moment."""
    parts = recipes.split("wim ")
    return "wim ".join(part + '\timage "The other"\n\tfile /large.bin size 300000\n' if i % 2 else part for i, part in enumerate(parts))


def make_versions(site):
    """(bytes of each version of each package's file, what a plan of them at rest says)."""
    data = {package["id"]: [] for package in site.packages}
    known = {package["id"]: set() for package in site.packages}
    for number in range(VERSIONS):
        recipes = site.folder / "versions.recipes"
        site.make_sources(after=True)
        text = large_as_well((site.folder / "sources.recipes").read_text())
        recipes.write_text(text.replace("content after", f"content no. {number}").replace(".3007.", f".{4000 + number}.")
                           .replace("2026-02-14", f"2026-02-{14 + number}"))
        site.must(site.build / "mkwim", "-C", site.folder / "sources", recipes)
        plan = site.plan()
        for package in site.packages:
            data[package["id"]].append((site.folder / "sources" / package["file"]).read_bytes())
            known[package["id"]].add(entry_of(plan, package))
    return data, known


def check_sources(top):
    site = Site(BUILD, top / "sources", kinds=("both",) * 6, install=False)
    site.make_plan()
    data, known = make_versions(site)
    for package in site.packages:
        expect(len(known[package["id"]]) == VERSIONS and None not in known[package["id"]], f"{package['id']} has {known[package['id']]}")
    seen = {package["id"]: set() for package in site.packages}
    for number in range(ROUNDS):
        stop = threading.Event()
        changing = [Changing(site.folder / "sources" / package["file"], data[package["id"]], f"{number} {package['id']}") for package in site.packages]
        with concurrent.futures.ThreadPoolExecutor(len(changing)) as pool:
            changes = [pool.submit(one.go_on, stop) for one in changing]
            try:
                for i in range(PLANS):
                    done = site.run("wimplan", "plan", *CACHE, "--map", site.map, "--quiet", "--jobs", str(1 + i % 4), "-o", "moving.json")
                    expect(done.returncode in (0, 3), f"round {number}, plan {i}: status {done.returncode}: {done.stderr}")
                    plan = json.loads((site.folder / "moving.json").read_text())
                    for package in site.packages:
                        entry = entry_of(plan, package)
                        seen[package["id"]].add(entry)
                        expect(entry is None or entry in known[package["id"]], f"round {number}, plan {i}, {package['id']}: {entry} is of no version")
            finally:
                # The pool waits for these, also when a plan could not be looked at.
                stop.set()
            for change in changes:
                change.result()
    expect(any(len(entries - {None}) > 1 for entries in seen.values()), f"no source was seen in two versions: nothing was tried: {seen}")
    # Which needs a change in the midst of a read.
    expect(ROUNDS == 1 or any(None in entries for entries in seen.values()), "no source was ever blocked")
    # What the cache has learned meanwhile is of one version each.
    plan = site.plan("at-rest.json")
    for package, one in zip(site.packages, changing):
        expect(entry_of(plan, package) in known[package["id"]], f"{package['id']} at rest is of no version")
        one.replace(data[package["id"]][0])
    with_cache = site.plan("at-rest.json")
    shutil.move(site.folder / "cache.db", site.folder / "learned.db")
    site.must("wimplan", "import", *CACHE, "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "load.json")
    without = site.plan("cold.json")
    for package in site.packages:
        expect(entry_of(with_cache, package) == entry_of(without, package), f"{package['id']}: the cache has learned a mixture")


def main():
    with tempfile.TemporaryDirectory(prefix="wimplan-concurrency-") as top:
        check_cache(pathlib.Path(top))
        check_sources(pathlib.Path(top))
    return expect.end()


if __name__ == "__main__":
    sys.exit(main())
