# SPDX-License-Identifier: GPL-3.0-or-later
"""What strace writes down."""

import re


def strace_calls(path):
    """Each call of what `strace -f -o PATH` wrote, without its thread; in one piece also where calls of others came in between."""
    unfinished = {}
    for line in path.read_text(errors="replace").splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            unfinished[thread] = call.removesuffix("<unfinished ...>").rstrip()
            continue
        resumed = re.match(r"<\.\.\. \w+ resumed>", call)
        yield unfinished.pop(thread, "") + call[resumed.end():] if resumed else call
