#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports that are made to be expensive: check-exports.py BUILD.

Each is read or refused in a time that is linear in its size: twice the size may cost no more than about twice the processor
time. What is compared with it is measured in the same run, so that a slow or busy machine changes nothing. Neither memory nor a
file that is written meanwhile may be many times the size of the export.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile

import signals  # noqa: F401

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
WIMPLAN = os.path.abspath(os.path.join(BUILD, "wimplan"))
with open(WIMPLAN, "rb") as program:
    SANITIZED = b"__asan_" in program.read()
# Below this many seconds a measurement says nothing; a quadratic cost at these sizes is far above.
NOISE = 0.15
MOST = 3.0
# Bytes of memory and of a file that any export may take, and those for each of its own: values of JSON take some tens in memory.
MEMORY, MEMORY_EACH = 64 << 20, 64
FILE, FILE_EACH = 4 << 20, 8
SOURCE = "\\\\s\\d\\a.wim"
passed = failed = 0


def package(properties, name="P0100001"):
    return {"__CLASS": "SMS_ImagePackage", "PackageID": name, "SourceSite": "P01", **properties}


def rows_of_one(first, further):
    """Rows of one package as a list of the AdminService."""
    return json.dumps({"value": [package({"PackageType": 257, **first})] + [{"PackageID": "P0100001", **properties} for properties in further]})


def further_rows(name, count, first=None):
    """Rows of a class that each add a property to what the others say of the same thing."""
    return rows_of_one({}, [{"__CLASS": name, "Index": 1, **(first or {})}] + [{"__CLASS": name, "Index": 1, f"X{i}": i} for i in range(count)])


def bag(inner):
    return json.dumps([package({"ImageProperty": f"<WIM><IMAGE index='1'>{inner}</IMAGE></WIM>"})])


def attributes(count):
    return " ".join(f"a{i}='1'" for i in range(count))


def instance(inner):
    return ('<INSTANCE CLASSNAME="SMS_ImagePackage"><PROPERTY NAME="PackageID"><VALUE>P0100001</VALUE></PROPERTY>'
            f'<PROPERTY NAME="SourceSite"><VALUE>P01</VALUE></PROPERTY>{inner}</INSTANCE>')


def clixml(inner):
    return f'<Objs xmlns="http://schemas.microsoft.com/powershell/2004/04">{inner}</Objs>'


def row(number):
    return f'{{"PackageID":"P01{number:05X}","PkgFlags":0,"PackageType":257,"SourceSite":"P01"}}'


def site_rows(name, rows):
    """An export of one package with rows of a class beside it."""
    return json.dumps([package({})] + [{"__CLASS": name, **properties} for properties in rows])


def steps(inside):
    return site_rows("SMS_TaskSequencePackage", [{"PackageID": "P0100050", "Sequence": f"<sequence>{inside}</sequence>"}])


def installed(count):
    """A package of as many images as there are steps that install one of them; its source has one image."""
    images = "".join(f"<IMAGE index='{i + 1}'><Property name='Image name'>N{i}</Property></IMAGE>" for i in range(count))
    step = ("<step type='SMS_TaskSequence_ApplyOperatingSystemAction' name='y'><variable property='ImagePackageID'>P0100001</variable>"
            "<variable property='ImageIndex'>1</variable></step>")
    return json.dumps([package({"PkgSourcePath": SOURCE, "PkgSourceFlag": 2, "ImageProperty": f"<WIM>{images}</WIM>"}),
                       {"__CLASS": "SMS_TaskSequencePackage", "PackageID": "P0100050", "Sequence": f"<sequence>{step * count}</sequence>"}])


def point(number):
    return {"PackageID": "P0100001", "ServerNALPath": f"\\\\DP{number}\\", "SiteCode": "P01", "State": number % 9, "SourceVersion": 1}


# Name, the text of a size, the size, whether it is an export in the end.
EXPORTS = [
    ("points of a package", lambda n: site_rows("SMS_PackageStatusDistPointsSummarizer", map(point, range(n))), 20000, True),
    ("points without a name", lambda n: site_rows("SMS_DistributionPoint", [{"PackageID": "P0100001", "SiteCode": str(i)}
                                                                            for i in range(n)]), 20000, True),
    ("rows of one point that contradict each other", lambda n: site_rows("SMS_PackageStatusDistPointsSummarizer", [
        {**point(1), "SourceVersion": i} for i in range(n)]), 20000, True),
    ("counts that contradict each other", lambda n: site_rows("SMS_ObjectContentExtraInfo", [
        {"PackageID": "P0100001", "Targeted": i, "SourceSize": 1} for i in range(n)]), 20000, True),
    ("packages of one step", lambda n: steps("<step type='x' name='y'>" + "".join(
        f"<variable property='PackageID'>P01{i % 0xfffff:05X}</variable>" for i in range(n)) + "</step>"), 20000, True),
    ("packages of one download", lambda n: steps("<step type='SMS_TaskSequence_DownloadPackageContentAction' name='y'>"
                                                 "<variable property='DownloadPackages'>" + "".join(
        f"P01{i:05X}," for i in range(n)) + "</variable></step>"), 20000, True),
    ("packages of a step with a long name", lambda n: steps(f"<step type='x' name='{'y' * n * 20}'>" + "".join(
        f"<variable property='PackageID'>P01{i:05X}</variable>" for i in range(n)) + "</step>"), 10000, True),
    ("a long command line", lambda n: steps("<step type='SMS_TaskSequence_ApplyDataImageAction' name='y'><action>" + "/dat " * n +
                                            "</action></step>"), 200000, True),
    ("task sequences that run each other", lambda n: site_rows("SMS_TaskSequencePackage", [
        {"PackageID": f"P02{i:05X}", "BootImageID": "P0100001", "Sequence": "<sequence><subtasksequence name='r'><variable property="
         f"'TsPackageID'>P02{(i + 1) % n:05X}</variable></subtasksequence></sequence>"} for i in range(n)]), 2000, True),
    ("steps of a package of many images", installed, 2000, True),
    ("references as texts of XML", lambda n: "<ArrayOfString>" + "".join(
        "<string>&lt;INSTANCE CLASSNAME='SMS_TaskSequenceReferencesInfo'>&lt;PROPERTY NAME='PackageID'>&lt;VALUE>"
        f"P02{i:05X}&lt;/VALUE>&lt;/PROPERTY>&lt;/INSTANCE></string>" for i in range(n)) + "</ArrayOfString>", 10000, False),
    ("attributes in ImageProperty", lambda n: bag(f"<Property {attributes(n)}>x</Property>"), 40000, True),
    ("attributes in CIM-XML", lambda n: instance(f"<PROPERTY NAME='X' {attributes(n)}><VALUE>x</VALUE></PROPERTY>"), 40000, False),
    ("attributes in CLIXML", lambda n: clixml(f"<Obj {attributes(n)}><MS/></Obj>"), 40000, False),
    ("namespaces in CIM-XML", lambda n: instance("".join(f"<x{i}:a xmlns:x{i}='u{i}'/>" for i in range(n))), 20000, True),
    ("images in ImageProperty", lambda n: bag("</IMAGE>" + "".join(f"<IMAGE index='{i + 2}'/>" for i in range(n)) + "<IMAGE index='1'>"),
     2000, True),
    ("properties in ImageProperty", lambda n: bag("".join(f"<Property name='p{i}'>x</Property>" for i in range(n))), 40000, True),
    ("lazy names and empty lists", lambda n: json.dumps([package({
        "__LAZYPROPERTIES": [f"l{i}" for i in range(n)], **{f"l{i}": [] for i in range(n)}})]), 20000, True),
    ("lazy names and empty texts", lambda n: json.dumps([package({
        "__LAZYPROPERTIES": " ".join(f"l{i}" for i in range(n)), **{f"l{i}": "" for i in range(n)}})]), 20000, True),
    ("properties of a record", lambda n: json.dumps([package({f"p{i}": i for i in range(n)})]), 40000, True),
    ("objects in an object", lambda n: json.dumps([package({"x": [{f"p{i}": {"value": i}} for i in range(n)]})]), 20000, True),
    ("a long @odata.context", lambda n: '{"@odata.context":"' + "x/" * n + '#SMS_ImagePackage","value":[' +
     ",".join(row(i) for i in range(n // 20)) + "]}", 40000, True),
    ("a long #TYPE", lambda n: "#TYPE " + "x/" * n + "#SMS_ImagePackage\nPackageID,PkgFlags,PackageType,SourceSite\n" +
     "".join(f"P01{i:05X},0,257,P01\n" for i in range(n // 20)), 40000, True),
    ("a long type in CLIXML", lambda n: clixml("<Obj><TN RefId='0'><T>" + "x/" * n + "#SMS_ImagePackage</T></TN></Obj>" + "".join(
        f"<Obj><TNRef RefId='0'/><MS><S N='PackageID'>P01{i:05X}</S><I32 N='PackageType'>257</I32><I32 N='PkgFlags'>0</I32>"
        "<S N='SourceSite'>P01</S></MS></Obj>" for i in range(n // 20))), 40000, True),
    ("columns with a common beginning", lambda n: "PackageID,PkgFlags," + ",".join("x" * n + str(i) for i in range(1000)) + "\n", 2000,
     False),
    ("pages of a list", lambda n: "".join('{"@odata.context":"#SMS_ImagePackage","value":[' + row(i) + '],"@odata.nextLink":"x"}'
                                          for i in range(n)), 10000, True),
    ("rows that add to a package", lambda n: rows_of_one({}, [{"__CLASS": "SMS_ImagePackage", f"X{i}": i} for i in range(n)]), 8000, True),
    ("rows that add to a large package", lambda n: rows_of_one({"Description": "x" * n * 500}, [
        {"__CLASS": "SMS_ImagePackage", f"X{i % 10}": i % 10} for i in range(n)]), 2000, True),
    ("short rows of a large package", lambda n: rows_of_one({"ImageProperty": "", "Description": "x" * n * 1000}, [
        {"__CLASS": "SMS_ImagePackage", "PackageType": 257} for i in range(n)]), 1000, True),
    ("rows of large packages in turn", lambda n: json.dumps([
        package({"PackageType": 257, **({"Description": "x" * n * 100} if i < 10 else {f"X{i}": i})}, f"P010000{i % 10}") for i in range(n)]),
     4000, True),
    ("lazy names row by row", lambda n: rows_of_one({}, [{"__CLASS": "SMS_ImagePackage", "__LAZYPROPERTIES": [f"L{i}"]}
                                                         for i in range(n)]), 8000, True),
    ("rows that add to an image", lambda n: further_rows("SMS_ImageInformation", n), 8000, True),
    ("rows that add to counts", lambda n: further_rows("SMS_ObjectContentExtraInfo", n), 8000, True),
    ("short rows that contradict large counts", lambda n: further_rows("SMS_ObjectContentExtraInfo", n, {"Y": "x" * n * 500})[:-2] + "".join(
        ',{"PackageID":"P0100001","__CLASS":"SMS_ObjectContentExtraInfo","Index":0}' for i in range(n)) + "]}", 2000, True),
    ("rows of one package", lambda n: "[" + ",".join([row(1)] * n) + "]", 20000, True),
    ("dates that cannot be told", lambda n: "PackageID,PackageType,SourceSite,SourceDate\n" + "".join(
        f"P01{i:05X},257,P01,1/9/2026\n" for i in range(n)), 10000, True),
    ("values that cannot be read", lambda n: "[" + ",".join(json.dumps(package({"SourceVersion": "x", "SourceDate": "y"}, f"P01{i:05X}"))
                                                              for i in range(n)) + "]", 10000, True),
    ("companions without a key", lambda n: "[" + row(1) + "".join(
        f',{{"PackageID":"P0100001","__CLASS":"SMS_ImageInformation","Name":"{i}"}}' for i in range(n)) + "]", 10000, True),
    ("rows about no package", lambda n: "[" + row(1) + "".join(
        f',{{"PackageID":"P02{i:05X}","Index":1,"OSVersion":"1"}}' for i in range(n)) + "]", 10000, True),
    ("classes that are left out", lambda n: "[" + row(1) + "".join(
        f',{{"PackageID":"P02{i:05X}","__CLASS":"SMS_X{i}"}}' for i in range(n)) + "]", 10000, True),
    ("escapes in a text", lambda n: '[{"PackageID":"P0100001","__CLASS":"SMS_ImagePackage","SourceSite":"P01","Name":"' +
     "\\u0000\\ud800" * n + '"}]', 100000, True),
    ("question marks in a name", lambda n: json.dumps([package({"Name": "a?" * n})]), 200000, True),
    ("quotes in CSV", lambda n: 'PackageID,PackageType,PkgFlags,SourceSite,X\nP0100001,257,0,P01,"' + '""' * n + '"\n', 500000, True),
]


def run(arguments, most=resource.RLIM_INFINITY):
    """Exit status, processor seconds and bytes of memory; no file may grow beyond @most bytes."""
    started = subprocess.Popen([WIMPLAN, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = 0
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


def fail(name, why):
    global failed
    failed += 1
    print(f"FAILED {name}: {why}")


def measure(folder, name, text, good):
    """Processor seconds of an import and of what reads the export, or its snapshot, again."""
    export, cache = os.path.join(folder, "export"), os.path.join(folder, "cache.db")
    if os.path.exists(cache):
        os.remove(cache)
    with open(export, "w", encoding="utf-8") as file:
        file.write(text)
    size = os.path.getsize(export)
    plan, site = ["plan", "--site", "P01", "--json", "--map", f"\\\\s\\d={folder}"], ["--site", "P01", "--taken-at", "2026-02-20T02:10:00Z"]
    status, seconds, memory = run(["import", *site, "--cache", cache, export], FILE + FILE_EACH * size)
    if os.environ.get("VERBOSE"):
        print(f"{name}: {size >> 10} KB, {memory >> 20} MB of memory")
    if status != (0 if good else 1):
        fail(name, f"status {status}")
    if not SANITIZED and memory > MEMORY + MEMORY_EACH * size:
        fail(name, f"{memory >> 20} MB of memory for {size} bytes")
    if status == 0:
        for arguments in (["snapshot", "show", "--cache", cache], [*plan, "--cache", cache], [*plan, "--cache", os.path.join(folder, "none.db"), "--records", export]):
            again, more, _ = run(arguments)
            seconds += more
            if again not in (0, 3):
                fail(name, f"{arguments[0]}: status {again}")
    return seconds


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([os.path.join(BUILD, "mkwim"), "-C", folder, "-"], input=b'wim a.wim\nimage "One"\nfile /a.txt x\n', check=True)
    for name, make, size, good in EXPORTS:
        # Twice that of half the size, and a little for what is no measurement.
        half, whole = measure(folder, name, make(size // 2), good), measure(folder, name, make(size), good)
        if not SANITIZED and whole > MOST * max(half, NOISE):
            fail(name, f"{half:.2f} s, and {whole:.2f} s for twice the size")
        else:
            passed += 1
        if os.environ.get("VERBOSE"):
            print(f"{name}: {half:.2f} s, {whole:.2f} s")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
