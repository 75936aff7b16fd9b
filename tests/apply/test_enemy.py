#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider that means harm, to both programs: one sentence, no secret sent, bounded memory and time: test_enemy.py BUILD [NAME…]."""

import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zlib

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent / "export"))
from exporting import ExportedSite  # noqa: E402

from between import Front, answer, one_sentence, without_end  # noqa: E402
from standin import TOKEN, has_sanitizer, run_tests  # noqa: E402

JSON = "Content-Type: application/json"
BEGIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LARGEST = 250 << 10  # kilobytes of memory that a program may take
LONGEST = 25  # seconds, of which a loaded machine may take most
METADATA = "/AdminService/wmi/$metadata"


def arguments_of(site, program, url, *options):
    common = ["--provider", url, *map(str, options), *(() if "--auth" in options else ("--auth", "none"))]
    return [site.program(program), *(["check", "plan.json"] if program == "wimplan-apply" else ["-o", "-", "--parallel", "1"]), *common]


class Outcome:
    """A program that has ended: status, what it said, its seconds, and the most memory that it had, in kilobytes."""

    def __init__(self, site, arguments):
        began = time.monotonic()
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            process = subprocess.Popen(arguments, cwd=site.folder, env=site.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
            # Who hangs is killed, which is no status that anybody expects.
            end = threading.Timer(LONGEST, os.kill, (process.pid, signal.SIGKILL))
            end.start()
            _, status, usage = os.wait4(process.pid, 0)
            end.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            self.said = said.read()
        self.status, self.seconds, self.memory = process.returncode, time.monotonic() - began, usage.ru_maxrss


def suffers(site, expect, what, program, url, *options, words=()):
    """The program ends with one sentence after another, none of them with a secret, and in bounds."""
    done = Outcome(site, arguments_of(site, program, url, *(() if "--timeout" in options else ("--timeout", "3")), *options))
    where = f"{program}, {what}"
    expect(done.status in (1, 3), f"{where}: status {done.status}: {done.said[-500:]}")
    one_sentence(expect, where, program, done.said)
    expect(TOKEN not in done.said, f"{where}: the token is said")
    expect(not words or any(word in done.said for word in words), f"{where}: none of {words} in {done.said[:1000]}")
    if not has_sanitizer(site.build):
        expect(done.memory < LARGEST, f"{where}: {done.memory} kB")
    expect(done.seconds < LONGEST, f"{where}: {done.seconds:.0f} s")
    return done


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
        "a pause of thousands of years": (lambda *_: answer(429, b"", "Retry-After: 999999999999"), ("a pause of 999999999999 s",)),
        "a pause beyond all numbers": (lambda *_: answer(503, b"", "Retry-After: " + "9" * 40), ("a pause of ",)),
        "a pause until a date far away": (lambda *_: answer(503, b"", "Retry-After: Fri, 31 Dec 2106 23:59:59 GMT"), ("a pause of ",)),
        "200 levels": (lambda *_: deep, ("no XML", "JSON", "levels")),
        "a million keys": (lambda *_: keys, ("no XML", "JSON", "values")),
    }


PROGRAMS = ("wimplan-apply", "wimplan-export")


def all_of(tasks):
    """Some at a time, because most of them wait."""
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(*task) for task in tasks]:
            done.result()


def test_answers(build, folder, expect):
    """To the first question, and to each about an object behind a $metadata that is in order."""
    site = ExportedSite(build, folder, kinds=("refresh", "none"), more=[])
    site.make_plan()

    def at_first(what, hook, words, program):
        with Front(None, hook) as front:
            suffers(site, expect, f"{what}, at first", program, front.url, words=words)

    def of_objects(what, hook, server, program):
        def spoil(front, request, client):
            return hook(front, request, client) if "('P01" in request.path else front.forward(request)

        with Front(server, spoil) as front:
            suffers(site, expect, f"{what}, for an object", program, front.url)

    with site.start(load=True, log=None) as server, Front(None, lambda front, request, client: None) as other:
        all_of([task for what, (hook, words) in enemies(other).items() for program in PROGRAMS
                for task in ((at_first, what, hook, words, program), (of_objects, what, hook, server, program))])
        expect.equal(other.requests, [], "requests to another server")


def test_slow_answers(build, folder, expect):
    """Each byte comes in time, and the whole does not: as long as two answers may take, and not for ever."""
    site = ExportedSite(build, folder, kinds=("refresh", "none"), more=[])
    site.make_plan()
    ways = {
        "a drip": lambda front, request, client: without_end(client, BEGIN + b"Content-Length: 5000\r\n\r\n", b" ", 0.2),
        "a header that drips": lambda front, request, client: without_end(client, BEGIN + b"X: ", b"y", 0.2),
        "a silent one": lambda front, request, client: time.sleep(8),
    }

    def one(what, hook, program):
        with Front(None, hook) as front:
            done = suffers(site, expect, what, program, front.url, "--timeout", "1")
            expect(1 <= len(front.requests) <= 2, f"{program}, {what}: asked {len(front.requests)} times: {done.said}")

    all_of([(one, what, hook, program) for what, hook in ways.items() for program in PROGRAMS])


def test_less_than_was_promised(build, folder, expect):
    """A line that broke: what came of the answer is not taken for it, and it is asked for again."""
    site = ExportedSite(build, folder, kinds=("refresh", "none"), more=[])
    site.make_plan()
    with site.start(load=True, log=None) as server:
        for program in PROGRAMS:
            def cut(front, request, client):
                whole = front.forward(request)
                again = sum(earlier.path == request.path for earlier in front.requests) > 1
                return whole if again else client.sendall(whole[:-5])

            with Front(server, cut) as front:
                done = Outcome(site, arguments_of(site, program, front.url))
                expect(done.status == 0, f"{program}: status {done.status}: {done.said}")
                paths = [request.path for request in front.requests]
                expect(all(paths.count(path) > 1 for path in paths), f"{program}: {paths}")


def test_large_metadata(build, folder, expect):
    """100 MB of $metadata are not read, and not kept."""
    site = ExportedSite(build, folder, kinds=("refresh", "none"), more=[])
    site.make_plan()
    begin, piece = b'<edmx:Edmx xmlns:edmx="e"><edmx:DataServices><Schema>', b'<EntityType Name="A"/>' * 50000

    def large(front, request, client):
        try:
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n" % (100 << 20) + begin)
            for _ in range((100 << 20) // len(piece)):
                client.sendall(piece)
        except OSError:
            pass

    for program in PROGRAMS:
        with Front(None, large) as front:
            suffers(site, expect, "100 MB of metadata", program, front.url, words=("larger than",))


def test_no_secret(build, folder, expect):
    """A token goes to the host of the URL alone, under its own name, over TLS; not even where that is asked for or where it is sent on to."""
    site = ExportedSite(build, folder, kinds=("refresh", "none"), more=[])
    site.make_plan()
    certificate, key = site.make_ca()[1::2]
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    token = ("--auth", "bearer", "--token-file", "token", "--ca-file", "ca.pem")
    with Front(None, lambda front, request, client: None) as other:
        for program in PROGRAMS:
            for place in (f"http://localhost:{other.port}/AdminService", f"https://localhost:{other.port}/AdminService"):
                with Front(None, lambda *_, place=place: answer(302, b"", f"Location: {place}/wmi/x"), tls=(certificate, key)) as front:
                    suffers(site, expect, f"sent on to {place}", program, front.url, *token, words=("302",))
                    expect.equal({request.headers.get("authorization") for request in front.requests}, {f"Bearer {TOKEN}"}, "it was the token")
            with Front(None, lambda *_: answer(200, b"{}", JSON), tls=(certificate, key)) as front:
                suffers(site, expect, "a certificate for another name", program, front.url.replace("localhost", "127.0.0.1"), *token,
                        words=("certificate",))
                expect.equal(front.requests, [], f"{program}: requests to a host under another name")
            # Another host over plain HTTP is not even looked for.
            done = Outcome(site, arguments_of(site, program, "http://site.invalid/AdminService", *token))
            expect(done.status in (1, 2) and "https" in done.said and TOKEN not in done.said, f"{program}, http: {done.status}: {done.said}")
            # Nor is another secret given to who asks for one.
            ask = answer(401, b"", 'WWW-Authenticate: Basic realm="x"', "WWW-Authenticate: NTLM", "WWW-Authenticate: Negotiate")
            with Front(None, lambda *_, ask=ask: ask) as front:
                suffers(site, expect, "a question for a secret", program, front.url, words=("401",))
                expect.equal({request.headers.get("authorization") for request in front.requests}, {None}, f"{program}: secrets")
        expect.equal(other.requests, [], "requests to another server")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
