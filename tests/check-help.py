#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds --help, the manual pages and the example configuration to the program: check-help.py [BUILD]."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import signals  # noqa: F401

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
WIMPLAN = BUILD / "wimplan"
APPLY = BUILD / "wimplan-apply"
EXPORT = BUILD / "wimplan-export"
WIDTH = 80
# What scdoc's own output makes mandoc say; nobody can write around it.
LINT_OF_SCDOC = ("skipping paragraph macro", "input text line longer than 80 bytes", "lower case character in document title")

scratch = tempfile.TemporaryDirectory()
environment = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
environment |= {"PATH": os.environ["PATH"], "HOME": scratch.name, "LC_ALL": "C.UTF-8"}
counts = {True: 0, False: 0}


def expect(condition, message):
    counts[bool(condition)] += 1
    if not condition:
        print(f"check-help: {message}")
    return bool(condition)


def run(*arguments, stdout=subprocess.PIPE, program=WIMPLAN):
    return subprocess.run([program, *arguments], env=environment, cwd=scratch.name, stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, text=True, timeout=60)


def help_options(text):
    """The options of a help text with the names of their values: {"--map": "PREFIX=DIR", "-q": ""}."""
    options = {}
    for line in text.splitlines():
        match = re.match(r"\s+(?:(-\w), )?(--[\w-]+)(?: ([A-Z][A-Z=/]*))?(?:\s|$)", line)
        if match:
            for name in match.group(1), match.group(2):
                if name:
                    options[name] = match.group(3) or ""
    return options


def manual_section(page, title):
    text = (TOP / "man" / page).read_text(encoding="utf-8")
    match = re.search(rf"^# {title}\n(.*?)(?=^# |\Z)", text, re.M | re.S)
    return match.group(1) if match else ""


def manual_options(page):
    """Likewise of a page: the lines that begin with *--option* _VALUE_, and the paragraph of common options."""
    options, waiting = {}, []
    defining = re.findall(r"^(?:\*-|Common options).*?(?=\n\t|\n\n|\Z)", manual_section(page, "OPTIONS"), re.M | re.S)
    for name, value, comma in re.findall(r"\*(--?\w[\w-]*)\*(?: _([A-Z][A-Z=/]*)_)?(,?)", "\n".join(defining)):
        waiting.append(name)
        # -o, --output FILE: the value is that of all names before it, up to a long one.
        if value or not comma or name.startswith("--"):
            for each in waiting:
                options.setdefault(each, value)
            waiting = []
    return options


def check_overview():
    shown = run("--help")
    expect(shown.returncode == 0 and not shown.stderr, "wimplan --help does not end with 0, or writes to standard error")
    commands = dict(re.findall(r"^  (\w[\w-]*) +(.+)$", shown.stdout, re.M))
    expect(len(commands) >= 7, "wimplan --help lists no commands")
    alone = run()
    expect(alone.returncode == 2 and not alone.stdout and alone.stderr == shown.stdout,
           "wimplan alone does not print its help on standard error and end with 2")
    page = manual_section("wimplan.1.scd", "COMMANDS")
    for name in commands:
        expect(f"*wimplan-{name}*(1)" in page, f"wimplan(1) does not list {name}")
    expect(len(re.findall(r"^\*wimplan-", page, re.M)) == len(commands), "wimplan(1) lists a command that there is not")
    return commands, shown.stdout


def check_command(name, summary):
    shown = run(name, "--help")
    page = f"wimplan-{name}.1.scd"
    if not expect((TOP / "man" / page).exists(), f"there is no page wimplan-{name}(1)"):
        return
    expect(shown.returncode == 0 and not shown.stderr, f"{name} --help does not end with 0, or writes to standard error")
    expect(shown.stdout.startswith(f"Usage: wimplan {name}"), f"{name} --help does not begin with its usage")
    expect(run(name, "-h").stdout == shown.stdout, f"{name} -h is not {name} --help")
    for line in shown.stdout.splitlines():
        expect(len(line) <= WIDTH and "\t" not in line, f"{name} --help: wider than {WIDTH} columns, or a tab: {line}")
    said = manual_section(page, "NAME").strip()
    expect(said == f"wimplan-{name} - {summary}", f"wimplan-{name}(1) says \"{said}\", wimplan --help \"{summary}\"")
    helped, described = help_options(shown.stdout), manual_options(page)
    for option in sorted(helped.keys() | described.keys()):
        expect(option in described, f"{name}: {option} is in --help and not in the page")
        expect(option in helped, f"{name}: {option} is in the page and not in --help")
        if option in described and option in helped:
            expect(helped[option] == described[option],
                   f"{name}: {option} takes '{helped[option]}' in --help and '{described[option]}' in the page")
    version = run(name, "--version")
    expect(version.returncode == 0 and re.fullmatch(r"wimplan \d+\.\d+\.\d+\n", version.stdout), f"{name} --version: {version.stdout}")
    for title in "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO":
        expect(manual_section(page, title), f"wimplan-{name}(1) has no {title}")
    return helped


def check_common(options_of):
    """What every command shares is in wimplan(1)."""
    common = set.intersection(*(set(options) for options in options_of.values()))
    described = manual_options("wimplan.1.scd")
    for option in sorted(common | described.keys()):
        expect(option in described, f"{option} of every command is not in wimplan(1)")
        expect(option in common, f"{option} is in wimplan(1), but not every command has it")


def check_statuses():
    known = set(re.findall(r"\*(\d+)\*", manual_section("wimplan.1.scd", "EXIT STATUS")))
    expect(known == {"0", "1", "2", "3", "4", "5", "10", "11"}, f"wimplan(1) has the exit statuses {sorted(known)}")
    for path in sorted((TOP / "man").glob("wimplan-*.1.scd")):
        if path.name in ("wimplan-apply.1.scd", "wimplan-export.1.scd"):
            continue
        for status in re.findall(r"^\|[\[ ] +\*(\d+)\*|^\|\[ \*(\d+)\*", manual_section(path.name, "EXIT STATUS"), re.M):
            status = "".join(status)
            expect(status in known, f"{path.name} has the exit status {status}, which wimplan(1) lacks")


def check_wrong_usage(commands):
    wrong = [["nonsense"], ["--nonsense"], ["-q", "plan"]]
    for name in commands:
        wrong += [[name, "--nonsense"], [name, "-Z"], [name, "--cache"], [name, "--color", "sometimes"], [name, "--quiet=1"]]
    for words in wrong:
        plain, as_json = run(*words), run(*words[:1], "--json", *words[1:])
        typed = " ".join(words)
        expect(plain.returncode == 2 and not plain.stdout and plain.stderr, f"wimplan {typed}: not 2, or nothing is said")
        if words[0].startswith("-"):
            continue
        expect(as_json.returncode == 2, f"wimplan {typed} with --json: {as_json.returncode}")
        try:
            expect(json.loads(as_json.stdout)["format"] == "wimplan-error", f"wimplan {typed} with --json: no error document")
        except ValueError as error:
            expect(False, f"wimplan {typed} with --json: {error}")


def check_lost_output(commands):
    for words in [["--help"], ["--version"]] + [[name, "--help"] for name in commands] + [["plan", "--print-config"]]:
        with open("/dev/full", "w") as full:
            lost = run(*words, stdout=full)
        expect(lost.returncode == 1 and lost.stderr, f"wimplan {' '.join(words)} >/dev/full: {lost.returncode}")
        closed = subprocess.run(["sh", "-c", '"$@" >&-', "-", WIMPLAN, *words], env=environment, stderr=subprocess.PIPE, text=True)
        expect(closed.returncode == 1 and closed.stderr, f"wimplan {' '.join(words)} >&-: {closed.returncode}")


def check_apply():
    """wimplan-apply has one page for all its commands."""
    page = "wimplan-apply.1.scd"
    shown = run("--help", program=APPLY)
    expect(shown.returncode == 0 and not shown.stderr, "wimplan-apply --help does not end with 0, or writes to standard error")
    alone = run(program=APPLY)
    expect(alone.returncode == 2 and not alone.stdout and alone.stderr == shown.stdout,
           "wimplan-apply alone does not print its help on standard error and end with 2")
    commands = re.findall(r"^  (\w[\w-]*) +.+$", shown.stdout, re.M)
    expect(commands == re.findall(r"^\*wimplan-apply (\w+)\*", manual_section(page, "SYNOPSIS"), re.M),
           f"wimplan-apply(1) has other commands than {commands}")
    helped, described = {}, manual_options(page)
    for name in commands:
        text = run(name, "--help", program=APPLY)
        expect(text.returncode == 0 and not text.stderr, f"wimplan-apply {name} --help: {text.returncode}")
        expect(text.stdout.startswith(f"Usage: wimplan-apply {name}"), f"wimplan-apply {name} --help does not begin with its usage")
        for line in text.stdout.splitlines():
            expect(len(line) <= WIDTH and "\t" not in line, f"wimplan-apply {name} --help: wider than {WIDTH} columns, or a tab: {line}")
        expect(f"*{name}*\n\t" in manual_section(page, "DESCRIPTION"), f"wimplan-apply(1) does not describe {name}")
        helped |= help_options(text.stdout)
        version = run(name, "--version", program=APPLY)
        expect(re.fullmatch(r"wimplan-apply \d+\.\d+\.\d+\n", version.stdout), f"wimplan-apply {name} --version: {version.stdout}")
        for words in [[name, "--nonsense", "x"], [name], [name, "a", "b"], [name, "--commit", "perhaps", "x"], [name, "--settle"]]:
            plain, as_json = run(*words, program=APPLY), run(*words, "--json", program=APPLY)
            typed = " ".join(words)
            expect(plain.returncode == 2 and not plain.stdout and plain.stderr, f"wimplan-apply {typed}: {plain.returncode}")
            expect(as_json.returncode == 2 and '"wimplan-error"' in as_json.stdout, f"wimplan-apply {typed} --json: {as_json.stdout}")
        with open("/dev/full", "w") as full:
            lost = run(name, "--help", stdout=full, program=APPLY)
        expect(lost.returncode == 1 and lost.stderr, f"wimplan-apply {name} --help >/dev/full: {lost.returncode}")
    for option in sorted(helped.keys() | described.keys()):
        expect(option in described, f"wimplan-apply: {option} is in --help and not in the page")
        expect(option in helped, f"wimplan-apply: {option} is in the page and not in --help")
        if option in described and option in helped:
            expect(helped[option] == described[option],
                   f"wimplan-apply: {option} takes '{helped[option]}' in --help and '{described[option]}' in the page")
    statuses = set(re.findall(r"\*(\d+)\*", manual_section(page, "EXIT STATUS")))
    expect(statuses == {"0", "1", "2", "4", "5", "6", "129", "130", "143"}, f"wimplan-apply(1) has the exit statuses {sorted(statuses)}")
    for title in "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO":
        expect(manual_section(page, title), f"wimplan-apply(1) has no {title}")


def check_export():
    """wimplan-export has no commands."""
    page = "wimplan-export.1.scd"
    shown = run("--help", program=EXPORT)
    expect(shown.returncode == 0 and not shown.stderr, "wimplan-export --help does not end with 0, or writes to standard error")
    expect(shown.stdout.startswith("Usage: wimplan-export "), "wimplan-export --help does not begin with its usage")
    for line in shown.stdout.splitlines():
        expect(len(line) <= WIDTH and "\t" not in line, f"wimplan-export --help: wider than {WIDTH} columns, or a tab: {line}")
    helped, described = help_options(shown.stdout), manual_options(page)
    expect(helped == described, f"wimplan-export: --help and the page differ in {dict(helped.items() ^ described.items())}")
    version = run("--version", program=EXPORT)
    expect(re.fullmatch(r"wimplan-export \d+\.\d+\.\d+\n", version.stdout), f"wimplan-export --version: {version.stdout}")
    for words in [], ["--nonsense"], ["a"], ["--parallel"], ["--parallel", "0"], ["--only", "x"], ["--provider", "http://cm01/AdminService"]:
        plain, as_json = run(*words, program=EXPORT), run("--json", *words, program=EXPORT)
        typed = " ".join(words)
        expect(plain.returncode == 2 and not plain.stdout and plain.stderr, f"wimplan-export {typed}: {plain.returncode}")
        expect(as_json.returncode == 2 and '"wimplan-error"' in as_json.stdout, f"wimplan-export {typed} --json: {as_json.stdout}")
    with open("/dev/full", "w") as full:
        lost = run("--help", stdout=full, program=EXPORT)
    expect(lost.returncode == 1 and lost.stderr, f"wimplan-export --help >/dev/full: {lost.returncode}")
    statuses = set(re.findall(r"\*(\d+)\*", manual_section(page, "EXIT STATUS")))
    expect(statuses == {"0", "1", "2", "3", "129", "130", "143"}, f"wimplan-export(1) has the exit statuses {sorted(statuses)}")
    for title in "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO":
        expect(manual_section(page, title), f"wimplan-export(1) has no {title}")


def check_configuration():
    example = TOP / "src" / "share" / "wimplan.conf"
    text = example.read_text(encoding="utf-8")
    page = (TOP / "man" / "wimplan.conf.5.scd").read_text(encoding="utf-8")
    inert = run("plan", "--config", str(example), "--print-config")
    default = run("plan", "--print-config")
    expect(inert.returncode == 0 and inert.stdout == default.stdout, "the example configuration as it is changes something")
    keys = re.findall(r"^(?:# )?([a-z_]+) =(?: (.*))?$", default.stdout, re.M)
    expect(len(keys) > 8, "plan --print-config shows no keys")
    for key, value in keys:
        expect(f"*{key}* =" in page, f"wimplan.conf(5) lacks {key}")
        line = re.search(rf"^#{key} = (.*)$", text, re.M)
        if expect(line, f"the example configuration lacks {key}") and value:
            expect(line.group(1) == value, f"the example configuration has {key} = {line.group(1)}, the default is {value}")
    for section in re.findall(r"^\[.*\]$", default.stdout, re.M):
        expect(f"\n# {section}\n" in page, f"wimplan.conf(5) lacks {section}")
    all_set = pathlib.Path(scratch.name) / "all.conf"
    all_set.write_text(re.sub(r"^#(?! )", "", text, flags=re.M), encoding="utf-8")
    taken = run("plan", "--config", str(all_set), "--print-config")
    expect(taken.returncode == 0, f"the example configuration with every key in force: {taken.stderr}")
    expect("# not set" not in taken.stdout and "# default" not in taken.stdout, "the example configuration leaves a key out")


def check_export_script():
    """The parameters that wimplan-records(5) speaks of are those of the script."""
    script = (TOP / "src" / "share" / "Export-WimplanRecords.ps1").read_text(encoding="utf-8")
    block = re.search(r"^param\((.*?)^\)", script, re.M | re.S).group(1)
    there = set(re.findall(r"\$(\w+)", block)) | {"Full"}
    page = (TOP / "man" / "wimplan-records.5.scd").read_text(encoding="utf-8")
    section = re.search(r"^## The script\n(.*?)^## ", page, re.M | re.S).group(1)
    for name in re.findall(r"(?:^|[ *])-([A-Z]\w+)", section, re.M):
        expect(name in there, f"wimplan-records(5): Export-WimplanRecords.ps1 has no -{name}")


def check_pages():
    if not shutil.which("mandoc"):
        print("check-help: mandoc is not installed; the pages are not linted")
        return
    for path in sorted((TOP / "man").glob("*.scd")):
        built = BUILD / "man" / path.stem
        linted = subprocess.run(["mandoc", "-T", "lint", built], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        bad = [line for line in linted.stdout.splitlines() if not any(known in line for known in LINT_OF_SCDOC)]
        expect(not bad, "\n".join(bad))
    for path in sorted((TOP / "man").glob("*.scd")):
        prose = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.M | re.S)
        expect(not re.search(r"^\t*\.\S", prose, re.M), f"{path.name}: scdoc drops a full stop at the beginning of a line")
        for name, number in re.findall(r"\*(wimplan[\w.-]*)\*\((\d)\)", path.read_text(encoding="utf-8")):
            expect((TOP / "man" / f"{name}.{number}.scd").exists(), f"{path.name} refers to {name}({number}), which there is not")


def main():
    commands, overview = check_overview()
    for line in overview.splitlines():
        expect(len(line) <= WIDTH, f"wimplan --help: wider than {WIDTH} columns: {line}")
    options_of = {name: check_command(name, summary) or {} for name, summary in commands.items()}
    check_common(options_of)
    check_statuses()
    check_wrong_usage(commands)
    check_lost_output(commands)
    check_apply()
    check_export()
    check_configuration()
    check_export_script()
    check_pages()
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
