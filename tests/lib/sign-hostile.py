#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""sign-hostile.py VARIANT HOST:PORT/REPOSITORY DIGEST KEY: attach a signature that must not count to an image, in
the place of all that refer to it.

VARIANT is one of those below; "all" prints their names. Each is what sign-image.py makes, changed in one thing,
and signed by KEY as it then is, unless the change is in what is not signed."""

import base64
import importlib.machinery
import importlib.util
import json
import os
import sys

LOADER = importlib.machinery.SourceFileLoader(
    "sign_image", os.path.join(os.path.dirname(os.path.abspath(__file__)), "sign-image.py"))
SPEC = importlib.util.spec_from_loader(LOADER.name, LOADER)
sign_image = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(sign_image)

OTHER = "sha256:" + 64 * "0"


def statement(digest, **changes):
    algorithm, _, digits = digest.partition(":")
    return {"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {algorithm: digits}}],
            "predicateType": sign_image.PREDICATE, "predicate": {}} | changes


def envelope(key, text, payload_type=sign_image.STATEMENT_TYPE):
    signed = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(text), text)
    return {"payload": base64.b64encode(text).decode(), "payloadType": payload_type,
            "signatures": [{"sig": sign_image.signature(key, signed)}]}


def bundle(content, **changes):
    return {"mediaType": sign_image.BUNDLE_TYPE,
            "verificationMaterial": {"publicKey": {"hint": "x"}, "tlogEntries": []}} | content | changes


def signed_statement(key, digest, **changes):
    return bundle({"dsseEnvelope": envelope(key, json.dumps(statement(digest, **changes)).encode())})


def changed_payload(key, digest):
    made = signed_statement(key, OTHER)
    made["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(statement(digest)).encode()).decode()
    return made


def two_signatures(key, digest):
    made = signed_statement(key, digest)
    made["dsseEnvelope"]["signatures"] *= 2
    return made


def message_of_statement(key, digest):
    text = json.dumps(statement(digest)).encode()
    return bundle({"messageSignature": {"signature": sign_image.signature(key, text)}})


# Of a key and the digest of the image.
BUNDLES = {
    "other-digest": lambda key, digest: signed_statement(key, OTHER),
    "changed": changed_payload,
    "attestation": lambda key, digest: signed_statement(
        key, digest, predicateType="https://slsa.dev/provenance/v1"),
    "predicate": lambda key, digest: signed_statement(key, digest, predicate={"limit": "test"}),
    "member": lambda key, digest: signed_statement(key, digest, limit="test"),
    "two-subjects": lambda key, digest: signed_statement(
        key, digest, subject=2 * statement(digest)["subject"]),
    "two-signatures": two_signatures,
    "payload-type": lambda key, digest: bundle({"dsseEnvelope": envelope(
        key, json.dumps(statement(digest)).encode(), "application/json")}),
    "certificate": lambda key, digest: signed_statement(key, digest) | {
        "verificationMaterial": {"certificate": {"rawBytes": "AAAA"}}},
    "version": lambda key, digest: signed_statement(key, digest) | {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.4+json"},
    "message": message_of_statement,
    "escape": lambda key, digest: signed_statement(key, digest, predicateType="\x1b]0;x\x07\x1b[31m"),
}


class Repository(sign_image.Repository):
    """One in which nothing refers to the image yet."""

    def get_manifest(self, tag):
        return super().get_manifest(tag) if ":" in tag else None


def attach(repository, digest, made):
    sign_image.bundle = lambda *_: json.dumps(made).encode()
    sign_image.sign_bundle(repository, digest, None, None)


def main():
    if sys.argv[1] == "all":
        print("\n".join(BUNDLES))
        return
    variant, repository, digest, key = sys.argv[1:]
    attach(Repository(repository), digest, BUNDLES[variant](key, digest))


if __name__ == "__main__":
    main()
