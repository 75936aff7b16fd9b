#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""That the tests mean what they say, whoever calls them: check-harness.py BUILD."""

import os
import pathlib
import shutil
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
    record = "A.\n\n--- record a.json\n{}\n--- sh cat a.json\n--- stdout any\n"
    expect(run_case(record.format("package P0100001\n\timage name=X\n")).returncode == 0, "a record recipe fails")
    for recipe in ("", "SourceVersion 3", "package", "package P0100001 other", "package P0100001\n\timage X",
                   "package P0100001\n\twithout Nothing", "package P0100001\n\timage 'name=X"):
        done = run_case(record.format(recipe))
        expect(done.returncode == 1, f"this record recipe passes: {recipe!r}")
        expect("one.case:3: " in done.stdout and "Traceback" not in done.stdout, f"a wrong recipe is shown as {done.stdout}")
    for text in ("Nothing is run.\n", "A.\n\n--- nonsense\n", "A.\n\n--- stdout\nx\n", "A.\n\n--- sh true\n--- stdout\nx\n",
                 "A.\n\n--- sh echo x\n", "A.\n\n--- sh exit 3\n", "A.\n\n--- sh echo x >&2\n"):
        expect(run_case(text).returncode == 1, f"this case passes:\n{text}")


def check_powershell():
    """The tests of the scripts are skipped where there is neither PowerShell nor what installs it, and fail where there is."""
    with tempfile.TemporaryDirectory() as folder:
        dotnet, build = pathlib.Path(folder) / "dotnet", pathlib.Path(folder) / "build" / "empty"
        build.mkdir(parents=True)
        (pathlib.Path(folder) / "grep").symlink_to(shutil.which("grep"))
        env = {name: value for name, value in os.environ.items() if name != "PWSH"} | {"PATH": folder}

        def run():
            return subprocess.run([sys.executable, HERE / "powershell" / "all.py", build], env=env, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)

        for sdk, status, said in (("8.0.100", 0, "skipped: "), ("10.0.401", 1, "make deps check"), (None, 0, "skipped: ")):
            dotnet.write_text(f"#!/bin/sh\necho '{sdk} [/usr/share/dotnet/sdk]'\n")
            dotnet.chmod(0o755)
            if not sdk:
                dotnet.unlink()
            done = run()
            expect(done.returncode == status and said in done.stdout and done.stdout.count("\n") == 1,
                   f"without PowerShell and with .NET {sdk}: {done.returncode}\n{done.stdout}")


def main():
    check_signals()
    check_users()
    check_wrong_cases()
    check_powershell()
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
