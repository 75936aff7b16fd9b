# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the PowerShell scripts in a real PowerShell, for the tests beside this.

CimSite.psm1 puts the CIM commands in front of the stand-in for the SMS Provider. Debian has no PowerShell: it is the one that PWSH
names, that `make deps check` has put into the folder of the build where there is a dotnet, or a program "pwsh"; 7.2 and later will
do. Without any the tests are skipped, but not where there is a dotnet.
"""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent), str(HERE.parent / "apply")]
import standin  # noqa: E402

BUILD = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
EXPORT = HERE.parent.parent / "src" / "share" / "Export-WimplanRecords.ps1"
ALL = ("both", "both", "reload", "refresh", "none")


def quoted(argument):
    text = str(argument)
    return text if re.fullmatch(r"-\w+(:\$\w+)?", text) else "'" + text.replace("'", "''") + "'"


def find_powershell():
    """The program, or None. A build with sanitizers stands in the folder of another one."""
    for name in (os.environ.get("PWSH"), BUILD / "pwsh" / "pwsh", BUILD.parent / "pwsh" / "pwsh", "pwsh"):
        if name and shutil.which(name):
            return shutil.which(name)
    return None


PWSH = find_powershell()


def types():
    """The library made of CimTypes.cs, which takes longer than a short script: hence once for all."""
    source = HERE / "CimTypes.cs"
    made = BUILD / f"CimTypes-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}.dll"
    if not made.exists():
        new = made.with_suffix(f".{os.getpid()}.dll")
        compile_it = f"Add-Type -Path {quoted(source)} -OutputAssembly {quoted(new)}"
        subprocess.run([PWSH, "-NoProfile", "-NonInteractive", "-Command", compile_it], check=True)
        new.rename(made)
    return made


def call(script, *arguments):
    return f"& {quoted(script)} {' '.join(quoted(argument) for argument in arguments)}"


def shell(line, *options):
    """A PowerShell that has the CIM commands and runs a line."""
    return [PWSH, "-NoProfile", *options, "-Command", "$ProgressPreference = 'SilentlyContinue'; "
            f"Import-Module {quoted(HERE / 'CimSite.psm1')}; {line}; exit $LASTEXITCODE"]


def environment(env, url):
    return env | {"SITE_URL": url, "SITE_TYPES": str(types())}


def site_environment(site, server, more=None):
    return environment(site.env, server.url if server else "http://127.0.0.1:9/AdminService") | (more or {})


def write_script(site, plan="plan.json"):
    site.must("wimplan", "show", "--format", "powershell", "-o", "plan.ps1", plan)


def script(site, server, *arguments, name="./plan.ps1", env=None):
    """Runs a script, as powershell.exe in a scheduled task would."""
    if name == "./plan.ps1":
        arguments = ("-ProviderMachineName", "cm01.contoso.com", *arguments)
    return subprocess.run(shell(call(name, *arguments), "-NonInteractive"), cwd=site.folder, env=site_environment(site, server, env), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=180)


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
        types()
        return standin.run_tests(module, argv)
    if subprocess.run([HERE / "install.sh", "--possible"], stdout=subprocess.DEVNULL).returncode == 0:
        print("there is a .NET SDK, and no PowerShell: `make deps check` installs it")
        return 1
    print("skipped: there is no PowerShell (PWSH=PROGRAM, pwsh), and no .NET SDK to get it from")
    return 0
