#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-apply with real Kerberos: kerberos.py BUILD.

Makes a realm with a KDC, and a web server in front of the stand-in provider that asks for a ticket of it.
"""

import json
import os
import subprocess
import sys

from circle import go_round
from front import Front, free_port, run_checks

REALM = "EXAMPLE.TEST"

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


class Realm(Front):
    """A KDC besides."""

    programs = ("krb5kdc", "kdb5_util", "kadmin.local", "kinit", "kvno", *Front.programs)

    def prepare(self):
        kdc = free_port()
        for name, text in ("krb5.conf", KRB5_CONF), ("kdc.conf", KDC_CONF):
            (self.folder / name).write_text(text.format(folder=self.folder, realm=REALM, kdc=kdc))
        self.site.env |= {"KRB5_CONFIG": str(self.folder / "krb5.conf"), "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf")}
        self.site.must("kdb5_util", "create", "-s", "-r", REALM, "-P", "of no use elsewhere")
        for query in ("addprinc -pw secret-of-ann ann", "addprinc -pw secret-of-bob bob", "addprinc -randkey HTTP/localhost",
                      f"ktadd -k {self.folder}/http.keytab HTTP/localhost"):
            self.site.must("kadmin.local", "-r", REALM, "-q", query)
        if os.geteuid() == 0:
            (self.folder / "http.keytab").chmod(0o644)
        self.start(kdc, "kdc.log", "krb5kdc", "-n", "-r", REALM)
        return ["GssapiAllowedMech krb5", f"GssapiCredStore keytab:{self.folder}/http.keytab", f"Require user ann@{REALM}"]

    def sign_in(self, user):
        """The environment of somebody with a ticket; without a user, of somebody who has none."""
        env = {"KRB5CCNAME": f"FILE:{self.folder}/tickets-of-{user}"}
        if user:
            done = subprocess.run(["kinit", f"{user}@{REALM}"], env=self.site.env | env, input=f"secret-of-{user}\n", text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode:
                raise SystemExit(f"kerberos: kinit {user}: {done.stdout}")
        return env


def check_refusals(realm, expect):
    for user, status, words in (None, "401", ["ticket"]), ("bob", "403", ["403"]):
        for command, options in ("check", []), ("run", ["--yes"]):
            result, requests = realm.apply(realm.sign_in(user), command, *options)
            expect.status(result, 1)
            expect.says(result.stderr, *words)
            expect.equal([request.status for request in requests], [status],
                         f"requests of {command} by {user or 'nobody'}: {requests}")
    expect.equal(realm.site.requests(), [], "requests that came through to the provider")
    result, requests = realm.apply(realm.sign_in("ann"), "check", ca="other.pem")
    expect.status(result, 1)
    expect.says(result.stderr, "certificate")
    expect.equal(requests, [], "requests over a connection with a certificate that is not trusted")


def check_run(realm, expect):
    site, ann = realm.site, realm.sign_in("ann")
    result, requests = realm.apply(ann, "check")
    expect.status(result, 0)
    expect.says(result.stdout, "5 steps: 5 pending")
    result, more = realm.apply(ann, "run", "--yes", "--settle", "20", "--verbose", "--events", "events")
    expect.status(result, 0)
    expect.equal(site.outcomes(), {step: "done" for step in site.planned()}, "outcomes")
    expect.equal((sum(site.effects("reload").values()), sum(site.effects("refresh").values())), (3, 2), "effects")
    expect.equal(len([request for request in more if request.method == "POST"]), 5, "calls")
    for request in requests + more:
        expect(request.status in ("200", "201") and request.user == f"ann@{REALM}",
               f"a request that was not ann's, or not a success: {request}")
    result, requests = realm.apply(ann, "run", "--yes")
    expect.status(result, 4)
    expect.equal(requests, [], "requests of a plan that is already applied")
    for path in [*site.folder.glob("plan*"), site.folder / "events"]:
        expect(b"Negotiate" not in path.read_bytes() and b"secret-of" not in path.read_bytes(), f"{path.name} has a secret in it")


def check_export(realm, expect):
    """Several connections at a time, each signed in; without a ticket one request and no more."""
    result, requests = realm.export(realm.sign_in(None))
    expect.status(result, 1)
    expect.equal([request.status for request in requests], ["401"], "requests of an export by nobody")
    result, requests = realm.export(realm.sign_in("ann"), "--parallel", "4")
    expect.status(result, 0)
    expect.equal({request.user for request in requests if request.status == "200"}, {f"ann@{REALM}"}, "users")
    expect.equal({request.status for request in requests}, {"200"}, "statuses")
    expect(len({request.connection for request in requests}) > 1, "connections of an export")
    expect.equal({request.method for request in requests}, {"GET"}, "methods")
    expect(json.loads((realm.folder / "records.json").read_text())["complete"], "the export is not complete")


def check_circle(realm, expect):
    """After the run of before the sources change once more."""
    site, before = realm.site, len(realm.logged())
    site.must("wimplan", "record", "--cache", "cache.db", "--map", site.map, "plan.receipt.json")
    site.forget()
    site.make_sources(after=False)
    calls = go_round(site, expect, realm.url, "--ca-file", "ca.pem", env=realm.sign_in("ann"))
    expect(any(action == "RefreshPkgSource" for _, action in calls), "no refresh was planned")
    users = {request.user for request in realm.logged()[before:] if request.status in ("200", "201")}
    expect.equal(users, {f"ann@{REALM}"}, "users of a whole circle")


if __name__ == "__main__":
    sys.exit(run_checks("kerberos", Realm, (check_refusals, check_run, check_export, check_circle), sys.argv[1]))
