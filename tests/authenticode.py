# SPDX-License-Identifier: GPL-3.0-or-later
"""What osslsigncode says of the digest of a program, whatever number of signatures the program has."""

import re
import struct
import subprocess


class Program:
    """Its bytes, and where its certificate table is; an entry of it is bytes with the entry's head."""

    def __init__(self, data):
        header = struct.unpack_from("<I", data, 0x3C)[0]
        more = {0x10B: 0, 0x20B: 16}[struct.unpack_from("<H", data, header + 24)[0]]
        self.directory = header + 152 + more
        begin, size = struct.unpack_from("<II", data, self.directory)
        assert begin + size in (0, len(data)), "a certificate table that is not at the end"
        self.entries, self.data = [], data[:begin or len(data)]
        while begin < len(data) and size:
            length = struct.unpack_from("<I", data, begin)[0]
            self.entries.append(data[begin:begin + (length + 7) // 8 * 8])
            begin += len(self.entries[-1])

    def alone_with(self, entry):
        """The same program with this entry and no other one. The digest is about neither the table nor where it is."""
        # Padding up to the table would count in the digest.
        assert len(self.data) % 8 == 0, "a program that the table could not follow at once"
        data = bytearray(self.data + entry)
        struct.pack_into("<II", data, self.directory, len(self.data), len(entry))
        return bytes(data)


def osslsigncode(data, folder):
    """(what was signed, what it calculates) of the one entry of a program, and of each signature that is nested in it."""
    path = f"{folder}/alone.efi"
    with open(path, "wb") as file:
        file.write(data)
    text = subprocess.run(["osslsigncode", "verify", path], capture_output=True, text=True, errors="replace").stdout
    signed, calculated = (re.findall(rf"^{which} message digest *: ([0-9A-F]{{64}})\b", text, re.M) for which in ("Current", "Calculated"))
    return [tuple(f"sha256:{digest.lower()}" for digest in pair) for pair in zip(signed, calculated, strict=True)]


def digests(data, folder, entry):
    """
    The digests of a program that osslsigncode calculates, as a set that should have one, and for each of its signatures whether that is
    what was signed. osslsigncode refuses a table with two entries, and says nothing of a program that has none: each entry is given to
    it in a copy of its own, and @entry, any signature of another program, in a copy of one that has none.
    """
    program = Program(data)
    pairs = [pair for one in program.entries for pair in osslsigncode(program.alone_with(one), folder)]
    found = pairs or osslsigncode(program.alone_with(entry), folder)
    return {calculated for _, calculated in found}, [signed == calculated for signed, calculated in pairs]
