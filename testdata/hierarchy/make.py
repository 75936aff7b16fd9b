#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the hierarchy: make.py BUILD FOLDER [SEED]. FOLDER gets the sources, and the export in a folder for each shape."""

import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from facts import DOMAIN, Hierarchy  # noqa: E402
from rows import rows_of  # noqa: E402
from shapes import SHAPES  # noqa: E402

CONF = f"""[map]
\\\\cas01.{DOMAIN}\\Source$ = sources

[policy]
snapshot_max_age = 365d

[window]
start = 2026-03-07T20:00:00Z
duration = 8h
timezone = Europe/Berlin
bandwidth = 20 Mbit/s
bandwidth S11 = 4 Mbit/s
parallel = 5
"""


def make_sources(build, folder, hierarchy):
    sources = folder / "sources"
    sources.mkdir(parents=True)
    subprocess.run([f"{build}/mkwim", "-C", str(sources), "-"], input=hierarchy.recipes().encode(), check=True)
    for package in hierarchy.packages:
        if package.kind != "install":
            continue
        setup = sources / package.path / "setup.exe"
        setup.write_bytes(bytes(5000 + package.number))
        stamp = package.modified().timestamp()
        os.utime(setup, (stamp, stamp))


def make(build, folder, seed=None):
    """Fills @folder, which must not be there, and gives the hierarchy."""
    hierarchy = Hierarchy(seed) if seed is not None else Hierarchy()
    make_sources(build, folder, hierarchy)
    for shape, (write, suffix) in SHAPES.items():
        (folder / shape).mkdir()
        for name, rows in rows_of(hierarchy).items():
            (folder / shape / f"{name}.{suffix}").write_bytes(write(name, rows))
    (folder / "site.conf").write_text(CONF, encoding="utf-8")
    return hierarchy


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    make(os.path.realpath(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
