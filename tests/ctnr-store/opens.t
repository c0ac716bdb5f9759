#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How often removing and collecting read what images consist of: each document once a look, however many
# names and references there are.
. "$(dirname "$0")/../lib/test.sh"
needs PEER:strace

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"

# images N: the store has that many images, of one layer each.
images() {
	images_n=$1
	rm -rf "$store/images"
	while [ "$images_n" -gt 0 ]; do
		printf 'file text data=%s\n' "$images_n" | "$test_lib/make-tar.py" layer.tar
		"$test_lib/make-layout.py" --ref "localhost/i:$images_n" "$store/images" layer.tar >/dev/null
		images_n=$((images_n - 1))
	done
	touch -d '2 hours ago' "$store"/images/blobs/sha256/*
}

# opens ARG...: how many blobs ctnr-store opens.
opens() {
	traced -f -e trace=openat -o trace ctnr-store "$@" >/dev/null
	grep -c '"blobs/sha256/[0-9a-f]' trace
}

# names N: that many names of images.
names() {
	seq "$1" | sed 's,^,localhost/i:,'
}

images 2
# shellcheck disable=SC2046
few=$(opens image rm $(names 2))
images 8
# shellcheck disable=SC2046
many=$(opens image rm $(names 8))
note "of 2 images $few, of 8 $many"
ok "image rm of four times the names opens at most four times the documents" [ "$many" -le $((4 * few)) ]

images 2
few=$(opens gc)
images 8
many=$(opens gc)
note "of 2 images $few, of 8 $many"
is "$few" 2 "a collection that finds nothing opens each document once"
is "$many" 8 "... of four times the images, too"

# Names of one index.
rm -rf "$store/images"
printf 'file text data=x\n' | "$test_lib/make-tar.py" layer.tar
"$test_lib/make-layout.py" --index --ref localhost/one:1 "$store/images" layer.tar >/dev/null
few=$(opens gc)
for name in 2 3 4 5 6 7 8; do
	ctnr-store image tag localhost/one:1 "localhost/one:$name" >/dev/null
done
many=$(opens gc)
is "$many" "$few" "eight references to one index are read like one"
# shellcheck disable=SC2046
note "removed with $(opens image rm $(seq 8 | sed 's,^,localhost/one:,'))"
ok "... and it is removed by its references" [ "$(find "$store/images/blobs" -type f | wc -l)" = 0 ]

# What one image has lost hinders no other.
for damage in empty garbage; do
	images 2
	digest=$(ctnr-store image show i:1 | jq -r .descriptor.digest)
	blob=$store/images/blobs/sha256/${digest#sha256:}
	case $damage in
	empty) : >"$blob" ;;
	garbage) head -c 500 /dev/urandom >"$blob" ;;
	esac
	run ctnr-store image rm i:2
	is_status 0 "an image is removed beside one whose manifest is damaged: $damage"
	like "$(printf '%s\n' "$stdout" | jq -r .deleted | tail -n 1)" "sha256:*" "... and gone"
	run ctnr-store image rm i:1
	is_status 0 "... and so is that one"
done

# What is there and cannot be read may need what another image had.
images 2
digest=$(ctnr-store image show i:1 | jq -r .descriptor.digest)
chmod 0 "$store/images/blobs/sha256/${digest#sha256:}"
run ctnr-store image rm i:2
is_status 0 "an image is removed beside one whose manifest cannot be read"
is "$(ctnr-store image ls -q)" localhost/i:1 "... its name"
like_stderr "*Permission denied, keeping the blobs*hint: 'ctnr check --repair'*" "... and its blobs stay, which is said"
chmod 600 "$store/images/blobs/sha256/${digest#sha256:}"
like "$(ctnr-store gc --grace 0 | jq -r .kind | head -n 1)" manifest "... until a collection"
done_testing
