# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's site in a folder of its own, for tests that run wimplan on it: what tests/demo.sh makes, a second export and a receipt."""

import json
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TAKEN_AT = "2026-02-20T02:10:00Z"
MAP = r"\\cm01.contoso.com\Source$\OSD=sources"
SITE_CONF = r"""[map]
\\cm01.contoso.com\Source$\OSD = sources

[policy]
# We know who touches our sources.
on_unknown = skip
"""


def environment(folder, build):
    """The same output whenever and by whomever: the demo's clock and user, a cache and a configuration of its own."""
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return kept | {
        "PATH": f"{build}:{os.environ['PATH']}",
        "HOME": str(folder / "home"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "dumb",
        "SOURCE_DATE_EPOCH": "1771567200",
        "WIMPLAN_USER": "demo",
        "WIMPLAN_HOST": "example",
    }


def exports(folder):
    return sorted(str(path.relative_to(folder)) for path in (folder / "export").glob("*.json"))


def make(build, root):
    """Makes ROOT/build/demo, with ROOT/build standing for the build folder, and returns it with an environment."""
    build = pathlib.Path(build).resolve()
    (root / "build").mkdir()
    for program in ("wimplan", "wimplan-apply", "wimplan-export", "mkwim", "site-provider"):
        (root / "build" / program).symlink_to(build / program)
    made = subprocess.run([HERE / "demo.sh", root / "build"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        raise SystemExit(f"tests/demo.sh failed:\n{made.stdout[-2000:]}")
    folder = root / "build" / "demo"
    env = environment(root, root / "build")
    (root / "home" / ".config" / "wimplan").mkdir(parents=True)
    (root / "home" / ".config" / "wimplan" / "wimplan.conf").write_text("[map]\n" + MAP.replace("=", " = ") + "\n")
    (folder / "site.conf").write_text(SITE_CONF)
    add_later_export(folder)
    add_receipt(folder)
    return folder, env


def add_later_export(folder):
    """The site a week later: one package refreshed, one gone, one pointed elsewhere."""
    later = folder / "export-later"
    later.mkdir()
    for path in (folder / "export").glob("*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        packages = document["value"]
        packages[:] = [package for package in packages if package["PackageID"] != "P0100024"]
        for package in packages:
            if package["PackageID"] == "P0100032":
                package["SourceVersion"] += 1
                package["SourceDate"] = "2026-02-21T23:05:00Z"
            if package["PackageID"] == "P010002B" and "PkgSourcePath" in package:
                package["PkgSourcePath"] = r"\\cm01.contoso.com\Source$\OSD\client\w10-22h2\install.wim"
        (later / path.name).write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def add_receipt(folder):
    """What a program that carried out the demo's plan would say: a package reloaded and refreshed, another refresh not seen."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    changes = {change["package_id"]: change for change in plan["body"]["changes"]}

    def step(package_id, action, outcome):
        change = changes[package_id]
        version = change["preconditions"]["SourceVersion"]
        return {
            "package_id": package_id, "action": action, "outcome": outcome, "looked_up": False, "return_value": 0,
            "started_at": "2026-02-21T22:00:00Z", "finished_at": "2026-02-21T22:00:41Z", "attempts": 1,
            "source_version_before": version, "source_version_after": version + (action == "RefreshPkgSource"),
            "content_id": change["expect"]["content_id"], "file_id": change["expect"]["file_id"], "error": None,
        }

    receipt = {
        "format": "wimplan-receipt", "format_version": "1.0", "plan_id": plan["plan_id"], "site_code": "P01",
        "provider": "https://cm01.contoso.com/AdminService",
        "started_at": "2026-02-21T22:00:00Z", "finished_at": "2026-02-21T22:41:00Z",
        "steps": [
            step("P010001A", "ReloadImageProperties", "done"),
            step("P010001A", "RefreshPkgSource", "done"),
            step("P0100032", "RefreshPkgSource", "unverified"),
        ],
    }
    (folder / "receipt.json").write_text(json.dumps(receipt, indent=2) + "\n", encoding="utf-8")
