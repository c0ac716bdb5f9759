#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 each round fetches an image twice from a registry that is slow
#
# A fetch that a signal ends at any moment: the next one asks for what is not there, and for nothing else. The
# rounds are multiplied by CTNR_TEST_SCALE (make soak).
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
size=1000000

# Three layers, each of which takes half a second.
for number in 1 2 3; do
	head -c "$size" /dev/urandom >"noise$number"
	printf 'file noise%s from=%s\n' "$number" "$CTNR_TEST_TMP/noise$number" | "$test_lib/make-tar.py" "layer$number.tar"
done
"$test_lib/make-layout.py" --ref 1 big layer1.tar layer2.tar layer3.tar >/dev/null
manifest=$(jq -r '.manifests[0].digest' big/index.json)
blobs=$(jq -r '.config, .layers[] | .digest' "big/blobs/sha256/${manifest#*:}")
whole=$(jq '[.config.size, .layers[].size] | add' "big/blobs/sha256/${manifest#*:}")
hostile_start "$CTNR_TEST_TMP/big" --rate $((2 * size)) --count

# Bytes of the image's blobs that a store has, whole or begun.
there() {
	there_sum=0
	for there_blob in $blobs; do
		there_file=$1/images/blobs/sha256/${there_blob#*:}
		for there_name in "$there_file" "$there_file.part"; do
			[ ! -f "$there_name" ] || there_sum=$((there_sum + $(stat -c %s "$there_name")))
		done
	done
	echo "$there_sum"
}
sent() { awk '$1 == "SENT" { sum += $2 } END { print sum + 0 }' "$hostile_log"; }
# The registry has noticed that those who asked are gone.
is_quiet() { [ "$(grep -c '^GET .*/blobs/' "$hostile_log")" = "$(grep -c '^SENT' "$hostile_log")" ]; }

failures=
continued=0
for round in $(seq "$rounds"); do
	store=$CTNR_TEST_TMP/store
	rm -rf "$store"
	"$test_lib/kill-at.py" --main --signals INT,TERM,KILL 0.8 \
		ctnr-fetch --store "$store" "docker://$hostile/x:1" >killed 2>&1
	eventually 20 is_quiet || failures="$failures
round $round: the registry sends for ever"
	: >"$hostile_log"
	had=$(there "$store")
	[ "$had" = 0 ] || [ "$had" = "$whole" ] || continued=$((continued + 1))
	ctnr-fetch --store "$store" "docker://$hostile/x:1" >record 2>message ||
		failures="$failures
round $round: $(cat killed message)"
	eventually 20 is_quiet
	[ "$(sent)" = $((whole - had)) ] ||
		failures="$failures
round $round: $(cat killed): $(sent) bytes came where $had of $whole were there"
	[ "$(cd "$store/images/blobs/sha256" && sha256sum -- * | awk '$1 != $2')" = "" ] ||
		failures="$failures
round $round: $(cat killed): $(find "$store/images/blobs")"
	# What was killed may leave its lease.
	found=$(ctnr-store --store "$store" check 2>&1) || failures="$failures
round $round: $(cat killed): $found"
	case $found in *.part*) failures="$failures
round $round: $(cat killed): $found" ;; esac
done
is "$failures" "" "after a signal at any moment the next fetch gets what is not there, all of it and nothing else"
[ "$rounds" -lt 20 ] || isnt "$continued" 0 "... and some of it was there"
note "continued: $continued of $rounds"
done_testing
