#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast wimplan-apply carries out a plan: apply_bench.py BUILD [STEPS]. Prints medians and ratios; never fails because of time.

STEPS steps (5000) on half as many packages against the stand-in provider on loopback: TLS, kept-alive connections, the
journal written through to the disk. In the same run, the same requests in the same order go bare through one libcurl
handle to a provider in the same state. Then the peak memory with a tenth of the steps and with all of them."""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "apply"))

import table  # noqa: E402
from standin import Site  # noqa: E402

REPEATS = 3
SOURCES = 20


def peak(pid):
    """VmHWM: getrusage() would count this program's own memory before the exec."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def one_sync(folder):
    """Seconds that one fdatasync takes there, to know what the disk allows."""
    with open(folder / "sync", "wb") as file:
        began = time.monotonic()
        for _ in range(200):
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
        took = time.monotonic() - began
    (folder / "sync").unlink()
    return took / 200


def apply_once(site, tls, *options):
    """Seconds, peak memory in KiB, and the requests that the provider saw."""
    site.forget()
    with site.start(*tls, load=True, lifetime=600) as server:
        began = time.monotonic()
        process = site.start_apply(server, "run", "--ca-file", "ca.pem", "--quiet", *options)
        memory = 0
        while process.poll() is None:
            memory = max(memory, peak(process.pid))
            time.sleep(0.01)
        took = time.monotonic() - began
        out, err = process.communicate()
        if process.returncode:
            raise SystemExit(f"wimplan-apply ended with {process.returncode}: {err}")
        requests = site.requests()
    return took, memory, requests


def bare_once(site, tls, requests):
    with site.start(*tls, load=True, lifetime=600) as server:
        lines = []
        for request in requests:
            query = "?$filter=" + urllib.parse.quote(request["filter"]) if request.get("filter") else ""
            path = urllib.parse.quote(request["path"], safe="/()'$.")
            lines.append(f"{request['method']} https://localhost:{server.port}{path}{query}\n")
        result = subprocess.run([site.program("bare-requests"), site.folder / "ca.pem"], input="".join(lines), text=True,
                                stdout=subprocess.PIPE, check=True)
    took, bad = result.stdout.split()
    if int(bad):
        raise SystemExit(f"{bad} bare requests had no success")
    return float(took)


def make(build, folder, steps):
    site = Site(build, folder, kinds=("both",) * (steps // 2), shared=SOURCES, install=False)
    tls = site.make_ca()
    site.make_plan()
    return site, tls


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    steps = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    # Below the build folder and not /tmp, which may be memory: the journal is to be written to a disk.
    top = pathlib.Path(tempfile.mkdtemp(prefix="apply-bench-", dir=build))
    try:
        site, tls = make(build, top / "all", steps)
        applied, bare, memory, in_memory, syncs = [], [], [], [], []
        for _ in range(REPEATS):
            syncs.append(one_sync(site.folder))
            if os.path.isdir("/dev/shm"):
                with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
                    in_memory.append(apply_once(site, tls, "--journal", f"{folder}/journal")[0])
            took, most, requests = apply_once(site, tls)
            applied.append(took)
            memory.append(most)
            bare.append(bare_once(site, tls, requests))
        posts = sum(request["method"] == "POST" for request in requests)
        connections = len({request["connection"] for request in requests})
        small, small_tls = make(build, top / "tenth", steps // 10)
        tenth = [apply_once(small, small_tls)[1] for _ in range(REPEATS)]
        apply_median, bare_median = statistics.median(applied), statistics.median(bare)
        print(f"{steps} steps, {len(requests)} requests ({posts} calls) over {connections} connection(s), medians of {REPEATS}")
        print(f"  wimplan-apply   {apply_median:7.2f} s   {steps / apply_median:7.0f} steps/s   ({', '.join(f'{t:.2f}' for t in applied)})")
        print(f"  bare requests   {bare_median:7.2f} s   {steps / bare_median:7.0f} steps/s   ({', '.join(f'{t:.2f}' for t in bare)})")
        print(f"  rate against bare: {bare_median / apply_median:.2f} (wanted: at least 0.75)")
        table.row(build, f"apply of {steps} steps, against bare requests", apply_median, bare_median, at_least=0.75)
        if in_memory:
            median = statistics.median(in_memory)
            print(f"  with the journal in memory, so without the disk: {median:.2f} s, rate against bare {bare_median / median:.2f}; "
                  f"one fdatasync takes {statistics.median(syncs) * 1000:.2f} ms here")
        print(f"Peak memory: {statistics.median(tenth) / 1024:.1f} MiB with {steps // 10} steps, "
              f"{statistics.median(memory) / 1024:.1f} MiB with {steps}")
    finally:
        shutil.rmtree(top)


if __name__ == "__main__":
    main()
