#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: the worker's capabilities are root's own, or those of its user namespace
#
# Seen from outside: the process that parses a layer cannot do anything else. What it still can is
# tests/ctnr-unpack/confine.c.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

make_image slow <<'END'
file zeros fill=536870912
END
for driver in overlay copy; do
	# It is stopped amid the work, as soon as it is confined, and looked at. Of capabilities it may have CHOWN,
	# DAC_OVERRIDE, FOWNER, FSETID, MKNOD, SETFCAP.
	run "$test_lib/stop-confined.py" 8800001b true ctnr-unpack --driver "$driver" -b "./slow.$driver" \
		"oci:$CTNR_TEST_TMP/slow:latest"
	is_status 0 "$driver: an image unpacks, its reader stopped meanwhile"
	like_stderr "*NoNewPrivs 1*" "... which cannot get more privileges"
	like_stderr "*other capabilities 0" "... has capabilities over files only"
	is_sanitized || like_stderr "*Seccomp 2 True*" "... and all its threads' system calls are filtered"
done
done_testing
