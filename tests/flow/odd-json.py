#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""odd-json.py DIR MEMBERS: make the layout DIR with the Docker image "t" that has no layers.
MEMBERS, bytes like '"x":1' with Python's escapes, stand in its index, manifest and config."""

import codecs
import hashlib
import os
import sys

DOCKER = b'"mediaType":"application/vnd.docker.'
path, members = sys.argv[1:]
members = codecs.escape_decode(members.encode())[0]


def blob(content):
    digest = hashlib.sha256(content).hexdigest()
    with open(os.path.join(path, "blobs/sha256", digest), "wb") as out:
        out.write(content)
    return b'"digest":"sha256:%s","size":%d' % (digest.encode(), len(content))


def write(name, content):
    with open(os.path.join(path, name), "wb") as out:
        out.write(content)


os.makedirs(os.path.join(path, "blobs/sha256"))
config = blob(b'{"config":{"Cmd":["true"]},"rootfs":{"type":"layers","diff_ids":[]},%s}' % members)
manifest = blob(b'{"schemaVersion":2,%sdistribution.manifest.v2+json","config":{'
                b'%scontainer.image.v1+json",%s},"layers":[],%s}'
                % (DOCKER, DOCKER, config, members))
write("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
write("index.json", b'{"schemaVersion":2,"manifests":[{%sdistribution.manifest.v2+json",%s,'
                    b'"annotations":{"org.opencontainers.image.ref.name":"t"},%s}],%s}'
                    % (DOCKER, manifest, members, members))
