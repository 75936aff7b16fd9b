#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills wimplan-export at random moments: its file is whole, the one that was there, or absent: kill.py BUILD [RUNS [SEED]]."""

import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

from exporting import ExportedSite, packages

COUNT = 60

# How the longest moment follows the machine, whose speed changes while other tests run beside: killed runs raise it, runs that ended
# lower it, so that about one in four ends by itself whatever a run takes.
LATER, SOONER = 1.1, 0.75


def one_run(site, server, chance, longest):
    """What is wrong, whether it was killed, and whether a file was there afterwards."""
    target = site.folder / "records.json"
    target.unlink(missing_ok=True)
    before = chance.choice((None, '{"format":"of before"}'))
    if before:
        target.write_text(before)
    process = site.start_export(server, "--parallel", chance.choice((1, 4)))
    try:
        process.wait(chance.uniform(0, longest))
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate(timeout=60)
    killed = process.returncode == -9
    if not killed and process.returncode:
        return f"exit status {process.returncode}", killed, False
    if not target.exists():
        return None if killed and not before else "the file is gone", killed, False
    text = target.read_text()
    if text == before:
        return None if killed else "it ended, and the former file is there", killed, False
    document = json.loads(text)
    if not document["complete"] or len(packages(document)) != COUNT:
        return f"a file that is not whole: {len(packages(document))} packages", killed, True
    return None, killed, True


def main():
    build, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 40
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wimplan-export-kill-"))
    site = ExportedSite(build, folder, kinds=("none",) * COUNT)
    kills = files = failed = 0
    with site.start("--page-size", "25", load=True) as server:
        began = time.monotonic()
        if site.export_site(server).returncode:
            raise SystemExit("the site cannot be exported")
        longest = (time.monotonic() - began) * 1.3
        for run in range(runs):
            wrong, killed, whole = one_run(site, server, chance, longest)
            kills, files = kills + killed, files + whole
            longest *= LATER if killed else SOONER
            if wrong:
                failed += 1
                print(f"FAILED  run {run} ({folder}): {wrong}", flush=True)
    print(f"{kills} kills in {runs} runs, {files} files that were written")
    if not kills or kills == runs:
        failed += 1
        print("FAILED  all or none were killed: is this test still good for anything?")
    print(f"{runs - failed} passed, {failed} failed")
    if not failed:
        shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
