# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change board gets: the plan of the made-up hierarchy, with sources as large as real ones, and its pages."""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "testdata" / "hierarchy"))

import make as hierarchy_maker  # noqa: E402
from facts import NOW, SITE, TAKEN  # noqa: E402

ZONE = "Europe/Berlin"
# A part of it, for a picture: what is grave, what does not fit, what is blocked, what is only reported, and what is well.
PICTURED = "C000010F", "C0000130", "C000010E", "C000012C", "C0000117", "C0000127", "C0000137", "C0000101"


class Board:
    """wimplan in the hierarchy's folder, at its time."""

    def __init__(self, build, folder):
        self.folder = folder
        self.program = os.path.join(os.path.realpath(build), "wimplan")
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        self.env = kept | {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "WIMPLAN_USER": "ann",
                           "WIMPLAN_HOST": "desk", "SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}
        hierarchy_maker.make(os.path.realpath(build), folder)
        self.grow()
        exports = sorted(f"adminservice/{path.name}" for path in (folder / "adminservice").iterdir())
        self.run("import", "--cache=board.db", "--site", SITE, "--taken-at", TAKEN.isoformat().replace("+00:00", "Z"), *exports)
        self.plan("plan.json")

    def grow(self):
        """Makes each WIM some hundred megabytes longer, of which nothing is on the disk: a refresh of it takes a while."""
        for number, path in enumerate(sorted((self.folder / "sources").rglob("*.wim"))):
            status = path.stat()
            os.truncate(path, 150_000_000 + number * 77_000_000 % 900_000_000)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def run(self, *words, status=(0, 3)):
        done = subprocess.run([self.program, *words], cwd=self.folder, env=self.env, capture_output=True, check=False)
        if done.returncode not in status:
            raise SystemExit(f"FAILED wimplan {' '.join(words)}: {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode("utf-8")

    def plan(self, name, *words):
        self.run("plan", "--cache=board.db", "--config", "site.conf", "--quiet", "-o", name, *words)

    def page(self, name, form="html", *words):
        return self.run("show", "--format", form, "--timezone", ZONE, "--set", "Change=CHG0012345", *words, name)
