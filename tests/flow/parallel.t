#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Sixteen at once: of one image, from nothing.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"

needs USERNS PEER:docker-registry PEER:skopeo

# all_at_once CMD...: sixteen times, $n being 1 to 16; prints the statuses that are not 0.
all_at_once() {
	for n in $(seq 16); do
		(
			"$@" "$n" >"out.$n" 2>"err.$n"
			echo $? >"status.$n"
		) &
		running="${running-} $!"
	done
	# shellcheck disable=SC2086 # not the registry
	wait $running
	running=
	for n in $(seq 16); do
		[ "$(cat "status.$n")" = 0 ] || echo "$n: status $(cat "status.$n"): $(cat "err.$n")"
	done
}

# Called by all_at_once with the number last.
fetch() { ctnr-fetch "docker://$registry/busybox:1"; }
container() { ctnr run --rm "docker://$registry/busybox:1" echo "container $1"; }

busybox=$(busybox_layout)
registry_start
registry_push "$busybox:latest" busybox:1

is "$(all_at_once fetch)" "" "sixteen fetches of one image at once all succeed"
digests=$(cat out.* | sort -u | wc -l)
is "$digests" 1 "... and give one record"

export CTNR_STORE="$CTNR_TEST_TMP/other"
is "$(all_at_once container)" "" "sixteen runs of an image that must be fetched and unpacked first all succeed"
is "$(cat out.* | sort -u | wc -l)" 16 "... each with its own output"

is "$(all_at_once container)" "" "sixteen runs from the store all succeed"
is "$(ctnr ps --all --json)" "" "nothing is left of them"
done_testing
