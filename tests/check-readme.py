#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the sessions in README.md and in the manual pages and compares what they show: check-readme.py [BUILD] [--update].

A session is a block between ``` lines that begins with "$ ". Each such line is typed into one shell per file, in the demo's
folder (for the README in the folder that holds build/, so that it can cd there); a backslash at its end continues it. A line
"[...]" in an output stands for any lines.

A block that begins with "PS " is a session of PowerShell, which is not everywhere: tests/powershell runs it. Here the plan that it
names is held against the demo's, so that it goes stale nowhere.
"""

import argparse
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import demo_site
import signals  # noqa: F401

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent
ANY = "[...]"
PLAN = re.compile(r"(?<=\bPlan )[0-9a-f]{8}\b")
# Manual pages are indented: what is shown there must be narrower.
MAN_COLUMNS = "68"
# Pages that show the beginning, where there is no cache yet.
FRESH = {"wimplan.1.scd", "wimplan-import.1.scd"}


class Session:
    def __init__(self, lines, first_line):
        self.first_line = first_line
        self.commands, self.outputs = [], []
        i = 0
        while i < len(lines):
            command = [lines[i][2:]]
            while command[-1].endswith("\\") and i + 1 < len(lines):
                i += 1
                command.append(lines[i])
            i += 1
            output = []
            while i < len(lines) and not lines[i].startswith("$ "):
                output.append(lines[i])
                i += 1
            self.commands.append("\n".join(command))
            self.outputs.append(output)

    def lines(self, outputs):
        result = []
        for command, output in zip(self.commands, outputs):
            result += ("$ " + command).split("\n") + output
        return result


def find_sessions(lines, unescape):
    """The first and the last line of each block, and its session."""
    found, start = [], None
    for number, line in enumerate(lines):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number + 1
            continue
        if start < number and lines[start].startswith("$ "):
            found.append((start, number, Session([unescape(text) for text in lines[start:number]], start + 1)))
        start = None
    return found


def run_sessions(sessions, folder, env):
    """What each command of each session printed, on either stream, all in one shell."""
    mark = "\x01"
    script = ["exec 2>&1"]
    for session in sessions:
        for command in session.commands:
            script += [f"printf '{mark}'", "(exit ${status:-0})", command, "status=$?"]
    shell = subprocess.run(["bash", "-c", "\n".join(script)], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                           stdout=subprocess.PIPE, timeout=120)
    texts = iter(shell.stdout.decode("utf-8", "replace").replace("\r\n", "\n").split(mark)[1:])
    return [[split_output(next(texts, "")) for _ in session.commands] for session in sessions]


def split_output(text):
    if text and not text.endswith("\n"):
        text += "(no new line at the end)\n"
    return text.split("\n")[:-1]


def stale_plans(lines, plan_id):
    """The number of each line of a PowerShell session that names another plan."""
    inside, found = False, []
    for number, line in enumerate(lines):
        if line.startswith("```"):
            inside = not inside and lines[number + 1].startswith("PS ")
        elif inside and any(other != plan_id for other in PLAN.findall(line)):
            found.append(number)
    return found


def check_plans(path, lines, plan_id, update):
    """Returns how many lines name another plan than the demo's; with @update they are put right."""
    stale = stale_plans(lines, plan_id)
    for number in stale:
        new = PLAN.sub(plan_id, lines[number])
        print(f"{path.relative_to(TOP)}:{number + 1}: {'updated' if update else 'now: ' + new}")
        if update:
            lines[number] = new
    return 0 if update else len(stale)


def matches(expected, actual):
    pattern = "".join(r"(?:.*\n)*" if line == ANY else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in actual)) is not None


def check(path, site, update):
    """Checks one file on a copy of the site. Returns how many commands showed what they should, and how many did not."""
    in_manual = path.suffix == ".scd"
    # scdoc takes a backslash for an escape, in literal blocks too.
    unescape = (lambda line: line.replace("\\\\", "\\")) if in_manual else (lambda line: line)
    escape = (lambda line: line.replace("\\", "\\\\")) if in_manual else (lambda line: line)
    lines = path.read_text(encoding="utf-8").split("\n")
    sessions = find_sessions(lines, unescape)
    if not sessions:
        return 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        # Times and links stay as they are.
        subprocess.run(["cp", "-a", f"{site}/.", root], check=True)
        folder, env = root / "build" / "demo", demo_site.environment(root, root / "build")
        if in_manual:
            env["COLUMNS"] = MAN_COLUMNS
        if in_manual and path.name not in FRESH:
            cache = root / "home" / ".cache" / "wimplan"
            cache.mkdir(parents=True)
            (folder / "cache.db").rename(cache / "cache.db")
        plan_id = json.loads((folder / "plan.json").read_text())["plan_id"][7:15]
        outputs = run_sessions([session for _, _, session in sessions], folder if in_manual else root, env)

    passed, failed = 0, check_plans(path, lines, plan_id, update)
    for (start, end, session), actual in reversed(list(zip(sessions, outputs))):
        good = [matches(*pair) for pair in zip(session.outputs, actual)]
        if update and not all(good):
            shown = [old if fits else new for fits, old, new in zip(good, session.outputs, actual)]
            lines[start:end] = [escape(line) for line in session.lines(shown)]
            print(f"{path.relative_to(TOP)}:{session.first_line}: updated")
            good = [True] * len(good)
        passed += sum(good)
        failed += len(good) - sum(good)
        for fits, command, expected, found in zip(good, session.commands, session.outputs, actual):
            if not fits:
                print(f"{path.relative_to(TOP)}:{session.first_line}: $ {command}")
                print("\n".join(difflib.unified_diff(expected, found, "in the text", "now", lineterm="")))
    if update:
        path.write_text("\n".join(lines), encoding="utf-8")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", nargs="?", default="build")
    parser.add_argument("--update", action="store_true", help="write what the commands print now into the files")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as site:
        demo_site.make(args.build, pathlib.Path(site))
        paths = [TOP / "README.md", *sorted((TOP / "man").glob("*.scd"))]
        results = [check(path, site, args.update) for path in paths]
    passed, failed = (sum(column) for column in zip(*results))
    if not passed + failed:
        print("no session was found")
        failed = 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
