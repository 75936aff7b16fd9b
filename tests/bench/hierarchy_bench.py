#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hierarchy costs (testdata/hierarchy): hierarchy_bench.py BUILD. Prints medians; never fails because of time.

The wanted 2 s are those of the second plan, for which nothing has to be scanned, and of an audit that knows the same sources."""

import os
import pathlib
import shutil
import statistics
import sys

import table
from bench import REPEATS, timed

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "testdata" / "hierarchy"))

import make as hierarchy_maker  # noqa: E402
from facts import NOW, SITE  # noqa: E402
from shapes import SHAPES  # noqa: E402

WANTED = 2.0


def report(label, seconds, wanted=None):
    limit = f"   (wanted: at most {wanted:.0f} s)" if wanted else ""
    print(f"  {label:<34}{seconds * 1000:12.1f} ms{limit}", flush=True)


def main():
    build = os.path.realpath(sys.argv[1])
    folder = pathlib.Path(build, "bench-hierarchy")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    hierarchy = hierarchy_maker.make(build, folder)
    os.chdir(folder)
    os.environ["SOURCE_DATE_EPOCH"] = str(int(NOW.timestamp()))
    wimplan = f"{build}/wimplan"
    common = ["--quiet", "--cache", "cache.db"]
    print(f"{len(hierarchy.packages)} packages on {len(hierarchy.points)} distribution points, {len(hierarchy.sequences)} task sequences, "
          f"median of {REPEATS}:")
    for shape in SHAPES:
        exports = sorted(str(path) for path in pathlib.Path(shape).iterdir())
        report(f"wimplan import, {shape}",
               statistics.median(timed([wimplan, "import", *common, "--site", SITE, *exports]) for _ in range(REPEATS)))
    plan = [wimplan, "plan", *common, "--config", "site.conf", "-o", "hierarchy.plan"]
    report("wimplan plan, cold", timed(plan))
    report("wimplan plan, warm", statistics.median(timed(plan) for _ in range(REPEATS)), WANTED)
    audit = [wimplan, "audit", *common, "--config", "site.conf", "--site", SITE, "-o", "audit.txt",
             *sorted(str(path) for path in pathlib.Path("adminservice").iterdir())]
    took = statistics.median(timed(audit) for _ in range(REPEATS))
    report("wimplan audit, import and all", took, WANTED)
    table.row(build, "audit of a hierarchy, import and all", took, at_most=WANTED)
    page = [wimplan, "show", "--quiet", "--format", "html", "-o", "hierarchy.html", "hierarchy.plan"]
    report("wimplan show --format html", statistics.median(timed(page) for _ in range(REPEATS)))
    print(f"  the page has {os.path.getsize('hierarchy.html') / 1e6:.2f} MB (wanted: less than 1 MB)")


if __name__ == "__main__":
    main()
