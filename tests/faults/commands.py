# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the three programs on a small site, for tests that make something fail under it: what each is called with, what
it may change, and how it ends where something is wrong."""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(1, str(HERE.parent / "apply"))
sys.path.insert(1, str(HERE.parent / "export"))
from exporting import AROUND, ExportedSite  # noqa: E402
from standin import has_sanitizer  # noqa: E402

XML = """<INSTANCE CLASSNAME="SMS_ImagePackage"><PROPERTY NAME="PackageID" TYPE="string"><VALUE>P0100002</VALUE></PROPERTY>
<PROPERTY NAME="ImageProperty" TYPE="string"><VALUE>&lt;WIM/&gt;</VALUE></PROPERTY></INSTANCE>
"""
CLIXML = """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>
CimInstance#root/sms/site_P01/SMS_ImagePackage</T></TN><Props><S N="PackageID">P0100003</S></Props></Obj></Objs>
"""
CSV = 'PackageID,PackageType,PkgSourcePath,ImageProperty\nP0100004,257,"\\\\srv\\src$\\w11.wim",<WIM/>\n'
REMEMBERED = ("identities", "summaries", "manifests")
CONFIG = """[map]
{map}

[policy]
on_unproven = note

[window]
every = every week on Saturday at 22:00
duration = 6h

[expect]
10.0.22631 = 10.0.22631.3007
"""


@dataclasses.dataclass
class Command:
    """@changes: the files that it makes or changes, each of which is to be the old or the new one. @statuses: how it may end where
    something went wrong. @server: None, "shared" (it changes nothing there) or "own"."""
    name: str
    program: str
    arguments: list
    changes: tuple = ()
    statuses: tuple = (1,)
    server: str = None
    needs: tuple = ()
    good: int = 0  # how it ends where nothing fails
    again: tuple = ()  # how it may end besides where it was done already


def commands():
    def wimplan(name, *arguments, **more):
        return Command(name, "wimplan", list(arguments), **more)

    def apply(name, *arguments, **more):
        return Command(name, "wimplan-apply", [name, "plan.json", "--auth", "none", *arguments], **{"needs": ("plan.json",), **more})

    cache = ("--cache", "cache.db")
    site = ("--config", "site.conf", *cache)
    exports = ("export.json", "object.xml", "images.clixml", "images.csv", "images.zip")
    imported = {"changes": ("cache.db",), "needs": exports}
    planned = {"needs": ("cache.db", "plan.json", "site.conf"), "statuses": (1, 3)}
    return [
        wimplan("version", "--version"),
        wimplan("complete", "--complete", "log", *cache, "", statuses=(0, 1), needs=("cache.db",)),
        wimplan("inspect", "inspect", "--deep", "--servicing", "{sources}/w1.wim", "{sources}/w2.wim", statuses=(1, 3)),
        wimplan("inspect --json", "inspect", "--json", "-o", "out.json", "{sources}/w1.wim", changes=("out.json",), needs=("out.json",),
                statuses=(1, 3)),
        wimplan("inspect --boot", "inspect", "--boot", "--winre", "{sources}/w1.wim", statuses=(1, 3)),
        wimplan("inspect --path", "inspect", "--path", "*", "--json", "{sources}/w1.wim", statuses=(1, 3)),
        wimplan("inspect --xml", "inspect", "--xml", "{sources}/w1.wim", statuses=(1, 3)),
        wimplan("diff", "diff", "--files", "--servicing", "--format", "html", "-o", "out.html", "{sources}/w1.wim", "{sources}/w2.wim",
                changes=("out.html",), needs=("out.html",), statuses=(1, 3)),
        wimplan("diff --json-lines", "diff", "--files", "--json-lines", "{sources}/w1.wim", "{sources}/w2.wim", statuses=(1, 3)),
        wimplan("diff --record", "diff", *site, "--record", "{package}", needs=("cache.db", "site.conf"), statuses=(1, 3)),
        wimplan("import", "import", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", *cache, *exports, **imported),
        wimplan("import --json", "import", "--json", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", *cache, *exports,
                **{**imported, "needs": (*exports, "cache.db")}),
        wimplan("snapshot list", "snapshot", "list", *cache, needs=("cache.db",)),
        wimplan("snapshot remove", "snapshot", "remove", *cache, "{snapshot}", changes=("cache.db",), needs=("cache.db",), again=(1,)),
        wimplan("snapshot show", "snapshot", "show", "--json", *cache, needs=("cache.db",)),
        wimplan("plan", "plan", *site, "-o", "plan.json", "--events", "e.ndjson", changes=("plan.json", "cache.db"), **planned),
        wimplan("plan --records", "plan", *site, "--records", "long.json",
                needs=("cache.db", "site.conf", "long.json"), statuses=(1, 3)),
        wimplan("plan --print-config", "plan", "--print-config", *site, needs=("cache.db", "site.conf")),
        wimplan("audit", "audit", *site, "--taken-at", "2026-02-20T02:10:00Z", "--since", "plan.json", "--events", "e.ndjson", "long.json",
                needs=("cache.db", "plan.json", "site.conf", "long.json"),
                statuses=(1, 3)),
        *(wimplan(f"show {format}", "show", "--format", format, "-o", "out.html", "plan.json", changes=("out.html",),
                  needs=("out.html", "plan.json")) for format in ("text", "html", "markdown", "csv", "powershell", "json")),
        wimplan("show receipt", "show", "plan.receipt.json", needs=("plan.receipt.json",)),
        wimplan("verify", "verify", "--data", *site, "--events", "e.ndjson", "plan.json", **{**planned, "statuses": (1, 3, 4)}),
        wimplan("record", "record", *site, "--plan", "plan.json", "plan.receipt.json", changes=("cache.db",),
                needs=("cache.db", "plan.json", "plan.receipt.json", "site.conf")),
        wimplan("baseline adopt", "baseline", "adopt", *site, "--all", changes=("cache.db",), needs=("cache.db", "site.conf"),
                statuses=(1, 3)),
        wimplan("baseline list", "baseline", "list", *cache, needs=("cache.db",)),
        wimplan("baseline forget", "baseline", "forget", *cache, "{package}", changes=("cache.db",), needs=("cache.db",), again=(1,)),
        wimplan("log", "log", *cache, needs=("cache.db",)),
        apply("check", "-o", "out.json", "--json", server="shared", changes=("out.json",), needs=("plan.json", "out.json"), statuses=(1, 3, 4)),
        apply("run", "--yes", "--settle", "2", "--events", "e.ndjson", server="own", statuses=(1, 3, 4, 6)),
        apply("status", needs=("plan.json", "plan.json.journal")),
        apply("watch", "--for", "0s", "--events", "e.ndjson", server="shared", changes=("plan.receipt.json",), needs=("plan.json", "plan.json.journal", "plan.receipt.json"),
              statuses=(1, 3, 4, 6)),
        Command("export", "wimplan-export", ["--auth", "none", "--parallel", "1", "--probe", "--json", "-o", "records.json", "--events", "e.ndjson"], ("records.json",),
                (1, 3), "shared"),
        Command("site check", "wimplan-export", ["--auth", "none", "--site-check", "-o", "profile.json"], ("profile.json",), (1, 3), "shared"),
    ]


class Ground:
    """A folder with the site, and a fresh one for each call."""

    def __init__(self, build, shim):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="wimplan-faults-")).resolve()
        self.build = pathlib.Path(build).resolve()
        self.shim = self.top / "shim.so"
        self.temporary = self.top / "temporary"
        self.temporary.mkdir()
        self.servers = {}
        self.lock = threading.Lock()
        subprocess.run([*os.environ.get("CC", "cc").split(), "-shared", "-fPIC", "-O1", "-D_GNU_SOURCE", "-o", self.shim, HERE / shim],
                       check=True)
        self.has_asan = has_sanitizer(build)
        self.site = ExportedSite(build, self.top / "site", kinds=("both", "reload", "refresh", "none"), more=AROUND)
        self.site.env["SOURCE_DATE_EPOCH"] = "1772355600"
        self.make_site()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for server in self.servers.values():
            server.stop()
        shutil.rmtree(self.top)

    def make_site(self):
        site = self.site
        site.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "load.json")
        site.must("wimplan", "baseline", "adopt", "--cache", "cache.db", "--map", site.map, "--all")
        self.snapshot = json.loads(site.must("wimplan", "snapshot", "list", "--json", "--cache", "cache.db").stdout)["snapshots"][0]["id"]
        self.package = json.loads(site.must("wimplan", "baseline", "list", "--json", "--cache", "cache.db").stdout)["baselines"][0]["package_id"]
        site.make_sources(after=True)
        folder = site.folder
        (folder / "site.conf").write_text(CONFIG.format(map=site.map.replace("=", " = ")))
        site.plan()
        with site.start(load=True) as server:
            result = site.apply(server, "run", "--settle", "5", "--watch", "--for", "60s")
            assert result.returncode == 0, result
        self.servers["shared"] = site.start(log=None, lifetime=10800)
        document = json.loads((folder / "load.json").read_text())
        (folder / "export.json").write_text(json.dumps(document))
        # More than stays in memory while it is read.
        for record in document["value"]:
            if "ImageProperty" in record:
                record["Description"] = "long " * 600000
        (folder / "long.json").write_text(json.dumps(document))
        (folder / "object.xml").write_text(XML)
        (folder / "images.clixml").write_text(CLIXML)
        (folder / "images.csv").write_text(CSV)
        with zipfile.ZipFile(folder / "images.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("SMS_ImagePackage/P0100005/object.xml", XML.replace("P0100002", "P0100005"))
        for name in ("out.json", "out.html"):
            (folder / name).write_text("the old one\n")
        for name in ("cache.db", "plan.json.journal"):
            for left in folder.glob(name + "-*"):
                left.unlink()

    def environment(self, **more):
        found = {**self.site.env, "TMPDIR": str(self.temporary), "LD_PRELOAD": str(self.shim), **{name: str(value) for name, value in more.items()}}
        if self.has_asan:
            # The shim stands before the sanitizer's library on purpose.
            found["ASAN_OPTIONS"] = found.get("ASAN_OPTIONS", "detect_leaks=1") + ":verify_asan_link_order=0"
        return found

    def prepare(self, command):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="call-", dir=self.top))
        for name in command.needs:
            # With its time, which is that of an export without one.
            shutil.copy2(self.site.folder / name, folder)
        return folder

    @contextlib.contextmanager
    def provider(self, command):
        """The options for the command's provider. One of its own begins with the records of the site, and is stopped behind it."""
        if command.server != "own":
            yield ["--provider", self.servers[command.server].url] if command.server else []
            return
        state = pathlib.Path(tempfile.mkdtemp(prefix="own-", dir=self.top))
        try:
            with self.site.start("--state", state / "own.db", "--load", "load.json", log=None) as server:
                yield ["--provider", server.url]
        finally:
            shutil.rmtree(state)

    def arguments(self, command):
        return [str(argument).format(sources=self.site.folder / "sources", snapshot=self.snapshot, package=self.package)
                for argument in (self.build / command.program, *command.arguments)]

    def run(self, command, folder, limit=60, pass_fds=(), stdout=subprocess.PIPE, preexec=None, **environment):
        with self.provider(command) as provider:
            return subprocess.run([*self.arguments(command), *provider], cwd=folder, pass_fds=pass_fds,
                                  env=self.environment(**environment), stdout=stdout, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                  timeout=limit, preexec_fn=preexec)

    @staticmethod
    def state(folder, name):
        """What a file holds: of a database its rows, after it was found to be whole; None where there is none."""
        path = folder / name
        if not path.exists():
            return None
        if name.endswith(".db"):
            return rows_of(path)
        if name == "plan.json":
            # What is beside the plan's body comes from what the cache may have forgotten.
            return json.dumps({key: value for key, value in json.loads(path.read_bytes()).items() if key not in ("contents", "beside_id")})
        return path.read_bytes()

    def states(self, command, folder):
        return {name: self.state(folder, name) for name in command.changes}

    @staticmethod
    def whole(folder):
        """What a run leaves depends on the moment: its files are to be whole. Raises where one is not."""
        for journal in folder.glob("*.journal"):
            rows_of(journal)
        for receipt in folder.glob("*.receipt.json"):
            json.loads(receipt.read_bytes())


def rows_of(path):
    """The rows of a database, without what tells when, or by which process, they came to be; None where there are none."""
    connection = sqlite3.connect(path)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchall()
        if verdict != [("ok",)]:
            raise AssertionError(f"{path.name}: {verdict}")
        # What is remembered of files may be forgotten at any time.
        lines = [line for line in connection.iterdump() if not line.startswith(tuple(f'INSERT INTO "{name}"' for name in REMEMBERED))]
        return "\n".join(lines) if any(line.startswith("INSERT") for line in lines) else None
    finally:
        connection.close()
