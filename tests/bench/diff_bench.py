#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing two images: diff_bench.py BUILD [FILES]. Prints medians and ratios; never fails because of time.

1. "wimplan diff --files" of two images of FILES files (200,000), against the detailed listings of wimlib-imagex through
   diff(1), in the same run: time, and peak memory against the sum of the two listings'.
2. The same in turn with images of a quarter of the files: time per file, which says whether the work grows with the files
   alone. Single runs differ by a quarter on a machine that has other things to do, so it is the median of many.
3. "wimplan inspect --servicing" against the time that wimlib needs to open the file and load the image's tree, which is
   "wimlib-imagex dir" of a folder without files."""

import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import table

REPEATS = 3
PAIRS = 9
PER_FOLDER = 12


def populate(root, files, month):
    """Half in WinSxS, half below System32; a twentieth of the components and files differ between the months."""
    chance = random.Random(7)
    for number in range(0, files, PER_FOLDER):
        k = number // PER_FOLDER
        changes = chance.random() < 0.05
        if k % 2:
            version = "10.0.22621.3007" if month and changes else "10.0.22621.2861"
            folder = root / f"Windows/WinSxS/amd64_component-{k:05d}_31bf3856ad364e35_{version}_none_{k:016x}"
        else:
            folder = root / f"Windows/System32/dir{k % 300:03d}/sub{k:05d}"
        folder.mkdir(parents=True)
        for i in range(PER_FOLDER):
            text = f"{number + i} {month if chance.random() < 0.05 else 0}"
            path = folder / f"component-file-{i:02d}-{number + i:06d}.dll"
            path.write_text(text)
            os.utime(path, (1_700_000_000, 1_700_000_000))
    (root / "Empty").mkdir()


def capture(tree, path, *options):
    """The file of a tree, which is gone then."""
    subprocess.run(["wimlib-imagex", "capture", tree, path, "Image", *options], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return str(path)


def make(folder, files):
    paths = []
    for month in (0, 1):
        tree = folder / "tree"
        populate(tree, files, month)
        paths.append(capture(tree, folder / f"{files}-{month}.wim", "--compress=LZX"))
    return paths


def run(command):
    """Seconds and peak memory in MiB of one process with all it starts, the larger of which counts."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode}")
    return time.monotonic() - begin, usage.ru_maxrss / 1024


def median(command, repeats=REPEATS):
    runs = [run(command) for _ in range(repeats)]
    return statistics.median(r[0] for r in runs), max(r[1] for r in runs)


def in_turn(large, small):
    """The medians of both, and the ratio of each pair from the least to the greatest."""
    pairs = [(run(large)[0], run(small)[0]) for _ in range(PAIRS)]
    ratios = sorted(a / b for a, b in pairs)
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), ratios


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    wimplan = str(build / "wimplan")
    with tempfile.TemporaryDirectory(prefix="wimplan-bench.") as name:
        folder = pathlib.Path(name)
        old, new = make(folder, files)
        small = make(folder, files // 4)
        ours, memory = median([wimplan, "diff", "--files", old, new])
        whole, quarter, ratios = in_turn([wimplan, "diff", "--files", old, new], [wimplan, "diff", "--files", *small])
        listings = f"diff <(wimlib-imagex dir {old} 1 --detailed) <(wimlib-imagex dir {new} 1 --detailed)"
        theirs, _ = median(["bash", "-c", listings])
        listed = sum(median(["wimlib-imagex", "dir", path, "1"])[1] for path in (old, new))
        servicing, _ = median([wimplan, "inspect", "--servicing", old], 5)
        load, _ = median(["wimlib-imagex", "dir", old, "1", "--path=/Empty"], 5)
    print(f"diff --files, {files} files each       {ours:7.2f} s, {memory:.0f} MiB")
    print(f"diff of wimlib-imagex's listings       {theirs:7.2f} s, {listed:.0f} MiB for the two listings together")
    print(f"  time                                 {ours / theirs:7.2f} of it (aim: below 0.25)")
    print(f"  memory                               {memory / listed:7.2f} of it (aim: below 1)")
    per_file = [ratio * (files // 4) / files for ratio in ratios]
    print(f"diff --files, {files // 4} files each        {quarter:7.2f} s, with {files} in turn {whole:.2f} s")
    print(f"  time per file, all to a quarter      {statistics.median(per_file):7.2f} (linear: about 1; single pairs "
          f"{per_file[0]:.2f} to {per_file[-1]:.2f})")
    table.row(build, f"diff --files of {files} files each, against diff of two listings", ours, theirs, at_most=0.25)
    table.row(build, f"diff --files of {files} files each, memory against the listings'", memory, listed, at_most=1, unit="MB")
    table.row(build, f"diff --files of {files}, against four times {files // 4}", statistics.median(per_file), 1, at_most=1.15)
    table.row(build, "inspect --servicing, against wimlib-imagex dir of a folder", servicing, load, at_most=1.5)
    print(f"inspect --servicing                    {servicing:7.2f} s")
    print(f"wimlib-imagex dir of an empty folder   {load:7.2f} s")
    print(f"  time                                 {servicing / load:7.2f} of it (aim: at most 1.5)")


if __name__ == "__main__":
    main()
