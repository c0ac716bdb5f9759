#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 what was killed is packed and checked again each time
#
# What ends a command at any moment leaves a store that is whole.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/store.sh"
. "$test_lib/sync.sh"
needs USERNS

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
CTNR_STORE=$CTNR_TEST_TMP/shelf
export CTNR_STORE
layout base --config '{"config": {"Cmd": ["a"]}}' >/dev/null <<'END'
file a data=x
END
ctnr-fetch -t base oci:base:latest >/dev/null
ctnr-unpack --driver overlay -b big base >/dev/null
upper=$CTNR_STORE/bundles/big/upper
mkdir "$upper/d"
# What does not compress takes some tenths of a second.
dd if=/dev/urandom of="$upper/d/random" bs=1M count=16 2>/dev/null
digest_of() {
	jq -r .descriptor.digest
}
wanted=$(ctnr-pack --timestamp 1 big | digest_of)
ctnr-store image rm "$wanted" >/dev/null
ctnr-store gc --grace 0 >/dev/null

left=
for round in $(seq "$rounds"); do
	"$test_lib/kill-at.py" 0.6 ctnr-pack -t "killed:$round" --timestamp 1 big >killed.log 2>&1 || left="$left$(cat killed.log)"
done
is "$left" "" "SIGKILL of a process leaves no other one"
is_whole "the store is whole after it"
run ctnr-pack -t again --timestamp 1 big
is_status 0 "the next command succeeds"
is "$(printf %s "$stdout" | digest_of)" "$wanted" "... with the same image"
ctnr-store gc --grace 0 >/dev/null
is "$(find "$CTNR_STORE/images" -name '*.part' -o -path '*/.lease/*')" "" "a collection removes what was left"
ctnr-store image ls -q | grep -v base: | xargs ctnr-store image rm >/dev/null

# interrupted SIGNAL STATUS
interrupted() {
	ctnr-store gc --grace 0 >/dev/null
	find "$CTNR_STORE/images" -type f | sort >before
	# A shell lets its jobs in the background ignore SIGINT.
	env --default-signal=INT ctnr-pack -t "signal:$1" big >out 2>err &
	pid=$!
	eventually 20 sh -c "ls '$CTNR_STORE/images/blobs/sha256' | grep -q '^new-.*part'"
	kill -s "$1" "$pid"
	wait "$pid"
	is "$?" "$2" "SIG$1 ends it"
	find "$CTNR_STORE/images" -type f | sort >after
	is_file after before "... and nothing is left"
	run ctnr-store image show "signal:$1"
	is_status 3 "... no name either"
}
interrupted INT 130
interrupted TERM 143

# The bundle goes, or becomes another, while it is read.
# meanwhile TITLE COMMAND: run it when the layer has begun.
meanwhile() {
	title=$1
	shift
	rm -f begun
	ctnr-pack -t meanwhile big >out 2>err &
	pid=$!
	eventually 20 sh -c "ls '$CTNR_STORE/images/blobs/sha256' | grep -q '^new-.*part'"
	kill -s STOP "$pid"
	"$@" >/dev/null
	kill -s CONT "$pid"
	wait "$pid"
	is "$?" 5 "$title"
	is "$(cat err)" "ctnr-pack: error: bundle 'big' was removed or replaced meanwhile" "... and it is told"
}
layout other --config '{}' >/dev/null <<'END'
file b data=y
END
dd if=/dev/urandom of="$upper/d/more" bs=1M count=16 2>/dev/null
meanwhile "a bundle that gets another image meanwhile fails" \
	ctnr-unpack --driver overlay --update -b big oci:other:latest
mkdir -p "$upper/d"
dd if=/dev/urandom of="$upper/d/more" bs=1M count=16 2>/dev/null
meanwhile "a bundle that is removed meanwhile fails" ctnr-store bundle rm big
run ctnr-store image show meanwhile
is_status 3 "... and no image is made of half of it"
is_whole "the store is whole then"

done_testing
