#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Completion in bash, zsh and fish: check-completion.py [BUILD]. A shell that is not installed is left out with a word.

The programs say what a word may become (--complete), from their tables of options. That is held against --help of every command; then
each shell that is installed against it, and at last lines are typed in each with the Tab key and what arrives is looked at."""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import signals  # noqa: F401

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
SHARE = TOP / "src" / "share"
PROGRAMS = "wimplan", "wimplan-apply", "wimplan-export"
# What a name of a package may bring into a shell.
NAMES = {"P0100001": "$(touch evil) `touch evil`; touch evil", "P0100002": "tab\there: and \x1b[31m \\ 'quote\"", "P0200003": "plain"}
counts = {True: 0, False: 0}


def expect(condition, message):
    counts[bool(condition)] += 1
    if not condition:
        print(f"check-completion: {message}")


class Place:
    """A folder to type in, with the programs in its bin: a call that is none of --complete is written down."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "bin").mkdir()
        (self.folder / "work").mkdir()
        for program in PROGRAMS:
            path = self.folder / "bin" / program
            path.write_text(f"#!/bin/sh\n[ \"$1\" != --complete ] || exec '{BUILD / program}' \"$@\"\n"
                            f"printf '%s\\n' {program} \"$@\" end >>'{self.folder}/typed'\n")
            path.chmod(0o755)
        (self.folder / "work" / "plan one.json").write_text("{}")
        (self.folder / "work" / "share").mkdir()
        self.env = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        self.env |= {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "HOME": str(self.folder), "LC_ALL": "C.UTF-8", "TERM": "dumb",
                     "ZDOTDIR": str(self.folder), "WIMPLAN_CACHE": str(self.folder / "cache.db"), "PS1": "> "}
        self.make_cache()

    def make_cache(self):
        rows = [{"__CLASS": "SMS_ImagePackage", "PackageID": package, "Name": name, "PkgSourcePath": r"\\srv\src$\w.wim"}
                for package, name in NAMES.items()]
        (self.folder / "site.json").write_text(json.dumps({"value": rows}))
        done = self.run(BUILD / "wimplan", "import", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", self.folder / "site.json")
        expect(done.returncode == 0, f"import: {done.stderr}")

    def run(self, *words, **more):
        return subprocess.run([str(word) for word in words], env=self.env, cwd=self.folder / "work", stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60, **more)

    def ask(self, program, *words):
        """The lines of --complete as {word: what it is}."""
        done = self.run(BUILD / program, "--complete", *words)
        expect(done.returncode == 0 and not done.stderr, f"{program} --complete {words}: {done.returncode} {done.stderr}")
        return dict((line.split("\t", 1) + [""])[:2] for line in done.stdout.splitlines())


# --- What the programs say ----------------------------------------------------------------------------------------------------------


def long_options(text):
    return set(re.findall(r"^\s+(?:-\w, )?(--[\w-]+)", text, re.M))


def commands_of(place, program):
    """[the words of each command], with their help."""
    text = place.run(BUILD / program, "--help").stdout
    names = re.findall(r"^  (\w[\w-]*) +.+$", text, re.M) if "\nCommands:\n" in text else []
    return {(name,): place.run(BUILD / program, name, "--help").stdout for name in names} or {(): text}


def check_programs(place):
    for program in PROGRAMS:
        commands = commands_of(place, program)
        if () not in commands:
            names = {words[0] for words in commands}
            expect(set(place.ask(program, "")) == names | {"help", "--help", "--version"}, f"{program}: its commands")
            expect(set(place.ask(program, "help", "")) == names, f"{program} help: its commands")
        for words, text in commands.items():
            offered = place.ask(program, *words, "-")
            expect(set(offered) == long_options(text), f"{program} {words}: {sorted(set(offered) ^ long_options(text))}")
            expect(all(offered.values()), f"{program} {words}: an option without a word of what it is")
            verbs = set(re.findall(rf"{program} {' '.join(words)} \[OPTION…\] ([a-z]+)", text)) if words else set()
            if verbs:
                expect(set(place.ask(program, *words, "")) == verbs, f"{program} {words}: its verbs")
            check_values(place, program, words, text)


def check_values(place, program, words, text):
    """An option whose values are words: each is taken, and no other is offered."""
    for option, argument in re.findall(r"^\s+(?:-\w, )?(--[\w-]+) ([A-Z][A-Z=/:]*)", text, re.M):
        offered = place.ask(program, *words, option, "")
        if argument in ("FILE", "PLAN"):
            expect(":files" in offered, f"{program} {words} {option}: {offered}")
        elif argument == "PACKAGEID":
            wanted = set(NAMES) if program == "wimplan" else {":packages"}
            expect(set(offered) == wanted, f"{program} {words} {option}: {offered}")
        elif argument in ("WHEN", "FORMAT", "KIND", "ORDER", "WHAT"):
            expect(offered, f"{program} {words} {option} offers no words")
        # inspect makes no plan, and takes fewer of the words that the others take.
        for word in offered if argument in ("WHEN", "FORMAT", "KIND", "ORDER", "WHAT") and words != ("inspect",) else ():
            expect(re.search(rf"\b{re.escape(word.rstrip(':'))}\b", text), f"{program} {words} {option}: --help does not know {word}")
            typed = [option, word if not word.endswith(":") else word + "dp-behind"]
            if program == "wimplan-export":
                typed += ["--provider", "https://127.0.0.1:1/AdminService", "-o", "x", "--only", "bad"]
            done = place.run(BUILD / program, *words, *typed, "/nowhere")
            expect(option not in done.stderr, f"{program} {words} {option} {word}: {done.stderr}")


def check_known(place):
    expect(place.ask("wimplan", "log", "P01") == {"P0100001": NAMES["P0100001"], "P0100002": "tab\\x09here: and \\x1b[31m \\ 'quote\""},
           f"names: {place.ask('wimplan', 'log', 'P01')}")
    expect(set(place.ask("wimplan", "plan", "--only=P02")) == {"P0200003"}, "the value behind an '='")
    expect(set(place.ask("wimplan", "plan", "--site", "")) == {"P01"}, "sites")
    expect(len(place.ask("wimplan", "snapshot", "show", "")) == 1, "snapshots")
    expect("--json" in place.ask("wimplan", "snapshot", "show", "x", ""), "show takes one ID")
    expect(set(place.ask("wimplan", "plan", "--map", r"\\srv\src$=")) == {":folders"}, "the folder of --map")
    expect(not place.ask("wimplan", "plan", "--cache", "none.db", "--only", ""), "another cache was named")
    expect(not place.ask("wimplan", "log", "--site", "XYZ", ""), "another site was named")
    expect(set(place.ask("wimplan", "show", "--", "-")) == {":files"}, "behind --")
    check_quiet(place)


def check_quiet(place):
    """A cache that is missing, none, of an older version, in use, or left in the middle of a write: no word of it, and it stays as it is."""
    cache = place.folder / "cache.db"
    whole = cache.read_bytes()
    begun = time.monotonic()
    with sqlite3.connect(cache, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        expect(place.ask("wimplan", "log", "") == {}, "a cache in use")
    other.close()
    journal = place.folder / "cache.db-journal"
    for name, text, beside in ("none", b"not a database", None), ("empty", b"", None), ("newer", whole[:60] + b"\0\0\0\x7f" + whole[64:], None), \
            ("older", None, None), ("hot", whole, bytes.fromhex("d9d505f920a163d7") + b"\0\0\0\1" * 6):
        if text is None:
            with sqlite3.connect(cache) as old:
                for table in "briefs", "boot_facts", "profiles", "events", "event_packages", "site_rows", "questions", "plan_sources", "plans", "manifests", "summaries":
                    old.execute(f"DROP TABLE {table}")
                old.execute("PRAGMA user_version = 1")
            old.close()
            text = cache.read_bytes()
        cache.write_bytes(text)
        if beside:
            journal.write_bytes(beside)
        offered = place.ask("wimplan", "log", "")
        expect((set(offered) == set(NAMES)) if name == "older" else not offered, f"a cache that is {name}: {offered}")
        expect(cache.read_bytes() == text, f"a cache that is {name} was changed")
        expect(not beside or journal.read_bytes() == beside, "the journal of another was played back")
        journal.unlink(missing_ok=True)
        cache.write_bytes(whole)
    cache.unlink()
    expect(place.ask("wimplan", "log", "") == {} and not cache.exists(), "a cache that is missing")
    cache.write_bytes(whole)
    expect(time.monotonic() - begun < 60, "it waits for others")


# --- What the shells make of it ---------------------------------------------------------------------------------------------------------

LINES = ("wimplan ", "wimplan pl", "wimplan plan --", "wimplan plan --only P01", "wimplan log ", "wimplan snapshot ", "wimplan show --format ",
         "wimplan plan --only=P0", "wimplan show --format=h", "wimplan-apply run --", "wimplan-apply run --only P0", "wimplan-export --auth ",
         "wimplan-export --", "wimplan-export --only=P02")


def in_bash(place, line):
    # As bash takes a line apart, and with what it has put in front already.
    words = [piece for piece in re.split(r"\s+|(=)", line) if piece is not None]
    words = [piece for index, piece in enumerate(words) if piece or index == len(words) - 1]
    script = f"""source '{SHARE}/wimplan.bash'; compopt() {{ :; }}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _wimplan "$1"
printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = place.run("bash", "-c", script, "-", *words)
    expect(not done.stderr, f"bash: {line}: {done.stderr}")
    front = line.rpartition(" ")[2].rpartition("=")
    return {front[0] + front[1] + word for word in done.stdout.splitlines() if word}


def in_fish(place, line):
    done = place.run("fish", "--no-config", "-c", f"source '{SHARE}/wimplan.fish'; complete -C $argv[1]", line)
    expect(not done.stderr, f"fish: {line}: {done.stderr}")
    return {word.split("\t")[0] for word in done.stdout.splitlines()}


def wanted(place, line):
    program, *words = line.split(" ")
    front = words[-1].rpartition("=")
    offered = place.ask(program, *words)
    if ":packages" in offered:
        offered = place.ask("wimplan", "log", front[2])
    return {front[0] + front[1] + word for word in offered}


def check_shells(place):
    for shell, complete in ("bash", in_bash), ("fish", in_fish):
        for line in LINES if shutil.which(shell) else ():
            found = complete(place, line)
            expect(found == wanted(place, line), f"{shell}: '{line}': {sorted(found ^ wanted(place, line))}")


# --- Typed with the Tab key ---------------------------------------------------------------------------------------------------------------

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], f"bind 'set bell-style none'; source '{SHARE}/wimplan.bash'"),
    "zsh": (["zsh", "-f", "-i"], "unsetopt beep; autoload -Uz compinit; compinit -u -D"),
    "fish": (["fish", "--no-config", "-i"], f"source '{SHARE}/wimplan.fish'"),
}
TYPED = {
    "wimplan pl\t--onl\tP02\t--pri\t": ["wimplan", "plan", "--only", "P0200003", "--print-config"],
    "wimplan plan --only=P02\t": ["wimplan", "plan", "--only=P0200003"],
    "wimplan show --format ht\tpl\t": ["wimplan", "show", "--format", "html", "plan one.json"],
    "wimplan plan --map x=sh\t": ["wimplan", "plan", "--map", "x=share"],
    "wimplan-apply ru\t--exp\tabc": ["wimplan-apply", "run", "--expect-plan", "abc"],
    "wimplan-export --only P02\t--au\tneg\t": ["wimplan-export", "--only", "P0200003", "--auth", "negotiate"],
    "wimplan log P0100\t": ["wimplan", "log", "P010000"],
}


class Terminal:
    def __init__(self, place, words):
        self.seen = b""
        self.process, self.end = pty.fork()
        if not self.process:
            os.chdir(place.folder / "work")
            os.execvpe(words[0], words, place.env)

    def read_for(self, seconds):
        limit = time.monotonic() + seconds
        while (left := limit - time.monotonic()) > 0 and select.select([self.end], [], [], left)[0]:
            try:
                new = os.read(self.end, 65536)
            except OSError:
                return
            self.seen += new
            # "What are you?" (Primary Device Attributes): newer fishes wait for the answer.
            if b"\x1b[c" in new or b"\x1b[0c" in new:
                self.type("\x1b[?1;2c")

    def type(self, text):
        os.write(self.end, text.encode())

    def wait_for(self, condition):
        """Whether it comes about; a machine that is busy takes its time."""
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            self.read_for(0.05)
            if condition():
                return True
        return False

    def close(self):
        os.close(self.end)
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)


def check_typed(place, shell):
    words, setup = SHELLS[shell]
    typed = place.folder / "typed"
    if shell == "zsh":
        (place.folder / "functions").mkdir()
        shutil.copy(SHARE / "wimplan.zsh", place.folder / "functions" / "_wimplan")
        setup = f"fpath=('{place.folder}/functions' $fpath); {setup}"
    terminal = Terminal(place, words)
    try:
        terminal.type(setup + "; echo rea''dy\r")
        if not terminal.wait_for(lambda: b"ready" in terminal.seen):
            expect(False, f"{shell} does not start: {terminal.seen[-500:]}")
            return
        for line, arguments in TYPED.items():
            typed.unlink(missing_ok=True)
            for part in re.split(r"(\t)", line):
                before = len(terminal.seen)
                terminal.type(part)
                # A shell reads what was typed ahead as such, and not as keys, while it starts to edit a line.
                terminal.wait_for(lambda: len(terminal.seen) > before or not part)
                terminal.read_for(0.1)
            terminal.type("\r")
            terminal.wait_for(lambda: typed.exists() and typed.read_text().endswith("end\n"))
            terminal.read_for(0.3)
            found = typed.read_text().replace("share/", "share").splitlines()[:-1] if typed.exists() else None
            expect(found == arguments, f"{shell}: {line!r} becomes {found}: {terminal.seen[-300:]}")
    finally:
        terminal.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        place = Place(folder)
        check_programs(place)
        check_known(place)
        check_shells(place)
        for shell in SHELLS:
            if shutil.which(shell):
                check_typed(place, shell)
            else:
                print(f"{shell} is not installed; its completion was not tried")
        expect(not list(pathlib.Path(folder).rglob("evil")), "the name of a package was carried out as a command")
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
