#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
Who looks into a WIM writes nothing and asks no network: check-no-trace.py BUILD. Boot programs, texts and a Winre.wim are read out of
images into memory alone. strace tells each call by which a process could leave something behind: none is made, whatever becomes of it.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import signals  # noqa: F401
from straces import strace_calls

TOP = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(TOP / "apply"))
from standin import Counted  # noqa: E402

BUILD = pathlib.Path(sys.argv[1]).resolve()
RECIPE = """image "Setup"
file /Windows/Boot/EFI/bootmgfw.efi from program
file /Windows/System32/Recovery/Winre.wim from re.wim
file /Windows/System32/winpeshl.ini "TEXT"
file /Windows/data.bin size 300000
"""
FORMS = {"plain.wim": "", "lzx.wim": "compress LZX\n", "solid.esd": "compress LZMS\nsolid\n"}
# What makes or changes a file or its name, memory that others can be given, a connection, or another process.
CALLS = ("creat mknod mknodat mkdir mkdirat rmdir rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat truncate ftruncate "
         "fallocate chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat setxattr lsetxattr "
         "fsetxattr removexattr lremovexattr fremovexattr mount umount2 memfd_create memfd_secret shmget mq_open io_uring_setup "
         "copy_file_range sendfile splice tee vmsplice msync socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg "
         "fork vfork ptrace process_vm_writev").split()
# What may do so by its arguments.
ASKED = "open openat openat2 mmap mmap2 mprotect write pwrite64 writev pwritev pwritev2 clone clone3 execve execveat".split()
check = Counted()


def leaves_something(call):
    """Whether a call may: those of CALLS always do."""
    name = call.partition("(")[0]
    if name in ("open", "openat", "openat2"):
        return not re.search(r"\bO_RDONLY\b", call) or bool(re.search(r"O_(CREAT|TMPFILE|TRUNC|APPEND)\b", call))
    if name in ("mmap", "mmap2"):
        return "MAP_SHARED" in call and "PROT_WRITE" in call
    if name.startswith(("write", "pwrite")):
        # Standard output and standard error.
        return not re.match(r"\w+\([12]<", call)
    if name in ("clone", "clone3"):
        return "CLONE_THREAD" not in call
    if name == "execve":
        return str(BUILD) not in call
    return name in CALLS or name == "execveat"


def left(folder, words, *arguments):
    """The calls of a command that may leave something, and how many it makes of those that are looked at. @words: what it has to say."""
    trace = folder / "trace"
    home = {"HOME": folder / "home", "TMPDIR": folder / "home", "XDG_CACHE_HOME": folder / "home"}
    # With a question mark strace need not know it: not each kernel and processor has all of them.
    named = ",".join(f"?{name}" for name in (*CALLS, *ASKED))
    done = subprocess.run(["strace", "-f", "-qq", "-y", "-s", "300", "-e", f"trace={named}", "-o", trace, BUILD / "wimplan", *arguments],
                          cwd=folder, capture_output=True,
                          env={**os.environ, **home, "ASAN_OPTIONS": "detect_leaks=0", "LSAN_OPTIONS": "detect_leaks=0"})
    calls = list(strace_calls(trace))
    trace.unlink()
    check(done.returncode in (0, 1), f"{' '.join(arguments)} ends with {done.returncode}: {done.stderr.decode()[-300:]}")
    check(words in done.stdout.decode(), f"{' '.join(arguments)} does not say {words}")
    return [call for call in calls if leaves_something(call)], len(calls)


def make(folder):
    def mkwim(recipe, name):
        subprocess.run([BUILD / "mkwim", "-", name], cwd=folder, input=recipe.encode(), check=True)

    subprocess.run([BUILD / "mkboot", folder / "authorities", folder], stdout=subprocess.DEVNULL, check=True)
    (folder / "2.efi").rename(folder / "program")
    mkwim('compress LZX\nimage "RE"\nfile /Windows/Boot/EFI/bootmgfw.efi from program\nfile /a size 100000\n', "re.wim")
    for name, head in FORMS.items():
        mkwim(head + RECIPE, name)
        mkwim(head + RECIPE.replace("TEXT", "another"), f"other-{name}")
    for name in "solid.esd", "lzx.wim":
        subprocess.run([TOP / "tools/mkmedia.py", "--udf", "1.02", folder / f"{name}.iso", f"sources/install.{name[-3:]}={folder / name}",
                        f"efi/boot/bootx64.efi={folder / 'program'}"], check=True)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch).resolve()
        (folder / "home").mkdir()
        make(folder)
        before = sorted(folder.rglob("*"))
        # By what each of them has to say.
        readings = {"2011": ("--boot",), "Winre.wim, in image 1: ": ("--winre", "--boot", "--servicing"),
                    r'"path": "\\Windows\\data.bin"': ("--path", "*", "--json")}
        comparisons = {"+another": ("--content", "Windows/System32/winpeshl.ini"), "winpeshl.ini": ("--servicing", "--files")}
        commands = [(words, "inspect", *options, name) for name in (*FORMS, "solid.esd.iso", "lzx.wim.iso") for words, options in readings.items()]
        commands += [(words, "diff", *options, name, f"other-{name}") for name in FORMS for words, options in comparisons.items()]
        for words, *command in commands:
            found, seen = left(folder, words, *command)
            check(not found, f"{' '.join(command)} may leave something: {found[:3]}")
            check(seen > 10, f"{' '.join(command)} makes {seen} calls: is this check still good for anything?")
        check(sorted(folder.rglob("*")) == before, f"there is something new: {sorted(set(folder.rglob('*')) - set(before))}")
        # What does leave something is found.
        found, _ = left(folder, "", "inspect", "--boot", "lzx.wim", "-o", "here")
        check(any(re.match(r"open.*O_(CREAT|TMPFILE)", call) for call in found), f"a file that is asked for is found: {found}")
    return check.end()


if __name__ == "__main__":
    sys.exit(main())
