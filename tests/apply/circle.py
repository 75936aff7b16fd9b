# SPDX-License-Identifier: GPL-3.0-or-later
"""From the site and back on one machine: what somebody does who plans from an export and carries the plan out."""

import json
import time


def go_round(site, expect, url, *options, env=None):
    """Export, import, audit, plan, run, record; export and import again, and nothing is left to do.

    @site has a cache whose baselines are proven, and sources that have changed since; @options are those of both programs that go to
    the provider at @url. Returns the calls that were planned."""
    way = ("--provider", url, *options)
    scan = ("--cache", "cache.db", "--map", site.map)

    def step(program, *words, status=0):
        result = site.run(program, *words, env=env)
        expect.status(result, status)
        return result

    def take_in(name):
        step("wimplan-export", *way, "-o", name)
        expect.equal(json.loads((site.folder / name).read_text())["complete"], True, f"{name} is whole")
        step("wimplan", "import", "--cache", "cache.db", name)

    take_in("records.json")
    audit = step("wimplan", "audit", *scan, "--detailed-exitcode", "records.json", status=10)
    plan = step("wimplan", "plan", *scan, "--detailed-exitcode", "-o", "plan.json", status=10)
    expect.equal(audit.stdout.split("Plan ")[-1], plan.stdout.split("Plan ")[-1], "the last lines of audit and plan")
    calls = site.planned()
    expect.says(step("wimplan-apply", "run", "--yes", *way, "--settle", "20", "--watch", "--for", "5m", "plan.json").stdout, f"{len(calls)} steps: {len(calls)} done")
    step("wimplan", "record", *scan, "plan.receipt.json")
    # An export of the same second would be as old as what it is to show.
    time.sleep(1.1)
    take_in("after.json")
    after = step("wimplan", "plan", *scan, "--detailed-exitcode", "-o", "after.plan.json")
    expect.says(after.stdout, "No changes")
    return calls
