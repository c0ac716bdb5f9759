#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What is there under its name: the registry is asked what the name stands for, and for nothing else.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
manifest=$(jq -r '.manifests[0].digest' small/index.json)
layer=$(jq -r '.layers[0].digest' "small/blobs/sha256/${manifest#*:}")
asked() { sed 's,/v2/x/,,; s/ -//' "$hostile_log" | grep -v '/v2/'; }

hostile_start "$CTNR_TEST_TMP/small"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "an image is fetched"
record=$stdout
fails "... without asking what its name stands for" grep -q HEAD "$hostile_log"
: >"$hostile_log"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "it is fetched again"
is_stdout "$record" "... with the same record"
is "$(asked)" "HEAD manifests/1" "... and nothing is asked but what the name stands for"
: >"$hostile_log"
rm "out/blobs/sha256/${layer#*:}"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "when a layer is missing"
is "$(asked)" "HEAD manifests/1
GET blobs/$layer" "... that layer alone is fetched"
: >"$hostile_log"
chmod u+w "out/blobs/sha256/${manifest#*:}"
tr a b <"small/blobs/sha256/${manifest#*:}" >"out/blobs/sha256/${manifest#*:}"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is "$(asked)" "HEAD manifests/1
GET manifests/1" "a manifest that is damaged is not taken for the one that is there"
cp "small/blobs/sha256/${manifest#*:}" "out/blobs/sha256/${manifest#*:}"
: >"$hostile_log"
run ctnr-fetch --layout out -t other "docker://$hostile/x:1"
is "$(asked)" "GET manifests/1" "a name that is new is got at once"
: >"$hostile_log"
run ctnr-fetch --layout out "docker://$hostile/x@$manifest"
is "$(grep -c HEAD "$hostile_log")" 0 "what a digest stands for is not asked"
hostile_stop

# The tag moves.
cp -r small moved
head -c 100 /dev/urandom >noise2
layout second --ref 1 <<-END >/dev/null
	file noise from=$CTNR_TEST_TMP/noise2
END
cp -r second/. moved/
hostile_start "$CTNR_TEST_TMP/moved"
run ctnr-fetch --layout out -t "$hostile/x:1" oci:small:1
: >"$hostile_log"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "a name that stands for another image by now"
is "$(jq -r .descriptor.digest "$stdout_file")" "$(jq -r '.manifests[0].digest' second/index.json)" "... is got anew"
is "$(asked | head -n 2)" "HEAD manifests/1
GET manifests/1" "... when the registry has said so"
hostile_stop

# Registries that do not say what a name stands for.
for fault in headless headabsent headbusy headbare headjunk headtwo headtext headunsized; do
	hostile_start "$CTNR_TEST_TMP/small" --fault "$fault"
	run ctnr-fetch --layout out -t "$hostile/x:1" oci:small:1
	run timeout 20 ctnr-fetch --layout out "docker://$hostile/x:1"
	is_status 0 "a registry with the fault $fault of HEAD"
	is "$(asked | head -n 2)" "HEAD manifests/1
GET manifests/1" "... is asked for the manifest, at once"
	hostile_stop
done

# An index: what was chosen of it is there, and so is the index.
for platform in linux/amd64 linux/arm64/v8; do
	layout multi --index --ref 1 --platform "$platform" <<-END >/dev/null
		file platform data=$platform
	END
done
arm=$(jq -r '.manifests[1].digest' "multi/blobs/$(jq -r '.manifests[0].digest' multi/index.json | tr : /)")
hostile_start "$CTNR_TEST_TMP/multi"
run ctnr-fetch --layout one --platform linux/amd64 "docker://$hostile/x:1"
is_status 0 "one platform of an index is fetched"
: >"$hostile_log"
run ctnr-fetch --layout one --platform linux/amd64 "docker://$hostile/x:1"
is "$(asked)" "HEAD manifests/1" "... and again: neither the index nor the manifest is asked for"
: >"$hostile_log"
run ctnr-fetch --layout one --platform linux/arm64 "docker://$hostile/x:1"
is "$(asked | head -n 2)" "HEAD manifests/1
GET manifests/$arm" "... for another platform its manifest is, but not the index"
run ctnr-fetch --layout all --all-platforms "docker://$hostile/x:1"
: >"$hostile_log"
run ctnr-fetch --layout all --all-platforms "docker://$hostile/x:1"
is_status 0 "the whole index is fetched again"
is "$(asked)" "HEAD manifests/1" "... and nothing else is asked"
hostile_stop
done_testing
