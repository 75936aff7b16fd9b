#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills wimplan-apply at random moments against a provider that drops connections and dies itself, and resumes it until it is done:
kill.py BUILD [RUNS [SEED]]. After each run the provider's log is held against the plan and the receipt."""

import concurrent.futures
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

from standin import REFRESH, RELOAD, Keeper, Site

PACKAGES = ("both", "refresh", "both", "reload")
RUNS_OF_ONE = 80


def faults(seed):
    def fault(action, probability, **more):
        return {"action": action, "probability": probability, "seed": seed, **more}

    return [
        fault("close-after-effect", 0.08, method="POST"),
        fault("half-response", 0.06, method="POST"),
        fault("close-before-read", 0.03, method="POST"),
        fault("close-after-effect", 0.08, method="PUT"),
        fault("close-before-read", 0.08, method="PUT"),
        fault("close-before-read", 0.05, method="GET"),
        fault("half-response", 0.05, method="GET"),
        fault("lock", 0.04, method="POST", seconds=0.2),
        fault("status", 0.03, method="POST", status=503),
        fault("die", 0.01),
        fault("die-after-effect", 0.02, method="POST"),
        fault("slow", 0.10, seconds=0.1),
    ]


def one_run(site, seed):
    """Returns what is wrong, how often the program was killed, and how many steps were looked up."""
    chance = random.Random(seed)
    wrong, kills = [], 0
    site.forget()
    # Every second site shows a reload only when it is committed.
    options = ("--settle-delay", "0-0.5", "--seed", seed) + (("--needs-commit",) if seed % 2 else ())
    first = site.start(*options, faults=faults(seed), load=True)
    with Keeper(site, first, *options, faults=faults(seed)) as keeper:
        status, planned_kills = None, chance.choice((1, 1, 2, 3, 5))
        for _ in range(RUNS_OF_ONE):
            process = site.start_apply(keeper.servers[0], "run", "--settle", "2")
            if kills < planned_kills:
                try:
                    process.wait(chance.uniform(0, chance.choice((0.03, 0.06, 0.12, 0.5, 2))))
                except subprocess.TimeoutExpired:
                    process.kill()
                    kills += 1
            out, err = process.communicate(timeout=120)
            status = process.returncode
            if status in (0, 4):
                break
            if status not in (1, 6, -9):
                wrong.append(f"exit status {status}: {err[-300:]}")
        if status == 4 and "applied" not in err:
            wrong.append(f"refused: {err[-300:]}")
        if status not in (0, 4):
            wrong.append(f"not done after {RUNS_OF_ONE} runs: {status} {err[-300:]}")
    for package_id, action in site.planned():
        times = site.effects("refresh" if action == REFRESH else "reload").get(package_id, 0)
        if times == 0 or (action == REFRESH and times != 1):
            wrong.append(f"{package_id} {action} took effect {times} times")
    if wrong:
        return wrong, kills, 0
    receipt = site.receipt()
    if not receipt["started_at"] or not receipt["finished_at"]:
        wrong.append(f"the receipt is of {receipt['started_at']} to {receipt['finished_at']}")
    steps = {(step["package_id"], step["action"]): step for step in receipt["steps"]}
    if set(steps) != set(site.planned()):
        wrong.append(f"the receipt has {sorted(steps)}")
    for (package_id, action), step in steps.items():
        if step["outcome"] != "done":
            wrong.append(f"receipt: {package_id} {action} is {step['outcome']}, and it was done by this plan's runs")
        if action == REFRESH and (step["source_version_before"], step["source_version_after"]) != (3, 4):
            wrong.append(f"receipt: {package_id} {step['source_version_before']} → {step['source_version_after']}")
    return wrong, kills, sum(step["looked_up"] for step in steps.values())


def main():
    build = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    workers = 4
    top = pathlib.Path(tempfile.mkdtemp(prefix="wimplan-kill-"))
    began = time.monotonic()

    def work(worker):
        site = Site(build, top / str(worker), kinds=PACKAGES).make_plan()
        failed, kills, lookups = 0, 0, 0
        for seed in range(first + worker, first + runs, workers):
            try:
                wrong, killed, looked_up = one_run(site, seed)
            except Exception:  # a run that breaks is a run that failed
                wrong, killed, looked_up = [traceback.format_exc()], 0, 0
            kills += killed
            lookups += looked_up
            if wrong:
                failed += 1
                kept = top / f"failed-{seed}"
                shutil.copytree(site.folder, kept)
                print(f"FAILED  run with seed {seed} ({kept})\n    " + "\n    ".join(wrong), flush=True)
        return failed, kills, lookups

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(work, range(workers)))
    failed, kills, lookups = (sum(column) for column in zip(*results))
    print(f"{kills} kills in {runs} runs, {lookups} steps looked up, {time.monotonic() - began:.0f} s")
    print(f"{runs - failed} passed, {failed} failed")
    if not failed:
        shutil.rmtree(top)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
