#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What is wrong is told before anything is made.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

layout base --config '{}' >/dev/null <<'END'
file a data=x
END
ctnr-unpack --driver overlay -b c oci:base:latest >/dev/null
blobs() {
	find "$HOME" "$CTNR_TEST_TMP/store" -path '*/blobs/*' 2>/dev/null | sort
}
before=$(blobs)

# refused STATUS MESSAGE ARG...
refused() {
	wanted=$1
	message=$2
	shift 2
	run ctnr-pack "$@"
	is_status "$wanted" "ctnr-pack $* fails"
	like_stderr "ctnr-pack: error: $message" "... and says why"
	is_stdout "" "... and nothing else"
}

refused 2 "expected one BUNDLE, got 0*"
refused 2 "expected one BUNDLE, got 2*" c d
refused 3 "there is no bundle 'nosuch'*hint: *ctnr ps --all*" nosuch
refused 2 "option --tag: invalid reference*" -t A:B:C c
refused 2 "option --tag:*" -t "x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" c
refused 2 "option --tag:*" -t good -t 'not good' c
refused 2 "option --compression: expected gzip, zstd or none*" --compression xz c
refused 2 "option --compression*" --compression gzip:99 c
refused 2 "option --timestamp: expected seconds*" --timestamp soon c
refused 2 "option --timestamp: expected seconds*" --timestamp -1 c
refused 2 "option --timestamp: expected seconds*" --timestamp 253402300800 c
refused 2 "option --timestamp: expected seconds*" --timestamp 1969-12-31T23:59:59Z c
refused 2 "option --change: RUN changes more than the config*hint: change files*" --change 'RUN make' c
refused 2 "option --change: ENV: *" --change 'ENV A=1' --change 'ENV' c
refused 2 "option --message: *UTF-8*" --message "$(printf '\377')" c
refused 2 "option --author: *UTF-8*" --author "$(printf '\377')" c
refused 2 "option --print: *" --print digest c
for value in '' soon -1 1.5 99999999999999999999; do
	SOURCE_DATE_EPOCH=$value
	export SOURCE_DATE_EPOCH
	refused 2 "SOURCE_DATE_EPOCH: expected a number*hint: *environment*" c
done
unset SOURCE_DATE_EPOCH

bundle=$(ctnr-store bundle show c | jq -r .bundle)
mv "$bundle/record.json" record.json
refused 1 "bundle 'c' does not say which image*hint: *" c
mkdir plain plain/rootfs
echo '{"ociVersion":"1.0.2"}' >plain/config.json
refused 1 "bundle 'plain' does not say which image*" ./plain
echo '{' >"$bundle/record.json"
refused 1 "*record.json*" c
jq -c '.image.descriptor.digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"' record.json \
	>"$bundle/record.json"
refused 1 "image 'latest': *hint: *" c
jq -c '.image.layout = "/nosuch"' record.json >"$bundle/record.json"
refused 1 "image 'latest': *" c
cp record.json "$bundle/record.json"

mv "$bundle/upper" upper
refused 1 "bundle 'c': cannot look at 'upper': *" c
mv upper "$bundle/upper"

# Layers and diff IDs that are not as many.
layout odd --config '{"rootfs": {"type": "layers", "diff_ids": []}}' >/dev/null <<'END'
file a data=x
END
jq -c ".image = $(ctnr-store image show oci:odd:latest | jq -c '{layout, ref, descriptor}')" record.json >"$bundle/record.json"
refused 4 "image 'latest': 1 layers, and 0 diff IDs*" c
cp record.json "$bundle/record.json"
is "$(blobs)" "$before" "nothing was made by any of them"

run ctnr-pack --iidfile /nosuch/id -t x c
is_status 1 "a file that cannot be written fails"
like_stderr "ctnr-pack: error: option --iidfile: '/nosuch/id'*" "... and is named"
run ctnr-store image show x
is_status 3 "... and no name is set"
is "$(blobs)" "$before" "... and nothing was made before that was seen"
run ctnr-pack --iidfile /dev/stdout --print ref c
is "$(printf %s "$stdout" | cut -c 1-7)" sha256: "a digest can go to a descriptor"
echo something that was there before and is longer than the digest of an image, which is not so long >id
run ctnr-pack --iidfile id c
is "$(cat id)" "$(printf %s "$stdout" | jq -r .descriptor.digest)" "a file that was there has the digest alone"

done_testing
