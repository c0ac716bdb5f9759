#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: the reader's capabilities are root's own, or those of its user namespace
#
# The process that compares a layer with its archive can do nothing else, and a layer that is collected
# meanwhile is not damaged.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-unpack/unpack.sh"
needs USERNS

CTNR_STORE=$CTNR_TEST_TMP/store
export CTNR_STORE
make_image slow <<'END'
file zeros fill=134217728
file last data=x
END
unpack overlay slow
python3 "$test_lib/verify-job.py" "$CTNR_STORE" slow >job
layer=$CTNR_STORE/$(jq -r '.blobs[].layers[].path' job)

# look COMMAND: the worker's reader is stopped amid the work, as soon as it is confined, and looked at; then
# COMMAND is run before it goes on.
look() {
	# DAC_READ_SEARCH
	run sh -c '"$1" 4 "$2" "$3" <job >lines' sh "$test_lib/stop-confined.py" "$1" \
		"$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-verify"
}

look true
is_status 0 "a layer is compared, its reader stopped meanwhile"
like "$(cat lines)" '*{"layer":"layers/*"}*' "... and is right"
like_stderr "*NoNewPrivs 1*" "... by a process that cannot get more privileges"
like_stderr "*other capabilities 0" "... may read files of any owner and nothing more"
is_sanitized || like_stderr "*Seccomp 2 True*" "... and all its threads' system calls are filtered"

look "mv '$layer' '$CTNR_STORE/gone'; rm '$CTNR_STORE/gone/diff/last'"
is_status 0 "a layer is collected while it is compared"
unlike "$(cat lines)" '*"layer"*' "... and nothing is said of it"
like "$(cat lines)" '*{"blob":"sha256:*","bytes":*' "... but of its blob"
in_namespace mv "$CTNR_STORE/gone" "$layer"
run sh -c '"$1" <job >lines' sh "$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-verify"
like "$(cat lines)" '*{"layer":"layers/*","path":"last","error":"is missing"}*' \
	"... which it was not: what it lost would have been told"
done_testing
