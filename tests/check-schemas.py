#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the JSON Schemas in src/share/schema to what the program writes: check-schemas.py [BUILD].

The schemas are for readers and let unknown keys and codes pass, as the contract wants it. What wimplan itself writes is held to
a strict form of them, derived here: objects take no other keys (except where "x-open" is true), and a text with "x-codes" is
one of these.
"""

import copy
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import demo_site
import signals  # noqa: F401

try:
    import jsonschema
except ImportError:
    print("check-schemas: python3-jsonschema is not installed; nothing is checked")
    print("0 passed, 0 failed")
    sys.exit(0)

TOP = pathlib.Path(__file__).resolve().parent.parent
SCHEMAS = TOP / "src" / "share" / "schema"
# Documents by their format; events are lines and have no format of their own.
FORMAT = re.compile(r"^wimplan-(.+)$")

counts = {True: 0, False: 0}


def expect(condition, message):
    counts[bool(condition)] += 1
    if not condition:
        print(f"check-schemas: {message}")
    return bool(condition)


def strict(schema):
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items()}
    if "x-codes" in schema:
        result["enum"] = schema["x-codes"]
    is_object = schema.get("type") == "object" or (isinstance(schema.get("type"), list) and "object" in schema["type"])
    if is_object and isinstance(schema.get("properties"), dict) and not schema.get("x-open"):
        result["additionalProperties"] = False
    return result


def references(value):
    """Every $ref in a schema."""
    if isinstance(value, list):
        return [ref for item in value for ref in references(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [ref for item in value.values() for ref in references(item)]


def leads_somewhere(schema, ref):
    """Whether a $ref is a JSON Pointer to a part of the same document: readers have each schema by itself."""
    if not ref.startswith("#/"):
        return False
    for name in ref[2:].split("/"):
        name = name.replace("~1", "/").replace("~0", "~")
        if not isinstance(schema, dict) or name not in schema:
            return False
        schema = schema[name]
    return isinstance(schema, (dict, bool))


def with_unknown_keys(value):
    """A document of a later minor version: every object has a key more."""
    if isinstance(value, list):
        return [with_unknown_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: with_unknown_keys(item) for key, item in value.items()} | {"of_a_later_version": 1}


class Schemas:
    def __init__(self):
        self.loaded, self.strict, self.seen = {}, {}, set()
        definitions = {}
        for path in sorted(SCHEMAS.glob("*.schema.json")):
            name = path.name[:-len(".schema.json")]
            schema = json.loads(path.read_text(encoding="utf-8"))
            try:
                jsonschema.Draft202012Validator.check_schema(schema)
                expect(schema["$id"] == f"urn:wimplan:schema:{name}", f"{path.name}: its $id is {schema['$id']}")
            except jsonschema.SchemaError as error:
                expect(False, f"{path.name}: {error.message}")
            for ref in sorted(set(references(schema))):
                expect(leads_somewhere(schema, ref), f"{path.name}: {ref} leads nowhere")
            self.loaded[name] = jsonschema.Draft202012Validator(schema)
            self.strict[name] = jsonschema.Draft202012Validator(strict(schema))
            for key, definition in schema.get("$defs", {}).items():
                if key in ("version", "scan", "data", "plan", "verify", "source"):
                    continue
                first = definitions.setdefault(key, (path.name, definition))
                expect(first[1] == definition, f"{key} is defined differently in {first[0]} and {path.name}")

    def check(self, document, what, name=None):
        if name is None:
            match = FORMAT.match(str(document.get("format", "")))
            name = match.group(1) if match else ""
        if not expect(name in self.loaded, f"{what}: there is no schema for {name or document}"):
            return
        self.seen.add(name)
        errors = sorted(self.strict[name].iter_errors(document), key=lambda error: list(map(str, error.path)))
        expect(not errors, "\n".join(f"{what}: {error.json_path}: {error.message[:300]}" for error in errors[:5]))
        if not errors:
            tolerant = list(self.loaded[name].iter_errors(with_unknown_keys(document)))
            expect(not tolerant, f"{what}: with keys of a later version {name} is refused: {[e.message[:200] for e in tolerant[:2]]}")


def refuses(validator, document, change):
    """A schema that takes everything would pass every test: a spoilt document must fail."""
    spoilt = copy.deepcopy(document)
    change(spoilt)
    return not validator.is_valid(spoilt)


ODD_WIMS = r"""
wim plain.wim
images 3

wim esd.wim
compress LZMS
solid
integrity
image "Übergröße 日本 😀"
	description ""
	property WINDOWS/UNKNOWN/THING "kept"
	property NOTES "written in the lab"
	file /a.txt size 5000 seed 1

wim fields.wim
shape media
compress XPRESS 65536
boot 1
guid 00112233445566778899aabbccddeeff
image "With everything"
	counts 1 2 9223372036854775807 18446744073709551615
	wimboot 1
	arch 12
	version 10.0.26100
	languages en-US,de-DE
	default en-US
	fallback de-DE en-US
	servicing 0 10.0.1.1 IMAGE_STATE_COMPLETE
	file /b.txt "b"

wim unknown-arch.wim
image "Of a machine to come"
	arch 4711

wim bad-values.wim
image "x"
xml <<END
<WIM><TOTALBYTES>many</TOTALBYTES><IMAGE INDEX="1"><DIRCOUNT>-1</DIRCOUNT><CREATIONTIME><HIGHPART>0xFFFFFFFF</HIGHPART><LOWPART>0</LOWPART></CREATIONTIME><NAME/></IMAGE></WIM>
END

wim doctype.wim
image "x"
xml <<END
<!DOCTYPE WIM [<!ENTITY a "b">]><WIM><IMAGE INDEX="1"><NAME>&a;</NAME></IMAGE></WIM>
END

wim not-utf16.wim
image "x"
xml-hex <<END
3c00570049004d00
d800
END

wim flags.wim
image "x"
header flags +0x80000004

wim version.wim
image "x"
header version 0x20000
"""


def run(env, folder, *words, status=None, text=None, program="wimplan"):
    done = subprocess.run([program, *words], cwd=folder, env=env, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    shown = " ".join(os.fsdecode(word) for word in words)
    if status is not None:
        expect(done.returncode == status, f"{program} {shown} ended with {done.returncode}, not {status}: {done.stderr.decode()[:300]}")
    return done.stdout


def check_call(schemas, env, folder, *words, status=None, text=None, program="wimplan"):
    shown = f"{program} " + " ".join(os.fsdecode(word) for word in words)
    output = run(env, folder, *words, status=status, text=text, program=program)
    try:
        document = json.loads(output)
    except ValueError as error:
        expect(False, f"{shown}: {error}: {output[:200]}")
        return {}
    schemas.check(document, shown)
    return document


def check_inspect(schemas, env, folder):
    recipes = folder / "odd.recipes"
    recipes.write_text(ODD_WIMS, encoding="utf-8")
    made = subprocess.run(["mkwim", "-C", "odd", recipes.name], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    expect(made.returncode == 0, f"mkwim: {made.stdout.decode()}")
    os.mkfifo(folder / "odd" / "fifo.wim")
    (folder / "odd" / "short.wim").write_bytes(b"MSWIM\0\0\0")
    broken = (folder / "odd" / "plain.wim").read_bytes()
    for length in range(0, len(broken), 37):
        (folder / "odd" / f"cut-{length}.wim").write_bytes(broken[:length])
    strange = os.fsencode(folder / "odd") + b"/\xff.wim"
    with open(strange, "wb") as file:
        file.write(broken)
    files = [os.fsencode(path) for path in sorted((folder / "odd").iterdir())]
    files += [os.fsencode(path) for path in sorted((folder / "sources").rglob("*")) if path.suffix.lower() in (".wim", ".esd", ".swm")]
    files += [b"odd", b"nowhere.wim", b"/dev/null"]
    check_call(schemas, env, folder, "inspect", "--json", *files, status=3)
    check_call(schemas, env, folder, "inspect", "--json", "--deep", *files, status=3)
    for file in files:
        check_call(schemas, env, folder, "inspect", "--json", "--deep", file)
    check_call(schemas, env, folder, "inspect", "--json", "--image", "2", "odd/plain.wim", status=0)
    document = check_call(schemas, env, folder, "inspect", "--json", strange, status=0)
    expect(document["files"][0].get("path_bytes", "").endswith("ff2e77696d"), "a path that is not UTF-8 has no path_bytes")


def check_media(schemas, env, folder):
    """WIMs inside of an .iso, and what starts it."""
    text = folder / "no-program"
    text.write_bytes(b"no program")
    made = subprocess.run([TOP / "tests" / "tools" / "mkmedia.py", "--udf", "1.02", "--iso", folder / "w.iso", f"sources/install.wim={folder}/media/february.wim",
                           f"efi/boot/bootx64.efi={text}", f"bootmgr.efi={text}", f"efi/microsoft/boot/cdboot.efi={text}"], stderr=subprocess.PIPE)
    expect(made.returncode == 0, f"mkmedia: {made.stderr.decode()}")
    for words in [], ["--servicing"], ["--boot"]:
        document = check_call(schemas, env, folder, "inspect", "--json", *words, "w.iso", status=0)
        boot = document["files"][0]["media"].get("boot", {"files": []})
        expect(len(boot["files"]) == (3 if "--boot" in words else 0), f"inspect {words} has {len(boot['files'])} programs of the medium")


def check_diff_boot(schemas, env, folder, build):
    """Two WIMs whose boot managers have signatures, one with the time of a counter-signature and one without."""
    mkboot = build / "mkboot"
    done = subprocess.run([mkboot, folder / "authorities"], stdout=subprocess.PIPE, check=True, text=True)
    parts = re.split(r'^image "(.*)"\n', done.stdout, flags=re.M)
    images = dict(zip(parts[1::2], parts[2::2]))
    for name, image in ("boot-old", "2011-with-2023-beside"), ("boot-new", "2023-in-place: stamped"):
        (folder / f"{name}.recipe").write_text(f'image "PE"\n{images[image]}', encoding="utf-8")
        run(env, folder, f"{name}.recipe", f"{name}.wim", status=0, program="mkwim")
    document = check_call(schemas, env, folder, "diff", "--json", "--servicing", "boot-old.wim", "boot-new.wim", status=0)
    sides = [side for file in document["images"][0]["boot"]["files"] for side in (file["old"], file["new"]) if side]
    times = {one["timestamp"] is None for side in sides for one in side["signatures"]}
    expect(times == {True, False}, f"the signatures of boot managers that differ lack a time, or all have one: {sides}")


def check_diff(schemas, env, folder, build):
    media = ["media/january.wim", "media/february.wim"]
    check_call(schemas, env, folder, "diff", "--json", *media, status=0)
    check_call(schemas, env, folder, "diff", "--json", "--servicing", "--files", "--detailed-exitcode", *media, status=10)
    check_call(schemas, env, folder, "diff", "--json", "--servicing", "--files", media[0], "odd/esd.wim")
    check_call(schemas, env, folder, "diff", "--json", "--files", "odd/plain.wim", "odd/fields.wim")
    check_call(schemas, env, folder, "diff", "--json", "--record", "P010001A", "--cache", "cache.db", status=0)
    check_call(schemas, env, folder, "inspect", "--json", "--servicing", "--path", "*.efi", *media, "odd/esd.wim", status=0)
    check_call(schemas, env, folder, "inspect", "--json", "--boot", "--min-svn", "9.0", *media, "odd/esd.wim", status=0)
    check_media(schemas, env, folder)
    check_diff_boot(schemas, env, folder, build)
    lines = run(env, folder, "diff", "--files", "--json-lines", *media, status=0).decode("utf-8").splitlines()
    expect(len(lines) > 20, "diff --json-lines writes no lines")
    for number, line in enumerate(lines, 1):
        schemas.check(json.loads(line), f"diff --json-lines:{number}", "diff-path")


def check_site(schemas, env, folder):
    """The demo's site through every command that knows --json."""
    env = env | {"WIMPLAN_CACHE": "schemas.db"}

    def call(*words, status=0, text=None):
        return check_call(schemas, env, folder, *words, status=status, text=text)

    exports = demo_site.exports(folder)
    call("snapshot", "list", "--json", status=1)
    first = call("import", "--json", "--site", "P01", "--taken-at", demo_site.TAKEN_AT, *exports)
    again = call("import", "--json", "--site", "P01", "--taken-at", demo_site.TAKEN_AT, *exports)
    expect(not first.get("known") and again.get("known"), "import does not say that a snapshot was there already")
    later = call("import", "--json", "--taken-at", "2026-02-27T02:10:00Z",
                 *[name.replace("export/", "export-later/") for name in exports])
    call("snapshot", "list", "--json")
    call("snapshot", "show", "--json")
    call("snapshot", "diff", "--json", first["snapshot"]["id"], later["snapshot"]["id"])
    call("snapshot", "remove", "--json", later["snapshot"]["id"])
    call("baseline", "list", "--json")
    call("baseline", "adopt", "--json", "P0100020", "P0100021")
    call("baseline", "adopt", "--json", "--all", status=3)
    call("baseline", "forget", "--json", "P0100020")
    plan = call("plan", "--json", "--events", "events.ndjson", "-o", "schemas-plan.json", status=3)
    call("plan", "--json", "--only", "P010001A", "--exclude", "P010001B", "--detailed-exitcode", status=10)
    call("plan", "--json", "--records", exports[0], "--site", "P01", status=None)
    call("show", "--json", "schemas-plan.json")
    call("verify", "--json", "--data", "--events", "verify.ndjson", "schemas-plan.json", status=0)
    call("verify", "--json", "--map", r"\\cm01.contoso.com\Source$\OSD=export", "schemas-plan.json", status=4)
    call("baseline", "list", "--json")
    for events in "events.ndjson", "verify.ndjson":
        for number, line in enumerate((folder / events).read_text(encoding="utf-8").splitlines(), 1):
            schemas.check(json.loads(line), f"{events}:{number}", "events")
    receipt = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    schemas.check(receipt, "receipt.json")
    call("record", "--json", "receipt.json")
    kinds = {event["kind"] for event in call("log", "--json")["events"]}
    expect(kinds == {"import", "plan", "receipt", "baseline", "forget"}, f"log has {sorted(kinds)}")
    expect(len(call("log", "--json", "P0100020")["events"]) > 2, "log knows no story of P0100020")
    return plan, receipt


def check_apply(schemas, env, folder):
    """The demo's plan through every command of wimplan-apply, against the stand-in."""
    url = subprocess.run(["./start-site"], cwd=folder, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    site = ["--auth", "none", "--provider", url, "--journal", "schemas.journal"]

    def call(*words, status=0):
        return check_call(schemas, env, folder, *words, status=status, program="wimplan-apply")

    call("status", "--json", "--journal", "schemas.journal", "plan.json")
    call("check", "--json", *site, "plan.json")
    call("check", "--json", *site, "--only", "P0100032", "plan.json")
    call("run", "--json", "--yes", *site, "--only", "P0100032", "--receipt", "schemas-receipt.json", "plan.json")
    call("status", "--json", "--journal", "schemas.journal", "plan.json")
    receipt = call("run", "--json", "--yes", *site, "--receipt", "schemas-receipt.json", "--events", "apply.ndjson", "plan.json")
    schemas.check(json.loads((folder / "schemas-receipt.json").read_text(encoding="utf-8")), "schemas-receipt.json")
    expect({step["outcome"] for step in receipt["steps"]} == {"done"}, "not all steps of the demo's plan are done")
    call("check", "--json", *site, "plan.json")
    watched = call("watch", "--json", *site, "--receipt", "schemas-receipt.json", "--events", "apply.ndjson", "plan.json")
    for document in watched, call("status", "--json", "--journal", "schemas.journal", "plan.json"):
        expect(all(("distribution" in step) == (step["action"] == "RefreshPkgSource") for step in document["steps"]), "what watch has seen")
    schemas.check(json.loads((folder / "schemas-receipt.json").read_text(encoding="utf-8")), "schemas-receipt.json")
    check_call(schemas, env, folder, "record", "--json", "--cache", "apply.db", "schemas-receipt.json", status=0)
    for number, line in enumerate((folder / "apply.ndjson").read_text(encoding="utf-8").splitlines(), 1):
        schemas.check(json.loads(line), f"apply.ndjson:{number}", "apply-events")
    for words, status in [
        (["run", "--json", "--yes", *site, "--receipt", "schemas-receipt.json", "plan.json"], 4),
        (["run", "--json", *site, "plan.json"], 2),
        (["check", "--json", *site, "altered.json"], 4),
        (["check", "--json", *site, "--only", "P0199999", "plan.json"], 2),
    ]:
        document = call(*words, status=status)
        expect(document.get("format") == "wimplan-error", f"wimplan-apply {' '.join(words)}: no error document")
    check_export(schemas, env, folder, url)
    os.kill(int((folder / "site.pid").read_text()), signal.SIGTERM)


def check_export(schemas, env, folder, url):
    """The stand-in's records, all of them and as a part, and what an import says of the part."""
    site = ["--auth", "none", "--provider", url]

    def call(*words, status=0):
        return check_call(schemas, env, folder, *site, *words, status=status, program="wimplan-export")

    call("--probe", "--events", "export.ndjson")
    part = call("--only", "P0100032", "--only", "P01FFFFF", status=3)
    expect(not part["complete"] and part["refused"], "an export of a package that there is not is complete")
    call("--json", "--only", "P01FFFFF", status=1)
    call("--json", "--parallel", "0", status=2)
    profile = call("--site-check", "--json", "--account", "CONTOSO\\ann", status=3)
    expect(len(profile["site"]["samples"]) > 3, "a check of the demo's site looks at few packages")
    for number, line in enumerate((folder / "export.ndjson").read_text(encoding="utf-8").splitlines(), 1):
        schemas.check(json.loads(line), f"export.ndjson:{number}", "export-events")
    (folder / "part.json").write_text(json.dumps(part))
    imported = check_call(schemas, env, folder, "import", "--json", "--cache", "export.db", "part.json", status=0)
    expect(imported["snapshot"]["partial"] == "refused: packages", f"the import of a part says {imported['snapshot']['partial']}")


def check_receipts(schemas, env, folder, receipt):
    """A receipt that lacks a key is refused by the schema and by the program alike."""
    validator = schemas.loaded["receipt"]
    spoilt = []
    for key in receipt:
        spoilt.append((key, {name: value for name, value in receipt.items() if name != key}))
    for key in receipt["steps"][1]:
        broken = copy.deepcopy(receipt)
        del broken["steps"][1][key]
        spoilt.append((f"steps[1].{key}", broken))
    for key, value in ("source_version_after", None), ("content_id", None), ("outcome", "perhaps"), ("action", "Reload"):
        broken = copy.deepcopy(receipt)
        broken["steps"][1][key] = value
        spoilt.append((f"steps[1].{key} = {value}", broken))
    for what, document in spoilt:
        expect(not validator.is_valid(document), f"the schema takes a receipt without {what}")
        check_call(schemas, env, folder, "record", "--json", "-", status=4, text=json.dumps(document).encode())


def check_errors(schemas, env, folder):
    (folder / "altered.json").write_text((folder / "plan.json").read_text(encoding="utf-8").replace("P010001A", "P010001X"), encoding="utf-8")
    (folder / "bad.conf").write_text("[policy]\nrefresh = always\n")
    (folder / "bad.json").write_text('{"value": [')
    for words, status in [
        (["nonsense", "--json"], 2),
        (["plan", "--json", "--nonsense"], 2),
        (["plan", "--json", "--config", "bad.conf"], 2),
        (["plan", "--json", "--cache", "none.db", "--snapshot", "1234"], 1),
        (["import", "--json", "bad.json"], 1),
        (["import", "--json", "nowhere.json"], 1),
        (["show", "--json", "altered.json"], 4),
        (["show", "--json", "bad.json"], 4),
        (["inspect", "--json"], 2),
        (["inspect", "--json", "--image", "99", "sources/server/2022/install.wim"], 1),
        (["baseline", "--json", "forget", "P0199999"], 1),
    ]:
        document = check_call(schemas, env, folder, *words, status=status)
        expect(document.get("format") == "wimplan-error", f"wimplan {' '.join(words)}: no error document")


def check_pages(schemas):
    """The codes in the schemas are those that the pages explain."""
    def codes_of(page, sections):
        text = (TOP / "man" / page).read_text(encoding="utf-8")
        found = set()
        for section in sections:
            body = re.search(rf"^# {section}\n(.*?)(?=^# |\Z)", text, re.M | re.S).group(1)
            for row in re.findall(r"^\|[\[ ] +(\*.*)$|^\|\[ (\*.*)$", body, re.M):
                found |= set(re.findall(r"\*([\w-]+)\*", "".join(row)))
        return found

    def codes_in(name, definition, key="code"):
        return set(schemas.loaded[name].schema["$defs"][definition]["properties"][key]["x-codes"])

    imports = codes_of("wimplan-import.1.scd", ["DIAGNOSTICS"])
    expect(imports == codes_in("import", "import_diagnostic"),
           f"wimplan-import(1) and the schema differ in {sorted(imports ^ codes_in('import', 'import_diagnostic'))}")
    files = codes_of("wimplan-inspect.1.scd", ["DIAGNOSTICS"])
    trees = codes_of("wimplan-diff.1.scd", ["DIAGNOSTICS"]) | files
    expect(trees == codes_in("diff", "diff_diagnostic"),
           f"wimplan-diff(1) and the schema differ in {sorted(trees ^ codes_in('diff', 'diff_diagnostic'))}")
    expect(trees == codes_in("inspect", "file_diagnostic"),
           f"wimplan-inspect(1), wimplan-diff(1) and the schema differ in {sorted(trees ^ codes_in('inspect', 'file_diagnostic'))}")
    reasons = codes_of("wimplan-plan.5.scd", ["REASONS", "GATES"])
    expect(reasons == codes_in("plan", "reason"), f"wimplan-plan(5) and the schema differ in {sorted(reasons ^ codes_in('plan', 'reason'))}")
    notes = codes_of("wimplan-plan.5.scd", ["NOTES"])
    expect(notes == codes_in("plan", "note"), f"wimplan-plan(5) and the schema differ in {sorted(notes ^ codes_in('plan', 'note'))}")
    remarks = codes_of("wimplan-plan.5.scd", ["DIAGNOSTICS"]) | files
    expect(remarks == codes_in("plan", "plan_diagnostic"),
           f"wimplan-plan(5) and the schema differ in {sorted(remarks ^ codes_in('plan', 'plan_diagnostic'))}")


def main():
    schemas = Schemas()
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch)
        build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
        folder, env = demo_site.make(build, root)
        check_inspect(schemas, env, folder)
        check_diff(schemas, env, folder, build)
        plan, receipt = check_site(schemas, env, folder)
        check_receipts(schemas, env, folder, receipt)
        check_errors(schemas, env, folder)
        check_apply(schemas, env, folder)
    expect(refuses(schemas.strict["plan"], plan, lambda document: document["body"].update(more=1)), "the strict form takes unknown keys")
    expect(refuses(schemas.strict["plan"], plan, lambda document: document["body"]["changes"][0]["reasons"][0].update(code="odd")),
           "the strict form takes unknown codes")
    expect(refuses(schemas.loaded["plan"], plan, lambda document: document["body"].pop("summary")), "the plan's schema takes anything")
    for name in sorted(schemas.loaded.keys() - schemas.seen):
        expect(False, f"nothing was held against the schema {name}")
    check_pages(schemas)
    print(f"{counts[True]} passed, {counts[False]} failed")
    return 1 if counts[False] else 0


if __name__ == "__main__":
    sys.exit(main())
