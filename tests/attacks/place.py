# SPDX-License-Identifier: GPL-3.0-or-later
"""Where attacks are made: a folder with a site's files, calls with a bound of memory and time, and what holds after each."""

import json
import os
import pathlib
import shutil
import subprocess

from output import FORMS
from standin import Counted

SECONDS = 30
# Of data that a program may allocate, the stacks of its threads among them, and of what it may have in memory at a time.
DATA_KIB, RESIDENT_KIB = 1 << 20, 300 << 10
MARKS = "a\x1b[31mb\x07c\x9bd\u202ee\u200bf\nZZ"
HOSTILE = [MARKS, "", " ", "\x1b]0;x\x07", "\r", "\u200b", "\ufeff", "</script>", "'; rm -rf $HOME #", "`x`", "=1+1", "%n%n%s", "../../x",
           "\\\\?\\x", "A" * 5000, "\U0001f600", "P0100001", "0"]
NUMBERS = [0, 1, -1, 2**31, 2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 9.0, 1e300, -2**63]
FORMATS = tuple(FORMS)

expect = Counted(30)


class Child(subprocess.Popen):
    """A process of which is known how large it was."""

    resident_kib = 0

    def _try_wait(self, wait_flags):
        try:
            pid, status, usage = os.wait4(self.pid, wait_flags)
        except ChildProcessError:
            return self.pid, 0
        if pid == self.pid:
            self.resident_kib = usage.ru_maxrss
        return pid, status


class Place:
    """A folder with a sound plan, cache, receipt and journal, for attacks of one thread."""

    def __init__(self, site, folder, sanitized=False):
        self.site, self.folder = site, pathlib.Path(folder)
        # What a sanitizer needs has no bound that would say anything.
        self.data = "unlimited" if sanitized else str(DATA_KIB)
        self.bounded = not sanitized
        shutil.copytree(site.folder, folder)

    def write(self, name, content):
        path = self.folder / name
        if not isinstance(content, (str, bytes)):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        return name

    def copy(self, name, new):
        shutil.copy(self.folder / name, self.folder / new)
        return self.folder / new

    def make(self, tool, *arguments):
        """A tool of the tests; False when it refuses."""
        return subprocess.run([self.site.program(tool), *map(str, arguments)], cwd=self.folder, capture_output=True).returncode == 0

    def call(self, what, program, *arguments, statuses=(0, 1, 3, 4), form="text", secret=None):
        """Runs a program: it ends by itself, with one of these statuses, within its bounds, shows nothing that is not to be seen, gives
        the form that was asked for, and leaves nothing half behind. @secret is nowhere in what it says."""
        what = f"{what}: {program} {' '.join(map(str, arguments))}"
        words = ["sh", "-c", 'ulimit -d "$0"; ulimit -c 0; exec "$@"', self.data, self.site.program(program), *map(str, arguments)]
        with Child(words, cwd=self.folder, env=self.site.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                   stderr=subprocess.PIPE) as child:
            try:
                out, err = child.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                expect(False, f"{what}: took longer than {SECONDS} s")
                return None, "", ""
        status = child.returncode
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (out, err))
        expect(status in statuses, f"{what}: status {status}: {err[-300:]!r}")
        expect(status in (0, 3, 6) or err or out, f"{what}: status {status}, and nothing is said")
        expect("not enough memory" not in err, f"{what}: a want of memory that there is not: {err[-200:]!r}")
        expect(not self.bounded or child.resident_kib <= RESIDENT_KIB, f"{what}: {child.resident_kib} KiB")
        for name, text, check in (("error", err, FORMS["text"]), ("output", out, FORMS[form] if out else FORMS["text"])):
            wrong = check(text)
            expect(not wrong, f"{what}: standard {name}: {wrong}")
        expect(not secret or secret not in out + err, f"{what}: the secret is shown")
        left = [path.name for path in self.folder.glob(".wimplan-*")]
        expect(not left, f"{what}: left behind: {left}")
        return status, out, err
