# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A store of small images, and what a collection says and does. Source it behind test.sh.

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# image NAME TEXT [OPTIONS...]: an image of one layer with a file that says TEXT, on no other image's.
image() {
	printf 'dir own uid=1000 gid=1000 mode=0700\nfile own/text "data=%s"\n' "$2" |
		"$test_lib/make-tar.py" "$CTNR_TEST_TMP/layer.tar"
	image_name=$1
	shift 2
	"$test_lib/make-layout.py" --ref "$image_name" "$@" "$store/images" "$CTNR_TEST_TMP/layer.tar" |
		jq -r .descriptor.digest
}

# blob_of DIGEST: its file.
blob_of() {
	printf '%s/images/blobs/sha256/%s' "$store" "${1#sha256:}"
}

# stray TEXT: a blob that nothing names.
stray() {
	stray_digest=$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)
	printf '%s' "$1" >"$store/images/blobs/sha256/$stray_digest"
	echo "sha256:$stray_digest"
}

# gone KIND: the names of that kind that the last run told of.
gone() {
	printf '%s\n' "$stdout" | jq -r --arg kind "$1" 'select(.kind == $kind) | .name'
}

total() {
	printf '%s\n' "$stdout" | jq -r 'select(.kind == "total") | .bytes'
}

# used: the bytes that the store takes, as du(1) counts them.
used() {
	in_namespace du -s --block-size=1 "$store" | cut -f 1
}

# state: all files of the store.
state() {
	in_namespace find "$store" -printf '%P %y %s %T@ %n\n' | LC_ALL=C sort
}

# both TITLE OPTIONS...: a dry run changes nothing, and the run says the same and gives back as much.
both() {
	both_title=$1
	shift
	both_state=$(state)
	run ctnr-store gc --dry-run "$@"
	is_status 0 "$both_title: a dry run works"
	is "$(state)" "$both_state" "... and changes nothing"
	both_stdout=$stdout
	both_used=$(used)
	run ctnr-store gc "$@"
	is_status 0 "$both_title: a run works"
	is "$stdout" "$both_stdout" "... and says the same"
	is "$((both_used - $(used)))" "$(total)" "... and so much comes back"
}
