# SPDX-License-Identifier: GPL-3.0-or-later
"""A small site for tests of wimplan-apply: sources, export, plan, and the stand-in provider that behaves like the site."""

import concurrent.futures
import functools
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error
import urllib.parse
import urllib.request

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(1, str(TOP / "tests"))
import signals  # noqa: E402, F401
SHARE = r"\\cm01.contoso.com\Source$\OSD"
TOKEN = "s3cr3t-token-of-the-tests-4711"
IMAGE, INSTALL, BOOT = "SMS_ImagePackage", "SMS_OperatingSystemInstallPackage", "SMS_BootImagePackage"
TYPES = {IMAGE: 257, BOOT: 258, INSTALL: 259}
RELOAD, REFRESH = "ReloadImageProperties", "RefreshPkgSource"

RECIPE = """wim {path}
times 2025-12-13T01:10:00Z
mtime {mtime}
guid {guid}
image "Windows 11 {number}"
	arch 9
	languages en-US
	default en-US
	product-type WinNT
	version 10.0.22631.{revision}.0
	description "Windows 11 {number}"
	file /Windows/text.txt "{text}"

"""


@functools.cache
def has_sanitizer(build):
    return "__asan" in subprocess.run(["nm", "-D", pathlib.Path(build) / "wimplan"], capture_output=True, text=True).stdout


def package_name(number):
    return f"P01{number:05X}"


class Server:
    """The stand-in while it runs."""

    def __init__(self, site, port, process, https):
        self.site, self.process, self.port = site, process, port
        self.url = f"{'https://localhost' if https else 'http://127.0.0.1'}:{port}/AdminService"

    def get(self, path, **headers):
        return self.request("GET", path, None, **headers)

    def request(self, method, path, body=None, **headers):
        """(status, parsed JSON or text)"""
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.url}/wmi/" + urllib.parse.quote(path, safe="()'$/=?&.+,")
        request = urllib.request.Request(url, data, method=method, headers={"Content-Type": "application/json", **headers})
        context = ssl.create_default_context(cafile=self.site.folder / "ca.pem") if self.url.startswith("https") else None
        try:
            with urllib.request.urlopen(request, timeout=20, context=context) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def object(self, class_name, package_id):
        status, document = self.get(f"{class_name}('{package_id}')")
        assert status == 200, (status, document)
        return document["value"][0]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()


class Site:
    """Sources, records and a plan in a folder of its own.

    kinds: for each package "both", "reload", "refresh" or "none": what the plan will find to do. With @install the first
    is an upgrade package, with @boot the last a boot image. @shared: so many sources for all packages."""

    def __init__(self, build, folder, kinds=("both", "reload", "refresh"), install=True, shared=None, boot=False):
        self.build, self.folder = pathlib.Path(build).resolve(), pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "sources").mkdir(exist_ok=True)
        self.kinds, self.shared = list(kinds), shared
        self.env = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")} | {
            "PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb",
            "WIMPLAN_USER": "tester", "WIMPLAN_HOST": "example"}
        self.map = f"{SHARE}={self.folder / 'sources'}"
        self.packages = []
        for i, kind in enumerate(self.kinds):
            source = i % shared if shared else i
            class_name = INSTALL if install and source == 0 else BOOT if boot and i == len(self.kinds) - 1 else IMAGE
            relative = f"w{source}/sources/install.wim" if class_name == INSTALL else f"w{source}.wim"
            path = SHARE + (f"\\w{source}" if class_name == INSTALL else f"\\w{source}.wim")
            self.packages.append({"id": package_name(0x1A + i), "class": class_name, "kind": kind, "source": source,
                                  "file": relative, "path": path})
        self.log = self.folder / "provider.log"
        self.state = self.folder / "state.db"

    def by_kind(self, kind):
        return next(package for package in self.packages if package["kind"] == kind)

    # --- Files --------------------------------------------------------------------------------------------------------

    def make_sources(self, after):
        seen, text = set(), []
        for package in self.packages:
            if package["source"] in seen:
                continue
            seen.add(package["source"])
            metadata = after and package["kind"] in ("both", "reload")
            content = after and package["kind"] in ("both", "refresh")
            text.append(RECIPE.format(
                path=package["file"], number=package["source"], revision=3007 if metadata else 2861,
                text="content after" if content else "content first", guid=f"{package['source']:031x}{int(after)}",
                mtime="2026-02-14T03:10:00Z" if after else "2025-12-13T01:10:00Z"))
        recipes = self.folder / "sources.recipes"
        recipes.write_text("".join(text))
        self.must(self.build / "mkwim", "-C", self.folder / "sources", recipes)
        for package in self.packages:
            if package["class"] == INSTALL:
                setup = self.folder / "sources" / f"w{package['source']}" / "setup.exe"
                setup.write_text("not a real program\n")
                os.utime(setup, (1765000000, 1765000000))

    def record(self, package, image_property):
        return {
            "__CLASS": package["class"], "PackageID": package["id"], "Name": f"Package {package['id']}", "Description": "",
            "ActionInProgress": 0, "ImageProperty": image_property, "ImageOSVersion": "", "Language": "", "Manufacturer": "Contoso",
            "LastRefreshTime": "2026-01-09T22:41:00Z", "ObjectPath": "/", "PackageSize": 4126000,
            "PackageType": TYPES[package["class"]], "PkgFlags": 16777216, "PkgSourceFlag": 2, "PkgSourcePath": package["path"],
            "Priority": 2, "RefreshSchedule": [], "SecuredScopeNames": ["Default"], "ShareName": "",
            "SedoObjectVersion": "455AC6B2-091F-BA20-0658-ABDC4D42DEDF", "SourceDate": "2026-01-09T22:41:00Z", "SourceSite": "P01",
            "SourceVersion": 3, "StoredPkgPath": "", "StoredPkgVersion": 3, "Version": "",
        }

    def make_export(self):
        """What the provider says of the sources as they are, in a file to load."""
        properties = {}
        with self.start("--state", self.folder / "probe.db", log=None) as server:
            for package in self.packages:
                if package["source"] in properties:
                    continue
                wim = package["path"] + (r"\sources\install.wim" if package["class"] == INSTALL else "")
                status, document = server.request("POST", f"{package['class']}.GetImageProperties", {"SourceImagePath": wim})
                assert status == 201 and document["ReturnValue"] == 0, (status, document)
                properties[package["source"]] = document["ImageProperty"]
        (self.folder / "load.json").write_text(json.dumps(
            {"value": [self.record(package, properties[package["source"]]) for package in self.packages]}))

    def export(self, server, name):
        """An administrator's export: list, then each package by key."""
        values = []
        for class_name in TYPES:
            status, listed = server.get(class_name)
            assert status == 200
            for entity in listed["value"]:
                values.append(server.object(class_name, entity["PackageID"]))
        path = self.folder / name
        path.write_text(json.dumps({"value": values}))
        return path

    def make_plan(self):
        """A site whose sources changed after what was distributed, and its plan."""
        self.make_sources(after=False)
        self.make_export()
        self.must("wimplan", "import", "--cache", "cache.db", "--site", "P01", "--taken-at", "2026-02-20T02:10:00Z", "load.json")
        self.must("wimplan", "baseline", "adopt", "--cache", "cache.db", "--map", self.map, "--all")
        self.make_sources(after=True)
        self.plan()
        return self

    def plan(self, name="plan.json", status=0):
        result = self.run("wimplan", "plan", "--cache", "cache.db", "--map", self.map, "--quiet", "-o", name)
        assert result.returncode == status, result
        return json.loads((self.folder / name).read_text())

    def plan_id(self, name="plan.json"):
        return json.loads((self.folder / name).read_text())["plan_id"]

    def make_ca(self):
        """A CA of its own and a certificate for localhost."""
        for line in (
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=SMS-Issuing -keyout ca.key "
            "-out ca.pem -addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign,cRLSign",
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -keyout server.key -out server.csr",
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile server.ext -out server.pem",
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=Other -keyout other.key -out other.pem",
        ):
            (self.folder / "server.ext").write_text("subjectAltName=DNS:localhost\n")
            self.must("openssl", *line.split())
        return ("--cert", self.folder / "server.pem", "--key", self.folder / "server.key")

    # --- Programs -----------------------------------------------------------------------------------------------------

    def program(self, name):
        path = self.build / name
        return str(path) if path.exists() else str(name)

    def run(self, program, *arguments, env=None, **more):
        return subprocess.run([self.program(program), *map(str, arguments)], cwd=self.folder, env=self.env | (env or {}),
                              stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, text=True,
                              stdin=subprocess.DEVNULL, timeout=more.pop("timeout", 120), **more)

    def must(self, program, *arguments):
        result = self.run(program, *arguments)
        if result.returncode:
            raise AssertionError(f"{program} {arguments} ended with {result.returncode}: {result.stderr}")
        return result

    def start(self, *options, faults=None, lifetime=600, load=False, log="provider.log", port=0):
        """Starts the stand-in; "load" begins anew with the records of load.json."""
        arguments = [self.program("site-provider"), "--map", self.map, "--lifetime", str(lifetime), "--port", str(port),
                     *map(str, options)]
        if "--state" not in options:
            if load:
                for path in (self.state, self.folder / "state.db-wal", self.folder / "state.db-shm", self.log):
                    path.unlink(missing_ok=True)
                arguments += ["--load", "load.json"]
            arguments += ["--state", "state.db"]
        if faults is not None:
            (self.folder / "faults").write_text("".join(json.dumps(fault) + "\n" for fault in faults))
            arguments += ["--faults", "faults"]
        if log:
            arguments += ["--log", log]
        process = subprocess.Popen(arguments, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, text=True)
        port = process.stdout.readline()
        if not port:
            raise AssertionError(f"the stand-in did not start: {process.wait()}")
        return Server(self, int(port), process, "--cert" in options)

    def apply_arguments(self, server, command, *options, plan="plan.json"):
        arguments = [command, plan, "--provider", server.url, *map(str, options)]
        if "--auth" not in options:
            arguments += ["--auth", "none"]
        if command == "run" and "--yes" not in options:
            arguments += ["--yes"]
        if "--settle" not in options:
            arguments += ["--settle", "20"]
        return arguments

    def apply(self, server, command="run", *options, plan="plan.json", program="wimplan-apply", **more):
        return self.run(program, *self.apply_arguments(server, command, *options, plan=plan), **more)

    def start_apply(self, server, command="run", *options, plan="plan.json", program="wimplan-apply", env=None, **more):
        return subprocess.Popen([self.program(program), *self.apply_arguments(server, command, *options, plan=plan)],
                                cwd=self.folder, env=self.env | (env or {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                stdin=subprocess.DEVNULL, **more)

    def forget(self):
        """Takes away what runs of the plan left beside it."""
        for path in self.folder.glob("plan*"):
            if path.name not in ("plan.json",):
                path.unlink()

    # --- What happened ------------------------------------------------------------------------------------------------

    def entries(self, kind=None):
        if not self.log.exists():
            return []
        # The last line may be cut when the server died while it wrote; no earlier one may.
        entries = [json.loads(line) for line in self.log.read_text().splitlines() if line]
        return [entry for entry in entries if kind is None or entry["type"] == kind]

    def effects(self, effect):
        """PackageID → how often it happened."""
        counts = {}
        for entry in self.entries("effect"):
            if entry["effect"] == effect:
                counts[entry["package_id"]] = counts.get(entry["package_id"], 0) + 1
        return counts

    def requests(self, method=None, ending=None):
        return [entry for entry in self.entries("request")
                if (method is None or entry["method"] == method) and (ending is None or entry["path"].endswith(ending))]

    def receipt_path(self):
        found = [path for path in self.folder.glob("*receipt*.json")]
        assert len(found) == 1, found
        return found[0]

    def receipt(self):
        return json.loads(self.receipt_path().read_text())

    def outcomes(self):
        return {(step["package_id"], step["action"]): step["outcome"] for step in self.receipt()["steps"]}

    def planned(self):
        plan = json.loads((self.folder / "plan.json").read_text())
        return [(change["package_id"], action) for change in plan["body"]["changes"] if change["status"] == "change"
                for action in change["actions"]]


class Keeper:
    """Starts the stand-in again, on its port and with its state, whenever it died."""

    def __init__(self, site, server, *options, pause=0.2, **more):
        self.servers, self.stopped = [server], threading.Event()
        self.start = lambda: site.start(*options, port=server.port, **more)
        self.pause = pause
        self.thread = threading.Thread(target=self.keep)

    def keep(self):
        while not self.stopped.wait(0.02):
            if self.servers[-1].process.poll() is not None:
                time.sleep(self.pause)
                self.servers.append(self.start())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *unused):
        self.stopped.set()
        self.thread.join()
        for server in self.servers:
            server.stop()


class Expect:
    """Collects what does not hold, so that one test says all of it."""

    def __init__(self):
        self.failures = []

    def __call__(self, condition, message):
        if not condition:
            self.failures.append(message)

    def equal(self, found, wanted, what):
        if found != wanted:
            self(False, f"{what}: {found!r}, not {wanted!r}")

    def status(self, result, wanted):
        if result.returncode != wanted:
            self(False, f"exit status {result.returncode}, not {wanted}\n      stdout: {result.stdout[-600:]!r}\n"
                        f"      stderr: {result.stderr[-600:]!r}")

    def says(self, text, *words):
        for word in words:
            if word.lower() not in text.lower():
                self(False, f"does not say {word!r}: {text[-400:]!r}")


class Counted(Expect):
    """For a script that is one test: also counts what holds, from any thread, and says what does not at once, the first @shown of it."""

    def __init__(self, shown=20):
        super().__init__()
        self.passed, self.shown, self.lock = 0, shown, threading.Lock()

    def __call__(self, condition, message):
        with self.lock:
            super().__call__(condition, message)
            if condition:
                self.passed += 1
            elif len(self.failures) <= self.shown:
                print(f"FAILED  {message}", flush=True)
        return bool(condition)

    def end(self):
        """Says how much held; returns the exit status."""
        print(f"{self.passed} passed, {len(self.failures)} failed")
        return 1 if self.failures else 0


def nowhere(site, expect, secret, *results, but=()):
    """That a secret stands in no file of the site, but for those of these names, and in no output."""
    for path in site.folder.rglob("*"):
        if path.is_file() and path.name not in but and secret.encode() in path.read_bytes():
            expect(False, f"a secret stands in {path.name}")
    for result in results:
        expect(secret not in result.stdout + result.stderr, "a secret stands in the output")


def run_test(build, name, function):
    """Returns what failed, how long it took and where it ran."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wimplan-apply-"))
    expect, began = Expect(), time.monotonic()
    try:
        function(build, folder, expect)
    except Exception:  # a test that breaks is a test that failed
        expect.failures.append(traceback.format_exc())
    if not expect.failures:
        shutil.rmtree(folder, ignore_errors=True)
    return name, expect.failures, time.monotonic() - began, folder


def run_tests(module, argv):
    """Runs the functions test_… of @module, most of which wait: SCRIPT BUILD [NAME…]. Ends with "N passed, N failed"."""
    build, only = argv[1], argv[2:]
    for name in ("wimplan", "wimplan-apply", "wimplan-export", "mkwim", "site-provider"):
        if not (pathlib.Path(build) / name).exists():
            raise SystemExit(f"{build}/{name} is missing")
    passed = failed = 0
    tests = [(name, function) for name, function in vars(module).items()
             if name.startswith("test_") and (not only or any(word in name for word in only))]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for name, failures, took, folder in pool.map(lambda test: run_test(build, *test), tests):
            if failures:
                failed += 1
                print(f"FAILED  {name} ({took:.1f} s; {folder})")
                for failure in failures:
                    print("    " + failure.replace("\n", "\n    "))
            else:
                passed += 1
                if os.environ.get("V"):
                    print(f"ok      {name} ({took:.1f} s)")
            sys.stdout.flush()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
