#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens and certificates: test_secrets.py BUILD [NAME…]."""

import sys

from standin import TOKEN, Site, nowhere, run_tests


def test_token(build, folder, expect):
    (folder / "token").write_text(TOKEN + "\n")
    (folder / "token").chmod(0o600)
    (folder / "wrong").write_text("another\n")
    (folder / "wrong").chmod(0o600)
    site = Site(build, folder).make_plan()
    with site.start("--token-file", "token", load=True) as server:
        wrong = site.apply(server, "run", "--auth", "bearer", "--token-file", "wrong")
        expect.status(wrong, 1)
        expect.equal(len(site.requests()), 1, "requests with a wrong token")
        none = site.apply(server, "run", "--auth", "bearer")
        expect(none.returncode in (1, 2), f"without a token: {none.returncode}")
        expect.says(none.stderr, "WIMPLAN_TOKEN")
        check = site.apply(server, "check", "--auth", "bearer", "--verbose", env={"WIMPLAN_TOKEN": TOKEN})
        expect.status(check, 0)
        run = site.apply(server, "run", "--auth", "bearer", "--token-file", "token", "--verbose", "--json", "--events", "events")
        expect.status(run, 0)
        expect.equal({entry["authorization"] for entry in site.requests()}, {"Bearer"}, "schemes")
        nowhere(site, expect, TOKEN, wrong, none, check, run, but=["token"])
        before = len(site.requests())
        for text in ("", "\n", "two\nlines\n", "x" * 100000, "a\rb", "caf\u00e9"):
            (folder / "wrong").write_text(text)
            result = site.apply(server, "check", "--auth", "bearer", "--token-file", "wrong")
            expect(result.returncode in (1, 2), f"token file {text[:9]!r}: {result.returncode}")
            expect.equal(len(site.requests()), before, f"requests with the token file {text[:9]!r}")
        missing = site.apply(server, "check", "--auth", "bearer", "--token-file", "missing")
        expect(missing.returncode in (1, 2), f"no token file: {missing.returncode}")
        expect.says(missing.stderr, "missing")


def test_token_file_of_others(build, folder, expect):
    """A warning that names the file, and no refusal."""
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    site = Site(build, folder, kinds=("reload",)).make_plan()
    with site.start("--token-file", "token", load=True) as server:
        for mode, warned in ((0o600, False), (0o400, False), (0o640, True), (0o604, True)):
            token.chmod(mode)
            check = site.apply(server, "check", "--auth", "bearer", "--token-file", "token")
            expect.status(check, 0)
            lines = [f"wimplan-apply: warning: the token file token is open to others than its owner (mode {mode:04o}); chmod 600 token"]
            expect.equal(check.stderr.splitlines(), lines if warned else [], f"messages about mode {mode:04o}")
        quiet = site.apply(server, "check", "--auth", "bearer", "--token-file", "token", "--quiet")
        expect.equal((quiet.returncode, quiet.stderr), (0, ""), "with --quiet")
        nowhere(site, expect, TOKEN, check, but=["token"])


def test_token_in_an_error(build, folder, expect):
    """A server that repeats what it was sent."""
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    site = Site(build, folder).make_plan()
    with site.start("--token-file", "token", faults=[{"method": "POST", "action": "extended-status", "error_code": 5}],
                    load=True) as server:
        run = site.apply(server, "run", "--auth", "bearer", "--token-file", "token", "--events", "events")
        expect.status(run, 6)
        nowhere(site, expect, TOKEN, run, but=["token"])


def test_tls(build, folder, expect):
    site = Site(build, folder)
    tls = site.make_ca()
    site.make_plan()
    with site.start(*tls, load=True) as server:
        for name, options in (("no CA", ()), ("another CA", ("--ca-file", "other.pem")), ("no such file", ("--ca-file", "nothing.pem"))):
            result = site.apply(server, "run", *options)
            expect(result.returncode in (1, 2), f"{name}: exit status {result.returncode}")
            expect(result.stderr, f"{name}: says nothing")
        wrong = site.apply(server, "run", "--ca-file", "other.pem")
        expect.says(wrong.stderr, "certificate")
        expect.equal(site.requests(), [], "requests without trust")
        whole, server.url = server.url, server.url.replace("localhost", "127.0.0.1")
        other_name = site.apply(server, "run", "--ca-file", "ca.pem")
        expect.status(other_name, 1)
        expect.equal(site.requests(), [], "requests to a host of another name")
        server.url = whole
        expect.status(site.apply(server, "run", "--ca-file", "ca.pem"), 0)
        connections = {entry["connection"] for entry in site.requests()}
        expect(len(connections) <= 2, f"{len(connections)} connections for {len(site.requests())} requests")


def test_no_proxy_unless_asked(build, folder, expect):
    site = Site(build, folder, kinds=("reload",)).make_plan()
    proxies = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTPS_PROXY")}
    with site.start(load=True) as server:
        expect.status(site.apply(server, env=proxies), 0)


def test_secrets_need_https(build, folder, expect):
    """Nothing to hold it to but care: a token over plain HTTP goes to this machine only."""
    (folder / "token").write_text(TOKEN)
    (folder / "token").chmod(0o600)
    site = Site(build, folder, kinds=("reload",)).make_plan()
    with site.start(load=True) as server:
        server.url = server.url.replace("127.0.0.1", "site.invalid")
        result = site.apply(server, "check", "--auth", "bearer", "--token-file", "token")
        expect(result.returncode in (1, 2), f"exit status {result.returncode}")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
