#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Benchmarks in one run on one machine: bench.py BUILD [PACKAGES]. Prints medians and ratios; never fails because of time.

1. Planning PACKAGES packages (10000) on as many small WIM files, cold (no content id is known) and warm (the second
   plan), against "wimlib-imagex info" for each of the same files, one by one. All read from the page cache.
2. inspect of a WIM with 200,000 blobs against one with ten."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import table

REPEATS = 3
INSPECTIONS = 100
RECIPE = """wim {path}
shape media
compress XPRESS
times 2026-01-08T12:40:00Z
guid {number:032x}
image "Windows 11 Enterprise {number}"
counts 21000 98000 {size} 6000000000
arch 9
edition Enterprise
installation-type Client
product-type WinNT
languages en-US
default en-US
version 10.0.26100.{build}.0
description "Windows 11 Enterprise {number}"
file /Windows/data.bin size 20000 seed {number}
"""
PROPERTY = ('<WIM><IMAGE index="1"><Property name="Image name">Windows 11 Enterprise {number}</Property>'
            '<Property name="Image description">Windows 11 Enterprise {number}</Property>'
            '<Property name="OS version">10.0.26100.{build}</Property><Property name="Architecture">9</Property>'
            '<Property name="Language">en-US</Property><Property name="Product type">WinNT</Property>'
            '<Property name="Size">{size}</Property></IMAGE></WIM>')


def values(number):
    """Every tenth package has an old build on the site."""
    return {"number": number, "build": 2000 + number % 3000, "size": 16_000_000_000 + number}


def path_of(number):
    return f"{number // 1000:03d}/{number % 1000:03d}.wim"


def record(number):
    stored = values(number)
    if number % 10 == 0:
        stored["build"] -= 1
    return {
        "__CLASS": "SMS_ImagePackage", "PackageID": f"P01{number:05X}", "Name": f"Windows 11 {number}", "PkgSourceFlag": 2,
        "PkgSourcePath": "\\\\srv\\src$\\" + path_of(number).replace("/", "\\"), "SourceSite": "P01", "SourceVersion": 1 + number % 9,
        "SourceDate": "2026-01-09T22:41:00Z", "Priority": 2, "ActionInProgress": 0,
        "SedoObjectVersion": f"{number:08X}-0000-0000-0000-000000000000", "ImageProperty": PROPERTY.format(**stored),
    }


def prepare(build, folder, count):
    """Makes the files once; a later run with the same number takes them as they are."""
    done = folder / "done"
    if done.exists() and done.read_text() == f"{count}":
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"making {count} WIM files ...", flush=True)
    recipes = "".join(RECIPE.format(path=path_of(number), **values(number)) for number in range(count))
    recipes += "wim many.wim\nblobs 200000\nimage Many\nwim ten.wim\nblobs 10\nimage Ten\n"
    subprocess.run([f"{build}/mkwim", "-C", str(folder), "-"], input=recipes.encode(), check=True)
    (folder / "export.json").write_text(json.dumps({"value": [record(number) for number in range(count)]}))
    (folder / "list").write_text("".join(f"{folder / path_of(number)}\n" for number in range(count)))
    done.write_text(f"{count}")


def timed(command, allowed=(0,)):
    started = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    seconds = time.perf_counter() - started
    if done.returncode not in allowed:
        raise SystemExit(f"bench: {' '.join(command)} ended with {done.returncode}")
    return seconds


def report(label, seconds, base=None, wanted=None):
    line = f"  {label:<34}{seconds * 1000:12.1f} ms"
    if base is not None:
        line += f"   ratio {seconds / base:6.3f} (wanted: at most {wanted})"
    print(line, flush=True)


def bench_plan(build, folder, count):
    imported, cache = folder / "imported.db", folder / "cache.db"
    for stale in folder.glob("*.db*"):
        stale.unlink()
    import_time = timed([f"{build}/wimplan", "import", "--quiet", "--site", "P01", "--cache", str(imported),
                         str(folder / "export.json")])
    plan = [f"{build}/wimplan", "plan", "--quiet", "--cache", str(cache), "--map", f"\\\\srv\\src$={folder}",
            "-o", str(folder / "plan.json")]
    info, cold, warm = [], [], []
    for _ in range(REPEATS):
        info.append(timed(["xargs", "-a", str(folder / "list"), "-n", "1", "wimlib-imagex", "info"]))
        for stale in folder.glob("cache.db*"):
            stale.unlink()
        shutil.copy(imported, cache)
        cold.append(timed(plan))
        first = json.loads((folder / "plan.json").read_text())
        warm.append(timed(plan))
        second = json.loads((folder / "plan.json").read_text())
        if first["plan_id"] != second["plan_id"] or first["body"]["summary"]["packages"] != count:
            raise SystemExit("bench: the second plan is not the first one")
    base = statistics.median(info)
    print(f"{count} packages on {count} WIM files, median of {REPEATS}:")
    report("wimlib-imagex info, one by one", base)
    report("wimplan import", import_time)
    report("wimplan plan, cold", statistics.median(cold), base, 0.5)
    report("wimplan plan, warm", statistics.median(warm), base, 0.1)
    table.row(build, f"plan of {count} packages, cold, against info for each", statistics.median(cold), base, at_most=0.5)
    table.row(build, f"plan of {count} packages, warm, against info for each", statistics.median(warm), base, at_most=0.1)


def bench_inspect(build, folder):
    times = {"ten": [], "many": []}
    for _ in range(INSPECTIONS):
        for name, list_ in times.items():
            list_.append(timed([f"{build}/wimplan", "inspect", str(folder / f"{name}.wim")]))
    base = statistics.median(times["ten"])
    print(f"wimplan inspect, median of {INSPECTIONS}:")
    report("a WIM with ten blobs", base)
    report("a WIM with 200,000 blobs", statistics.median(times["many"]), base, 1.3)
    table.row(build, "inspect of 200,000 blobs, against ten", statistics.median(times["many"]), base, at_most=1.3)


def main():
    build = os.path.realpath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    folder = pathlib.Path(build, "bench")
    if not shutil.which("wimlib-imagex"):
        raise SystemExit("bench: wimlib-imagex is missing; make deps bench installs it")
    prepare(build, folder, count)
    bench_plan(build, folder, count)
    bench_inspect(build, folder)


if __name__ == "__main__":
    main()
