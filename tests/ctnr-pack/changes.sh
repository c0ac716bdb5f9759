# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# For the tests of ctnr-pack; source it behind test.sh.
#
# make_image NAME... <<END       as in tests/ctnr-unpack/unpack.sh
# bundle NAME IMAGE...           unpack into the bundle $CTNR_TEST_TMP/NAME (ctnr-unpack's options)
# in_upper NAME CMD...           run it in the bundle's upper directory, where all its IDs are ours
# overlay NAME COMMANDS         what a container does, without one: in the mounted overlay
# changes NAME FILE OPTIONS...   the archive of the bundle's layer (ctnr-pack's options): FILE; empty where nothing
#                                was changed
# tar_list FILE                  what Python finds in it, an entry a line

changes_tests=$(cd "$(dirname "$0")" && pwd)
. "$changes_tests/../ctnr-unpack/unpack.sh"

bundle() {
	bundle_name=$1
	bundle_image=$2
	shift 2
	ctnr-unpack -b "./$bundle_name" "$@" "oci:$CTNR_TEST_TMP/$bundle_image:latest" >"$bundle_name.json"
}

# shellcheck disable=SC2016 # for the inner shell
in_upper() {
	upper_bundle=$1
	shift
	in_namespace sh -c 'cd "$1" && shift && "$@"' sh "$CTNR_TEST_TMP/$upper_bundle/upper" "$@"
}

# shellcheck disable=SC2016 # for the inner shell
overlay() {
	in_namespace sh -c '
		cd "$1/lower" && mount -t overlay -o "lowerdir=$(ls | sort -n | paste -sd: -),upperdir=../upper,workdir=../work,userxattr" \
			overlay ../rootfs && cd ../rootfs && eval "$2"' sh "$CTNR_TEST_TMP/$1" "$2"
}

changes() {
	changes_bundle=$1
	changes_file=$2
	shift 2
	run ctnr-pack --compression none --no-sync "$@" "./$changes_bundle"
	python3 - "$stdout_file" "$changes_bundle.json" "$changes_file" "$*" <<'END'
import json
import shutil
import sys


def layers(image):
    def blob(descriptor):
        return f"{image['layout']}/blobs/{descriptor['digest'].replace(':', '/')}"
    with open(blob(image["descriptor"])) as source:
        return [blob(layer) for layer in json.load(source)["layers"]]


record, bundle, output, options = sys.argv[1:]
with open(record) as source:
    text = source.read()
with open(bundle) as source:
    before = layers(json.load(source)["image"])
after = layers(json.loads(text)) if text else []
with open(output, "wb") as target:
    if "--squash" in options.split() or len(after) > len(before):
        with open(after[-1], "rb") as source:
            shutil.copyfileobj(source, target)
END
}

tar_list() {
	[ -s "$1" ] || return 0
	python3 - "$1" <<'END'
import sys
import tarfile

TYPES = {tarfile.REGTYPE: "f", tarfile.LNKTYPE: "h", tarfile.SYMTYPE: "l", tarfile.DIRTYPE: "d",
         tarfile.FIFOTYPE: "p", tarfile.CHRTYPE: "c", tarfile.BLKTYPE: "b", tarfile.GNUTYPE_SPARSE: "f"}
archive = tarfile.open(sys.argv[1], errors="surrogateescape")
for entry in archive:
    kind = TYPES[entry.type]
    name = entry.name + ("/" if kind == "d" else "")
    extra = ""
    if kind in "hl":
        extra = " -> " + entry.linkname
    elif kind in "cb":
        extra = f" {entry.devmajor}:{entry.devminor}"
    elif kind == "f":
        extra = f" {entry.size}" + (" sparse" if entry.sparse else "")
    for key, value in sorted(entry.pax_headers.items()):
        if key.startswith("SCHILY.xattr."):
            value = value.encode("utf-8", "surrogateescape")
            extra += f" {key[13:]}={value.hex()}"
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    print(f"{kind} {name} {entry.mode:o} {entry.uid}:{entry.gid} {int(entry.mtime)}{extra}")
END
}
