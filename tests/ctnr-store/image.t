#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# add NAME TEXT OPTIONS...: an image of one file that says TEXT.
add() {
	printf 'file text "data=%s"\n' "$2" | "$test_lib/make-tar.py" "$CTNR_TEST_TMP/layer.tar"
	add_name=$1
	shift 2
	"$test_lib/make-layout.py" --ref "$add_name" "$@" "$store/images" "$CTNR_TEST_TMP/layer.tar" |
		jq -r .descriptor.digest
}

blobs() {
	find "$store/images/blobs/sha256" -type f | wc -l
}

# resolves WORD: the reference that WORD finds.
resolves() {
	ctnr-store image show "$1" | jq -r .ref
}

run ctnr-store image ls
is_status 0 "a store without images has none"
is_stdout "" "... and says nothing"
run ctnr-store --store "$CTNR_TEST_TMP/nowhere" image ls
is_status 0 "neither has a store that is not there"
fails "... and looking does not make it" test -e "$CTNR_TEST_TMP/nowhere"
run ctnr-store image show alpine
is_status 3 "an image that is not there is not found"
like_stderr "ctnr-store: error: image 'alpine': *hint: *ctnr pull alpine'" "... and the hint says how to get it"

alpine=$(add docker.io/library/alpine:latest alpine)
other=$(add localhost:5000/user/app:1 app)

run ctnr-store image ls
is_status 0 "images are listed"
is "$(printf '%s\n' "$stdout" | jq -r .ref | tr '\n' ' ')" \
	"docker.io/library/alpine:latest localhost:5000/user/app:1 " "... as records, by name"
is "$(printf '%s\n' "$stdout" | jq -r .layout | uniq)" "$store/images" "... with their layout"
is "$(printf '%s\n' "$stdout" | jq -r .descriptor.digest | head -n 1)" "$alpine" "... their descriptor"
is "$(printf '%s\n' "$stdout" | jq 'select(.size > 0) | 1' | wc -l)" 2 "... and their size"
add localhost/dated:1 dated --config '{"created":"2020-02-03T04:05:06.789+01:00"}' >/dev/null
run ctnr-store image ls
is "$(printf '%s\n' "$stdout" | jq -r 'select(.ref == "localhost/dated:1").created')" "2020-02-03T03:05:06Z" \
	"... and when they were made, where the config says so"
run "$test_lib/terminal.py" ctnr-store image ls --all
like_stdout "*CREATED *SIZE*localhost/dated *1 *years ago *B*" "... which is an age at a terminal"
run ctnr-store image rm dated:1
is "$(printf '%s\n' "$stdout" | jq -r .untagged | head -n 1)" localhost/dated:1 "a removed name is printed"
like "$(printf '%s\n' "$stdout" | jq -r .deleted | tail -n 1)" "sha256:*" "... and the image that is gone"
run ctnr-store image ls -q
is_stdout "docker.io/library/alpine:latest
localhost:5000/user/app:1" "--quiet prints names alone"
odd=$(add "$(printf 'localhost/odd\nlocalhost:5000/user/app:1\033[31m')" odd)
run ctnr-store image ls -q
is_stdout "docker.io/library/alpine:latest
$odd
localhost:5000/user/app:1" "... and the digest for a name that is more than one line, or orders to a terminal"
ok "... by which it is removed" ctnr-store image rm "$odd"
run "$test_lib/terminal.py" ctnr-store image ls
like_stdout "REPOSITORY *TAG *DIGEST *PLATFORM *SIZE*docker.io/library/alpine *latest *linux/*B*" \
	"at a terminal there is a table"
run "$test_lib/terminal.py" ctnr-store image ls --json
like_stdout '{"layout":*' "... unless records are asked for"

is "$(resolves alpine)" docker.io/library/alpine:latest "a short name is docker.io/library/NAME:latest"
is "$(resolves library/alpine)" docker.io/library/alpine:latest "... and so is one with its folder"
is "$(resolves docker.io/alpine)" docker.io/library/alpine:latest "... or its registry"
is "$(resolves docker://alpine)" docker.io/library/alpine:latest "... or its transport"
is "$(resolves localhost:5000/user/app:1)" localhost:5000/user/app:1 "a full name is itself"
is "$(resolves "alpine@$alpine")" docker.io/library/alpine:latest "NAME@DIGEST finds the digest"
is "$(resolves "alpine:3@$alpine")" docker.io/library/alpine:latest "... whatever the tag says"
run ctnr-store image show "alpine@$other"
is_status 3 "... under that name only"
is "$(resolves "$alpine")" docker.io/library/alpine:latest "a digest is found"
is "$(resolves "$(printf '%s' "${alpine#*:}" | cut -c 1-8)")" docker.io/library/alpine:latest \
	"... and eight digits of it"
run ctnr-store image show "$(printf '%s' "${alpine#*:}" | cut -c 1-7)"
is_status 3 "... not seven"
record=$(ctnr-store image ls | head -n 1)
is "$(resolves "$record")" docker.io/library/alpine:latest "a record is an image"
is "$(printf '%s' "$record" | ctnr-store image show - | jq -r .ref)" docker.io/library/alpine:latest \
	"... on standard input too"
run ctnr-store image show -
is_status 1 "the end of input without a record is a failure"
is_stderr "" "... about which the tool before has spoken"
is "$(resolves "oci:$store/images:localhost:5000/user/app:1")" localhost:5000/user/app:1 \
	"oci:DIR:REF is an image"
run ctnr-store image show ''
is_status 2 "an empty name is a usage mistake"

run ctnr-store image show alpine
is "$(printf '%s' "$stdout" | jq -r '.manifest.layers | length')" 1 "show has the manifest"
is "$(printf '%s' "$stdout" | jq -r '.config.rootfs.type')" layers "... and the config"
run ctnr-store image show alpine nosuch localhost:5000/user/app:1
is_status 3 "of several images a missing one is reported"
is "$(printf '%s\n' "$stdout" | wc -l)" 2 "... and the others are shown"

ok "an image gets a name" ctnr-store image tag localhost:5000/user/app:1 app
is "$(resolves app)" localhost/app:latest "... which is local without a registry"
ok "a local name shadows the registry's" ctnr-store image tag localhost:5000/user/app:1 alpine
is "$(resolves alpine)" localhost/alpine:latest "... as it is looked up first"
is "$(resolves docker.io/library/alpine)" docker.io/library/alpine:latest "... and that has its full name"
run ctnr-store image tag docker.io/library/alpine quay.io/a/b
is "$(printf '%s' "$stdout" | jq -r .ref)" quay.io/a/b:latest "tagging prints the record of the new name"
run ctnr-store image tag --print ref docker.io/library/alpine quay.io/a/b
is_stdout quay.io/a/b:latest "... or with --print ref the name alone"
run ctnr-store image tag alpine Upper
is_status 2 "an invalid name is a usage mistake"
for name in sha256:abc "$alpine"; do
	run ctnr-store image tag alpine "$name"
	is_status 2 "a name that reads as a digest is refused: ${name%%:*}"
	like_stderr "*'$name' cannot be a name*" "... as that"
done
run ctnr-store image ls alpine
like_stderr "*unexpected operand 'alpine'*hint: *'ctnr-store image show NAME' shows one*" \
	"a list that gets a name says what shows one"
run ctnr-store image tag alpine "a@$alpine"
is_status 2 "... and so is a digest"
run ctnr-store image tag nosuch a
is_status 3 "what is not there gets no name"
run ctnr-store image tag alpine
is_status 2 "a tag needs a name"

ok "a name is taken away" ctnr-store image untag quay.io/a/b
run ctnr-store image show quay.io/a/b
is_status 3 "... and not found again"
is "$(ctnr-store image ls | jq -r 'select(.ref == null)')" "" "... an image that has others is not listed without"
before=$(blobs)
ok "the last name is taken away" ctnr-store image untag docker.io/library/alpine
is "$(ctnr-store image ls | jq -r 'select(.ref == null) | .descriptor.digest')" "$alpine" \
	"... the image stays in the list without a name"
is "$(ctnr-store image ls --all=false | jq -r 'select(.ref == null)')" "" "... from which --all=false leaves it out"
is "$(ctnr-store image ls --all | jq -r 'select(.ref == null) | .descriptor.digest')" "$alpine" "... and --all does not"
is "$(blobs)" "$before" "... with its blobs"
run "$test_lib/terminal.py" ctnr-store image rm "$alpine"
like_stdout "Deleted: $alpine*" "it is removed by its digest"
is "$(blobs)" $((before - 3)) "... and its manifest, config and layer with it"

before=$(blobs)
ok "an image is removed by one of its names" ctnr-store image rm app
is "$(blobs)" "$before" "... what other names need stays"
ok "... until the last" ctnr-store image rm alpine localhost:5000/user/app:1
is "$(blobs)" 0 "... is gone"
run ctnr-store image rm app
is_status 3 "an image that is not there cannot be removed"
run ctnr-store image rm --force app
is_status 0 "... which is no error with --force"
like_stderr "*warning: *no such image*nothing to remove*" "... but is said"

# An image with several names.
several=$(add localhost/several:1 several)
ctnr-store image tag several:1 other:2 >/dev/null
before=$(ctnr-store image ls)
run ctnr-store image rm "$several"
is_status 1 "an image with several names is not removed by its digest"
like_stderr "*several names: localhost/other:2, localhost/several:1*hint: *--force*" "... and the names are told"
is_stdout "" "... nothing was removed"
is "$(ctnr-store image ls)" "$before" "... and nothing has changed"
run ctnr-store image rm -f "$several"
is "$(printf '%s\n' "$stdout" | jq -r '.untagged // .deleted')" "localhost/other:2
localhost/several:1
$several" "with --force it is, and all that is gone is printed"
is "$(ctnr-store image ls)" "" "... and is not there"

# Two images that share their layer.
add localhost/a:1 same >/dev/null
add localhost/b:1 same --config '{"config":{"Cmd":["b"]}}' >/dev/null
ok "of two images with the same layer one is removed" ctnr-store image rm a:1
is "$(blobs)" 3 "... the other keeps the layer"
mkdir -p "$store/bundles/user"
ctnr-store image ls | jq -c "{bundle: \"$store/bundles/user\", id: \"user\", image: .}" \
	>"$store/bundles/user/record.json"
ok "an image that a bundle was made of is removed" ctnr-store image rm b:1
is "$(blobs)" 3 "... its blobs stay for the bundle"
rm -r "$store/bundles/user"

# What a writer leases stays, whatever else goes.
digest=$(add localhost/c:1 c)
before=$(blobs)
mkdir -p "$store/images/.lease"
echo "$digest" >"$store/images/.lease/writer"
run flock "$store/images/.lease/writer" ctnr-store image rm c:1
is_status 0 "an image is removed while another command relies on it"
is_stdout '{"untagged":"localhost/c:1"}' "... only its name"
is "$(blobs)" "$before" "... and all its blobs stay"
add localhost/c:1 c >/dev/null
run ctnr-store image rm c:1
ok "when the command is dead they go" test "$(blobs)" -lt "$before"
is "$(ls "$store/images/.lease")" "" "... and its lease"

# What a killed collector has left aside.
digest=$(add localhost/d:1 d)
for blob in "$store"/images/blobs/sha256/*; do
	mv "$blob" "$blob.aside"
done
run ctnr-store image show d:1
is_status 0 "an image is read whose blobs a collector left aside"
run ctnr-store image rm d:1
is_stdout "{\"untagged\":\"localhost/d:1\"}
{\"deleted\":\"$digest\"}" "... and removed"
is "$(find "$store/images/blobs" -name "*.aside" | wc -l)" 0 "the next collector puts back what is needed"

add localhost/multi:1 amd64 --index --platform linux/amd64 >/dev/null
add localhost/multi:1 s390x --index --platform linux/s390x >/dev/null
is "$(ctnr-store image show --platform s390x multi:1 | jq -r .descriptor.platform.architecture)" s390x \
	"--platform chooses from an index"
run ctnr-store image show --platform linux/arm64 multi:1
is_status 1 "an image that has another platform only is there, and does not fit"
like_stderr "*linux/amd64, linux/s390x*" "... and those that are there are named"
run ctnr-store image show --platform a/b/c multi:1
is_status 2 "an invalid platform is a usage mistake"

# The cache of references follows index.json.
digest=$(add localhost/moving:1 one)
sleep 0.1
is "$(ctnr-store image show moving:1 | jq -r .descriptor.digest)" "$digest" "a name is looked up"
is "$(ctnr-store image show moving:1 | jq -r .descriptor.digest)" "$digest" "... and remembered"
ok "... in the cache" grep -q moving:1 -r "$store/cache/refs"
digest=$(add localhost/moving:1 two)
is "$(ctnr-store image show moving:1 | jq -r .descriptor.digest)" "$digest" "when it moves it is looked up anew"
rm -r "$store/cache"
is "$(ctnr-store image show moving:1 | jq -r .descriptor.digest)" "$digest" "the cache may be deleted"
chmod 500 "$store" "$store/images"
is "$(ctnr-store image show moving:1 | jq -r .descriptor.digest)" "$digest" "a read-only store is read"
chmod 700 "$store" "$store/images"

for library in curl crypto archive; do
	fails "ctnr-store does not load lib$library" sh -c 'ldd "$(command -v ctnr-store)" | grep -q "lib$1"' - "$library"
done
done_testing
