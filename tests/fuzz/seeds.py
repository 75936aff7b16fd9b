#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first inputs of fuzz_boot, fuzz_resources and fuzz_blob: seeds.py BUILD. Keys are of a moment, so that those of fuzz_boot are
others each time: the tables in fuzz_boot.c, which it prints, belong to them."""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1]).resolve()
CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"
RESOURCES = 0x600  # where pe_make.h puts them, behind 512 bytes of code
CERTIFICATES = 0x80 + 136 + 32  # where it says of the certificate table where that is
HEADER, ENTRY = 208, 50
GUID_OF_PKCS7 = bytes.fromhex("9dd2af4adf68ee498aa9347d375665a7")
BOOT = ("2011-only", "2023-in-place", "both", "third-party", "unproven", "unproven: unsigned", "2011-only: nested",
        "2023-in-place: countersigned", "2023-in-place: stamped")
TEXT = "".join(f"line {i} of a text that can be compressed, " for i in range(2500))
RECIPES = {
    "solid": (["compress LZMS", "solid 32768"], [TEXT, "other", TEXT[::-1]]),
    "solid-lzx": (["compress LZX", "solid 32768"], [TEXT[:40000], "b"]),
    "plain": (["compress LZX"], [TEXT[:40000], "b"]),
}


def run(program, *arguments):
    return subprocess.run([BUILD / program, *arguments], check=True, capture_output=True).stdout


def two_runs(wim):
    """The same with a second solid resource in the run, which begins where the first one ends: the last blob moves into it."""
    table, = struct.unpack_from("<Q", wim, 0x38)
    size = struct.unpack_from("<Q", wim, 0x30)[0] & (1 << 56) - 1
    entries = [wim[table + i:table + i + ENTRY] for i in range(0, size, ENTRY)]
    solid = next(i for i, entry in enumerate(entries) if struct.unpack_from("<Q", entry, 16)[0] == 1 << 32)
    stored = struct.unpack_from("<Q", entries[solid])[0] & (1 << 56) - 1
    offset, = struct.unpack_from("<Q", entries[solid], 8)
    resource = wim[offset:offset + stored]
    again = bytearray(entries[solid])
    struct.pack_into("<Q", again, 8, len(wim))
    last = max((i for i, entry in enumerate(entries) if i > solid and entry[7] & 16),
               key=lambda i: struct.unpack_from("<Q", entries[i], 8))
    moved = bytearray(entries[last])
    struct.pack_into("<Q", moved, 8, struct.unpack_from("<Q", moved, 8)[0] + struct.unpack_from("<Q", resource)[0])
    entries[last] = bytes(moved)
    entries.insert(solid + 1, bytes(again))
    wim = bytearray(wim + resource)
    new = b"".join(entries)
    struct.pack_into("<Q", wim, 0x30, len(new) | wim[0x37] << 56)
    struct.pack_into("<Q", wim, 0x38, len(wim))
    struct.pack_into("<Q", wim, 0x40, len(new))
    return bytes(wim + new)


def put(target, name, data):
    (CORPUS / target).mkdir(exist_ok=True)
    (CORPUS / target / name.replace(": ", "-")).write_bytes(data)


def of_uefi(program, type, guid):
    """The same with the first entry of its certificate table as one of UEFI."""
    table, size = struct.unpack_from("<II", program, CERTIFICATES)
    length, revision = struct.unpack_from("<IH", program, table)
    entry = struct.pack("<IHH", length + len(guid), revision, type) + guid + program[table + 8:table + length]
    rest = program[table + (length + 7) // 8 * 8:]
    program = program[:table] + entry + bytes(-len(entry) % 8) + rest
    return program[:CERTIFICATES + 4] + struct.pack("<I", len(program) - table) + program[CERTIFICATES + 8:]


def boot(folder):
    recipe = run("mkboot", folder / "authorities").decode()
    images, digests = {}, []
    for line in recipe.splitlines():
        words = line.split('"' if line.startswith("image") else None)
        if words[0].startswith("image"):
            name = words[1]
        elif words[0] == "file" and words[2] == "hex":
            images.setdefault(name, bytes.fromhex(words[3]))
    for name in BOOT:
        put("fuzz_boot", name, images[name])
    put("fuzz_boot", "both: by-guid", of_uefi(images["both"], 0xEF1, GUID_OF_PKCS7))
    put("fuzz_boot", "both: pkcs1", of_uefi(images["both"], 0xEF0, b""))
    program = images["unproven: unsigned"]
    put("fuzz_resources", "svn-and-version", program[RESOURCES:] + program[RESOURCES:])
    put("fuzz_resources", "data-elsewhere", (program[RESOURCES:].replace(struct.pack("<I", 0x2100), struct.pack("<I", 0x10000100))
                                             .replace(struct.pack("<I", 0x2110), struct.pack("<I", 0x10000110)) + program[RESOURCES:]))
    (folder / "recipe").write_text(recipe)
    run("mkwim", folder / "recipe", folder / "boot.wim")
    for image in json.loads(run("wimplan", "inspect", "--boot", "--json", folder / "boot.wim"))["files"][0]["images"]:
        if image["name"] in BOOT and image["name"].startswith(("20", "both")):
            digests += [file["authenticode_sha256"] for file in image["boot"]["files"][:1]]
    print("rows:", *(folder / "authorities").read_text().split(), "programs:", *(f'\t"{digest}",' for digest in digests), sep="\n")


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        boot(folder)
        for name, (lines, texts) in RECIPES.items():
            files = [f"file /{i} hex {text.encode().hex()}" for i, text in enumerate(texts)]
            (folder / "recipe").write_text("\n".join([*lines, 'image "a"', *files]) + "\n")
            run("mkwim", folder / "recipe", folder / "a.wim")
            put("fuzz_blob", name, (folder / "a.wim").read_bytes())
        put("fuzz_blob", "two-solid", two_runs((CORPUS / "fuzz_blob" / "solid").read_bytes()))


main()
