#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what the benchmarks measure: table.py BUILD begin, then each benchmark adds its rows, then table.py BUILD end prints it.

It stands in BUILD/bench.json: "rows" of name, unit, ours, theirs, ratio, wanted and met. A ratio is of one run on one machine; where
there is nothing to compare with, ours is held against wanted itself."""

import json
import os
import pathlib
import platform
import subprocess
import sys

VERSIONS = {
    "wimplan": ["{build}/wimplan", "--version"],
    "wimlib-imagex": ["wimlib-imagex", "--version"],
    "jq": ["jq", "--version"],
    "libxml2": ["xml2-config", "--version"],
}


def file_of(build):
    return pathlib.Path(build, "bench.json")


def version(command, build):
    try:
        text = subprocess.run([part.format(build=build) for part in command], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return text.splitlines()[0].strip() if text else None


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def begin(build):
    document = {
        "machine": {"processor": processor(), "processors": os.cpu_count(), "system": platform.platform()},
        "versions": {name: version(command, build) for name, command in VERSIONS.items()},
        "rows": [],
    }
    file_of(build).write_text(json.dumps(document, indent=2) + "\n")


def row(build, name, ours, theirs=None, *, at_most=None, at_least=None, unit="s"):
    """One line of the table. @at_most bounds ours / theirs, @at_least theirs / ours; without theirs @at_most bounds ours itself."""
    path = file_of(build)
    if not path.exists():
        begin(build)
    document = json.loads(path.read_text())
    ratio = None if theirs is None else theirs / ours if at_least is not None else ours / theirs
    value, wanted = ours if ratio is None else ratio, at_most if at_least is None else at_least
    met = None if wanted is None else value >= wanted if at_least is not None else value <= wanted
    document["rows"] = [other for other in document["rows"] if other["name"] != name]
    document["rows"].append({"name": name, "unit": unit, "ours": round(ours, 6), "theirs": theirs and round(theirs, 6),
                             "ratio": ratio and round(ratio, 4), "wanted": wanted, "sense": "at least" if at_least is not None else "at most",
                             "met": met})
    path.write_text(json.dumps(document, indent=2) + "\n")


def number(value):
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}"


def end(build):
    document = json.loads(file_of(build).read_text())
    machine = document["machine"]
    print(f"\n{machine['processor']}, {machine['processors']} processors, {machine['system']}; "
          + ", ".join(f"{name} {version}" for name, version in document["versions"].items() if version))
    width = max(len(entry["name"]) for entry in document["rows"])
    print(f"{'':{width}}  {'ours':>12}  {'theirs':>12}  {'ratio':>8}  wanted")
    for entry in document["rows"]:
        ours = f"{number(entry['ours'])} {entry['unit']}"
        theirs = f"{number(entry['theirs'])} {entry['unit']}" if entry["theirs"] is not None else ""
        wanted = "" if entry["wanted"] is None else f"{entry['sense']} {number(entry['wanted'])}"
        met = {None: "", True: "met", False: "not met"}[entry["met"]]
        print(f"{entry['name']:{width}}  {ours:>12}  {theirs:>12}  {number(entry['ratio']):>8}  {wanted:<14} {met}")


if __name__ == "__main__":
    {"begin": begin, "end": end}[sys.argv[2]](os.path.realpath(sys.argv[1]))
