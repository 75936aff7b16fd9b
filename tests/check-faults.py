#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls on files that fail under each command: on a full disk, a broken one, with a signal in between, or short. It ends as its page
says with a sentence that names the file, and leaves each file whole, the old one or the new one; or it did not matter.

check-faults.py BUILD [EACH [NAME…]]: every EACHth call of the commands whose names contain a NAME; without EACH a spread sample of all,
always the same. Then who is killed at such a call, a disk that is full after some bytes (RLIMIT_FSIZE: no file grows beyond them, without a file system to mount),
and a standard output that is full or closed."""

import concurrent.futures
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent / "faults"))
from commands import Ground, commands  # noqa: E402
from standin import Counted, has_sanitizer  # noqa: E402

# What fails, and whether it may go on failing: who tries again after a signal may do so for ever.
FAULTS = (("ENOSPC", False), ("ENOSPC", True), ("EIO", False), ("EIO", True), ("EINTR", False), ("EAGAIN", False), ("SHORT", False),
          ("SHORT", True))
# How a program that changes a cache is killed: before a call, and when half of a write is done.
KILLS = (("KILL", False), ("TORN", False))
SAMPLE = 4  # calls of each command and fault
SIZES = (0, 100, 3000, 5000, 20000)  # bytes that a file may have


def call(ground, command, folder, fault=("EIO", False), at=0):
    """What a call does: (status, stdout, stderr, how many calls counted, which failed first)."""
    (count_end, count_to), (trace_end, trace_to) = os.pipe(), os.pipe()
    more = {"FAULT_ONWARD": 1} if fault[1] else {}
    done = ground.run(command, folder, pass_fds=(count_to, trace_to), FAULT_UNDER=ground.top, FAULT_AS=fault[0], FAULT_AT=at,
                      FAULT_COUNT=count_to, FAULT_TRACE=trace_to, **more)
    os.close(count_to)
    os.close(trace_to)
    with os.fdopen(count_end) as count, os.fdopen(trace_end) as trace:
        return done.returncode, done.stdout, done.stderr.decode(errors="replace"), int(count.read().strip() or 0), trace.read().strip()


def names(command, ground, failed):
    """What a message about a call that failed on a file may name: the file, what is written to it later, or its folder."""
    path = pathlib.PurePath(re.sub("-(journal|wal|shm)$", "", failed.partition(" ")[2]))
    found = {path.name}
    if path.suffix == ".tmp" or path.name in (".", "") or path.name.startswith("call-"):
        found |= {argument for argument in command.arguments if "." in argument} | set(command.changes) | {"plan.receipt.json", "plan.json", "plan.json.journal"}
    if "sources" in path.parts:
        found |= {part for part in path.parts[path.parts.index("sources"):]}
        # What stands in the folder, by its package.
        found |= {"P01"}
    # One without a name.
    if path.name.startswith("#"):
        found |= {path.parent.name + "/"}
    # An output's old file is looked at first. That it cannot be closed says nothing, and what fails next is some other file.
    if failed.startswith("close ") and path.name in command.changes:
        found |= {"/"}
    return found


def difference(good, stdout):
    """What a result lacks and what it has instead."""
    had, got = good.decode(errors="replace").splitlines(), stdout.decode(errors="replace").splitlines()
    return [line for line in had if line not in got][:4], [line for line in got if line not in had][:6]


def says_why(command, ground, fault, failed, text):
    """Whether a text names what failed; where everything fails from there on that may be what failed at last."""
    found = names(command, ground, failed)
    if fault[1] or "standard output" in failed:
        found |= {"standard output", "plan.receipt.json", "cache.db", *command.changes, *command.needs, "/sources", "/temporary", "wimplan.conf"}
    return any(name in text for name in found)


def body(state):
    plan = json.loads(state)
    return plan["plan_id"], plan["body"]


def judge(ground, command, fault, at, good, before, after):
    """What is wrong with a call, or None."""
    folder = ground.prepare(command)
    try:
        status, stdout, stderr, _, failed = call(ground, command, folder, fault, at)
        states = ground.states(command, folder)
        ground.whole(folder)
    except (subprocess.TimeoutExpired, AssertionError, ValueError) as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    # A source that cannot be read is in the result, which is then another one, and says so.
    sources = "sources" in re.split("[ /]", failed) and status in (command.good, *command.statuses)
    reports = "".join(state if isinstance(state, str) else state.decode() for state in states.values() if state)
    forgot = "what it remembers of files is left out" in stderr
    for name, state in states.items():
        # What is said beside a plan's body rests on what the cache remembers.
        if forgot and name == "plan.json" and state and body(state) == body(after[name]):
            continue
        if state not in (before[name], after[name]) and not (sources and (name.endswith(".db") or says_why(command, ground, fault, failed, reports))):
            return f"{failed}: status {status}, and {name} is neither the old one nor the new one: {stderr}"
    said = (reports if sources else "") + stderr + stdout.decode(errors="replace")
    if status == command.good:
        # What is left out is said.
        same = command.server == "own" or command.name == "complete" or (stdout == good and states == after)
        if not same and not says_why(command, ground, fault, failed, said):
            return f"{failed}: another result, status {status}: {difference(good, stdout)} {stderr}"
    elif status not in (*command.statuses, 5 if failed.startswith("lock") else 2 if ".conf cannot be" in stderr else 1):
        return f"{failed}: status {status}: {stderr}"
    elif command.name != "complete" and not says_why(command, ground, fault, failed, said):
        return f"{failed}: status {status}, and nothing names the file: {said[:400]!r}"
    return None


def killed(ground, command, fault, at, good, before, after):
    """What is wrong after the program was killed before a call, or after half of a write, or None: each file is the old one or the new
    one, and the same command then does what it was to do."""
    folder = ground.prepare(command)
    try:
        status, _, stderr, _, failed = call(ground, command, folder, fault, at)
        states = ground.states(command, folder)
        ground.whole(folder)
        for name, state in states.items():
            # A cache that is made anew is empty for a moment.
            if state not in (before[name], after[name]) and not (state is None and name.endswith(".db")):
                return f"{failed}: {name} is neither the old one nor the new one"
        if status != -signal.SIGKILL:
            return f"{failed}: status {status}, where it was to be killed: {stderr}"
        again = ground.run(command, folder)
        if again.returncode not in (command.good, *command.again):
            return f"{failed}: once more, status {again.returncode}: {again.stderr.decode(errors='replace')}"
        # What was done already is done a second time, and its history says so.
        if after not in (states, ground.states(command, folder)):
            return f"{failed}: once more, and it has not done its work"
    except (subprocess.TimeoutExpired, AssertionError, ValueError) as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    return None


def tries(command, fault, count, each):
    if each:
        return range(1, count + 1, each)
    spread = random.Random(f"{command.name} {fault}")
    number = 1 if command.server == "own" else SAMPLE
    return sorted({spread.randint(1, count) for _ in range(number)}) if count else ()


def limited(size):
    """No file may grow beyond @size bytes: the write fails as on a disk that is full, once the signal is ignored."""
    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return set_limit


def small_disk(ground, command, size, good, before, after):
    folder = ground.prepare(command)
    try:
        done = ground.run(command, folder, preexec=limited(size))
        states = ground.states(command, folder)
        ground.whole(folder)
    except (subprocess.TimeoutExpired, AssertionError, ValueError) as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    stderr = done.stderr.decode(errors="replace")
    for name, state in states.items():
        if state not in (before[name], after[name]):
            return f"status {done.returncode}, and {name} is neither the old one nor the new one: {stderr}"
    if done.returncode == command.good:
        return None if command.server == "own" or states == after or stderr else f"status {done.returncode}, and {list(states)} is the old one"
    wanted = (*command.changes, "plan.json.journal", "plan.receipt.json", "cache.db", "e.ndjson", "temporary/")
    if done.returncode not in (1, *command.statuses) or not any(name in stderr for name in wanted):
        return f"status {done.returncode}: {stderr}"
    return None


def closed():
    os.close(1)


def no_output(ground, command, full, good):
    """Standard output is full or closed: 1 and a sentence, where there would be any output."""
    folder = ground.prepare(command)
    try:
        with open("/dev/full", "wb") as device:
            done = ground.run(command, folder, stdout=device if full else None, preexec=None if full else closed)
    except subprocess.TimeoutExpired as error:
        return str(error)
    finally:
        shutil.rmtree(folder)
    stderr = done.stderr.decode(errors="replace")
    if good and not (done.returncode == 1 and "standard output" in stderr):
        return f"status {done.returncode}: {stderr}"
    if not good and done.returncode not in (command.good, 1):
        return f"status {done.returncode}: {stderr}"
    return None


def main():
    build, each, chosen = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0, sys.argv[3:]
    expect = Counted(200)
    if not each and has_sanitizer(build):
        print("skip: a build with sanitizers is tried by `make BUILD=… SANITIZE=1 check-io-faults`")
        return 0

    def take(what, wrong):
        expect(not wrong, f"{what}: {wrong}")

    # Who has a server of its own waits most of the time.
    with Ground(build, "failing_calls.c") as ground, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as working, \
         concurrent.futures.ThreadPoolExecutor(8 * os.cpu_count()) as waiting:
        for command in commands():
            if chosen and not any(name in command.name for name in chosen):
                continue
            pool = waiting if command.server == "own" else working
            for fault in FAULTS:
                folder = ground.prepare(command)
                before = ground.states(command, folder)
                status, good, stderr, count, _ = call(ground, command, folder, fault)
                after = ground.states(command, folder)
                shutil.rmtree(folder)
                if status != command.good:
                    take(command.name, f"status {status} without a failure: {stderr}")
                    break
                asked = list(tries(command, fault, count, each))
                for at, wrong in zip(asked, pool.map(lambda at: judge(ground, command, fault, at, good, before, after), asked)):
                    take(f"{command.name}, {fault[0]} at call {at} of {count}{' and all behind it' if fault[1] else ''}", wrong)
            if status != command.good:
                continue
            for fault in KILLS if "cache.db" in command.changes else ():
                folder = ground.prepare(command)
                count = call(ground, command, folder, fault)[3]
                shutil.rmtree(folder)
                asked = list(tries(command, fault, count, each))
                for at, wrong in zip(asked, pool.map(lambda at: killed(ground, command, fault, at, good, before, after), asked)):
                    take(f"{command.name}, killed ({fault[0]}) at call {at} of {count}", wrong)
            for size in SIZES if each or command.server != "own" else SIZES[-1:]:
                take(f"{command.name}, files of {size} bytes at most", small_disk(ground, command, size, good, before, after))
            for full in (True, False):
                take(f"{command.name}, standard output {'full' if full else 'closed'}", no_output(ground, command, full, good))
    return expect.end()


if __name__ == "__main__":
    sys.exit(main())
