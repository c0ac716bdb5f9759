#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What another run could not end is continued: by the rest alone where the registry can, and never believed.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
layer=$(find small/blobs -size +60k -printf %f)
whole=$(stat -c %s "small/blobs/sha256/$layer")

# part LAYOUT FILE: LAYOUT has only a part of the layer, with what FILE has.
part() {
	rm -rf "$1"
	mkdir -p "$1/blobs/sha256"
	cat "$2" >"$1/blobs/sha256/$layer.part"
}
head -c 40000 "small/blobs/sha256/$layer" >begun
{ printf x && tail -c +2 begun; } >wrong

is_whole() {
	is "$(cd "$1" && find blobs -type f | sort | xargs sha256sum)" \
		"$(cd small && find blobs -type f | sort | xargs sha256sum)" "$2"
}
# How often the layer was asked for, and with a range.
asked() { grep -c "GET .*/blobs/sha256:$layer" "$hostile_log"; }
ranges() { grep -c "GET .*/blobs/sha256:$layer .*range$" "$hostile_log"; }
# Bytes of blobs that the registry has sent.
sent() { awk '$1 == "SENT" { sum += $2 } END { print sum + 0 }' "$hostile_log"; }
config=$(find small/blobs -size -60k -printf '%f %s\n' | while read -r name size; do
	jq -e .rootfs "small/blobs/sha256/$name" >/dev/null 2>&1 && echo "$size"
done)

hostile_start "$CTNR_TEST_TMP/small" --count
part out begun
run ctnr-fetch --progress json --layout out "docker://$hostile/x:1"
is_status 0 "a part is continued"
is "$(sent)" $((whole - 40000 + config)) "... by what it lacks"
is_whole out "... and is whole"
like_stderr '*"event":"progress","action":"fetch","id":"sha256:*","current":40000,*' "... as progress shows"

part out begun
run ctnr-fetch --layout out oci:small:1
is_status 0 "a part is continued from a layout"
is_whole out "... and is whole"

: >"$hostile_log"
part out "small/blobs/sha256/$layer"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "a part that lacks nothing"
is "$(asked)" 0 "... is not asked for"
is_whole out "... and is whole"

: >"$hostile_log"
part out wrong
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "a part with wrong bytes is cut"
is "$(asked) $(ranges)" "2 1" "... and asked for once more, as a whole"
is_whole out "... which it is then"
part out wrong
run ctnr-fetch --layout out oci:small:1
is_status 0 "... from a layout too"
is_whole out "... which is whole then"

: >"$hostile_log"
cat "small/blobs/sha256/$layer" begun >long
part out long
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "a part that is longer than its blob"
is "$(asked) $(ranges)" "1 0" "... is not continued"
is_whole out "... and becomes right"
: >"$hostile_log"
part out begun
chmod 666 "out/blobs/sha256/$layer.part"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is "$(asked) $(ranges)" "1 0" "nor is one that others can write to"
is_whole out "... and becomes right"
part out begun
ln "out/blobs/sha256/$layer.part" mine
run ctnr-fetch --layout out "docker://$hostile/x:1"
ok "a file with two names is not written to" cmp begun mine
is_whole out "... but replaced"
part out begun
rm "out/blobs/sha256/$layer.part"
ln -s "$CTNR_TEST_TMP/mine" "out/blobs/sha256/$layer.part"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 1 "a symbolic link is an error"
ok "... and where it leads nothing is written" cmp begun mine
hostile_stop

# Servers whose ranges are of no use. Nothing is tried again: each answer is right for what was asked.
for kind in closed never early late bare; do
	hostile_start "$CTNR_TEST_TMP/small" --ranges "$kind"
	part out begun
	run ctnr-fetch --retries 0 --layout out "docker://$hostile/x:1"
	is_status 0 "a part is continued, or begun anew ($kind)"
	is "$(ranges)" 1 "... behind one request for the rest"
	is_whole out "... and is whole"
	hostile_stop
done
hostile_start "$CTNR_TEST_TMP/small" --no-range
part out wrong
run ctnr-fetch --retries 0 --layout out "docker://$hostile/x:1"
is_status 0 "of a registry that sends everything"
is "$(asked)" 1 "... everything is taken, also where the part was wrong"
is_whole out "... and is whole"
hostile_stop

# Who gives wrong bytes is asked once more.
hostile_start "$CTNR_TEST_TMP/small" --fault flip --times 2
run ctnr-fetch --jobs 1 --layout flipped "docker://$hostile/x:1"
is_status 4 "a registry that gives wrong bytes twice is not believed"
is "$(grep -c /blobs/ "$hostile_log")" 2 "... nor asked a third time"
is "$(find flipped -name '*.part')" "" "... and nothing of that stays"
run ctnr-fetch --jobs 1 --layout flipped "docker://$hostile/x:1"
is_status 0 "... until it gives the right ones"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --fault flip --times 1
run ctnr-fetch --jobs 1 --layout flipped1 "docker://$hostile/x:1"
is_status 0 "one that does so once is believed the second time"
is_whole flipped1 "... since all is right then"
hostile_stop

# What the registry does not give now is for another time.
for fault in missing busyblob; do
	hostile_start "$CTNR_TEST_TMP/small" --fault "$fault"
	part out begun
	find small/blobs -type f -size -60k -exec cp {} out/blobs/sha256/ \;
	run ctnr-fetch --retries 0 --layout out "docker://$hostile/x:1"
	is "$(asked)" 1 "the layer is asked for ($fault)"
	isnt "$status" 0 "a registry without the blob ($fault) is a failure"
	ok "... after which the part is as it was" cmp begun "out/blobs/sha256/$layer.part"
	hostile_stop
done

# Two at once, with a part; and one that is stopped, and then killed.
hostile_start "$CTNR_TEST_TMP/small"
part out begun
pids=
for i in 1 2 3 4; do
	ctnr-fetch --layout out -t "n$i" "docker://$hostile/x:1" >"record.$i" 2>&1 &
	pids="$pids $!"
done
failed=0
for pid in $pids; do
	wait "$pid" || failed=$((failed + 1))
done
is "$failed" 0 "four continue one part at the same time"
is "$(asked) $(ranges)" "1 1" "... and ask for the rest once"
is_whole out "... which is whole"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small" --rate 50000 --count
layer_has_come() { grep "$layer" fetch.err | grep -q '"current":[1-9]'; }
ctnr-fetch --progress json --layout stopped "docker://$hostile/x:1" >/dev/null 2>fetch.err &
first=$!
ok "a transfer begins" eventually 20 layer_has_come
kill -STOP "$first"
ctnr-fetch --progress json --layout stopped -t second "docker://$hostile/x:1" >/dev/null 2>second.err &
second=$!
fails "another process waits for one that is stopped" eventually 1 sh -c '! kill -0 "$1"' sh "$second"
ok "... and shows what it waits for" \
	grep -q '"event":"progress","action":"await","id":"sha256:'"$layer"'","current":' second.err
kill -KILL "$first"
ok "... and goes on when that one is gone" wait "$second"
is_whole stopped "... to the end"
hostile_stop
done_testing
