#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile input wherever something comes from somebody else: check-attacks.py BUILD [EVERY [SEED]].

4,000 inputs of the kinds in tests/attacks/, each made anew from its number and the seed: plans that are changed and sealed anew,
receipts, caches and journals, what stands beside a plan, WIM files, programs that start a computer, installation media, archives, task
sequences, names, servers. Nothing ends by a signal, hangs, grows, follows a link, leaves a half file, brings a control character
to a terminal, an element to a page or a formula to a table, or says a secret. With EVERY, one of so many random ones is tried beside all
that are written down; in a build with sanitizers, where each takes ten times as long, a seventh of the latter and a tenth as many random ones.
"""

import concurrent.futures
import json
import os
import pathlib
import random
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(TOP / "attacks"), str(TOP / "apply"), str(TOP)]
import signals  # noqa: E402, F401
from standin import Site, has_sanitizer  # noqa: E402

import beside  # noqa: E402
import databases  # noqa: E402
import documents  # noqa: E402
import exports  # noqa: E402
import files  # noqa: E402
import place as places  # noqa: E402
import servers  # noqa: E402

BUILD = sys.argv[1] if len(sys.argv) > 1 else "build"
EVERY = int(sys.argv[2]) if len(sys.argv) > 2 else 1
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
COUNT = 4000
# Beside those that are written down one by one, the last of these as many as make it COUNT.
RANDOM = ((documents.attack_by_random_plan, 300), (documents.attack_by_random_receipt, 150), (databases.attack_by_random_bytes, 200),
          (files.attack_by_program, 300), (files.attack_by_medium, 300), (exports.attack_by_archive, 300), (exports.attack_by_sequence, 200),
          (exports.attack_by_name, 300), (exports.attack_by_name_of_image, 150), (servers.attack_by_server, 150), (files.attack_by_wim, None))


def make_site(folder):
    """A site whose plan was carried out."""
    site = Site(BUILD, folder, kinds=("both", "refresh", "reload", "none"), boot=True).make_plan()
    with site.start(load=True) as server:
        site.apply(server)
    return site


def all_attacks(spot):
    """(name, function of a place) of each: those that are written down, of which the first two are controls, and the random ones."""
    written = [*documents.plan_attacks(spot.plan), *documents.receipt_attacks(spot.receipt), *beside.beside_attacks(),
               *databases.database_attacks(spot, "cache.db", databases.try_cache, ("snapshots", "records", "baselines")),
               *databases.database_attacks(spot, "plan.json.journal", databases.try_journal, ("plan", "run", "step"))]
    others, left = [], COUNT - len(written)
    for attack, count in RANDOM:
        count = left if count is None else count
        left -= count
        for i in range(count):
            others.append((attack.__name__, lambda spot, attack=attack, i=i: attack(spot, random.Random(f"{SEED} {attack.__name__} {i}"))))
    return written, others


def sample(written, others, sanitized):
    """Those that are tried. The lists of values that the written ones come from have a period, with which no stride is to agree."""
    controls, written = written[:2], written[2:]
    if EVERY > 1 and sanitized:
        random.Random(SEED).shuffle(written)
        written = written[::7]
    return [*controls, *written, *others[SEED % EVERY::EVERY * (10 if sanitized and EVERY > 1 else 1)]]


def main():
    sanitized = has_sanitizer(BUILD)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wimplan-attacks-") as top:
        site = make_site(pathlib.Path(top) / "site")
        programs = files.prepare(site)
        workers = max(2, os.cpu_count() or 1)
        spots = [places.Place(site, pathlib.Path(top) / f"{i}" / "place", sanitized) for i in range(workers)]
        for spot in spots:
            spot.plan, spot.receipt, spot.programs = json.loads((site.folder / "plan.json").read_text()), site.receipt(), programs
        tried = sample(*all_attacks(spots[0]), sanitized)
        seconds = {}

        def work(number):
            for name, attack in tried[number::workers]:
                start = time.monotonic()
                try:
                    attack(spots[number])
                except Exception as error:  # pylint: disable=broad-except
                    places.expect(False, f"{name}: the attack itself failed: {error!r:.500}")
                seconds[name] = seconds.get(name, 0) + time.monotonic() - start

        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
    if os.environ.get("VERBOSE"):
        for name, took in sorted(seconds.items(), key=lambda item: -item[1])[:20]:
            print(f"{took:6.1f} s  {name}")
    print(f"{len(tried)} of {COUNT} hostile inputs in {time.monotonic() - began:.0f} s; seed {SEED}")
    return places.expect.end()


if __name__ == "__main__":
    sys.exit(main())
