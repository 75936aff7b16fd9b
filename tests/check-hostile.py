#!/usr/bin/env python3
"""Hostile files through the real program: check-hostile.py BUILD.

Each must end as documented, say a clear code, and stay below 64 MiB and one second of processor time. Memory and time
are only bounded where the build has no sanitizers: theirs are large and slow by nature.
"""
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time

import signals  # noqa: F401

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
WIMPLAN = os.path.abspath(os.path.join(BUILD, "wimplan"))
MKWIM = os.path.abspath(os.path.join(BUILD, "mkwim"))
with open(WIMPLAN, "rb") as program:
    SANITIZED = b"__asan_" in program.read()
MEMORY_KIB = 64 * 1024
SECONDS = 1.0
passed = failed = 0
slowest = (0.0, "")


def header(xml_offset, xml_size, *, images=1, file_version=0x10D00, xml_stored=None):
    """A header whose blob table is empty, as wimlib include/wimlib/header.h lays it out."""
    stored = xml_size if xml_stored is None else xml_stored
    reshdr = struct.pack("<QQQ", stored | 2 << 56, xml_offset, xml_size)
    empty = bytes(24)
    return (b"MSWIM\0\0\0" + struct.pack("<IIII", 208, file_version, 0, 0) + bytes(range(16)) +
            struct.pack("<HHI", 1, 1, images) + empty + reshdr + empty + struct.pack("<I", 0) + empty + bytes(60))


def wim(xml, **kwargs):
    data = xml if isinstance(xml, bytes) else b"\xff\xfe" + xml.encode("utf-16-le", "surrogatepass")
    return header(208, len(data), **kwargs) + data


def run(path, arguments=()):
    """Exit status, JSON document and processor seconds of one inspect. An allocation over the bound ends it by a signal."""
    bound = "unlimited" if SANITIZED else str(MEMORY_KIB)
    with tempfile.TemporaryFile() as out:
        started = subprocess.Popen(["sh", "-c", 'ulimit -d "$0" && exec "$@"', bound, WIMPLAN, "inspect", "--json",
                                    *arguments, "--", path],
                                   stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(started.pid, 0)
        started.returncode = 0
        out.seek(0)
        text = out.read()
    code = os.waitstatus_to_exitcode(status)
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    return code, document, usage.ru_utime + usage.ru_stime


def check(name, path, codes=None, status=None, arguments=()):
    """Runs inspect and holds it against what is allowed; codes: one of them must be among the diagnostics."""
    global passed, failed, slowest
    code, document, seconds = run(path, arguments)
    problems = []
    if code not in ((0, 1) if status is None else (status,)):
        problems.append(f"exit status {code}")
    if document is None:
        problems.append("no JSON document")
    else:
        found = [d["code"] for f in document.get("files", []) for d in f["diagnostics"]]
        if codes and not set(codes) & set(found):
            problems.append(f"none of {', '.join(codes)} among {found}")
    if not SANITIZED and seconds > SECONDS:
        problems.append(f"{seconds:.2f} s")
    slowest = max(slowest, (seconds, name))
    if problems:
        failed += 1
        print(f"FAILED {name}: {'; '.join(problems)}")
    else:
        passed += 1


def elements(count, name="A"):
    return "<WIM><IMAGE INDEX=\"1\">" + f"<{name}/>" * count + "</IMAGE></WIM>"


def laughs():
    lines = ['<!DOCTYPE WIM [<!ENTITY l0 "ha">']
    for i in range(1, 20):
        lines.append(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">')
    return "".join(lines) + ']><WIM><IMAGE INDEX="1"><NAME>&l19;</NAME></IMAGE></WIM>'


def small_wim(folder):
    recipe = os.path.join(folder, "small.recipe")
    path = os.path.join(folder, "small.wim")
    with open(recipe, "w", encoding="utf-8") as file:
        file.write('compress LZX\nimage "small"\n')
    subprocess.run([MKWIM, recipe, path], check=True)
    with open(path, "rb") as file:
        return file.read()


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def special_files(folder):
    fifo = os.path.join(folder, "fifo.wim")
    os.mkfifo(fifo)
    check("FIFO", fifo, ["not-regular-file"], 1)
    check("folder", folder, ["not-regular-file"], 1)
    check("device", "/dev/zero", ["not-regular-file"], 1)
    check("missing", os.path.join(folder, "none.wim"), ["not-found"], 1)
    check("empty", write(folder, "empty.wim", b""), ["too-small"], 1)


def crafted_headers(folder):
    good = "<WIM><IMAGE INDEX=\"1\"/></WIM>"
    size = len(good) * 2 + 2
    for name, offset in [("2^63-1", 2**63 - 1), ("2^63", 2**63), ("2^64-1", 2**64 - 1), ("2^64-size", 2**64 - size)]:
        check(f"XML offset {name}", write(folder, "h.wim", header(offset, size) + bytes(size)), ["resource-out-of-range"], 1)
    for name, value in [("2^40", 2**40), ("2^56-1", 2**56 - 1)]:
        check(f"XML size {name}", write(folder, "h.wim", header(208, value) + bytes(64)),
              ["xml-too-large", "resource-out-of-range"], 1)
    check("0x7ffffffe images", write(folder, "h.wim", wim(good, images=0x7FFFFFFE)), ["too-many-images"], None, ["--deep"])
    check("version 1.12", write(folder, "h.wim", wim(good, file_version=0x10C00)), ["unsupported-version"])


def crafted_xml(folder):
    check("billion laughs", write(folder, "x.wim", wim(laughs())), ["xml-structure"], 1)
    check("external entity",
          write(folder, "x.wim", wim('<!DOCTYPE WIM [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                                     '<WIM><IMAGE INDEX="1"><NAME>&x;</NAME></IMAGE></WIM>')), ["xml-structure"], 1)
    check("1,000,000 elements", write(folder, "x.wim", wim(elements(1_000_000))), ["xml-structure"], 1)
    check("65,536 unknown elements", write(folder, "x.wim", wim(elements(65_536))), status=0)
    check("65,537 unknown elements", write(folder, "x.wim", wim(elements(65_537))), ["xml-structure"], 1)
    check("deep nesting", write(folder, "x.wim", wim("<WIM>" + "<A>" * 100_000 + "</A>" * 100_000 + "</WIM>")),
          ["xml-structure"], 1)
    check("lone surrogate", write(folder, "x.wim", wim("<WIM><IMAGE INDEX=\"1\"><NAME>\ud800</NAME></IMAGE></WIM>")),
          ["xml-encoding"], 1)
    check("odd length", write(folder, "x.wim", wim(b"\xff\xfe<\0W\0>\0I")), ["xml-encoding", "xml-invalid"], 1)
    check("16 MiB of spaces", write(folder, "x.wim", wim("<WIM><IMAGE INDEX=\"1\"><NAME>" + " " * 8_000_000 +
                                                        "</NAME></IMAGE></WIM>")))
    check("4,096 images", write(folder, "x.wim", wim("<WIM>" + "".join(
        f'<IMAGE INDEX="{i}"><NAME>i</NAME></IMAGE>' for i in range(1, 4097)) + "</WIM>", images=4096)), status=0)


def cut_and_flipped(folder):
    data = small_wim(folder)
    path = os.path.join(folder, "cut.wim")
    step = 7 if SANITIZED else 1
    for length in range(0, len(data), step):
        write(folder, "cut.wim", data[:length])
        check(f"cut to {length} bytes", path, status=1 if length < 208 else None, arguments=["--deep"])
    for bit in range(0, len(data) * 8, 61 if SANITIZED else 11):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        write(folder, "cut.wim", bytes(flipped))
        check(f"bit {bit} flipped", path, arguments=["--deep"])


def shrinking(folder):
    """The file is cut and restored all the time while it is read: whatever is read, the program must end well."""
    text = "<WIM><IMAGE INDEX=\"1\"><NAME>" + "n" * 100_000 + "</NAME></IMAGE></WIM>"
    data = wim(text)
    path = write(folder, "shrink.wim", data)
    done = threading.Event()

    def shrink():
        while not done.is_set():
            os.truncate(path, 4096)
            time.sleep(0.0005)
            with open(path, "r+b") as file:
                file.write(data)

    worker = threading.Thread(target=shrink)
    worker.start()
    for i in range(40):
        check(f"shrinking file, read {i}", path)
    done.set()
    worker.join()


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        special_files(folder)
        crafted_headers(folder)
        crafted_xml(folder)
        shrinking(folder)
        cut_and_flipped(folder)
    print(f"slowest: {slowest[0]:.2f} s ({slowest[1]})")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
