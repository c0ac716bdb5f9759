#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 each document goes through all tools
#
# What is odd and unused in the documents of others decides nothing, and is kept byte for byte where a
# document is written again.
. "$(dirname "$0")/../lib/test.sh"
needs USERNS PEER:skopeo

has_member() {
	LC_ALL=C grep -qFf member "$1"
}

# kept MEMBER TITLE
kept() {
	rm -rf odd out bundle
	python3 "$test_lib/../flow/odd-json.py" odd "$1"
	python3 -c 'import codecs, sys
sys.stdout.buffer.write(codecs.escape_decode(sys.argv[1].encode())[0])' "$1" >member
	run ctnr-fetch --layout out oci:odd:t --tag t
	is_status 0 "$2: is fetched"
	manifest=out/blobs/$(jq -r .descriptor.digest "$stdout_file" | tr : /)
	ok "... and kept in the manifest that is converted" has_member "$manifest"
	run skopeo inspect oci:out:localhost/t:latest
	is_status 0 "... which skopeo reads"
	run ctnr-fetch --layout odd --tag other oci:out:localhost/t:latest
	is_status 0 "... an index that has it is written"
	is "$(LC_ALL=C grep -oFf member odd/index.json | wc -l)" 2 "... and keeps it"
	run ctnr-unpack --driver copy -b ./bundle oci:odd:t
	is_status 0 "... the image is unpacked"
	run ctnr-spec ./bundle
	is_status 0 "... and becomes a bundle"
	{ printf '{' && cat member && printf ',' && tail -c +2 bundle/config.json; } >edit.json
	run ctnr-spec --edit - --hostname new <edit.json
	is_status 0 "... a runtime config that has it is edited"
	ok "... and keeps it" has_member "$stdout_file"
}
kept '"z":"a\\u0000b"' "a NUL"
kept '"z":"caf\xe9"' "a byte of Latin-1"
kept '"z":["\\ud800","\\udc00\\ud800"]' "halves of surrogate pairs"
kept '"z":18446744073709551615' "an integer beyond 63 bits"
kept '"z":[-9223372036854775809,1e999]' "numbers beyond all types"
kept '"\\u0000z\xff":null' "an odd key"

# U+009B as UTF-8 and as a byte of Latin-1: both begin orders to some terminals.
rm -rf odd
python3 "$test_lib/../flow/odd-json.py" odd '"z":"\xc2\x9b31m \x9b32m \xc3\xa9"'
run ctnr-store image show "oci:odd:t"
ok "what a pipe gets is as it stands" env LC_ALL=C grep -qaF "$(printf '"z":"\302\23331m \23332m \303\251"')" \
	"$stdout_file"
run "$test_lib/terminal.py" ctnr-store image show "oci:odd:t" </dev/null
like_stdout '*"z": "\\u009b31m \\ufffd32m é"*' "a terminal gets no orders"
done_testing
