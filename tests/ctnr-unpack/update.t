#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
. "$test_lib/mark.sh"
needs USERNS

make_image first <<'END'
file a data=first
END
make_image second <<'END'
file a data=second
END

# unpack_as DRIVER IMAGE OPTIONS...
unpack_as() {
	as_driver=$1
	as_image=$2
	shift 2
	run ctnr-unpack --driver "$as_driver" -b box "$@" "oci:$CTNR_TEST_TMP/$as_image:latest"
}

mkdir -p project/work project/lower && echo mine >project/work/file
for word in ./project "$PWD/project"; do
	run ctnr-unpack -b "$word" --update "oci:$CTNR_TEST_TMP/first:latest"
	is_status 1 "--update refuses a directory that is no bundle and has files of that name: $word"
	like_stderr "*project' is no bundle*'work'*hint:*" "... and says so"
	is "$(cat project/work/file; ls project)" "mine
lower
work" "... and leaves it as it was"
done
run ctnr-unpack -b ./project "oci:$CTNR_TEST_TMP/first:latest"
is_status 1 "without --update it is refused, too"
like_stderr "*project' exists already, and is no bundle*hint: choose *" "... and no removal is advised"
mkdir project/below
run sh -c "cd project/below && ctnr-unpack -b .. --update 'oci:$CTNR_TEST_TMP/first:latest'"
is_status 1 "so it does with '..'"
run sh -c "cd project/below && ctnr-unpack -b .. 'oci:$CTNR_TEST_TMP/first:latest'"
is_status 2 "'..' is no name of a new bundle"

for driver in overlay copy; do
	unpack_as "$driver" first --update
	is_status 0 "$driver: --update makes a bundle that is not there"
	bundle=$(printf '%s' "$stdout" | python3 -c 'import json, sys; print(json.load(sys.stdin)["bundle"])')
	[ "$driver" = overlay ] && written=upper || written=rootfs
	touch "$bundle/$written/mine"
	unpack_as "$driver" first
	is_status 1 "$driver: without --update a bundle that is there is an error"
	like_stderr "*exists*hint:*--update*" "... with a hint"
	unpack_as "$driver" first --update
	is_status 0 "$driver: --update takes it"
	ok "... and keeps what containers wrote" test -e "$bundle/$written/mine"
	unpack_as auto first --update
	like_stdout "*\"driver\":\"$driver\"*" "... and auto keeps its driver"
	unpack_as "$driver" second --update
	is_status 0 "$driver: another image"
	like_stdout "*$(python3 -c 'import json; print(json.load(open("second.json"))["descriptor"]["digest"])')*" \
		"... is in the record"
	fails "... what containers wrote is dropped" test -e "$bundle/$written/mine"
	rm -f "$bundle/record.json"
	unpack_as "$driver" second --update
	is_status 0 "$driver: a bundle without a record is made again"
	run flock "$bundle/lock" ctnr-unpack --driver "$driver" -b box --update "oci:$CTNR_TEST_TMP/second:latest"
	is_status 5 "$driver: a bundle that another command has locked is refused"
	like_stderr "*'box' is being created, updated or removed by another command*" "... and it is said why"
	sleep 1000 &
	sleeper=$!
	runs_from "$bundle" $sleeper
	unpack_as "$driver" first --update
	is_status 1 "$driver: a running bundle is refused, though nobody holds its lock"
	like_stderr "*container 'box' is running*" "... and it is said why"
	kill "$sleeper"
	wait "$sleeper" 2>/dev/null
	unpack_as "$driver" second --update
	is_status 0 "$driver: ... and is taken when its container has ended"
	in_namespace rm -rf "$bundle"
done

run ctnr-unpack --update "oci:$CTNR_TEST_TMP/first:latest"
is_status 2 "--update needs a name"
run ctnr-unpack
is_status 2 "an image is needed"
run ctnr-unpack nosuch
is_status 3 "an image that is not there is not found"
run ctnr-unpack - </dev/null
is_status 1 "without a record on stdin"
is_stderr "" "... nothing is said: the tool before has done so"
run ctnr-unpack -b x/../.. "oci:$CTNR_TEST_TMP/first:latest"
isnt "$status" 0 "a bundle's name follows the grammar"
run sh -c 'ctnr-unpack - <first.json'
is_status 0 "an image record on stdin"
run ctnr-unpack "$(cat first.json)"
is_status 0 "an image record as argument"

run ctnr-unpack -b here/box "oci:$CTNR_TEST_TMP/first:latest"
is_status 1 "a path whose directory does not exist"
run ctnr-unpack --progress json "oci:$CTNR_TEST_TMP/second:latest"
is_status 0 "progress as JSON"

# An image without layers: the overlay has an empty directory below.
python3 "$test_lib/make-layout.py" empty >empty.json
run ctnr-unpack --driver overlay -b ./empty.overlay "$(cat empty.json)"
is_status 0 "an image without layers unpacks"
is "$(tree overlay empty --brief)" "" "... and is empty"

done_testing
