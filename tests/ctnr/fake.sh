# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The front alone: a copy of it over tools that only tell how they were called. Source it behind
# test.sh. $front is the copied ctnr; each tool appends its name and its arguments, each in
# brackets, to the file calls, and its store and state directory, as the environment names them, to the
# file places, prints a record of its own, and exits with the status in the file
# STATUS.TOOL where there is one. For --nearest
# the real tool is asked, and --check finds no mistake. A file DELAY.TOOL holds the seconds that it waits first.

fake=$CTNR_TEST_TMP/fake
mkdir "$fake"
cp -R "$(dirname "$(command -v ctnr)")/../libexec" "$fake"
mkdir "$fake/bin"
cp "$(command -v ctnr)" "$fake/bin"
front=$fake/bin/ctnr
while read -r tool; do
	tool=${tool#ctnr-}
	cat >"$fake/bin/ctnr-$tool" <<-END
		#!/bin/sh
		case \${1-} in --nearest=*) exec "$(command -v "ctnr-$tool")" "\$@" ;; esac
		{
			printf '%s' "$tool"
			printf ' [%s]' "\$@"
			printf '\\n'
		} >>"$CTNR_TEST_TMP/calls"
		printf '%s [%s] [%s]\\n' "$tool" "\${CTNR_STORE-}" "\${CTNR_RUN_DIR-}" >>"$CTNR_TEST_TMP/places"
		[ "\${1-}" != --check ] || exit 0
		[ ! -e "$CTNR_TEST_TMP/DELAY.$tool" ] || sleep "\$(cat "$CTNR_TEST_TMP/DELAY.$tool")"
		[ ! -e "$CTNR_TEST_TMP/STATUS.$tool" ] || exit "\$(cat "$CTNR_TEST_TMP/STATUS.$tool")"
		printf '{"%s":1}\\n' "$tool"
	END
	chmod 755 "$fake/bin/ctnr-$tool"
done <"$fake/libexec/ctnr/front/tools"

# calls ARG...: run the front, and leave what it called in $calls and $places.
# shellcheck disable=SC2034 # for the test
calls() {
	: >"$CTNR_TEST_TMP/calls"
	: >"$CTNR_TEST_TMP/places"
	run "$front" "$@"
	calls=$(cat "$CTNR_TEST_TMP/calls")
	places=$(cat "$CTNR_TEST_TMP/places")
}
