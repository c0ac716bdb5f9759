#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A registry on 127.0.0.1 that serves an OCI layout and misbehaves as asked.

    hostile-registry.py [OPTIONS] LAYOUT PORT-FILE LOG

Any repository name will do; tags are the layout's references. PORT-FILE appears, with the port in
it, when the registry is ready. LOG gets a line for each request: METHOD PATH AUTHORIZATION, where
the last is "-" without one, and " range" when a Range was asked for.

    --fault NAME         what goes wrong (the functions called fault_NAME below)
    --times N            the fault stops after N requests that it applied to
    --tls PEM            speak TLS with that certificate and key
    --alpn PROTOCOL      choose it (h2) where a client offers it, and speak HTTP/1.1 all the same
    --basic USER:PASS    ask for basic authentication
    --bearer             ask for a token; /token on this server gives it, to --token-user alone if
    --token-user U:P     given
    --realm URL          name that token server instead
    --challenge TEXT     send this WWW-Authenticate header before the one that counts
    --token-answer JSON  what /token answers instead
    --token-uses N       a token is good for N requests
    --no-range           answer a Range with everything
    --ranges KIND        what a Range is worth (the functions called range_KIND below)
    --redirect URL       blobs are at URL, says a status 307

    hostile-registry.py --each

Reads such a command line from each line of stdin, its words between tabs, and starts that registry as a
process of its own, whose number is in PORT-FILE behind the port: a test file that has many of them waits
for Python once.
"""

import argparse
import base64
import gzip
import http.server
import json
import os
import signal
import ssl
import sys
import threading
import time

ENDLESS = b" " * 65536


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "hostile"

    def log_message(self, *_):
        pass

    # Answers

    def head(self, status, headers, length=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()

    def answer(self, status, body, headers=()):
        self.head(status, headers, len(body))
        self.wfile.write(body)

    def error(self, status, message, headers=()):
        body = json.dumps({"errors": [{"code": "ERROR", "message": message}]}).encode()
        self.answer(status, body, headers)

    def endless(self, status, headers):
        self.head(status, headers)
        while True:
            self.wfile.write(ENDLESS)

    def cut(self):
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    # Authentication

    def challenge(self):
        """The challenge to send, or None when the request may pass."""
        options = self.server.options
        given = self.headers.get("Authorization")
        if options.basic:
            wanted = "Basic " + base64.b64encode(options.basic.encode()).decode()
            return None if given == wanted else 'Basic realm="hostile"'
        if options.bearer:
            realm = options.realm or "%s://%s/token" % (
                "https" if options.tls else "http", self.headers["Host"])
            return None if given == "Bearer good-token" and self.server.use_token() else (
                'Negotiate, Bearer realm="%s",service="a \\"b\\"",scope="repository:x:pull"'
                % realm)
        return None

    def token(self):
        options = self.server.options
        given = self.headers.get("Authorization")
        if options.fault == "endless_token":
            self.endless(200, [("Content-Type", "application/json")])
        elif options.fault == "evil_token":
            self.answer(200, b'{"token": "good-token\\r\\nX-Evil: 1"}')
        elif options.token_user and given != "Basic " + base64.b64encode(
                options.token_user.encode()).decode():
            self.error(401, "who are you")
        else:
            self.server.token_uses = options.token_uses
            answer = options.token_answer or '{"access_token": "good-token"}'
            self.answer(200, answer.encode())

    # Requests

    def do_GET(self):
        self.server.note("%s %s %s%s" % (self.command, self.path,
                                         self.headers.get("Authorization") or "-",
                                         " range" if self.headers.get("Range") else ""))
        try:
            self.route()
        except (BrokenPipeError, ConnectionResetError, OSError):
            self.close_connection = True

    def route(self):
        path = self.path.split("?")[0]
        parts = path.split("/")
        if path == "/token":
            return self.token()
        challenge = self.challenge()
        if challenge:
            return self.error(401, "authentication required",
                              [("WWW-Authenticate", text) for text in
                               (self.server.options.challenge, challenge) if text])
        if path == "/v2/":
            return self.answer(200, b"{}")
        if len(parts) < 5 or parts[-2] not in ("manifests", "blobs"):
            return self.error(404, "no such page")
        if parts[-2] == "manifests":
            return self.manifest(parts[-1])
        if self.server.options.redirect:
            return self.answer(307, b"", [("Location", self.server.options.redirect + path)])
        return self.blob(parts[-1])

    def read_blob(self, digest):
        with open(os.path.join(self.server.layout, "blobs", *digest.split(":")), "rb") as source:
            return source.read()

    def manifest(self, reference):
        digest = reference
        if ":" not in reference:
            for entry in self.server.index["manifests"]:
                if entry.get("annotations", {}).get(
                        "org.opencontainers.image.ref.name") == reference:
                    digest = entry["digest"]
        try:
            body = self.read_blob(digest)
        except (OSError, TypeError):
            return self.error(404, "manifest unknown")
        media_type = json.loads(body).get(
            "mediaType", "application/vnd.oci.image.manifest.v1+json")
        fault = self.server.fault(self, "manifest")
        if fault:
            return fault(body, media_type)
        return self.answer(200, body, [("Content-Type", media_type),
                                       ("Docker-Content-Digest", digest)])

    def blob(self, digest):
        try:
            body = self.read_blob(digest)
        except OSError:
            return self.error(404, "blob unknown")
        fault = self.server.fault(self, "blob")
        if fault:
            return fault(body)
        wanted = self.headers.get("Range")
        if not wanted or self.server.options.no_range:
            return self.answer(200, body)
        start, _, end = wanted.removeprefix("bytes=").partition("-")
        return getattr(self, "range_" + self.server.options.ranges)(body, int(start), end)

    # Ranges

    def range_right(self, body, start, end):
        stop = min(int(end) + 1 if end else len(body), len(body))
        if start >= stop:
            return self.error(416, "no such range")
        return self.answer(206, body[start:stop], [
            ("Content-Range", "bytes %d-%d/%d" % (start, stop - 1, len(body)))])

    def range_closed(self, body, start, end):
        """Only with an end that is there, as small registries parse it."""
        if not end or int(end) >= len(body):
            return self.error(416, "no such range")
        return self.range_right(body, start, end)

    def range_never(self, _body, _start, _end):
        self.error(416, "no such range")

    def range_early(self, body, start, _end):
        """More than what was asked for, as caches answer that keep pieces."""
        self.range_right(body, start // 2, "")

    def range_late(self, body, start, _end):
        self.range_right(body, start + 1, "")

    def range_bare(self, body, start, _end):
        """Without a word about which bytes these are."""
        self.answer(206, body[start:])

    # Faults of blobs

    def fault_flip_blob(self, body):
        middle = len(body) // 2
        self.answer(200, body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1:])

    def fault_truncate_blob(self, body):
        """The connection breaks off in the middle."""
        self.head(200, [], len(body))
        self.wfile.write(body[:len(body) // 2])
        self.cut()

    def fault_unended_blob(self, body):
        """All of it comes, in chunks, and the connection breaks off before the last, empty one."""
        self.send_response_only(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        self.cut()

    def fault_short_blob(self, body):
        self.answer(200, body[:-1])

    def fault_long_blob(self, body):
        self.answer(200, body + b"x")

    def fault_longer_blob(self, body):
        """More than stated, and not announced."""
        self.head(200, [])
        self.wfile.write(body + b"x")

    def fault_endless_blob(self, _body):
        self.endless(200, [])

    def fault_slow_blob(self, body):
        self.head(200, [], len(body))
        for start in range(0, len(body), 256):
            self.wfile.write(body[start:start + 256])
            self.wfile.flush()
            time.sleep(0.1)

    def drip(self):
        """A byte now and then, for ever."""
        while True:
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def fault_dripblob_blob(self, body):
        self.head(200, [], len(body))
        self.drip()

    def fault_missing_blob(self, _body):
        self.error(404, "blob unknown to \033[31mregistry\033[0m")

    def fault_loop_blob(self, _body):
        self.answer(307, b"", [("Location", self.path)])

    def fault_file_blob(self, _body):
        self.answer(307, b"", [("Location", "file:///etc/passwd")])

    # Faults of manifests

    def fault_endless_manifest(self, _body, media_type):
        self.endless(200, [("Content-Type", media_type)])

    def fault_headers_manifest(self, _body, _media_type):
        self.send_response(200)
        while True:
            self.wfile.write(b"X-Header: " + b"x" * 1000 + b"\r\n")

    def fault_drip_manifest(self, body, media_type):
        self.head(200, [("Content-Type", media_type)], len(body))
        self.drip()

    def fault_driphead_manifest(self, _body, _media_type):
        self.send_response(200)
        self.flush_headers()
        self.wfile.write(b"X-Header: ")
        self.drip()

    def fault_continue_manifest(self, _body, _media_type):
        """Informational answers without end."""
        while True:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")

    def fault_error_manifest(self, _body, _media_type):
        self.endless(400, [("Content-Type", "application/json")])

    def fault_type_manifest(self, body, media_type):
        other = "application/vnd.oci.image.index.v1+json"
        self.answer(200, body, [("Content-Type", other)])

    def fault_schema1_manifest(self, _body, _media_type):
        self.answer(200, b'{"schemaVersion":1,"fsLayers":[]}', [
            ("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws")])

    def fault_text_manifest(self, body, _media_type):
        self.answer(200, body, [("Content-Type", "text/html")])

    def fault_case_manifest(self, body, media_type):
        self.answer(200, body, [("Content-Type", media_type.upper() + " ;charset=utf-8")])

    def fault_both_manifest(self, body, media_type):
        document = json.loads(body)
        document["manifests"] = []
        self.answer(200, json.dumps(document).encode(), [("Content-Type", media_type)])

    def fault_header_manifest(self, body, media_type):
        self.answer(200, body, [("Content-Type", media_type),
                                ("Docker-Content-Digest", "sha256:" + "0" * 64)])

    def fault_nodigest_manifest(self, body, media_type):
        self.answer(200, body, [("Content-Type", media_type), ("Docker-Content-Digest", "")])

    def fault_junkdigest_manifest(self, body, media_type):
        self.answer(200, body, [("Content-Type", media_type),
                                ("Docker-Content-Digest", "sha256:junk, md5:x")])

    def fault_gzip_manifest(self, body, media_type):
        """A content coding that nobody asked for."""
        self.answer(200, gzip.compress(body), [("Content-Type", media_type),
                                               ("Content-Encoding", "gzip")])

    def fault_bomb_manifest(self, _body, media_type):
        """A transfer coding that expands to 8 MiB."""
        body = gzip.compress(bytes(8 << 20))
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Transfer-Encoding", "gzip, chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    def fault_ancient_manifest(self, body, _media_type):
        """HTTP/0.9: no headers at all."""
        self.wfile.write(body)
        self.cut()

    def fault_patient_manifest(self, _body, _media_type):
        """An hour, and a time that no clock has."""
        self.error(429, "slow down", [("Retry-After", "1000000000")])

    def fault_digest_manifest(self, body, media_type):
        """Bad digest grammar inside."""
        document = json.loads(body)
        document["config"]["digest"] = "sha256:../../../../etc/passwd"
        self.answer(200, json.dumps(document).encode(), [("Content-Type", media_type)])

    def fault_other_manifest(self, body, media_type):
        self.answer(200, body + b"\n", [("Content-Type", media_type)])

    def fault_size_manifest(self, body, media_type):
        """The layer is larger than the manifest says."""
        document = json.loads(body)
        document["layers"][0]["size"] -= 1
        self.answer(200, json.dumps(document).encode(), [("Content-Type", media_type)])

    def fault_busy_manifest(self, _body, _media_type):
        self.error(503, "later", [("Retry-After", "0")])

    def fault_many_manifest(self, _body, _media_type):
        self.error(429, "slow down", [("Retry-After", "0")])

    def fault_hang_manifest(self, _body, _media_type):
        time.sleep(60)

    def fault_downgrade_manifest(self, _body, _media_type):
        self.answer(307, b"", [("Location", "http://127.0.0.1:1/x")])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Handler)
        self.options = options
        self.layout = options.layout
        self.lock = threading.Lock()
        self.left = options.times
        self.token_uses = options.token_uses
        with open(os.path.join(options.layout, "index.json"), "rb") as source:
            self.index = json.load(source)
        self.log = open(options.log, "a", encoding="utf-8")
        if options.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.tls)
            if options.alpn:
                context.set_alpn_protocols([options.alpn, "http/1.1"])
            # The handshake belongs into the request's thread: a client may never do it.
            self.socket = context.wrap_socket(self.socket, server_side=True,
                                              do_handshake_on_connect=False)

    def note(self, line):
        with self.lock:
            self.log.write(line + "\n")
            self.log.flush()

    def use_token(self):
        with self.lock:
            self.token_uses -= 1
            return self.token_uses != -1

    def fault(self, handler, kind):
        name = self.options.fault
        function = getattr(handler, "fault_%s_%s" % (name, kind), None) if name else None
        if not function:
            return None
        with self.lock:
            if self.left == 0:
                return None
            self.left -= 1
        return function


def serve(words):
    parser = argparse.ArgumentParser()
    for name in ("fault", "tls", "alpn", "basic", "token-user", "realm", "challenge", "redirect", "token-answer"):
        parser.add_argument("--" + name)
    parser.add_argument("--ranges", default="right")
    for name in ("times", "token-uses"):
        parser.add_argument("--" + name, type=int, default=-1)
    for name in ("bearer", "no-range"):
        parser.add_argument("--" + name, action="store_true")
    for name in ("layout", "port_file", "log"):
        parser.add_argument(name)
    options = parser.parse_args(words)
    server = Server(options)
    with open(options.port_file + ".part", "w", encoding="utf-8") as out:
        out.write("%d %d\n" % (server.server_address[1], os.getpid()))
    os.rename(options.port_file + ".part", options.port_file)
    server.serve_forever()


def serve_each():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # The lines are read by bytes: a child must not hold what was read ahead for the next one.
    with open(0, "rb", buffering=0) as lines:
        for line in lines:
            if os.fork() == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                lines.close()
                serve(line.decode().rstrip("\n").split("\t"))
                os._exit(0)


if sys.argv[1:] == ["--each"]:
    serve_each()
else:
    serve(sys.argv[1:])
