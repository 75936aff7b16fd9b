#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider that means harm, to both programs: one sentence, no secret sent, bounded memory and time: test_enemy.py BUILD [NAME…]."""

import os
import pathlib
import subprocess
import sys
import time
import zlib

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "export"))
from exporting import ExportedSite  # noqa: E402

from between import Front, answer  # noqa: E402
from standin import TOKEN, run_tests  # noqa: E402

JSON = "Content-Type: application/json"
BEGIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LARGEST = 250 << 10  # kilobytes of memory that a program may take
LONGEST = 25  # seconds, of which a loaded machine may take most
METADATA = "/AdminService/wmi/$metadata"


def arguments_of(site, program, url, *options):
    common = ["--provider", url, *map(str, options), *(() if "--auth" in options else ("--auth", "none"))]
    return [site.program(program), *(["check", "plan.json"] if program == "wimplan-apply" else ["-o", "records.json", "--parallel", "1"]), *common]


class Outcome:
    """A program that has ended: status, what it said, its seconds, and the most memory that it had, in kilobytes."""

    def __init__(self, site, arguments):
        began = time.monotonic()
        with open(site.folder / "said", "w+", encoding="utf-8") as said:
            process = subprocess.Popen(arguments, cwd=site.folder, env=site.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            self.said = said.read()
        self.status, self.seconds, self.memory = process.returncode, time.monotonic() - began, usage.ru_maxrss


def suffers(site, expect, what, program, url, *options, words=()):
    """The program ends with one sentence after another, none of them with a secret, and in bounds."""
    done = Outcome(site, arguments_of(site, program, url, "--timeout", "3", *options))
    where = f"{program}, {what}"
    expect(done.status in (1, 3), f"{where}: status {done.status}: {done.said[-500:]}")
    lines = done.said.splitlines()
    expect(lines, f"{where}: nothing is said")
    for line in lines:
        expect(line.startswith(f"{program}: ") and len(line) < 1500 and line.isprintable(), f"{where}: {line[:300]!r}")
    expect(TOKEN not in done.said, f"{where}: the token is said")
    expect(not words or any(word in done.said for word in words), f"{where}: none of {words} in {done.said[:1000]}")
    if not any(name.endswith("SAN_OPTIONS") for name in site.env):
        expect(done.memory < LARGEST, f"{where}: {done.memory} kB")
    expect(done.seconds < LONGEST, f"{where}: {done.seconds:.0f} s")
    return done


def without_end(client, begin, piece, pause=0.0):
    client.sendall(begin)
    try:
        while True:
            client.sendall(piece)
            time.sleep(pause)
    except OSError:
        return None


def bomb():
    """A gibibyte of spaces in a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = packer.compress(b" " * (1 << 20))
    return piece + b"".join(packer.compress(b" " * (1 << 20)) for _ in range(1023)) + packer.flush()


def raw(data):
    """It is sent, and the connection ends."""
    def hook(front, request, client):
        client.sendall(data)
        return None
    return hook


def enemies(other):
    """How an enemy answers, and words of which one is then said."""
    large = answer(200, bomb(), JSON, "Content-Encoding: gzip")
    deep = answer(200, '{"value": [{"X": ' + "[" * 200 + "]" * 200 + "}]}", JSON)
    keys = answer(200, '{"value": [{' + ",".join(f'"k{i}": 1' for i in range(1000000)) + "}]}", JSON)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    return {
        "a redirection to another host": (lambda *_: answer(302, b"", f"Location: {other.url}/wmi/x"), ("302",)),
        "a redirection to a file": (lambda *_: answer(307, b"", "Location: file:///etc/passwd"), ("307",)),
        "a redirection to another scheme": (lambda *_: answer(308, b"", f"Location: ftp://127.0.0.1:{other.port}/x"), ("308",)),
        "a body without end": (lambda f, r, client: without_end(client, BEGIN + b"\r\n", b"x" * 65536), ("larger than",)),
        "chunks without end": (lambda f, r, client: without_end(client, BEGIN + b"Transfer-Encoding: chunked\r\n\r\n", chunk), ("larger than",)),
        "a line of the header without end": (lambda f, r, client: without_end(client, BEGIN + b"X: ", b"x" * 65536), ("the header of the answer",)),
        "a header without end": (lambda f, r, client: without_end(client, BEGIN, b"X-Y: " + b"z" * 1000 + b"\r\n"), ("the header of the answer",)),
        "a header that is none": (raw(b"\0\1\2 no answer\r\n\r\n" * 100), ("HTTP",)),
        "a status that is none": (raw(b"HTTP/1.1 abc\r\n\r\n"), ("HTTP",)),
        "a compressed bomb": (lambda *_: large, ("no XML", "JSON")),
        "a negative length": (raw(BEGIN + b"Content-Length: -5\r\n\r\n{}"), ("Content-Length",)),
        "200 levels": (lambda *_: deep, ("no XML", "JSON", "levels")),
        "a million keys": (lambda *_: keys, ("no XML", "JSON", "values")),
    }


def test_answers(build, folder, expect):
    """To the first question, and to each about an object behind a $metadata that is in order."""
    site = ExportedSite(build, folder, kinds=("refresh", "none"), more=[])
    site.make_plan()
    with site.start(load=True, log=None) as server, Front(None, lambda front, request, client: None) as other:
        for what, (hook, words) in enemies(other).items():
            def of_objects(front, request, client, hook=hook):
                return hook(front, request, client) if "('P01" in request.path else front.forward(request)

            for program in ("wimplan-apply", "wimplan-export"):
                with Front(server, hook) as front:
                    suffers(site, expect, f"{what}, at first", program, front.url, words=words)
                with Front(server, of_objects) as front:
                    suffers(site, expect, f"{what}, for an object", program, front.url)
        expect.equal(other.requests, [], "requests to another server")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
