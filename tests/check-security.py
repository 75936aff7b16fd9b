#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-security(7) against the tree: check-security.py. The limits are those of limits.h, and each test that it names is there and
is run by `make check`."""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PAGE = TOP / "man" / "wimplan-security.7.scd"
LIMITS = {
    "images in one file": "IMAGES", "bytes of the XML of one file": "XML_BYTES", "elements and attributes in it": "XML_ELEMENTS",
    "levels of elements or JSON values": "NESTING", "levels of the JSON of an export": "EXPORT_NESTING", "blobs of a file or of a split set": "BLOBS",
    "files, folders and streams in one image": "TREE_NODES", "bytes of the metadata of one image": "TREE_BYTES",
    "bytes of a file inside of a WIM": "FILE_DATA", "bytes that reading it takes, with its chunk and the blob table": "FILE_HELD",
    "of them such as no WIM has": "XML_OTHER", "bytes that are kept of it": "XML_KEPT",
    "bytes of the metadata of all images of one file": "FILE_TREE_BYTES", "streams of one file in an image": "STREAMS",
    "bytes that are decompressed for the files of one WIM": "UNPACKED", "values in one": "ANSWER_VALUES",
    "bytes of one record of an export": "RECORD_BYTES", "packages in one snapshot": "PACKAGES",
    "rows of distribution points, task sequences and deployments": "SITE_ROWS", "bytes of a plan or a receipt": "DOCUMENT_BYTES",
    "bytes of a profile": "PROFILE_BYTES", "bytes of a journal": "JOURNAL_BYTES",
    "bytes of the header of an answer of a provider": "HEADER_BYTES", "bytes of the $metadata of a provider": "METADATA_BYTES",
    "bytes of another answer of a provider": "ANSWER_BYTES",
    "bytes of one page of a list": "PAGE_BYTES", "pages of one list": "PAGES",
    "files in the folder of an upgrade package": "FOLDER_FILES", "bytes of a configuration file": "CONFIG_BYTES",
}
checks = failed = 0


def check(good, sentence):
    global checks, failed
    checks += 1
    if not good:
        failed += 1
        print(f"FAILED  {sentence}")


def limits():
    """The values of limits.h, which are products and shifts of numbers."""
    found = {}
    for name, text in re.findall(r"^#define WP_LIMIT_(\w+) (.+)$", (TOP / "include/wimplan/limits.h").read_text(), re.M):
        text = re.sub(r"(?<=\d)u\b", "", re.sub(r"UINT64_C\((\d+)\)", r"\1", text))
        if re.fullmatch(r"[\d\s()<*]+", text):
            found[name] = eval(text)  # noqa: S307, nothing but the characters above
    return found


def words(what, value):
    if not what.startswith("bytes"):
        return f"{value:,}"
    unit, shift = next((unit, shift) for unit, shift in (("GiB", 30), ("MiB", 20), ("KiB", 10)) if value % (1 << shift) == 0)
    return f"{value >> shift} {unit}"


def main():
    page, values = PAGE.read_text(), limits()
    rows = dict(re.findall(r"^\|  (.+)\n:  ([\d,]+(?: [KMG]iB)?)$", page, re.M))
    check(rows.keys() == LIMITS.keys(), f"the limits of the page are {sorted(rows)}")
    for what, said in rows.items():
        check(what in LIMITS and said == words(what, values[LIMITS[what]]), f"{what}: the page says {said}")
    run = (TOP / "tests/check.sh").read_text()
    tests = set(re.findall(r"tests/[\w/-]+\.(?:py|sh)", page))
    check(len(tests) > 10, f"the page names {len(tests)} tests: is this check still good for anything?")
    for test in sorted(tests):
        name = pathlib.PurePath(test)
        check((TOP / test).is_file(), f"there is no {test}")
        check(test in run or (name.name.startswith("test_") and f"{name.parent}/test_*.py" in run), f"make check does not run {test}")
    for target in sorted(set(re.findall(r"\bfuzz_\w+", page))):
        check((TOP / f"tests/fuzz/{target}.c").is_file() and (TOP / f"tests/fuzz/corpus/{target}").is_dir(), f"there is no {target} with a corpus")
    print(f"{checks - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
