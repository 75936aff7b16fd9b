#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-apply with real Kerberos: kerberos.py BUILD.

Makes a realm with a KDC, and an Apache httpd with mod_auth_gssapi and TLS in front of the stand-in provider, all of it on loopback
and in a folder of its own. Nothing below /etc is read or written. Every server ends by itself after two minutes.
"""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from standin import Expect, Site

REALM = "EXAMPLE.TEST"
MODULES = pathlib.Path("/usr/lib/apache2/modules")
PROGRAMS = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kvno", "apache2", "openssl")
LIFETIME = "120"

KRB5_CONF = """[libdefaults]
	default_realm = {realm}
	dns_lookup_kdc = false
	dns_lookup_realm = false
	dns_canonicalize_hostname = false
	rdns = false
[realms]
	{realm} = {{
		kdc = 127.0.0.1:{kdc}
	}}
[domain_realm]
	localhost = {realm}
"""

KDC_CONF = """[realms]
	{realm} = {{
		database_name = {folder}/principal
		key_stash_file = {folder}/stash
		acl_file = {folder}/acl
		kdc_listen = 127.0.0.1:{kdc}
		kdc_tcp_listen = 127.0.0.1:{kdc}
	}}
[logging]
	kdc = FILE:{folder}/kdc.log
"""

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
LogFormat "%>s %m %U %u" plain
CustomLog {folder}/access.log plain
SSLEngine on
SSLCertificateFile {folder}/server.pem
SSLCertificateKeyFile {folder}/server.key
SSLProtocol -all +TLSv1.2 +TLSv1.3
KeepAlive On
MaxKeepAliveRequests 0
ProxyPass "/AdminService" "http://127.0.0.1:{backend}/AdminService"
<Location "/AdminService">
	AuthType GSSAPI
	AuthName "AdminService"
	GssapiSSLonly On
	GssapiAllowedMech krb5
	GssapiCredStore keytab:{folder}/http.keytab
	AuthzSendForbiddenOnFailure On
	Require user ann@{realm}
	RequestHeader unset Authorization
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
    raise SystemExit(f"kerberos: {process.args[2]} did not start: {log.read_text() if log.exists() else ''}")


class Realm:
    """The KDC, the proxy and the stand-in while they run."""

    def __init__(self, site):
        self.site, self.folder, self.processes = site, site.folder, []
        self.kdc, self.https = free_port(), free_port()
        self.url = f"https://localhost:{self.https}/AdminService"
        site.env |= {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "KRB5_CONFIG": str(self.folder / "krb5.conf"),
                     "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf")}

    def write(self, name, text, **values):
        (self.folder / name).write_text(text.format(folder=self.folder, realm=REALM, kdc=self.kdc, https=self.https, modules=MODULES,
                                                    **values))

    def start(self, port, log, *words):
        process = subprocess.Popen(["timeout", LIFETIME, *words], cwd=self.folder, env=self.site.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.processes.append(process)
        wait_for_port(port, process, self.folder / log)

    def __enter__(self):
        self.write("krb5.conf", KRB5_CONF)
        self.write("kdc.conf", KDC_CONF)
        self.site.must("kdb5_util", "create", "-s", "-r", REALM, "-P", "of no use elsewhere")
        for query in ("addprinc -pw secret-of-ann ann", "addprinc -pw secret-of-bob bob", "addprinc -randkey HTTP/localhost",
                      f"ktadd -k {self.folder}/http.keytab HTTP/localhost"):
            self.site.must("kadmin.local", "-r", REALM, "-q", query)
        try:
            self.start(self.kdc, "kdc.log", "krb5kdc", "-n", "-r", REALM)
            self.site.make_ca()
            self.backend = self.site.start(load=True)
            user = ""
            if os.geteuid() == 0:
                # httpd gives root's rights up, and has to read the keytab and the folder without them.
                user = "User www-data\nGroup www-data"
                self.folder.chmod(0o711)
                (self.folder / "http.keytab").chmod(0o644)
            self.write("httpd.conf", HTTPD_CONF, user=user, backend=self.backend.port)
            self.start(self.https, "error.log", "apache2", "-f", self.folder / "httpd.conf", "-DFOREGROUND")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
        if hasattr(self, "backend"):
            self.backend.stop()

    def __exit__(self, *unused):
        self.stop()

    def sign_in(self, user):
        """The environment of somebody with a ticket; without a user, of somebody who has none."""
        env = {"KRB5CCNAME": f"FILE:{self.folder}/tickets-of-{user}"}
        if user:
            done = subprocess.run(["kinit", f"{user}@{REALM}"], env=self.site.env | env, input=f"secret-of-{user}\n", text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode:
                raise SystemExit(f"kerberos: kinit {user}: {done.stdout}")
        return env

    def apply(self, user, command, *options, ca="ca.pem"):
        """Runs wimplan-apply and returns its result with what the proxy has logged of it."""
        before = self.logged()
        words = [command, "plan.json", "--provider", self.url, "--ca-file", ca, *options]
        result = self.site.run("wimplan-apply", *words, env=self.sign_in(user))
        # httpd writes its line when the answer is out, which may be a moment after the client has ended.
        time.sleep(0.3)
        return result, self.logged()[len(before):]

    def logged(self):
        path = self.folder / "access.log"
        return path.read_text().splitlines() if path.exists() else []


def check_refusals(realm, expect):
    for user, status, words in (None, "401", ["ticket"]), ("bob", "403", ["403"]):
        for command, options in ("check", []), ("run", ["--yes"]):
            result, lines = realm.apply(user, command, *options)
            expect.status(result, 1)
            expect.says(result.stderr, *words)
            expect.equal([line.split()[0] for line in lines], [status], f"requests of {command} by {user or 'nobody'}: {lines}")
    expect.equal(realm.site.requests(), [], "requests that came through to the provider")
    result, lines = realm.apply("ann", "check", ca="other.pem")
    expect.status(result, 1)
    expect.says(result.stderr, "certificate")
    expect.equal(lines, [], "requests over a connection with a certificate that is not trusted")


def check_run(realm, expect):
    site = realm.site
    result, lines = realm.apply("ann", "check")
    expect.status(result, 0)
    expect.says(result.stdout, "5 steps: 5 pending")
    result, more = realm.apply("ann", "run", "--yes", "--settle", "20", "--verbose", "--events", "events")
    expect.status(result, 0)
    expect.equal(site.outcomes(), {step: "done" for step in site.planned()}, "outcomes")
    expect.equal((sum(site.effects("reload").values()), sum(site.effects("refresh").values())), (3, 2), "effects")
    expect.equal(len([line for line in more if " POST " in line]), 5, "calls")
    for line in lines + more:
        expect(re.fullmatch(rf"20[01] \S+ \S+ ann@{REALM}", line), f"a request that was not ann's, or not a success: {line}")
    result, lines = realm.apply("ann", "run", "--yes")
    expect.status(result, 4)
    expect.equal(lines, [], "requests of a plan that is already applied")
    for path in [*site.folder.glob("plan*"), site.folder / "events"]:
        expect(b"Negotiate" not in path.read_bytes() and b"secret-of" not in path.read_bytes(), f"{path.name} has a secret in it")


def main():
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    missing = [name for name in PROGRAMS if not shutil.which(name, path=path)]
    if not (MODULES / "mod_auth_gssapi.so").exists():
        missing.append("mod_auth_gssapi")
    if missing:
        print(f"kerberos: not tested, because there is no {', '.join(missing)}; make deps check-kerberos installs them")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="wimplan-kerberos-"))
    failed = 0
    site = Site(sys.argv[1], folder, kinds=("both", "both", "reload", "none")).make_plan()
    with Realm(site) as realm:
        for function in check_refusals, check_run:
            expect = Expect()
            function(realm, expect)
            failed += bool(expect.failures)
            for failure in expect.failures:
                print(f"FAILED  {function.__name__}: {failure}")
    if failed:
        print(f"The folder is kept: {folder}")
    else:
        shutil.rmtree(folder)
    print(f"{2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
