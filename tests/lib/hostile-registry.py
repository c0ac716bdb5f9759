#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A registry on 127.0.0.1 that serves an OCI layout and misbehaves as asked.

    hostile-registry.py [OPTIONS] LAYOUT PORT-FILE LOG

Any repository name will do; tags are the layout's references. PORT-FILE appears, with the port in
it, when the registry is ready. LOG gets a line for each request: METHOD PATH AUTHORIZATION, where
the last is "-" without one, and " range" when a Range was asked for, " cookie" when a cookie came.

    --fault NAME         what goes wrong: the functions fault_NAME_blob (hostile_blob.py),
                         fault_NAME_manifest (hostile_manifest.py), fault_NAME_head (of a manifest that HEAD
                         asks for, which has no other fault), fault_NAME_token and fault_NAME_any, asked
                         before everything else (hostile_auth.py). blob:NAME and so on: that one alone
    --named-faults       the repository names the fault: KIND/NAME is KIND:NAME
    --times N            the fault stops after N requests that it applied to
    --elsewhere URL      another server, for the faults that lead there
    --tls PEM            speak TLS with that certificate and key
    --client-ca PEM      ask clients for a certificate of that authority
    --address ADDRESS    listen there instead of 127.0.0.1
    --alpn PROTOCOL      choose it (h2) where a client offers it, and speak HTTP/1.1 all the same
    --basic USER:PASS    ask for basic authentication
    --bearer             ask for a token; /token on this server gives it, to --token-user alone if
    --token-user U:P     given
    --realm URL          name that token server instead
    --challenge TEXT     send this WWW-Authenticate header before the one that counts
    --token-answer JSON  what /token answers instead
    --token-uses N       a token is good for N requests
    --terse              who shows what is not good any more gets a 401 without a challenge
    --identity-token T   /token takes a form with that token (the refresh grant), and nothing else
    --scope TEXT         the scope of the challenge
    --hidden STATUS      who has no login gets that status (404) instead of a challenge, but for /v2/
    --silent             /v2/ asks nobody
    --no-range           answer a Range with everything
    --ranges KIND        what a Range is worth (the functions range_KIND of hostile_blob.py)
    --redirect URL       blobs are at URL, says a status 307
    --cookie             give a cookie with each answer
    --rate N             blobs come at N bytes a second
    --count              LOG gets a line SENT N too when N bytes of a blob were written

    --pushed DIR         take what is pushed, and keep it there (hostile_upload.py); what is read is what was
                         pushed to the repository
    --tags JSON          what /tags/list has, instead of the layout's references
    --page N             a page of a list has so many entries
    --referrers          there is the API of referrers (hostile_list.py), which knows entries of index.json
    --filter             ... and it filters by artifact type

    hostile-registry.py --each

Reads such a command line from each line of stdin, its words between tabs, and starts that registry as a
process of its own, whose number is in PORT-FILE behind the port: a test file that has many of them waits
for Python once.
"""

import argparse
import http.server
import json
import os
import re
import signal
import socket
import ssl
import sys
import threading

from hostile_answer import Answers
from hostile_auth import Authentication
from hostile_blob import Blobs
from hostile_list import Lists
from hostile_manifest import Manifests
from hostile_upload import Uploads


def repository_of(path):
    return re.sub("/(blobs|manifests|referrers|tags)/.*", "", path.removeprefix("/v2/"))


class Handler(Answers, Authentication, Blobs, Lists, Manifests, Uploads, http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "hostile"
    disable_nagle_algorithm = True  # a client that waits for a body costs 40 ms each time

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.note("%s %s %s%s%s" % (self.command, self.path,
                                           self.headers.get("Authorization") or "-",
                                           " range" if self.headers.get("Range") else "",
                                           " cookie" if self.headers.get("Cookie") else ""))
        try:
            self.route()
        except (BrokenPipeError, ConnectionResetError, OSError):
            self.close_connection = True

    do_HEAD = do_GET
    do_POST = do_GET
    do_PUT = do_GET
    do_PATCH = do_GET
    do_DELETE = do_GET

    def route(self):
        path = self.path.split("?")[0]
        parts = path.split("/")
        fault = self.server.fault(self, "any")
        if fault:
            return fault()
        if parts[1] == "back":
            return self.redirect("http://%s?back" % "/".join(parts[2:]))
        if path == "/token":
            return self.token()
        if self.refuses():
            return None
        if path == "/v2/":
            return self.answer(200, b"{}")
        if self.server.options.pushed and self.write():
            return None
        if parts[-2:] == ["tags", "list"]:
            return self.tag_list("/".join(parts[2:-2]))
        if len(parts) >= 5 and parts[-2] == "referrers":
            return self.referrers(parts[-1])
        if len(parts) < 5 or parts[-2] not in ("manifests", "blobs"):
            return self.error(404, "no such page")
        if parts[-2] == "manifests":
            return self.manifest(parts[-1])
        if self.server.options.redirect:
            return self.redirect(self.server.options.redirect + path)
        return self.blob(parts[-1])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, options):
        if ":" in options.address:
            self.address_family = socket.AF_INET6
        super().__init__((options.address, 0), Handler)
        self.options = options
        self.layout = options.layout
        self.lock = threading.Lock()
        self.left = options.times
        self.token_uses = options.token_uses
        self.uploads = {}  # by their identity
        self.seen = set()  # what went wrong once
        with open(os.path.join(options.layout, "index.json"), "rb") as source:
            self.index = json.load(source)
        self.log = open(options.log, "a", encoding="utf-8")
        if options.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.tls)
            if options.client_ca:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(options.client_ca)
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

    def fault_name(self, handler):
        if self.options.pushed and self.options.named_faults:
            return repository_of(handler.path).replace("/", ":")
        if self.options.named_faults:
            return ":".join(handler.path.split("/")[2:-2])
        return self.options.fault or ""

    def fault(self, handler, kind):
        only, colon, name = self.fault_name(handler).rpartition(":")
        function = None if colon and only != kind else getattr(handler, "fault_%s_%s" % (name, kind), None)
        if not function:
            return None
        with self.lock:
            if self.left == 0:
                return None
            self.left -= 1
        return function


def serve(words):
    parser = argparse.ArgumentParser()
    for name in ("fault", "tls", "client-ca", "alpn", "basic", "token-user", "realm", "challenge", "redirect",
                 "elsewhere", "token-answer", "identity-token", "tags", "pushed"):
        parser.add_argument("--" + name)
    parser.add_argument("--ranges", default="right")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--scope", default="repository:x:pull")
    for name in ("hidden", "page"):
        parser.add_argument("--" + name, type=int)
    for name in ("times", "token-uses"):
        parser.add_argument("--" + name, type=int, default=-1)
    parser.add_argument("--rate", type=int, default=0)
    for name in ("referrers", "filter", "bearer", "cookie", "named-faults", "silent", "no-range", "count", "terse"):
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
