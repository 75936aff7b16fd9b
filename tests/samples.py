#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wraps each XML file below a folder into a WIM and checks that inspect keeps all of it: samples.py BUILD FOLDER.

The contract of inspect --json is written down here a second time, from the XML's side: each leaf element and attribute
must be found where the model has a place for it, or in "other"."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

NUMBER, TEXT, FLAG = "number", "text", "flag"
IMAGE = {
    "DIRCOUNT": ("dir_count", NUMBER),
    "FILECOUNT": ("file_count", NUMBER),
    "TOTALBYTES": ("total_bytes", NUMBER),
    "HARDLINKBYTES": ("hard_link_bytes", NUMBER),
    "WIMBOOT": ("wimboot", FLAG),
    "NAME": ("name", TEXT),
    "DESCRIPTION": ("description", TEXT),
    "DISPLAYNAME": ("display_name", TEXT),
    "DISPLAYDESCRIPTION": ("display_description", TEXT),
    "FLAGS": ("flags", TEXT),
    "WINDOWS/ARCH": ("windows.architecture_code", NUMBER),
    "WINDOWS/PRODUCTNAME": ("windows.product_name", TEXT),
    "WINDOWS/EDITIONID": ("windows.edition_id", TEXT),
    "WINDOWS/INSTALLATIONTYPE": ("windows.installation_type", TEXT),
    "WINDOWS/PRODUCTTYPE": ("windows.product_type", TEXT),
    "WINDOWS/PRODUCTSUITE": ("windows.product_suite", TEXT),
    "WINDOWS/HAL": ("windows.hal", TEXT),
    "WINDOWS/SYSTEMROOT": ("windows.system_root", TEXT),
    "WINDOWS/LANGUAGES/DEFAULT": ("windows.default_language", TEXT),
    "WINDOWS/VERSION/MAJOR": ("windows.major", NUMBER),
    "WINDOWS/VERSION/MINOR": ("windows.minor", NUMBER),
    "WINDOWS/VERSION/BUILD": ("windows.build", NUMBER),
    "WINDOWS/VERSION/SPBUILD": ("windows.service_pack_build", NUMBER),
    "WINDOWS/VERSION/SPLEVEL": ("windows.service_pack_level", NUMBER),
    "WINDOWS/VERSION/BRANCH": ("windows.branch", TEXT),
    "WINDOWS/SERVICINGDATA/GDRDUREVISION": ("windows.servicing.gdr_du_revision", TEXT),
    "WINDOWS/SERVICINGDATA/PKEYCONFIGVERSION": ("windows.servicing.pkey_config_version", TEXT),
    "WINDOWS/SERVICINGDATA/IMAGESTATE": ("windows.servicing.image_state", TEXT),
}
TIMES = {"CREATIONTIME": "creation_time", "LASTMODIFICATIONTIME": "last_modification_time"}
# 1601-01-01 to 1970-01-01 in units of 100 ns.
EPOCH = 116444736000000000


def leaves(element, path=""):
    """(path, text, attributes) of every element without children, in document order."""
    for child in element:
        below = f"{path}/{child.tag}" if path else child.tag
        if len(child):
            yield from ((f"{below}/@{name}", value, {}) for name, value in child.attrib.items())
            yield from leaves(child, below)
        else:
            yield below, child.text or "", child.attrib


def get(document, path):
    for key in path.split("."):
        document = None if document is None else document.get(key)
    return document


def from_iso(text):
    """The FILETIME of a time with seven decimals."""
    import calendar
    import time
    seconds, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(seconds, "%Y-%m-%dT%H:%M:%S")) * 10000000 + int(fraction) + EPOCH


class Check:
    def __init__(self, name):
        self.name, self.problems, self.values = name, [], 0

    def same(self, path, expected, found):
        self.values += 1
        if expected != found:
            self.problems.append(f"{self.name}: {path}: the XML has {expected!r}, inspect {found!r}")

    def image(self, element, found):
        """Holds one IMAGE against its JSON."""
        seen, other, languages, fallbacks, times = set(), [], [], [], {}
        for path, text, attributes in leaves(element):
            parent, _, last = path.rpartition("/")
            if parent in TIMES and last in ("HIGHPART", "LOWPART"):
                times.setdefault(parent, {})[last] = int(text, 16)
            elif path == "WINDOWS/LANGUAGES/LANGUAGE":
                languages.append(text)
            elif path == "WINDOWS/LANGUAGES/FALLBACK":
                fallbacks.append({"language": attributes.get("LANGUAGE", ""), "fallback": text})
                continue
            elif path in IMAGE and path not in seen:
                seen.add(path)
                self.leaf(path, text, found)
            else:
                other.append({"path": path, "value": text})
            other += [{"path": f"{path}/@{name}", "value": value} for name, value in attributes.items()]
        for name, parts in times.items():
            self.same(name, parts["HIGHPART"] << 32 | parts["LOWPART"], from_iso(found[TIMES[name]]))
        if found["windows"] is not None:
            self.same("languages", languages, found["windows"]["languages"])
            self.same("fallbacks", fallbacks, found["windows"]["fallback_languages"])
        self.same("other", other, found["other"])

    def leaf(self, path, text, found):
        target, kind = IMAGE[path]
        if kind == NUMBER:
            self.same(path, int(text), int(get(found, target)))
        elif kind == FLAG:
            self.same(path, text.strip() == "1", get(found, target))
        else:
            self.same(path, text, get(found, target))

    def file(self, root, found):
        own = [leaf for leaf in leaves_outside_images(root) if leaf[0] != "TOTALBYTES"]
        self.same("images", [int(image.get("INDEX")) for image in root.findall("IMAGE")],
                  [image["index"] for image in found["images"]])
        if root.find("TOTALBYTES") is not None:
            self.same("TOTALBYTES", int(root.find("TOTALBYTES").text), int(found["total_bytes"]))
        self.same("other", [{"path": path, "value": text} for path, text, _ in own], found["other"])
        for element, image in zip(root.findall("IMAGE"), found["images"]):
            self.image(element, image)


def leaves_outside_images(root):
    shell = ElementTree.Element("WIM")
    shell.extend(child for child in root if child.tag != "IMAGE")
    return leaves(shell)


def sample_text(path):
    """The XML as it would stand in a WIM; a fragment gets what is missing around it."""
    text = path.read_text(encoding="utf-8-sig").strip()
    if not text.startswith("<WIM"):
        text = f'<WIM><IMAGE INDEX="1">{text}</IMAGE></WIM>'
    return text


def main():
    build, folder = os.path.realpath(sys.argv[1]), pathlib.Path(sys.argv[2])
    samples = sorted(folder.glob("**/*.xml"))
    if not samples:
        print(f"samples: there is no XML file below {folder}")
        return 1
    problems, values = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        recipes = ""
        for number, sample in enumerate(samples):
            pathlib.Path(scratch, f"{number}.xml").write_text(sample_text(sample), encoding="utf-8", newline="")
            recipes += f"wim {number}.wim\nxml-file {scratch}/{number}.xml\n"
        subprocess.run([f"{build}/mkwim", "-C", scratch, "-"], input=recipes.encode(), check=True)
        for number, sample in enumerate(samples):
            wim = f"{scratch}/{number}.wim"
            check = Check(sample.name)
            text = sample_text(sample)
            inspected = subprocess.run([f"{build}/wimplan", "inspect", "--json", wim], capture_output=True, check=False)
            check.same("exit status", 0, inspected.returncode)
            check.file(ElementTree.fromstring(text), json.loads(inspected.stdout)["files"][0])
            back = subprocess.run([f"{build}/wimplan", "inspect", "--xml", wim], capture_output=True, check=False)
            check.same("inspect --xml", text, back.stdout.decode("utf-8").strip())
            problems += check.problems
            values += check.values
    print("".join(f"{problem}\n" for problem in problems), end="")
    print(f"{len(samples)} samples, {values} values, {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
