#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root's store is /var/lib/ctnr and /run/ctnr, others have it at home
#
# Where the store is when nobody says so.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

needs USERNS

busybox=$(busybox_layout)
unset CTNR_STORE CTNR_RUN_DIR

if identity root; then
	# The machine's own is hidden by empty filesystems.
	run unshare -m sh -c "mount -t tmpfs store /var/lib && mount -t tmpfs run /run &&
		ctnr run --rm oci:$busybox echo hello && ls -d /var/lib/ctnr/images && ls -d /run/ctnr"
	is_status 0 "root's store is /var/lib/ctnr, its state in /run/ctnr"
	is_stdout "hello
/var/lib/ctnr/images
/run/ctnr" "... and a container runs from them"
else
	run ctnr run --rm "oci:$busybox" echo hello
	is_stdout hello "an ordinary user's container runs from a store that nobody named"
	ok "... which is ~/.local/share/ctnr" test -d "$HOME/.local/share/ctnr/images"
	ok "... with its state in XDG_RUNTIME_DIR" test -d "$XDG_RUNTIME_DIR/ctnr"
	is "$(stat -c %a "$HOME/.local/share/ctnr")" 700 "... closed to others"
fi
run env XDG_DATA_HOME="$CTNR_TEST_TMP/data" CTNR_STORE="$CTNR_TEST_TMP/named" ctnr run --rm "oci:$busybox" true
ok "CTNR_STORE names another" test -d "$CTNR_TEST_TMP/named/images"
run env CTNR_STORE="$CTNR_TEST_TMP/named" ctnr run --store "$CTNR_TEST_TMP/option" --rm "oci:$busybox" true
ok "--store wins" test -d "$CTNR_TEST_TMP/option/images"
done_testing
