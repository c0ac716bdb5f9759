#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# ctnr-store gc: which names go by their ages, numbers, filters, and for want of room.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"
needs USERNS

# Names.
digest=$(image localhost/n:1 n)
for tag in 2 3 4; do
	ctnr-store image tag localhost/n:1 "localhost/n:$tag" >/dev/null
done
# set_time NAME TIME: let the name have been set then.
set_time() {
	jq --arg name "$1" --arg time "$2" '(.manifests[] | .annotations |
		select(."org.opencontainers.image.ref.name" == $name))."org.ctnr.tagged" = $time' \
		"$store/images/index.json" >index.json && cp index.json "$store/images/index.json"
}
set_time localhost/n:2 2026-01-01T00:00:00Z
set_time localhost/n:3 2020-01-01T00:00:00Z
set_time localhost/n:4 2026-02-01T00:00:00Z
touch -d '2020-02-01' "$(blob_of "$digest")"
both "of the names of a repository" --ref-max 2
is "$(gone name | tr '\n' ' ')" "localhost/n:1 localhost/n:3 " "... the oldest go, by when they were set or used"
is "$(gone manifest)" "" "... and their image stays"
set_time localhost/n:2 2020-01-01T00:00:00Z
both "names that were set long ago" --ref-ttl 52w
is "$(gone name | tr '\n' ' ')" "localhost/n:2 " "... go"
run ctnr-store gc --ref-max 0 --grace 0
is "$(gone manifest)" "$digest" "the image goes with its last name"

# Without a name, and filters.
x=$(image localhost/x:1 x --config '{"created":"2020-01-01T00:00:00Z","config":{"Labels":{"keep":"yes"}}}')
y=$(image localhost/y:1 y --config '{"created":"2020-01-01T00:00:00Z"}')
ctnr-store image untag x:1 y:1
run ctnr-store gc --unnamed --filter label=keep=no
is "$(gone name)" "" "a label with another value does not fit"
run ctnr-store gc -n --unnamed --filter label=keep
is "$(gone name)" "$x" "one with that name does"
run ctnr-store gc -n --unnamed --filter 'label!=keep'
is "$(gone name)" "$y" "... or does not, as asked"
run ctnr-store gc -n --unnamed --filter until=2019-01-01T00:00:00Z
is "$(gone name)" "" "until is a moment"
run ctnr-store gc -n --unnamed --filter until=24h
is "$(gone name | wc -l)" 2 "... or an age"
while read -r until expected; do
	run env TZ=UTC-5 ctnr-store gc -n --unnamed --filter "until=$until"
	is "$status $(gone name | wc -l)" "$expected" "... or, as docker has it, $until"
done <<'END'
1577836801 0 2
1577836800 0 0
2020-01-02 0 2
2020-01-01 0 0
2020-01-01T05:00 0 0
2020-01-01T05:00:01 0 2
0 0 0
2020-02-31 2 0
2020-01-01x 2 0
99999999999999999999 2 0
END
like_stderr "*expected a duration like 24h or 7d, or a moment like *" "... and what it can be is said"
run ctnr-store gc -n --unnamed --filter dangling=true
like_stderr "*hint: 'ctnr image prune' removes dangling images alone*" "who filters by dangling is told how"
both "images without a name" --unnamed
is "$(gone manifest | wc -l)" 2 "... go"
for name in docker.io/library/p:1 docker.io/library/q:1; do
	image "$name" "$name" >/dev/null
done
run ctnr-store gc -n --image-ttl 0 --filter 'reference=p*'
is "$(gone name)" docker.io/library/p:1 "a reference is a pattern"
run ctnr-store gc -n --image-ttl 0 --filter 'reference=library/q' --filter 'reference=p:1'
is "$(gone name | wc -l)" 2 "... and one of several is enough"

# Room.
for name in 1 2 3; do
	image "localhost/r:$name" "$(head -c 30000 /dev/urandom | base64 -w 0)" --compress none >/dev/null
done
touch -d "20 days ago" "$store"/images/blobs/sha256/*
for name in 1 2 3; do
	touch -d "$((9 - name)) days ago" "$(blob_of "$(ctnr-store image show "r:$name" | jq -r .descriptor.digest)")"
done
run ctnr-store gc -n --keep-bytes 1g
is "$(gone name)" "" "a store that is small enough keeps all"
both "one that shall be smaller" --keep-bytes $(($(used) - 30000)) --filter 'reference=r'
is "$(gone name)" localhost/r:1 "... loses what was not used longest, and no more"
both "one that shall be much smaller" --keep-bytes 0 --filter 'reference=r'
is "$(gone name | tr '\n' ' ')" "localhost/r:2 localhost/r:3 " "... loses all that may go"
like_stderr "*there is no more to remove*" "... and says that this is not enough"
run ctnr-store gc -n --min-free 1
is "$(gone name)" "" "where there is room all stays"
run ctnr-store gc -n --min-free 100%
is "$(gone name | wc -l)" 2 "... a part of the filesystem may be more than there is"
done_testing
