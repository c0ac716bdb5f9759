# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A store under stress. Source it behind test.sh and image.sh; $CTNR_STORE is the store.
#
# store_sources N         the addresses of N small images that share their lower layers
# is_whole TITLE [NAME...]    the store passes: by verify-store.py, and by ctnr-store check
# is_runnable TITLE       each listed image runs

store_sources() {
	image_busybox_entries "$(command -v busybox)" | "$test_lib/make-tar.py" base.tar
	for store_n in $(seq "$1"); do
		printf 'file marker "data=%s"\n' "$store_n" | "$test_lib/make-tar.py" "source-$store_n.tar"
		"$test_lib/make-layout.py" --config '{"config":{"Env":["PATH=/bin"]}}' --ref 1 "source-$store_n" \
			base.tar "source-$store_n.tar" >/dev/null
		echo "oci:$PWD/source-$store_n:1"
	done
}

is_whole() {
	store_title=$1
	shift
	store_wrong=$("$test_lib/verify-store.py" "$CTNR_STORE" "$@")
	is "$store_wrong" "" "$store_title"
	run ctnr-store check --quick
	is_status 0 "... and ctnr-store check says so"
}

is_runnable() {
	store_failed=
	for store_image in $(ctnr-store image ls | jq -r '.ref // .descriptor.digest'); do
		ctnr run --rm --pull never "$store_image" true >failed.log 2>&1 ||
			store_failed="$store_failed $store_image: $(cat failed.log)"
	done
	is "$store_failed" "" "$1"
}
