#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile input where programs hand something on to each other: check-attacks.py BUILD [SECONDS [SEED]].

Plans that are changed and sealed anew, receipts, caches and journals that are damaged or say what nobody would, links and FIFOs
beside a plan. Nothing ends by a signal, hangs, follows a link or brings a control character to a terminal; whatever is read, it
is read alike by both programs. The directed attacks come first, then random ones until the time is over (default: 25 s).
"""

import concurrent.futures
import copy
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(TOP / "apply"))
import signals  # noqa: E402, F401
from standin import Site  # noqa: E402

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 25
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
LIMIT = 30
# What may not get to a terminal, in the UTF-8 of an output: C0 but for line feeds, C1, and what hides or turns text around.
RAW = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\U000e0000-\U000e007f]")
MARKS = "a\x1b[31mb\x07c\x9bd\u202ee\u200bf\nZZ"
HOSTILE = [MARKS, "", " ", "\x1b]0;x\x07", "\r", "\u200b", "\ufeff", "</script>", "'; rm -rf $HOME #", "`x`", "=1+1", "%n%n%s", "../../x",
           "\\\\?\\x", "A" * 5000, "\U0001f600", "P0100001", "0"]
NUMBERS = [0, 1, -1, 2**31, 2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 9.0, 1e300, -2**63]
FORMATS = ("text", "markdown", "html", "csv", "json", "powershell")

lock = threading.Lock()
passed = 0
failures = []


def expect(condition, message):
    global passed
    with lock:
        if condition:
            passed += 1
            return True
        failures.append(message)
        if len(failures) <= 30:
            print(f"FAILED  {message}", flush=True)
        return False


class Place:
    """A folder with a sound plan, cache, receipt and journal, for attacks of one thread."""

    def __init__(self, site, folder):
        self.site, self.folder = site, folder
        shutil.copytree(site.folder, folder)

    def write(self, name, content):
        path = self.folder / name
        if not isinstance(content, (str, bytes)):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return name

    def copy(self, name, new):
        shutil.copy(self.folder / name, self.folder / new)
        return self.folder / new

    def call(self, what, program, *arguments, statuses=(0, 1, 3, 4), plain=True):
        """Runs a program: it ends by itself, with one of these statuses, in time, and shows nothing that is not to be seen."""
        what = f"{what}: {program} {' '.join(map(str, arguments))}"
        try:
            done = subprocess.run([self.site.program(program), *map(str, arguments)], cwd=self.folder, env=self.site.env,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            expect(False, f"{what}: took longer than {LIMIT} s")
            return None, "", ""
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
        expect(done.returncode in statuses, f"{what}: status {done.returncode}: {err[-300:]!r}")
        expect(done.returncode in (0, 3, 6) or err or out, f"{what}: status {done.returncode}, and nothing is said")
        expect("not enough memory" not in err, f"{what}: a want of memory that there is not: {err[-200:]!r}")
        for name, text in (("error", err), ("output", out if plain else "")):
            found = RAW.search(text)
            if found:
                expect(False, f"{what}: raw on standard {name}: {text[max(0, found.start() - 80):][:160]!r}")
        return done.returncode, out, err


# --- Plans ------------------------------------------------------------------------------------------------------------

def digest(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def seal(plan):
    """As whoever changes a plan would: both digests fit."""
    plan["plan_id"] = digest(plan["body"])
    if "beside_id" in plan:
        plan["beside_id"] = digest({key: value for key, value in plan.items() if key not in ("plan_id", "beside_id", "body")})
    return plan


def places(value, path=()):
    """Every place in a document: (path of keys, value)."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        yield from places(child, (*path, key))


def put(document, path, value):
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


def drop(document, path):
    for key in path[:-1]:
        document = document[key]
    del document[path[-1]]


def try_plan(place, what, plan, refused=None):
    """Both programs see the same in it. @refused: whether they have to refuse it; None: either."""
    name = place.write("hostile.json", plan)
    shown, _, err = place.call(what, "wimplan", "show", "--all", name, statuses=(0, 4))
    stands, _, said = place.call(what, "wimplan-apply", "status", name, statuses=(0, 4))
    expect(shown == stands or (shown == 0 and "nothing to apply" in said),
           f"{what}: show ends with {shown}, status with {stands}: {err[-200:]}{said[-200:]}")
    if refused is not None:
        expect((shown == 4) == refused, f"{what}: show ends with {shown}: {err[-200:]}")
    if shown != 0:
        return
    for form in FORMATS:
        _, out, _ = place.call(what, "wimplan", "show", "--format", form, name, statuses=(0,), plain=form not in ("csv", "json"))
        if form == "csv":
            expect(not RAW.search(out.replace("\r\n", "\n")), f"{what}: raw in CSV")
    place.call(what, "wimplan-apply", "status", "--json", name, statuses=(0, 4))


def lies(plan):
    """What a plan may not say: (what, plan)."""
    def changed(what, change):
        copied = copy.deepcopy(plan)
        change(copied["body"])
        return what, seal(copied)

    first = next(i for i, entry in enumerate(plan["body"]["changes"]) if entry["status"] == "change")
    for key in plan["body"]["summary"]:
        yield changed(f"summary.{key}", lambda body: body["summary"].update({key: body["summary"][key] + 1}))
    yield changed("complete", lambda body: body.update(complete=not body["complete"]))
    yield changed("applyable", lambda body: body.update(applyable=not body["applyable"]))
    yield changed("a package twice", lambda body: body["changes"].append(copy.deepcopy(body["changes"][first])))
    yield changed("a package in both lists", lambda body: body["unchanged"].append(
        {**body["unchanged"][0], "package_id": body["changes"][first]["package_id"]}))
    for value in (9.0, "twelve", -1, True, [], {}):
        yield changed(f"SourceVersion {value!r}", lambda body: body["changes"][first]["preconditions"].update(SourceVersion=value))
    for key, values in (("status", ("gone", "", None, 1, "unchanged")), ("class", ("SMS_Package", None, 3)),
                        ("actions", (["Delete"], [3], None, ["RefreshPkgSource", "RefreshPkgSource"], {})),
                        ("package_id", ("", "P01\x1b[31m", "P0100001P0100001", None, "../../../x", "P010001'")),
                        ("reasons", (None, [1], [{}], [{"code": 1}])), ("priority", (1.5, "one", -1, [1])),
                        ("expect", ([], {"images": [{}]}, {"images": [{"index": 1.0}]}))):
        for value in values:
            yield changed(f"{key} {value!r}", lambda body: body["changes"][first].update({key: value}))
    for value in ("P\x1b1", "P01X", "", None, 1, "P0é"):
        yield changed(f"site_code {value!r}", lambda body: body.update(site_code=value))


def plan_attacks(plan):
    """(what, how) of every directed attack by a plan."""
    yield "the seal of this test", lambda place: expect(seal(copy.deepcopy(plan)) == plan, "the seal of this test is another one")
    yield "a sound plan", lambda place: try_plan(place, "a sound plan", plan, refused=False)
    for what, lie in lies(plan):
        yield what, lambda place, what=what, lie=lie: try_plan(place, f"a plan that lies: {what}", lie, refused=True)
    for text in ("", "{}", "[]", "null", "\0", "{" * 100000, "[" * 100000, '{"a":1,"a":2}', "\x1b[31m", '"\\u0000"'):
        yield "text", lambda place, text=text: try_plan(place, f"a plan that is {text[:20]!r}", text, refused=True)
    for path, value in places(plan):
        if isinstance(value, str) and path[-1] not in ("plan_id", "beside_id"):
            changed = copy.deepcopy(plan)
            put(changed, path, MARKS)
            what = f"a plan with marks in {'.'.join(map(str, path))}"
            yield what, lambda place, what=what, changed=seal(changed): try_plan(place, what, changed)


def random_plan(plan, chance):
    """A plan with some values changed, and sealed."""
    changed = copy.deepcopy(plan)
    for _ in range(chance.choice((1, 1, 2, 4))):
        every = [(path, value) for path, value in places(changed) if path]
        path, value = chance.choice(every)
        kind = chance.random()
        if kind < 0.1:
            drop(changed, path)
        elif kind < 0.5 and isinstance(value, str):
            put(changed, path, chance.choice(HOSTILE))
        elif kind < 0.6:
            put(changed, path, chance.choice(NUMBERS))
        elif kind < 0.8:
            put(changed, path, copy.deepcopy(chance.choice(every)[1]))
        else:
            put(changed, path, chance.choice([None, True, [], {}, [value], {"x": value}]))
    return seal(changed) if isinstance(changed.get("body"), (dict, list)) else changed


def attack_by_random_plan(place, chance):
    try_plan(place, "a random plan", random_plan(place.plan, chance))


# --- Receipts ---------------------------------------------------------------------------------------------------------

def try_receipt(place, what, receipt):
    name = place.write("hostile.receipt.json", receipt)
    place.copy("cache.db", "receipt.db")
    for words in (("record", "--cache", "receipt.db", name), ("show", name), ("show", "--format", "markdown", name),
                  ("show", "--format", "html", name), ("show", "--format", "csv", name)):
        place.call(what, "wimplan", *words, statuses=(0, 3, 4), plain="csv" not in words)
    place.call(what, "wimplan", "baseline", "list", "--cache", "receipt.db", statuses=(0,))


def receipt_attacks(receipt):
    for text in ("", "{}", "[]", "null", "{" * 100000, '{"format":"wimplan-receipt","format_version":"1.0"}'):
        yield "text", lambda place, text=text: try_receipt(place, f"a receipt that is {text[:20]!r}", text)
    for path, value in places(receipt):
        for new in (MARKS, None, [], -1, 2**64, 9.0):
            if path and not isinstance(value, (dict, list)):
                changed = copy.deepcopy(receipt)
                put(changed, path, new)
                what = f"a receipt with {new!r:.12} in {'.'.join(map(str, path))}"
                yield what, lambda place, what=what, changed=changed: try_receipt(place, what, changed)


def attack_by_random_receipt(place, chance):
    receipt = copy.deepcopy(place.receipt)
    every = [path for path, _ in places(receipt) if path]
    for _ in range(chance.choice((1, 2))):
        try:
            put(receipt, chance.choice(every), chance.choice([*HOSTILE, *NUMBERS, None, [], {}]))
        except (TypeError, KeyError, IndexError):
            pass
    try_receipt(place, "a random receipt", receipt)


# --- Databases --------------------------------------------------------------------------------------------------------

CACHE_CALLS = (("snapshot", "list"), ("snapshot", "show"), ("baseline", "list"), ("import", "load.json"), ("snapshot", "list", "--json"))


def try_cache(place, what, path):
    for words in CACHE_CALLS:
        place.call(what, "wimplan", *words, "--cache", path.name, statuses=(0, 1, 3))
    place.call(what, "wimplan", "plan", "--cache", path.name, "--map", place.site.map, "-o", "of-cache.json", statuses=(0, 1, 3))
    for words in ("record", "receipt.json"), ("verify", "plan.json"), ("baseline", "adopt", "--all"):
        place.call(what, "wimplan", *words, "--cache", path.name, "--map", place.site.map, statuses=(0, 1, 3, 4))
    place.call(what, "wimplan", "snapshot", "remove", "--cache", path.name, "0", statuses=(0, 1))
    for left in place.folder.glob(path.name + "*"):
        left.unlink()


def try_journal(place, what, path, refused=False):
    """status, check and run agree on whether it is one; none takes a damaged one for a run that has not begun."""
    saved = path.read_bytes()
    found = []
    for words in (("status", "plan.json"), ("status", "--json", "plan.json"),
                  ("check", "plan.json", "--auth", "none", "--provider", "http://127.0.0.1:9/AdminService")):
        for left in place.folder.glob(path.name + "-*"):
            left.unlink()
        path.write_bytes(saved)
        status, out, _ = place.call(what, "wimplan-apply", *words, "--journal", path.name, statuses=(0, 1, 4, 6))
        found.append((status, "not begun" in out.lower()))
    expect(found[0] == found[1] or found[0][0] == found[1][0], f"{what}: status with and without --json: {found}")
    if refused:
        expect(all(status == 4 for status, _ in found), f"{what}: statuses {[status for status, _ in found]}, not 4")
    path.unlink()


def columns(database):
    """(table, column) of every text and number of a database."""
    for (table,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall():
        for row in database.execute(f"PRAGMA table_info({table})").fetchall():
            yield table, row[1]


def poison(path, table, column, value):
    """Puts a value of any type into a column, whatever the table says of its type. False when it cannot be done."""
    with sqlite3.connect(path) as database:
        try:
            database.execute("PRAGMA writable_schema = ON")
            database.execute("UPDATE sqlite_schema SET sql = rtrim(replace(replace(sql, ') STRICT', ')'), 'NOT NULL', ''))"
                             " WHERE name = ?", (table,))
            database.execute("PRAGMA writable_schema = RESET")
            database.commit()
        except sqlite3.DatabaseError:
            pass
    try:
        with sqlite3.connect(path) as database:
            database.execute(f"UPDATE {table} SET {column} = ?", (value,))
        return True
    except sqlite3.DatabaseError:
        return False


def schema_of(path, sql):
    with sqlite3.connect(path) as database:
        database.executescript(sql)


DAMAGE = (
    ("empty", lambda data: b""),
    ("only a header", lambda data: data[:100]),
    ("cut in the middle", lambda data: data[:len(data) // 2]),
    ("cut at a page", lambda data: data[:4096]),
    ("text", lambda data: b"x" * len(data)),
    ("another header", lambda data: b"SQLite format 2\0" + data[16:]),
    ("no application", lambda data: data[:68] + bytes(4) + data[72:]),
    ("of another version", lambda data: data[:60] + b"\0\0\0\x63" + data[64:]),
    ("zeroes behind its first page", lambda data: data[:4096] + bytes(len(data) - 4096)),
    ("noise behind its first page", lambda data: data[:4096] + b"\xa5" * (len(data) - 4096)),
    ("its schema overwritten", lambda data: data[:100] + b"\xff" * 1000 + data[1100:]),
)

SCHEMAS = (
    ("a view in place of a table", "ALTER TABLE {0} RENAME TO other; CREATE VIEW {0} AS SELECT * FROM other;"),
    ("a trigger", "CREATE TRIGGER t AFTER INSERT ON {0} BEGIN DELETE FROM {0}; END;"),
    ("a table less", "DROP TABLE {0};"),
    ("a view without end", "ALTER TABLE {0} RENAME TO other; CREATE VIEW {0} AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
     "SELECT i + 1 FROM n) SELECT other.* FROM other, n;"),
)


def database_attacks(place, name, attempt, tables):
    """By a cache or a journal: as a whole, by its schema, and by one column after the other."""
    data = (place.folder / name).read_bytes()
    for what, change in DAMAGE:
        def by_damage(place, what=what, change=change):
            path = place.folder / f"hostile.{name}"
            path.write_bytes(change(data))
            attempt(place, f"{name}, {what}", path)
        yield what, by_damage
    for what, sql in SCHEMAS:
        for table in tables:
            def by_schema(place, what=what, sql=sql, table=table):
                path = place.copy(name, f"hostile.{name}")
                schema_of(path, sql.format(table))
                attempt(place, f"{name}, {what} {table}", path)
            yield what, by_schema
    with sqlite3.connect(place.folder / name) as database:
        every = list(columns(database))
    for table, column in every:
        for value in (MARKS, None, -1, 2**62, b"\xff\xfe", 1.5):
            def by_value(place, table=table, column=column, value=value):
                path = place.copy(name, f"hostile.{name}")
                if poison(path, table, column, value):
                    attempt(place, f"{name}, {value!r:.14} in {table}.{column}", path)
            yield column, by_value


def attack_by_random_bytes(place, chance):
    """A few bytes of a database are others."""
    name, attempt = chance.choice((("cache.db", try_cache), ("plan.json.journal", try_journal)))
    data = bytearray((place.folder / name).read_bytes())
    for _ in range(chance.choice((1, 3, 20))):
        data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
    path = place.folder / f"hostile.{name}"
    path.write_bytes(data[:chance.choice((len(data), len(data), chance.randrange(len(data))))])
    attempt(place, f"{name}, random bytes", path)


# --- What stands beside a plan ----------------------------------------------------------------------------------------

def plant(kind, path, victim):
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "dangling link":
        path.symlink_to(victim.with_name("made"))
    elif kind == "hard link":
        os.link(victim, path)
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")


def attack_beside(place, kind, name):
    """Something stands where a program puts what nobody has named: it is left alone, and nothing waits for it."""
    what = f"a {kind} called {name}"
    folder = place.folder / f"beside-{abs(hash((kind, name)))}"
    folder.mkdir()
    shutil.copy(place.folder / "plan.json", folder)
    victim = folder / "victim"
    victim.write_text("of somebody\n")
    plant(kind, folder / name, victim)
    with place.site.start("--state", folder / "state.db", "--load", place.folder / "load.json", log=None) as server:
        provider = ("--auth", "none", "--provider", server.url, "--settle", "5")
        plan = folder / "plan.json"
        place.call(what, "wimplan-apply", "status", plan, statuses=(0, 1, 4))
        place.call(what, "wimplan-apply", "check", plan, *provider, statuses=(0, 1, 4))
        place.call(what, "wimplan-apply", "run", "--yes", plan, *provider, statuses=(0, 1, 4))
    expect(victim.read_text() == "of somebody\n", f"{what}: the file that it leads to was written over")
    expect(not (folder / "made").exists(), f"{what}: the file that it leads to was made")


def beside_attacks():
    for name in ("plan.receipt.json", "plan.json.journal", "plan.json.journal-wal", "plan.json.journal-journal", "plan.json.journal-shm"):
        for kind in ("link", "dangling link", "FIFO", "folder", "device"):
            yield name, lambda place, name=name, kind=kind: attack_beside(place, kind, name)


# --- All of it --------------------------------------------------------------------------------------------------------

RANDOM = (attack_by_random_plan, attack_by_random_plan, attack_by_random_receipt, attack_by_random_bytes)


def make_site(folder):
    """A site whose plan was carried out."""
    site = Site(BUILD, folder, kinds=("both", "refresh", "reload", "none"), boot=True).make_plan()
    with site.start(load=True) as server:
        site.apply(server)
    return site


def main():
    with open(f"{BUILD}/wimplan", "rb") as program:
        sanitized = b"__asan_init" in program.read()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wimplan-attacks-") as top:
        site = make_site(pathlib.Path(top) / "site")
        workers = max(2, os.cpu_count() or 1)
        spots = [Place(site, pathlib.Path(top) / str(i)) for i in range(workers)]
        plan, receipt = json.loads((site.folder / "plan.json").read_text()), site.receipt()
        attacks = [*plan_attacks(plan), *receipt_attacks(receipt), *beside_attacks(),
                   *database_attacks(spots[0], "cache.db", try_cache, ("snapshots", "records", "baselines")),
                   *database_attacks(spots[0], "plan.json.journal", try_journal, ("plan", "run", "step"))]
        # Each program takes ten times as long.
        attacks = attacks[::10] if sanitized else attacks
        for spot in spots:
            spot.plan, spot.receipt = plan, receipt

        def work(number):
            for _, attack in attacks[number::workers]:
                attack(spots[number])
            directed = time.monotonic() - began
            chance, count = random.Random(SEED * 1000 + number), 0
            while time.monotonic() - began < SECONDS or not count:
                chance.choice(RANDOM)(spots[number], chance)
                count += 1
            return directed, count

        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            results = list(pool.map(work, range(workers)))
    directed, count = max(result[0] for result in results), sum(result[1] for result in results)
    print(f"{len(attacks)} directed attacks in {directed:.0f} s, then {count} random ones; seed {SEED}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
