#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: files of layers belong to IDs of the user namespace, to one ID, or to anybody
# What check finds in a store, and what it does not take for damage.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# image NAME LAYER...: an image of layers, each of one file of that name.
image() {
	image_name=$1
	shift
	for layer; do
		shift
		set -- "$@" "$layer.tar"
		printf 'dir own uid=1000 gid=1000\nfile own/%s uid=1000 data=%s\nsymlink own/l-%s x\n' "$layer" "$layer" "$layer" |
			"$test_lib/make-tar.py" "$layer.tar"
	done
	"$test_lib/make-layout.py" --ref "$image_name" "$store/images" "$@" >/dev/null
}

blob() { # DIGEST: its path
	printf '%s/images/blobs/%s\n' "$store" "$(printf '%s' "$1" | tr : /)"
}
manifest_of() {
	jq -r --arg n "$1" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $n).digest' "$store/images/index.json"
}
config_of() { jq -r .config.digest "$(blob "$(manifest_of "$1")")"; }
layer_of() { jq -r ".layers[$2].digest" "$(blob "$(manifest_of "$1")")"; }

# found: what the last run found to be damaged, a line each.
found() {
	printf '%s\n' "$stdout" | jq -r 'select(.damage) | "\(.kind) \(.name): \(.problem)"'
}
remarks() {
	printf '%s\n' "$stdout" | jq -r 'select(.damage == false) | "\(.kind) \(.problem)"' | sort | uniq -c | sed 's/^ *//'
}
sum() {
	printf '%s\n' "$stdout" | tail -n 1
}

# broken TITLE COMMAND WANTED [OPTION]: in a copy of the store in which COMMAND has damaged something, check
# --quick (or with OPTION) finds it, and status is 4.
broken() {
	mv "$store" "$store.whole"
	in_namespace cp -a "$store.whole" "$store"
	(cd "$store" && eval "$2") || fail "$1: $2"
	run ctnr-store check "${4:---quick}"
	is_status 4 "$1 is damage"
	like "$(found)" "$3" "... and is told"
	is_stderr "" "... on standard output alone"
	delete_tree "$store"
	mv "$store.whole" "$store"
}

run ctnr-store --store "$CTNR_TEST_TMP/none" check
is_status 0 "a store that does not exist is whole"
is_stdout '{"checked":{"images":0,"bundles":0,"layers":0,"blobs":0,"volumes":0},"damaged":0,"mended":0,"leftovers":0}' \
	"... and nothing is in it"
fails "... and is not made" test -e "$CTNR_TEST_TMP/none"

image localhost/a:1 base a
image localhost/b:1 base b
ctnr-unpack --driver overlay -b one a:1 >/dev/null
ctnr-unpack --driver overlay -b two b:1 >/dev/null
mkdir -p "$store/volumes/data"
for options in --quick '' --deep; do
	run ctnr-store check $options
	is_status 0 "${options:-without an option}: a store that is right is whole"
	is_stdout '{"checked":{"images":2,"bundles":2,"layers":3,"blobs":7,"volumes":1},"damaged":0,"mended":0,"leftovers":0}' \
		"... and everything in it was looked at"
	is_stderr "" "... and nothing is said"
done
ctnr-store image tag a:1 again:1 >/dev/null
is "$(ctnr-store check --quick --json | jq .checked.images)" 2 "an image with several names is one image"
ctnr-store image untag again:1 >/dev/null
a=$(manifest_of localhost/a:1)
a_config=$(config_of localhost/a:1)
a_layer=$(layer_of localhost/a:1 1)
base=$(layer_of localhost/a:1 0)
top=$(readlink "$store/bundles/one/lower/0")
top=layers/${top##*/layers/}
top=${top%/diff}

# What a power cut leaves, and disks, and people.
broken "an empty index.json" ': >images/index.json' 'index index.json: *is empty'
broken "no index.json" 'rm images/index.json' 'index index.json: *No such file*'
broken "an entry without a digest" "printf '%s' \"\$(jq 'del(.manifests[0].digest)' images/index.json)\" >images/index.json" \
	'index index.json: *digest: missing*'
broken "an empty oci-layout" ': >images/oci-layout' 'index oci-layout: *is empty'
broken "no oci-layout beside blobs" 'rm images/oci-layout images/index.json' 'index oci-layout: *
index index.json: *'
broken "an empty manifest" ": >'images/blobs/sha256/${a#sha256:}'" "manifest $a: has 0 bytes instead of *"
broken "a missing manifest" "rm 'images/blobs/sha256/${a#sha256:}'" "manifest $a: is not there"
broken "a manifest of other bytes" "tr '{' '[' <'images/blobs/sha256/${a#sha256:}' >x; mv x 'images/blobs/sha256/${a#sha256:}'" \
	"manifest $a: *"
broken "a missing config" "rm 'images/blobs/sha256/${a_config#sha256:}'" "config $a_config: is not there"
broken "an empty config" ": >'images/blobs/sha256/${a_config#sha256:}'" "config $a_config: has 0 bytes instead of *"
broken "a missing layer's blob" "rm 'images/blobs/sha256/${a_layer#sha256:}'" "blob $a_layer: is not there"
broken "a blob that was cut" "truncate -s 5 'images/blobs/sha256/${a_layer#sha256:}'" "blob $a_layer: has 5 bytes instead of *"
broken "a directory in the place of a blob" "rm 'images/blobs/sha256/${a_layer#sha256:}'; mkdir 'images/blobs/sha256/${a_layer#sha256:}'" \
	"blob $a_layer: is not a regular file"
broken "a list of too few layers" "sed -i 1d 'cache/chains/sha256/${a_config#sha256:}'" \
	"chains $a_config: lists 1 layers instead of 2"
broken "a layer without its directory" "in_namespace rm -r '$top/diff'" "layer $top: 'diff': No such file*"
broken "a damaged file of owners" "echo x >>'$top/owners'" "layer $top: 'owners': line * is damaged"
broken "an empty record.json" ': >bundles/one/record.json' 'bundle one/record.json: *is empty'
broken "an empty config.json" ': >bundles/one/config.json' 'bundle one/config.json: *is empty'
broken "a bundle whose layer is gone" "in_namespace rm -r '$top'" "bundle one/lower/0: $top is not there"
broken "a bundle without upper" 'rmdir bundles/one/upper' 'bundle one/upper: is not there'
broken "a lock that is a directory" 'rm -f bundles/one/lock; mkdir bundles/one/lock' 'bundle one/lock: is not a regular file'
broken "a file in the place of a volume" 'rmdir volumes/data; : >volumes/data' 'volume data: is not a directory'
broken "damaged owners of a volume" 'echo x >volumes/.data:owners' "volume data: 'owners': line 1 is damaged"

# What is found by reading alone.
flip='in_namespace sh -c '
for file in "$a_layer" "$base"; do
	file=images/blobs/sha256/${file#sha256:}
	mv "$store" "$store.whole"
	in_namespace cp -a "$store.whole" "$store"
	printf Z | dd of="$store/$file" bs=1 seek=130 conv=notrunc 2>/dev/null
	run ctnr-store check --quick
	is_status 0 "a blob of other bytes and the same size is not read by --quick"
	run ctnr-store check
	is_status 4 "... but by check"
	like "$(found)" "blob sha256:${file##*/}: *digest*" "... and is told"
	like "$(printf '%s\n' "$stdout" | jq -c 'select(.damage).neededBy')" '*"localhost/a:1"*"bundle one"*' "... with who needs it"
	delete_tree "$store"
	mv "$store.whole" "$store"
done
broken "a file of another mode in a layer" "$flip 'chmod 700 $top/diff/own/a'" "layer $top: *own/a*mode*" --part=1/1
broken "a file that was removed from a layer" "$flip 'rm $top/diff/own/a'" "layer $top: *" --part=1/1
broken "other content of a layer" "$flip 'cp -p $top/diff/own/a x; echo -n B >$top/diff/own/a; touch -r x $top/diff/own/a; rm x'" \
	"layer $top: *own/a*" --deep

# Parts are parts of all.
total=0
for part in 1 2 3; do
	run ctnr-store check --part $part/3
	is_status 0 "part $part of three is read"
	total=$((total + $(sum | jq .checked.blobs)))
done
is $total 7 "the parts are all there is, each blob in one"
for part in 0/3 4/3 3 a/b 1/2/3 -1/2 1/ /; do
	run ctnr-store check --part "$part"
	is_status 2 "'$part' is no part"
done
run ctnr-store check --quick --deep
is_status 2 "--quick and --deep exclude each other"

# Only what is named.
rm "$(blob "$a_layer")"
run ctnr-store check --quick b:1
is_status 0 "an image that is whole is so beside another one that is not"
is "$(sum | jq -c .checked)" '{"images":1,"bundles":0,"layers":2,"blobs":4,"volumes":0}' "... and nothing else was looked at"
for word in a:1 localhost/a:1 "$a" "oci:$store/images:localhost/a:1"; do
	run ctnr-store check --quick "$word"
	is_status 4 "$word: what is damaged is found by its name"
done
run ctnr-store check --quick one
is_status 0 "a bundle needs no blob"
is "$(sum | jq -c .checked)" '{"images":0,"bundles":1,"layers":2,"blobs":0,"volumes":0}' "... but its layers"
run ctnr-store check --quick data two
is "$(sum | jq -c .checked)" '{"images":0,"bundles":1,"layers":2,"blobs":0,"volumes":1}' "a volume by its name, and several"
run ctnr-store check --quick nosuch
is_status 3 "what is not there is not found"
run ctnr-store check --quick nosuch a:1
is_status 4 "... and hinders no other"
image localhost/a:1 base a

# What is no damage.
sha=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
echo x >"$store/images/blobs/sha256/$sha"
echo x >"$store/images/blobs/sha256/b${sha#a}.part"
echo x >"$store/images/blobs/sha256/new-0123456789abcdef.part"
mv "$store/images/blobs/sha256/$sha" "$store/images/blobs/sha256/c${sha#a}.aside"
mkdir -p "$store/images/.lease" "$store/trash/gone"
: >"$store/images/.lease/0123456789abcdef"
: >"$store/images/notes.txt"
: >"$store/cache/chains/sha256/${a_config#sha256:}"
mkdir "$store/bundles/half"
ln -s "$CTNR_TEST_TMP/elsewhere" "$store/bundles/away"
run ctnr-store check
is_status 0 "leftovers are no damage"
is "$(remarks)" "1 bundle is not there: the bundle is not finished
1 bundle there is no bundle 'away'
1 leftover a blob that nothing needs
2 leftover a blob that was not finished
1 leftover a file that is no part of an image layout
1 leftover a lease of a killed command
1 leftover a list of layers that cannot be read
1 leftover what a killed command was deleting" "... but are told"
ok "... and nothing is taken away by looking" test -e "$store/images/blobs/sha256/c${sha#a}.aside"
rm -r "$store/images/blobs/sha256/c${sha#a}.aside" "$store/images/blobs/sha256/b${sha#a}.part" \
	"$store/images/blobs/sha256/new-0123456789abcdef.part" "$store/trash/gone" \
	"$store/images/notes.txt" "$store/bundles/half" "$store/bundles/away"

# A terminal.
run python3 "$test_lib/terminal.py" ctnr-store check --quick --progress none
like_stdout "*2 images, 2 bundles, 3 layers, 7 blobs, 1 volume checked: 0 damaged*" "people read a sum"
done_testing
