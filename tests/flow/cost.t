#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 each shape is read several times, because a busy machine makes times uneven
#
# What documents cost grows with their length: for each shape four times as much of it takes about four
# times as long. A pair of loops over it would take sixteen times.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/../ctnr-exec/bundle.sh"
needs USERNS

# documents NAME N: the document NAME.N.json
documents() {
	python3 - "$1" "$2" <<'END_OF_DOCUMENTS'
import json
import sys

name, n = sys.argv[1], int(sys.argv[2])
DIGEST = "sha256:" + "a" * 64
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def image(**config):
    return {"os": "linux", "architecture": "amd64", "config": {"Cmd": ["sh"], **config},
            "rootfs": {"type": "layers", "diff_ids": []}}


def runtime(path, value):
    with open("c/config.json", encoding="utf-8") as source:
        config = json.load(source)
    at = config
    *above, last = path.split(".")
    for member in above:
        at = at.setdefault(member, {})
    at[last] = value
    return config


def entries(digest):
    return {"schemaVersion": 2, "manifests": [
        {"mediaType": MANIFEST, "digest": digest(i), "size": 2,
         "annotations": {"org.opencontainers.image.ref.name": f"localhost/{i}:1"}}
        for i in range(n)]}


SHAPES = {
    "env": lambda: image(Env=[f"v{i}=1" for i in range(n)]),
    "env-same": lambda: image(Env=[f"v{i % 7}=1" for i in range(n)]),
    "env-file": lambda: "".join(f"v{i}=1\n" for i in range(n)),
    "labels": lambda: image(Labels={f"run.oci.v{i}": "1" for i in range(n)}),
    "ports": lambda: image(ExposedPorts={f"{i}/tcp": {} for i in range(n)}),
    "volumes": lambda: image(Volumes={f"/v{i}": {} for i in range(n)}),
    "capabilities": lambda: runtime("process.capabilities.bounding",
                                    [f"CAP_{i}" for i in range(n)]),
    "groups": lambda: runtime("process.user.additionalGids", list(range(n))),
    "annotations": lambda: runtime("annotations", {f"a{i}": "1" for i in range(n)}),
    "masked": lambda: runtime("linux.maskedPaths", [f"/proc/a{i}" for i in range(n)]),
    "one-digest": lambda: entries(lambda i: DIGEST),
    "digests": lambda: entries(lambda i: "sha256:%064x" % i),
}
document = SHAPES[name]()
with open(f"{name}.{n}.json", "w", encoding="utf-8") as out:
    out.write(document if isinstance(document, str) else json.dumps(document))
END_OF_DOCUMENTS
}

# is_linear NAME N COMMAND TITLE: COMMAND, a shell command, has the document in $document. Times are at
# least 10 ms, so that what every run costs is not the smaller one alone.
is_linear() {
	linear_command=$3
	for linear_n in "$2" $((4 * $2)); do
		document=$CTNR_TEST_TMP/$1.$linear_n.json
		export document
		[ -e "$document" ] || documents "$1" "$linear_n"
		linear_ms=$("$test_lib/cpu-time.py" 2 sh -c "$linear_command") || linear_ms=0
		[ "$linear_n" != "$2" ] || linear_few=$linear_ms
	done
	note "$1: $linear_few and $linear_ms ms"
	ok "$4" test "$linear_few" -gt 0 -a "$linear_ms" -gt 0 -a \
		"$linear_ms" -lt $((linear_few * 8 + 20))
}

spec='exec ctnr-spec --image-config "$document"'
is_linear env 20000 "$spec -e v1=2 -e v2" "an image's variables"
is_linear env-same 40000 "$spec" "variables of a few names"
documents ports 1
is_linear env-file 10000 'exec ctnr-spec --image-config ports.1.json --env-file "$document"' \
	"variables of a file"
is_linear labels 10000 "$spec" "labels that are left out"
is_linear ports 20000 "$spec" "ports"
is_linear volumes 100 "$spec" "volumes"

bundle c
run_config='cp "$document" c/config.json && exec ctnr-exec run ./c'
is_linear capabilities 20000 "$run_config" "capabilities that nobody knows"
is_linear groups 10000 "$run_config" "groups"
is_linear annotations 20000 "$run_config" "annotations"
is_linear masked 250 "$run_config" "masked paths"

# Images whose manifests are not there.
CTNR_STORE=$CTNR_TEST_TMP/store
export CTNR_STORE
mkdir -p "$CTNR_STORE/images/blobs/sha256"
echo '{"imageLayoutVersion":"1.0.0"}' >"$CTNR_STORE/images/oci-layout"
index='cp "$document" "$CTNR_STORE/images/index.json"'
is_linear digests 2500 "$index && exec ctnr-store image ls --quiet" "images that are listed"
is_linear digests 2500 "$index && exec ctnr-store image untag localhost/7:1" "a name that is taken away"
is_linear one-digest 10000 "$index && exec ctnr-store image rm --force sha256:$(printf %064d 0 | tr 0 a)" \
	"an image of many names that is removed"

done_testing
