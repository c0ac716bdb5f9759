#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 what was killed is pushed and checked again each time
#
# What kills a push at any moment leaves no name of half an image, and nothing at work; the next push makes it whole.
# The rounds are multiplied by CTNR_TEST_SCALE (make soak).
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs PEER:docker-registry PEER:skopeo PEER:jq PEER:python3

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
for layer in 1 2 3; do
	head -c 4000000 /dev/urandom >"noise$layer"
	printf 'file noise%s from=%s\n' "$layer" "$CTNR_TEST_TMP/noise$layer" | python3 "$test_lib/make-tar.py" "$layer.tar"
done
python3 "$test_lib/make-layout.py" --ref 1 image 1.tar 2.tar 3.tar >/dev/null
digest=$(jq -r '.manifests[0].digest' image/index.json)
ctnr-fetch --tag app:1 oci:image:1 >/dev/null
registry_start

# What a name holds: its digest, or nothing where there is no such name. skopeo hashes all that it reads.
held() {
	rm -rf held
	case $1 in
	docker://*)
		if skopeo copy -q --src-tls-verify=false "$1" oci:held:1 2>held.log; then
			jq -r '.manifests[0].digest' held/index.json
		else
			grep -q 'manifest unknown\|name unknown' held.log || cat held.log
		fi
		;;
	oci:*)
		[ -s out/index.json ] && jq -e '.manifests | length > 0' out/index.json >/dev/null || return 0
		skopeo copy -q "$1" oci:held:1 2>&1 && jq -r '.manifests[0].digest' held/index.json
		;;
	*)
		[ -e "${1#*:}" ] || return 0
		skopeo copy -q "$1" oci:held:1 2>&1 && jq -r '.manifests[0].digest' held/index.json
		;;
	esac
}

# killed KIND NAME TIME: pushes to NAME, with the number of the round for %, that are killed within TIME and made again.
killed() {
	left=
	half=
	lacking=
	for round in $(seq "$rounds"); do
		name=$(printf %s "$2" | sed "s/%/$round/")
		"$test_lib/kill-at.py" "$3" ctnr-push --no-sync app:1 "$name" >killed.log 2>&1 || left="$left$(cat killed.log)"
		got=$(held "$name")
		[ -z "$got" ] || [ "$got" = "$digest" ] || half="$half $round: $got"
		run ctnr-push --no-sync app:1 "$name"
		[ "$status" = 0 ] && [ "$(held "$name")" = "$digest" ] || lacking="$lacking $round: $stderr"
		case $1 in
		"a layout") rm -rf out ;;
		esac
	done
	is "$left" "" "$1: SIGKILL of a push leaves no process"
	is "$half" "" "... and no name of half an image"
	is "$lacking" "" "... and the next push makes it whole"
}

killed "a registry" "docker://$registry/killed/%:1" 0.4
is "$(find "$registry_dir/storage" -path '*_manifests/tags/*' -name link | grep -c /current/)" "$rounds" \
	"... under each name"
killed "a layout" oci:out:1 0.1
killed "an archive" oci-archive:out%.tar 0.1
is "$(find . -maxdepth 1 -name 'out*.tar' | wc -l)" "$rounds" "... in a file"
done_testing
