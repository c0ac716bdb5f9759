#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Other programs write into the layout of the store, while ours collect, check and run beside them: they take
# no leases, and lose no blob.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/store.sh"
needs USERNS PEER:skopeo PEER:umoci

rounds=$((6 * ${CTNR_TEST_SCALE:-1}))
sources=$(store_sources 2)
mkdir -m 700 shelf
export CTNR_STORE="$PWD/shelf"
for source in $sources; do
	ctnr-fetch "$source" -t "localhost/ours:${#source}" >/dev/null
done

# What looks at the store and deletes from it, again and again. It changes no name: of two programs that write
# index.json without a lock one may lose, which is not about blobs.
beside() {
	while [ ! -e end ]; do
		ctnr-store gc --json >>gc.log 2>&1 || echo "gc: $?: $(tail -n 2 gc.log)" >>failed
		ctnr-store check --quick >>check.log 2>&1 || echo "check: $?: $(tail -n 1 check.log)" >>failed
		ctnr run --rm --pull never "localhost/ours:${#source}" true >>run.log 2>&1 || echo "run: $(tail -n 1 run.log)" >>failed
	done
}
: >failed
beside &
beside_pid=$!

for round in $(seq "$rounds"); do
	for source in $sources; do
		skopeo --insecure-policy copy -q "$source" "oci:shelf/images:skopeo-$round-$(basename "$source" :1)" ||
			echo "skopeo $round" >>failed
	done
	umoci new --image "shelf/images:umoci-$round" || echo "umoci $round" >>failed
	umoci config --image "shelf/images:umoci-$round" --config.cmd true || echo "umoci $round" >>failed
done
touch end
wait "$beside_pid"
is "$(cat failed)" "" "skopeo and umoci write, and ours collect, check and run, all at once"
is_whole "... nothing is lost" skopeo-1-source-1 "umoci-$rounds"
is "$(ctnr-store image ls | jq -r .ref | grep -c '^skopeo-')" $((2 * rounds)) "... no name that they wrote"
run ctnr run --rm --pull never "skopeo-$rounds-source-2" true
is_status 0 "... and what they wrote runs"
done_testing
