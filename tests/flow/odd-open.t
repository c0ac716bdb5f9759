#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root can mount a filesystem of ours where other users find it
# timeout: 60 an image is fetched and run on each of many filesystems, and some commands are kept waiting
#
# Homes on filesystems that mind open files: that rename over none, that keep one whose name goes under another
# name, that map none into memory.
if [ -z "${CTNR_TEST_PRIVATE_MOUNTS-}" ]; then
	export CTNR_TEST_PRIVATE_MOUNTS=1
	exec unshare -m --propagation private sh "$0"
fi
. "$(dirname "$0")/../lib/test.sh"
needs USERNS FUSE
. "$test_lib/odd-place.sh"

"$test_lib/make-tar.py" image.tar <<END
file busybox mode=755 from=$(command -v busybox)
file gone data=gone
END
"$test_lib/make-layout.py" image image.tar >/dev/null
store=$place/sub/.local/share/ctnr

fetch() {
	as sub ctnr-fetch --progress none "oci:$CTNR_TEST_TMP/image:latest" -t bb >/dev/null
}

# hold FILE SECONDS: another program has it open.
hold() {
	# shellcheck disable=SC2217 # to have it open is all
	sleep "$2" <"$1" &
	held=$!
	eventually 20 test "/proc/$held/fd/0" -ef "$1"
}

release() {
	kill "$held"
	wait "$held" 2>/dev/null
}

# finds_nothing FIND-ARGUMENT...: what others left is deleted behind the back of a command.
finds_nothing() {
	[ -z "$(find "$@")" ]
}

for word in EBUSY ETXTBSY; do
	odd_place "rename-$word"
	fetch
	hold "$store/images/index.json" 0.3
	run as sub ctnr tag bb first
	is_status 0 "where no rename goes over an open file ($word), a command waits for a reader"
	wait "$held"
	hold "$store/images/index.json" 60
	run as sub ctnr tag bb second
	is_status 5 "... not for ever"
	like_stderr "*cannot replace 'index.json'*" "... and says what it cannot replace"
	like_stderr '*hint: a program has it open*' "... and why"
	is "$(as sub ctnr images | jq -r .ref | sort | tr '\n' ' ')" "localhost/bb:latest localhost/first:latest " \
		"... the old names are there"
	release
	run as sub ctnr tag bb second
	is_status 0 "... afterwards it goes"
	is "$(find "$store" -name '*.part')" "" "... and no part is left"
	(
		for name in 1 2 3 4 5 6; do
			as sub sh -c "ctnr tag bb many$name && ctnr images" >/dev/null 2>>many.log &
		done
		wait
	)
	is "$(cat many.log)" "" "... readers and writers at once are no trouble"
	is "$(as sub ctnr images | grep -c many)" 6 "... and all names are there"
done

odd_place silly
fetch
as sub ctnr run --name kept bb /busybox true
hold "$store/bundles/kept/lock" 60
run as sub ctnr rm kept
is_status 0 "where an open file stays under another name, its bundle is removed"
run as sub ctnr ps -a
is_stdout "" "... and gone"
is "$(find "$store/trash" -name '.fuse_hidden*' | wc -l)" 1 "... but for that file, in the trash"
run as sub ctnr run --rm bb /busybox true
is_status 0 "... the next commands do not mind it"
is "$(find "$store/trash" -name '.fuse_hidden*' | wc -l)" 1 "... nor remove it"
release
as sub ctnr run --rm bb /busybox true
ok "... until it is closed" eventually 20 finds_nothing "$store/trash" -name '.fuse_hidden*'
as sub ctnr run --rm bb /busybox true
as sub ctnr run --rm bb /busybox true
ok "... and what run --rm has open itself is gone with its end" eventually 20 finds_nothing "$store/trash" -mindepth 2
has_one_at_most() { [ "$(find "$store/trash" -mindepth 1 | wc -l)" -le 1 ]; }
ok "... but for an empty directory, until the next command" eventually 20 has_one_at_most

blob=$(find "$store/images/blobs" -type f -size +100k)
file=$(find "$store/layers" -name gone)
hold "$blob" 60
blob_held=$held
hold "$file" 60
run as sub ctnr rmi bb
is_status 0 "an image of which a blob and a layer's file are open is removed"
is "$(find "$store/images/blobs" -type f ! -name '.fuse_hidden*')" "" "... with its blobs"
is "$(find "$store/layers" -name diff)" "" "... and its layers"
fetch
run as sub ctnr run --rm bb /busybox cat /gone
is_stdout gone "... it can come again meanwhile"
run as sub ctnr rmi bb
is_status 0 "... and go"
release
held=$blob_held
release
fetch
run as sub ctnr rmi bb
ok "... nothing is left of it all" eventually 20 finds_nothing "$store" -name '.fuse_hidden*'

odd_place mmap
fetch
run as sub ctnr run --rm bb /busybox cat /gone
is_stdout gone "where no file is mapped, containers run"
run as sub sh -c 'ctnr run --name kept bb /busybox true && ctnr ps -a && ctnr rm kept && ctnr rmi bb'
is_status 0 "... and all else works"
done_testing
