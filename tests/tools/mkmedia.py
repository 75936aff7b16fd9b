#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes installation media: mkmedia.py [OPTIONS] OUT.iso PATH=FILE…

The files stand in UDF (ECMA-167, OSTA UDF), in ISO 9660 (ECMA-119), or in both, which then share their data. With the options
the same tree is written in each way that readers have to understand, or damaged in one of the ways that they have to survive.
What is written is the same whenever it is: nothing of it depends on the clock.
"""

import argparse
import pathlib
import struct
import sys

sys.setrecursionlimit(5000)

SECTOR = 2048
PARTITION = 300  # the sector where UDF's partition begins
FOLDER, FILE, METADATA, MIRROR = 4, 5, 250, 251
STAMP = struct.pack("<HHBBBBBBBB", 0x1000, 2026, 1, 1, 0, 0, 0, 0, 0, 0)
BREAKS = ["aed-loop", "aed-damaged", "anchor", "beyond-file", "beyond-partition", "crc", "embedded-size", "extended-ads", "fid-length",
          "file-set", "folder-huge", "folder-loop", "indirect", "iso-differs", "iso-record", "iso-block-size", "main-descriptors",
          "maps", "metadata-loop", "next-loop", "not-recorded", "short", "sparable", "unending-list"]


def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021) & 0xffff if value & 0x8000 else value << 1
    return value


def tagged(kind, location, body, version=2):
    """A descriptor: its tag [ECMA-167 3/7.2], then what it says."""
    head = bytearray(struct.pack("<HHBBHHHI", kind, version, 0, 0, 0, crc(body), len(body), location))
    head[4] = sum(head) & 0xff
    return bytes(head) + body


def numbers(words):
    """NAME=NUMBER…"""
    return {name: int(number) for name, _, number in (word.partition("=") for word in words)}


def field(text, size):
    """A text in a field of fixed size."""
    data = b"\x08" + text.encode("latin-1") if text else b""
    return data.ljust(size - 1, b"\0") + bytes([len(data)])


def entity(name, suffix=b""):
    return (b"\0" + name.encode("ascii")).ljust(24, b"\0") + suffix.ljust(8, b"\0")


CHARSET = (b"\0" + b"OSTA Compressed Unicode").ljust(64, b"\0")


def cs0(name):
    try:
        return b"\x08" + name.encode("latin-1")
    except UnicodeEncodeError:
        return b"\x10" + name.encode("utf-16-be")


class Node:
    def __init__(self, name, data=None):
        self.name, self.data, self.children = name, data, {}
        self.pieces = []  # sector and bytes of each
        self.size = len(data or b"")  # with zeroes behind the data

    def add(self, path, data):
        name, _, rest = path.partition("/")
        if not rest:
            self.children[name] = Node(name, data)
            return
        self.children.setdefault(name, Node(name)).add(rest, data)

    def walk(self):
        yield self
        for child in self.children.values():
            yield from child.walk()


class Medium:
    def __init__(self, options):
        self.options = options
        self.sectors = {}
        self.next = PARTITION + 8
        self.root = Node("")
        self.grow, self.folder_sizes, self.counts = numbers(options.grow), numbers(options.folder), numbers(options.count)

    def put(self, sector, data):
        self.sectors[sector] = data

    def take(self, size):
        """Sectors that nobody has yet."""
        first = self.next
        self.next += max(1, -(-size // SECTOR))
        return first

    def broken(self, how):
        return how in self.options.breaks

    def place_data(self):
        for node in self.root.walk():
            if node.data is None:
                continue
            node.size += self.grow.get(node.name, 0)
            # The longest extent that UDF can describe, in whole sectors.
            step = self.options.extent or (1 << 30) - SECTOR
            scatter = node.name in self.options.scatter
            for at in range(0, node.size, step):
                length = min(step, node.size - at)
                if self.options.overlap and node.pieces:
                    node.pieces.append((node.pieces[0][0], length))
                    continue
                sector = self.take(length)
                self.put(sector, node.data[at:at + step])
                node.pieces.append((sector, length))
                self.next += scatter

    # UDF

    def descriptors(self, node, address):
        """The allocation descriptors of a file, and what kind they are."""
        meta = self.meta
        kind = 1 if meta or self.options.alloc == "long" else 0
        result = []
        for sector, length in node.pieces:
            block = sector - PARTITION
            if self.broken("beyond-partition") and node.data is not None:
                block += 1 << 24
            bits = length
            if self.broken("not-recorded"):
                bits |= 1 << 30
            result.append(struct.pack("<IIH6x", bits, block, 0) if kind else struct.pack("<II", bits, block))
        return kind, result

    def lists(self, kind, items, location):
        """The first descriptors, and the others in lists of their own."""
        most = self.options.list
        if not most or len(items) <= most:
            return b"".join(items)
        first = self.take(SECTOR)
        where = first - PARTITION
        link = struct.pack("<IIH6x", 3 << 30 | SECTOR, where, 0) if kind else struct.pack("<II", 3 << 30 | SECTOR, where)
        rest = self.lists(kind, items[most:], first)
        if self.broken("aed-loop"):
            rest = link
        elif self.broken("unending-list"):
            rest = items[most] + link
        block = tagged(258, where, struct.pack("<II", 0, len(rest)) + rest)
        if self.broken("aed-damaged"):
            block = block[:20] + b"\xff\xff\xff\xff" + block[24:]
        self.put(first, block)
        return b"".join(items[:most]) + link

    def entry(self, kind, size, ads, flags, location):
        """A file entry [4/14.9] or an extended one [4/14.17]."""
        strategy = 4096 if self.broken("indirect") and kind == FILE else 4
        icb = struct.pack("<IHHHBBIHH", 0, strategy, 0, 1, 0, kind, 0, 0, flags)
        head = icb + struct.pack("<IIIHBBI", 0, 0, 0x1ce7, 1, 0, 0, 0)
        blocks = -(-size // SECTOR)
        tail = entity("*wimplan tests") + struct.pack("<QII", 0, 0, len(ads)) + ads
        if self.options.udf >= 0x200:
            body = head + struct.pack("<QQQ", size, size, blocks) + STAMP * 4 + struct.pack("<II", 1, 0) + bytes(32) + tail
            data = tagged(266, location, body, 3)
        else:
            body = head + struct.pack("<QQ", size, blocks) + STAMP * 3 + struct.pack("<I", 1) + bytes(16) + tail
            data = tagged(261, location, body)
        if self.broken("crc") and kind == FILE:
            data = data[:60] + bytes([data[60] ^ 1]) + data[61:]
        return data

    def meta_take(self, count=1):
        """Blocks for descriptors: those of the metadata partition, where there is one."""
        if not self.meta:
            return self.take(count * SECTOR) - PARTITION
        first = self.meta_next
        self.meta_next += count
        return first

    def meta_put(self, block, data):
        self.put(self.meta_start + block * self.meta_step if self.meta else PARTITION + block, data)

    def fill_folder(self, data, size):
        """Names of files that are deleted, up to @size bytes; each is of one sector or more."""
        data = bytearray(data)
        while len(data) < size:
            room = min(65536, size - len(data))
            head = bytearray(struct.pack("<HHBBHHHI", 257, 2, 0, 0, 0, 0, 0, 0))
            head[4] = sum(head) & 0xff
            data += head + struct.pack("<HBBIIH6xH", 1, 4, 0, 0, 0, 0, room - 38 & ~3) + bytes(room - 38)
        return bytes(data[:size])

    def place_node(self, node):
        """Writes a file or folder and everything in it; node.block is where its entry is."""
        partition = 1 if self.meta else 0
        if node.data is None:
            for child in node.children.values():
                child.block = self.meta_take()
            names = [self.name("", node.parent_block, 0x0a)]
            names += [self.name(child.name, child.block, 0x02 if child.data is None else 0) for child in node.children.values()]
            data = self.fill_folder(b"".join(names), self.folder_sizes.get(node.name, 0)) or b"".join(names)
            block = self.meta_take(-(-len(data) // SECTOR))
            self.meta_put(block, data)
            size = len(data)
            if self.broken("folder-huge"):
                size = 1 << 40
            ads = struct.pack("<IIH6x", len(data), block, partition) if self.meta else struct.pack("<II", len(data), block)
            if self.broken("folder-loop") and node.name:
                node.children = {}
                self.meta_put(node.block, self.entry(FOLDER, self.root_size, self.root_ads, int(self.meta), node.block))
                return
            if not node.name:
                self.root_size, self.root_ads = size, ads
            self.meta_put(node.block, self.entry(FOLDER, size, ads, int(self.meta), node.block))
            for child in node.children.values():
                child.parent_block = node.block
                self.place_node(child)
            return
        size = node.size
        if self.options.alloc == "embedded" and size <= 1500:
            size += self.broken("embedded-size")
            self.meta_put(node.block, self.entry(FILE, size, node.data, 3, node.block))
            return
        kind, items = self.descriptors(node, node.block)
        ads = self.lists(kind, items, node.block)
        if self.broken("extended-ads"):
            kind = 2
        size += self.broken("short") * SECTOR
        self.meta_put(node.block, self.entry(FILE, size, ads, kind, node.block))

    def name(self, name, block, characteristics):
        """A file identifier descriptor [4/14.4]."""
        text = cs0(name) if name else b""
        partition = 1 if self.meta else 0
        body = struct.pack("<HBBIIH6xH", 1, characteristics, len(text), SECTOR, block, partition, 0) + text
        body += bytes(-(16 + len(body)) % 4)
        data = tagged(257, 0, body)
        if self.broken("fid-length") and name:
            data = data[:36] + b"\xff\xff" + data[38:]
        return data

    def write_udf(self):
        revision = self.options.udf
        self.meta = revision >= 0x250
        partition = 1 if self.meta else 0
        self.meta_next = 0
        if self.meta:
            # In pieces of one sector each of these is followed by one that is none.
            pieces = self.counts.get("metadata", 0)
            self.meta_step, size = (2, pieces) if pieces else (1, 64)
            self.meta_start = self.take(size * self.meta_step * SECTOR)
            step = 1 if pieces else size // 2 if self.options.scatter_metadata else size
            ads = self.lists(0, [struct.pack("<II", step * SECTOR, self.meta_start + at * self.meta_step - PARTITION)
                                 for at in range(0, size, step)], 0)
            for block, kind in ((0, METADATA), (1, MIRROR)):
                here = ads
                if self.broken("metadata-loop"):
                    here = struct.pack("<II", 3 << 30 | SECTOR, block)
                self.put(PARTITION + block, self.entry(kind, size * SECTOR, here, 0, block))
        set_block = self.meta_take()
        self.root.block = self.root.parent_block = self.meta_take()
        self.place_node(self.root)
        body = STAMP + struct.pack("<HHIIII", 3, 3, 1, 1, 0, 0) + CHARSET + field(self.options.label, 128) + CHARSET
        body += field("files", 32) + bytes(64) + struct.pack("<IIH6x", SECTOR, self.root.block, partition)
        body += entity("*OSTA UDF Compliant", struct.pack("<H", revision)) + bytes(48)
        file_set = tagged(256, set_block, body.ljust(496, b"\0"))
        if self.broken("file-set"):
            file_set = file_set[:400] + bytes(16) + file_set[416:]
        self.meta_put(set_block, file_set)
        self.udf_end = self.next + 16
        self.write_volume(revision, set_block, partition)

    def write_volume(self, revision, set_block, partition):
        suffix = struct.pack("<H", revision)
        maps = struct.pack("<BBHH", 1, 6, 1, 0)
        if self.meta:
            kind = "*UDF Sparable Partition" if self.broken("sparable") else "*UDF Metadata Partition"
            maps += struct.pack("<BBH", 2, 64, 0) + entity(kind, suffix) + struct.pack("<HHIIIIHB5x", 1, 0, 0, 1, 0xffffffff, 32, 1, 0)
        count = 2 if self.meta else 1
        if self.broken("maps"):
            count = 0x7fffffff
        if "maps" in self.counts:
            maps += struct.pack("<BBHH", 1, 6, 1, 7) * (self.counts["maps"] - count)
            count = self.counts["maps"]
        volume = struct.pack("<I", 2) + CHARSET + field(self.options.label, 128) + struct.pack("<I", SECTOR)
        volume += entity("*OSTA UDF Compliant", suffix) + struct.pack("<IIH6x", SECTOR, set_block, partition)
        volume += struct.pack("<II", len(maps), count) + entity("*wimplan tests") + bytes(128) + struct.pack("<II", 2 * SECTOR, 64) + maps
        primary = struct.pack("<II", 1, 0) + field(self.options.label, 32) + struct.pack("<HHHHII", 1, 1, 2, 2, 1, 1)
        primary += field("0000000000000000wimplan", 128) + CHARSET * 2 + bytes(16) + entity("*wimplan tests") + STAMP
        primary += entity("*wimplan tests") + bytes(64 + 4 + 2 + 22)
        length = self.udf_end - PARTITION
        room = struct.pack("<IHH", 3, 1, 0) + entity("+NSR03" if revision >= 0x200 else "+NSR02") + bytes(128)
        room += struct.pack("<III", 1, PARTITION, length) + entity("*wimplan tests") + bytes(128 + 156)
        others = [(5, struct.pack("<IHH", 3, 1, 100 + i) + room[8:]) for i in range(self.counts.get("partitions", 1) - 1)]
        others += [(7, struct.pack("<II", 5, 0))] * self.counts.get("volume", 0)
        user = struct.pack("<I", 4) + entity("*UDF LV Info", suffix) + CHARSET + field(self.options.label, 128) + field("", 36) * 3
        user += entity("*wimplan tests") + bytes(128)
        bodies = [*others, (1, primary), (4, user), (5, room), (6, volume), (7, struct.pack("<II", 5, 0)), (8, bytes(496))]
        starts, sectors = (32, 48), 16
        if len(bodies) > sectors or "recognition" in self.counts:
            sectors = len(bodies)
            starts = self.udf_end + 1, self.udf_end + 1 + sectors
            self.udf_end += 2 * sectors + 1
        for start in starts:
            for i, (kind, body) in enumerate(bodies):
                data = tagged(kind, start + i, body)
                if self.broken("main-descriptors") and start == starts[0] and kind == 6:
                    data = bytes(SECTOR)
                if self.broken("next-loop") and kind == 6:
                    data = tagged(3, start + i, struct.pack("<III", 9, sectors * SECTOR, start))
                self.put(start + i, data)
        integrity = STAMP + struct.pack("<III", 1, 0, 0) + struct.pack("<Q24x", 16) + struct.pack("<II", count if count < 9 else 1, 46)
        integrity += struct.pack("<I", 0) * 1 + struct.pack("<I", length) + entity("*wimplan tests")
        integrity += struct.pack("<IIHHH", 1, 1, revision, revision, revision)
        if "recognition" not in self.counts:
            self.put(64, tagged(9, 64, integrity))
            self.put(65, tagged(8, 65, bytes(496)))
        if not self.broken("anchor"):
            anchor = struct.pack("<IIII", sectors * SECTOR, starts[0], sectors * SECTOR, starts[1]) + bytes(480)
            for sector in (self.udf_end,) if "recognition" in self.counts else (256, self.udf_end):
                self.put(sector, tagged(2, sector, anchor))

    # ISO 9660

    def record(self, name, sector, size, folder, more=False):
        both = struct.pack("<I", sector) + struct.pack(">I", sector) + struct.pack("<I", size) + struct.pack(">I", size)
        flags = (2 if folder else 0) | (0x80 if more else 0)
        data = both + bytes([126, 1, 1, 0, 0, 0, 0, flags, 0, 0]) + b"\1\0\0\1" + bytes([len(name)]) + name
        data += bytes(len(data) % 2)
        return bytes([len(data) + 2, 0]) + data

    def iso_name(self, node, joliet):
        if joliet:
            return (node.name + ("" if node.data is None else ";1")).encode("utf-16-be")
        name = node.name.upper()
        return (name if node.data is None else (name if "." in name else name + ".") + ";1").encode("ascii")

    def iso_folder(self, node, parent, joliet):
        """Writes a folder; returns where it is and how long."""
        records = 68
        for child in node.children.values():
            records += 34 + len(self.iso_name(child, joliet)) * 1 + 40 * max(1, len(child.pieces))
        size = -(-(records + SECTOR // 2 * (records // SECTOR + 1)) // SECTOR) * SECTOR
        size = self.folder_sizes.get(node.name, size)
        sector = self.take(size)
        parent = parent or (sector, size)
        items = [self.record(b"\0", sector, size, True), self.record(b"\1", *parent, True)]
        for child in sorted(node.children.values(), key=lambda one: one.name.upper()):
            name = self.iso_name(child, joliet)
            if child.data is None:
                items.append(self.record(name, *self.iso_folder(child, (sector, size), joliet), True))
                continue
            pieces = child.pieces or [(0, 0)]
            for i, (first, length) in enumerate(pieces):
                first += 4 if self.broken("iso-differs") and child.name == "boot.wim" else 0
                first += 1 << 24 if self.broken("beyond-file") else 0
                items.append(self.record(name, first, length, False, i + 1 < len(pieces)))
        data = b""
        for item in items:
            room = SECTOR - len(data) % SECTOR
            data += bytes(room if len(item) > room else 0) + item
        if self.broken("iso-record"):
            data = data[:68] + b"\x40" + data[69:]
        self.put(sector, data)
        return sector, size

    def descriptor(self, kind, root, joliet):
        label = self.options.label
        text = label.encode("utf-16-be").ljust(32, b"\0")[:32] if joliet else label.upper().encode("ascii").ljust(32)
        if joliet:
            text = (label.encode("utf-16-be") + b"\0 " * 16)[:32]
        block = 512 if self.broken("iso-block-size") else SECTOR
        space = struct.pack("<I", self.total) + struct.pack(">I", self.total)
        data = bytes([kind]) + b"CD001\1\0" + bytes(32) + text + bytes(8) + space
        data += (b"%/E" if joliet else b"").ljust(32, b"\0") + b"\1\0\0\1" * 2 + struct.pack("<H", block) + struct.pack(">H", block)
        data += struct.pack("<I", 10) + struct.pack(">I", 10) + struct.pack("<II", self.table, 0) + struct.pack(">II", self.table + 1, 0)
        data += self.record(b"\0", *root, True) + b" " * (128 * 4 + 37 * 3) + (b"2026010100000000\0") * 2 + b"0" * 16 + b"\0" + b"0" * 16 + b"\0\1\0"
        return data.ljust(SECTOR, b"\0")

    def write_iso(self):
        self.table = self.take(2 * SECTOR)
        roots = [(1, self.iso_folder(self.root, None, False), False)]
        if self.options.joliet:
            roots.append((2, self.iso_folder(self.root, None, True), True))
        for i, at in enumerate((self.table, self.table + 1)):
            self.put(at, b"\1\0" + struct.pack(">IH" if i else "<IH", roots[0][1][0], 1) + b"\0\0")
        self.total = max(self.next, getattr(self, "udf_end", 0)) + 32
        first = 16 + self.counts.get("iso", 0)
        for sector in range(16, first):
            self.put(sector, b"\0CD001\1")
        for i, (kind, root, joliet) in enumerate(roots):
            self.put(first + i, self.descriptor(kind, root, joliet))
        self.put(first + len(roots), b"\xffCD001\1".ljust(SECTOR, b"\0"))
        return first + 1 + len(roots)

    def write(self, path):
        self.place_data()
        after = 16
        if self.options.iso:
            after = self.write_iso()
        if self.options.udf:
            self.write_udf()
            boots = [b"BOOT2"] * self.counts.get("recognition", 0)
            for i, name in enumerate((b"BEA01", *boots, b"NSR03" if self.options.udf >= 0x200 else b"NSR02", b"TEA01")):
                self.put(after + i, (b"\0" + name + b"\1").ljust(SECTOR, b"\0"))
        end = getattr(self, "udf_end", self.next + 32)
        if self.options.records:
            self.write_records(path)
            return
        with open(path, "wb") as out:
            for sector, data in sorted(self.sectors.items()):
                out.seek(sector * SECTOR)
                out.write(data)
            out.truncate(self.options.truncate or (end + 1) * SECTOR)


    def write_records(self, path):
        """Only what is not zero, as the fuzz target takes it."""
        with open(path, "wb") as out:
            for sector, data in sorted(self.sectors.items()):
                for at in range(0, len(data), SECTOR):
                    part = data[at:at + SECTOR].rstrip(b"\0")
                    if part:
                        out.write(struct.pack("<HH", sector + at // SECTOR, len(part)) + part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--udf", type=lambda text: int(text.replace(".", ""), 16), default=0, metavar="1.02|2.01|2.50")
    parser.add_argument("--iso", action="store_true", help="ISO 9660, beside UDF where there is that too")
    parser.add_argument("--joliet", action="store_true")
    parser.add_argument("--label", default="WIMPLAN")
    parser.add_argument("--alloc", choices=["short", "long", "embedded"], default="short")
    parser.add_argument("--extent", type=int, default=0, help="bytes of one extent of a file; those of it adjoin")
    parser.add_argument("--scatter", action="append", default=[], metavar="NAME", help="the extents of this file do not adjoin")
    parser.add_argument("--scatter-metadata", action="store_true", help="the metadata partition has several extents")
    parser.add_argument("--list", type=int, default=0, help="allocation descriptors in one list")
    parser.add_argument("--break", dest="breaks", action="append", default=[], choices=BREAKS)
    parser.add_argument("--overlap", action="store_true", help="all extents of a file are one")
    parser.add_argument("--grow", action="append", default=[], metavar="NAME=BYTES", help="zeroes behind the data, which take no room")
    parser.add_argument("--folder", action="append", default=[], metavar="NAME=BYTES", help="so long is this folder")
    parser.add_argument("--count", action="append", default=[], metavar="WHAT=NUMBER",
                        help="metadata=pieces, maps=partition maps, partitions=their descriptors; further descriptors in front: iso, recognition, volume")
    parser.add_argument("--records", action="store_true", help="sectors with their numbers, for tests/fuzz/fuzz_media.c")
    parser.add_argument("--truncate", type=int, default=0)
    parser.add_argument("out")
    parser.add_argument("files", nargs="*", metavar="PATH=FILE")
    options = parser.parse_intermixed_args()
    medium = Medium(options)
    for word in options.files:
        path, _, file = word.partition("=")
        medium.root.add(path, pathlib.Path(file).read_bytes())
    medium.write(options.out)


main()
