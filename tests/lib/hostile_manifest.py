# SPDX-License-Identifier: Apache-2.0
"""The documents of the hostile registry, and what goes wrong with them (fault_NAME_manifest)."""

import gzip
import hashlib
import json
import time

from hostile_answer import CONTROLS

INDEX = "application/vnd.oci.image.index.v1+json"
INDEX_SIZE = 4096  # that each index is filled up to with blanks


class Manifests:
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
        fault = self.server.fault(self, "head" if self.command == "HEAD" else "manifest")
        if fault:
            return fault(body, media_type)
        return self.answer(200, body, [("Content-Type", media_type),
                                       ("Docker-Content-Digest", digest)])

    # Faults of manifests

    def fault_endless_manifest(self, _body, media_type):
        self.endless(200, [("Content-Type", media_type)])

    def fault_headers_manifest(self, _body, _media_type):
        self.send_response(200)
        self.flush_headers()
        while True:
            self.wfile.write(b"X-Header: " + b"x" * 1000 + b"\r\n")

    def fault_drip_manifest(self, body, media_type):
        self.head(200, [("Content-Type", media_type)], len(body))
        self.drip()

    def fault_driphead_manifest(self, _body, _media_type):
        self.drip_head()

    def fault_continue_manifest(self, _body, _media_type):
        """Informational answers without end."""
        while True:
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")

    def fault_error_manifest(self, _body, _media_type):
        self.endless(400, [("Content-Type", "application/json")])

    def fault_type_manifest(self, body, _media_type):
        self.answer(200, body, [("Content-Type", INDEX)])

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

    def fault_limited_manifest(self, _body, _media_type):
        """As Docker Hub says it."""
        self.error(429, "pull rate \033[31mlimit", [
            ("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), ("ratelimit-limit", "100;w=21600"),
            ("ratelimit-remaining", "0;w=21600")])

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
        self.redirect("http://127.0.0.1:1/x")

    def fault_away_manifest(self, _body, _media_type):
        self.redirect(self.server.options.elsewhere + self.path)

    def fault_loop_manifest(self, _body, _media_type):
        self.redirect(self.path)

    def fault_file_manifest(self, _body, _media_type):
        self.redirect("file:///etc/passwd")

    def fault_short_manifest(self, body, media_type):
        self.answer(200, body[:-10], [("Content-Type", media_type)])

    def fault_cut_manifest(self, body, media_type):
        self.head(200, [("Content-Type", media_type)], len(body))
        self.wfile.write(body[:len(body) // 2])
        self.cut()

    def fault_empty_manifest(self, _body, media_type):
        self.answer(200, b"", [("Content-Type", media_type)])

    def fault_nothing_manifest(self, _body, media_type):
        self.answer(204, b"", [("Content-Type", media_type)])

    def fault_piece_manifest(self, body, media_type):
        """A range that nobody asked for."""
        self.answer(206, body[10:], [
            ("Content-Type", media_type),
            ("Content-Range", "bytes 10-%d/%d" % (len(body) - 1, len(body)))])

    def fault_digests_manifest(self, body, media_type):
        """Two digests, of which the first is right."""
        right = "sha256:" + hashlib.sha256(body).hexdigest()
        self.answer(200, body, [("Content-Type", media_type), ("Docker-Content-Digest", right),
                                ("Docker-Content-Digest", "sha256:" + "0" * 64)])

    def fault_types_manifest(self, body, media_type):
        """Two types, of which the first is right."""
        self.answer(200, body, [("Content-Type", media_type),
                                ("Content-Type", INDEX)])

    def fault_oddtype_manifest(self, body, _media_type):
        self.answer(200, body, [("Content-Type", "\033[31m\033]0;title\a\x9b")])

    def fault_notype_manifest(self, body, _media_type):
        self.answer(200, body)

    def edited(self, body, media_type, edit):
        """Answer with the document as edit() leaves it."""
        document = json.loads(body)
        edit(document)
        self.answer(200, json.dumps(document).encode(), [("Content-Type", media_type)])

    def fault_foreign_manifest(self, body, _media_type):
        """An index with layers."""
        self.edited(body, INDEX, lambda d: d.update(mediaType=INDEX, manifests=[]))

    def fault_upper_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d["config"].update(digest="sha256:" + "A" * 64))

    def fault_md5_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d["config"].update(digest="md5:" + "a" * 32))

    def fault_nul_manifest(self, body, media_type):
        self.edited(body, media_type,
                    lambda d: d["config"].update(digest=d["config"]["digest"] + "\0"))

    def fault_negative_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d["layers"][0].update(size=-1))

    def fault_huge_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d["layers"][0].update(size=1 << 63))

    def fault_sizes_manifest(self, body, media_type):
        """One layer, twice, of two sizes."""
        self.edited(body, media_type, lambda d: d["layers"].append({**d["layers"][0], "size": 1}))

    def fault_layers_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d.update(layers=d["layers"] * 10000))

    def fault_listed_manifest(self, body, media_type):
        """Layers that are no list."""
        self.edited(body, media_type, lambda d: d.update(layers={"0": d["layers"][0]}))

    def fault_version_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d.update(schemaVersion=3))

    def fault_twice_manifest(self, body, media_type):
        """Two members of one name."""
        self.answer(200, b'{"config":{},' + body.lstrip()[1:], [("Content-Type", media_type)])

    def fault_deep_manifest(self, _body, media_type):
        self.answer(200, b'{"a":' * 500000, [("Content-Type", media_type)])

    def fault_behind_manifest(self, body, media_type):
        """A second document behind the first."""
        self.answer(200, body + body, [("Content-Type", media_type)])

    def fault_oddlayer_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d["layers"][0].update(mediaType=CONTROLS))

    def fault_oddnotes_manifest(self, body, media_type):
        """Everything in annotations that a terminal obeys."""
        self.edited(body, media_type, lambda d: d.update(annotations={CONTROLS: CONTROLS}))

    def fault_oddmember_manifest(self, body, media_type):
        self.edited(body, media_type, lambda d: d.update({"config": CONTROLS, CONTROLS: 1}))

    # Indexes

    def descriptor(self, media_type, digest, size):
        return {"mediaType": media_type, "digest": digest, "size": size}

    def index(self, *entries):
        """Answer with an index."""
        body = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
        self.answer(200, body.ljust(INDEX_SIZE), [("Content-Type", INDEX)])

    def fault_cycle_manifest(self, body, _media_type):
        """An index that names itself by a digest that is not its own: no other way to a cycle is known."""
        self.index(self.descriptor(INDEX, "sha256:" + hashlib.sha256(body).hexdigest(), INDEX_SIZE))

    def fault_entry_manifest(self, body, media_type):
        """An index that states another size than the manifest has."""
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        if digest in self.path:
            self.answer(200, body, [("Content-Type", media_type)])
        else:
            self.index(self.descriptor(media_type, digest, len(body) + 1))

    def fault_confused_manifest(self, body, media_type):
        """An index that says of a manifest that it is an index."""
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        if digest in self.path:
            self.answer(200, body, [("Content-Type", media_type)])
        else:
            self.index(self.descriptor(INDEX, digest, len(body)))

    def fault_platform_manifest(self, body, media_type):
        """An index for a platform of odd words alone."""
        digest = "sha256:" + hashlib.sha256(body).hexdigest()
        self.index({**self.descriptor(media_type, digest, len(body)),
                    "platform": {"os": CONTROLS, "architecture": CONTROLS}})

    # Faults of HEAD alone: what GET gives is right

    def fault_headless_head(self, _body, _media_type):
        self.answer(405, b"", [("Allow", "GET")])

    def fault_headabsent_head(self, _body, _media_type):
        self.answer(404, b"")

    def fault_headbusy_head(self, _body, _media_type):
        self.answer(503, b"", [("Retry-After", "60")])

    def fault_headbare_head(self, body, media_type):
        """No word about the digest."""
        self.answer(200, body, [("Content-Type", media_type)])

    def fault_headjunk_head(self, body, media_type):
        self.answer(200, body, [("Content-Type", media_type), ("Docker-Content-Digest", "sha256:../..")])

    def fault_headtwo_head(self, body, media_type):
        self.answer(200, body, [("Content-Type", media_type), ("Docker-Content-Digest", "sha256:" + "0" * 64),
                                ("Docker-Content-Digest", "sha256:" + "1" * 64)])

    def fault_headtext_head(self, body, _media_type):
        self.answer(200, body, [("Content-Type", "text/html")])

    def fault_headunsized_head(self, _body, media_type):
        self.head(200, [("Content-Type", media_type), ("Docker-Content-Digest", "sha256:" + "0" * 64)])
