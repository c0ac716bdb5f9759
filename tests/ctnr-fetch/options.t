#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
run ctnr-fetch
is_status 2 "a source is needed"
run ctnr-fetch --tag x oci:small:1 oci:small:2
is_status 2 "... and one alone where it is given a name"
run ctnr-fetch alpine
is_status 2 "... with a transport"
like_stderr "*hint: *docker://alpine*" "... and the hint knows which"
run ctnr-fetch --store store --layout out oci:small:1
is_status 2 "--store and --layout exclude each other"
run ctnr-fetch --creds user:secret --layout out oci:small:1
is_status 2 "a login is for registries"
run ctnr-fetch --ca-file nosuch --layout out docker://127.0.0.1:1/x:1
is_status 1 "the file of authorities must be there"
like_stderr "*--ca-file*'nosuch'*No such file*" "... and is named"
for mistake in --jobs=0 --jobs=65 --timeout=0 --retries=101 --format=nosuch --progress=nosuch \
	--platform=a/b/c/d --tag=Upper --tag=x@sha256:abc --creds=:x; do
	run ctnr-fetch --layout mistake "$mistake" "docker://127.0.0.1:1/x:1"
	is_status 2 "$mistake is a usage mistake"
done
run ctnr-fetch --store "$CTNR_TEST_TMP/mystore" oci:small:1
is "$(jq -r .layout "$stdout_file")" "$CTNR_TEST_TMP/mystore/images" "--store says where the store is"

hostile_start "$CTNR_TEST_TMP/small"
run ctnr-fetch --progress json --layout json "docker://$hostile/x:1"
is "$(jq -s -c '[.[].event] | unique' "$stderr_file")" '["done","progress","start"]' \
	"--progress json writes events, one a line"
run ctnr-fetch --progress json --layout json "docker://$hostile/x:1"
is "$(jq -s -c '[.[].event] | unique' "$stderr_file")" '["present","start"]' \
	"... also for what is there already"
run ctnr-fetch --progress plain --layout plain "docker://$hostile/x:1"
like_stderr "fetch *: done*" "--progress plain writes lines"
run ctnr-fetch --progress none --layout none "docker://$hostile/x:1"
is_stderr "" "--progress none writes nothing"
run ctnr-fetch --progress tty --layout tty "docker://$hostile/x:1"
is_status 0 "--progress tty fetches without a terminal too"
like_stderr "*fetch *$(printf '\033[')*" "... and draws"
run ctnr-fetch --jobs 1 --progress json --layout jobs "docker://$hostile/x:1"
is_status 0 "--jobs 1 transfers"
is "$(jq -s '[foreach (.[].event | select(. == "start" or . == "done")) as $e (0;
	if $e == "start" then . + 1 else . - 1 end; .)] | max' "$stderr_file")" 1 \
	"... one blob after the other"
run env http_proxy=http://192.0.2.1:1 HTTP_PROXY=http://192.0.2.1:1 https_proxy=http://192.0.2.1:1 \
	all_proxy=http://192.0.2.1:1 ctnr-fetch --timeout 2 --layout proxy "docker://$hostile/x:1"
is_status 0 "a proxy is never asked for this machine"
ok "a layout is as open as the umask says" test -r none/index.json
is "$(find none/blobs -type f ! -perm -044)" "" "... and so are its blobs"
done_testing
