# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds of an output, whatever was read: each function gives what is wrong with it, "" for nothing."""

import csv
import html.parser
import json
import re

# What may not get to a terminal, in the UTF-8 of an output: C0 but for line feeds, C1, and what hides or turns text around.
RAW = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\U000e0000-\U000e007f]")
EMPTY = {"meta", "br", "hr", "col", "wbr", "input", "path", "circle", "line", "rect", "use"}
FOREIGN = {"script", "iframe", "object", "embed", "base", "form", "link", "img"}
TAG = re.compile(r"</?(?:br|details|summary)(?: open)?>")
LINK = re.compile(r"://|www\.|mailto:|xmpp:|\]\(|\]\[|!\[|(?<!\\)[\[\]@$~<]", re.I)


def raw(text):
    found = RAW.search(text)
    return f"raw: {text[max(0, found.start() - 80):][:160]!r}" if found else ""


class Page(html.parser.HTMLParser):
    """Elements that close in their order, none that loads or runs something, no link out of the page."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], ""

    def handle_starttag(self, tag, attrs):
        if tag in FOREIGN:
            self.wrong = self.wrong or f"an element {tag}"
        for name, value in attrs:
            if name.startswith("on") or name == "src" or (name.endswith("href") and not (value or "").startswith("#")):
                self.wrong = self.wrong or f"{tag} {name}={value!r}"
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag):
        # Of these the end may be left out.
        while self.open and self.open[-1] != tag and self.open[-1] in ("p", "li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "option"):
            self.open.pop()
        if not self.open or self.open.pop() != tag:
            self.wrong = self.wrong or f"{tag} ends, which is not open"


def page(text):
    parser = Page()
    parser.feed(text)
    parser.close()
    return parser.wrong or raw(text) or ("" if set(parser.open) <= {"html", "body"} else f"still open: {parser.open}")


def markdown(text):
    # Code first, in which nothing counts, then what is escaped.
    plain = re.sub(r"\\.", "", re.sub(r"`[^`\n]*`", "", text))
    found = LINK.search(TAG.sub("", plain))
    return raw(text) or (f"Markdown: {plain[max(0, found.start() - 60):][:120]!r}" if found else "")


def table(text):
    rows = list(csv.reader(text.replace("\r\n", "\n").splitlines(), strict=True))
    if len({len(row) for row in rows}) > 1:
        return "CSV: rows of different lengths"
    for row in rows[1:]:
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t"):
                return f"CSV: a formula: {cell[:80]!r}"
    return raw(text.replace("\r\n", "\n"))


def pairs(items):
    if len({name for name, _ in items}) != len(items):
        raise ValueError("a key twice")
    return dict(items)


def document(text):
    try:
        for line in [text] if text.startswith("{\n") or text.startswith("[\n") else text.splitlines() or [""]:
            json.loads(line, object_pairs_hook=pairs)
    except ValueError as error:
        return f"JSON: {error}"
    # For programs: what is no control character of JSON's own may stand in it.
    return ""


FORMS = {"text": raw, "html": page, "markdown": markdown, "csv": table, "json": document, "powershell": raw}
