#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

# history_of CONFIG: the records of an image of two layers with this config, in few words.
history_of() {
	echo "file a data=a" | "$test_lib/make-tar.py" a.tar
	echo "file b data=bb" | "$test_lib/make-tar.py" b.tar
	rm -rf lay
	"$test_lib/make-layout.py" --config "$1" lay a.tar b.tar >/dev/null
	run ctnr-store image history oci:lay
	printf '%s\n' "$stdout" | jq -c '[.created_by, .comment, .empty_layer, .size > 0, (.digest | length), (.diff_id | length)]'
}

is "$(history_of '{"history": [{"created_by": "one", "comment": "c"}, {"created_by": "env", "empty_layer": true},
	{"created_by": "two"}]}')" '["two",null,null,true,71,71]
["env",null,true,false,0,0]
["one","c",null,true,71,71]' "a history has its layers, newest first"
is "$(history_of '{"history": [{"created_by": "one"}]}')" '[null,null,null,true,71,71]
["one",null,null,true,71,71]' "a layer that is not told of stands for itself"
is "$(history_of '{}')" '[null,null,null,true,71,71]
[null,null,null,true,71,71]' "... and so do all"
is "$(history_of '{"history": [{"created_by": "one"}, {"created_by": "two"}, {"created_by": "three"}]}')" \
	'["three",null,null,false,0,0]
["two",null,null,true,71,71]
["one",null,null,true,71,71]' "a step too many has no layer, and no size"
is "$(history_of '{"history": [{"created_by": "a\u0000b", "x": [0.1]}, {}]}')" '[null,null,null,true,71,71]
["a\u0000b",null,null,true,71,71]' "what is odd is handed on"
like "$(ctnr-store image history oci:lay)" '*"x":[[]0.1]*' "... as it stood"
run ctnr-store image history -q oci:lay
is "$(echo "$stdout" | cut -c 1-7 | sort -u)" sha256: "--quiet prints digests"
is "$(echo "$stdout" | wc -l)" 2 "... one for each layer"

for wrong in '{"history": 1}' '{"history": [1]}' '{"history": [{"created_by": 1}]}' '{"history": [{"empty_layer": 0}]}'; do
	history_of "$wrong" >/dev/null
	is_status 1 "a history of $wrong fails"
	like_stderr "ctnr-store: error: image 'latest': image config: history*expected*" "... and where is said"
done

history_of '{"history": [{"created_by": "a\tb\nc\u001b[31m 0123456789012345678901234567890123456789ä0123",
	"created": "2001-09-09T01:46:40Z"}]}' >/dev/null
run script -qec "ctnr-store image history oci:lay" /dev/null </dev/null
like_stdout "LAYER *CREATED *CREATED BY *SIZE *COMMENT*" "at a terminal it is a table"
like_stdout "*years ago *a b c?x1b?31m 0123456789012345678901234567890123...*" "... with short commands that give no orders"
run script -qec "ctnr-store image history --no-trunc oci:lay" /dev/null </dev/null
like_stdout "*56789ä0123*" "... whole with --no-trunc"

run ctnr-store image history
is_status 2 "without an image it is a usage mistake"
run ctnr-store image history a b
is_status 2 "... with two, too"
run ctnr-store image history nosuch
is_status 3 "an image that is not there is not found"

done_testing
