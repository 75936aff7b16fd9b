#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What grows with the number of files, records and packages: scale_bench.py BUILD [PACKAGES]. Never fails because of time.

1. A program that starts, against wimlib-imagex: --version, and a small file; and another command against the program behind it.
2. inspect of 200,000 blobs against wimlib-imagex info, and of a million against that.
3. inspect --json of PACKAGES files (10000) in one call against wimlib-imagex info for each, and its memory.
4. import of ten times as many records with 4 KB of ImageProperty each, as JSON, CSV and CLIXML, against `jq -c .` on the JSON,
   and the memory of an audit of them.
5. plan of PACKAGES packages of four images that all changed, its memory, a tenth of them, and the plan in each format.
6. With BENCH_LARGE=1, because it takes a quarter of an hour: plan of ten times as many of which one in a hundred changed, and of
   as many that all changed, which show has to read."""

import csv
import html
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import table
from bench import path_of

REPEATS = 3
STARTS = 100
LARGE = bool(os.environ.get("BENCH_LARGE"))
IMAGES = range(1, 5)
RECIPE = """wim {path}
shape media
compress XPRESS
times 2026-01-08T12:40:00Z
guid {number:032x}
"""
IMAGE = """image "Windows 11 Enterprise {number} {image}"
counts 21000 98000 {size} 6000000000
arch 9
edition Enterprise
installation-type Client
product-type WinNT
languages en-US
default en-US
version 10.0.26100.{build}.0
description "Windows 11 Enterprise {number} image {image}"
"""
# What the site has of an image that changed since, and of one that did not.
BEFORE = ('<IMAGE index="{image}"><Property name="Image name">Windows 11 Enterprise {number} {image} of before</Property>'
          '<Property name="Image description">{description}</Property><Property name="OS version">10.0.22000.{build}</Property>'
          '<Property name="Architecture">9</Property><Property name="Language">de-DE</Property>'
          '<Property name="Product type">WinNT</Property><Property name="Size">{size}</Property></IMAGE>')
SAME = ('<IMAGE index="{image}"><Property name="Image name">Windows 11 Enterprise {number} {image}</Property>'
        '<Property name="Image description">Windows 11 Enterprise {number} image {image}</Property>'
        '<Property name="OS version">10.0.26100.{build}</Property><Property name="Architecture">9</Property>'
        '<Property name="Language">en-US</Property><Property name="Product type">WinNT</Property>'
        '<Property name="Size">{size}</Property></IMAGE>')


def values(number, image):
    return {"number": number, "image": image, "build": 2000 + number % 3000, "size": 16_000_000_000 + number}


def record(number, description, stored=BEFORE):
    return {
        "__CLASS": "SMS_ImagePackage", "PackageID": f"P01{number:05X}", "Name": f"Windows 11 {number}", "PkgSourceFlag": 2,
        "PkgSourcePath": "\\\\srv\\src$\\" + path_of(number).replace("/", "\\"), "SourceSite": "P01", "SourceVersion": 1 + number % 9,
        "SourceDate": "2026-01-09T22:41:00Z", "Priority": 2, "ActionInProgress": 0,
        "SedoObjectVersion": f"{number:08X}-0000-0000-0000-000000000000",
        "ImageProperty": "<WIM>" + "".join(stored.format(description=description, **values(number, image)) for image in IMAGES) + "</WIM>",
    }


def write_records(path, count, description, same_of_hundred=0):
    with path.open("w") as file:
        file.write('{"value":[')
        for number in range(count):
            stored = SAME if number % 100 < same_of_hundred else BEFORE
            file.write((",\n" if number else "\n") + json.dumps(record(number, description, stored)))
        file.write("]}\n")


def write_csv(path, count, description):
    with path.open("w", newline="") as file:
        names = [name for name in record(0, "") if name != "__CLASS"]
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(names + ["PackageType"])
        for number in range(count):
            row = record(number, description)
            writer.writerow([row[name] for name in names] + [257])


def write_clixml(path, count, description):
    with path.open("w") as file:
        file.write('<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">')
        for number in range(count):
            file.write("<Obj><MS>")
            for name, value in record(number, description).items():
                kind = "I32" if isinstance(value, int) else "S"
                file.write(f'<{kind} N="{name}">{html.escape(str(value))}</{kind}>')
            file.write("</MS></Obj>\n")
        file.write("</Objs>")


EXPORTS = {"JSON": ("large.json", write_records), "CSV": ("large.csv", write_csv), "CLIXML": ("large.clixml", write_clixml)}


def prepare(build, folder, count):
    """Makes the files once; a later run with the same number takes them as they are."""
    done, files = folder / "done", 10 * count if LARGE else count
    if done.exists() and done.read_text() in (f"{count} {files}", f"{count} {10 * count}") and all((folder / name).exists() for name, _ in EXPORTS.values()):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(f"making {files} WIM files of four images ...", flush=True)
    recipes = []
    for number in range(files):
        recipes.append(RECIPE.format(path=path_of(number), number=number))
        recipes += [IMAGE.format(**values(number, image)) + (f"file /data.bin size 2000 seed {number}\n" if image == 1 else "") for image in IMAGES]
    recipes.append("wim many.wim\nblobs 200000\nimage Many\nwim million.wim\nblobs 1000000\nimage Million\n")
    subprocess.run([f"{build}/mkwim", "-C", str(folder), "-"], input="".join(recipes).encode(), check=True)
    write_records(folder / "export.json", count, "of before")
    write_records(folder / "tenth.json", count // 10, "of before")
    if LARGE:
        write_records(folder / "tenfold.json", 10 * count, "of before")
        write_records(folder / "steady.json", 10 * count, "of before", 99)
    for name, write in EXPORTS.values():
        write(folder / name, 10 * count, "an image for the machines of all departments " * 16)
    (folder / "list").write_text("".join(f"{folder / path_of(number)}\n" for number in range(count)))
    done.write_text(f"{count} {files}")


def run(command, allowed=(0,)):
    """Seconds and peak memory in MB of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        raise SystemExit(f"bench: {' '.join(map(str, command))[:300]} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_maxrss / 1000


def median(command, repeats=REPEATS):
    runs = [run(command) for _ in range(repeats)]
    return statistics.median(took for took, _ in runs), max(memory for _, memory in runs)


def in_turn(ours, theirs, repeats):
    """The medians of two commands that are run in turn, so that what else the machine does meets both."""
    pairs = [(run(ours)[0], run(theirs)[0]) for _ in range(repeats)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def bench_start(build, folder):
    small = str(folder / path_of(0))
    ours, theirs = in_turn([f"{build}/wimplan", "--version"], ["wimlib-imagex", "--version"], STARTS)
    table.row(build, "start: --version, against wimlib-imagex", ours, theirs, at_most=1.4)
    ours, theirs = in_turn([f"{build}/wimplan", "inspect", small], ["wimlib-imagex", "info", small], STARTS)
    table.row(build, "start: inspect of a small file, against info", ours, theirs, at_most=1.4)
    ours, theirs = in_turn([f"{build}/wimplan", "help", "plan"], [f"{build}/libexec/wimplan/wimplan", "help", "plan"], STARTS)
    table.row(build, "start: another command, against the program that does it", ours, theirs, at_most=1.5)


def bench_inspect(build, folder, count):
    many, million = str(folder / "many.wim"), str(folder / "million.wim")
    ours, theirs = in_turn([f"{build}/wimplan", "inspect", many], ["wimlib-imagex", "info", many], 20)
    table.row(build, "inspect of 200,000 blobs, against info", ours, theirs, at_least=30)
    large, small = in_turn([f"{build}/wimplan", "inspect", million], [f"{build}/wimplan", "inspect", many], 40)
    table.row(build, "inspect of 1,000,000 blobs, against 200,000", large, small, at_most=1.15)
    files = (folder / "list").read_text().split()
    ours, memory = median([f"{build}/wimplan", "inspect", "--json", *files])
    theirs, _ = median(["xargs", "-a", str(folder / "list"), "-n", "1", "wimlib-imagex", "info"])
    table.row(build, f"inspect --json of {count} files, against info for each", ours, theirs, at_least=40)
    table.row(build, f"inspect --json of {count} files, memory", memory, at_most=64, unit="MB")


def bench_import(build, folder, count):
    def imported(name):
        for stale in folder.glob("import.db*"):
            stale.unlink()
        return [f"{build}/wimplan", "import", "--quiet", "--site", "P01", "--cache", str(folder / "import.db"), str(folder / name)]

    runs = {shape: [] for shape in EXPORTS}
    jq = []
    for _ in range(REPEATS):
        for shape, (name, _) in EXPORTS.items():
            runs[shape].append(run(imported(name)))
        jq.append(run(["jq", "-c", ".", str(folder / "large.json")])[0])
    for shape, mine in runs.items():
        table.row(build, f"import of {10 * count} records as {shape}, against jq -c", statistics.median(took for took, _ in mine),
                  statistics.median(jq), at_most=1)
        table.row(build, f"import of {10 * count} records as {shape}, memory", max(memory for _, memory in mine), at_most=200, unit="MB")
    # Without a cache, and without the sources: what the records take alone.
    _, memory = run([f"{build}/wimplan", "audit", "--site", "P01", "--cache", str(folder / "none.db"), "-o", str(folder / "shown.text"),
                     str(folder / "large.json")], allowed=(3,))
    table.row(build, f"audit of {10 * count} records, memory", memory, at_most=300, unit="MB")


def plan_command(build, folder, name):
    """Imports the records of this name into a cache of their own."""
    cache, plan = str(folder / f"{name}.db"), str(folder / f"{name}.plan")
    for stale in folder.glob(f"{name}.db*"):
        stale.unlink()
    run([f"{build}/wimplan", "import", "--quiet", "--site", "P01", "--cache", cache, str(folder / f"{name}.json")])
    return [f"{build}/wimplan", "plan", "--quiet", "--cache", cache, "--map", f"\\\\srv\\src$={folder}", "-o", plan]


def bench_plan(build, folder, count):
    command, tenth = plan_command(build, folder, "export"), plan_command(build, folder, "tenth")
    cold, _ = run(command)
    warm, memory = median(command)
    run(tenth)
    few, _ = median(tenth)
    table.row(build, f"plan of {count} packages that all changed, cold", cold)
    table.row(build, f"plan of {count} packages that all changed, warm", warm, at_most=1)
    table.row(build, f"plan of {count} packages that all changed, memory", memory, at_most=150, unit="MB")
    table.row(build, f"plan of {count}, against ten times {count // 10}", warm, 10 * few, at_most=1.15)
    for form in ("text", "markdown", "html", "csv", "json", "powershell"):
        shown = folder / f"shown.{form}"
        took, _ = median([f"{build}/wimplan", "show", "--format", form, "-o", str(shown), str(folder / "export.plan")])
        table.row(build, f"show of that plan as {form}", took, at_most=1)
        if form == "html":
            table.row(build, "show of that plan as html, its size", shown.stat().st_size / 1e6, at_most=5, unit="MB")
    bench_linear(build, folder, count)


def bench_linear(build, folder, count):
    """Ten times as many packages, in turn with a tenth of them: ten times as long, and what a start takes less."""
    def ratio(command):
        many, few = in_turn(command("export"), command("tenth"), REPEATS)
        return many, 10 * few

    many, few = ratio(lambda name: [f"{build}/wimplan", "show", "--format", "text", "-o", str(folder / "shown.text"), str(folder / f"{name}.plan")])
    table.row(build, f"show of {count} packages, against ten times {count // 10}", many, few, at_most=1.15)
    many, few = ratio(lambda name: [f"{build}/wimplan", "audit", "--site", "P01", "--cache", str(folder / f"{name}.db"), "--map",
                                    f"\\\\srv\\src$={folder}", "-o", str(folder / "shown.text"), str(folder / f"{name}.json")])
    table.row(build, f"audit of {count} packages, against ten times {count // 10}", many, few, at_most=1.15)


def bench_large_plan(build, folder, count):
    """Once each, but for the shortest: what is wanted of them is a time and a memory, and they take minutes."""
    steady = plan_command(build, folder, "steady")
    cold, _ = run(steady)
    warm, memory = median(steady)
    name = f"plan of {count} packages of which 1 % changed"
    table.row(build, f"{name}, cold", cold, at_most=12)
    table.row(build, f"{name}, warm", warm, at_most=4)
    table.row(build, f"{name}, memory", memory, at_most=300, unit="MB")
    tenfold = plan_command(build, folder, "tenfold")
    run(tenfold)
    warm, memory = run(tenfold)
    name = f"plan of {count} packages that all changed"
    table.row(build, f"{name}, warm", warm, at_most=20)
    table.row(build, f"{name}, memory", memory, at_most=600, unit="MB")
    # run() fails where show refuses what plan wrote.
    shown, _ = run([f"{build}/wimplan", "show", "--format", "html", "-o", str(folder / "shown.html"), str(folder / "tenfold.plan")])
    table.row(build, f"show of that plan of {count} as html", shown)


def main():
    build = os.path.realpath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    folder = pathlib.Path(build, "bench-scale")
    for program in ("wimlib-imagex", "jq"):
        if not shutil.which(program):
            raise SystemExit(f"bench: {program} is missing; make deps bench installs it")
    prepare(build, folder, count)
    bench_start(build, folder)
    bench_inspect(build, folder, count)
    bench_import(build, folder, count)
    bench_plan(build, folder, count)
    if LARGE:
        bench_large_plan(build, folder, 10 * count)


if __name__ == "__main__":
    main()
