#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sign-image.py FORM HOST:PORT/REPOSITORY DIGEST KEY [NAME]: attach a signature to an image of a registry.

FORM is cosign (a layer of the manifest with the tag sha256-HEX.sig, from cosign's SIGNATURE_SPEC.md) or
bundle (a sigstore bundle v0.3 as a referrer, from its BUNDLE_SPEC.md). KEY is a private key in PEM. NAME is
what the signature says that it is for: a reference, or nothing in a bundle, as cosign 3 writes it. A signature
that is there stays."""

import base64
import hashlib
import http.client
import json
import subprocess
import sys

PAYLOAD_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"
BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
STATEMENT_TYPE = "application/vnd.in-toto+json"
PREDICATE = "https://sigstore.dev/cosign/sign/v1"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"


class Repository:
    def __init__(self, name):
        self.host, _, self.name = name.partition("/")

    def ask(self, method, path, body=None, media_type=None):
        connection = http.client.HTTPConnection(self.host)
        accept = {"Accept": f"{MANIFEST_TYPE}, {INDEX_TYPE}"}
        connection.request(method, path, body, accept | ({"Content-Type": media_type} if media_type else {}))
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Location")

    def put_blob(self, data):
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        location = self.ask("POST", f"/v2/{self.name}/blobs/uploads/")[2]
        path = location.partition(self.host)[2] or location
        status = self.ask("PUT", f"{path}&digest={digest}", data, "application/octet-stream")[0]
        assert status == 201, status
        return digest, len(data)

    def put_manifest(self, tag, manifest):
        data = json.dumps(manifest).encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        status, body, _ = self.ask("PUT", f"/v2/{self.name}/manifests/{tag or digest}", data,
                                   manifest["mediaType"])
        assert status == 201, body
        return digest, len(data)

    def get_manifest(self, tag):
        status, body, _ = self.ask("GET", f"/v2/{self.name}/manifests/{tag}")
        return json.loads(body) if status == 200 else None


def signature(key, data):
    done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=data, stdout=subprocess.PIPE,
                          check=True)
    return base64.b64encode(done.stdout).decode()


def sign_cosign(repository, digest, key, name):
    payload = json.dumps({"critical": {"identity": {"docker-reference": name},
                                       "image": {"docker-manifest-digest": digest},
                                       "type": "cosign container image signature"},
                          "optional": None}).encode()
    blob, size = repository.put_blob(payload)
    tag = digest.replace(":", "-") + ".sig"
    manifest = repository.get_manifest(tag)
    if not manifest:
        config, config_size = repository.put_blob(b"{}")
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE,
                    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config,
                               "size": config_size}, "layers": []}
    manifest["layers"].append({"mediaType": PAYLOAD_TYPE, "digest": blob, "size": size, "annotations": {
        "dev.cosignproject.cosign/signature": signature(key, payload)}})
    repository.put_manifest(tag, manifest)


def bundle(digest, key, name):
    algorithm, _, digits = digest.partition(":")
    subject = {"digest": {algorithm: digits}} | ({"name": name} if name else {})
    statement = json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [subject],
                            "predicateType": PREDICATE, "predicate": {}}).encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(STATEMENT_TYPE), STATEMENT_TYPE.encode(), len(statement), statement)
    return json.dumps({"mediaType": BUNDLE_TYPE,
                       "verificationMaterial": {"publicKey": {"hint": "test"}, "tlogEntries": []},
                       "dsseEnvelope": {"payload": base64.b64encode(statement).decode(),
                                        "payloadType": STATEMENT_TYPE,
                                        "signatures": [{"sig": signature(key, signed)}]}}).encode()


def sign_bundle(repository, digest, key, name):
    blob, size = repository.put_blob(bundle(digest, key, name))
    config, config_size = repository.put_blob(b"{}")
    subject = repository.get_manifest(digest)
    annotations = {"dev.sigstore.bundle.predicateType": PREDICATE}
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE, "artifactType": BUNDLE_TYPE,
                "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": config,
                           "size": config_size},
                "layers": [{"mediaType": BUNDLE_TYPE, "digest": blob, "size": size}],
                "subject": {"mediaType": subject["mediaType"], "digest": digest, "size": 1},
                "annotations": annotations}
    referrer, referrer_size = repository.put_manifest(None, manifest)
    tag = digest.replace(":", "-")
    index = repository.get_manifest(tag) or {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": []}
    index["manifests"].append({"mediaType": MANIFEST_TYPE, "artifactType": BUNDLE_TYPE, "digest": referrer,
                               "size": referrer_size, "annotations": annotations})
    repository.put_manifest(tag, index)


def main():
    form, repository, digest, key, *name = sys.argv[1:]
    sign = {"cosign": sign_cosign, "bundle": sign_bundle}[form]
    sign(Repository(repository), digest, key, name[0] if name else None)


if __name__ == "__main__":
    main()
