#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast wimplan-export reads a site: export_bench.py BUILD [PACKAGES]. Prints medians and ratios; never fails because of time.

PACKAGES packages (10000) of the stand-in provider on loopback, over TLS, in pages of 1000. In the same run, the same requests go bare
through one libcurl handle, one after the other, to the same provider. Then the peak memory with a tenth of the packages and with all."""

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

from apply_bench import peak  # noqa: E402
from standin import IMAGE, Site  # noqa: E402

REPEATS = 3
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
                                "--no-distribution-state", "--no-task-sequences", "-o", "records.json", *options], cwd=site.folder, env=site.env)
    memory = 0
    while process.poll() is None:
        memory = max(memory, peak(process.pid))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"wimplan-export ended with {process.returncode}")
    return time.monotonic() - began, memory


def bare_once(site, server, requests):
    lines = "".join(f"GET https://localhost:{server.port}{urllib.parse.quote(request['path'], safe=chr(39) + '/()$.')}\n" for request in requests)
    result = subprocess.run([site.program("bare-requests"), site.folder / "ca.pem"], input=lines, text=True, stdout=subprocess.PIPE, check=True)
    return float(result.stdout.split()[0])


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    top = pathlib.Path(tempfile.mkdtemp(prefix="export-bench-", dir=build))
    try:
        site, tls = make(build, top / "all", count)
        took, alone, bare, memory = [], [], [], []
        with site.start(*tls, "--page-size", "1000", load=True, lifetime=1800) as server:
            export_once(site, server)
            requests = [request for request in site.requests() if "('" in request["path"]]
            for _ in range(REPEATS):
                seconds, most = export_once(site, server)
                took.append(seconds)
                memory.append(most)
                alone.append(export_once(site, server, "--parallel", "1")[0])
                bare.append(bare_once(site, server, requests))
        small, small_tls = make(build, top / "tenth", max(count // 10, 1))
        with small.start(*small_tls, "--page-size", "1000", load=True) as server:
            tenth = statistics.median(export_once(small, server)[1] for _ in range(REPEATS))
        bare_median = statistics.median(bare)
        print(f"{count} packages, {len(requests)} requests by key, medians of {REPEATS}")
        for what, times in ("wimplan-export", took), ("  --parallel 1", alone), ("bare requests ", bare):
            median = statistics.median(times)
            print(f"  {what}  {median:7.2f} s   {count / median:7.0f} packages/s   rate against bare: {bare_median / median:.2f}")
        print("  (wanted: at least 0.50)")
        print(f"Peak memory: {tenth / 1024:.1f} MiB with {max(count // 10, 1)} packages, {statistics.median(memory) / 1024:.1f} MiB with {count}")
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
