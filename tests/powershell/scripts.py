# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the PowerShell scripts in a real PowerShell, for the tests beside this.

CimSite.psm1 puts the CIM commands in front of the stand-in for the SMS Provider. Debian has no PowerShell, so that the tests
are skipped where neither PWSH names one nor a program "pwsh" is found; 6.2 and later will do.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "apply")]
import standin  # noqa: E402

PWSH = os.environ.get("PWSH") or shutil.which("pwsh")
EXPORT = HERE.parent.parent / "src" / "share" / "Export-WimplanRecords.ps1"
ALL = ("both", "both", "reload", "refresh", "none")


def quoted(argument):
    text = str(argument)
    return text if re.fullmatch(r"-\w+(:\$\w+)?", text) else "'" + text.replace("'", "''") + "'"


def command(script, arguments):
    words = " ".join(quoted(argument) for argument in arguments)
    return ("$ProgressPreference = 'SilentlyContinue'; "
            f"Import-Module {quoted(HERE / 'CimSite.psm1')}; & {quoted(script)} {words}; exit $LASTEXITCODE")


def environment(site, server, more=None):
    return site.env | {"SITE_URL": server.url if server else "http://127.0.0.1:9/AdminService"} | (more or {})


def write_script(site, plan="plan.json"):
    site.must("wimplan", "show", "--format", "powershell", "-o", "plan.ps1", plan)


def script(site, server, *arguments, name="./plan.ps1", env=None):
    """Runs a script, as powershell.exe in a scheduled task would."""
    if name == "./plan.ps1":
        arguments = ("-ProviderMachineName", "cm01.contoso.com", *arguments)
    return subprocess.run([PWSH, "-NoProfile", "-NonInteractive", "-Command", command(name, arguments)], cwd=site.folder,
                          env=environment(site, server, env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=180)


def steps(site):
    return {(step["package_id"], step["action"]): step for step in site.receipt()["steps"]}


def outcomes(site):
    return {key: step["outcome"] for key, step in steps(site).items()}


def forget(site):
    """Takes away what runs of the script left."""
    for left in site.folder.glob("wimplan-*"):
        left.unlink()


def posts(site):
    return [entry["path"].rsplit(".", 1)[1] + " " + entry["path"].split("'")[1] for entry in site.requests("POST")]


def run_tests(module, argv):
    """As those of wimplan-apply are run, where there is a PowerShell."""
    if PWSH:
        return standin.run_tests(module, argv)
    count = sum(name.startswith("test_") for name in vars(module))
    print(f"{pathlib.Path(argv[0]).stem}: no PowerShell (pwsh, or PWSH=PROGRAM); nothing is checked")
    print(f"0 passed, 0 failed, {count} skipped")
    return 0
