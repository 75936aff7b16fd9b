#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast wimplan-export reads a site: export_bench.py BUILD [PACKAGES]. Prints medians and ratios; never fails because of time.

PACKAGES packages (10000) of the stand-in provider on loopback, over TLS, in pages of 1000, without and with what is on its distribution
points. In the same run, the same requests go bare through one libcurl handle, one after the other, to the same provider. Then the peak
memory with a tenth of the packages and with all."""

import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "apply"), str(HERE)]

import table  # noqa: E402
from apply_bench import peak  # noqa: E402
from standin import IMAGE, Site  # noqa: E402

REPEATS = 3
POINTS, POINTS_OF_A_PACKAGE = "400", "20"
PROPERTY = "<WIM>" + "".join(
    f'<IMAGE index="{index}"><Property name="Image name">Windows 11 edition {index}</Property>'
    '<Property name="OS version">10.0.22631.3007</Property><Property name="Architecture">9</Property>'
    '<Property name="Language">en-US</Property></IMAGE>' for index in range(1, 12)) + "</WIM>"


def make(build, folder, count):
    site = Site(build, folder, kinds=("none",))
    (site.folder / "load.json").write_text(json.dumps({"value": [
        site.record({"id": f"P01{number:05X}", "class": IMAGE, "path": rf"\\cm01\src$\{number}.wim"}, PROPERTY) for number in range(count)]}))
    return site, site.make_ca()


def export_once(site, server, *options):
    """Seconds and peak memory in KiB."""
    began = time.monotonic()
    process = subprocess.Popen([site.program("wimplan-export"), "--provider", server.url, "--auth", "none", "--ca-file", "ca.pem", "--quiet",
                                "--no-task-sequences", "-o", "records.json", *options], cwd=site.folder, env=site.env)
    memory = 0
    while process.poll() is None:
        memory = max(memory, peak(process.pid))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"wimplan-export ended with {process.returncode}")
    return time.monotonic() - began, memory


def bare_once(site, server, requests):
    lines = "".join(f"GET https://localhost:{server.port}{urllib.parse.quote(request['path'], safe=chr(39) + '/()$.?=&')}\n" for request in requests)
    result = subprocess.run([site.program("bare-requests"), site.folder / "ca.pem"], input=lines, text=True, stdout=subprocess.PIPE, check=True)
    seconds, bad = result.stdout.split()
    if bad != "0":
        raise SystemExit(f"{bad} of the bare requests had no success")
    return float(seconds)


def measure(site, server, what, repeats, *options):
    """Prints times and rates; returns the peak memory in KiB."""
    export_once(site, server, *options)
    # The links to further pages are of that export alone: bare requests follow their own.
    requests = list({request["path"]: request for request in site.requests()}.values())
    took, alone, bare, memory = [], [], [], []
    for _ in range(repeats):
        seconds, most = export_once(site, server, *options)
        took.append(seconds)
        memory.append(most)
        alone.append(export_once(site, server, "--parallel", "1", *options)[0])
        bare.append(bare_once(site, server, requests))
    bare_median, rows = statistics.median(bare), (site.folder / "records.json").read_bytes().count(b"\n")
    print(f"{what}: {rows} rows, {len(requests)} requests and their further pages, medians of {repeats}")
    for name, times in ("wimplan-export", took), ("  --parallel 1", alone), ("bare requests ", bare):
        median = statistics.median(times)
        print(f"  {name}  {median:7.2f} s   {rows / median:7.0f} rows/s   rate against bare: {bare_median / median:.2f}")
    print("  (wanted: at least 0.50)", flush=True)
    table.row(site.build, f"export, {what}, against bare requests", statistics.median(took), bare_median, at_least=0.5)
    return statistics.median(memory)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    top = pathlib.Path(tempfile.mkdtemp(prefix="export-bench-", dir=build))
    memory = {}
    try:
        for packages in max(count // 10, 1), count:
            site, tls = make(build, top / str(packages), packages)
            with site.start(*tls, "--page-size", "1000", "--points", POINTS, "--dps", POINTS_OF_A_PACKAGE, load=True, lifetime=3600) as server:
                if packages == count:
                    alone = measure(site, server, f"{packages} packages", REPEATS, "--no-distribution-state")
                    memory[packages] = alone, measure(site, server, f"{packages} packages, {POINTS_OF_A_PACKAGE} of {POINTS} points each", 1)
                else:
                    memory[packages] = export_once(site, server, "--no-distribution-state")[1], export_once(site, server)[1]
        for packages, (alone, points) in memory.items():
            print(f"Peak memory with {packages} packages: {alone / 1024:.1f} MiB, with distribution points {points / 1024:.1f} MiB")
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
