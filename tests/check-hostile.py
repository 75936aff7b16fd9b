#!/usr/bin/env python3
"""Hostile files through the real program: check-hostile.py BUILD.

Each must end as documented, say a clear code, and stay below 64 MiB and one second of processor time; where the bounds of
what is read are the matter, a comparison of two files has larger ones. Memory and time are only bounded where the build has
no sanitizers: theirs are large and slow by nature.
"""
import hashlib
import json
import os
import random
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
# For the largest files that may be compared: both, and what becomes of them in a document.
DIFF_MEMORY_KIB = 1024 * 1024
passed = failed = 0
slowest = (0.0, "")
largest = (0, "")


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


def entry(name, children, sha1):
    """An entry of a folder's list (wimlib src/dentry.c); children is where its own list begins, 0 for a file."""
    text = name.encode("utf-16-le", "surrogatepass")
    length = 102 + len(text) + (2 if text else 0)
    fixed = struct.pack("<QIiQQQQQQ20sIQHHH", length, 0x10 if children else 0x80, -1, children, 0, 0, 0, 0, 0, sha1, 0, 0, 0, 0,
                        len(text))
    return (fixed + text).ljust(length + -length % 8, b"\0")


def tree(root):
    """A metadata resource of folders (dicts by name) and files (the SHA-1s of their data)."""
    lists = [[("", root)]]
    for items in lists:
        lists += [sorted(item.items()) for _, item in items if isinstance(item, dict)]
    # Behind the security descriptors, of which there are none, each list with 8 bytes at its end.
    starts = [8]
    for items in lists:
        starts.append(starts[-1] + sum(len(entry(name, 1, bytes(20))) for name, _ in items) + 8)
    parts, following = [bytes(8)], iter(starts[1:])
    for items in lists:
        for name, item in items:
            parts.append(entry(name, next(following), bytes(20)) if isinstance(item, dict) else entry(name, 0, item))
        parts.append(bytes(8))
    return b"".join(parts)


def tree_wim(root, blobs=(), images=1):
    """A WIM with images that have one tree, all of one resource; blobs: the data that it holds, by SHA-1."""
    return resources_wim([(tree(root), 2)] + [(data, 0) for data in blobs], images)


def blob(data, offset, flags):
    """An entry of the blob table (wimlib src/blob_table.c); flags: 2 for the metadata of an image."""
    return struct.pack("<QQQHI20s", len(data) | flags << 56, offset, len(data), 1, 1, hashlib.sha1(data).digest())


def resources_wim(resources, images=1):
    """A WIM of (data, flags) in a row; the images name the first one, again and again."""
    body, table = b"", b""
    for data, flags in resources:
        table += blob(data, 208 + len(body), flags)
        body += data
    table = table[:50] * images + table[50:]
    text = "<WIM>" + "".join(f'<IMAGE INDEX="{i}"><NAME>A{i}</NAME></IMAGE>' for i in range(1, images + 1)) + "</WIM>"
    xml = b"\xff\xfe" + text.encode("utf-16-le")
    begin = 208 + len(body)
    reshdr = struct.pack("<QQQ", len(table) | 2 << 56, begin, len(table))
    head = header(begin + len(table), len(xml), images=images)
    return head[:48] + reshdr + head[72:] + body + table + xml


def library_kib():
    """What a limit on data has to be for the program to start at all: the libraries' own, which differs from release to release."""
    for bound in range(512, 65536, 512):
        if subprocess.run(["sh", "-c", 'ulimit -d "$0" && exec "$1" --version', str(bound), WIMPLAN], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0:
            return bound
    return 0


LIBRARY_KIB = 0 if SANITIZED else library_kib()


def run(arguments, memory):
    """Exit status, JSON document and processor seconds of one call. An allocation over the bound ends it by a signal."""
    bound = "unlimited" if SANITIZED else str(memory + LIBRARY_KIB)
    with tempfile.TemporaryFile() as out:
        started = subprocess.Popen(["sh", "-c", 'ulimit -d "$0" && exec "$@"', bound, WIMPLAN, *arguments],
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


# A child's largest size counts from its parent's, and this process is a large one.
LAUNCHER = ("import os, sys; child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ); "
            "print(os.wait4(child, 0)[2].ru_maxrss, file=sys.stderr)")


def resident_kib(path, arguments):
    """How large the program becomes. The limit on its data does not see what a failed allocation made it leave out."""
    result = subprocess.run([sys.executable, "-I", "-S", "-c", LAUNCHER, WIMPLAN, "inspect", *arguments, "--", path],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=True)
    return int(result.stderr.split()[-1])


def check_size(name, path, arguments=()):
    """Plain inspect of one file, as text and as JSON, stays below the bound."""
    global passed, failed, largest
    if SANITIZED:
        return
    for form in ((), ("--json",)):
        size = resident_kib(path, (*form, *arguments))
        largest = max(largest, (size, name))
        if size > MEMORY_KIB:
            failed += 1
            print(f"FAILED {name} {' '.join(form)}: {size / 1024:.1f} MiB")
        else:
            passed += 1


def check(name, path, codes=None, status=None, arguments=()):
    """Runs inspect and holds it against what is allowed; codes: one of them must be among the diagnostics."""
    code, document, seconds = run(["inspect", "--json", *arguments, "--", path], MEMORY_KIB)
    problems = []
    if code not in ((0, 1) if status is None else (status,)):
        problems.append(f"exit status {code}")
    if document is None:
        problems.append("no JSON document")
    else:
        found = [d["code"] for f in document.get("files", []) for d in f["diagnostics"]]
        if codes and not set(codes) & set(found):
            problems.append(f"none of {', '.join(codes)} among {found}")
    judge(name, problems, seconds, SECONDS)


def check_diff(name, old, new, expected, count, seconds_most, arguments=()):
    """Compares two files; expected: what must come to count in the document."""
    code, document, seconds = run(["diff", "--json", *arguments, "--", old, new], DIFF_MEMORY_KIB)
    problems = [] if code in (0, 3) else [f"exit status {code}"]
    found = expected(document) if document and "images" in document else None
    if found != count:
        problems.append(f"{found} instead of {count}")
    judge(name, problems, seconds, seconds_most)


def judge(name, problems, seconds, seconds_most):
    global passed, failed, slowest
    if not SANITIZED and seconds > seconds_most:
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


def made(folder, name, recipe):
    """A WIM that mkwim makes of a recipe."""
    path = os.path.join(folder, name)
    subprocess.run([MKWIM, write(folder, name + ".recipe", recipe.encode()), path], check=True)
    return path


def small_wim(folder):
    with open(made(folder, "small.wim", 'compress LZX\nimage "small"\n'), "rb") as file:
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
    # What is stored compressed goes through the same reader.
    for name, fields in [("80,000 attributes", "<NAME " + " ".join(f'a{i}=""' for i in range(80_000)) + ">C</NAME>"),
                         ("1,000,000 elements", "<A/>" * 1_000_000), ("100,000 levels", "<A>" * 100_000 + "</A>" * 100_000)]:
        check(f"{name}, compressed", made(folder, "c.wim", "compress XPRESS\nxml-compressed\nxml <<END\n<WIM><IMAGE INDEX=\"1\">"
                                          f"{fields}</IMAGE></WIM>\nEND\n"), ["xml-structure"], 1)
    check("4,096 images", write(folder, "x.wim", wim("<WIM>" + "".join(
        f'<IMAGE INDEX="{i}"><NAME>i</NAME></IMAGE>' for i in range(1, 4097)) + "</WIM>", images=4096)), status=0)


def image(inside, behind=""):
    return f'<WIM><IMAGE INDEX="1">{inside}</IMAGE>{behind}</WIM>'


def images(count, inside):
    return "".join(f'<IMAGE INDEX="{i}">{inside}</IMAGE>' for i in range(1, count + 1))


FULL = ("<CREATIONTIME/><WINDOWS><LANGUAGES><DEFAULT/></LANGUAGES><VERSION><MAJOR>1</MAJOR><MINOR>2</MINOR><BUILD>3</BUILD>"
        "</VERSION><SERVICINGDATA><IMAGESTATE/></SERVICINGDATA><ARCH/></WINDOWS>")
MOST = (2 << 20) - 1000  # of what is kept; see limits.h
PAD = " " * 6_000_000
LONG = "N" * 40_000


def large_xml(folder):
    """XML up to 16 MiB that makes much of what is kept, of what is shown, or of what a parser has to remember."""
    refused, taken = ["xml-structure"], None
    for name, xml, codes, status, count in [
        ("8 million letters", image(f"<NAME>{'n' * 8_000_000}</NAME>"), refused, 1, 1),
        ("8 million letters, unknown", image(f"<A>{'n' * 8_000_000}</A>"), refused, 1, 1),
        ("8 million letters, attribute", image(f'<A b="{"n" * 8_000_000}"/>'), refused, 1, 1),
        ("8 million letters, CDATA", image(f"<NAME><![CDATA[{'n' * 8_000_000}]]></NAME>"), refused, 1, 1),
        ("8 million letters, instruction", f"<?a {'n' * 8_000_000}?>{image('')}", refused, 1, 1),
        ("8 million letters, comment", f"<!--{'n' * 8_000_000}-->{image('')}", taken, 0, 1),
        ("Chinese comments", f"<!--{'中' * 3_000_000}--><!--{'中' * 3_000_000}-->{image('')}", taken, 0, 1),
        ("most text", image(f"<NAME>{'n' * MOST}</NAME>", f"<!--{PAD}-->"), taken, 0, 1),
        ("most text, Chinese", image(f"<NAME>{'中' * (MOST // 3)}</NAME>", f"<!--{PAD}-->"), taken, 0, 1),
        ("most text, escaped", image("<NAME>" + "\u0085" * (MOST // 2) + "</NAME>", f"<!--{PAD}-->"), taken, 0, 1),
        ("most text, lines", image("<NAME>" + "\n" * MOST + "</NAME>"), taken, 0, 1),
        ("most text, backslashes", image("<NAME>" + "\\" * MOST + "</NAME>"), taken, 0, 1),
        ("most text, words", image("<NAME>" + "n " * (MOST // 2) + "</NAME>"), taken, 0, 1),
        ("most text, references", image("<NAME>" + "&amp;" * 1_600_000 + "</NAME>"), taken, 0, 1),
        ("unknown elements of an image", image("<A/>" * 65_536), taken, 0, 1),
        ("unknown elements and images", "<WIM>" + "<A/>" * 65_500 + images(300, FULL) + "</WIM>", taken, 0, 300),
        ("unknown attributes", image('<A b=""/>' * 32_000), taken, 0, 1),
        ("languages", image("<WINDOWS><LANGUAGES>" + "<LANGUAGE>a</LANGUAGE>" * 63_000 + "</LANGUAGES></WINDOWS>"), taken, 0, 1),
        ("fallbacks", image("<WINDOWS><LANGUAGES>" + '<FALLBACK LANGUAGE="b">a</FALLBACK>' * 61_000 +
                            "</LANGUAGES></WINDOWS>"), taken, 0, 1),
        ("full images", "<WIM>" + images(4096, FULL) + "</WIM>", taken, 0, 4096),
        ("elements below a long name", image(f"<{LONG}>{'<A/>' * 60_000}</{LONG}>"), refused, 1, 1),
        ("elements below 100 long names", image(f"<{LONG}>" * 100 + "<A/>" * 60_000 + f"</{LONG}>" * 100), refused, 1, 1),
        ("different names", image("".join(f"<A{i:x}/>" for i in range(60_000))), taken, 0, 1),
        ("different attributes", image("".join("<A " + " ".join(f'a{i * 60 + k:x}=""' for k in range(60)) + "/>"
                                               for i in range(900))), taken, 0, 1),
        ("instructions", "<WIM>" + "<?abcdefgh?>" * 262_000 + images(1, "") + "</WIM>", taken, 0, 1),
        ("nested again and again", "<WIM>" + ("<A>" * 120 + "</A>" * 120) * 2000 + images(1, "") + "</WIM>", taken, 0, 1),
        ("bad indexes", "<WIM>" + '<IMAGE INDEX="x"/>' * 4096 + "</WIM>", ["bad-value"], 1, 4096),
        ("namespaces", "<WIM>" + "".join(f'<A xmlns:n{i}="u" xmlns:m{i}="u">' for i in range(100)) +
         "<n0:B/>" * 100_000, refused, 1, 1),
    ]:
        path = write(folder, "x.wim", wim(xml, images=count))
        check(name, path, codes, status)
        check_size(name, path)


def shared_streams(count, streams, units):
    """Folders with one file each, whose entries all end where one row of streams begins: each would read all of them."""
    names = [f"{i:05}".encode("utf-16-le") for i in range(count)]
    parts = [bytes(8), entry("", 8 + 104 + 8, bytes(20)), bytes(8)]
    size = 104 + 16
    first = 8 + 104 + 8 + count * size + 8
    for i, name in enumerate(names):
        parts.append(entry(name.decode("utf-16-le"), first + i * size, bytes(20)).ljust(size, b"\0"))
    parts.append(bytes(8))
    for i, name in enumerate(names):
        plain = bytearray(entry(name.decode("utf-16-le"), 0, bytes(20)).ljust(size, b"\0"))
        struct.pack_into("<Q", plain, 0, (count - i) * size)
        struct.pack_into("<H", plain, 96, streams)
        parts.append(bytes(plain))
    for i in range(streams):
        text = f"{i:04}".encode("utf-16-le") + b"n\0" * units
        stream = struct.pack("<QQ20sH", 0, 0, bytes(20), len(text)) + text + b"\0\0"
        stream = stream.ljust(len(stream) + -len(stream) % 8, b"\0")
        parts.append(struct.pack("<Q", len(stream)) + stream[8:])
    parts.append(bytes(8))
    return b"".join(parts)


def check_tree(name, path, codes, seconds, mib, arguments=("--servicing",)):
    """What is installed in a file whose metadata is made to hurt. seconds and mib: what the bytes that are read may cost."""
    global passed, failed
    code, document, took = run(["inspect", "--json", *arguments, "--", path], 4 << 20)
    problems = [] if code == 0 else [f"exit status {code}"]
    found = {d["code"] for f in document["files"] for d in f["diagnostics"]} if document else set()
    if not codes <= found:
        problems.append(f"{found} without {codes}")
    size = 0 if SANITIZED else resident_kib(path, arguments) / 1024
    if size > mib:
        problems.append(f"{size:.0f} MiB")
    judge(name, problems, took, seconds)


def trees(folder):
    """Metadata and blob tables that are far larger in memory than in the file, or read far more often than they are there."""
    path = os.path.join(folder, "t.wim")
    for label, count, streams, units in [("40,000 entries with the same 1,024 streams", 40_000, 1024, 0),
                                         ("names that add up to 4 GiB", 200, 1024, 20_000)]:
        write(folder, "t.wim", resources_wim([(shared_streams(count, streams, units), 2)]))
        check_tree(label, path, {"tree-cycle"}, 1, 200)
    # One resource for all images: read once, and shown as often as there is room.
    windows = {"Windows": {"servicing": {"Packages": {f"P{i}~31bf3856ad364e35~amd64~~1.0.{i}.mum": bytes(20)
                                                      for i in range(2_000)}}}}
    write(folder, "t.wim", tree_wim(windows, images=4096))
    check_tree("4,096 images of one tree", path, {"tree-limit"}, 5, 1000)
    write(folder, "t.wim", tree_wim({f"{i:06}": bytes(20) for i in range(100_000)}, images=4096))
    check_tree("4,096 images of one large tree without Windows", path, {"no-windows-tree"}, 1, 100)
    blob_tables(folder)


def table_wim(folder, count, table=b""):
    """A file whose blob table has so many entries; without a table it is sparse, and 4 KB on the disk."""
    xml = b"\xff\xfe" + '<WIM><IMAGE INDEX="1"/></WIM>'.encode("utf-16-le")
    head = header(208, len(xml))
    reshdr = struct.pack("<QQQ", count * 50 | 2 << 56, 4096, count * 50)
    path = write(folder, "b.wim", (head[:48] + reshdr + head[72:] + xml).ljust(4096, b"\0") + table)
    os.truncate(path, 4096 + count * 50)
    return path


def blob_tables(folder):
    """Blob tables that are larger than the file on the disk, or whose SHA-1s meet in one place of a hash table."""
    refused, taken = {"resource-out-of-range"}, {"image-count-mismatch"}
    fair = random.Random(1)

    def filled(count, digest):
        return lambda: table_wim(folder, count, b"".join(struct.pack("<QQQHI20s", 1, 208, 1, 1, 1, digest(i))
                                                         for i in range(count)))

    def ends_alike(i):
        return struct.pack(">QQI", i, 0, 0)

    def begins_alike(i):
        return struct.pack(">QQI", 0, i, 0)

    for label, path, codes, seconds, mib in [
        ("200 million blobs", lambda: table_wim(folder, 200_000_000), refused, 0.1, 64),
        ("one blob beyond the limit", lambda: table_wim(folder, 2_000_001), refused, 0.1, 64),
        ("2 million blobs of zeroes", lambda: table_wim(folder, 2_000_000), taken, 2, 300),
        ("as many blobs as are read", filled(2_000_000, lambda i: fair.randbytes(20)), taken, 8, 1000),
        ("200,000 SHA-1s that begin alike", filled(200_000, begins_alike), taken, 2, 128),
        ("200,000 SHA-1s that end alike", filled(200_000, ends_alike), taken, 2, 128),
        ("10,000 SHA-1s that begin alike", filled(10_000, begins_alike), taken, 2, 64),
    ]:
        check_tree(label, path(), codes, seconds, mib, ["--deep"])


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


def compared(folder):
    """What would take a time that grows with the square of what a file says."""
    def both(old, new, images=1):
        return (write(folder, "old.wim", wim(old, images=images)), write(folder, "new.wim", wim(new, images=images)))

    def image(fields):
        return f'<WIM><IMAGE INDEX="1">{fields}</IMAGE></WIM>'

    def named(tail):
        name = "n\u00e9" * 600
        return "<WIM>" + "".join(f'<IMAGE INDEX="{i}"><NAME>{name}{i}{tail}</NAME></IMAGE>' for i in range(1, 801)) + "</WIM>"

    def fields(document):
        return len(document["images"][0]["fields"])

    check_diff("60,000 unknown elements of one name",
               *both(image("<A>1</A>" * 60_000), image("<A>2</A>" * 60_000)), fields, 60_000, 2)
    check_diff("60,000 unknown elements of 60,000 names",
               *both(image("".join(f"<A{i}>1</A{i}>" for i in range(60_000))),
                     image("".join(f"<B{i}>1</B{i}>" for i in range(60_000)))), fields, 120_000, 3)
    check_diff("800 images with long names that do not match", *both(named("a"), named("b"), 800),
               lambda document: len(document["images"]), 800, 1)
    data = b"a"
    sha1 = hashlib.sha1(data).digest()

    def trees(old, new):
        return (write(folder, "old.wim", tree_wim(old, [data])), write(folder, "new.wim", tree_wim(new, [data])))

    def languages(step):
        return {f"aa-{step * i:06}": {"a.mui": sha1} for i in range(20_000)}

    # Names that the two folders share in part, so that each is looked for among the others.
    check_diff("40,000 languages", *trees({"Windows": {}}, {"Windows": {**languages(1), "System32": languages(2)}}),
               lambda document: len(document["images"][0]["contents"]["languages"]["added"]), 30_000, 2, ["--servicing"])
    # Many files with one content: each might be any other one's old name.
    check_diff("60,000 files with one content moved", *trees({"a": {f"{i}b": sha1 for i in range(60_000)}},
                                                             {"b": {f"{i}c": sha1 for i in range(60_000)}}),
               lambda document: document["images"][0]["files"]["renamed"], 60_000, 2, ["--files"])
    many = {f"{i:06}": sha1 for i in range(50_000)}
    check_diff("2,000 images over one tree", write(folder, "old.wim", tree_wim(many, [data], 2_000)),
               write(folder, "new.wim", tree_wim({**many, "new": sha1}, [data], 2_000)),
               lambda document: sum(image["files"]["added"] for image in document["images"]), 2_000, 2,
               ["--servicing", "--files"])
    efi = {"EFI": {"n" * 256: {f"{i}.efi": sha1 for i in range(9)}, "n" * 255: {f"{i}.efi": sha1 for i in range(5)}}}
    check_diff("a folder of EFI programs with a name that NTFS does not take",
               *trees({"Windows": {}}, {"Windows": {"Boot": efi}}),
               lambda document: len(document["images"][0]["contents"]["boot_files"]["added"]), 5, 1, ["--servicing"])
    nested = {"n": sha1}
    for _ in range(7_000):
        nested = {"d": nested}
    check_diff("a glob over folders in each other", *trees({}, nested),
               lambda document: document["images"][0]["files"]["folders"]["added"], 0, 3, ["--files", "--path", "d\\*\\x"])
    # Paths that are long because one folder's name is: of what has no room the folder above has the totals.
    long = "n" * 30_000

    def folders(document):
        shown = document["images"][0]["files"]["by_folder"]
        return len(shown), sum(folder["added"] for folder in shown)

    check_diff("500 folders with long paths", *trees({}, {long: {f"{i:03}": {"f": sha1} for i in range(500)}}),
               folders, (502, 500), 2, ["--files"])
    # What is the same in many images is shown in each, as long as there is room for it.
    shown = {long: {f"{i:03}": {"f": sha1} for i in range(500)}}
    check_diff("100 images with long paths", write(folder, "old.wim", tree_wim({}, [data], 100)),
               write(folder, "new.wim", tree_wim(shown, [data], 100)),
               lambda document: (sum(image["complete"] for image in document["images"]), document["complete"]),
               (14, False), 8, ["--files"])
    check_diff("20,000 folders with long paths", *trees({}, {long: {f"{i:05}": {"f": sha1} for i in range(20_000)}}),
               folders, (560, 20_000), 3, ["--files"])
    files = {long: {f"{i:05}": sha1 for i in range(20_000)}}
    check_diff("a glob over 20,000 files with long paths", *trees(files, {**files, "n": sha1}),
               lambda document: document["images"][0]["files"]["unchanged"], 10_000, 2, ["--files", "--path", "n*n\\0*"])


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        special_files(folder)
        crafted_headers(folder)
        crafted_xml(folder)
        compared(folder)
        large_xml(folder)
        trees(folder)
        shrinking(folder)
        cut_and_flipped(folder)
    print(f"slowest: {slowest[0]:.2f} s ({slowest[1]})")
    print(f"largest: {largest[0] / 1024:.1f} MiB ({largest[1]})")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
