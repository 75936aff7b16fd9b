# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of a site from recipes, as an export of the AdminService has them: tests/cases/README.md describes the language."""

import json
import re
import shlex
from xml.sax.saxutils import escape, quoteattr

CLASSES = {"image": "SMS_ImagePackage", "install": "SMS_OperatingSystemInstallPackage", "boot": "SMS_BootImagePackage"}
DEFAULTS = {
    "Name": "Contoso client", "PkgSourceFlag": 2, "PkgSourcePath": r"\\srv\src$\w11.wim", "SourceSite": "P01", "SourceVersion": 3,
    "SourceDate": "2026-02-01T08:00:00Z",
}
# Short names of what an image of ImageProperty has by default, with the site's own.
IMAGE = {"name": ("Image name", "Contoso Pro"), "os": ("OS version", "10.0.22631.3007"), "arch": ("Architecture", "9"),
         "language": ("Language", "en-US")}


class RecipeError(Exception):
    """The recipe is wrong; the message says where."""


def value_of(text):
    """JSON, or a text as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def image_xml(words, index):
    """An image from words NAME=VALUE: those of IMAGE unless "bare" is among them, then the site's own names."""
    given, bare = {}, False
    for word in words:
        name, equals, value = word.partition("=")
        if word == "bare":
            bare = True
        elif not equals:
            raise RecipeError(f"an image is made of NAME=VALUE, not of \"{word}\"")
        elif name == "index":
            index = value
        else:
            given[name] = value
    properties = []
    for name, (known, default) in IMAGE.items():
        if name in given or not bare:
            properties.append((known, given.pop(name, default)))
    properties += given.items()
    inside = "".join(f"<Property name={quoteattr(name)}>{escape(value)}</Property>" for name, value in properties)
    return f'<IMAGE index="{index}">{inside}</IMAGE>'


class Package:
    """A record while it is read. @defaults: False for a row of another class."""

    def __init__(self, first, defaults):
        self.record = dict(first)
        self.images = []
        if defaults:
            self.record |= DEFAULTS
        self.has_property = defaults

    def line(self, word, rest):
        if word == "image":
            self.images.append(image_xml(shlex.split(rest), len(self.images) + 1))
        elif word == "without":
            for name in rest.split():
                if name == "ImageProperty":
                    self.has_property = False
                elif self.record.pop(name, self) is self:
                    raise RecipeError(f"there is no {name} to leave out")
        else:
            self.record[word] = value_of(rest)

    def finish(self):
        if self.has_property and "ImageProperty" not in self.record:
            images = self.images or [image_xml([], 1)]
            self.record["ImageProperty"] = f"<WIM>{''.join(images)}</WIM>"
        return self.record


def read(text):
    """The document that a recipe stands for."""
    document, packages, alone = {}, [], False
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        try:
            if not word or word.startswith("#"):
                continue
            if word == "package":
                package_id, _, kind = rest.partition(" ")
                if (kind or "image") not in CLASSES or not package_id:
                    raise RecipeError("a package is an ID and one of image, install, boot")
                first = {"__CLASS": CLASSES[kind or "image"], "PackageID": package_id}
                packages.append(Package(first, True))
            elif word == "row":
                packages.append(Package({"__CLASS": rest} if rest else {}, False))
            elif packages:
                packages[-1].line(word, rest)
            elif word == "alone":
                alone = True
            elif re.match("@", word):
                document[word] = value_of(rest)
            else:
                raise RecipeError(f"\"{word}\" stands before the first package")
        except (RecipeError, ValueError) as error:
            raise RecipeError(f"line {number}: {error}") from None
    document["value"] = [package.finish() for package in packages]
    if not packages:
        raise RecipeError("there is no package")
    return document["value"] if alone else document
