#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces every figure on a plan's page to the plan's JSON: check-page-figures.py [BUILD].

A figure is there when the JSON has it, as wimplan-show(1) says that it is shown: a number with commas, a size or a time that takes with its unit, a
time of day by the clocks of a zone beside UTC; or when it is one of the counts below, of things that the JSON lists. What stands in the glossary
explains words, and the marks above a timeline are its scale.
"""

import collections
import datetime
import html
import itertools
import json
import pathlib
import re
import sys
import tempfile
import zoneinfo

import board
import signals  # noqa: F401

UNITS = "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\dZ|\d{4}-\d\d-\d\d \d\d:\d\d \((?:\d{4}-\d\d-\d\d )?\d\d:\d\dZ\)"
SIZE = r"[\d.]+ (?:bytes?|KiB|MiB|GiB|TiB|PiB|EiB)\b"
SPAN = r"[\d,]+ days \d\d h\b|\d+ h \d\d min\b|\d+ (?:s|min)\b"
FIGURE = re.compile(rf"(?P<time>{TIME})|(?P<size>{SIZE})|(?P<span>{SPAN})|(?P<number>(?<![A-Za-z0-9])(?:\d[\d,.:]*\d|\d))")
problems = []
checked = 0


def scaled(size, most):
    unit, size = -1, float(size)
    while unit < 0 or (size >= most and unit + 1 < len(UNITS)):
        size, unit = size / 1024, unit + 1
    return size, UNITS[unit]


def sizes(number):
    """As a table shows a size, and as a sentence does."""
    if number < 1024:
        return {f"{number} byte{'' if number == 1 else 's'}", "0"}
    exact, short = scaled(number, 1023.995), scaled(number, 1023.5)
    return {f"{exact[0]:.2f} {exact[1]}", f"{short[0]:.1f} {short[1]}" if short[0] < 9.95 else f"{short[0]:.0f} {short[1]}"}


def span(seconds):
    minutes, hours = -(-seconds // 60), -(-seconds // 3600)
    if seconds < 120:
        return f"{seconds} s"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes < 2880 else f"{hours // 24:,} days {hours % 24:02} h"


def times(text, zone):
    utc = datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d", r"\1", text).replace("Z", "+00:00"))
    here, there = utc.astimezone(zone), f"{utc:%Y-%m-%d %H:%MZ}"
    return {there, f"{here:%Y-%m-%d %H:%M} ({there if here.date() != utc.date() else there[11:]})"}


def values(value):
    """Every number and text of a document."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from values(item)
    elif isinstance(value, list):
        for item in value:
            yield from values(item)
    elif value is not None and not isinstance(value, bool):
        yield value


def counts(plan):
    """What a page counts: things that the plan lists."""
    body, estimates, site, notes = plan["body"], plan["estimates"], plan["site"], plan["notes"]
    found = collections.Counter()
    for note in notes:
        found[note["code"]] += 1
        found[note["severity"]] += 1
        found[note["package_id"], note["severity"]] += 1
    for code in {note["code"] for note in notes}:
        packages = len({note["package_id"] for note in notes if note["code"] == code})
        # "… and 5 more", behind three.
        found[code, "packages not named"] = packages - 3
        found[code, "notes not shown"] = found[code] - 3
    for entry in body["changes"]:
        found[entry["status"]] += 1
        found[entry["package_id"], "images"] = len({reason["image"] for reason in entry["reasons"] if reason["image"]})
        found.update(reason["code"] for reason in entry["reasons"] if entry["status"] == "blocked")
    found["not named"] = found["blocked"] - 3
    found["refreshes"] = len(estimates["order"]) - len(estimates["deferred"])
    found["misfits"] = sum(estimate["fits"] is False for estimate in estimates["packages"].values())
    found["points"] = len(site["points"])
    found["points to look at"] = sum(any(state["state"] in ("failed", "behind", "running", "removing") for state in point["states"])
                                     for point in site["points"])
    changing = {entry["package_id"] for entry in body["changes"] if entry["actions"]}
    steps = [step for sequence in site["task_sequences"] for step in sequence["steps"]]
    found["steps of what does not change"] = sum(step["package_id"] not in changing and not step["note"] for step in steps)
    for sequence in site["task_sequences"]:
        found.update((package, "sequences") for package in {step["package_id"] for step in sequence["steps"]})
        found[sequence["id"], "deployments not shown"] = len(sequence["deployments"]) - 3
    return set(found.values())


class Plan:
    """What of a page can be traced to a plan."""

    def __init__(self, plan, zone):
        self.numbers, self.sizes, self.spans, self.times, texts = set(), set(), set(), set(), set()
        for value in values(plan):
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
                self.times |= times(value, zone)
            if isinstance(value, str) and not value.isdigit():
                texts.add(value)
            else:
                self.sizes |= sizes(int(value))
                self.spans.add(span(int(value)))
                self.numbers |= {f"{int(value)}", f"{int(value):,}"}
        self.numbers |= {f"{number:,}" for number in counts(plan)} | {str(number) for number in counts(plan)}
        # Texts by their first word, the longest first.
        self.texts = collections.defaultdict(list)
        for text in sorted(texts | {digest[7:15] for digest in texts if digest.startswith("sha256:")} | {plan["body"]["inputs"]["snapshot"]["id"][7:15]},
                           key=len, reverse=True):
            self.texts[re.match(r"\w*", text).group()].append(text)

    def without_texts(self, text):
        """What is left of a text where those of the plan are taken out."""
        left, at = [], 0
        for word in re.finditer(r"\w+", text):
            if word.start() < at:
                continue
            known = next((known for known in self.texts[word.group()] if known and text.startswith(known, word.start())
                          and not text[word.start() + len(known):][:1].isalnum()), None)
            if known and re.search(r"\d", known):
                left.append(text[at:word.start()])
                at = word.start() + len(known)
        return " ".join(left + [text[at:]])

    def untraced(self, text):
        """The figures of a text that nothing in the plan explains; and how many there were."""
        figures = list(FIGURE.finditer(self.without_texts(text)))
        known = {"time": self.times, "size": self.sizes, "span": self.spans, "number": self.numbers}
        return [figure.group() for figure in figures if figure.group() not in known[figure.lastgroup]], len(figures)


def texts_of(page):
    """The texts of a page, without the glossary and the scale of the timeline."""
    page = re.sub(r"<style>.*?</style>|<div class=\"ticks\">.*?</div><span>", "", page, flags=re.S)
    page = re.sub(r"What the words mean</label>.*?<h2>", "", page, flags=re.S)
    # What is soft below a name, and a path that may be broken, are one text.
    return [html.unescape(text).strip() for text in re.split(r"<(?!/?wbr)[^>]*>", page.replace("<wbr>", "")) if re.search(r"\d", text)]


def check(name, plan, page, zone=zoneinfo.ZoneInfo(board.ZONE)):
    """Returns the figures of a page that cannot be traced."""
    global checked
    known, lost = Plan(plan, zone), []
    for text in texts_of(page):
        # The options that it was shown with, and the version.
        untraced, count = known.untraced(re.sub(r"CHG0012345|--only.*|Windows Server \d+", "", text))
        checked += count
        lost += [f"{name}: {figure} in {text[:120]!r} is not in the plan" for figure in untraced]
    return lost


def main():
    build = sys.argv[1] if len(sys.argv) > 1 else "build"
    with tempfile.TemporaryDirectory() as scratch:
        place = board.Board(build, pathlib.Path(scratch) / "board")
        place.plan("part.json", *itertools.chain(*(("--only", package) for package in board.PICTURED)))
        for name in "plan.json", "part.json":
            plan, page = json.loads((place.folder / name).read_text(encoding="utf-8")), place.page(name, "html", "--all")
            problems.extend(check(name, plan, page))
            # Without this nobody would know that a figure which is wrong is found.
            for right in re.findall(r"\d+\.\d\d GiB", page)[:1] + re.findall(r"\d+ h \d\d min", page)[:1] + re.findall(TIME, page)[-1:]:
                wrong = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit.group()) + 3) % 10), right, count=1)
                if not any(wrong in lost for lost in check(name, plan, page.replace(right, wrong))):
                    problems.append(f"{name}: {wrong} in the place of {right} was not noticed")
    if checked < 2000:
        problems.append(f"the pages have only {checked} figures")
    for problem in problems[:40]:
        print(f"check-page-figures: {problem}")
    print(f"{checked - len(problems)} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
