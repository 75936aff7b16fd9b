#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports each console export of task sequences below a folder, and holds what wimplan keeps of them against what an XML library
finds there: sample_sequences.py BUILD FOLDER. What counts as a use of a package is written down here a second time."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zipfile

PREFIX = "SMS_TaskSequence_"
PACKAGE_ID = re.compile(r"[A-Za-z0-9]{8}")
NONE = "00000000"
# Step class: (use, property of the package, word of the command line, property of the index, default index), the first that has one.
STEPS = {
    "ApplyOperatingSystemAction": [("image", "ImagePackageID", "/image:", "ImageIndex", None),
                                   ("install", "InstallPackageID", "/install:", "InstallEditionIndex", None)],
    "ApplyDataImageAction": [("data-image", "ImagePackageID", "/data:", "ImageIndex", None)],
    "UpgradeOperatingSystemAction": [("upgrade", "InstallPackageID", "/install:", "InstallEditionIndex", "1")],
}
HANDLED = {"ImagePackageID", "InstallPackageID", "TsPackageID"}


def properties(instance):
    """The values of an INSTANCE's properties, None for those without a VALUE."""
    return {node.get("NAME"): node.findtext("VALUE") for node in instance if node.tag.startswith("PROPERTY")}


def step_uses(step):
    """(use, package, index) of each package that a step names."""
    kind = (step.get("type") or "").removeprefix(PREFIX)
    values = [(node.get("property"), (node.text or "").strip()) for node in step.iter("variable") if node.get("property")]
    first = dict(reversed(values))
    action = step.findtext("action") or ""
    for use, name, word, index, default in STEPS.get(kind, []):
        package = first.get(name) or (re.findall(re.escape(word) + r'([^, "]*)', action) or [""])[0]
        if package:
            number = first.get(index) or default
            yield use, package, int(number) if number and number.isdigit() else None
            break
    if kind not in STEPS and first.get("TsPackageID"):
        yield "sequence", first["TsPackageID"], None
    downloads = re.split(r"[,;\s]+", first.get("DownloadPackages", "")) if kind not in STEPS else []
    for package in filter(None, downloads):
        yield "download", package, None
    for name, value in values:
        if (name.lower().endswith("packageid") or name == "ConfigFilePackage") and name not in HANDLED and not any(downloads):
            if PACKAGE_ID.fullmatch(value):
                yield "download" if kind == "DownloadPackageContentAction" else "other", value, None


def sequence_uses(sequence):
    """What wimplan should keep as "uses"."""
    found = []

    def walk(node, enabled):
        enabled = enabled and node.get("disable") != "true"
        if node.tag in ("step", "subtasksequence"):
            found.extend({"use": use, "package_id": package, "step": node.get("name", ""), "index": index, "enabled": enabled}
                         for use, package, index in step_uses(node) if package != NONE)
            return
        for child in node:
            walk(child, enabled)

    walk(sequence, True)
    known = {use["package_id"] for use in found}
    found += [{"use": "other", "package_id": node.get("package"), "step": "", "index": None, "enabled": True}
              for node in sequence.iter("reference") if node.get("package") not in known | {NONE, ""}]
    return found


def expected_of(path):
    """The site's code, sequences by id and references of one export."""
    site, sequences, references = None, {}, set()
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("SMS_TaskSequencePackage/"):
                continue
            if name.endswith("/object.xml"):
                values = properties(ElementTree.fromstring(archive.read(name).decode("utf-8-sig")))
                site = values["__NAMESPACE"][-3:]
                sequences[values["PackageID"]] = {
                    "Name": values["Name"], "BootImageID": values["BootImageID"],
                    "uses": sequence_uses(ElementTree.fromstring(values["Sequence"]))}
            elif name.endswith("/ReferencesInfo.xml"):
                for text in ElementTree.fromstring(archive.read(name).decode("utf-8-sig")):
                    values = properties(ElementTree.fromstring(text.text))
                    references.add((values["PackageID"], values["ReferencePackageID"], int(values["ReferencePackageType"])))
    return site, sequences, references


def imported(wimplan, sample, site, folder):
    """What wimplan keeps of the export. Its packages are on the site alone, so that one is made up."""
    record = pathlib.Path(folder, "record.json")
    record.write_text(json.dumps([{"__CLASS": "SMS_ImagePackage", "PackageID": f"{site}FFFFF", "SourceSite": site,
                                   "ImageProperty": ""}]), encoding="utf-8")
    cache = f"--cache={folder}/{sample.name}.db"
    subprocess.run([wimplan, "import", cache, record, sample], check=True, capture_output=True)
    shown = subprocess.run([wimplan, "snapshot", "show", cache, "--json"], check=True, capture_output=True)
    return json.loads(shown.stdout)["site"]


def check(sample, wimplan, folder):
    """(problems, values looked at)"""
    site, sequences, references = expected_of(sample)
    found = imported(wimplan, sample, site, folder)
    kept = {row["PackageID"]: row for row in found["sequences"]}
    problems, values = [], 0
    if set(kept) != set(sequences):
        problems.append(f"{sample.name}: the export has the sequences {sorted(sequences)}, wimplan {sorted(kept)}")
    for package, expected in sequences.items():
        row = kept.get(package, {})
        for name, value in expected.items():
            values += len(value) if isinstance(value, list) else 1
            if (row.get(name) or None) != (value or None):
                problems.append(f"{sample.name}: {package}: {name}: the export has {value!r}, wimplan {row.get(name)!r}")
    kept = {(row["PackageID"], row["ReferencePackageID"], row["ReferencePackageType"]) for row in found["references"]}
    values += len(references)
    if kept != references:
        problems.append(f"{sample.name}: the references differ in {sorted(kept ^ references)}")
    return problems, values


def main():
    wimplan, folder = os.path.join(os.path.realpath(sys.argv[1]), "wimplan"), pathlib.Path(sys.argv[2])
    samples = sorted(folder.glob("**/*.zip"))
    if not samples:
        print(f"samples: there is no .zip below {folder}")
        return 1
    problems, values = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        for sample in samples:
            more, looked_at = check(sample, wimplan, scratch)
            problems += more
            values += looked_at
    print("".join(f"{problem}\n" for problem in problems), end="")
    print(f"{len(samples)} exports of task sequences, {values} values, {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
