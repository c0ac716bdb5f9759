# SPDX-License-Identifier: Apache-2.0
"""The write side of the hostile registry (with --pushed DIR): what is pushed to a repository is below
DIR/REPOSITORY, each repository with blobs of its own, as DIGEST or TAG. What goes wrong is
fault_NAME_has (HEAD of a blob), _begin (POST), _mount, _patch, _put, _ask (GET of an upload), _document (PUT of a
manifest).

The repository may name the fault without its kind: NAME is whatever goes wrong in any request by that name."""

import hashlib
import json
import os
import re
import socket
import time
import urllib.parse

BLOCK = 65536


class Upload:
    """What came of one upload."""

    def __init__(self):
        self.body = bytearray()
        self.pieces = 0


class Uploads:
    # The requests

    def write(self):
        """Route what changes something, and the GET of an upload: False when it is another request."""
        path, _, query = self.path.partition("?")
        self.query = urllib.parse.parse_qs(query)
        self.repository, found, rest = path.removeprefix("/v2/").partition("/blobs/uploads/")
        if found:
            self.identity = rest
            self.upload_request()
        elif self.command == "HEAD" and "/blobs/" in path:
            fault = self.server.fault(self, "has")
            if not fault:
                return False
            fault()
        elif self.command == "PUT" and "/manifests/" in path:
            self.repository, _, self.identity = path.removeprefix("/v2/").partition("/manifests/")
            (self.server.fault(self, "document") or self.put_document)()
        else:
            return False
        return True

    def upload_request(self):
        if self.command == "POST":
            kind = "mount" if "mount" in self.query else "begin"
            return (self.server.fault(self, kind) or getattr(self, kind))()
        if self.identity.startswith("any"):  # begun by another server
            self.server.uploads.setdefault(self.identity, Upload())
        if self.identity not in self.server.uploads:
            return self.error(404, "blob upload unknown")
        kind = {"PATCH": "patch", "PUT": "put", "GET": "ask", "DELETE": "cancel"}[self.command]
        return (self.server.fault(self, kind) or getattr(self, kind))()

    def begin(self, headers=(), location=None):
        self.read_body()
        with self.server.lock:
            identity = "%d" % len(self.server.uploads)
            self.server.uploads[identity] = Upload()
        self.answer(202, b"", [("Location", location or self.location(identity)), ("Range", "0-0"), *headers])

    def mount(self):
        source, digest = self.query["from"][0], self.query["mount"][0]
        if not os.path.exists(self.pushed_path(digest, source)):
            return self.begin()
        with open(self.pushed_path(digest, source), "rb") as blob:
            self.keep(digest, blob.read())
        return self.answer(201, b"", [("Docker-Content-Digest", digest)])

    def patch(self):
        """A piece, in its order."""
        if not self.is_next_piece():
            return self.refuse_range()
        if self.receive():
            self.upload().pieces += 1
            self.answer(202, b"", self.state())
        return None

    def put(self):
        """The last bytes, if any, and the digest."""
        if self.receive():
            self.conclude()

    def conclude(self):
        digest = self.query["digest"][0]
        body = bytes(self.upload().body)
        del self.server.uploads[self.identity]
        if not self.has_digest(body, digest):
            return self.error(400, "provided digest did not match uploaded content")
        self.keep(digest, body)
        return self.answer(201, b"", [("Docker-Content-Digest", digest)])

    def ask(self):
        self.answer(204, b"", self.state())

    def cancel(self):
        del self.server.uploads[self.identity]
        self.answer(204, b"")

    def put_document(self, headers=()):
        return self.store_document(self.read_body(), headers)

    def store_document(self, body, headers=()):
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        if not self.has_digest(body, self.identity if ":" in self.identity else digest):
            return self.error(400, "manifest invalid")
        for name in {self.identity, digest}:
            self.keep(name, body)
        return self.answer(201, b"", [("Docker-Content-Digest", digest), *headers])

    # What they are made of

    def upload(self):
        return self.server.uploads[self.identity]

    def location(self, identity):
        return "http%s://%s/v2/%s/blobs/uploads/%s?_state=a%%2Fb%%3D" % (
            "s" if self.server.options.tls else "", self.query.get("home", [self.headers["Host"]])[0],
            self.repository, identity)

    def state(self, length=None):
        length = len(self.upload().body) if length is None else length
        return [("Location", self.location(self.identity)), ("Range", "0-%d" % max(0, length - 1))]

    def is_next_piece(self):
        start = (self.headers.get("Content-Range") or "").partition("-")[0]
        return not start or int(start) == len(self.upload().body)

    def refuse_range(self):
        self.read_body()
        self.answer(416, b"", self.state())

    def blocks(self, length=None):
        """The body, or its first bytes, as it comes; ends with None when it broke off."""
        if self.headers.get("Transfer-Encoding"):  # as skopeo sends what it makes
            while size := int(self.rfile.readline(20) or b"0", 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length") or 0)
        left = left if length is None else min(left, length)
        while left:
            block = self.rfile.read1(min(BLOCK, left))
            left -= len(block)
            yield block or None
            if not block:
                return

    def receive(self, length=None):
        """Take the body into the upload: what came before a connection broke stays."""
        for block in self.blocks(length):
            if block is None:
                self.close_connection = True
                return False
            self.upload().body += block
        return True

    def read_body(self):
        return b"".join(block or b"" for block in self.blocks())

    @staticmethod
    def has_digest(body, digest):
        name, _, value = digest.partition(":")
        return hashlib.new(name, body).hexdigest() == value

    def pushed_path(self, name, repository=None):
        return os.path.join(self.server.options.pushed, repository or self.repository, name)

    def read_pushed(self, name):
        repository = re.sub("/(blobs|manifests|referrers)/.*", "", self.path.removeprefix("/v2/"))
        with open(self.pushed_path(name, repository), "rb") as source:
            return source.read()

    def keep(self, name, body):
        os.makedirs(os.path.dirname(self.pushed_path(name)), exist_ok=True)
        with open(self.pushed_path(name), "wb") as out:
            out.write(body)

    def is_first(self, what):
        """For what goes wrong once."""
        key = self.repository, what
        with self.server.lock:
            if key in self.server.seen:
                return False
            self.server.seen.add(key)
            return True

    # Where an upload goes on

    def fault_nolocation_begin(self):
        self.answer(202, b"")

    def fault_relative_begin(self):
        self.begin(location="./%d" % len(self.server.uploads))

    def fault_path_begin(self):
        self.begin(location="/v2/%s/blobs/uploads/%d#x" % (self.repository, len(self.server.uploads)))

    def fault_foreign_begin(self):
        self.begin(location="%s/v2/%s/blobs/uploads/any-%d" % (
            self.server.options.elsewhere, self.repository, time.monotonic_ns()))

    def fault_back_begin(self):
        """The other server leads back: the login stays away all the same."""
        self.begin(location="%s/v2/%s/blobs/uploads/any-%d?home=%s" % (
            self.server.options.elsewhere, self.repository, time.monotonic_ns(), self.headers["Host"]))

    def fault_plain_begin(self):
        self.begin(location="http://%s/v2/x/blobs/uploads/1" % self.headers["Host"])

    def fault_away_begin(self):
        self.begin(location="http://192.0.2.1/v2/x/blobs/uploads/1")

    def fault_file_begin(self):
        self.begin(location="file:///etc/passwd")

    def fault_login_begin(self):
        self.begin(location="https://me:secret@192.0.2.1/x")

    def fault_junk_begin(self):
        self.begin(location="http://[\033[31m")

    def fault_loop_begin(self):
        self.read_body()
        self.redirect(self.path)

    def fault_loop_put(self):
        self.read_body()
        self.redirect(self.path)

    def fault_moved_begin(self):
        """A redirect that is followed, with what is sent."""
        if "moved" in self.query:
            return self.begin()
        self.read_body()
        return self.redirect(self.path + "?moved=1")

    def fault_moved_put(self):
        if "moved" in self.query:
            return self.put()
        self.read_body()
        return self.redirect(self.path + "&moved=1")

    def fault_shifted_begin(self):
        """... to another server, where the upload goes on."""
        self.read_body()
        self.redirect(self.server.options.elsewhere + self.path)

    def fault_shifted_put(self):
        self.read_body()
        self.redirect("%s/v2/%s/blobs/uploads/any-%d?digest=%s" % (
            self.server.options.elsewhere, self.repository, time.monotonic_ns(), self.query["digest"][0]))

    def fault_other_begin(self):
        """A redirect that would make a GET of it."""
        self.read_body()
        self.answer(303, b"", [("Location", "/v2/")])

    def fault_other_put(self):
        self.read_body()
        self.answer(302, b"", [("Location", "/v2/")])

    # Mounting

    def fault_harbor_mount(self):
        self.error(401, "unauthorized", [("WWW-Authenticate", 'Basic realm="hostile"')])

    def fault_mountbroken_mount(self):
        self.error(500, "broken")

    def fault_mountlie_mount(self):
        """It is there, and another blob."""
        self.answer(201, b"", [("Docker-Content-Digest", "sha256:" + 64 * "0")])

    def fault_mountmissing_mount(self):
        self.error(404, "repository name not known to registry")

    # Pieces

    def fault_pieces_begin(self):
        self.begin([("OCI-Chunk-Min-Length", "30000")])

    def fault_pieces_patch(self):
        """Of a blob of 100000 bytes the last piece has 10000."""
        if int(self.headers["Content-Length"]) not in (30000, 10000):
            self.read_body()
            return self.error(400, "pieces were expected")
        return self.patch()

    def fault_large_begin(self):
        self.begin([("OCI-Chunk-Min-Length", "99999999999999999999")])

    def fault_larger_begin(self):
        self.begin([("OCI-Chunk-Min-Length", "9999999999")])

    def fault_ecr_patch(self):
        """Every piece but the first is taken and lost."""
        if self.upload().pieces:
            self.read_body()
        else:
            self.receive()
        self.upload().pieces += 1
        self.answer(201, b"", self.state())

    def fault_quiet_patch(self):
        """The same without a word about it."""
        if self.upload().pieces:
            self.read_body()
        else:
            self.receive()
        self.upload().pieces += 1
        self.answer(202, b"")

    def fault_zot_patch(self):
        """The range is that of the piece."""
        self.receive()
        self.answer(202, b"", self.state(int(self.headers["Content-Length"])))

    def fault_unranged_patch(self):
        """No range, and no new location."""
        self.receive()
        self.answer(202, b"")

    def fault_refused_patch(self):
        """No piece is ever the right one."""
        self.refuse_range()

    def fault_once416_patch(self):
        if self.upload().pieces == 1 and self.is_first("416"):
            return self.refuse_range()
        return self.patch()

    # What breaks off

    def fault_cut_put(self):
        """The connection breaks, once, when a part has come."""
        if not self.is_first("cut"):
            return self.put()
        self.receive(40000)
        return self.reset()

    def fault_cuts_put(self):
        """... each time."""
        self.receive(20000)
        self.reset()

    def fault_cuts_patch(self):
        """... and goes on."""
        self.receive(20000)
        self.reset()

    def fault_cutpiece_patch(self):
        if not self.is_first("cut"):
            return self.patch()
        self.receive(10000)
        return self.reset()

    def fault_late_put(self):
        """The blob is there when the connection breaks: what got lost is the answer."""
        self.receive()
        self.keep(self.query["digest"][0], bytes(self.upload().body))
        del self.server.uploads[self.identity]
        self.reset()

    def fault_stale_put(self):
        self.fault_cut_put()

    def fault_stale_ask(self):
        """Fewer bytes than have come."""
        self.answer(204, b"", self.state(30000))

    def fault_ahead_put(self):
        self.fault_cut_put()

    def fault_ahead_ask(self):
        """More bytes than there are in the blob."""
        self.answer(204, b"", self.state(1 << 40))

    def fault_junkrange_put(self):
        self.fault_cut_put()

    def fault_junkrange_ask(self):
        self.answer(204, b"", [("Range", "bytes 1-\033[31m")])

    def fault_noask_put(self):
        self.fault_cut_put()

    def fault_noask_ask(self):
        self.error(405, "unsupported")

    def fault_broken_put(self):
        """For a moment, when all has come."""
        if not self.is_first("broken"):
            return self.put()
        self.receive()
        return self.error(503, "later", [("Retry-After", "0")])

    def fault_brokenall_put(self):
        self.receive()
        self.error(500, "broken")

    def fault_busy_begin(self):
        if not self.is_first("busy"):
            return self.begin()
        return self.error(429, "slow down", [("Retry-After", "0")])

    def fault_busy_put(self):
        if not self.is_first("busyput"):
            return self.put()
        self.read_body()
        return self.error(429, "slow down", [("Retry-After", "0")])

    def fault_busyall_begin(self):
        self.error(429, "slow down", [("Retry-After", "0")])

    def fault_forgotten_put(self):
        """The upload is not known any more, once."""
        if not self.is_first("forgotten"):
            return self.put()
        self.read_body()
        return self.error(404, "blob upload unknown")

    def fault_forgottenall_put(self):
        self.read_body()
        self.error(404, "blob upload unknown")

    def fault_resumed416_put(self):
        """A part is there, and a second beginning is refused."""
        if not self.is_first("part"):
            return self.put()
        self.receive(10000)
        self.rfile.read(int(self.headers["Content-Length"]) - 10000)
        return self.answer(416, b"", self.state())

    # Refusals and lies

    def fault_early_put(self):
        """An answer before the body was read."""
        self.error(413, "Request Entity Too Large")
        self.close_connection = True

    def fault_early201_put(self):
        self.answer(201, b"")
        self.receive()
        self.keep(self.query["digest"][0], bytes(self.upload().body))

    def fault_denied_begin(self):
        self.error(403, "requested access to the resource is denied")

    def fault_unknown_begin(self):
        self.error(404, "repository name not known to registry")

    def fault_mismatch_put(self):
        self.read_body()
        self.error(400, "provided digest did not match uploaded content")

    def fault_other201_put(self):
        self.receive()
        self.answer(201, b"", [("Docker-Content-Digest", "sha256:" + 64 * "0")])

    def fault_sha512_put(self):
        """A digest that nothing can be compared with."""
        body = bytes(self.upload().body) if self.receive() else b""
        body = body or bytes(self.upload().body)
        self.keep(self.query["digest"][0], body)
        self.answer(201, b"", [("Docker-Content-Digest", "sha512:" + hashlib.sha512(body).hexdigest())])

    def fault_accepted_put(self):
        """Not now, perhaps later."""
        self.read_body()
        self.answer(202, b"")

    def fault_begun201_begin(self):
        """As if a blob could be there without having been sent."""
        self.read_body()
        self.answer(201, b"", [("Location", "/v2/x/blobs/x")])

    def fault_slow_put(self):
        """A reader of 1000 bytes a second."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        while self.receive(100):
            time.sleep(0.1)

    def fault_deaf_put(self):
        time.sleep(30)

    def fault_headbroken_has(self):
        self.error(500, "broken")

    def fault_headother_has(self):
        self.answer(200, b"other")

    # Documents

    def fault_otherdocument_document(self):
        self.read_body()
        self.answer(201, b"", [("Docker-Content-Digest", "sha256:" + 64 * "0")])

    def fault_subject_document(self):
        self.put_document([("OCI-Subject", "sha256:" + 64 * "1")])

    def fault_silent_document(self):
        """Without a word about what it has stored."""
        body = self.read_body()
        for name in (self.identity, "sha256:" + hashlib.sha256(body).hexdigest()):
            self.keep(name, body)
        self.answer(201, b"")

    def fault_busydocument_document(self):
        if not self.is_first("document"):
            return self.put_document()
        self.read_body()
        return self.error(503, "later", [("Retry-After", "0")])

    def fault_orphan_has(self):
        """A blob that is said to be there, and that no manifest finds before it was sent."""
        digest = self.path.rpartition(":")[2]
        with open(os.path.join(self.server.options.layout, "blobs/sha256", digest), "rb") as source:
            self.answer(200, source.read())

    fault_orphanall_has = fault_orphan_has

    def fault_orphan_document(self):
        body = self.read_body()
        manifest = json.loads(body)
        names = [blob["digest"] for blob in [manifest["config"], *manifest["layers"]]]
        if not all(os.path.exists(self.pushed_path(name)) for name in names):
            return self.error(400, "blob unknown to registry", code="MANIFEST_BLOB_UNKNOWN")
        return self.store_document(body)

    def fault_orphanall_document(self):
        self.read_body()
        self.error(400, "blob unknown to registry", code="MANIFEST_BLOB_UNKNOWN")

    def fault_incomplete_document(self):
        self.read_body()
        self.error(404, "blob unknown to registry")
