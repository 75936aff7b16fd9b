# SPDX-License-Identifier: GPL-3.0-or-later
"""Links, FIFOs and folders where a program puts what nobody has named."""

import os
import shutil

from place import expect


def plant(kind, path, victim):
    if kind == "link":
        path.symlink_to(victim)
    elif kind == "dangling link":
        path.symlink_to(victim.with_name("made"))
    elif kind == "FIFO":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")


def attack_beside(place, kind, name):
    """Something stands where a program puts what nobody has named: it is left alone, and nothing waits for it."""
    what = f"a {kind} called {name}"
    folder = place.folder / f"beside-{abs(hash((kind, name)))}"
    folder.mkdir()
    shutil.copy(place.folder / "plan.json", folder)
    victim = folder / "victim"
    victim.write_text("of somebody\n")
    plant(kind, folder / name, victim)
    with place.site.start("--state", folder / "state.db", "--load", place.folder / "load.json", log=None) as server:
        provider = ("--auth", "none", "--provider", server.url, "--settle", "5")
        plan = folder / "plan.json"
        place.call(what, "wimplan-apply", "status", plan, statuses=(0, 1, 4))
        place.call(what, "wimplan-apply", "check", plan, *provider, statuses=(0, 1, 4))
        place.call(what, "wimplan-apply", "run", "--yes", plan, *provider, statuses=(0, 1, 4))
    expect(victim.read_text() == "of somebody\n", f"{what}: the file that it leads to was written over")
    expect(not (folder / "made").exists(), f"{what}: the file that it leads to was made")


def beside_attacks():
    for name in ("plan.receipt.json", "plan.json.journal", "plan.json.journal-wal", "plan.json.journal-journal", "plan.json.journal-shm"):
        for kind in ("link", "dangling link", "FIFO", "folder", "device"):
            yield name, lambda place, name=name, kind=kind: attack_beside(place, kind, name)
