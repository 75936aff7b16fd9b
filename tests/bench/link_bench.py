#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources behind a link of 5 ms: link_bench.py BUILD [PACKAGES]. Never fails because of time.

link.c is the link, and says what it takes for a round trip. wimplan plans PACKAGES packages (500) of four images each, cold and
warm, with 32 threads and with as many as it takes by itself; wimlib-imagex reads the same files one after the other. Then the round
trips of one source beside the listing of folders, and those of the content id of a file of 5 GB with 150,000 blobs."""

import collections
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import time

import scale_bench
import table
from bench import path_of

MILLISECONDS = 5
PIECE = 1 << 20
LISTING = ("opendir", "readdir")


class Link:
    """The folder behind the link; @trips afterwards has how many round trips of which kind each path took."""

    def __init__(self, build, folder):
        self.build, self.folder, self.place = build, folder, folder.with_name("bench-link-mount")
        self.counts = folder.with_name("bench-link-counts")

    def __enter__(self):
        self.place.mkdir(exist_ok=True)
        self.process = subprocess.Popen([f"{self.build}/bench-link", str(self.folder), str(self.place), str(MILLISECONDS), str(self.counts)])
        for _ in range(500):
            if os.path.ismount(self.place):
                return self
            time.sleep(0.01)
        raise SystemExit("bench: the link could not be mounted")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.trips = collections.Counter(tuple(line.split("\t")) for line in self.counts.read_text().splitlines())


def make_large(build, folder):
    """150,000 blobs whose table and XML stand behind 5 GB: a file with a hole, which costs no disk."""
    subprocess.run([f"{build}/mkwim", "-C", str(folder), "-"], input=b"wim large.wim\nblobs 150000\nimage Large\n", check=True)
    with open(folder / "large.wim", "r+b") as file:
        header = bytearray(file.read(208))
        for at in (0x30, 0x48):
            size, offset = struct.unpack_from("<QQ", header, at)
            file.seek(offset)
            stored = file.read(size & (1 << 56) - 1)
            file.seek(offset + 5_000_000_000)
            file.write(stored)
            struct.pack_into("<Q", header, at + 8, offset + 5_000_000_000)
        file.seek(0)
        file.write(header)
    return struct.unpack_from("<Q", header, 0x30)[0] & (1 << 56) - 1


def prepare(build, folder, count):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    recipes = []
    for number in range(count):
        recipes.append(scale_bench.RECIPE.format(path=path_of(number), number=number))
        recipes += [scale_bench.IMAGE.format(**scale_bench.values(number, image)) for image in scale_bench.IMAGES]
    subprocess.run([f"{build}/mkwim", "-C", str(folder), "-"], input="".join(recipes).encode(), check=True)
    scale_bench.write_records(folder / "export.json", count, "of before")
    return make_large(build, folder)


def bench_plans(build, folder, count):
    command = [f"{build}/wimplan", "plan", "--quiet", "--site", "P01", "--map", f"\\\\srv\\src$={folder.with_name('bench-link-mount')}",
               "-o", str(folder.with_name("bench-link-plan"))]
    cache = folder.with_name("bench-link.db")
    command += ["--cache", str(cache)]

    def planned(*options):
        with Link(build, folder) as link:
            took, _ = scale_bench.run(command + list(options), allowed=(0, 2, 3))
        return took, link.trips

    def cold(*options):
        for stale in cache.parent.glob(cache.name + "*"):
            stale.unlink()
        scale_bench.run([f"{build}/wimplan", "import", "--quiet", "--site", "P01", "--cache", str(cache), str(folder / "export.json")])
        return planned(*options)

    with Link(build, folder) as link:
        began = time.perf_counter()
        for number in range(count):
            scale_bench.run(["wimlib-imagex", "info", str(link.place / path_of(number))])
        theirs = time.perf_counter() - began
    wide, _ = cold("--jobs", "32")
    ours, trips = cold()
    warm, warm_trips = planned()
    table.row(build, f"plan of {count} over a link of {MILLISECONDS} ms, cold, against info for each", ours, theirs, at_least=20)
    table.row(build, f"plan of {count} over that link, cold, with --jobs 32", wide, theirs, at_least=20)
    table.row(build, f"plan of {count} over that link, warm", warm, theirs)
    for name, counted in (("cold", trips), ("warm", warm_trips)):
        wims = sum(times for (kind, path), times in counted.items() if path.endswith(".wim") and kind not in LISTING)
        table.row(build, f"round trips of a source beside its folder's listing, {name}", wims / count, at_most=5, unit="")


def bench_large(build, folder, table_bytes):
    with Link(build, folder) as link:
        scale_bench.run([f"{build}/wimplan", "inspect", "--deep", str(link.place / "large.wim")], allowed=(0, 1, 3))
    trips = sum(times for (_, path), times in link.trips.items() if path.endswith("large.wim"))
    # Its name, opening it, its header, its XML and its image's tree, and the pieces of its table.
    needed = 5 + -(-table_bytes // PIECE)
    table.row(build, "round trips of the content id of 150,000 blobs, above what its bytes need", trips - needed, at_most=3, unit="")


def main():
    build = os.path.realpath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    folder = pathlib.Path(build, "bench-link-files")
    if not os.path.exists("/dev/fuse"):
        print("bench: there is no /dev/fuse here, so nothing was measured over a slow link")
        return
    if not shutil.which("wimlib-imagex"):
        raise SystemExit("bench: wimlib-imagex is missing; make deps bench installs it")
    table_bytes = prepare(build, folder, count)
    bench_plans(build, folder, count)
    bench_large(build, folder, table_bytes)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
