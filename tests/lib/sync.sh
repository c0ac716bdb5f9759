# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# What a command brings to the disk, and in what order. Source it behind test.sh: . "$test_lib/sync.sh"
#
# steps CMD...       run it as run does, and leave in the file "steps" each sync, each rename and each
#                    opening for synced writing by it and its children, in their order, as CALL PATH, below
#                    $CTNR_TEST_TMP: "fsync store/bundles". DIGEST, N and IDMAP stand for what differs
# is_steps TITLE     "steps" against the lines on stdin. Renames of derived data are left out: in cache/, and of
#                    the size of a layer
# syncs              the lines of "steps" that are no rename
# inject CALL ERROR N CMD...   run CMD; the Nth CALL (fsync) of each of its processes fails with ERROR
# each_sync CALL FUNCTION CMD...   inject EIO at the first CALL of CMD, at the second and so on until it
#                    succeeds; FUNCTION is called after each failure. $injected is how many failed
#
# CMD runs by in_namespace, because strace takes newuidmap's privileges away.

sync_calls=fsync,fdatasync,syncfs,sync_file_range,sync,msync

sync_strace() {
	in_namespace env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -y -e signal=none \
		-o "$CTNR_TEST_TMP/trace" "$@"
}

sync_list() {
	sed -E -n -e '/= -1 E/d' -e 's/^[0-9]+ +//' \
		-e 's/^(fsync|fdatasync|syncfs|sync_file_range|msync)\([0-9]+<([^>]*)>.*/\1 \2/p' \
		-e 's/^sync\(.*/sync everything/p' \
		-e 's/^rename\("[^"]*", "([^"]*)".*/rename \1/p' \
		-e 's/^renameat2?\([^,]*, "[^"]*", [^,]*, "(\/[^"]*)".*/rename \1/p' \
		-e 's/^renameat2?\([^,]*, "[^"]*", [^<,]*<([^>]*)>, "([^"]*)".*/rename \1\/\2/p' \
		-e 's/^open[^"]*"([^"]*)", .*O_D?SYNC.*/O_SYNC \1/p' |
		sed -E -e "s|$CTNR_TEST_TMP|.|" -e 's|^([^ ]*) \./|\1 |' -e 's/[0-9a-f]{64}/DIGEST/g' \
			-e 's/[0-9a-f]{16}\.part/N.part/' -e 's|trash/.*|trash/N|' -e 's|/\./|/|' \
			-e 's|layers/[0-9a-f]+|layers/IDMAP|'
}

steps() {
	run sync_strace -e "trace=$sync_calls,rename,renameat,renameat2,open,openat,openat2" "$@"
	sync_list <"$CTNR_TEST_TMP/trace" >"$CTNR_TEST_TMP/steps"
}

is_steps() {
	grep -v -e '^rename .*/cache/' -e '^rename .*/layers/.*/size$' "$CTNR_TEST_TMP/steps" >"$CTNR_TEST_TMP/steps.got"
	cat >"$CTNR_TEST_TMP/steps.wanted"
	test_of_run is_file "$CTNR_TEST_TMP/steps.got" "$CTNR_TEST_TMP/steps.wanted" "$1"
}

syncs() {
	grep -v '^rename ' "$CTNR_TEST_TMP/steps"
}

inject() {
	inject_how=$1:error=$2:when=$3
	shift 3
	run sync_strace -e "trace=$sync_calls" -e "inject=$inject_how" "$@"
}

each_sync() {
	each_call=$1
	each_function=$2
	shift 2
	injected=0
	while inject "$each_call" EIO $((injected + 1)) "$@" && [ "$status" != 0 ] &&
		[ "$injected" -lt 50 ]; do
		injected=$((injected + 1))
		"$each_function"
	done
}
