#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
digest=$(jq -r '.manifests[0].digest' small/index.json)
layer=$(jq -r '.layers[0].digest' "small/blobs/sha256/${digest#sha256:}")

# The same image with another layer under the same tag: what a mirror that is behind, or lies, has.
layout other --ref 1 <<-'END' >/dev/null
	dir etc
	file etc/other data=other
END
other=$(jq -r '.manifests[0].digest' other/index.json)
layout empty --ref 2 <<-'END' >/dev/null
	dir etc
END

XDG_CONFIG_HOME=$PWD/config
export XDG_CONFIG_HOME
plain_config "$XDG_CONFIG_HOME"

hostile_start small
origin=$hostile
origin_log=$hostile_log

# mirrors ADDRESS...: origin.example stands for the origin, and has these mirrors.
mirrors() {
	printf '[[registry]]\nprefix = "origin.example/ns"\nlocation = "%s"\n' "$origin"
	for mirror; do
		printf '[[registry.mirror]]\nlocation = "%s"\n' "$mirror"
	done
} >config/containers/registries.conf

fetch() {
	rm -rf out
	: >"$origin_log"
	run ctnr-fetch --layout out --retries 0 "$@"
}

mirrors
fetch docker://origin.example/ns/app:1
is_status 0 "an image is fetched from the location of its registry"
like_stdout '*"ref":"origin.example/ns/app:1"*' "... and has the name that was asked for"
ok "... which leads there" grep -q '^GET /v2/app/manifests/1 ' "$origin_log"

hostile_start small
mirrors "$hostile/deep"
fetch docker://origin.example/ns/app:1
is_status 0 "an image is fetched from a mirror"
like_stdout '*"ref":"origin.example/ns/app:1"*' "... and has the name that was asked for"
is "$(cat "$origin_log")" "" "... so the registry is not asked"
ok "... and the mirror has a path of its own" grep -q '^GET /v2/deep/app/manifests/1 ' "$hostile_log"

# Faults of the mirror, after which the registry has the image all the same. What is wrong in the first place
# is nobody's to see.
for fault in truncate_blob missing_blob flip_blob long_blob short_blob flip_manifest error_manifest busy_manifest type_manifest \
	schema1_manifest header_manifest missing_manifest; do
	case $fault in
	flip_manifest) set -- --fault other ;;
	missing_manifest) set -- ;;
	*) set -- --fault "${fault%_*}" ;;
	esac
	case $fault in
	missing_manifest) hostile_start empty ;;
	*) hostile_start small "$@" ;;
	esac
	mirrors "$hostile"
	fetch "docker://origin.example/ns/app:1@$digest"
	is_status 0 "a mirror with the fault $fault is left for the registry"
	is_stderr "" "... without a word"
	ok "... after it was asked" test -s "$hostile_log"
	ok "... and the image is whole" test -f "out/blobs/sha256/${layer#sha256:}"
	hostile_stop
done

# A layer that broke off goes on where it did, at the other place.
# Nothing but the layer is missing: what another thread finds out about the mirror would count for it.
mirrors
fetch docker://origin.example/ns/app:1
rm "out/blobs/sha256/${layer#sha256:}"
: >"$origin_log"
hostile_start small --fault truncate
mirrors "$hostile"
run ctnr-fetch --layout out --retries 0 docker://origin.example/ns/app:1
is_status 0 "a layer is fetched of which a mirror gives the beginning"
is "$(grep -c "/blobs/$layer .* range$" "$origin_log")" 1 "... and what it gave before it died is kept"
is "$(grep -c "/blobs/$layer " "$hostile_log")" 1 "... and the mirror is not asked for it again"

# Several threads come to the registry at once, when the mirror has none of the blobs.
hostile_start small --fault any:pause --times 1
slow_log=$hostile_log
quick_origin=$origin
origin=$hostile
hostile_start small --fault blob:missing
mirrors "$hostile"
fetch docker://origin.example/ns/app:1
origin=$quick_origin
is_status 0 "blobs that a mirror does not have come from the registry"
is "$(grep -c '^GET /v2/ ' "$slow_log")" 1 "... which is asked once for all threads how it speaks"
hostile_stop

# A file that cannot be written is no fault of the mirror's.
hostile_start small
mirrors "$hostile"
rm -rf out
: >"$origin_log"
run sh -c 'trap "" XFSZ; ulimit -f 16; exec ctnr-fetch --layout out --retries 0 "$1"' sh docker://origin.example/ns/app:1
is_status 1 "what fails on this machine is a failure"
like_stderr "*cannot write blob $layer in *: File too large" "... which is named"
ok "... after the mirror was asked" grep -q "/blobs/$layer " "$hostile_log"
is "$(cat "$origin_log")" "" "... and nobody else is asked for that"

# Of a list a mirror may know a part.
: >"$origin_log"
run ctnr-fetch --retries 0 --list-tags docker://origin.example/ns/app
is_status 0 "tags are listed"
ok "... by the registry" grep -q /tags/list "$origin_log"
fails "... and not by its mirror" grep -q /tags/list "$hostile_log"
origin=127.0.0.1:1
mirrors "$hostile"
origin=$quick_origin
run ctnr-fetch --retries 0 --list-tags docker://origin.example/ns/app
is_status 0 "... which is asked where the registry is not there"
ok "... after it" grep -q /tags/list "$hostile_log"

# Nobody is there.
hostile_stop
mirrors "$hostile"
fetch docker://origin.example/ns/app:1
is_status 0 "a mirror that is not there is passed over"

# What a tag stands for.
hostile_start other
mirror_log=$hostile_log
mirrors "$hostile"
fetch docker://origin.example/ns/app:1
like_stdout "*$other*" "a mirror says what a tag stands for"
fetch --verify-tag docker://origin.example/ns/app:1
is_status 0 "with --verify-tag the registry says it"
like_stdout "*$digest*" "... whatever the mirror says"
ok "... and the mirror is asked for blobs by their digest" grep -q "/blobs/sha256:" "$mirror_log"
is "$(grep -c "/manifests/1 " "$mirror_log")" 1 "... but not for the tag"
is "$(grep -c '^HEAD .*/manifests/1 ' "$origin_log") $(grep -c "^GET .*/manifests/" "$origin_log")" "1 1" "... and the registry is asked by HEAD, and for what no mirror has"
# Again, when the name is there: the mirror's answer would say that it is the other one.
run ctnr-fetch --layout out --retries 0 docker://origin.example/ns/app:1
like_stdout "*$other*" "a mirror may move a tag"
run ctnr-fetch --layout out --retries 0 --verify-tag docker://origin.example/ns/app:1
like_stdout "*$digest*" "... but not with --verify-tag"
fetch --verify-tag docker://origin.example/ns/app:3
is_status 3 "... a tag that the registry does not have is not there"

# Which pulls a mirror is for.
for row in 'digest-only 0 1' 'tag-only 1 0' 'all 1 1'; do
	# shellcheck disable=SC2086 # words
	set -- $row
	hostile_start small
	mirrors "$hostile"
	echo "pull-from-mirror = '$1'" >>config/containers/registries.conf
	fetch docker://origin.example/ns/app:1
	is "$(grep -c /manifests/ "$hostile_log")" "$2" "pull-from-mirror $1 for a tag"
	: >"$hostile_log"
	fetch "docker://origin.example/ns/app@$digest"
	is "$(grep -c /manifests/ "$hostile_log")" "$3" "... and for a digest"
	hostile_stop
done

# None has it.
hostile_start empty
first=$hostile
hostile_start small --fault busy
mirrors "$first/a" "$hostile/b"
fetch docker://origin.example/ns/app:nosuch
is_status 3 "what the registry does not have is not found, whatever mirrors say"
is_stderr "ctnr-fetch: error: docker://origin.example/ns/app:nosuch: manifest 'nosuch': $first/a/app: not found on $first: manifest unknown; $hostile/b/app: not found on $hostile: manifest unknown; $origin/app: not found on $origin: manifest unknown" "... and one message has the answer of each"
fetch docker://origin.example/ns/app:1
is_status 0 "a mirror that is busy is left"

# Credentials are for the registry of the name.
hostile_start small --basic user:secret
mirrors "$hostile"
: >"$hostile_log"
fetch --creds user:secret docker://origin.example/ns/app:1
is_status 0 "a mirror that wants a login of its own is left"
fails "... and never sees the registry's" grep -q 'Basic ' "$hostile_log"

# Verification is given up for the registry that was named, not for where a file leads.
cert tls
hostile_start small --tls "$PWD/tls.pem"
mirrors "$hostile"
fetch --tls-verify=false docker://origin.example/ns/app:1
fails "--tls-verify=false is not about mirrors" grep -q /manifests/ "$hostile_log"
echo "insecure = true" >>config/containers/registries.conf
fetch docker://origin.example/ns/app:1
ok "... insecure in the file is" grep -q /manifests/ "$hostile_log"

# Blocked.
printf '[[registry]]\nlocation = "%s"\nblocked = true\n' "$origin" >config/containers/registries.conf
fetch "docker://$origin/app:1"
is_status 4 "an image that is blocked is not fetched"
is_stderr "ctnr-fetch: error: docker://$origin/app:1: '$origin' is blocked by $PWD/config/containers/registries.conf:1" "... and the line that says so is told"
is "$(cat "$origin_log")" "" "... and nobody is asked"

done_testing
