#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written is nothing that is read, and nothing else that is written: check-outputs.py BUILD. Every command of the three
programs, every option that writes a file against every one that names another, under several names of the one file; the options come
from --help, so that a new one has to be put into the tables here. Nothing may be changed by any of these calls."""

import itertools
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1]).resolve()
WRITTEN = ("--output", "--events", "--receipt")
DATABASES = ("--cache", "--journal")
READ = ("--config", "--profile", "--token-file", "--ca-file", "--records", "--plan", "--since")
# What stands behind the options: the words, "{}" for a file. Of the others nothing behind them is a file.
OPERANDS = {
    ("wimplan", "inspect"): ["{}"], ("wimplan", "diff"): ["other.wim", "{}"], ("wimplan", "import"): ["{}", "other.json"],
    ("wimplan", "show"): ["{}"], ("wimplan", "audit"): ["other.json", "{}"], ("wimplan", "verify"): ["{}"], ("wimplan", "record"): ["{}"],
    ("wimplan-apply", "check"): ["{}"], ("wimplan-apply", "run"): ["{}"], ("wimplan-apply", "status"): ["{}"],
    ("wimplan-apply", "watch"): ["{}"],
}
VERBS = {
    ("wimplan", "snapshot"): [["list"], ["show"], ["diff", "1", "2"], ["remove", "1"]],
    ("wimplan", "baseline"): [["list"], ["adopt", "--all"], ["forget", "P0100001"]],
}
checks = failed = 0


def check(good, sentence):
    global checks, failed
    checks += 1
    if not good:
        failed += 1
        print(f"FAILED  {sentence}")


class Ground:
    def __init__(self, top):
        self.top = top
        self.env = {**os.environ, "HOME": str(top / "home"), "LC_ALL": "C.UTF-8"}
        for name in ("WIMPLAN_CACHE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "WIMPLAN_TOKEN"):
            self.env.pop(name, None)

    def call(self, program, *words, **env):
        return subprocess.run([BUILD / program, *words], cwd=self.top, env={**self.env, **env}, capture_output=True, text=True, timeout=60,
                              stdin=subprocess.DEVNULL)

    def clear(self):
        for path in self.top.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        (self.top / "home").mkdir()

    def state(self):
        found = {}
        for path in sorted(self.top.rglob("*")):
            look = path.lstat()
            found[str(path.relative_to(self.top))] = (look.st_ino, look.st_mtime_ns, path.read_bytes() if path.is_file() else None)
        return found

    def refused(self, what, program, words, sentence="are one file", **env):
        """@words change nothing, and the sentence about it is the whole of what is said."""
        before = self.state()
        result = self.call(program, *words, **env)
        line = " ".join([program, *words])
        good = result.returncode == 2 and sentence in result.stderr and result.stderr.count("\n") == 1 and bool(result.stdout) == ("--json" in words)
        check(good, f"{what}: {line}: {result.returncode} {result.stderr!r} {result.stdout[:200]!r}")
        check(self.state() == before, f"{what}: {line} has changed something")


def file_options(ground, program, command):
    """The options of a command that take the name of a file, as --help has them."""
    text = ground.call(program, *command, "--help").stdout
    return re.findall(r"^  (?:-\w,|   ) (--[\w-]+) (?:FILE|PLAN)\b", text, re.M)


def commands(ground):
    yield "wimplan-export", [], []
    for program in ("wimplan", "wimplan-apply"):
        for name in re.findall(r"^  (\w+) ", ground.call(program, "--help").stdout.split("Commands:\n")[1], re.M):
            for verb in VERBS.get((program, name), [[]]):
                yield program, [name], verb


def name_it(ground, form, name):
    """Two names of one file that is there or, for "missing", is not."""
    ground.clear()
    if form != "missing":
        (ground.top / name).write_text("# the old one\n")
    if form == "plain":
        return name, name
    if form == "dot":
        return f"./{name}", name
    if form == "whole":
        return name, str(ground.top / name)
    if form == "hard":
        os.link(ground.top / name, ground.top / "hard")
        return "hard", name
    # A link, to what is there or not.
    (ground.top / "link").symlink_to(name)
    return "link", f".//{name}"


def all_pairs(ground):
    forms = itertools.cycle(("plain", "dot", "link", "whole", "hard"))
    seen = set()
    for program, command, verb in commands(ground):
        options = file_options(ground, program, command)
        seen.update(options)
        check("--output" in options and "--config" in options, f"{program} {command}: --help shows {options}")
        writes = [option for option in options if option in WRITTEN + DATABASES]
        reads = [option for option in options if option in READ]
        operands = OPERANDS.get((program, command[0])) if command else None
        for first in writes:
            for second in reads + [option for option in writes if option > first] + (["operand"] if operands else []):
                for form in [next(forms)] + (["missing"] if second in WRITTEN + DATABASES else []):
                    a, b = name_it(ground, form, "file.json")
                    words = [*command, *verb, first, a] + ([second, b] if second != "operand" else [])
                    words += [word.format(b if second == "operand" else "plan.json") for word in operands or []]
                    ground.refused(f"{first} and {second}, {form}", program, words)
    unknown = seen - set(WRITTEN + DATABASES + READ)
    check(not unknown, f"{sorted(unknown)}: options with a file that this test does not know")
    check(seen == set(WRITTEN + DATABASES + READ), f"options that no command has: {sorted(set(WRITTEN + DATABASES + READ) - seen)}")


def places_by_default(ground):
    """Files that no option names."""
    cache = "home/.cache/wimplan/cache.db"
    for words in (["log"], ["snapshot", "list"], ["plan"], ["inspect", "a.wim"]):
        for place in (cache, cache + "-wal", cache + "-journal"):
            ground.clear()
            (ground.top / cache).parent.mkdir(parents=True)
            (ground.top / place).write_text("# the old one\n")
            ground.refused("default cache", "wimplan", [*words, "-o", place])
    ground.clear()
    ground.refused("cache that is not there", "wimplan", ["log", "-o", cache])
    ground.refused("cache of the environment", "wimplan", ["log", "-o", "c.db"], WIMPLAN_CACHE=str(ground.top / "c.db"))
    ground.refused("the log of a cache", "wimplan", ["log", "--cache", "c.db", "-o", "c.db-wal"])
    config = ground.top / "home/.config/wimplan/wimplan.conf"
    for program, words in (("wimplan", ["show", "plan.json"]), ("wimplan", ["plan"]), ("wimplan-apply", ["status", "plan.json"]),
                           ("wimplan-export", [])):
        ground.clear()
        config.parent.mkdir(parents=True)
        config.write_text("[provider]\ntoken_file = secret\nca_file = ca.pem\n")
        ground.refused("default configuration", program, [*words, "-o", str(config)])
        if program == "wimplan":
            continue
        for name in ("secret", "ca.pem"):
            (ground.top / name).write_text("# the old one\n")
            ground.refused("file of the configuration", program, [*words, "--events", name])
    for command in ("check", "run", "status", "watch"):
        for place in ("plan.json.journal", "plan.json.journal-wal", "plan.json.journal-shm", "plan.receipt.json"):
            for option in ("-o", "--events"):
                ground.clear()
                (ground.top / place).write_text("# the old one\n")
                ground.refused("default place", "wimplan-apply", [command, "plan.json", "--json", option, place])


def never_replaced(ground):
    """What no output takes the place of, whether the call reads it or not: sources are found by the map, long after --events is opened."""
    ground.clear()
    kinds = {"w1.wim": b"MSWIM\0\0\0" + bytes(200), "p.wim": b"WLPWM\0\0\0" + bytes(200), "w.iso": bytes(32769) + b"CD001\1",
             "u.iso": bytes(32769) + b"BEA01\1",
             "begins": b"MSWIM\0\0\0" + bytes(200), "damaged.ESD": bytes(300)}
    for name, content in kinds.items():
        (ground.top / name).write_bytes(content)
    sqlite3.connect(ground.top / "other.db").execute("CREATE TABLE a (b)").connection.close()
    for name in (*kinds, "other.db"):
        for program, words in (("wimplan", ["plan", "--records", "a.json"]), ("wimplan", ["audit", "a.json"]), ("wimplan", ["verify", "plan.json"]),
                               ("wimplan-apply", ["run", "plan.json"]), ("wimplan-export", [])):
            for option in ("-o", "--events"):
                ground.refused("kept", program, [*words, option, name], "would take its place")
    for words in (["inspect", "-o", "w.iso", "w.iso:sources/boot.wim"], ["diff", "-o", "w.iso", "w1.wim", "w.iso:sources/install.wim"]):
        ground.refused("in an .iso", "wimplan", words)


def empty_names(ground):
    """Of every option with a file and of every argument that is one, of all commands."""
    ground.clear()
    for program, command, verb in commands(ground):
        operands = OPERANDS.get((program, command[0]), []) if command else []
        rest = [word.format("plan.json") for word in operands]
        for option in file_options(ground, program, command):
            shown = "-o" if option == "--output" else option
            ground.refused("empty", program, [*command, *verb, option, "", *rest], f"{shown} needs the name of a file")
        for i in range(len(operands)):
            ground.refused("empty", program, [*command, *verb, *rest[:i], "", *rest[i + 1:]], f"argument {i + 1} is empty")


def not_refused(ground):
    """A former output is replaced, and what is nobody's file may be named twice."""
    ground.clear()
    (ground.top / "old.txt").write_text("# the old one\n")
    (ground.top / "a.json").write_text('{"value": []}')
    for words in (["inspect", "-o", "old.txt", "a.json"], ["inspect", "-o", "/dev/null", "a.json", "/dev/null"],
                  ["plan", "--records", "a.json", "-o", "/dev/null", "--events", "/dev/null"]):
        result = ground.call("wimplan", *words)
        check(result.returncode in (1, 2) and "one file" not in result.stderr and "take its place" not in result.stderr,
              f"{words}: {result.returncode} {result.stderr!r}")
    check((ground.top / "old.txt").read_text() != "# the old one\n", "a former output is not replaced")


def main():
    with tempfile.TemporaryDirectory(prefix="wimplan-outputs-") as folder:
        ground = Ground(pathlib.Path(folder).resolve())
        ground.clear()
        all_pairs(ground)
        places_by_default(ground)
        never_replaced(ground)
        empty_names(ground)
        not_refused(ground)
    print(f"{checks - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
