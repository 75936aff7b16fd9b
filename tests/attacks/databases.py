# SPDX-License-Identifier: GPL-3.0-or-later
"""Caches and journals that are damaged, or say what nobody would."""

import sqlite3

from place import MARKS, expect


CACHE_CALLS = (("snapshot", "list"), ("snapshot", "show"), ("baseline", "list"), ("import", "load.json"), ("snapshot", "list", "--json"))


def try_cache(place, what, path):
    for words in CACHE_CALLS:
        place.call(what, "wimplan", *words, "--cache", path.name, statuses=(0, 1, 3), form="json" if "--json" in words else "text")
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
        status, out, _ = place.call(what, "wimplan-apply", *words, "--journal", path.name, statuses=(0, 1, 4, 6),
                                    form="json" if "--json" in words else "text")
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
