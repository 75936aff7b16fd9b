#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What works on several threads, in a build with ThreadSanitizer: check-threads.py BUILD.

The scanner, cold and warm and with a progress of its own, the import, many files at once under inspect, two WIMs side by side, and an
export over several connections. A report of the sanitizer's fails; nothing is suppressed, also not of the libraries."""

import json
import os
import pathlib
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(TOP / "apply"))
sys.path.insert(1, str(TOP / "export"))
from exporting import AROUND, ExportedSite  # noqa: E402
from standin import Counted  # noqa: E402

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build/tsan"
PACKAGES = 24
ROUNDS = 3
expect = Counted(1000)


class Threads:
    """Runs programs so that each report of the sanitizer's stands in a file of its own."""

    def __init__(self, site, logs):
        self.site, self.logs = site, logs
        site.env["TSAN_OPTIONS"] = f"log_path={logs}/report:halt_on_error=0:exitcode=0:second_deadlock_stack=1"

    def run(self, program, *arguments, statuses=(0,)):
        done = self.site.run(program, *arguments)
        words = " ".join(map(str, arguments[:1]))
        expect(done.returncode in statuses, f"{program} {words}: status {done.returncode}: {done.stderr[-2000:]}")
        for report in sorted(self.logs.iterdir()):
            expect(False, f"{program} {words}: {report.read_text(errors='replace')[:6000]}")
            report.unlink()
        return done


RACE = """#include <pthread.h>
static int shared;
static void *run(void *unused) { shared++; return unused; }
int main(void) { pthread_t other; pthread_create(&other, 0, run, 0); shared++; pthread_join(other, 0); return 0; }
"""


def find_a_race(threads):
    """What is planted is reported, or the rest proves nothing."""
    source = threads.logs.parent / "race.c"
    source.write_text(RACE)
    threads.site.must(*os.environ.get("CC", "cc").split(), "-fsanitize=thread", "-O0", "-g", "-o", source.with_suffix(""), source, "-pthread")
    threads.site.run(source.with_suffix(""))
    reports = list(threads.logs.iterdir())
    expect(any("data race" in report.read_text(errors="replace") for report in reports), "a race that was planted is not found")
    for report in reports:
        report.unlink()
    symbols = threads.site.run("nm", "-D", threads.site.program("wimplan"))
    expect("__tsan_init" in symbols.stdout, "wimplan is not built with the sanitizer")


def scan(threads, site):
    cache = ("--cache", "cache.db")
    plan = ("plan", *cache, "--map", site.map, "--quiet", "--jobs", "8", "-o", "plan.json")
    for _ in range(ROUNDS):
        (site.folder / "cache.db").unlink(missing_ok=True)
        threads.run("wimplan", "import", *cache, "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "load.json", "many.json")
        threads.run("wimplan", *plan, statuses=(0, 3))
    # Warm, and with an event for each source.
    threads.run("wimplan", *plan, "--events", "events.jsonl", statuses=(0, 3))
    threads.run("wimplan", "audit", *cache, "--map", site.map, "--jobs", "8", "load.json", statuses=(0, 3))
    threads.run("wimplan", "verify", *cache, "--map", site.map, "--jobs", "8", "--data", "plan.json", statuses=(0, 3, 4))


def inspect(threads, site):
    files = [site.folder / "sources" / package["file"] for package in site.packages]
    for more in ((), ("--json",), ("--deep", "--servicing", "--json")):
        threads.run("wimplan", "inspect", *more, *files)
    threads.run("wimplan", "diff", "--files", "--servicing", files[0], files[1])


def export(threads, site):
    with site.start(load=True, log=None) as server:
        for _ in range(ROUNDS):
            done = threads.run("wimplan-export", "--auth", "none", "--parallel", "6", "--probe", "--provider", server.url, "-o", "records.json")
            expect(len(json.loads((site.folder / "records.json").read_text())["value"]) > 2, f"the export is empty: {done.stderr}")


def main():
    with tempfile.TemporaryDirectory(prefix="wimplan-threads-") as top:
        logs = pathlib.Path(top) / "logs"
        logs.mkdir()
        site = ExportedSite(BUILD, pathlib.Path(top) / "site", kinds=["both"] * PACKAGES, more=AROUND)
        threads = Threads(site, logs)
        find_a_race(threads)
        records = json.loads((site.folder / "load.json").read_text())["value"]
        # Enough that every thread of an import has something to do.
        many = [{**record, "PackageID": f"P02{i:03X}{j:02X}"} for i in range(40) for j, record in enumerate(records[:PACKAGES])]
        (site.folder / "many.json").write_text(json.dumps({"value": many}))
        scan(threads, site)
        inspect(threads, site)
        export(threads, site)
    return expect.end()


if __name__ == "__main__":
    sys.exit(main())
