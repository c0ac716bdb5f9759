#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
digest=$(jq -r '.manifests[0].digest' small/index.json)

run ctnr-fetch --layout out oci:small:1
is_status 0 "an image is fetched from a layout"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... unchanged"
is "$(jq -r .ref "$stdout_file")" localhost/small:1 "... a tag alone follows the directory's name"
run ctnr-fetch --layout out oci:small
is "$(jq -r .ref "$stdout_file")" localhost/small:latest "... and so does no tag at all"
run ctnr-fetch --layout out --tag example.org/team/app:2 oci:small:1
is "$(jq -r .ref "$stdout_file")" example.org/team/app:2 "--tag names it otherwise"
run ctnr-fetch --layout again oci:out:example.org/team/app:2
is "$(jq -r .ref "$stdout_file")" example.org/team/app:2 "a whole reference stays"
run ctnr-fetch --print ref --tag app oci:small
is_stdout localhost/app:latest "--print ref prints the name that the image got, and no record"
run ctnr-fetch --layout out oci:out:example.org/team/app:2
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "a layout may be its own source"
run ctnr-fetch oci:small:1
ok "the store is a layout too" test -f "$(jq -r .layout "$stdout_file")/index.json"

run ctnr-fetch --layout out oci:out
isnt "$status" 0 "several images and no reference is an error"
run ctnr-fetch --layout out oci:small:nosuch
is_status 3 "a reference that is not there is not found"
run ctnr-fetch --layout out oci:nosuch:1
is_status 3 "nor is a layout that is not there"
fails "... and it is not made" test -e nosuch
mkdir -p "Big Name" && cp -a small/. "Big Name"
run ctnr-fetch --layout out "oci:Big Name:1"
is_status 2 "a directory whose name cannot be an image's"
like_stderr "*hint:*--tag*" "... needs --tag"
run ctnr-fetch --layout out --tag good "oci:Big Name:1"
is_status 0 "... and with it is fetched"

layer=$(jq -r '.layers[0].digest' "small/blobs/$(echo "$digest" | tr : /)")
layer=blobs/$(echo "$layer" | tr : /)
cp -a small flipped && printf X | dd of="flipped/$layer" bs=1 seek=100 conv=notrunc 2>/dev/null
run ctnr-fetch --layout fresh oci:flipped:1
is_status 4 "a blob of a layout that is not what its name says is refused"
fails "... and not copied" test -e "fresh/$layer"
cp -a small short && truncate -s 100 "short/$layer"
run ctnr-fetch --layout fresh oci:short:1
is_status 4 "nor is one of another size"
cp -a small missing && rm "missing/$layer"
run ctnr-fetch --layout fresh oci:missing:1
is_status 3 "a blob that is not there is not found"
cp -a small forged
manifest=blobs/$(echo "$digest" | tr : /)
chmod u+w "forged/$manifest" && sed -i 's/"schemaVersion":2/"schemaVersion": 2/' "forged/$manifest"
run ctnr-fetch --layout fresh oci:forged:1
is_status 4 "a manifest that is not what its name says is refused"

truncate -s 10 "out/$layer"
run ctnr-fetch --layout out oci:small:1
is_status 0 "a blob that is damaged in our layout"
is_file "out/$layer" "small/$layer" "... is replaced"

for compression in zstd none; do
	echo "dir etc" | layout "$compression" --compress "$compression" --ref 1 >/dev/null
	run ctnr-fetch --layout out "oci:$compression:1"
	is "$(jq -r .descriptor.digest "$stdout_file")" \
		"$(jq -r '.manifests[0].digest' "$compression/index.json")" \
		"an image with a layer of compression $compression stays as it is"
done

if has PEER:umoci "layouts of umoci's"; then
	umoci init --layout umoci && umoci new --image umoci:1
	run ctnr-fetch --layout out oci:umoci:1
	is_status 0 "a layout of umoci's is read"
	run umoci ls --layout out
	like_stdout "*localhost/umoci:1*" "... and umoci lists ours"
	is_stderr "" "... without complaints"
	run umoci raw unpack --rootless --image out:localhost/small:1 unpacked
	is_status 0 "umoci unpacks ours"
	is_file unpacked/etc/noise noise "... and finds in it what is in it"
fi
if has PEER:skopeo "layouts of skopeo's"; then
	skopeo copy --quiet oci:out:localhost/small:1 oci:skopeo:2
	run ctnr-fetch --layout out oci:skopeo:2
	is_status 0 "a layout of skopeo's is read"
	is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... and the image is the same"
fi
done_testing
