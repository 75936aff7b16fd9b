#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What looking at the programs that start a computer costs: boot_bench.py BUILD [FILES]. Prints medians; never fails because of time.

1. "wimplan inspect --boot" of an image of FILES files (200,000) with boot files of usual sizes, in turn with "--servicing", which
   reads the same tree: the time beyond it, and the peak memory.
2. The peak memory where the programs stand in a chunk of 64 MiB of a solid resource: of an image of FILES files one that is stored in 58
   hundredths of its size, which is the most that is read beside so many blobs, and of an image of these programs one of three quarters,
   which is the most of all; one that hardly shrank, which is not read, and one that is not compressed."""

import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

import diff_bench
import table

PAIRS = 9
# Sizes as of a Windows 11 image.
PROGRAMS = {
    "Windows/Boot/EFI/bootmgfw.efi": 2_800_000,
    "Windows/Boot/EFI/bootmgr.efi": 2_800_000,
    "Windows/Boot/EFI_EX/bootmgfw_EX.efi": 2_900_000,
    "Windows/Boot/PXE/wdsmgfw.efi": 1_900_000,
    "Windows/Boot/PXE_EX/wdsmgfw_EX.efi": 2_000_000,
    "Windows/System32/winload.efi": 2_300_000,
    "Windows/System32/winresume.efi": 1_900_000,
}


CHUNK = 64 << 20
# MiB that wimplan may take with any chunk: wimplan-performance(7) says the same.
MOST = 128
# The share of its size in which the chunk is stored that is all of an image of no other files, and the one beside FILES others.
SHARES, SHARE_OF_MANY, NOT_READ = (0.74, 0.98, 1), 0.58, 0.98


def add_programs(build, folder, tree):
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    subprocess.run([build / "mkboot", folder / "authorities", programs], check=True, stdout=subprocess.DEVNULL)
    signed = (programs / "6.efi").read_bytes()
    chance = random.Random(5)
    for path, size in PROGRAMS.items():
        file = tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # Half of it as dense as code, roughly.
        half = (size - len(signed)) // 2
        file.write_bytes(signed + chance.randbytes(half) + bytes(half))


def make_large(path, chance, dense, size):
    """In pieces: what a process takes when it starts another one counts as the other's peak memory."""
    with path.open("wb") as file:
        while file.tell() < dense:
            file.write(chance.randbytes(min(1 << 20, dense - file.tell())))
        file.truncate(size)


def chunk_memory(build, folder, share, files):
    """Peak memory where the programs and what fills it are in one chunk that is stored in this share of its size, and so many files beside it."""
    tree = folder / "tree"
    if files:
        diff_bench.populate(tree, files, 0)
    add_programs(build, folder, tree)
    chance = random.Random(9)
    # What repeats itself makes a chunk smaller: the first program stays one, and the others are noise of their size.
    noise = share > 0.8
    for path in list(PROGRAMS)[1:] if noise else []:
        (tree / path).write_bytes(chance.randbytes(PROGRAMS[path]))
    if noise:
        first = tree / next(iter(PROGRAMS))
        bytes_ = first.read_bytes()
        first.write_bytes(bytes_[:len(bytes_) // 2] + chance.randbytes(len(bytes_) // 2))
    programs = sum(PROGRAMS.values())
    # Less than what is full, for the programs' ends do not have quite these sizes.
    size = CHUNK - programs - (1 << 16)
    dense = min(size, int(CHUNK * share) - (programs if noise else programs // 2))
    make_large(tree / "large.efi", chance, dense, size)
    solid = diff_bench.capture(tree, folder / "solid.esd", "--solid", "--solid-compress=LZMS", "--solid-chunk-size=64M")
    shown = subprocess.run([build / "wimplan", "inspect", "--boot", solid], capture_output=True, text=True, check=False).stdout
    if ("128 MiB of memory" in shown) != (share == NOT_READ):
        sys.exit(f"a chunk stored in {share:.0%} with {files} files beside it: not what is to be measured\n{shown}")
    memory = max(diff_bench.run([str(build / "wimplan"), "inspect", "--boot", solid])[1] for _ in range(3))
    return memory, files, share


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 200_000
    wimplan = str(build / "wimplan")
    with tempfile.TemporaryDirectory(prefix="wimplan-bench.") as name:
        folder = pathlib.Path(name)
        tree = folder / "tree"
        diff_bench.populate(tree, files, 0)
        add_programs(build, folder, tree)
        wim = diff_bench.capture(tree, folder / "many.wim", "--compress=LZX")
        runs = [(diff_bench.run([wimplan, "inspect", "--boot", wim]), diff_bench.run([wimplan, "inspect", "--servicing", wim]))
                for _ in range(PAIRS)]
        beyond = statistics.median(boot[0] - servicing[0] for boot, servicing in runs)
        memory = max(boot[1] for boot, _ in runs)
        chunks = [chunk_memory(build, folder, share, 0) for share in SHARES] + [chunk_memory(build, folder, SHARE_OF_MANY, files)]
    servicing = statistics.median(run[0] for _, run in runs)
    print(f"inspect --servicing, {files} files        {1000 * servicing:7.1f} ms")
    print(f"inspect --boot, beyond it                 {1000 * beyond:7.1f} ms (aim: at most 50), {memory:.0f} MiB (aim: at most 64)")
    for solid, beside, share in chunks:
        print(f"inspect --boot, {beside} files, a chunk of 64 MiB stored in {share:.0%}  {solid:5.0f} MiB (aim: at most {MOST})")
    table.row(build, f"inspect --boot of {files} files, beyond --servicing", beyond, at_most=0.05)
    table.row(build, f"inspect --boot of {files} files, memory", memory, at_most=64, unit="MB")
    for solid, beside, share in chunks:
        name = f"inspect --boot, {beside} files and a solid chunk of 64 MiB stored in {100 * share:.0f} %, memory"
        table.row(build, name, solid, at_most=MOST, unit="MB")


if __name__ == "__main__":
    main()
