#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A token server for docker-registry (distribution's token authentication), on 127.0.0.1 by https.

    token-server.py --tls PEM --signer CERTIFICATE --key KEY --user USER:PASSWORD [OPTIONS] PORT-FILE LOG

PORT-FILE appears, with the port in it, when it is ready. The user gets what is asked for, anybody else may pull.
Tokens are JWT, signed by RS256 with KEY (openssl signs), whose CERTIFICATE is in them: the registry trusts it
(rootcertbundle). LOG gets a line for each token: USER SCOPE...

    --service NAME     whom tokens are for (registry)
    --issuer NAME      who gives them (tokens)
    --life SECONDS     how long they are good (300)
    --says SECONDS     how long they are, as is said (expires_in): that, where it is another time
    --private          nobody but the user may pull
    --hidden NAME      of that repository nobody gets anything
    --identity TOKEN   the user's identity token, which is exchanged by POST (RFC 6749, section 6)
"""

import argparse
import base64
import http.server
import json
import os
import ssl
import subprocess
import time
import urllib.parse


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        query = urllib.parse.parse_qs(self.path.partition("?")[2])
        login = (self.headers.get("Authorization") or "").partition("Basic ")[2]
        self.give(query.get("scope", []), base64.b64decode(login).decode() if login else None)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        form = urllib.parse.parse_qs(self.rfile.read(length).decode())
        identity = self.server.options.identity
        is_known = identity and form.get("refresh_token") == [identity]
        self.give(form.get("scope", [""])[0].split(), self.server.options.user if is_known else "nobody:")

    def give(self, scopes, login):
        if login not in (None, self.server.options.user):
            return self.answer(401, {"details": "incorrect username or password"})
        user = login.partition(":")[0] if login else ""
        self.server.log.write("%s %s\n" % (user or "-", " ".join(scopes)))
        self.server.log.flush()
        return self.answer(200, {"token": self.token(user, scopes), "expires_in": self.server.options.says})

    def token(self, user, scopes):
        options, now = self.server.options, int(time.time())
        claims = {"iss": options.issuer, "sub": user, "aud": options.service, "iat": now, "nbf": now - 10,
                  "exp": now + options.life, "jti": os.urandom(8).hex(),
                  "access": [self.access(user, scope) for scope in scopes]}
        head = {"typ": "JWT", "alg": "RS256", "x5c": [self.server.certificate]}
        signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", options.key],
                                   input=signed.encode(), stdout=subprocess.PIPE, check=True).stdout
        return signed + "." + encoded(signature)

    def access(self, user, scope):
        kind, name, actions = scope.split(":")
        others = [] if self.server.options.private else ["pull"]
        allowed = actions.split(",") if user else others
        return {"type": kind, "name": name, "actions": [] if name == self.server.options.hidden else allowed}

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    parser = argparse.ArgumentParser()
    for name in ("tls", "signer", "key", "user"):
        parser.add_argument("--" + name, required=True)
    for name in ("hidden", "identity"):
        parser.add_argument("--" + name)
    parser.add_argument("--private", action="store_true")
    parser.add_argument("--service", default="registry")
    parser.add_argument("--issuer", default="tokens")
    parser.add_argument("--life", type=int, default=300)
    parser.add_argument("--says", type=int)
    parser.add_argument("port_file")
    parser.add_argument("log")
    options = parser.parse_args()
    options.says = options.says or options.life
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.options = options
    server.log = open(options.log, "a", encoding="utf-8")
    with open(options.signer, encoding="ascii") as certificate:
        server.certificate = "".join(line.strip() for line in certificate if not line.startswith("---"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    with open(options.port_file + ".part", "w", encoding="utf-8") as out:
        out.write("%d\n" % server.server_address[1])
    os.rename(options.port_file + ".part", options.port_file)
    server.serve_forever()


main()
