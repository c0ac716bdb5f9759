#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# add NAME OPTIONS...: an image of one file that holds NAME; prints its digest.
add() {
	printf 'file text "data=%s"\n' "$1" | "$test_lib/make-tar.py" layer.tar
	add_name=$1
	shift
	"$test_lib/make-layout.py" --ref "localhost/$add_name:1" "$@" "$store/images" layer.tar | jq -r .descriptor.digest
}

# entries NAME FILTER: what jq says of each entry, on a line.
entries() {
	ctnr-store index show "$1" | jq -r "[.manifests[] | $2] | join(\" \")"
}

# digest_of NAME: that of what a name stands for.
digest_of() {
	ctnr-store image ls | jq -r "select(.ref == \"$1\").descriptor.digest"
}

run ctnr-store --store "$CTNR_TEST_TMP/new" index create empty
is_status 0 "an index is made in a store that was not there"
is "$(ctnr-store --store "$CTNR_TEST_TMP/new" index show empty)" \
	'{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}' "... without images"

amd64=$(add amd64 --platform linux/amd64)
arm64=$(add arm64 --platform linux/arm64/v8)
add docker --docker >/dev/null

run ctnr-store index create list amd64:1 "$arm64"
is_status 0 "an index is made of images by name and by digest"
is "$(printf '%s' "$stdout" | jq -r '.ref, .descriptor.mediaType' | tr '\n' ' ')" \
	"localhost/list:latest application/vnd.oci.image.index.v1+json " "... and its record printed"
is "$(printf '%s' "$stdout" | jq -r .descriptor.digest)" "$(digest_of localhost/list:latest)" "... which is that of the store"
is "$(entries list .digest)" "$amd64 $arm64" "... in the order that they were given in"
is "$(entries list '.platform | [.os, .architecture, .variant // "-"] | join("/")')" "linux/amd64/- linux/arm64/v8" \
	"... with the platforms of their configs"
is "$(entries list '.annotations | type')" "null null" "... and nothing of what index.json says of them"
run "$test_lib/verify-store.py" "$store"
is_stdout "" "... and the store is whole"
run ctnr-store index create --print ref other:2 amd64:1
is_stdout localhost/other:2 "--print ref prints the name alone"
run "$test_lib/terminal.py" ctnr-store image ls
like_stdout "*localhost/list *latest *(index)*" "an index is listed with the images, as one"

run ctnr-store index create list amd64:1
is_status 1 "a name that is there is not taken"
like_stderr "*index 'localhost/list:latest': there is one already*hint: --amend*" "... and the hint says how"
before=$(digest_of localhost/list:latest)
run ctnr-store index create --amend list amd64:1
is_status 0 "--amend adds to what is there"
is "$(digest_of localhost/list:latest)" "$before" "... and the same image of the same platform is there once"
run ctnr-store index create amd64:1
is_status 1 "the name of an image is not taken either"
like_stderr "*an image has that name*hint: *ctnr untag localhost/amd64:1" "... and the hint says what frees it"
run ctnr-store index create --amend amd64:1
is_status 1 "--amend adds to an index only"
like_stderr "*is no index*" "... and says so"
is "$(digest_of localhost/amd64:1)" "$amd64" "... and the image keeps its name"
for name in Upper "$amd64"; do
	run ctnr-store index create "$name"
	is_status 2 "an index cannot be called ${name%%:*}"
done

run ctnr-store index add list docker:1
is_status 1 "an image of Docker's types does not go into an OCI index"
like_stderr "*has a type of Docker*hint: *ctnr pull*" "... and the hint says what does"
printf 'file text data=other\n' | "$test_lib/make-tar.py" layer.tar
"$test_lib/make-layout.py" --docker --index --ref localhost/dlist:1 "$store/images" layer.tar >/dev/null
run ctnr-store index add dlist:1 docker:1
is_status 0 "... but into a manifest list of Docker"
is "$(ctnr-store index show dlist:1 | jq -r '.mediaType, (.manifests | length)' | tr '\n' ' ')" \
	"application/vnd.docker.distribution.manifest.list.v2+json 2 " "... which stays one"
run ctnr-store index add dlist:1 amd64:1
is_status 1 "... into which no OCI image goes"
run ctnr-store index add list nosuch
is_status 3 "an image that is not there is not found"
run ctnr-store index add nosuch amd64:1
is_status 3 "neither is an index"
like_stderr "*image 'nosuch'*hint: *ctnr images*" "... and nobody is told to pull it"
run ctnr-store index add "$amd64" arm64:1
is_status 2 "what is changed needs a name"
run ctnr-store index add list "oci:$store/images:localhost/amd64:1"
is_status 0 "an image may be given by the store's layout"
cp -R "$store/images" elsewhere
run ctnr-store index add list "oci:$PWD/elsewhere:localhost/amd64:1"
is_status 1 "... but not by another one, where its blobs are"
like_stderr "*hint: 'ctnr pull oci:*" "... and the hint says what copies it"

ok "an entry's platform may be stated" ctnr-store index add --os windows --arch x86_64 --os-version 10.0.1 \
	--os-features win32k,b --os-features c --features sse4 --annotation k=v list amd64:1
is "$(ctnr-store index show list | jq -cS '.manifests[2] | [.digest == "'"$amd64"'", .platform, .annotations]')" \
	'[true,{"architecture":"amd64","features":["sse4"],"os":"windows","os.features":["win32k","b","c"],"os.version":"10.0.1"},{"k":"v"}]' \
	"... and is another entry than that of the image's own"
run ctnr-store index add --arch arm64 list amd64:1 arm64:1
is_status 2 "one platform for two images is a mistake"
run ctnr-store index add --arch 'a/b' list amd64:1
is_status 2 "an architecture is a word"
run ctnr-store index add --annotation nonsense list amd64:1
is_status 2 "an annotation is KEY=VALUE"
twin=$(add twin --platform linux/amd64)
run ctnr-store index add list twin:1
is_status 0 "a second image for a platform is added"
like_stderr "*warning: $twin is for linux/amd64 too: *$amd64, is taken*" "... with a warning that says which is taken"

run ctnr-store index annotate list "$amd64" --annotation a=b
is_status 1 "an image that is there twice is not annotated"
run ctnr-store index remove list "$amd64" twin:1
is_status 0 "images are taken out by digest and by name"
is "$(entries list .digest)" "$arm64" "... each with all its entries"
run ctnr-store index remove list "$amd64"
is_status 3 "... once"
is "$(digest_of localhost/amd64:1)" "$amd64" "... and stay in the store"
ok "an entry is annotated" ctnr-store index annotate --annotation a=b --arch amd64 list arm64:1
is "$(entries list '.platform.architecture, .platform.variant, .annotations.a')" "amd64  b" \
	"... and has no variant of another architecture"
ok "the index itself is annotated" ctnr-store index annotate --index --annotation c=d list
is "$(ctnr-store index show list | jq -c .annotations)" '{"c":"d"}' "... and says so"
run ctnr-store index annotate list arm64:1
is_status 2 "an annotation that changes nothing is a mistake"
run ctnr-store index annotate --index --os linux list
is_status 2 "an index has no platform"

ctnr-store index create full amd64:1 arm64:1 >/dev/null
ok "of an index the image of a platform is added" ctnr-store index add --arch arm64 list full
is "$(entries list .digest)" "$arm64 $arm64" "... as the other one that it is"
ctnr-store index create all >/dev/null
ok "or all of its images" ctnr-store index add --all all full
is "$(entries all .digest)" "$amd64 $arm64" "... as they stand"
rm "$store/images/blobs/sha256/${amd64#*:}"
run ctnr-store index add --all all full
is_status 3 "... if they are there"
like_stderr "*blob $amd64 is not there*" "... and the missing one is named"
is "$(add amd64 --platform linux/amd64)" "$amd64" "(it is there again)"

# skopeo and podman read what was made.
ctnr-store index create peer amd64:1 arm64:1 >/dev/null
if has PEER:skopeo "skopeo reads the index"; then
	is "$(skopeo inspect --raw "oci:$store/images:localhost/peer:latest" | sha256sum | cut -d ' ' -f 1)" \
		"$(digest_of localhost/peer:latest | cut -d : -f 2)" "skopeo reads the index"
	ok "... and copies it with its images" skopeo copy --all --quiet "oci:$store/images:localhost/peer:latest" oci:copied:x
	is "$(jq -r '.manifests[0].digest' copied/index.json)" "$(digest_of localhost/peer:latest)" "... byte for byte"
fi

# Two at the same time: nothing is lost.
ctnr-store index create many >/dev/null
for n in 1 2 3 4 5 6 7 8; do
	add "n$n" --config "{\"config\":{\"Labels\":{\"n\":\"$n\"}}}" --platform "linux/arch$n" >/dev/null
done
for n in 1 2 3 4 5 6 7 8; do
	ctnr-store index add many "n$n:1" >/dev/null 2>"many.$n" &
done
wait
is "$(entries many .platform.architecture | tr ' ' '\n' | sort | tr '\n' ' ')" \
	"arch1 arch2 arch3 arch4 arch5 arch6 arch7 arch8 " "of eight images that are added at once none is lost"
for n in 1 2 3 4; do
	ctnr-store index create raced "n$n:1" >/dev/null 2>&1 && echo made >>made &
done
wait
is "$(wc -l <made)" 1 "of four that make an index of one name one does"

# A collector beside.
for n in 1 2 3 4 5 6; do
	ctnr-store gc --grace 0 >/dev/null 2>&1
done &
for n in 1 2 3 4 5 6; do
	ctnr-store index annotate --index --annotation "n=$n" many >/dev/null 2>>collected.log
done
wait
is "$(cat collected.log)" "" "a collector beside takes nothing away that an edit needs"
is "$(ctnr-store index show many | jq -r .annotations.n)" 6 "... and the last edit is there"

# Killed at any moment.
damage=
for n in $(seq $((6 * ${CTNR_TEST_SCALE:-1}))); do
	"$test_lib/kill-at.py" --main 0.03 ctnr-store index add --annotation "killed=$n" many amd64:1 >/dev/null 2>&1
	ctnr-store check --quick >check.log 2>&1 || damage="$damage
$n: $(cat check.log)"
done
is "$damage" "" "an edit that is killed leaves a store that is whole"
ok "... and an index that can be changed" ctnr-store index add --annotation killed=no many amd64:1
ctnr-store index remove many amd64:1 >/dev/null

run ctnr-store image rm n1:1 n2:1
is_status 0 "an image that is in an index is removed"
run ctnr-store gc --grace 0
is "$(entries many .digest | wc -w)" 8 "... and an index keeps its images"
run ctnr-store check --quick
is_status 0 "... and the store is whole"
run ctnr-store index rm amd64:1
is_status 1 "index rm removes indexes only"
like_stderr "*it is no index but an image*hint: 'ctnr rmi'*" "... and says what does"
run ctnr-store index rm list other:2 dlist:1 full all peer raced many
is_status 0 "indexes are removed"
run ctnr-store index show list
is_status 3 "... and are gone"
run ctnr-store index show amd64:1
is_status 1 "an image is no index, and no registry is asked for a local one"
like_stderr "*it is no index*ctnr inspect*" "... and the hint says what shows it"
run ctnr-store index add nosuch amd64:1
is_status 3 "images are added to what is there"
like_stderr "*hint: 'ctnr manifest create nosuch' makes it*" "... and the hint says what makes it"

# stranger NAME <JSON: an index that another program wrote.
stranger() {
	tr -d '\n' >stranger.json
	stranger_digest=$(sha256sum <stranger.json | cut -d ' ' -f 1)
	cp stranger.json "$store/images/blobs/sha256/$stranger_digest"
	jq -c '.manifests += [{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:'"$stranger_digest"'","size":'"$(wc -c <stranger.json)"',"annotations":{"org.opencontainers.image.ref.name":"localhost/'"$1"':1"}}]' \
		"$store/images/index.json" >index.json && cp index.json "$store/images/index.json"
}

# Each entry is looked for among those before it: of 15,000 that would be 100,000,000 looks.
ctnr-store index create long >/dev/null
jq -cn --arg digest "$arm64" --argjson size "$(stat -c %s "$store/images/blobs/sha256/${arm64#*:}")" '{schemaVersion: 2,
	mediaType: "application/vnd.oci.image.index.v1+json", manifests: [range(15000) | {digest: $digest, size: $size,
	mediaType: "application/vnd.oci.image.manifest.v1+json", platform: {os: "x", architecture: "y", variant: "\(.)"}}]}' |
	stranger endless
run timeout 20 ctnr-store index add --all long:latest endless:1
is_status 0 "an index of 15,000 entries is added"
is "$(ctnr-store index show long | jq '.manifests | length')" 15000 "... whole"
jq -cn '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [], annotations: {a: ("x" * 3999000)}}' |
	stranger large
ok "an index may be large" ctnr-store index annotate --index --annotation b=c large:1
run ctnr-store index annotate --index --annotation "b=$(head -c 100000 /dev/zero | tr '\000' x)" \
	--annotation "c=$(head -c 120000 /dev/zero | tr '\000' x)" large:1
is_status 1 "... but not larger than readers take"
like_stderr "*the index would have more than 4194304 bytes*" "... and the message says so"

# What a stranger wrote.
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":null,"x":[1.50]}' | stranger odd
ok "an index of another program is changed" ctnr-store index add odd:1 arm64:1
like "$(ctnr-store index show odd:1)" '*"x":[[]1.50[]]*' "... and keeps what is not known"
printf 'x' | dd of="$store/images/blobs/sha256/$(digest_of localhost/odd:1 | cut -d : -f 2)" bs=1 seek=20 conv=notrunc 2>/dev/null
run ctnr-store index add odd:1 arm64:1
is_status 4 "an index whose bytes are not those of its digest is not changed"

done_testing
