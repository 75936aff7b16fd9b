# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider that is an enemy: one kind of its answers is spoilt. A token goes to it alone, and is nowhere in what is said or written."""

import gzip
import json
import threading

from between import Front, answer
from place import HOSTILE, MARKS, NUMBERS, expect
from standin import TOKEN

JSON = "Content-Type: application/json"


def spoil_document(document, chance):
    """One value of a row is another one."""
    rows = document.get("value") if isinstance(document, dict) else None
    row = chance.choice(rows) if isinstance(rows, list) and rows and isinstance(rows[0], dict) else document if isinstance(document, dict) else {}
    if row:
        row[chance.choice(sorted(row))] = chance.choice((*HOSTILE, *NUMBERS, None, [], {}, True, [[]], {"a": {"b": []}}))
    return document


def spoilt(body, chance, elsewhere):
    """(what, the bytes of an answer) in place of a sound one with this body."""
    kinds = {
        "a value": lambda: answer(200, json.dumps(spoil_document(json.loads(body), chance)), JSON),
        "a redirection": lambda: answer(chance.choice((301, 302, 307, 308)), b"", f"Location: {elsewhere}/wmi/x"),
        "a status": lambda: answer(chance.choice((100, 204, 206, 301, 400, 401, 403, 404, 405, 413, 429, 500, 503, 999)), chance.choice((b"", MARKS, body)),
                                   JSON, reason=chance.choice(("OK", "\x1b[31m", "x" * 3000))),
        "a page": lambda: answer(200, f"<html><title>{MARKS}</title></html>", "Content-Type: text/html"),
        "cut": lambda: answer(200, body, JSON)[:chance.randrange(10, 200)],
        "a body that is cut": lambda: answer(200, body[:chance.randrange(len(body) + 1)], JSON),
        "a wrong length": lambda: answer(200, body, JSON).replace(b"Content-Length: ", b"Content-Length: " + chance.choice((b"-", b"9", b"0x", b"9" * 30))),
        "two lengths": lambda: answer(200, body, JSON, "Content-Length: 3"),
        "compressed": lambda: answer(200, gzip.compress(b"[" * 3_000_000), JSON, "Content-Encoding: gzip"),
        "pieces": lambda: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chance.choice((b"ffffffffffffffffff\r\n", b"-1\r\n", b"zz\r\n", b"5\r\nab")),
        "headers": lambda: answer(200, body, JSON, *(f"X-{i}: {'y' * 1000}" for i in range(chance.choice((10, 500))))),
        "a header of marks": lambda: answer(200, body, JSON, f"Set-Cookie: {MARKS.replace(chr(10), '')}", "WWW-Authenticate: Basic realm=\x1b[31m"),
        "levels": lambda: answer(200, b'{"value":[{"a":' + b"[" * 200 + b"]" * 200 + b"}]}", JSON),
        "keys": lambda: answer(200, "{" + ",".join(f'"{i}":0' for i in range(20000)) + "}", JSON),
        "no text": lambda: answer(200, bytes(chance.randrange(256) for _ in range(200)), JSON),
        "a link": lambda: answer(200, json.dumps({"value": [], "@odata.nextLink": chance.choice((elsewhere, "file:///etc/passwd", MARKS, "x" * 9000, "?a"))}), JSON),
        "noise": lambda: bytes(chance.randrange(256) for _ in range(300)),
        "an error": lambda: answer(chance.choice((400, 500)), json.dumps({"error": {"code": MARKS, "message": MARKS * 500}}), JSON),
        "an error that repeats what was sent": lambda: answer(401, json.dumps({"error": {"code": "", "message": f"Bearer {TOKEN}"}}), JSON),
    }
    what = chance.choice(sorted(kinds))
    try:
        return what, kinds[what]()
    except ValueError:
        return "no JSON", answer(200, b"{", JSON)


def attack_by_server(place, chance):
    choice = chance.random()
    often = chance.choice((0.05, 0.3, 1.0))
    guard = threading.Lock()
    said = set()

    def hook(front, request, client):
        # Which of them is spoilt depends on the order in which threads ask; each way is in order.
        status, headers, body = front.ask(request)
        with guard:
            if chance.random() >= often:
                return answer(status, body, f"Content-Type: {headers.get('Content-Type', 'application/json')}")
            what, reply = spoilt(body, chance, other.url)
            said.add(what)
        return reply

    place.copy("plan.json", "enemy.plan.json")
    (place.folder / "token").write_text(TOKEN)
    with place.site.start("--state", place.folder / "enemy.db", "--load", place.folder / "load.json", log=None) as server, \
            Front(server, lambda front, request, client: None) as other, Front(server, hook) as front:
        given = ("--provider", front.url, "--auth", "bearer", "--token-file", "token")
        if choice < 0.4:
            words = ("wimplan-export", *given, "--parallel", "2", "--timeout", "5", "-o", "enemy.json")
        elif choice < 0.7:
            words = ("wimplan-apply", "check", "enemy.plan.json", *given, "--timeout", "5")
        else:
            words = ("wimplan-apply", "run", "--yes", "enemy.plan.json", *given, "--timeout", "5", "--settle", "1")
        place.call(f"a server, {often}", *words, statuses=(0, 1, 3, 4, 5, 6), secret=TOKEN)
        expect(not other.requests, f"another server was asked: {sorted(said)}")
    for path in place.folder.iterdir():
        if path.is_file() and path.name != "token":
            expect(TOKEN.encode() not in path.read_bytes(), f"the token is in {path.name}: {sorted(said)}")
    for left in place.folder.glob("enemy.*"):
        left.unlink()
