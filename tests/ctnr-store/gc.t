#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: layers and bundles are deleted, and measured, in the user namespace that owns their files
# ctnr-store gc: what goes, what stays, and what it says about both.
. "$(dirname "$0")/../lib/test.sh"
needs USERNS

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

run ctnr-store --store "$CTNR_TEST_TMP/nowhere" gc
is_status 0 "nothing is collected where there is no store"
is_stdout '{"kind":"total","objects":0,"bytes":0}' "... which it says"
fails "... and makes none" test -e "$CTNR_TEST_TMP/nowhere"
run ctnr-store gc
is_status 0 "nor in a store without images"

a=$(image localhost/a:1 a)
b=$(image localhost/b:1 b)
ok "an image is unpacked" ctnr-unpack --driver overlay -b a a:1
ok "... and another" ctnr-unpack --driver overlay -b b b:1
old=$(stray old)
young=$(stray young)
touch -d '2 hours ago' "$(blob_of "$old")"
both "an old blob that nothing names"
is "$(gone blob)" "$old" "... is what goes"
fails "... is gone" test -e "$(blob_of "$old")"
ok "... and a young one is not" test -e "$(blob_of "$young")"
run ctnr-store gc --grace 3h
is "$(gone blob)" "" "... nor with a longer grace"
both "a young one without grace" --grace 0
is "$(gone blob)" "$young" "... is what goes"
run "$test_lib/terminal.py" ctnr-store gc --grace 0
like_stdout "Total reclaimed space: 0 B*" "people at a terminal read a sentence"
run "$test_lib/terminal.py" ctnr-store gc --json
like_stdout '{"kind":"total","objects":0,"bytes":0}*' "... or ask for objects"

# Leases.
young=$(stray leased)
mkdir -p "$store/images/.lease"
echo "$young" >"$store/images/.lease/dead"
exec 9>"$store/images/.lease/alive"
echo "$young" >&9
flock 9
run ctnr-store gc -n --grace 0
ok "a dry run leaves the leases of dead writers" test -e "$store/images/.lease/dead"
run ctnr-store gc --grace 0
is "$(gone blob)" "" "a blob that is leased stays"
fails "... the leases of dead writers do not" test -e "$store/images/.lease/dead"
ok "... and those of others do" test -e "$store/images/.lease/alive"
exec 9>&-
run ctnr-store gc --grace 0
is "$(gone blob)" "$young" "... until its writer is dead"

# Images by their last use.
touch -d '3 days ago' "$(blob_of "$a")" "$(blob_of "$b")"
run ctnr-store gc --image-ttl 2d
is "$(gone name)" "" "images that bundles use stay"
echo '{"exitCode":0,"finished":"2020-01-01T00:00:00Z"}' >"$store/bundles/a/status.json"
both "a bundle that ended long ago" --bundle-ttl 1w
is "$(gone bundle)" a "... goes"
ok "... and no other" test -d "$store/bundles/b"
is "$(gone layer)" "" "... and its image stays, with its layer"
both "an image that was not used for long" --image-ttl 2d
is "$(gone name)" localhost/a:1 "... goes"
is "$(gone manifest)" "$a" "... with its manifest"
is "$(gone blob | wc -l)" 2 "... its blobs"
is "$(gone layer | wc -l)" 1 "... and its layer"
is "$(find "$store/cache/chains" -type f | wc -l)" 1 "... and what is derived from them"
ok "an image that is old is used" ctnr-unpack --driver overlay -b again b:1
ok "... which renews its time" [ "$(($(date +%s) - $(stat -c %Y "$(blob_of "$b")")))" -lt 60 ]
touch -d '30 minutes ago' "$(blob_of "$b")"
ok "an image that is not old is used" ctnr-unpack --driver overlay -b third b:1
ok "... and keeps it" [ "$(($(date +%s) - $(stat -c %Y "$(blob_of "$b")")))" -gt 600 ]
run ctnr-store gc --bundle-ttl 0
is "$(gone bundle)" "" "a bundle that may be about to run stays"
both "one that does not run" --bundle-ttl 0 --grace 0
is "$(gone bundle | tr '\n' ' ')" "again b third " "... does not, without grace"
both "all images" --image-ttl 0
is "$(gone name)" localhost/b:1 "... are gone without an age"
is "$(find "$store/images/blobs" -type f | wc -l)" 0 "... with young blobs, which had a name"
is "$(find "$store/layers" -mindepth 3 -maxdepth 3 | wc -l)" 0 "... and layers"
image localhost/c:1 c >/dev/null
run ctnr-store gc --image-ttl 0 --grace 1h
is "$(gone name) $(gone blob)" "localhost/c:1 " "a grace that is stated counts for them too"

# Names.
run ctnr-store gc --grace 0
digest=$(image localhost/n:1 n)
for tag in 2 3 4; do
	ctnr-store image tag localhost/n:1 "localhost/n:$tag" >/dev/null
done
# set_time NAME TIME: let the name have been set then.
set_time() {
	jq --arg name "$1" --arg time "$2" '(.manifests[] | .annotations |
		select(."org.opencontainers.image.ref.name" == $name))."org.ctnr.tagged" = $time' \
		"$store/images/index.json" >index.json && cp index.json "$store/images/index.json"
}
set_time localhost/n:2 2026-01-01T00:00:00Z
set_time localhost/n:3 2020-01-01T00:00:00Z
set_time localhost/n:4 2026-02-01T00:00:00Z
touch -d '2020-02-01' "$(blob_of "$digest")"
both "of the names of a repository" --ref-max 2
is "$(gone name | tr '\n' ' ')" "localhost/n:1 localhost/n:3 " "... the oldest go, by when they were set or used"
is "$(gone manifest)" "" "... and their image stays"
set_time localhost/n:2 2020-01-01T00:00:00Z
both "names that were set long ago" --ref-ttl 52w
is "$(gone name | tr '\n' ' ')" "localhost/n:2 " "... go"
run ctnr-store gc --ref-max 0 --grace 0
is "$(gone manifest)" "$digest" "the image goes with its last name"

# Without a name, and filters.
x=$(image localhost/x:1 x --config '{"created":"2020-01-01T00:00:00Z","config":{"Labels":{"keep":"yes"}}}')
y=$(image localhost/y:1 y --config '{"created":"2020-01-01T00:00:00Z"}')
ctnr-store image untag x:1 y:1
run ctnr-store gc --unnamed --filter label=keep=no
is "$(gone name)" "" "a label with another value does not fit"
run ctnr-store gc -n --unnamed --filter label=keep
is "$(gone name)" "$x" "one with that name does"
run ctnr-store gc -n --unnamed --filter 'label!=keep'
is "$(gone name)" "$y" "... or does not, as asked"
run ctnr-store gc -n --unnamed --filter until=2019-01-01T00:00:00Z
is "$(gone name)" "" "until is a moment"
run ctnr-store gc -n --unnamed --filter until=24h
is "$(gone name | wc -l)" 2 "... or an age"
both "images without a name" --unnamed
is "$(gone manifest | wc -l)" 2 "... go"
for name in docker.io/library/p:1 docker.io/library/q:1; do
	image "$name" "$name" >/dev/null
done
run ctnr-store gc -n --image-ttl 0 --filter 'reference=p*'
is "$(gone name)" docker.io/library/p:1 "a reference is a pattern"
run ctnr-store gc -n --image-ttl 0 --filter 'reference=library/q' --filter 'reference=p:1'
is "$(gone name | wc -l)" 2 "... and one of several is enough"

# Room.
for name in 1 2 3; do
	image "localhost/r:$name" "$(head -c 30000 /dev/urandom | base64 -w 0)" --compress none >/dev/null
done
touch -d "20 days ago" "$store"/images/blobs/sha256/*
for name in 1 2 3; do
	touch -d "$((9 - name)) days ago" "$(blob_of "$(ctnr-store image show "r:$name" | jq -r .descriptor.digest)")"
done
run ctnr-store gc -n --keep-bytes 1g
is "$(gone name)" "" "a store that is small enough keeps all"
both "one that shall be smaller" --keep-bytes $(($(used) - 30000)) --filter 'reference=r'
is "$(gone name)" localhost/r:1 "... loses what was not used longest, and no more"
both "one that shall be much smaller" --keep-bytes 0 --filter 'reference=r'
is "$(gone name | tr '\n' ' ')" "localhost/r:2 localhost/r:3 " "... loses all that may go"
like_stderr "*there is no more to remove*" "... and says that this is not enough"
run ctnr-store gc -n --min-free 1
is "$(gone name)" "" "where there is room all stays"
run ctnr-store gc -n --min-free 100%
is "$(gone name | wc -l)" 2 "... a part of the filesystem may be more than there is"

# What killed commands left.
mkdir "$store/trash/1.2.dead" 2>/dev/null || mkdir -p "$store/trash/1.2.dead"
head -c 10000 /dev/urandom >"$store/trash/1.2.dead/file"
mkdir -p "$store/cache/refs" "$store/cache/chains/sha256"
echo '{"index":"another"}' >"$store/cache/refs/0123456789abcdef"
echo "$digest" >"$store/cache/chains/sha256/${digest#sha256:}"
both "what killed commands left" --grace 0
is "$(gone leftover)" trash/1.2.dead "... goes"
is "$(gone cache | wc -l)" 2 "... and what is derived from what is gone"

# Damage.
image localhost/whole:1 whole >/dev/null
digest=$(image localhost/hurt:1 hurt)
: >"$(blob_of "$digest")"
old=$(stray lost)
both "beside an image that is damaged" --grace 0
is "$(gone blob | grep -c "$old")" 1 "... others are collected"
printf '{' >"$store/images/index.json"
old=$(stray lost)
run ctnr-store gc --grace 0
is_status 1 "without a readable index.json no blob goes"
like_stderr "*hint: *--repair*" "... and the hint says what helps"
ok "... not one" test -e "$(blob_of "$old")"

# A layout elsewhere.
printf 'file f data=f\n' | "$test_lib/make-tar.py" layer.tar
"$test_lib/make-layout.py" --ref one "$CTNR_TEST_TMP/layout" layer.tar >/dev/null
echo lost >"$CTNR_TEST_TMP/layout/blobs/sha256/$(echo lost | sha256sum | cut -d ' ' -f 1)"
run ctnr-store gc --grace 0 "oci:$CTNR_TEST_TMP/layout"
is "$(gone blob | wc -l) $(find "$CTNR_TEST_TMP/layout/blobs" -type f | wc -l)" "1 3" "a layout elsewhere is collected"
run ctnr-store gc --grace 0 --image-ttl 0 "oci:$CTNR_TEST_TMP/layout"
is "$(find "$CTNR_TEST_TMP/layout/blobs" -type f | wc -l)" 0 "... by age too"
run ctnr-store gc "oci:$CTNR_TEST_TMP/nowhere"
is_status 3 "one that is not there is not found"
run ctnr-store gc --bundle-ttl 0 "oci:$CTNR_TEST_TMP/layout"
is_status 2 "a layout has no bundles"
run ctnr-store gc oci:
is_status 2 "... and a name"

# The command line.
for options in '--grace 5' '--ref-max x' '--min-free 101%' '--keep-bytes x' '--filter until=24h' \
	'--unnamed --filter colour=red' '--only bundle --image-ttl 0' '--only image --bundle-ttl 0' 'alpine'; do
	# shellcheck disable=SC2086
	run ctnr-store gc $options
	is_status 2 "a usage mistake: $options"
done
done_testing
