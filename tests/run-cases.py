#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the text cases in tests/cases: run-cases.py BUILD [OPTION...] [FILTER...]. The grammar is in tests/cases/README.md."""

import argparse
import concurrent.futures
import datetime
import difflib
import json
import os
import pathlib
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import record_recipes
import signals  # noqa: F401
import terminal
from case_file import EXPECTATIONS, STEPS, Case, CaseError, Section, escape_body, lookup, needs, unescape_body

HERE = pathlib.Path(__file__).resolve().parent
NOW = datetime.datetime(2026, 3, 1, 9, 0, tzinfo=datetime.timezone.utc)
TIMEOUT = 120
SANITIZER_STATUS = 99
ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8-bom": ("utf-8", b"\xef\xbb\xbf"),
    "utf-16le": ("utf-16-le", b""),
    "utf-16le-bom": ("utf-16-le", b"\xff\xfe"),
    "utf-16be-bom": ("utf-16-be", b"\xfe\xff"),
    "latin-1": ("latin-1", b""),
}
MASKS = {
    "hashes": (r"\b(sha256|sha1):[0-9a-f]{40,64}\b", r"\1:*"),
    "plan": (r"\b[Pp]lan [0-9a-f]{8}\b", "Plan *"),
    "snapshot": (r"\b[Ss]napshot [0-9a-f]{8,12}\b", "Snapshot *"),
}
# Who runs a case that needs a user who is not root, when the caller is root.
OTHER_USER = "nobody"


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Runner:
    """One case in its own folder."""

    def __init__(self, case, options):
        self.case, self.options = case, options
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="wimplan-case."))
        self.dir = self.root / "dir"
        self.problems = []
        self.masks = []
        self.limits = {}
        self.names = {}
        self.updated = []
        self.build = self.options.build
        self.user = {}
        if needs_other_user(case):
            user = pwd.getpwnam(OTHER_USER)
            self.user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def environment(self):
        home = self.root / "home"
        env = {
            "PATH": f"{self.build}:{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "TMPDIR": str(self.root),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "SOURCE_DATE_EPOCH": str(int(NOW.timestamp())),
            "WIMPLAN_USER": "tester",
            "WIMPLAN_HOST": "testhost",
            "DIR": str(self.dir),
            "TESTDATA": str(HERE.parent / "testdata"),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            given = os.environ.get(name, "")
            env[name] = f"{given}:exitcode={SANITIZER_STATUS}".lstrip(":")
        return env

    def expand(self, text):
        return text.replace("$DIR", str(self.dir))

    def run(self):
        self.dir.mkdir()
        (self.root / "home").mkdir()
        if self.user:
            # The folder of the build may be in somebody's home.
            self.build = str(self.root / "bin")
            os.mkdir(self.build)
            for name in ("wimplan", "mkwim"):
                shutil.copy(f"{self.options.build}/{name}", self.build)
            shutil.copytree(f"{self.options.build}/libexec", f"{self.build}/libexec")
        try:
            self.walk()
        except subprocess.TimeoutExpired:
            raise CaseError(f"{self.case.path}: took longer than {TIMEOUT} s") from None
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", str(self.root)], check=False)
            shutil.rmtree(self.root)

    def walk(self):
        sections = self.case.sections
        at = 0
        while at < len(sections):
            section = sections[at]
            at += 1
            if section.kind in STEPS:
                expectations = []
                while at < len(sections) and sections[at].kind in EXPECTATIONS:
                    expectations.append(sections[at])
                    at += 1
                self.updated += [section] + self.step(section, expectations)
            elif section.kind in EXPECTATIONS:
                raise CaseError(f"{self.case.path}:{section.line}: nothing was run before \"{section.kind}\"")
            else:
                getattr(self, "make_" + section.kind)(section)
                self.updated.append(section)

    # --- what comes before a run

    def target(self, section):
        words = shlex.split(section.words)
        path = self.dir / words[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        return path, dict(word.partition("=")[::2] for word in words[1:])

    def make_needs(self, section):
        pass

    def make_wim(self, section):
        path, _ = self.target(section)
        recipe = self.root / "recipe"
        recipe.write_text(self.expand(section.body), encoding="utf-8")
        made = subprocess.run([f"{self.build}/mkwim", str(recipe), str(path)], cwd=self.dir, env=self.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=False)
        if made.returncode != 0:
            raise CaseError(f"{self.case.path}:{section.line}: {made.stderr.decode(errors='replace').strip()}")

    def make_record(self, section):
        try:
            document = record_recipes.read(self.expand(unescape_body(section.body)))
        except record_recipes.RecipeError as error:
            raise CaseError(f"{self.case.path}:{section.line}: {error}") from None
        self.write(section, json.dumps(document, ensure_ascii=False, indent=1) + "\n")

    def make_file(self, section):
        text = unescape_body(section.body)
        self.write(section, text if "raw" in section.words.split() else self.expand(text))

    def write(self, section, text):
        """The file that a section names, with its options."""
        path, options = self.target(section)
        if options.get("newline") == "crlf":
            text = text.replace("\n", "\r\n")
        if options.get("encoding") == "hex":
            data = bytes.fromhex(text)
        else:
            codec, bom = ENCODINGS[options.get("encoding", "utf-8")]
            data = bom + text.encode(codec)
        path.write_bytes(data)
        if "mode" in options:
            path.chmod(int(options["mode"], 8))
        when = parse_time(options["mtime"]) if "mtime" in options else parse_time("2026-01-01T00:00:00Z")
        os.utime(path, (when, when))

    def make_dir(self, section):
        path, _ = self.target(section)
        path.mkdir(exist_ok=True)

    def make_mask(self, section):
        if section.words in MASKS:
            self.masks.append(MASKS[section.words])
            return
        pattern, arrow, text = section.words.partition(" => ")
        if not arrow:
            raise CaseError(f"{self.case.path}:{section.line}: a mask is {', '.join(MASKS)} or REGEX => TEXT")
        self.masks.append((pattern, text))

    def make_limits(self, section):
        self.limits = {key: float(value) for key, value in (word.split("=") for word in section.words.split())}

    # --- a run and what is expected of it

    def command(self, section):
        env = self.environment()
        if section.kind == "sh":
            return ["/bin/sh", "-c", self.expand(section.words)], env
        words = [self.expand(word) for word in shlex.split(section.words)]
        while words and re.match(r"[A-Z_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        return shlex.split(self.options.wrapper) + [f"{self.build}/wimplan"] + words, env

    def step(self, section, expectations):
        command, env = self.command(section)
        stdin = "".join(unescape_body(part.body) for part in expectations if part.kind == "stdin").encode()
        if self.user:
            subprocess.run(["chown", "-R", "-h", f"{self.user['user']}:{self.user['group']}", self.root], check=True)
        if section.kind == "tty":
            status, out, err = terminal.run(command, env, self.dir, stdin, self.user, TIMEOUT)
        else:
            done = subprocess.run(command, cwd=self.dir, env=env, input=stdin, capture_output=True, timeout=TIMEOUT,
                                  check=False, **self.user)
            status, out, err = done.returncode, done.stdout, done.stderr
        self.check_limits(section, command, env)
        out, err = self.normal(out), self.normal(err)
        if status == SANITIZER_STATUS or status < 0 and not any(
                part.kind == "status" and part.words == str(status) for part in expectations):
            self.problem(section, f"ended with {status}\n{err}")
        return self.compare(section, expectations, status, out, err)

    def check_limits(self, section, command, env):
        """Runs it once more under limits: an own process, so that what it used is not mixed with what others did."""
        if not self.limits or self.options.wrapper or self.options.sanitized:
            return
        probe = ("import os,resource,sys\n"
                 "pid=os.posix_spawn(sys.argv[1],sys.argv[1:],os.environ,file_actions=[(os.POSIX_SPAWN_OPEN,1,'/dev/null',1,0),"
                 "(os.POSIX_SPAWN_OPEN,2,'/dev/null',1,0)])\n"
                 "usage=os.wait4(pid,0)[2]\nprint(usage.ru_maxrss/1024,usage.ru_utime+usage.ru_stime)\n")
        done = subprocess.run([sys.executable, "-S", "-E", "-c", probe] + command, cwd=self.dir, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, check=True, **self.user)
        megabytes, seconds = map(float, done.stdout.split())
        if megabytes > self.limits.get("mb", megabytes):
            self.problem(section, f"used {megabytes:.0f} MiB\n")
        if seconds > self.limits.get("seconds", seconds):
            self.problem(section, f"used {seconds:.2f} s\n")

    def normal(self, output):
        text = output.decode("utf-8", errors="backslashreplace").replace(str(self.dir), "$DIR")
        text = text.replace(str(self.root / "home"), "$HOME").replace("\x1b", "\\e").replace("\r", "\\r")
        for pattern, replacement in self.masks:
            text = re.sub(pattern, replacement, text, flags=re.M)
        return text

    def problem(self, section, text):
        self.problems.append(f"{self.case.path}:{section.line}: --- {section.kind} {section.words}\n{text}")

    def differs(self, section, what, expected, found):
        if expected == found:
            return
        diff = difflib.unified_diff(expected.splitlines(), found.splitlines(), f"expected {what}", f"found {what}", lineterm="")
        self.problem(section, "\n".join(diff) + "\n")

    def compare(self, section, expectations, status, out, err):
        """Checks a run. Returns its expectations as they would have to be."""
        kept = []
        given = {part.kind for part in expectations}
        reads_stdout = any(part.kind == "json" and not part.words for part in expectations)
        for part in expectations:
            if part.kind == "stdout" and part.words != "any":
                self.differs(section, "stdout", unescape_body(part.body), out)
                part = Section(part.kind, part.words, escape_body(out), part.line)
            elif part.kind == "stderr" and part.words != "any":
                self.differs(section, "stderr", unescape_body(part.body), err)
                part = Section(part.kind, part.words, escape_body(err), part.line)
            elif part.kind == "status":
                self.differs(section, "status", f"{part.words}\n", f"{status}\n")
                part = Section(part.kind, str(status), "", part.line)
            elif part.kind == "content":
                part = self.compare_content(part)
            elif part.kind == "json":
                part = self.compare_json(part, out)
            # What is empty or 0 anyhow is left out.
            if part.kind == "stdin" or part.words not in ("", "0") or part.body:
                kept.append(part)
        if "stdout" not in given and not reads_stdout:
            self.differs(section, "stdout", "", out)
            if out:
                kept.append(Section("stdout", "", escape_body(out), 0))
        if "stderr" not in given:
            self.differs(section, "stderr", "", err)
            if err:
                kept.append(Section("stderr", "", escape_body(err), 0))
        if "status" not in given:
            self.differs(section, "status", "0\n", f"{status}\n")
            if status != 0:
                kept.append(Section("status", str(status), "", 0))
        return kept

    def compare_content(self, part):
        path = self.dir / shlex.split(part.words)[0]
        found = self.normal(path.read_bytes()) if path.exists() else "(there is no such file)\n"
        self.differs(part, "content", unescape_body(part.body), found)
        return Section(part.kind, part.words, escape_body(found), part.line)

    def compare_json(self, part, out):
        try:
            text = self.normal((self.dir / part.words).read_bytes()) if part.words else out
            document = json.loads(text)
        except (OSError, ValueError) as error:
            self.problem(part, f"no JSON document: {error}\n")
            return part
        if self.options.save_json and isinstance(document, dict):
            self.save(document)
        lines = [self.compare_value(part, line, document) if line.strip() and not line.startswith("#") else line
                 for line in part.body.splitlines()]
        return Section(part.kind, part.words, "".join(line + "\n" for line in lines), part.line)

    def save(self, document):
        name = f"{document.get('format', 'unknown')}-{self.case.name}-{threading.get_ident()}-{time.monotonic_ns()}.json"
        (pathlib.Path(self.options.save_json) / name).write_text(json.dumps(document), encoding="utf-8")

    def compare_value(self, part, line, document):
        """One line of a json section: PATH = VALUE, PATH = $NAME, PATH ~ REGEX, PATH -> NAME, PATH absent."""
        match = re.match(r"(\S+) (=|~|->|absent)(?: (.*))?$", line.strip())
        if not match:
            raise CaseError(f"{self.case.path}:{part.line}: a line is PATH = VALUE, not \"{line}\"")
        path, operator, wanted = match.groups()
        try:
            found = lookup(document, path)
        except (KeyError, TypeError, AttributeError, ValueError):
            if operator != "absent":
                self.problem(part, f"{path} is not there\n")
            return f"{path} absent" if self.options.update and operator == "=" else line
        shown = json.dumps(found, ensure_ascii=False)
        if operator == "->":
            self.names[wanted] = found
        elif operator == "absent":
            self.problem(part, f"{path} is there: {shown}\n")
        elif operator == "~":
            if not re.search(wanted, found if isinstance(found, str) else shown):
                self.problem(part, f"{path}\n-~ {wanted}\n+{shown}\n")
        elif wanted.startswith("$"):
            if self.names.get(wanted[1:]) != found:
                self.problem(part, f"{path}\n-{json.dumps(self.names.get(wanted[1:]))}\n+{shown}\n")
        elif json.loads(self.expand(wanted).replace(str(self.dir), "$DIR")) != found:
            self.problem(part, f"{path}\n-{wanted}\n+{shown}\n")
            return f"{path} = {shown}"
        return line


def needs_other_user(case):
    return "not-root" in needs(case) and os.geteuid() == 0


def missing(case):
    """What the case needs and this machine lacks; None when nothing."""
    for need in needs(case):
        if need == "root":
            if os.geteuid() != 0:
                return "root"
        elif need != "not-root" and not shutil.which(need):
            return need
    return None


def run_case(path, options):
    try:
        case = Case(path)
        lacking = missing(case)
        if lacking:
            return "skip", path, f"needs {lacking}"
        runner = Runner(case, options)
        runner.run()
    except (CaseError, KeyError, IndexError, ValueError) as error:
        return "fail", path, f"{path}: {error!r}\n" if not isinstance(error, CaseError) else f"{error}\n"
    if runner.problems and options.update:
        case.sections = runner.updated
        path.write_text(case.text(), encoding="utf-8")
        return "update", path, ""
    return ("fail" if runner.problems else "pass"), path, "".join(runner.problems)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", help="the folder that holds wimplan and mkwim")
    parser.add_argument("filter", nargs="*", help="only cases whose name contains this")
    parser.add_argument("--update", action="store_true", help="write what was found into the cases that fail")
    parser.add_argument("--wrapper", default="", help="a command in front of wimplan, such as valgrind")
    parser.add_argument("--jobs", type=int, default=max(2, os.cpu_count() or 1))
    parser.add_argument("--cases", default=str(HERE / "cases"), help="the folder of the cases")
    parser.add_argument("--save-json", metavar="DIR", help="keep every JSON document that a case looks at")
    parser.add_argument("--verbose", action="store_true", help="name the cases that pass")
    options = parser.parse_intermixed_args()
    options.build = os.path.realpath(options.build)
    try:
        with open(f"{options.build}/wimplan", "rb") as program:
            options.sanitized = b"__asan_init" in program.read()
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}; build it first")
    if options.save_json:
        os.makedirs(options.save_json, exist_ok=True)
    return options


def main():
    options = parse_arguments()
    paths = sorted(path for path in pathlib.Path(options.cases).glob("**/*.case")
                   if not options.filter or any(word in str(path) for word in options.filter))
    counts = {"pass": 0, "fail": 0, "skip": 0, "update": 0}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for outcome, path, text in pool.map(lambda path: run_case(path, options), paths):
            counts[outcome] += 1
            if outcome == "fail":
                print(f"not ok {path.stem}\n{text}", end="")
            elif outcome == "skip":
                print(f"skip {path.stem}: {text}")
            elif outcome == "update":
                print(f"updated {path.stem}")
            elif options.verbose:
                print(f"ok {path.stem}")
    more = "".join(f", {counts[key]} {name}" for key, name in (("skip", "skipped"), ("update", "updated")) if counts[key])
    print(f"{counts['pass']} passed, {counts['fail']} failed{more}")
    return 1 if counts["fail"] or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
