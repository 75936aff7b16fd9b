#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often a WIM is opened and read: check-reading.py BUILD. strace counts what each command does with a file that is read whole and
with a larger one, and wimplan-performance(7) has to say the same. On a file server each of these is a trip there and back."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import record_recipes
import signals  # noqa: F401
from straces import strace_calls

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(sys.argv[1]).resolve()
PAGE = TOP / "man" / "wimplan-performance.7.scd"
IMAGES = 4
BLOBS = 3000
ENTRY = 50  # bytes of one in a blob table
FILES = ("small.wim", "large.wim")
# Of a file whose only blob is a boot manager: the table's first entry is of the image's tree, which stands behind the blob.
TOO_LARGE = {"too large": ("set blobs+50 01000004000000\nset blobs+66 0100000400000000\n", "bootmgfw.efi was not read: it is larger than 64 MiB")}
DAMAGED = {"damaged": ("flip 210 3\n", "bootmgfw.efi was not read: it does not have the SHA-1"),
           "beyond the end": ("set blobs+58 0000000001000000\n", "bootmgfw.efi was not read: it reaches over the end"),
           "in a tree that is damaged": ("damaged\n", "starts as is expected is not known: it was not read")}
# Trees that are read one by one: empty ones have the same bytes, and such are read once.
IMAGE = 'image "Contoso {number}"\narch 9\nlanguages en-US\ndefault en-US\nversion 10.0.22631.3007\nfile /a{number}.txt {number}\n'
checks = failed = 0


def run(folder, *words, cache="cache.db"):
    """A command in @folder, with leaks not looked for: they cannot be under a tracer."""
    environment = dict(os.environ, HOME=str(folder), WIMPLAN_CACHE=cache, LC_ALL="C.UTF-8",
                       ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True)
    check(done.returncode == 0, f"{' '.join(map(str, words))} ends with {done.returncode}: {done.stderr.decode()[-300:]}")


def check(good, sentence):
    global checks, failed
    checks += 1
    if not good:
        failed += 1
        print(f"FAILED  {sentence}")


def make(folder):
    images = "".join(IMAGE.format(number=number) for number in range(IMAGES))
    recipes = f"wim src/small.wim\n{images}wim src/large.wim\nblobs {BLOBS}\n{images}"
    subprocess.run([BUILD / "mkwim", "-C", folder, "-"], input=recipes.encode(), check=True)
    (folder / "other").mkdir()
    for name in FILES:
        (folder / "other" / name).write_bytes((folder / "src" / name).read_bytes())
    packages = "".join(f"package P010000{number}\n\tPkgSourcePath \\\\srv\\src$\\{name}\n" +
                       "".join(f'\timage "name=Contoso {image}"\n' for image in range(IMAGES)) for number, name in enumerate(FILES))
    (folder / "site.json").write_text(json.dumps(record_recipes.read(packages)))


class Counts:
    """What a command did with each file of the folder src: how often it opened it, and the bytes of each read."""

    def __init__(self, folder, *arguments, cache):
        trace = folder / "trace"
        run(folder, "strace", "-f", "-qq", "-y", "-s", "0", "-e", "trace=openat,read,pread64,preadv,mmap", "-o", trace, BUILD / "wimplan",
            *arguments, cache=cache)
        self.opened, self.reads, self.mapped = {name: 0 for name in FILES}, {name: [] for name in FILES}, 0
        for call in strace_calls(trace):
            self.take(call, str(folder / "src"))

    def take(self, call, folder):
        opened = re.match(r"openat\(.*\) += \d+<(.*)>$", call)
        read = re.match(r"p?read\w*\(\d+<(.*?)>.*\) += (\d+)$", call)
        mapped = re.match(r"mmap\(.*<(.*?)>", call)
        for match, put in ((opened, self.open), (read, self.read), (mapped, self.map)):
            path = pathlib.PurePath(match[1]) if match else None
            if path and str(path.parent) == folder and path.name in FILES:
                put(path.name, call, match)

    def open(self, name, call, _):
        # A file that is only recognized is not opened at the server.
        self.opened[name] += "O_PATH" not in call

    def read(self, name, _, match):
        self.reads[name].append(int(match[2]))

    def map(self, *_):
        self.mapped += 1


def unreadable(folder, where):
    """What keeps a boot manager from being read and cannot change is not found out again; what another copy need not have is."""
    (folder / "expect.conf").write_text("[expect]\nboot = 2023\nmust_have = KB5034765\n")

    def make(damage):
        recipe = f"image\nfile /Windows/Boot/EFI/bootmgfw.efi size 70000\n{damage}"
        subprocess.run([BUILD / "mkwim", "-", folder / "src" / FILES[0]], input=recipe.encode(), check=True)

    for what, (damage, words) in (TOO_LARGE | DAMAGED).items():
        make(damage)
        for name in folder.glob("boot.db*"):
            name.unlink()
        run(folder, BUILD / "wimplan", "import", "--site", "P01", "site.json", cache="boot.db")
        plan = ("plan", *where, "--only", "P0100000", "-o", "p.json")
        run(folder, BUILD / "wimplan", *plan, cache="boot.db")
        first, again = (Counts(folder, *plan, "--config", "expect.conf", cache="boot.db").reads[FILES[0]] for _ in range(2))
        notes = json.loads((folder / "p.json").read_text())["notes"]
        check(any(words in note["summary"] for note in notes), f"a boot manager that is {what}: {notes}")
        if what in DAMAGED:
            # Header, XML and size are the same, and so is the id of the file.
            make("")
            run(folder, BUILD / "wimplan", *plan, "--config", "expect.conf", cache="boot.db")
            notes = json.loads((folder / "p.json").read_text())["notes"]
            check(not any(words in note["summary"] for note in notes),
                  f"a boot manager that was {what}, with a copy that is whole: {notes}")
            continue
        check(len(first) > 3 and len(again) < len(first), f"a boot manager that is {what} is read again: {first} and {again} bytes")
        known = Counts(folder, *plan, cache="boot.db").reads[FILES[0]]
        check(again == known, f"a boot manager that is {what} is read again: {again} and not {known} bytes")


def page_rows():
    text = PAGE.read_text()
    rows = re.findall(r"^\|  (.+)\n:  (\d+, \d+)\n:  (\d+, \d+)$", text, re.M)
    return {re.sub(r"[*_]", "", what): (small, large) for what, small, large in rows}


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch).resolve()
        make(folder)
        where = ("--site", "P01", "--map", "\\\\srv\\src$=src")
        sources = tuple(f"src/{name}" for name in FILES)
        pairs = [(f"src/{name}", f"other/{name}") for name in FILES]
        scans = [("plan", *where, "--records", "site.json"), ("audit", *where, "site.json"), ("baseline", "adopt", *where, "--all")]
        verify = ("verify", *where[2:], "changed.plan")
        commands = {
            "inspect": [("inspect", *sources)],
            "inspect --deep, --servicing, --boot": [("inspect", option, *sources) for option in ("--deep", "--servicing", "--boot")],
            "diff": [("diff", *pair) for pair in pairs],
            "diff --files, --servicing": [("diff", option, *pair) for option in ("--files", "--servicing") for pair in pairs],
            "plan, audit, baseline adopt, of a file that is new": scans,
            "plan, audit, baseline adopt, of one that is known; verify": [*scans, verify],
        }
        rows = page_rows()
        check(rows.keys() == commands.keys(), f"the page has the rows {sorted(rows)}")
        run(folder, BUILD / "wimplan", "import", "--site", "P01", "site.json")
        run(folder, BUILD / "wimplan", "plan", *where)
        # Of a plan that changes nothing there is nothing to verify.
        (folder / "changed.json").write_text((folder / "site.json").read_text().replace("Contoso 0", "Contoso of before"))
        run(folder, BUILD / "wimplan", "plan", *where, "--records", "changed.json", "-o", "changed.plan")
        for number, (what, call) in enumerate((what, call) for what, calls in commands.items() for call in calls):
            new = f"new{number}.db" if what.endswith("new") else "cache.db"
            if what.endswith("new"):
                run(folder, BUILD / "wimplan", "import", "--site", "P01", "site.json", cache=new)
            counts, words = Counts(folder, *call, cache=new), " ".join(call)
            check(any(counts.opened.values()), f"{words} opens nothing: is this check still good for anything?")
            check(not counts.mapped, f"{words} maps a file, whose reads nobody counts")
            for name, said in zip(FILES, rows.get(what, ("", ""))):
                # diff was given one pair of files.
                if f"src/{name}" in call or "--map" in call:
                    found = f"{counts.opened[name]}, {len(counts.reads[name])}"
                    check(found == said, f"{words}: {name} is opened and read {found} times, {counts.reads[name]} bytes; the page says {said}")
            check(sum(size >= BLOBS * ENTRY for size in counts.reads["large.wim"]) <= 1, f"{words} reads the blob table more than once")
        unreadable(folder, where)
    print(f"{checks - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
