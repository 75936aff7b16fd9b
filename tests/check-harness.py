#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""That the tests mean what they say, whoever calls them: check-harness.py BUILD."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
counts = {True: 0, False: 0}


def expect(condition, message):
    counts[bool(condition)] += 1
    if not condition:
        print(f"check-harness: {message}")


def run_case(text, **more):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "one.case").write_text(text, encoding="utf-8")
        return subprocess.run([HERE / "run-cases.py", BUILD, "--cases", folder], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, **more)


def check_signals():
    """What the caller ignores (nohup, a shell's &, a service manager) is not ignored in a test."""
    names = ("HUP", "INT", "QUIT", "PIPE", "TERM")
    text = "Signals.\n" + "".join(f"\n--- sh kill -{name} $$\n--- status -{int(getattr(signal, 'SIG' + name))}\n" for name in names)
    ignored = [getattr(signal, "SIG" + name) for name in names]
    before = [signal.signal(number, signal.SIG_IGN) for number in ignored]
    done = run_case(text, restore_signals=False)
    for number, handler in zip(ignored, before):
        signal.signal(number, handler)
    expect(done.returncode == 0, f"with signals ignored by the caller:\n{done.stdout}")


def check_users():
    """A case that needs a user who is not root has one."""
    done = run_case("""Who may not read what root's folder hides.

--- needs not-root

--- file secret mode=0
text

--- dir closed

--- sh test "$(id -u)" != 0; echo $?; chmod 0 closed; cat secret >/dev/null 2>&1; echo $?; ls closed >/dev/null 2>&1; echo $?
--- stdout
0
1
2

--- run --version
--- stdout any
""")
    expect("1 passed, 0 failed" in done.stdout and "skipped" not in done.stdout, f"a case for a user who is not root:\n{done.stdout}")
    if os.geteuid() != 0:
        return
    done = run_case("Root.\n\n--- needs root\n\n--- sh id -u\n--- stdout\n0\n")
    expect(done.returncode == 0, f"a case for root:\n{done.stdout}")


def check_wrong_cases():
    """A case that says nothing, or what nobody knows, fails."""
    for text in ("Nothing is run.\n", "A.\n\n--- nonsense\n", "A.\n\n--- stdout\nx\n", "A.\n\n--- sh true\n--- stdout\nx\n",
                 "A.\n\n--- sh echo x\n", "A.\n\n--- sh exit 3\n", "A.\n\n--- sh echo x >&2\n"):
        expect(run_case(text).returncode == 1, f"this case passes:\n{text}")


def main():
    check_signals()
    check_users()
    check_wrong_cases()
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
