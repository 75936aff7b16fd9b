#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What wimplan-apply makes of what stands between it and a provider: sign-in, proxies, TLS, odd answers. test_between.py BUILD [NAME…]."""

import base64
import os
import signal
import socket
import struct
import subprocess
import sys
import time

from between import Front, answer, without_end
from standin import REFRESH, RELOAD, TOKEN, Site, run_tests

PAGE = "<html><head><title>Bad gateway</title></head><body><p>Sorry.</p></body></html>"
NTLM = ("--auth", "ntlm", "--user", "CONTOSO\\ann")


def ntlm_challenge():
    """A message of type 2 (MS-NLMP, 2.2.1.2) with an empty target."""
    flags = 0x00000001 | 0x00000200 | 0x00008000 | 0x00080000 | 0x00800000
    empty = struct.pack("<HHI", 0, 0, 56)
    message = b"NTLMSSP\0" + struct.pack("<I", 2) + empty + struct.pack("<I", flags) + b"12345678" + bytes(8)
    return base64.b64encode(message + struct.pack("<HHI", 4, 4, 56) + bytes(12)).decode()


class NtlmFront(Front):
    """Lets a connection through when it has gone through the steps of NTLM; any password will do."""

    def __init__(self, server, hook):
        super().__init__(server, self.sign_in)
        self.signed_in, self.then = set(), hook

    def sign_in(self, front, request, client):
        words = request.headers.get("authorization", "")
        if words.startswith("NTLM TlRMTVNTUAAD"):
            self.signed_in.add(request.connection)
        elif words.startswith("NTLM "):
            return answer(401, b"", f"WWW-Authenticate: NTLM {ntlm_challenge()}")
        if request.connection not in self.signed_in:
            return answer(401, b"", "WWW-Authenticate: NTLM")
        return self.then(front, request, client)


def all_done(site, expect, what):
    expect.equal({step: outcome for step, outcome in site.outcomes().items() if outcome != "done"}, {}, f"not done: {what}")
    wanted = {package_id: 1 for package_id, action in site.planned() if action == REFRESH}
    expect.equal(site.effects("refresh"), wanted, f"refreshes: {what}")


def test_ntlm_call_lost_behind_its_challenge(build, folder, expect):
    """The call is the first of its connection, and the answer is lost. The 401 that came before is not that answer."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()

    def hook(front, request, client):
        if request.method == "POST":
            front.ask(request)
            return None
        # The second time that the record is read, right before the call, is the end of its connection.
        if not front.lost and len([one for one in front.requests if "P01" in one.path]) == 2:
            front.lost = True
            client.sendall(front.forward(request, "Connection: close"))
            return None
        return front.forward(request)

    with site.start("--settle-delay", "1", load=True) as server, NtlmFront(server, hook) as front:
        front.lost, server.url = False, front.url
        result = site.apply(server, "run", *NTLM, env={"WIMPLAN_PASSWORD": "secret"})
        expect.status(result, 0)
        posts = [request for request in front.requests if request.method == "POST"]
        expect.equal([len(request.body) for request in posts], [0, 2], "bodies of the POST requests")
    all_done(site, expect, "NTLM")
    expect(site.receipt()["steps"][0]["looked_up"], "looked up")


def test_error_of_a_gateway_behind_the_effect(build, folder, expect):
    """Not the provider's words: the call was passed on, and is looked up."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    for status, body, kind in ((500, PAGE, "text/html"), (500, "", "text/plain"), (520, "error code: 520", "text/plain")):
        def hook(front, request, client, status=status, body=body, kind=kind):
            reply = front.forward(request)
            return answer(status, body, f"Content-Type: {kind}") if request.method == "POST" else reply

        with site.start("--settle-delay", "1", load=True) as server, Front(server, hook) as front:
            server.url = front.url
            expect.status(site.apply(server), 0)
        all_done(site, expect, f"{status} {body!r}")
        site.forget()


def test_version_that_grows_with_the_reload(build, folder, expect):
    """Whether somebody refreshed, or the reload did that: it is not known, and it is said."""
    site = Site(build, folder, kinds=("both",)).make_plan()
    path = f"{site.packages[0]['class']}('{site.packages[0]['id']}')/AdminService.{REFRESH}"

    def hook(front, request, client):
        reply = front.forward(request)
        if request.path.endswith(RELOAD):
            front.server.request("POST", path, {})
        return reply

    with site.start(load=True) as server, Front(server, hook) as front:
        arguments = [argument.replace(server.url, front.url) for argument in site.apply_arguments(server, "run")]
        result = site.run("wimplan-apply", *arguments)
        expect.status(result, 0)
        expect.says(result.stderr, site.packages[0]["id"], "SourceVersion")
    steps = site.receipt()["steps"]
    expect.equal([step["outcome"] for step in steps], ["done", "satisfied"], "outcomes")
    expect.says(steps[1]["error"] or "nothing", "SourceVersion grew")


def test_only_what_is_needed_has_to_be_offered(build, folder, expect):
    """A provider that offers no refresh is good enough for the packages that need none."""
    site = Site(build, folder, kinds=("both", "reload"), install=False).make_plan()

    def hook(front, request, client):
        reply = front.forward(request)
        return reply.replace(b'Action Name="RefreshPkgSource"', b'Action Name="RefreshPkgSourcX"')

    with site.start(load=True) as server, Front(server, hook) as front:
        server.url = front.url
        result = site.apply(server)
        expect.status(result, 1)
        expect.says(result.stderr, REFRESH, "SMS_ImagePackage", "powershell")
        expect.status(site.apply(server, "run", "--only", site.packages[1]["id"]), 0)
    expect.equal(site.effects("reload"), {site.packages[1]["id"]: 1}, "reloads")


def test_other_forms_of_an_answer(build, folder, expect):
    site = Site(build, folder, kinds=("both",)).make_plan()

    def chunked(front, request, client):
        status, _, body = front.ask(request)
        pieces = [body[at:at + 7] for at in range(0, len(body), 7)] + [b""]
        head = f"HTTP/1.1 {status} Words\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        return head + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)

    def to_the_end(front, request, client):
        status, _, body = front.ask(request)
        client.sendall(f"HTTP/1.1 {status} Words\r\nContent-Type: application/json\r\n\r\n".encode() + body)

    def marked(front, request, client):
        status, _, body = front.ask(request)
        return answer(status, b"\xef\xbb\xbf" + body, "Content-Type: application/json; charset=utf-8")

    def no_content(front, request, client):
        reply = front.forward(request)
        return b"HTTP/1.1 204 No Content\r\n\r\n" if request.method == "POST" else reply

    def goes_on(front, request, client):
        return b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + front.forward(request)

    for hook in (chunked, to_the_end, marked, no_content, goes_on):
        with site.start(load=True) as server, Front(server, hook) as front:
            server.url = front.url
            expect.status(site.apply(server), 0)
        all_done(site, expect, hook.__name__)
        site.forget()


def test_huge_answers(build, folder, expect):
    """No answer takes more memory than a record may have."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    for place, status, start, piece in (("$metadata", 200, b"<Edmx>", b"<a>" + b"x" * 65536 + b"</a>"),
                                        ("$metadata", 403, b"<html>", b"x" * 65536), ("P01", 200, b'{"value":[{"a":"', b"x" * 65536)):
        def hook(front, request, client, place=place, status=status, start=start, piece=piece):
            if place not in request.path:
                return front.forward(request)
            return without_end(client, f"HTTP/1.1 {status} Words\r\nContent-Length: 10000000000\r\n\r\n".encode() + start, piece)

        with site.start(load=True) as server, Front(server, hook) as front:
            server.url = front.url
            process = site.start_apply(server, "check")
            _, status_of, usage = os.wait4(process.pid, 0)
            expect.equal(os.waitstatus_to_exitcode(status_of), 1, f"exit status: {place}")
            expect(usage.ru_maxrss < 400000, f"{usage.ru_maxrss} kB of memory for {place}")
            process.returncode = 1
            process.communicate()
            expect(len(front.requests) <= 2, f"{len(front.requests)} requests")


def test_not_sent_elsewhere(build, folder, expect):
    """A redirect is not followed, with a token or without. Nor is .netrc asked, which is libcurl's to read."""
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    (folder / "home").mkdir()
    for name in (".netrc", "_netrc"):
        (folder / "home" / name).write_text("machine 127.0.0.1 login ann password s3cr3t-of-netrc\ndefault login x password y\n")
    (folder / "home" / ".curlrc").write_text('user = "ann:s3cr3t-of-curlrc"\nproxy = "http://127.0.0.1:9"\n')
    with site.start(load=True) as server, Front(server) as other:
        for method in ("GET", "POST"):
            def hook(front, request, client, method=method):
                if request.method == method:
                    return answer(307, b"", f"Location: http://127.0.0.1:{other.port}{request.path}")
                return front.forward(request)

            with Front(server, hook) as front:
                whole, server.url = server.url, front.url
                result = site.apply(server, "run", "--auth", "bearer", env={"WIMPLAN_TOKEN": TOKEN})
                expect(result.returncode == (1 if method == "GET" else 6), f"{method}: {result.returncode}")
                expect.says(result.stdout + result.stderr, "elsewhere")
                server.url = whole
            site.forget()
        expect.equal(other.requests, [], "requests to the other place")
        with Front(server) as front:
            whole, server.url = server.url, front.url
            expect.status(site.apply(server), 0)
            server.url = whole
            expect.equal({request.headers.get("authorization") for request in front.requests}, {None}, "authorization with none")


def test_certificates(build, folder, expect):
    """What is wrong with one is said in a sentence, with the way out."""
    site = Site(build, folder, kinds=("refresh",))
    tls = site.make_ca()
    (folder / "ca.conf").write_text("[ca]\ndefault_ca = d\n[d]\ndatabase = index\nserial = number\nnew_certs_dir = .\ndefault_md = sha256\n"
                                    "policy = p\n[p]\ncommonName = supplied\n")
    (folder / "index").write_text("")
    (folder / "number").write_text("4711\n")
    site.must("openssl", *("ca -batch -notext -config ca.conf -cert ca.pem -keyfile ca.key -in server.csr -out old.pem -extfile server.ext "
                           "-startdate 20200101000000Z -enddate 20210101000000Z").split())
    site.make_plan()
    trust = ("--ca-file", "ca.pem")
    for cert, key, options, host, words in (
        ("old.pem", "server.key", trust, "localhost", ("expired", "renewed")),
        ("server.pem", "server.key", (), "localhost", ("--ca-file", "root certificate")),
        ("server.pem", "server.key", ("--ca-file", "other.pem"), "localhost", ("--ca-file", "root certificate")),
        ("other.pem", "other.key", trust, "localhost", ("self-signed", "--ca-file")),
        ("server.pem", "server.key", trust, "127.0.0.1", ("127.0.0.1", "URL")),
        ("server.pem", "server.key", ("--ca-file", "nothing.pem"), "localhost", ("nothing.pem", "PEM")),
        ("server.pem", "server.key", ("--ca-file", "plan.json"), "localhost", ("plan.json", "PEM")),
    ):
        with site.start("--cert", cert, "--key", key, load=True) as server:
            server.url = server.url.replace("localhost", host)
            began = time.monotonic()
            result = site.apply(server, "check", *options)
            expect.status(result, 1)
            expect.says(result.stderr, *words)
            expect(time.monotonic() - began < 5, "it is not tried again")
            expect.equal((result.stderr.count("\n"), site.requests()), (1, []), f"lines and requests: {words}")
    with site.start(*tls, load=True) as server:
        expect.status(site.apply(server, "check", *trust), 0)


def test_proxy(build, folder, expect):
    """It is used when it is asked for, whatever the environment says of hosts that need none, and what it says is no answer."""
    site = Site(build, folder, kinds=("both", "refresh"))
    tls = site.make_ca()
    site.make_plan()
    for status, words in ((None, ()), (407, ("407", "sign-in")), (403, ("403", "proxy"))):
        def hook(front, request, client, status=status):
            return answer(status, PAGE, "Content-Type: text/html", "Proxy-Authenticate: Basic") if status else None

        with site.start(*tls, load=True) as server, Front(server, hook, tunnel=True) as proxy:
            result = site.apply(server, "run", "--ca-file", "ca.pem", "--proxy", f"http://127.0.0.1:{proxy.port}",
                                env={"no_proxy": "localhost", "NO_PROXY": "*"})
            expect.status(result, 1 if status else 0)
            expect.says(result.stderr, *words)
            expect.equal({request.method for request in proxy.requests}, {"CONNECT"}, "requests to the proxy")
            expect.equal(len(proxy.requests), 1, f"tunnels with {status}")
            if status:
                expect.equal(site.requests(), [], f"requests to the provider behind {status}")
                continue
        all_done(site, expect, "through a proxy")
        site.forget()


def test_each_call_through_a_tunnel_of_its_own(build, folder, expect):
    """The proxy's "200" for the tunnel comes right before the call: it is not taken for the call's answer."""
    site = Site(build, folder, kinds=("both", "refresh"))
    site.make_ca()
    site.make_plan()

    def closing(front, request, client):
        client.sendall(front.forward(request, "Connection: close"))

    with site.start(load=True) as server, Front(server, closing, tls=(folder / "server.pem", folder / "server.key")) as front, \
            Front(front, lambda *unused: None, tunnel=True) as proxy:
        server.url = front.url
        expect.status(site.apply(server, "run", "--ca-file", "ca.pem", "--proxy", f"http://127.0.0.1:{proxy.port}"), 0)
        expect.equal(len(proxy.requests), len(front.requests), "tunnels")
        expect.equal(len([request for request in front.requests if request.method == "POST"]), 3, "calls")
        expect.equal([step["looked_up"] for step in site.receipt()["steps"]], [False] * 3, "looked up")
    all_done(site, expect, "tunnels")


def test_no_password_in_an_address(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(load=True) as server:
        whole = server.url
        for url in (whole.replace("//", "//ann:s3cr3t-in-the-url@"), whole.replace("http://", "https://ann:s3cr3t-in-the-url@")):
            server.url = url
            for options in ((), ("--json",)):
                result = site.apply(server, "run", *options)
                expect.status(result, 2)
                expect("s3cr3t" not in result.stdout + result.stderr, f"the password is shown: {result.stderr}")
        server.url = whole
        (folder / "url.conf").write_text("[provider]\nurl = https://ann:s3cr3t-in-the-url@cm01.contoso.com/AdminService\n")
        result = site.run("wimplan-apply", "status", "plan.json", "--config", "url.conf")
        expect.status(result, 2)
        expect.says(result.stderr, "url.conf:2")
        expect("s3cr3t" not in result.stderr, f"the password is shown: {result.stderr}")
        for proxy in ("http://ann:s3cr3t-in-the-url@127.0.0.1:9", "", "http://a b"):
            result = site.apply(server, "run", "--proxy", proxy)
            expect.status(result, 2)
            expect.says(result.stderr, "--proxy")
            expect("s3cr3t" not in result.stderr, f"the password is shown: {result.stderr}")
    expect.equal(site.requests(), [], "requests")


def test_ipv6(build, folder, expect):
    site = Site(build, folder, kinds=("refresh",)).make_plan()
    with site.start(load=True) as server:
        try:
            front = Front(server, family=socket.AF_INET6)
        except OSError:
            return
        with front:
            server.url = front.url
            expect.status(site.apply(server), 0)
    all_done(site, expect, "IPv6")


def test_stopped_while_a_server_hangs(build, folder, expect):
    """Who asks for the end does not wait for the time-out of a read."""
    site = Site(build, folder, kinds=("refresh", "refresh")).make_plan()

    def hook(front, request, client):
        if len([one for one in front.requests if "P01" in one.path]) > 2:
            time.sleep(30)
        return front.forward(request)

    with site.start(load=True) as server, Front(server, hook) as front:
        server.url = front.url
        process = site.start_apply(server)
        while len(front.requests) < 4 and process.poll() is None:
            time.sleep(0.05)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        expect.equal(process.returncode, 143, "exit status")
        expect(time.monotonic() - began < 20, f"it took {time.monotonic() - began:.0f} s")
        expect.equal(site.requests("POST"), [], "calls")


if __name__ == "__main__":
    sys.exit(run_tests(sys.modules[__name__], sys.argv))
