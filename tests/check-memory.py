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
import signal
import socket
import subprocess
import sys
import threading

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent / "faults"))
from commands import Ground, commands  # noqa: E402

SAMPLE = 12  # allocations of each command, besides the first and the last few
EDGE = 4
SHOWN = 20  # failures
FRONT = 50  # allocations of the small program that hands a command on, at most
SENTENCE = "there is not enough memory for this; free some or raise the limit (ulimit -v), and call it again"
LIMIT = 60  # seconds of a call


def call(ground, command, folder, fail_at, onward):
    """What a call does with a failing allocation: (status, stdout, stderr, how many allocations)."""
    read_end, write_end = os.pipe()
    more = {"FAIL_ONWARD": 1} if onward else {}
    done = ground.run(command, folder, pass_fds=(write_end,), FAIL_AT=fail_at, COUNT_TO=write_end, **more)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        count = pipe.read().strip()
    return done.returncode, done.stdout, done.stderr.decode(errors="replace"), int(count or 0)


class Loaded:
    """A command that is loaded once and runs in copies of that process (failing_malloc.c), one in each thread."""

    def __init__(self, ground, command):
        self.ground, self.command, self.local, self.all = ground, command, threading.local(), []
        # What hands it on is tried as it is called: the first allocations of both programs.
        self.whole = command.program == "wimplan" and command.arguments[0] not in ("--version", "inspect")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for process, ours in self.all:
            ours.close()
            process.kill()
            process.wait()

    def start(self, provider):
        ours, its = socket.socketpair()
        with its:
            process = subprocess.Popen(
                [*self.ground.arguments(self.command), *provider], pass_fds=(its.fileno(),), start_new_session=True,
                executable=self.ground.build / "libexec/wimplan/wimplan" if self.whole else None, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.ground.environment(FAIL_SERVE=its.fileno()))
        ours.settimeout(LIMIT)
        self.all.append((process, ours))
        self.local.process, self.local.ours = process, ours
        self.local.first = max(int(ours.recv(64)), FRONT)

    def call(self, folder, fail_at, onward):
        """As call() does it, but for the count."""
        # The address of a provider of its own is in the arguments.
        if self.command.server == "own":
            return call(self.ground, self.command, folder, fail_at, onward)[:3]
        if not hasattr(self.local, "ours"):
            with self.ground.provider(self.command) as provider:
                self.start(provider)
        if fail_at <= self.local.first:
            return call(self.ground, self.command, folder, fail_at, onward)[:3]
        out, err = (folder.with_name(folder.name + ending) for ending in (".out", ".err"))
        self.local.ours.send(f"{fail_at} {int(onward)} {folder} {out} {err}".encode())
        try:
            status = os.waitstatus_to_exitcode(int(self.local.ours.recv(64)))
        except TimeoutError:
            os.killpg(self.local.process.pid, signal.SIGKILL)
            del self.local.ours
            raise subprocess.TimeoutExpired(self.command.name, LIMIT) from None
        found = status, out.read_bytes(), err.read_text(errors="replace")
        out.unlink()
        err.unlink()
        return found


def judge(loaded, fail_at, onward, good, before, after):
    """What is wrong with a call, or None."""
    ground, command = loaded.ground, loaded.command
    folder = ground.prepare(command)
    try:
        status, stdout, stderr = loaded.call(folder, fail_at, onward)
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
    # Of several threads one says it.
    lines = [line for line in stderr.splitlines() if SENTENCE in line]
    if len(lines) > 1 or (lines and not lines[0].endswith(f"{command.program}: {SENTENCE}")) or command.program * 2 in stderr:
        return f"not said once: {stderr}"
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
                done += 1
                failures.append(command.name)
                print(f"FAILED  {command.name}: status {status} without a failure: {stderr}", flush=True)
                continue
            asked = [(at, onward) for at in tries(command, count, each) for onward in (False, True)]
            with Loaded(ground, command) as loaded:
                for (at, onward), wrong in zip(asked, pool.map(lambda ask: judge(loaded, *ask, good, before, after), asked)):
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
