# SPDX-License-Identifier: GPL-3.0-or-later
"""WIM files, programs that start a computer, and installation media: sound ones in which structures were changed."""

import json
import pathlib
import re
import subprocess
import sys

from place import HOSTILE, expect

TEXT = "".join(f"line {i} of a text, " for i in range(3000))
FILES = f'file /Windows/a.txt hex {TEXT.encode().hex()}\nfile /Windows/b.txt "other"\nfile /c size 3000\n'
HEAD = 'version 10.0.22631.3007\narch 9\nlanguages en-US\ndefault en-US\n'
RECIPES = {
    "plain": f'image "a"\n{HEAD}{FILES}', "lzx": f'compress LZX\nimage "a"\n{HEAD}{FILES}image "b"\n{HEAD}file /c size 10\n',
    "solid": f'compress LZMS\nsolid 32768\nimage "a"\n{HEAD}{FILES}', "xpress": f'compress XPRESS\nintegrity\nimage "a"\n{FILES}',
    "pipable": f'compress LZX\npipable\nimage "a"\n{FILES}', "media": f'compress LZX\nshape media\nimage "a"\n{HEAD}{FILES}',
}
BORDERS = (0, 1, 2, 8, 49, 50, 51, 102, 208, 4096, 0x7fff, 0x8000, 0xffff, 0x10000, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**56 - 1, 2**63 - 1,
           2**63, 2**64 - 1)
# Offset and size of the header's fields, and of those of an entry of the blob table (wimlib include/wimlib/header.h, src/blob_table.c).
HEADER = ((0x0c, 4), (0x10, 4), (0x14, 4), (0x28, 2), (0x2a, 2), (0x2c, 4), (0x30, 7), (0x37, 1), (0x38, 8), (0x40, 8), (0x48, 7), (0x4f, 1),
          (0x50, 8), (0x58, 8), (0x60, 7), (0x68, 8), (0x70, 8), (0x78, 4), (0x7c, 7), (0x84, 8), (0x8c, 8))
ENTRY = ((0, 7), (7, 1), (8, 8), (16, 8), (24, 2), (26, 4), (30, 8))
MEDIA = (("--udf", "1.02", "--iso"), ("--udf", "2.01", "--alloc", "long", "--extent", "2048", "--list", "3"),
         ("--udf", "2.50", "--scatter-metadata"), ("--iso", "--joliet"), ("--udf", "2.01", "--alloc", "embedded"))


def get(data, at, size):
    return int.from_bytes(data[at:at + size], "little")


def put(data, at, size, value):
    data[at:at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")


def number(chance, old, size):
    """What a reader may add up, multiply or take for what it is."""
    return chance.choice((chance.choice(BORDERS), old + chance.randrange(-16, 17), old * 2, size + chance.randrange(-8, 9),
                          chance.randrange(size + 1)))


def change_bytes(data, chance):
    for _ in range(chance.choice((1, 1, 4, 32))):
        data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7f, 0x80, 0xff, chance.randrange(256)))
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)):]


# --- WIM files --------------------------------------------------------------------------------------------------------

def table_of(data):
    """Where the blob table stands and how many entries it has, as far as it lies in the file."""
    at, size = get(data, 0x38, 8), get(data, 0x30, 7)
    return (at, size // 50) if at + size <= len(data) else (0, 0)


def share(data, chance):
    """Two entries with one place, or with places that overlap; or one over the header, the table or the XML."""
    at, count = table_of(data)
    if not count:
        return
    entry, other = (at + 50 * chance.randrange(count) for _ in range(2))
    place = chance.choice((get(data, other + 8, 8), get(data, other + 8, 8) + get(data, other, 7) // 2, 0, at, get(data, 0x50, 8)))
    put(data, entry + 8, 8, place)
    if chance.random() < 0.5:
        put(data, entry, 7, get(data, other, 7))
        put(data, entry + 16, 8, get(data, other + 16, 8))
    if chance.random() < 0.3:
        data[entry + 30:entry + 50] = data[other + 30:other + 50]


def change_field(data, chance):
    at, count = table_of(data)
    base, (offset, size) = (at + 50 * chance.randrange(count), chance.choice(ENTRY)) if count and chance.random() < 0.6 else \
        (0, chance.choice(HEADER))
    put(data, base + offset, size, number(chance, get(data, base + offset, size), len(data)))


def change_solid(data, chance):
    at, count = table_of(data)
    for entry in range(at, at + 50 * count, 50):
        place = get(data, entry + 8, 8)
        if data[entry + 7] & 16 and get(data, entry + 16, 8) == 1 << 32 and place + 24 <= len(data):
            offset, size = chance.choice(((0, 8), (8, 4), (12, 4), (16, 4), (20, 4)))
            put(data, place + offset, size, number(chance, get(data, place + offset, size), len(data)))
            return
    change_field(data, chance)


def change_xml(data, chance):
    """Texts of the XML, which stands at the end, are others; its length stays."""
    begin, size = get(data, 0x50, 8), get(data, 0x48, 7)
    text = bytes(data[begin:begin + size]).decode("utf-16-le", "replace")
    spots = [match for match in re.finditer(r">([^<>]+)<", text)]
    if not spots or begin + size > len(data):
        return
    spot = chance.choice(spots)
    length = len(spot.group(1))
    new = chance.choice((*HOSTILE, "-1", "9" * 30, "&lt;&#27;[31m&gt;", "&amp;#x202e;"))[:length].ljust(length)
    data[begin:begin + size] = (text[:spot.start(1)] + new + text[spot.end(1):]).encode("utf-16-le", "surrogatepass")[:size]


def attack_by_wim(place, chance):
    name = chance.choice(sorted(RECIPES))
    data = bytearray((place.folder / f"{name}.wim").read_bytes())
    changes = [chance.choice((share, change_field, change_field, change_solid, change_xml, change_bytes)) for _ in range(chance.choice((1, 1, 2, 3)))]
    for change in changes:
        if len(data) > 208:
            change(data, chance)
    what = f"{name}.wim, {' and '.join(change.__name__ for change in changes)}"
    place.write("hostile.wim", bytes(data))
    for words in chance.sample((("--deep",), ("--servicing",), ("--boot",), ("--path", "**"), ()), 2):
        form = chance.choice(("text", "json"))
        place.call(what, "wimplan", "inspect", *words, *(("--json",) if form == "json" else ()), "hostile.wim", statuses=(0, 1), form=form)
    form = chance.choice(("text", "json", "html", "markdown"))
    words = ("--json",) if form == "json" else ("--format", form) if form != "text" else ()
    pair = (f"{name}.wim", "hostile.wim") if chance.random() < 0.5 else ("hostile.wim", f"{name}.wim")
    place.call(what, "wimplan", "diff", "--servicing", "--files", *words, *pair, statuses=(0, 1, 3), form=form)


# --- Programs that start a computer -----------------------------------------------------------------------------------

def change_program(data, chance):
    header = get(data, 0x3c, 4)
    kind = chance.random()
    if kind < 0.35:
        offset = header + chance.choice((4, 6, 20, 24, 84, 88, 132, 152, 168, 172, 264 + 8 * chance.randrange(10)))
        put(data, offset, 4, number(chance, get(data, offset, 4), len(data)))
    elif kind < 0.75 and len(data) > 0x800:
        # In the certificate table.
        at = chance.randrange(0x800, len(data))
        data[at] = chance.choice((0x30, 0x80, 0x84, 0xff, 0, chance.randrange(256)))
    elif kind < 0.9:
        at = 0x600 + 4 * chance.randrange(64)
        put(data, at, 4, number(chance, get(data, at, 4), 512))
    else:
        change_bytes(data, chance)


def attack_by_program(place, chance):
    data = bytearray(bytes.fromhex(chance.choice(place.programs)))
    for _ in range(chance.choice((1, 1, 3))):
        if len(data) > 0x300:
            change_program(data, chance)
    place.write("boot.recipe", f'image "a"\nfile /Windows/Boot/EFI/bootmgfw.efi hex {data.hex() or "00"}\n')
    if not expect(place.make("mkwim", "boot.recipe", "boot.wim"), "mkwim makes no file of a program"):
        return
    for form in "text", "json":
        _, out, _ = place.call("a changed program", "wimplan", "inspect", "--boot", *(("--json",) if form == "json" else ()), "boot.wim",
                               statuses=(0,), form=form)
    if out:
        # None of these certificates is one that wimplan knows.
        boot = json.loads(out)["files"][0]["images"][0]["boot"]
        expect(boot["verdict"] in ("unproven", "third-party", "not-read"), f"a changed program: {boot['verdict']}")


# --- Installation media -----------------------------------------------------------------------------------------------

def attack_by_medium(place, chance):
    index = chance.randrange(len(MEDIA))
    data = bytearray((place.folder / f"medium{index}.iso").read_bytes())
    used = [at for at in range(0, len(data), 2048) if any(data[at:at + 2048])]
    for _ in range(chance.choice((1, 2, 5))):
        # What says where something is stands before the data.
        at = chance.choice(used[:len(used) * 2 // 3] or used) + chance.choice((chance.randrange(256), chance.randrange(2048)))
        size = chance.choice((1, 2, 4, 8))
        if at + size <= len(data):
            put(data, at, size, number(chance, get(data, at, size), chance.choice((512, 2048, len(data)))))
    if chance.random() < 0.1:
        del data[chance.randrange(len(data)):]
    place.write("hostile.iso", bytes(data))
    what = f"medium {' '.join(MEDIA[index])}"
    place.call(what, "wimplan", "inspect", "--json", chance.choice(("--deep", "--servicing", "--boot")), "hostile.iso", statuses=(0, 1, 3), form="json")
    place.call(what, "wimplan", "inspect", "hostile.iso:sources/install.wim", statuses=(0, 1, 3))
    place.call(what, "wimplan", "diff", "hostile.iso:sources/install.wim", "lzx.wim", statuses=(0, 1, 3))


def prepare(site):
    """What these attacks change: makes files in the site's folder, and returns programs that start a computer, in hexadecimal."""
    for name, recipe in RECIPES.items():
        (site.folder / f"{name}.recipe").write_text(recipe)
        site.must("mkwim", f"{name}.recipe", f"{name}.wim")
    mkmedia = pathlib.Path(__file__).resolve().parent.parent / "tools" / "mkmedia.py"
    for index, words in enumerate(MEDIA):
        subprocess.run([sys.executable, mkmedia, *words, f"medium{index}.iso", "sources/install.wim=lzx.wim", "sources/boot.wim=plain.wim"],
                       cwd=site.folder, check=True, capture_output=True)
    recipe = site.must("mkboot", "authorities").stdout
    return [line.split()[3] for line in recipe.splitlines() if line.startswith("file") and line.split()[2] == "hex"]
