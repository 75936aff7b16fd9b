# SPDX-License-Identifier: GPL-3.0-or-later
"""Apache httpd with mod_auth_gssapi and TLS in front of the stand-in provider: what a real sign-in is tested with.

All of it is on loopback and in a folder of its own. Nothing below /etc is written. Every server ends by itself after two minutes.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from standin import Expect, Site

MODULES = pathlib.Path("/usr/lib/apache2/modules")
LIFETIME = "120"
SBIN = ":/usr/sbin:/sbin"

HTTPD_CONF = """ServerRoot {folder}
ServerName localhost
PidFile {folder}/httpd.pid
Listen 127.0.0.1:{https}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule auth_gssapi_module {modules}/mod_auth_gssapi.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
LoadModule ssl_module {modules}/mod_ssl.so
ErrorLog {folder}/error.log
LogFormat "%>s %m %U %u %{{remote}}p" plain
CustomLog {folder}/access.log plain
{server}
SSLEngine on
SSLCertificateFile {folder}/server.pem
SSLCertificateKeyFile {folder}/server.key
SSLProtocol -all +TLSv1.2 +TLSv1.3
KeepAlive On
MaxKeepAliveRequests {more}
ProxyPass "/AdminService" "http://127.0.0.1:{backend}/AdminService"
<Location "/AdminService">
	AuthType GSSAPI
	AuthName "AdminService"
	GssapiSSLonly On
	AuthzSendForbiddenOnFailure On
	RequestHeader unset Authorization
	{location}
</Location>
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_port(port, process, log):
    for _ in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"{process.args[2]} did not start: {log.read_text() if log.exists() else ''}")


class Request:
    """One line of httpd's log: the connection is the client's port."""

    def __init__(self, line):
        self.line = line
        self.status, self.method, self.path, self.user, self.connection = line.split()

    def __repr__(self):
        return self.line


class Front:
    """The stand-in and httpd while they run. A class below this one has what one way to sign in needs besides."""

    programs = ("apache2", "openssl")
    files = (MODULES / "mod_auth_gssapi.so",)
    kinds = ("both", "both", "reload", "none")
    server = ""  # httpd's directives for the whole server

    def __init__(self, site):
        self.site, self.folder, self.processes, self.backend = site, site.folder, [], None
        self.https = free_port()
        self.url = f"https://localhost:{self.https}/AdminService"
        site.env["PATH"] = os.environ["PATH"] + SBIN

    @classmethod
    def missing(cls):
        """Names what this machine lacks."""
        path = os.environ["PATH"] + SBIN
        return [name for name in cls.programs if not shutil.which(name, path=path)] + [file.stem for file in cls.files if not file.exists()]

    def prepare(self):
        """Makes what httpd reads, and starts what it asks. Returns its directives on who may come in."""
        raise NotImplementedError

    def start(self, port, log, *words):
        process = subprocess.Popen(["timeout", LIFETIME, *words], cwd=self.folder, env=self.site.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.processes.append(process)
        wait_for_port(port, process, self.folder / log)

    def stop_last(self):
        process = self.processes.pop()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)

    def start_provider(self, more):
        """The stand-in as it was at first, and httpd before it, with so many requests behind a connection's first (0: any number)."""
        self.backend = self.site.start(load=True)
        user = ""
        if os.geteuid() == 0:
            # httpd gives root's rights up, and has to read its files without them.
            user = "User www-data\nGroup www-data"
            self.folder.chmod(0o711)
        (self.folder / "httpd.conf").write_text(HTTPD_CONF.format(
            folder=self.folder, modules=MODULES, https=self.https, user=user, backend=self.backend.port, more=more,
            server=self.server, location="\n\t".join(self.location)))
        self.start(self.https, "error.log", "apache2", "-f", self.folder / "httpd.conf", "-DFOREGROUND")

    def __enter__(self):
        try:
            self.location = self.prepare()
            self.site.make_ca()
            self.start_provider(more=0)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        while self.processes:
            self.stop_last()
        if self.backend:
            self.backend.stop()

    def __exit__(self, *unused):
        self.stop()

    def begin_again(self, more):
        """As if nothing had been applied yet."""
        self.stop_last()
        self.backend.stop()
        self.site.forget()
        self.start_provider(more)

    def apply(self, env, command, *options, ca="ca.pem"):
        """Runs wimplan-apply and returns its result with the requests that httpd has logged of it."""
        before = len(self.logged())
        words = [command, "plan.json", "--provider", self.url, "--ca-file", ca, *options]
        result = self.site.run("wimplan-apply", *words, env=env)
        # httpd writes its line when the answer is out, which may be a moment after the client has ended.
        time.sleep(0.3)
        return result, self.logged()[before:]

    def export(self, env, *options):
        """The same of wimplan-export, into records.json."""
        before = len(self.logged())
        result = self.site.run("wimplan-export", "--provider", self.url, "--ca-file", "ca.pem", "-o", "records.json", *options, env=env)
        time.sleep(0.3)
        return result, self.logged()[before:]

    def logged(self):
        path = self.folder / "access.log"
        return [Request(line) for line in path.read_text().splitlines()] if path.exists() else []


def run_checks(name, front_class, checks, build):
    """Runs the functions, each with the front and an Expect, one after the other on the same site. Returns the exit status."""
    missing = front_class.missing()
    if missing:
        print(f"{name}: not tested, because there is no {', '.join(missing)}; make deps check-{name} installs them")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"wimplan-{name}-"))
    failed = 0
    site = Site(build, folder, kinds=front_class.kinds).make_plan()
    with front_class(site) as front:
        for check in checks:
            expect = Expect()
            check(front, expect)
            failed += bool(expect.failures)
            for failure in expect.failures:
                print(f"FAILED  {check.__name__}: {failure}")
    if failed:
        print(f"The folder is kept: {folder}")
    else:
        shutil.rmtree(folder)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0
