#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""wimplan-apply with real NTLM: ntlm.py BUILD.

The web server in front of the stand-in provider checks NTLMv2 responses with GSS-NTLMSSP, from a file of users.
"""

import base64
import json
import pathlib
import struct
import sys

from front import Front, run_checks
from standin import nowhere

DOMAIN = "CONTOSO"
SECRETS = {"ann": "s3cret-of-ann", "bob": "s3cret-of-bob"}
WRONG = "s3cret-of-nobody"


def negotiate(flags, version):
    """NEGOTIATE_MESSAGE of [MS-NLMP] 2.2.1.1, without a domain and a workstation, as it stands behind "NTLM" in a header."""
    return base64.b64encode(b"NTLMSSP\0" + struct.pack("<II", 1, flags) + bytes(16) + version).decode()


# NEGOTIATE_OEM, REQUEST_TARGET, NEGOTIATE_NTLM, NEGOTIATE_EXTENDED_SESSIONSECURITY: [MS-NLMP] 2.2.2.5.
FLAGS = 0x00080206
ALWAYS_SIGN = 0x00008000
# libcurl's first message is always the same, and has no Version. GSS-NTLMSSP 1.2.0 wants one (its ntlm.c, ntlm_decode_msg_type),
# and when it is asked for ALWAYS_SIGN, it also wants one in the third message, where libcurl has none either
# (https://github.com/gssapi/gss-ntlmssp/issues/95). So httpd gives it the first message in the form it takes. Neither the challenge
# nor the response to it depends on that.
TAKE = f'RequestHeader edit Authorization "^NTLM {negotiate(FLAGS | ALWAYS_SIGN, b"")}$" "NTLM {negotiate(FLAGS, bytes(8))}" early'


class Ntlm(Front):
    """Users with passwords besides."""

    files = (*Front.files, pathlib.Path("/etc/gss/mech.d/mech.ntlmssp.conf"))
    server = TAKE

    def prepare(self):
        users = self.folder / "users"
        users.write_text("".join(f"{DOMAIN}:{user}:{secret}\n" for user, secret in SECRETS.items()))
        # httpd reads it as a user of its own.
        users.chmod(0o644)
        self.site.env |= {"NTLM_USER_FILE": str(users), "NETBIOS_DOMAIN_NAME": DOMAIN, "NETBIOS_COMPUTER_NAME": "CM01"}
        # NTLM signs a connection in, not a request.
        return ["GssapiAllowedMech ntlmssp", "GssapiConnectionBound On", rf'Require user "{DOMAIN}\\ann"']

    def sign_in(self, user, secret, command, *options):
        return self.apply({"WIMPLAN_PASSWORD": secret}, command, "--auth", "ntlm", "--user", rf"{DOMAIN}\{user}", *options)


def statuses(requests):
    return [request.status for request in requests]


def check_refusals(front, expect):
    """One attempt, which is two requests: the negotiation, which is always answered with 401, and the response to its challenge."""
    results = []
    for user, secret, status in (("ann", WRONG, "401"), ("eve", WRONG, "401"), ("bob", SECRETS["bob"], "403")):
        for command, options in ("check", []), ("run", ["--yes"]):
            result, requests = front.sign_in(user, secret, command, "--verbose", *options)
            expect.status(result, 1)
            expect.says(result.stderr, f"HTTP {status}", "--user", "password")
            expect("proxy" not in result.stderr, f"blames a proxy: {result.stderr}")
            expect.equal(statuses(requests), ["401", status], f"requests of {command} by {user}: {requests}")
            expect.equal(len({request.connection for request in requests}), 1, "connections")
            results.append(result)
    result, requests = front.apply({"WIMPLAN_PASSWORD": SECRETS["ann"]}, "check", "--auth", "none")
    expect.status(result, 1)
    expect.equal(statuses(requests), ["401"], "requests of somebody who does not sign in")
    for environment in {}, {"WIMPLAN_PASSWORD": ""}:
        result, requests = front.apply(environment, "check", "--auth", "ntlm", "--user", rf"{DOMAIN}\ann")
        expect.status(result, 2)
        expect.says(result.stderr, "WIMPLAN_PASSWORD")
        expect.equal(requests, [], "requests without a password")
    result, more = front.apply({"WIMPLAN_PASSWORD": SECRETS["ann"]}, "check", "--auth", "ntlm")
    expect.status(result, 2)
    expect.says(result.stderr, "--user")
    expect.equal(more, [], "requests without a name")
    expect.equal(front.site.requests(), [], "requests that came through to the provider")
    nowhere(front.site, expect, WRONG, *results)


def check_done(front, expect, requests):
    """A whole run: each connection is signed in once, and each call reached the provider once."""
    site, connections = front.site, {}
    expect.equal(site.outcomes(), {step: "done" for step in site.planned()}, "outcomes")
    expect.equal((sum(site.effects("reload").values()), sum(site.effects("refresh").values())), (3, 2), "effects")
    calls = [request["path"] for request in site.requests("POST")]
    expect.equal((len(calls), len(set(calls))), (5, 5), f"calls that the provider got: {calls}")
    expect.equal(sorted(request.path for request in requests if request.method == "POST" and request.status != "401"),
                 sorted(calls), "calls that httpd let through")
    for request in requests:
        connections.setdefault(request.connection, []).append(request)
    for of_one in connections.values():
        expect.equal(of_one[0].status, "401", f"the first request of a connection: {of_one}")
        expect(all(request.status in ("200", "201") and request.user == rf"{DOMAIN}\\ann" for request in of_one[1:]),
               f"a request that was not ann's, or not a success: {of_one}")
    return connections


def check_run(front, expect):
    result, requests = front.sign_in("ann", SECRETS["ann"], "check", "--json")
    expect.status(result, 0)
    expect.equal(statuses(requests), ["401"] + ["200"] * 4, f"requests of check: {requests}")
    run, requests = front.sign_in("ann", SECRETS["ann"], "run", "--yes", "--settle", "20", "--verbose", "--json", "--events", "events")
    expect.status(run, 0)
    connections = check_done(front, expect, requests)
    expect.equal(len(connections), 1, "connections of a run that nobody cuts")
    again, requests = front.sign_in("ann", SECRETS["ann"], "run", "--yes")
    expect.status(again, 4)
    expect.equal(requests, [], "requests of a plan that is already applied")
    nowhere(front.site, expect, SECRETS["ann"], result, run, again, but=["users"])


def check_connections_that_end(front, expect):
    """httpd closes each connection behind the request that signed it in: every call goes out on a new one, first without its body."""
    front.begin_again(more=1)
    run, requests = front.sign_in("ann", SECRETS["ann"], "run", "--yes", "--settle", "20")
    expect.status(run, 0)
    connections = check_done(front, expect, requests)
    expect.equal({len(of_one) for of_one in connections.values()}, {2}, "requests of one connection")


def check_export(front, expect):
    """Several connections at a time, each signed in; a wrong password is tried once, whatever --parallel says."""
    account = ("--auth", "ntlm", "--user", rf"{DOMAIN}\ann")
    result, requests = front.export({"WIMPLAN_PASSWORD": "not hers"}, *account)
    expect.status(result, 1)
    expect(len(requests) <= 3 and len({request.connection for request in requests}) == 1, f"requests with a wrong password: {requests}")
    result, requests = front.export({"WIMPLAN_PASSWORD": SECRETS["ann"]}, *account)
    expect.status(result, 0)
    expect(len({request.connection for request in requests}) > 1, "connections of an export")
    expect(json.loads((front.folder / "records.json").read_text())["complete"], "the export is not complete")
    nowhere(front.site, expect, SECRETS["ann"], result, but=["users"])


if __name__ == "__main__":
    sys.exit(run_checks("ntlm", Ntlm, (check_refusals, check_run, check_export, check_connections_that_end), sys.argv[1]))
