#!/usr/bin/env python3
"""One allocation after the other fails: the call ends with a sentence and changes nothing, or it did not matter.

check-memory.py BUILD [STEP]. Every STEPth allocation of an import, of what reads the cache and of an export from a provider is tried
(default: about 120 of each).
"""
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

BUILD = os.path.abspath(sys.argv[1])
STEP = int(sys.argv[2]) if len(sys.argv) > 2 else 0
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tools", "failing_malloc.c")
SENTENCE = "there is not enough memory"
RECORD = {
    "__CLASS": "SMS_ImagePackage", "PackageID": "P0100001", "Name": "Contoso", "PkgSourceFlag": 2, "SourceSite": "P01",
    "PkgSourcePath": "\\\\srv\\src$\\w11.wim", "SourceVersion": 3, "SourceDate": "2026-02-01T08:00:00Z",
    "SecuredScopeNames": ["Default"], "RefreshSchedule": [{"DaySpan": 7, "StartTime": "2026-02-01T08:00:00Z"}],
    "ImageProperty": "<WIM><IMAGE index='1'><Property name='OS version'>10.0.1</Property></IMAGE></WIM>",
}
XML = """<INSTANCE CLASSNAME="SMS_ImagePackage"><PROPERTY NAME="PackageID" TYPE="string"><VALUE>P0100002</VALUE></PROPERTY>
<PROPERTY NAME="ImageProperty" TYPE="string"><VALUE>&lt;WIM/&gt;</VALUE></PROPERTY></INSTANCE>
"""
CLIXML = """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>
CimInstance#root/sms/site_P01/SMS_ImagePackage</T></TN><Props><S N="PackageID">P0100003</S></Props></Obj></Objs>
"""
CSV = 'PackageID,PackageType,PkgSourcePath,ImageProperty\nP0100004,257,"\\\\srv\\src$\\w11.wim",<WIM/>\n'

failures = []


def call(folder, arguments, fail_at, program="wimplan"):
    """Runs a program with a failing allocation: status, stdout, stderr, allocations."""
    read_end, write_end = os.pipe()
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1772355600",
                   "WIMPLAN_USER": "tester", "WIMPLAN_HOST": "testhost", "LD_PRELOAD": os.path.join(TOOLS, "failing.so"),
                   "FAIL_AT": str(fail_at), "COUNT_TO": str(write_end)}
    done = subprocess.run([os.path.join(BUILD, program), *arguments], cwd=folder, env=environment, pass_fds=(write_end,),
                          capture_output=True, timeout=60)
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        count = pipe.read().strip()
    return done.returncode, done.stdout, done.stderr.decode(errors="replace"), int(count or 0)


def snapshots(path):
    """The ids of the snapshots in a cache; none where there is no cache."""
    if not os.path.exists(path):
        return []
    try:
        with sqlite3.connect(path) as database:
            return [row[0] for row in database.execute("SELECT id FROM snapshots")]
    except sqlite3.OperationalError:
        return []


def try_all(name, arguments, prepare, result, program="wimplan"):
    """Holds each call with a failing allocation against the one without."""
    folder = tempfile.mkdtemp(dir=TOOLS)
    prepare(folder)
    before = result(folder)
    status, stdout, stderr, count = call(folder, arguments, 0, program)
    after = result(folder)
    if status or not count:
        failures.append(f"{name}: status {status} without a failure: {stderr}")
        return
    shutil.rmtree(folder)
    step = STEP or max(1, count // 120)
    # All of the first and of the last: those before the program knows how it was called, and after it has said everything.
    for fail_at in sorted({*range(1, count + 1, step), *range(1, 11), *range(max(1, count - 9), count + 1)}):
        folder = tempfile.mkdtemp(dir=TOOLS)
        prepare(folder)
        found = call(folder, arguments, fail_at, program)
        what = f"{name}, allocation {fail_at} of {count}"
        if found[0] == 0:
            if (found[1], result(folder)) != (stdout, after):
                failures.append(f"{what}: another result, status 0: {found[1]!r} {found[2]!r}")
        elif found[0] != 1 or "memory" not in found[2]:
            failures.append(f"{what}: status {found[0]}: {found[2]}")
        elif result(folder) not in (before, after):
            failures.append(f"{what}: status 1, and yet something was changed")
        elif "--json" in arguments:
            try:
                json.loads(found[1])
            except ValueError:
                failures.append(f"{what}: no JSON document: {found[1]!r}")
        shutil.rmtree(folder)


def exports(folder):
    for name, text in (("site.json", json.dumps({"value": [RECORD]})), ("object.xml", XML), ("images.xml", CLIXML),
                       ("images.csv", CSV)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def with_cache(folder):
    exports(folder)
    call(folder, IMPORT, 0)


def exported(folder):
    """The files of a folder, with what is in an export. A temporary one is left behind, as by every end that nobody has asked for."""
    texts = {}
    for name in os.listdir(folder):
        if name.endswith(".tmp"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            texts[name] = file.read()
    return texts


@contextlib.contextmanager
def a_provider():
    """Arguments of an export from a stand-in with three packages and a task sequence."""
    values = [{**RECORD, "PackageType": 257}, {**RECORD, "PackageType": 257, "PackageID": "P0100002"}, {**RECORD, "PackageID": "P0100003", "__CLASS": "SMS_BootImagePackage", "PackageType": 258},
              {"__CLASS": "SMS_TaskSequencePackage", "PackageID": "P0100050", "Name": "Deploy", "Sequence": "<sequence/>"}]
    with open(os.path.join(TOOLS, "load.json"), "w", encoding="utf-8") as file:
        json.dump({"value": values}, file)
    server = subprocess.Popen([os.path.join(BUILD, "site-provider"), "--port", "0", "--lifetime", "1200", "--state", "state.db", "--load",
                               "load.json", "--page-size", "2"], cwd=TOOLS, stdout=subprocess.PIPE, text=True)
    try:
        yield ["--provider", f"http://127.0.0.1:{int(server.stdout.readline())}/AdminService", "--auth", "none", "-o", "records.json"]
    finally:
        server.terminate()
        server.communicate()


IMPORT = ["import", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "--cache", "cache.db", "site.json", "object.xml",
          "images.xml", "images.csv"]

with tempfile.TemporaryDirectory() as TOOLS:
    if not subprocess.run(["nm", "-D", os.path.join(BUILD, "wimplan")], capture_output=True, text=True).stdout.find("__asan") < 0:
        print("skip: a build with AddressSanitizer has an allocator of its own")
        sys.exit(0)
    subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-o", os.path.join(TOOLS, "failing.so"),
                    SOURCE], check=True)
    try_all("import", IMPORT, exports, lambda folder: snapshots(os.path.join(folder, "cache.db")))
    try_all("import --json", [*IMPORT, "--json"], exports, lambda folder: snapshots(os.path.join(folder, "cache.db")))
    try_all("snapshot show", ["snapshot", "show", "--json", "--cache", "cache.db"], with_cache, lambda folder: None)
    try_all("--complete", ["--complete", "log", "--cache", "cache.db", ""], with_cache, lambda folder: None)
    with a_provider() as EXPORT:
        # One request at a time: so allocations come in the same order every time.
        try_all("export", [*EXPORT, "--parallel", "1", "--probe", "--json"], lambda folder: None, exported, "wimplan-export")

for failure in failures[:20]:
    print(failure)
sys.exit(1 if failures else 0)
