#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An image that somebody hostile has made, beside a good one: what it names does the good one no harm.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"
needs USERNS

good=$(image localhost/good:1 good)
layer=$(jq -r '.layers[0].digest' "$(blob_of "$good")")

# evil PYTHON: let index.json begin with an entry localhost/evil:1 for the last document that the statements add.
# add(DOCUMENT, KIND) returns its descriptor; to(DIGEST, KIND) is one of what is there.
evil() {
	python3 - "$store/images" "$good" "$layer" "$1" <<'END'
import hashlib, json, os, sys
layout, good, layer, program = sys.argv[1:]
OCI = "application/vnd.oci.image."
def path(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))
def to(digest, kind, size=None):
    return {"mediaType": OCI + kind, "digest": digest, "size": os.path.getsize(path(digest)) if size is None else size}
def add(document, kind):
    text = json.dumps({"schemaVersion": 2, "mediaType": OCI + kind, **document}).encode()
    digest = "sha256:" + hashlib.sha256(text).hexdigest()
    with open(path(digest), "wb") as out:
        out.write(text)
    return to(digest, kind)
INDEX, MANIFEST, CONFIG, LAYER = "index.v1+json", "manifest.v1+json", "config.v1+json", "layer.v1.tar+gzip"
scope = dict(globals())
exec(program, scope)
top = dict(scope["top"], annotations={"org.opencontainers.image.ref.name": "localhost/evil:1", **scope.get("annotations", {})})
with open(os.path.join(layout, "index.json")) as source:
    index = json.load(source)
index["manifests"] = [top] + [m for m in index["manifests"] if "evil" not in json.dumps(m)]
with open(os.path.join(layout, "index.json"), "w") as out:
    json.dump(index, out)
END
}
all=$(find "$store/images/blobs" -type f | sort)
good_is_whole() {
	is "$(printf '%s\n' "$all" | while read -r file; do [ -e "$file" ] || echo "$file"; done)" "" "$1"
}

evil '
top = to(good, MANIFEST)
for i in range(9):
    top = add({"manifests": [top]}, INDEX)
'
ok "a collection beside an image that names another one's manifest deep below" ctnr-store gc --grace 0
good_is_whole "... deletes nothing of that"
image localhost/multi:1 multi --index >/dev/null
multi=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "localhost/multi:1").digest' "$store/images/index.json")
[ -e "$(blob_of "$multi")" ] || exit 1
evil "
top = to('$multi', INDEX)
for i in range(8):
    top = add({'manifests': [top]}, INDEX)
"
lost=$(jq -r '.layers[0].digest' "$(blob_of "$(jq -r '.manifests[0].digest' "$(blob_of "$multi")")")")
mv "$(blob_of "$lost")" kept
run ctnr-store check --quick
like "$(printf '%s\n' "$stdout" | jq -r 'select(.damage) | .name')" "*$lost*" "a layer that is absent is found, also where another image names its index deep below"
mv kept "$(blob_of "$lost")"

# Sizes.
evil '
top = add({"config": to(good, CONFIG), "layers": [to(layer, LAYER, 1)]}, MANIFEST)
'
run ctnr-store check --repair
is_status 4 "an image that names the layer of another one with a wrong size, and its manifest as a config, is damaged"
good_is_whole "... and nothing that is as its digest says is removed"
like "$(printf '%s\n' "$stdout" | jq -r 'select(.damage) | .reason')" "*as its digest says*" "... which is told"

evil '
top = to(good, MANIFEST)
for i in range(7):
    top = add({"manifests": [dict(top, size=top["size"] + n % 2) for n in range(40)]}, INDEX)
'
run timeout 20 ctnr-store check --quick
is_status 4 "indexes that name one another with sizes that change are looked at in time"
is "$(printf '%s\n' "$stdout" | jq -c 'select(.damage)' | wc -l)" 7 "... and each is told once"

evil '
top = to(good, MANIFEST)
annotations = {"org.ctnr.tagged": "9999-12-31T23:59:59Z"}
'
touch -d '2400-01-01' "$(blob_of "$good")"
stray=$(stray future)
touch -d '2400-01-01' "$(blob_of "$stray")"
run ctnr-store gc --image-ttl 1h
is "$(gone name)" "" "times in the far future are not in the past"
ok "... nor those of blobs" test -e "$(blob_of "$stray")"
done_testing
