#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How wimplan-apply ends when a signal asks it to: test_signals.py BUILD [NAME…]."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time

from standin import REFRESH, Site, run_tests


def all_done(site, expect):
    expect(set(site.outcomes().values()) <= {"done", "satisfied"}, f"outcomes: {site.outcomes()}")
    wanted = {package_id: 1 for package_id, action in site.planned() if action == REFRESH}
    expect.equal(site.effects("refresh"), wanted, "refreshes")


def wait_for_call(site, process, count=1):
    while len(site.requests("POST")) < count and process.poll() is None:
        time.sleep(0.02)


def test_signals(build, folder, expect):
    """The first one lets the current step be finished and recorded."""
    site = Site(build, folder, kinds=("both", "both", "both")).make_plan()
    for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
        with site.start(faults=[{"method": "POST", "nth": 3, "action": "slow", "seconds": 2}], load=True) as server:
            process = site.start_apply(server)
            wait_for_call(site, process, 3)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            expect.equal(process.returncode, status, f"exit status ({err[-300:]!r})")
            expect.says(err, f"stopped by {number.name}, with 3 of 6 steps not done; to go on: wimplan-apply run --provider {server.url} --auth none --yes --settle 20 plan.json\n")
            expect.equal(len(site.requests("POST")), 3, "calls")
            done = [step for step, outcome in site.outcomes().items() if outcome == "done"]
            expect.equal(sorted(done), sorted(site.planned()[:3]), "recorded")
            expect.status(site.apply(server), 0)
            all_done(site, expect)
            expect.equal(len(site.requests("POST")), 6, "calls of both runs")
        site.forget()


def test_signal_while_waiting(build, folder, expect):
    """A wait for verification ends early; what was accepted is not sent again."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start("--settle-delay", "4", load=True) as server:
        process = site.start_apply(server)
        wait_for_call(site, process)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        process.communicate(timeout=60)
        expect.equal(process.returncode, 143, "exit status")
        expect(time.monotonic() - began < 2, f"it took {time.monotonic() - began:.1f} s to stop")
        expect.status(site.apply(server), 0)
    all_done(site, expect)
    expect.equal(len(site.requests("POST")), 1, "calls")


def test_two_signals(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    for second in (signal.SIGINT, signal.SIGTERM):
        with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 3}], load=True) as server:
            process = site.start_apply(server)
            wait_for_call(site, process)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            time.sleep(0.3)
            process.send_signal(second)
            process.communicate(timeout=30)
            expect(time.monotonic() - began < 2, "the second signal ends it at once")
            expect.equal(process.returncode, -second, "exit status")
            expect.status(site.apply(server), 0)
        expect.equal(site.effects("refresh"), {package["id"]: 1 for package in site.packages}, "refreshes")
        site.forget()


def test_hang_up_told_twice(build, folder, expect):
    """The shell tells of it, and the kernel when the shell has ended: that is no second signal."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    for first in (signal.SIGHUP, signal.SIGTERM):
        with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 2}], load=True) as server:
            process = site.start_apply(server)
            wait_for_call(site, process)
            process.send_signal(first)
            time.sleep(0.2)
            process.send_signal(signal.SIGHUP)
            process.communicate(timeout=60)
            expect.equal(process.returncode, 128 + first, "exit status")
            expect.equal(sorted(site.outcomes().values()), ["done", "skipped"], "recorded")
            expect.status(site.apply(server), 0)
        all_done(site, expect)
        site.forget()


def test_hang_up_of_a_terminal(build, folder, expect):
    """A terminal that goes away takes the summary along, and not the receipt."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}], load=True) as server:
        ours, theirs = pty.openpty()
        with subprocess.Popen([site.program("wimplan-apply"), *site.apply_arguments(server, "run")], cwd=folder, env=site.env,
                              stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                              preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) as process:
            os.close(theirs)
            wait_for_call(site, process)
            os.close(ours)
            process.wait(30)
        expect(process.returncode > 0, f"exit status {process.returncode}")
        expect.equal(sorted(site.outcomes().values()), ["done", "skipped"], "recorded")
        expect.status(site.apply(server), 0)
    all_done(site, expect)


def test_nohup(build, folder, expect):
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()
    with site.start(faults=[{"method": "POST", "nth": 1, "action": "slow", "seconds": 1}], load=True) as server:
        process = site.start_apply(server, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        wait_for_call(site, process)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
        expect.equal(process.returncode, 0, "exit status")
    all_done(site, expect)


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
