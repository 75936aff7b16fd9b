#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages are judged a batch after the other, and nobody can tell: check-batches.py BUILD. A site of more packages than a batch has;
each is judged as it is alone, the second plan is the first one, and copies of a file are compared across batches."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import record_recipes
import signals  # noqa: F401

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(1, str(TOP / "tests" / "apply"))
from standin import Counted  # noqa: E402

BUILD = pathlib.Path(sys.argv[1]).resolve()
BATCH = int(re.search(r"#define WP_PLAN_BATCH (\d+)u", (TOP / "src" / "cli" / "batch.h").read_text())[1])
COUNT = 2 * BATCH + 100
IMAGE = 'image "Contoso"\narch 9\nlanguages en-US\ndefault en-US\nversion 10.0.{build}.3007\nfile /a.txt content\n'
# Packages on both sides of each border between batches, which are in the order of their ids.
BORDERS = (0, 1, BATCH - 1, BATCH, 2 * BATCH - 1, 2 * BATCH, COUNT - 1)
CHANGED = (3, BATCH - 1, BATCH, BATCH + 7, 2 * BATCH + 3)  # of another build than the site knows
SHARED = (5, BATCH + 5, 2 * BATCH + 5)                     # made from one source, in three spellings
DAMAGED = BATCH + 9                                        # a copy of what most packages are made from, with a broken blob table
check = Counted()


def package_id(number):
    return f"P01{number:05X}"


def path_of(number):
    if number in SHARED:
        return ("shared.wim", "SHARED.wim", "Shared.WIM")[SHARED.index(number)]
    return f"{number:05}.wim"


def make(folder):
    recipes = "".join(f"wim src/{name}.wim\n{IMAGE.format(build=build)}" for name, build in (("same", 22631), ("other", 26100), ("shared", 22631)))
    subprocess.run([BUILD / "mkwim", "-C", folder, "-"], input=recipes.encode(), check=True)
    source = folder / "src"
    for number in range(COUNT):
        if number == DAMAGED:
            data = bytearray((source / "same.wim").read_bytes())
            table = int.from_bytes(data[0x38:0x40], "little")
            data[table:table + 16] = b"\xff\xff" + bytes(14)
            (source / path_of(number)).write_bytes(data)
            shutil.copystat(source / "same.wim", source / path_of(number))
        elif number not in SHARED:
            os.link(source / ("other.wim" if number in CHANGED else "same.wim"), source / path_of(number))
    records = "".join(f"package {package_id(number)}\n\tPkgSourcePath \\\\srv\\src$\\{path_of(number)}\n"
                      '\timage "name=Contoso" "os_version=10.0.22631.3007" "language=en-US" "architecture=9"\n' for number in range(COUNT))
    (folder / "site.json").write_text(json.dumps(record_recipes.read(records)))


def wimplan(folder, *words, expected=(0,)):
    done = subprocess.run([BUILD / "wimplan", *words], cwd=folder, capture_output=True, text=True,
                          env=dict(os.environ, HOME=str(folder), LC_ALL="C.UTF-8"))
    check(done.returncode in expected, f"{' '.join(words)} ends with {done.returncode}: {done.stderr[-300:]}")
    return done


def plan(folder, name, *words, cache="cache.db"):
    # The damaged source makes the plan incomplete: 3.
    wimplan(folder, "plan", "--quiet", "--cache", cache, "--map", f"\\\\srv\\src$={folder}/src", "-o", name, *words, expected=(0, 3))
    return json.loads((folder / name).read_text())


def entries(made):
    return {entry["package_id"]: entry for entry in made["body"]["changes"] + made["body"]["unchanged"]}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make(folder)
        wimplan(folder, "import", "--quiet", "--site", "P01", "--cache", "cache.db", "site.json")
        before = (folder / "cache.db").read_bytes()
        events = folder / "events"
        first = plan(folder, "first.json", "--events", str(events))
        found = entries(first)
        for group in ("changes", "unchanged"):
            ids = [entry["package_id"] for entry in first["body"][group]]
            check(ids == sorted(ids), f"{group} are not in the order of the packages")
        check(sorted(found) == [package_id(number) for number in range(COUNT)], "the plan does not have all packages")
        scans = [json.loads(line) for line in events.read_text().splitlines() if '"scan"' in line]
        sources = COUNT - len(SHARED) + 1
        check([scan["done"] for scan in scans] == list(range(1, sources + 1)), "the sources are not counted one after the other")
        check({scan["total"] for scan in scans} == {sources}, "the number of the sources is not the same all the time")
        check("source-damaged" in json.dumps(found[package_id(DAMAGED)]), "a damaged copy of a file of another batch is not found out")
        check({number for number in range(COUNT) if found[package_id(number)].get("status") == "change"} == set(CHANGED),
              "other packages change than those that did")
        shared = [dict(found[package_id(number)], package_id="", source_path="", preconditions="") for number in SHARED]
        check(all(entry == shared[0] for entry in shared), "packages of one source are judged differently")
        second = plan(folder, "second.json")
        check(second["plan_id"] == first["plan_id"], "the second plan is not the first one")
        # One copy contradicted the others, so that nothing was learned of them: the second plan has looked again.
        check("source-damaged" in json.dumps(entries(second)[package_id(DAMAGED)]), "a damaged copy is not found out the second time")
        for number in sorted({*BORDERS, *CHANGED, *SHARED, DAMAGED}):
            # A file that is known is not read again: nothing is, here.
            (folder / "before.db").write_bytes(before)
            alone = entries(plan(folder, "alone.json", "--only", package_id(number), cache="before.db"))
            check(alone == {package_id(number): found[package_id(number)]}, f"{package_id(number)} is judged differently when it is alone")
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
