# SPDX-License-Identifier: Apache-2.0
"""The documents of the hostile registry, and what goes wrong with them (fault_NAME_manifest)."""

import gzip
import json
import time


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
