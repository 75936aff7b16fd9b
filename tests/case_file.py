# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of text cases: their sections, and how outputs stand in them. The grammar is in tests/cases/README.md."""

import re

KINDS = {"needs", "wim", "file", "record", "dir", "run", "sh", "tty", "stdin", "stdout", "stderr", "status", "json", "content", "mask",
         "limits"}
EXPECTATIONS = {"stdout", "stderr", "status", "json", "content", "stdin"}
STEPS = {"run", "sh", "tty"}
NO_NEWLINE = "\\ no newline at the end\n"


class CaseError(Exception):
    """The case file itself is wrong."""


class Section:
    def __init__(self, kind, words, body, line):
        self.kind, self.words, self.body, self.line = kind, words, body, line

    def header(self):
        return f"--- {self.kind} {self.words}".rstrip() + "\n"


class Case:
    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.intro = ""
        self.sections = []
        self._parse(path.read_text(encoding="utf-8"))

    def _parse(self, text):
        lines = text.splitlines(keepends=True)
        body, current = [], None

        def close():
            content = "".join(body)
            if current is None:
                self.intro = content
                return
            # One empty line in front of the next section is for the eye.
            if content == "\n" or content.endswith("\n\n"):
                content = content[:-1]
            current.body = content
            self.sections.append(current)

        for number, line in enumerate(lines, 1):
            if line.startswith("--- "):
                close()
                kind, _, words = line[4:].strip().partition(" ")
                if kind not in KINDS:
                    raise CaseError(f"{self.path}:{number}: no section is called \"{kind}\"")
                body, current = [], Section(kind, words.strip(), "", number)
            else:
                body.append(line)
        close()
        if not any(section.kind in STEPS for section in self.sections):
            raise CaseError(f"{self.path}: nothing is run")

    def text(self):
        parts = [self.intro]
        for section, following in zip(self.sections, self.sections[1:] + [None]):
            parts += [section.header(), section.body]
            if following and following.kind not in EXPECTATIONS or section.body.endswith("\n\n") or section.body == "\n":
                parts.append("\n")
        return "".join(parts).rstrip("\n") + "\n"


def escape_body(text):
    """Output as it stands in a case: lines that look like a section get a backslash, a missing last newline is said."""
    if text and not text.endswith("\n"):
        text += "\n" + NO_NEWLINE
    return re.sub(r"^(\\*--- )", r"\\\1", text, flags=re.M)


def unescape_body(text):
    text = re.sub(r"^\\(\\*--- )", r"\1", text, flags=re.M)
    if text.endswith("\n" + NO_NEWLINE):
        text = text[:-len(NO_NEWLINE) - 1]
    return text


def needs(case):
    return [need for section in case.sections if section.kind == "needs" for need in section.words.split()]


def lookup(document, path):
    """The value at a path: keys, [n], [*] for every element, [key=value] for the first element that has it, # for the count."""
    values, many = [document], False
    for part in re.findall(r"\[[^\]]*\]|[^.\[\]]+", path):
        found = []
        for value in values:
            if part == "#":
                found.append(len(value))
            elif part == "[*]":
                found += value
            elif part.startswith("[") and "=" in part:
                key, _, wanted = part[1:-1].partition("=")
                found += [item for item in value if str(item.get(key)) == wanted][:1]
            elif part.startswith("["):
                index = int(part[1:-1])
                found += value[index:index + 1] if index >= 0 else value[index:][:1]
            elif isinstance(value, dict) and part in value:
                found.append(value[part])
        many = many or part == "[*]"
        values = found
    if many:
        return values
    if not values:
        raise KeyError(path)
    return values[0]
