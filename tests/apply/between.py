# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between wimplan-apply and the stand-in: a server that hands requests on, and may do anything else with them."""

import http.client
import socket
import ssl
import threading
import time


class Request:
    """One request as it came: method, path, headers (names in lower case) and body."""

    def __init__(self, method, path, headers, body, connection, number):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        # Which connection it came over, and the how many-th of it it is, both from 1.
        self.connection, self.number = connection, number


def answer(status=200, body=b"", *headers, reason="Words"):
    """The bytes of an answer."""
    body = body if isinstance(body, bytes) else body.encode()
    lines = [f"HTTP/1.1 {status} {reason}", *headers, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def without_end(client, begin, piece, pause=0.0):
    """An answer that goes on until the other end has enough of it: its OSError ends the connection (Front.serve())."""
    client.sendall(begin)
    while True:
        client.sendall(piece)
        time.sleep(pause)


def one_sentence(expect, what, program, said):
    """Every line of what a program said on standard error is one of its own, of bearable length."""
    lines = said.splitlines()
    expect(lines, f"{what}: nothing is said")
    for line in lines:
        expect(line.startswith(f"{program}: ") and len(line) < 1500 and line.isprintable(), f"{what}: {line[:300]!r}")


class Front:
    """hook(front, request, client) → bytes to send, or None to close the connection. The default hands everything on to @server.

    @tunnel: an HTTP proxy; hook is asked for CONNECT alone, and None from it lets the tunnel be made."""

    def __init__(self, server, hook=None, tls=None, family=socket.AF_INET, tunnel=False):
        self.server, self.hook, self.tunnel = server, hook or (lambda front, request, client: front.forward(request)), tunnel
        self.requests, self.lock, self.connections = [], threading.Lock(), 0
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self.listener.listen(32)
        self.port = self.listener.getsockname()[1]
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*map(str, tls))
        host = "localhost" if tls else "[::1]" if family == socket.AF_INET6 else "127.0.0.1"
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}/AdminService"
        self.sockets = []
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                number = self.connections
                self.sockets.append(client)
            threading.Thread(target=self.serve, args=(client, number), daemon=True).start()

    def serve(self, client, connection):
        try:
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
            with client, client.makefile("rb") as stream:
                number = 0
                while True:
                    number += 1
                    request = self.read(stream, connection, number)
                    if request is None:
                        return
                    with self.lock:
                        self.requests.append(request)
                    reply = self.hook(self, request, client)
                    if reply is None and self.tunnel:
                        self.connect(client, stream)
                    if reply is None:
                        return
                    client.sendall(reply)
        except (OSError, ValueError):
            return
        finally:
            client.close()

    @staticmethod
    def read(stream, connection, number):
        first = stream.readline().split()
        if len(first) != 3:
            return None
        headers = {}
        while True:
            line = stream.readline().strip()
            if not line:
                break
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        body = stream.read(length) if length else b""
        if len(body) < length:
            return None
        return Request(first[0].decode(), first[1].decode(), headers, body, connection, number)

    def connect(self, client, stream):
        """A tunnel to the server until one end closes it."""
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.server.port)) as other:
            def back():
                try:
                    piece = other.recv(65536)
                    while piece:
                        client.sendall(piece)
                        piece = other.recv(65536)
                except OSError:
                    pass
                try:
                    client.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

            threading.Thread(target=back, daemon=True).start()
            while True:
                piece = stream.read1(65536)
                if not piece:
                    return
                other.sendall(piece)

    def ask(self, request):
        """(status, headers, body) of the server behind."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            names = ("content-type", "accept", "user-agent", "authorization")
            headers = {name: request.headers[name] for name in names if name in request.headers}
            connection.request(request.method, request.path, request.body or None, headers)
            reply = connection.getresponse()
            return reply.status, dict(reply.getheaders()), reply.read()
        finally:
            connection.close()

    def forward(self, request, *more):
        status, headers, body = self.ask(request)
        kept = [f"{name}: {value}" for name, value in headers.items() if name.lower() in ("content-type", "retry-after", "www-authenticate")]
        return answer(status, body, *kept, *more)

    def stop(self):
        self.listener.close()
        for client in self.sockets:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
