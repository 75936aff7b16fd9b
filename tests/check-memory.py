#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One allocation after the other fails under each command, once and from then on: it ends with a sentence and status 1 and leaves
each file whole, the old one or the new one; or it did not matter.

check-memory.py BUILD [EACH [NAME…]]: every EACHth allocation of the commands whose names contain a NAME; without EACH a spread sample
of all, always the same."""

import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent / "faults"))
from commands import Ground, commands  # noqa: E402

SAMPLE = 12  # allocations of each command, besides the first and the last few
EDGE = 4
SHOWN = 20  # failures


def call(ground, command, folder, fail_at, onward):
    """What a call does with a failing allocation: (status, stdout, stderr, how many allocations)."""
    read_end, write_end = os.pipe()
    more = {"FAIL_ONWARD": 1} if onward else {}
    done = ground.run(command, folder, pass_fds=(write_end,), FAIL_AT=fail_at, COUNT_TO=write_end, **more)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        count = pipe.read().strip()
    return done.returncode, done.stdout, done.stderr.decode(errors="replace"), int(count or 0)


def judge(ground, command, fail_at, onward, good, before, after):
    """What is wrong with a call, or None."""
    folder = ground.prepare(command)
    try:
        status, stdout, stderr, _ = call(ground, command, folder, fail_at, onward)
        states = ground.states(command, folder)
        ground.whole(folder)
    except (subprocess.TimeoutExpired, AssertionError, ValueError) as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    for name, state in states.items():
        if state not in (before[name], after[name]):
            return f"status {status}, and {name} is neither the old one nor the new one: {stderr}"
    if status == command.good:
        if command.server != "own" and (stdout != good or states != after):
            at = next((i for i, (had, got) in enumerate(zip(good, stdout)) if had != got), min(len(good), len(stdout)))
            return f"another result, status {status}, from byte {at}: {good[at:at + 200]!r} {stdout[at:at + 200]!r} {stderr}"
        return None
    # A run may not know what became of a call.
    if status != 1 and not (status in command.statuses and stderr):
        return f"status {status}: {stderr}"
    if status == 1 and "memory" not in stderr:
        return f"no word of memory: {stderr}"
    # Where a name cannot be converted libarchive ends the program itself, with a sentence (archive_util.c, __archive_errx).
    if "--json" in command.arguments and "-o" not in command.arguments and "Fatal Internal Error in libarchive" not in stderr:
        try:
            json.loads(stdout)
        except ValueError:
            return f"no JSON document: {stdout!r}"
    return None


def tries(command, count, each):
    """Which allocations fail: those before the program knows how it was called and after it has said everything, and some between."""
    if each:
        chosen = range(1, count + 1, each)
    else:
        spread = random.Random(command.name)
        number = SAMPLE // 3 if command.server == "own" else SAMPLE
        chosen = [*range(1, EDGE), *range(max(1, count - EDGE), count + 1), *(spread.randint(1, count) for _ in range(number))]
    return sorted({at for at in chosen if 1 <= at <= count})


def main():
    build, each, names = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0, sys.argv[3:]
    failures, done = [], 0
    with Ground(build, "failing_malloc.c") as ground, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for command in commands():
            if names and not any(name in command.name for name in names):
                continue
            folder = ground.prepare(command)
            before = ground.states(command, folder)
            status, good, stderr, count = call(ground, command, folder, 0, False)
            after = ground.states(command, folder)
            if status != command.good or not count:
                failures.append(command.name)
                print(f"FAILED  {command.name}: status {status} without a failure: {stderr}", flush=True)
                continue
            # Each run has a provider of its own, one after the other.
            do = map if command.server == "own" else pool.map
            asked = [(at, onward) for at in tries(command, count, each) for onward in (False, True)]
            for (at, onward), wrong in zip(asked, do(lambda ask: judge(ground, command, *ask, good, before, after), asked)):
                done += 1
                if wrong:
                    failures.append(f"{command.name}, allocation {at} of {count}{' and all behind it' if onward else ''}: {wrong}")
                    if len(failures) <= SHOWN:
                        print(f"FAILED  {failures[-1]}", flush=True)
            if each:
                print(f"{command.name}: {len(asked)} tries", flush=True)
    print(f"{done - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
