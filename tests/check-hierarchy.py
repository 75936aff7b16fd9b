#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans the made-up hierarchy (testdata/hierarchy) from each shape of its export: check-hierarchy.py BUILD. All shapes give the same
snapshot and the same plan, and the plan says what the seed knows: points, task sequences, schedules, indexes, and what is sent."""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import signals  # noqa: F401

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "testdata" / "hierarchy"))

import make as hierarchy_maker  # noqa: E402
from facts import NOW, SITE, TAKEN  # noqa: E402
from shapes import SHAPES  # noqa: E402

MOST_BYTES = 1_000_000
problems = []
checked = 0


def same(what, expected, found):
    global checked
    checked += 1
    if expected != found:
        problems.append(f"{what}: the seed has {expected!r}, the plan {found!r}")


class Runner:
    """wimplan in the hierarchy's folder, at its time."""

    def __init__(self, build, folder):
        self.program, self.folder = os.path.join(os.path.realpath(build), "wimplan"), folder
        kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
        self.environment = kept | {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "WIMPLAN_USER": "tester",
                                   "WIMPLAN_HOST": "test", "SOURCE_DATE_EPOCH": str(int(NOW.timestamp()))}

    def __call__(self, *arguments):
        done = subprocess.run([self.program, *arguments], cwd=self.folder, env=self.environment, capture_output=True, check=False)
        if done.returncode != 0 or b"warning" in done.stderr:
            raise SystemExit(f"FAILED {' '.join(arguments)}: {done.returncode}\n{done.stderr.decode()}")
        return done.stdout


def plan_of_shape(run, shape):
    """The snapshot and the plan of one shape, and how long the second plan took, which has nothing new to scan."""
    cache = f"--cache={shape}.db"
    exports = sorted(f"{shape}/{path.name}" for path in (run.folder / shape).iterdir())
    run("import", cache, "--site", SITE, "--taken-at", TAKEN.isoformat().replace("+00:00", "Z"), *exports)
    snapshot = json.loads(run("snapshot", "show", cache, "--json"))
    run("plan", cache, "--config", "site.conf", "-o", f"{shape}.plan")
    began = time.perf_counter()
    run("plan", cache, "--config", "site.conf", "-o", f"{shape}.plan")
    return snapshot, json.loads((run.folder / f"{shape}.plan").read_text()), time.perf_counter() - began


def check_verdicts(hierarchy, plan):
    packages = hierarchy.packages
    planned = [package for package in packages if package.planned]
    summary = {
        "packages": len(packages), "refresh": len(planned), "reload": sum(package.fate != "content" for package in planned),
        "blocked": sum(package.owner != SITE for package in packages), "unproven": 0,
        "report_only": sum(package.owner == SITE and package.kind == "boot" and package.changed for package in packages),
    }
    summary["unchanged"] = len(packages) - len(planned) - summary["blocked"] - summary["report_only"]
    same("summary", summary, plan["body"]["summary"])


def notes_of(plan, code):
    return [note for note in plan["notes"] if note["code"] == code]


def check_points(hierarchy, plan):
    found = {package["package_id"]: package for package in plan["site"]["packages"]}
    counted = {code: {note["package_id"]: note["facts"]["count"] for note in notes_of(plan, code)}
               for code in ("dp-failed", "dp-behind", "distribution-running")}
    for package in hierarchy.packages:
        counts = collections.Counter(state for state in package.states.values() if state != "removed")
        states = {state["state"]: state["count"] for state in found[package.id]["states"]}
        same(f"states of {package.id}", dict(counts), states)
        same(f"points of {package.id}", sum(counts.values()), found[package.id]["points"])
        same(f"version of {package.id}", package.version, found[package.id]["source_version"])
        for code, state in (("dp-failed", "failed"), ("dp-behind", "behind")):
            same(f"{code} of {package.id}", counts[state], counted[code].get(package.id, 0))
        same(f"distribution-running of {package.id}", counts["running"] if package.planned else 0,
             counted["distribution-running"].get(package.id, 0))
    kinds = {point["name"]: (point["kind"], point["site"]) for point in plan["site"]["points"]}
    same("points", {point.server: (point.kind, point.site) for point in hierarchy.points}, kinds)


def index_code(package, index):
    """What a step of this index is told of."""
    if index > len(package.after):
        return "index-gone"
    (name, _, language), (new_name, _, new_language) = package.before[index - 1], package.after[index - 1]
    if name != new_name:
        return "index-moved" if name in [image[0] for image in package.after] else "image-renamed"
    return "index-changed" if language != new_language else None


def check_sequences(hierarchy, plan):
    steps, indexes = collections.Counter(), collections.Counter()
    for sequence in hierarchy.sequences:
        if not sequence.read:
            steps.update((sequence.id, package, "", None, True) for package in sequence.live())
            continue
        steps[sequence.id, sequence.boot.id, "", None, sequence.enabled] += 1
        for step in sequence.steps:
            enabled = step.enabled and sequence.enabled
            steps[sequence.id, step.package.id, step.name, step.index, enabled] += 1
            code = index_code(step.package, step.index)
            if code:
                indexes[code, step.package.id, sequence.id, step.name, step.index, enabled] += 1
    found = collections.Counter((sequence["id"], step["package_id"], step["step"], step["index"], step["enabled"])
                                for sequence in plan["site"]["task_sequences"] for step in sequence["steps"])
    same("steps", steps, found)
    found = collections.Counter(
        (note["code"], note["package_id"], note["facts"]["task_sequence"], note["facts"]["step"], note["facts"]["index"],
         note["facts"]["enabled"])
        for code in ("index-moved", "index-gone", "index-changed", "image-renamed") for note in notes_of(plan, code))
    same("notes on indexes", indexes, found)


def is_required(hierarchy, sequence):
    """It, or one that runs it, has a required deployment that has not expired."""
    return any(caller.required and not caller.expired and caller.number % 4 != 1
               for caller in hierarchy.sequences if caller is sequence or sequence in caller.calls)


def check_deployments(hierarchy, plan):
    media = {note["package_id"]: {sequence["id"] for sequence in note["facts"]["task_sequences"]}
             for note in notes_of(plan, "media-rebuild")}
    required = {note["package_id"]: {sequence["id"] for sequence in note["facts"]["task_sequences"]}
                for note in notes_of(plan, "deployed-required")}
    for package in hierarchy.packages:
        users = [sequence for sequence in hierarchy.sequences if package.planned and package.id in sequence.live()]
        same(f"media of {package.id}", {sequence.id for sequence in users}, media.get(package.id, set()))
        same(f"required with {package.id}", {sequence.id for sequence in users if is_required(hierarchy, sequence)},
             required.get(package.id, set()))


def check_schedules(hierarchy, plan):
    expected = {package.id: package.schedule.next_run for package in hierarchy.packages
                if package.schedule and package.schedule.next_run}
    found = {note["package_id"]: note["facts"]["next_run"] for note in notes_of(plan, "scheduled-refresh")}
    same("runs before the window closes", expected, found)


def size_of(folder, package):
    source = folder / "sources" / package.path
    return sum(path.stat().st_size for path in source.rglob("*") if path.is_file()) if source.is_dir() else source.stat().st_size


def check_cost(hierarchy, plan, folder):
    """Changed bytes × points: whole where nothing less can be, nothing at least where a delta may do."""
    sums, sites = [0, 0], collections.defaultdict(lambda: [0, 0, 0])
    for package in hierarchy.packages:
        estimate = plan["estimates"]["packages"].get(package.id)
        same(f"{package.id} is estimated", package.planned, estimate is not None)
        if not package.planned:
            continue
        receivers = [point for point, state in package.states.items() if state not in ("removing", "removed") and point.kind != "prestaged"]
        size = size_of(folder, package)
        least = 0
        for point in receivers:
            folder_delta = package.kind == "install" and point.kind != "cloud"
            binary_delta = package.delta and package.kind == "image" and point.kind not in ("pull", "cloud")
            bytes_least = 0 if folder_delta or binary_delta else size
            least += bytes_least
            sites[point.site] = [have + more for have, more in zip(sites[point.site], (1, bytes_least, size))]
        same(f"sent with {package.id}", (len(receivers), least, size * len(receivers)),
             (estimate["points"], estimate["bytes_min"], estimate["bytes_max"]))
        sums = [have + more for have, more in zip(sums, (least, size * len(receivers)))]
    total = plan["estimates"]["total"]
    same("sent in all", sums, [total["bytes_min"], total["bytes_max"]])
    same("sent by site", dict(sites), {site["site"]: [site["points"], site["bytes_min"], site["bytes_max"]] for site in total["sites"]})
    same("it fits", True, total["fits"])


def check_page(run):
    global checked
    checked += 1
    page = run("show", "--format", "html", "csv.plan")
    if len(page) >= MOST_BYTES:
        problems.append(f"the HTML page has {len(page)} bytes, which is {MOST_BYTES} or more")
    return len(page)


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        hierarchy = hierarchy_maker.make(os.path.realpath(sys.argv[1]), folder)
        run = Runner(sys.argv[1], folder)
        results = {shape: plan_of_shape(run, shape) for shape in SHAPES}
        snapshot, plan, seconds = results["adminservice"]
        for shape, (other_snapshot, other_plan, _) in results.items():
            same(f"the snapshot from {shape}", True, other_snapshot == snapshot)
            same(f"the plan from {shape}", plan["plan_id"], other_plan["plan_id"])
            same(f"what stands beside it from {shape}", plan["beside_id"], other_plan["beside_id"])
        check_verdicts(hierarchy, plan)
        check_points(hierarchy, plan)
        check_sequences(hierarchy, plan)
        check_deployments(hierarchy, plan)
        check_schedules(hierarchy, plan)
        check_cost(hierarchy, plan, folder)
        page = check_page(run)
    print("".join(f"FAILED {problem[:2000]}\n" for problem in problems), end="")
    print(f"{checked} figures of {len(hierarchy.packages)} packages on {len(hierarchy.points)} points, {len(plan['notes'])} notes; "
          f"planned in {seconds:.2f} s, {page} bytes of HTML; {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
