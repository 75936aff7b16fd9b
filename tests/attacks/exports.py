# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports: archives that lie, task sequences of any shape, and names that mean harm wherever they are shown."""

import io
import json
import struct
import warnings
import zipfile
from xml.sax.saxutils import escape, quoteattr

from place import MARKS, expect

NAMES = (
    MARKS, "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\u202etxt.exe", "\u2066a\u2069", "\ufeff", "a\0b", "\r\n\r\nok", "\t", "<script>alert(1)</script>",
    "<img src=x onerror=x>", "</td></table><h1>", "&lt;b&gt;", "\"><a href=//evil.example>", "' onclick='x", "javascript:alert(1)",
    "[a](https://evil.example)", "![a](https://evil.example/x.png)", "<https://evil.example>", "https://evil.example", "www.evil.example",
    "a@evil.example", "@everyone", "`code`", "``` \n# heading", "| a | b |", "\n# heading", "- [ ] done", "~~x~~", "$x$", "\\", "\\`", "{{x}}", "=1+1",
    "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\";=1", "a;b", "a,\"b\"", "'; Remove-Item C:\\ #", "$(whoami)", "`whoami`", "${x}", "%PATH%",
    "\u2019; calc", "\u201c$(calc)\u201d", "%s%n", "../../../etc/passwd", "\\\\evil.example\\share\\x.wim", "CON", "n" * 2000, "\u0130\u0131\u1e9e", "\U0001f600" * 30,
    "a\u0301" * 300, "\ud800", "\ufffe", "\U000e0041", "--help", "-o", "=", "",
)
TEXTS = ("Name", "Description", "PkgSourcePath", "Version", "Language", "Manufacturer", "SourceSite", "PackageID", "ImageOSVersion", "StoredPkgPath")


def import_and_show(place, what, name):
    """An import into a cache of its own, and where it is one, what is made of it."""
    for left in place.folder.glob("new.db*"):
        left.unlink()
    status, _, _ = place.call(what, "wimplan", "import", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "--cache", "new.db", name,
                              statuses=(0, 1))
    if status != 0:
        return False
    place.call(what, "wimplan", "snapshot", "show", "--cache", "new.db", statuses=(0,))
    place.call(what, "wimplan", "snapshot", "show", "--json", "--cache", "new.db", statuses=(0,), form="json")
    return True


def plan_and_show(place, what, forms):
    status, _, _ = place.call(what, "wimplan", "plan", "--cache", "new.db", "--map", place.site.map, "--all", "-o", "named.json", statuses=(0, 1, 3))
    for form in forms if status in (0, 3) else ():
        place.call(what, "wimplan", "show", "--all", "--format", form, "named.json", statuses=(0,), form=form)


# --- Names ------------------------------------------------------------------------------------------------------------

def attack_by_name(place, chance):
    rows = json.loads((place.folder / "load.json").read_text())["value"]
    places = []
    for _ in range(chance.choice((1, 1, 3))):
        key = chance.choice(TEXTS)
        name = chance.choice(NAMES)
        if chance.random() < 0.3:
            name = chance.choice(NAMES) + name
        chance.choice(rows)[key] = "\\\\cm01.contoso.com\\Source$\\OSD\\" + name if key == "PkgSourcePath" and chance.random() < 0.7 else name
        places.append(f"{key} {name[:20]!r}")
    what = f"named: {', '.join(places)}"
    place.write("named.export.json", json.dumps({"value": rows}))
    if import_and_show(place, what, "named.export.json"):
        plan_and_show(place, what, chance.sample(("text", "html", "markdown", "csv", "json", "powershell"), 3))


def attack_by_name_of_image(place, chance):
    """The same of what a WIM says of itself, and of files in it."""
    name = chance.choice([name for name in NAMES if not any(c in name for c in "\0\ud800\ufffe\r")])
    quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
    recipe = f'image {quoted}\ndescription {quoted}\nversion 1.2.3.4\nedition {quoted}\nfile /Windows/x a\n'
    units = name.encode("utf-16-le")[:400]
    place.write("named.recipe", recipe + (f"raw-name /Windows/x {units.hex()}\n" if units else ""))
    # Control characters are none of XML, which wimlib does not write then.
    if not place.make("mkwim", "named.recipe", "named.wim"):
        return
    what = f"an image named {name[:20]!r}"
    place.call(what, "wimplan", "inspect", "--deep", "--path", "**", "named.wim", statuses=(0, 1))
    place.call(what, "wimplan", "inspect", "--json", "--deep", "--path", "**", "named.wim", statuses=(0, 1), form="json")
    for form in chance.sample(("text", "html", "markdown"), 2):
        place.call(what, "wimplan", "diff", "--files", *(("--format", form) if form != "text" else ()), "plain.wim", "named.wim", statuses=(0, 1, 3),
                   form=form)


# --- Task sequences ---------------------------------------------------------------------------------------------------

WORDS = ("sequence", "group", "step", "subtasksequence", "defaultVarList", "variable", "action", "condition", "reference", "referenceList")
TYPES = ("SMS_TaskSequence_ApplyOperatingSystemAction", "SMS_TaskSequence_UpgradeOperatingSystemAction",
         "SMS_TaskSequence_DownloadPackageContentAction", "SMS_TaskSequence_ApplyDataImageAction", "x")
VALUES = ("P010001A", "p010001a", "P01", "", "1", "-1", "99999999999", "P010001A,P010001B", *NAMES)


def element(chance, depth):
    word = chance.choice(WORDS)
    given = {key: chance.choice(VALUES if key != "type" else TYPES) for key in ("name", "type", "property", "package", "disable")
             if chance.random() < 0.5}
    if word == "variable":
        given["property"] = chance.choice(("ImagePackageID", "InstallPackageID", "TsPackageID", "DownloadPackages", "ImageIndex", "x"))
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in given.items())
    inside = "".join(element(chance, depth + 1) for _ in range(chance.randrange(4))) if depth < 5 else ""
    return f"<{word}{attributes}>{inside or escape(chance.choice(VALUES))}</{word}>"


def sequence_of(chance):
    kind = chance.random()
    if kind < 0.1:
        return "<group>" * 200 + "</group>" * 200
    if kind < 0.2:
        return '<!DOCTYPE s [<!ENTITY a "b">]><sequence>&a;</sequence>'
    text = "<sequence>" + "".join(element(chance, 0) for _ in range(1 + chance.randrange(4))) + "</sequence>"
    if kind < 0.5:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(("<", ">", "&", "\0", "]]>", "<!--", "<![CDATA[", "")) + text[at + chance.randrange(5):]
    return text


def attack_by_sequence(place, chance):
    rows = json.loads((place.folder / "load.json").read_text())["value"]
    for i in range(chance.choice((1, 3))):
        rows.append({"__CLASS": "SMS_TaskSequencePackage", "PackageID": f"P01000{50 + i}", "Name": chance.choice(NAMES), "TsEnabled": True,
                     "BootImageID": chance.choice(VALUES), "Sequence": sequence_of(chance)})
    place.write("sequences.json", json.dumps({"value": rows}))
    if import_and_show(place, "task sequences", "sequences.json"):
        plan_and_show(place, "task sequences", chance.sample(("text", "html", "markdown", "json"), 1))


# --- Archives ---------------------------------------------------------------------------------------------------------

def instance(key, name, sequence=None):
    values = {"PackageID": key, "Name": name, "SourceSite": "P01", "PackageType": "257"}
    if sequence is not None:
        values = {"PackageID": key, "Name": name, "Sequence": sequence}
    return f'<INSTANCE CLASSNAME="SMS_{"TaskSequence" if sequence is not None else "Image"}Package">' + "".join(
        f'<PROPERTY NAME="{name}" TYPE="string"><VALUE>{escape(value)}</VALUE></PROPERTY>' for name, value in values.items()) + "</INSTANCE>"


def sound_archive(chance):
    out = io.BytesIO()
    warnings.filterwarnings("ignore", "Duplicate name")
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
        for i in range(1 + chance.randrange(3)):
            folder = chance.choice(("SMS_ImagePackage", "SMS_ImagePackage", "../..", "/etc", "C:\\x", "a" * 200, "\u202e", "\x1b[31m"))
            text = instance(f"P010001{i}", chance.choice(("a", MARKS.replace("\x1b", "").replace("\x07", ""))))
            kind = chance.random()
            if kind < 0.1:
                text = " " * 5_000_000 + text
            elif kind < 0.2:
                text = text * 200
            elif kind < 0.3:
                text = instance("P0100050", "s", sequence_of(chance))
            for _ in range(chance.choice((1, 1, 1, 2))):
                archive.writestr(f"{folder}/P010001{i}/object.xml", text.encode("utf-8", "surrogatepass"))
        if chance.random() < 0.2:
            for i in range(300):
                archive.writestr(f"SMS_ImagePackage/{i}/object.xml", "<x/>")
    return bytearray(out.getvalue())


def spoil_archive(data, chance):
    """A field of a member's header, of the directory or of its end (PKWARE's APPNOTE, 4.3.7, 4.3.12, 4.3.16)."""
    mark, fields = chance.choice(((b"PK\3\4", ((6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2))),
                                  (b"PK\1\2", ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (38, 4), (42, 4))),
                                  (b"PK\5\6", ((4, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)))))
    at = data.find(mark, chance.randrange(len(data)))
    at = data.find(mark) if at < 0 else at
    if at < 0:
        return
    offset, size = chance.choice(fields)
    value = chance.choice((0, 1, 8, 99, 0xffff, 0x7fffffff, 0xffffffff, len(data), chance.randrange(1 << 16)))
    struct.pack_into("<H" if size == 2 else "<I", data, at + offset, value & ((1 << 8 * size) - 1))


def attack_by_archive(place, chance):
    data = sound_archive(chance)
    for _ in range(chance.choice((0, 1, 1, 2))):
        spoil_archive(data, chance)
    if chance.random() < 0.3:
        for _ in range(chance.choice((1, 8))):
            data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.1:
        del data[chance.randrange(len(data)):]
    place.write("hostile.zip", bytes(data))
    before = sorted(path.name for path in place.folder.parent.iterdir())
    import_and_show(place, "an archive", "hostile.zip")
    expect(sorted(path.name for path in place.folder.parent.iterdir()) == before, "an archive put something outside of the folder")
