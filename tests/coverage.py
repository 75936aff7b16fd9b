#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""coverage.py SUMMARY LEAST FOLDER…: lines and branches of each folder, from gcovr's summary in JSON; 1 where a FOLDER has less than
LEAST percent of its branches."""

import collections
import json
import pathlib
import sys

KINDS = ("line_covered", "line_total", "branch_covered", "branch_total")


def main():
    document, least, decide = json.loads(pathlib.Path(sys.argv[1]).read_text()), float(sys.argv[2]), sys.argv[3:]
    folders = collections.defaultdict(collections.Counter)
    for file in document["files"]:
        folders[pathlib.PurePath(file["filename"]).parts[1]].update({kind: file[kind] for kind in KINDS})
    few = []
    print(f"{'folder':10} {'lines':>8} {'branches':>9} {'of':>7}")
    for name, counts in sorted(folders.items()):
        line, branch = (100 * counts[f"{kind}_covered"] / max(1, counts[f"{kind}_total"]) for kind in ("line", "branch"))
        print(f"{name:10} {line:7.1f}% {branch:8.1f}% {counts['branch_total']:7}")
        if name in decide and branch < least:
            few.append(name)
    missing = [name for name in decide if name not in folders]
    if few or missing:
        print(f"Less than {least:g} % of the branches: {', '.join(few + missing)}")
    return 1 if few or missing else 0


if __name__ == "__main__":
    sys.exit(main())
