#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How tools are linked: statically, and not with STATIC=no. What cannot be linked so is told with the way out.
. "$(dirname "$0")/../lib/test.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL

top=$(dirname "$0")/../..

# Two tools: jansson is enough for one of them.
mkdir -p cmd/ctnr-exec cmd/ctnr-login libcommon scripts/verbs
touch cmd/ctnr-exec/main.c cmd/ctnr-login/main.c libcommon/none.c scripts/verbs/none
cp "$top/GNUmakefile" .

# A machine with no static libjansson.
cat >without-static <<'END'
#!/bin/sh
case " $* " in *" -static-pie "*) echo "ld: cannot find -ljansson" >&2 && exit 1 ;; esac
exec cc "$@"
END
chmod +x without-static

run make -s CC=./without-static build/obj/static
is_status 2 "where one is missing, no tool is built"
like_stderr "*make: error: cannot link with the static C library and libjansson.a
make: hint: make STATIC=no links every tool dynamically*" "... and what helps is told"

# static_tools VARIABLE...: those that make would link statically.
static_tools() {
	make -s -n V=1 BUILD=other "$@" other/bin/ctnr-exec other/bin/ctnr-login |
		sed -n 's|.* -static-pie .* -o other/bin/\([^ ]*\) .*|\1|p'
}
is "$(static_tools STATIC=yes)" ctnr-exec "a tool that needs jansson alone is linked statically"
is "$(static_tools STATIC=no)" "" "... but not with STATIC=no"
run make -n STATIC=maybe
is_status 2 "STATIC takes no word but yes and no"
like_stderr "*STATIC is yes or no, not 'maybe'*" "... and another one is named"
is "$(static_tools SANITIZE=address)" "" "... nor sanitized"

# The same tool, linked statically and dynamically.
mkdir -p built/bin built/libexec/ctnr
cp "$CTNR_TEST_BUILD"/libexec/ctnr/ctnr-* built/libexec/ctnr
cp "$CTNR_TEST_BUILD/tests/dynamic/ctnr-exec" built/bin
run env BUILD="$PWD/built" STATIC=no "$top/scripts/lint" libraries
is_stdout "lint: libraries: ok" "a tool that is linked dynamically passes the lint of such a build"
if ! ldd built/bin/ctnr-exec | grep -q libasan; then
	run env BUILD="$PWD/built" STATIC=yes "$top/scripts/lint" libraries
	is_status 1 "... and not that of another"
	like_stdout "*/ctnr-exec: loads libjansson.so*" "... which names what is loaded"
fi
cp "$CTNR_TEST_BUILD/bin/ctnr-login" built/bin/ctnr-spec
run env BUILD="$PWD/built" STATIC=no "$top/scripts/lint" libraries
is_status 1 "a tool that loads libcurl passes no lint"
like_stdout "*/ctnr-spec: loads libcurl.so*" "... and that is named"
done_testing
