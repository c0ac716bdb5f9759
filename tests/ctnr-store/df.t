#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: files of subordinate IDs are measured inside the user namespace, root's where they are
# What the store takes on the disk: the sum is du's, whatever is in the store.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

store=$CTNR_TEST_TMP/shelf
export CTNR_STORE="$store"
busybox=$(busybox_layout)

# sum_is_du TITLE
sum_is_du() {
	run ctnr-store df
	is "$(jq -s 'map(.bytes) | add' "$stdout_file")" \
		"$(in_namespace du -s --block-size=1 "$store" | cut -f 1)" "$1"
}

# Deletions go on in the background.
nothing_is_left() {
	[ -z "$(find "$store/trash" -mindepth 1 -maxdepth 1)" ]
}

# row KIND MEMBER: of the last run.
row() {
	jq "select(.kind == \"$1\").$2" "$stdout_file"
}

run ctnr-store df
is_status 0 "of a store that is not there everything is nothing"
is "$(jq -s -c '[.[].kind, ([.[] | .count + .active + .bytes + .reclaimable] | add)]' "$stdout_file")" \
	'["images","layers","bundles","volumes","cache","leftovers","other",0]' "... a line for each kind"
fails "... and nothing is made by looking" test -e "$store"

ok "an image is fetched" ctnr-fetch -t one:1 "oci:$busybox"
sum_is_du "the sum is what du says of a store with an image"
is "$(row images count) $(row images active) $(row layers count)" "1 0 0" "... which nobody uses"

# Two images with a layer in common, and owners other than ours.
printf 'dir etc uid=7\nfile etc/a data=a uid=1000 gid=5\nsymlink etc/l a uid=9\n' |
	"$test_lib/make-tar.py" base.tar
head -c 300000 /dev/urandom >large
printf 'file own from=large\n' | "$test_lib/make-tar.py" own.tar
"$test_lib/make-layout.py" --ref localhost/a:1 "$store/images" base.tar >/dev/null
"$test_lib/make-layout.py" --ref localhost/b:1 "$store/images" base.tar own.tar >/dev/null
ok "an image is unpacked" ctnr-unpack --driver overlay -b a a:1
ok "... and another one" ctnr-unpack --driver overlay -b b b:1
ok "... and again" ctnr-unpack --driver overlay -b b2 b:1
ok "... as a copy" ctnr-unpack --driver copy -b copied b:1
sum_is_du "the sum is du's with layers, and links of bundles that are those of the layers"
is "$(row images count) $(row images active)" "3 2" "... images count by their digests, active with a bundle"
is "$(row layers count) $(row layers active)" "2 2" "... and layers as bundles link to them"
is "$(row bundles count) $(row bundles active)" "4 0" "... no bundle runs"

# What containers write.
ok "a container writes into its root and into volumes" ctnr run --name writer --network host -v vol:/data \
	--mount type=volume,target=/anonymous one:1 sh -c '
	i=0; dir=/deep
	while [ $i -lt 60 ]; do dir=$dir/x; i=$((i + 1)); done
	mkdir -p "$dir" /secret && echo x >$dir/file && echo x >/data/f && ln /data/f /data/g
	chmod 0 /secret && mkfifo /pipe && rm /etc/passwd && echo y >/anonymous/z
	dd if=/dev/zero of=/sparse bs=4k seek=100 count=1 2>/dev/null'
sum_is_du "the sum is du's with what containers have written"
is "$(row volumes count) $(row volumes active)" "1 1" "... a volume with a name is one that its bundle uses"
run ctnr-store df -v
is "$(jq -r 'select(.kind == "bundle").id' "$stdout_file" | tr '\n' ' ')" "a b b2 copied writer " \
	"with -v each bundle has a line"
is "$(jq 'select(.id == "writer") | .upper > 60 and .volumes > 0 and .logs == 0' "$stdout_file")" true \
	"... which tells the upper directory from volumes"
is "$(jq 'select(.id == "writer") | .bytes >= .upper + .volumes' "$stdout_file")" true "... in the whole"
is "$(jq 'select(.kind == "volume") | [.name, .bundles]' -c "$stdout_file")" '["vol",1]' "... and each volume"
ok "a bundle that is gone uses none" ctnr-store bundle rm writer
ok "... and takes nothing" eventually 10 nothing_is_left
run ctnr-store df
is "$(row volumes count) $(row volumes active)" "1 0" "... the volume is there"

# Images: what they share is a blob and its layer.
run ctnr-store df -v
is "$(jq -c 'select(.kind == "image") | [.names[0], .bundles, .shared > 0, .own + .shared == .bytes]' \
	"$stdout_file")" '["localhost/a:1",1,true,true]
["localhost/b:1",3,true,true]
["localhost/one:1",0,false,true]' "an image has bytes of its own, and shares those of others"
is "$(jq -s '[.[] | select(.kind == "image" and .shared > 0).shared] | .[0] == .[1]' "$stdout_file")" true \
	"... both as many"
is "$(jq -s 'map(select(.kind == "image")) | .[1].own - .[0].own >= 600000' "$stdout_file")" true \
	"... the blob and the layer that only one has are its own"

# A layer states its size.
walks() { traced -f -e trace=openat2 ctnr-store df 2>&1 >/dev/null | grep -c '"diff"'; }
is "$(walks)" 0 "a layer that states its size is not walked through"
for layer in "$store"/layers/*/*/*; do rm "$layer/size"; done
sum_is_du "layers without a size are measured"
is "$(cat "$store"/layers/*/*/*/size | wc -l)" 3 "... once, and state it from then on"
for layer in "$store"/layers/*/*/*; do printf 12 >"$layer/size"; done
is "$(walks)" 3 "... so are those with a damaged one"
sum_is_du "... and the sum is du's"

# What was left.
mkdir -p "$store/trash/1_1_00000000-0000-0000-0000-000000000000_1.0000000000000001/x"
head -c 50000 large >"$store/trash/1_1_00000000-0000-0000-0000-000000000000_1.0000000000000001/x/y"
part=$store/images/blobs/sha256/$(printf x | sha256sum | cut -c 1-64).part
head -c 90000 large >"$part"
echo strange >"$store/strange"
mkdir "$store/networks"
sum_is_du "the sum is du's with what killed commands left"
is "$(row leftovers count) $(row leftovers active)" "2 0" "... which counts apart"
is "$(row leftovers 'reclaimable < 80000')" true "... and can be reclaimed, but for the young part of a blob"
touch -d '2 hours ago' "$part"
sum_is_du "... a part is one of its bytes"
is "$(row leftovers 'reclaimable > 140000')" true "... which can be when nobody has continued it for an hour"
new=$store/images/blobs/sha256/new-0123456789abcdef.part
head -c 60000 large >"$new"
sum_is_du "... so is a new blob's part"
is "$(row leftovers count) $(row leftovers 'reclaimable > 200000')" "3 true" "... which can be at once"
rm "$new"
is "$(row other count)" 2 "... what nobody knows is something other"

# What the collector would delete.
old=$(printf '{"schemaVersion":2,"config":{},"layers":[]}' | tee stray | sha256sum | cut -c 1-64)
cp stray "$store/images/blobs/sha256/$old"
sum_is_du "the sum is du's with a blob that no image has"
is "$(row images reclaimable)" 0 "... which is spared as long as it is young"
touch -d '2 hours ago' "$store/images/blobs/sha256/$old"
run ctnr-store df
is "$(row images reclaimable)" "$(($(stat -c %b "$store/images/blobs/sha256/$old") * 512))" \
	"... and can be reclaimed afterwards"

stray=$(dirname "$layer")/$(printf y | sha256sum | cut -c 1-64)
mkdir -p "$stray/diff"
cp large "$stray/diff"
is "$(row layers reclaimable)" 0 "no layer can be reclaimed"
touch -d '2 hours ago' "$stray"
rm -f "$stray/size"
touch -d '2 hours ago' "$stray"
ok "... one that no image has is measured" ctnr-store df
ok "... and states its size" test -s "$stray/size"
sum_is_du "the sum is du's with that layer"
is "$(row layers reclaimable)" "$(du -s --block-size=1 "$stray" | cut -f 1)" "... which can be reclaimed"

# What a collection says is what can be reclaimed.
says_as_gc() {
	run ctnr-store df
	can=$(jq -s 'map(.reclaimable) | add' "$stdout_file")
	is "$(ctnr-store gc --dry-run | jq 'select(.kind == "total").bytes')" "$can" "$1"
}
says_as_gc "gc would give back what is reclaimable of blobs, layers and leftovers"
"$test_lib/make-layout.py" --ref localhost/c:1 "$store/images" own.tar >/dev/null
ok "an image is unpacked that will have no name" ctnr-unpack --driver overlay -b c c:1
ok "... nor a bundle" ctnr-store bundle rm c
jq -c 'del(.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "localhost/c:1"))' \
	"$store/images/index.json" >edited.json
cp edited.json "$store/images/index.json"
touch -d '2 hours ago' "$store"/images/blobs/sha256/* "$store"/layers/*/*/* "$store"/cache/chains/sha256/*
says_as_gc "... of what the store knows of images"
is "$(row cache 'reclaimable > 0')" true "... which is in the cache"
ok "a bundle for one run is made by a command" ctnr-unpack --driver overlay --ephemeral $$ -b once a:1
ln -snf "1 1 gone 1" "$store/bundles/.ephemeral/once"
says_as_gc "... of a bundle whose command was killed, without the links that are the layers'"
ok "... which are reclaimed" ctnr-store gc
says_as_gc "... and then of nothing"
is "$can" 0 "... at all"

# A container that runs.
mkfifo "$CTNR_TEST_TMP/hold"
ctnr run --name runs --network host -i one:1 cat <"$CTNR_TEST_TMP/hold" >/dev/null &
exec 9>"$CTNR_TEST_TMP/hold"
runs() { ctnr-store bundle ls --json --running | grep -q '"runs"'; }
ok "a container runs" eventually 10 runs
ok "... whose command has what others left deleted" eventually 10 nothing_is_left
sum_is_du "the sum is du's while a container runs"
is "$(row bundles active)" 1 "... whose bundle is active"
exec 9>&-
wait

# Damage of one object.
manifest=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "localhost/a:1").digest' \
	"$store/images/index.json")
echo '{' >"$store/images/blobs/sha256/${manifest#sha256:}"
sum_is_du "the sum is du's with a damaged manifest"
is_status 0 "... which hinders nothing"
is "$(row images count) $(row images active)" "3 3" "... the image is there"
cp "$store/images/index.json" index.json
: >"$store/images/index.json"
sum_is_du "the sum is du's with a damaged index.json"
isnt "$status" 0 "... but that is an error"
is "$(printf '%s\n' "$stderr" | grep -c 'error:')" 1 "... which is told once"
like_stderr "*index: is empty*" "... by its name"
is "$(row images reclaimable) $(row bundles count)" "0 5" "... nothing is reclaimable, and all else is known"
cp index.json "$store/images/index.json"

# A store that cannot be written to. (Root can.)
if ! identity root; then
	rm "$store"/layers/*/*/*/size
	chmod 500 "$store"
	sum_is_du "the sum is du's of a store that cannot be written to"
	is "$status $stderr" "0 " "... which is no fault"
	fails "... and nothing is written there" ls "$store"/layers/*/*/*/size
	chmod 700 "$store"
fi

run ctnr-store df what
is_status 2 "an operand is a mistake"
done_testing
