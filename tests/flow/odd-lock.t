#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root can mount a filesystem of ours where other users find it
#
# Homes on filesystems without locks of files: directories are locked in their place, and exclude as files do.
if [ -z "${CTNR_TEST_PRIVATE_MOUNTS-}" ]; then
	export CTNR_TEST_PRIVATE_MOUNTS=1
	exec unshare -m --propagation private sh "$0"
fi
. "$(dirname "$0")/../lib/test.sh"
needs USERNS FUSE
. "$test_lib/odd-place.sh"

"$test_lib/make-tar.py" image.tar <<END
file busybox mode=755 from=$(command -v busybox)
file data/file data=seed
END
"$test_lib/make-layout.py" image image.tar >/dev/null
fetch="ctnr-fetch --progress none oci:$CTNR_TEST_TMP/image:latest -t bb"
"$test_lib/make-tar.py" broken.tar <<END
hardlink a nosuch
END
"$test_lib/make-layout.py" broken broken.tar >/dev/null
store=$place/sub/.local/share/ctnr

# at_once N COMMAND: as that user, N times at once; {} is the number. What fails is said in at-once.log.
at_once() {
	: >at-once.log
	(
		for number in $(seq "$1"); do
			# shellcheck disable=SC2001 # every {}
			command=$(echo "$2" | sed "s/{}/$number/g")
			{ as sub sh -c "$command" >/dev/null 2>"at-once.$number" ||
				echo "$command: $(cat "at-once.$number")" >>at-once.log; } &
		done
		wait
	)
	cat at-once.log
}

# hold DIRECTORY: lock it, until release.
hold() {
	(flock 9 && exec sleep 60) 9<"$1" &
	held=$!
	eventually 20 sh -c "! flock -n '$1' true"
}
release() {
	kill "$held"
	wait "$held" 2>/dev/null
}

for word in ENOSYS EOPNOTSUPP; do
	odd_place "flock-$word"
	touch "$place/file"
	fails "no file can be locked ($word)" flock -n "$place/file" true
	# What SIGKILL leaves.
	for blob in image/blobs/sha256/*; do
		part=$store/images/blobs/sha256/${blob##*/}.part
		as sub mkdir -p "$part.lock"
		as sub touch "$part"
	done
	is "$(at_once 4 "$fetch")" "" "... an image is fetched by four at once, behind one that was killed"
	part=$store/images/blobs/sha256/$(printf %s "$word" | sha256sum | cut -c 1-64).part
	as sub sh -c "mkdir '$part.lock' && echo half >'$part'"
	hold "$part.lock"
	as sub ctnr-store gc --grace 0 >/dev/null
	ok "... a collector leaves a part alone that is being written" test -e "$part"
	release
	run as sub ctnr-store gc --grace 0
	is_status 0 "... it collects there"
	is "$(find "$store/images/blobs" -name "*.part*")" "" "... and removes one that a killed command left"
	is "$(find "$store/images/blobs" "$store/images/.lease" -name '*.part*' -o -name '*.lock')" "" \
		"... and no locks are left of that"
	is "$(at_once 6 'ctnr tag bb name{} && ctnr images')" "" "... six names are given at once"
	is "$(as sub ctnr images | grep -c name)" 6 "... and all are there"
	hold "$store/images/.lock.lock"
	run as sub timeout 1 ctnr tag bb late
	is_status 124 "... one who has the lock keeps the others waiting"
	release
	run as sub ctnr tag bb late
	is_status 0 "... and nobody once he is gone"
	is "$(at_once 4 'ctnr run --rm -v seeded:/data bb /busybox cat /data/file')" "" "... a volume is seeded by four at once"
	is "$(cd "$store/volumes" && echo .[!.]* ./*)" ".[!.]* ./seeded" "... and has no locks"
done

# A container's lock, and what it names.
as sub ctnr-unpack -b web bb | as sub ctnr-spec - -- /busybox sleep 60 >web.json
as sub ctnr-exec run "$store/bundles/web" &
running=$!
eventually 20 sh -c "grep -q . '$store/bundles/web/lock'"
run as sub ctnr ps
like_stdout '*"id":"web"*"running":true*' "a container runs"
run as sub ctnr-exec run --id other "$store/bundles/web"
isnt "$status" 0 "... none beside it from its bundle"
run as sub ctnr rm web
is_status 1 "... it is not removed"
like_stderr "*is running*" "... since it runs"
run as sub ctnr-unpack -b web --update bb
is_status 1 "... nor updated"
run as sub ctnr rm -f web
is_status 0 "... unless by force"
wait "$running"
run as sub ctnr ps -a
is_stdout "" "... and is gone"
as sub mkdir mine
run as sub ctnr-unpack -b ./mine --update "oci:$CTNR_TEST_TMP/broken"
like_stderr "*hardlink*" "a directory that an image cannot be unpacked to"
is "$(ls -A "$place/sub/mine")" "" "... has no lock afterwards"

# A lease.
config=$(basename "$(find "$store/images/blobs" -type f -size -2k | head -n 1)")
as sub sh -c "mkdir -p '$store/images/.lease/abc.lock' && echo sha256:$config >'$store/images/.lease/abc'"
hold "$store/images/.lease/abc.lock"
as sub sh -c 'ctnr images | jq -r .ref | xargs ctnr rmi' >/dev/null
is "$(find "$store/images/blobs" -type f -printf "%f")" "$config" "what a living command leased stays"
release
as sub sh -c "$fetch && ctnr rmi bb" >/dev/null
is "$(find "$store/images/blobs" "$store/images/.lease" -mindepth 1 ! -name sha256)" "" \
	"... what a dead one leased goes, with the lease"
run as sub ctnr gc
is_status 0 "... and a collection works"

odd_place flock-ENOLCK
run as sub sh -c "$fetch"
is_status 1 "where locks fail for now, nothing is written without"
like_stderr "*cannot lock *No locks available*" "... and it is said"
like_stderr "*hint: *lock service*" "... with a hint"
run as sub ctnr images
is_status 0 "... readers need none"
is "$(find "$store" -name '*.lock' ! -name .lock)" "" "... and no directory takes the place of a file"
done_testing
