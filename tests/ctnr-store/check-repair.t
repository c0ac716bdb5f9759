#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: layers are deleted and unpacked again with each identity's own owners
# check --repair: what is damaged goes, and comes again from where it can.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs USERNS PEER:docker-registry PEER:skopeo

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"
layout=$(busybox_layout)
registry_start || exit 1
registry_push "$layout:latest" box:1 || exit 1
registry_push "$layout:latest" docker:1 --format v2s2 || exit 1

for name in box docker; do
	ctnr-fetch "docker://$registry/$name:1" >/dev/null || exit 1
done
ctnr-fetch -t local "oci:$layout:latest" >/dev/null
layout a --ref latest <<'END' >/dev/null
file x data=x
END
ctnr-fetch -t other "oci:a:latest" >/dev/null
ctnr-unpack --driver overlay -b one "$registry/box:1" >/dev/null
ctnr-spec one -- true >/dev/null
echo kept >"$store/bundles/one/upper/mine"
mkdir -p "$store/volumes/data"
echo kept >"$store/volumes/data/mine"
ctnr-unpack -b remembered local >/dev/null # so that the name is in cache/refs/
sleep 0.1
ctnr-unpack -b remembered2 other >/dev/null
ctnr-store bundle rm remembered remembered2 >/dev/null

found() {
	printf '%s\n' "$stdout" | jq -r 'select(.damage) | "\(.kind) \(.name)\(if .mended then "" else ": " + (.reason // "stays") end)"'
}
manifest_of() {
	jq -r --arg n "$1" '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == $n).digest' "$store/images/index.json"
}
blob() {
	printf '%s/images/blobs/%s\n' "$store" "$(printf '%s' "$1" | tr : /)"
}
names() { ctnr-store image ls -q | sort; }
all=$(names)

# mends TITLE COMMAND WANTED: --repair mends what COMMAND has damaged, all names and files are there as before,
# and a second check has nothing to say.
mends() {
	mv "$store" "$store.whole"
	in_namespace cp -a "$store.whole" "$store"
	(cd "$store" && eval "$2") || fail "$1: $2"
	run ctnr-store check --repair
	is_status 0 "$1: is mended"
	like "$(found)" "$3" "... and told"
	run ctnr-store check --quick
	is_status 0 "... and stays so"
	is "$(cat "$store/bundles/one/upper/mine" "$store/volumes/data/mine")" "kept
kept" "... what containers and people wrote is as it was"
	${4:-:}
	delete_tree "$store"
	mv "$store.whole" "$store"
}

same_names() {
	is "$(names)" "$all" "... every name is there"
	ok "... the image runs" ctnr-exec run one
}

box=$(manifest_of "$registry/box:1")
config=$(jq -r .config.digest "$(blob "$box")")
layer=$(jq -r '.layers[0].digest' "$(blob "$box")")
docker=$(manifest_of "$registry/docker:1")
top=$(readlink "$store/bundles/one/lower/0")
top=layers/${top##*/layers/}
top=${top%/diff}

mends "an empty manifest" ": >'images/blobs/sha256/${box#sha256:}'" "manifest $box" same_names
mends "a missing config" "rm 'images/blobs/sha256/${config#sha256:}'" "config $config" same_names
mends "a byte that was turned" "printf Z | dd of='images/blobs/sha256/${layer#sha256:}' bs=1 seek=1000 conv=notrunc 2>/dev/null" \
	"blob $layer" same_names
mends "a manifest that was converted" "rm 'images/blobs/sha256/${docker#sha256:}'" "manifest $docker" same_names
mends "an empty list of layers beside a missing config" \
	"rm 'images/blobs/sha256/${config#sha256:}'; : >'cache/chains/sha256/${config#sha256:}'" "config $config" same_names
mends "a layer whose file was changed" "in_namespace chmod 700 '$top/diff/etc/passwd'" "layer $top" same_names
mends "a layer without its directory" "in_namespace rm -r '$top/diff'" "layer $top
bundle one/lower/0" same_names
in_namespace mv "$store/$top" "$store/$top.away"
run ctnr-exec run one
like_stderr "*hint: 'ctnr check --repair' unpacks layers that are gone*" "who runs a bundle without its layers is told what mends it"
in_namespace mv "$store/$top.away" "$store/$top"
mends "a layer that a bundle misses" "in_namespace rm -r '$top'" "bundle one/lower/0" same_names
mends "an empty record" ': >bundles/one/record.json' "bundle one/record.json" same_names
mends "an empty oci-layout" ': >images/oci-layout' "index oci-layout" same_names
mends "an entry of index.json that is none" \
	"printf '%s' \"\$(jq '.manifests[0].size = -1' images/index.json)\" >x; mv x images/index.json" "index index.json" same_names
mends "all at once" ": >images/oci-layout; : >bundles/one/record.json; in_namespace rm -r '$top/diff'
	rm 'images/blobs/sha256/${layer#sha256:}'; : >'images/blobs/sha256/${box#sha256:}'" "*" same_names

# A lost index.json: names come from cache/refs/ and bundles, the other images stay without one.
recovered() {
	is "$(names | grep -v '^sha256:')" "$1" "... the names are there that something knows"
	is "$(jq -r '.manifests[].digest' "$store/images/index.json" | sort -u)" "$2" "... and all images"
	is "$(find "$store/images" -name 'index.json.damaged-*' | wc -l)" "$3" "... and the old file was set aside"
	ok "... what was damaged can be fetched again" ctnr-fetch -t again "oci:a:latest"
}
images=$(jq -r '.manifests[].digest' "$store/images/index.json" | sort -u)
known=$(printf '%s\n' "$all" | grep -v /docker)
empty_index() { recovered "$known" "$images" 1; }
no_index() { recovered "$known" "$images" 0; }
mends "an empty index.json" ': >images/index.json' "index index.json" empty_index
mends "no index.json" 'rm images/index.json' "index index.json" no_index

# What cannot be mended.
mv "$store" "$store.whole"
in_namespace cp -a "$store.whole" "$store"
own=$(jq -r '.layers[0].digest' "$(blob "$(manifest_of localhost/other:latest)")")
printf Z | dd of="$(blob "$own")" bs=1 seek=300 conv=notrunc 2>/dev/null
registry_stop
rm "$(blob "$docker")"
: >"$store/bundles/one/config.json"
run ctnr-store check --repair
is_status 4 "what has no source stays damaged"
is "$(found | sort)" "$(printf '%s\n' "blob $own: no registry is known to have it: make or pull the image again" \
	"bundle one/config.json: stays" "manifest $docker: 'docker://$registry/docker@$(jq -r --arg d "$docker" '.manifests[] | select(.digest == $d).annotations["org.ctnr.source"]' "$store/images/index.json")' cannot be fetched (status 5)" | sort)" "... and is told with the reason"
is "$(names)" "$all" "... no name is gone"
fails "... but the blob, so that it can come again" test -e "$(blob "$own")"
ok "... from where it came from" ctnr-fetch -t other "oci:a:latest"
run ctnr-store check --repair localhost/other:latest
is_status 0 "... and then the image is whole"
delete_tree "$store"
mv "$store.whole" "$store"

run ctnr-store check --repair "oci:$layout"
is_status 2 "a layout elsewhere is not mended"

# Root reads what it likes.
identity root || mends "a manifest without a registry that its mode keeps from its user" \
	'chmod 0 "$(blob "$(manifest_of localhost/other:latest)")"' "manifest *" same_names
has_name_that_was_only_there() { like "$(names)" "*localhost/only-there:1*" "... with what only it knew"; }
identity root || mends "an index.json that its mode keeps from its user" \
	'ctnr-store image tag localhost/other:latest only-there:1 >/dev/null; chmod 0 images/index.json' \
	"index index.json" has_name_that_was_only_there
identity root || mends "a record that its mode keeps from its user" 'chmod 0 bundles/one/record.json' \
	"bundle one/record.json" same_names

# What runs has its layers mounted.
cat >box.sh <<'END'
echo up
read -r line
END
ctnr-unpack --driver overlay -b two "$registry/box:1" >/dev/null
ctnr-spec -i two -- /bin/sh -c "$(cat box.sh)" >/dev/null
mkfifo in
(exec ctnr-exec run two <in >out 2>&1) &
exec 9>in
eventually 10 grep -q up out
in_namespace chmod 700 "$store/$top/diff/etc/passwd"
run ctnr-store check --repair
is_status 4 "the layer of a container that runs is not taken away"
is "$(found)" "layer $top: it is mounted by 'two': stop that first" "... and that is told"
echo >&9
exec 9>&-
wait $!
run ctnr-store check --repair
is_status 0 "... when it has ended the layer is unpacked again"
ok "... and the bundle runs" ctnr-exec run one
done_testing
