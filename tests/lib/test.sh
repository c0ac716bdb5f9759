# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Assertions for tests in POSIX sh; the output is TAP. A test file looks like this:
#
#	#!/bin/sh
#	# SPDX-License-Identifier: Apache-2.0
#	. "$(dirname "$0")/../lib/test.sh"
#
#	run ctnr-unpack nosuch
#	is_status 3 "an image that is not in the store is not found"
#	is_stdout "" "... and nothing is written to stdout"
#	like_stderr "ctnr-unpack: error: *nosuch*" "... and the message names it"
#	done_testing
#
# A title states behaviour ("an opaque whiteout hides lower files but keeps its own"). It comes
# last, but for ok and fails, where the command follows it. "set -u" holds, "set -e" does not: a
# file that dies before done_testing has no plan, and that is a failure. A title that begins with
# "... " goes on from the last one that does not; where it fails, both are printed.
#
# tests/run runs a file once, as sub (a user with subordinate IDs). Where the behaviour differs for
# root, or for one (a user without), two lines behind the SPDX line say for whom and in what:
#
#	# identities: sub one root
#	# differs: one ID keeps owners as data; root has no user namespace
#
# $CTNR_TEST_IDENTITY tells which it is.
#
# run CMD...                 run it; $status, $stdout and $stderr (without final newlines) and the
#                            exact bytes in $stdout_file and $stderr_file; stdin is this shell's,
#                            which is /dev/null unless redirected: run CMD <file
# is_status N TITLE          of the last run; likewise:
# is_stdout TEXT TITLE, is_stderr TEXT TITLE
# like_stdout PATTERN TITLE, like_stderr PATTERN TITLE, unlike_stdout ..., unlike_stderr ...
#                            PATTERN is a shell pattern over the whole text: '*not found*'
# is GOT WANTED TITLE, isnt GOT OTHER TITLE, like GOT PATTERN TITLE
# is_file FILE WANTED-FILE TITLE
# ok TITLE CMD..., fails TITLE CMD...    a command that is not there, and a grep without its file, do not fail so
# pass TITLE, fail TITLE [REASON]
# note TEXT                  a remark in the output
# eventually SECONDS CMD...  true as soon as CMD is; false when the time is over
# mounts_of TEXT             the mounts that name TEXT, one a line behind a process's PID, in all mount
#                            namespaces of this user's processes. An overlay's line does not say where
#                            its directories are: bind something of a known path into the container
# in_namespace CMD...        run it where all IDs of this identity are there, and mounts are possible
# needs PREREQUISITE...      first of all: skip the whole file unless all are there
# has PREREQUISITE TITLE     true when it is there; else that test is skipped
# done_testing               the plan, and the end of the file
# at_end COMMAND             a shell command for the end, latest first, whatever happens
#
# Prerequisites: USERNS SUBID TUN FUSE LOOP ROOT NETWORK (package sources can be reached) DEBIAN (image.sh)
# PEER:program. With CTNR_TEST_MUST_RUN=1 tests/run takes a skip for a failure. Whether a test makes
# sense for an identity is no prerequisite: ask with "identity root sub".
#
# Each file has $CTNR_TEST_TMP, fresh and empty but for home (HOME) and run (XDG_RUNTIME_DIR), and
# for root store (CTNR_STORE) and state (CTNR_RUN_DIR), so that the machine's own store is never
# touched. It is deleted at the end, with what subordinate IDs own. It is the working directory.

set -u

test_count=0
test_failed=0
test_begun=
test_at_end=
test_lib=$(cd "$(dirname "$0")/../lib" && pwd)
test_name=$(basename "$(dirname "$0")")/$(basename "$0" .t)

test_identity() {
	if [ "$(id -u)" = 0 ]; then
		echo root
	elif unshare --map-root-user --map-auto true 2>/dev/null; then
		echo sub
	else
		echo one
	fi
}

# delete_tree DIR: also what subordinate IDs own or what has no permissions.
delete_tree() {
	rm -rf "$1" 2>/dev/null ||
		unshare --map-root-user --map-auto rm -rf "$1" 2>/dev/null ||
		unshare --map-root-user rm -rf "$1"
}

test_end() {
	test_status=$?
	trap - EXIT HUP INT TERM
	eval "$test_at_end"
	cd /
	[ -n "${CTNR_TEST_KEEP-}" ] || delete_tree "$CTNR_TEST_TMP"
	[ "$test_failed" = 0 ] || [ "$test_status" != 0 ] || test_status=1
	exit "$test_status"
}

at_end() {
	test_at_end="$1; $test_at_end"
}

# A checkout's own build comes first when the runner has not decided.
if [ -z "${CTNR_TEST_BUILD-}" ] && [ -d "$test_lib/../../build/bin" ]; then
	CTNR_TEST_BUILD=$(cd "$test_lib/../../build" && pwd)
fi
PATH="${CTNR_TEST_BUILD:+$CTNR_TEST_BUILD/bin:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LC_ALL=C.UTF-8
export PATH LC_ALL
umask 022

# Nothing that a test sees hangs on the caller's stores, logins, registries, authorities and proxies.
test_proxies="http_proxy https_proxy ftp_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY"
for test_one in $test_proxies; do
	eval "test_$test_one=\${$test_one-}"
	unset "$test_one"
done
unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME CTNR_STORE CTNR_RUN_DIR CTNR_RUNTIME
unset REGISTRY_AUTH_FILE DOCKER_CONFIG DOCKER_HOST DOCKER_CERT_PATH GNUPGHOME REQUEST_METHOD
unset CONTAINERS_REGISTRIES_CONF CONTAINERS_CONF CONTAINERS_STORAGE_CONF CONTAINER_HOST STORAGE_DRIVER
unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE CURL_HOME
: "${CTNR_TEST_IDENTITY:=$(test_identity)}"

CTNR_TEST_TMP=$(mktemp -d "${TMPDIR:-/tmp}/ctnr-test.XXXXXX") || exit 1
trap test_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
HOME=$CTNR_TEST_TMP/home
XDG_RUNTIME_DIR=$CTNR_TEST_TMP/run
chmod 755 "$CTNR_TEST_TMP" # a container's mapped IDs must get through
mkdir -m 755 "$HOME" && mkdir -m 700 "$XDG_RUNTIME_DIR" || exit 1
export CTNR_TEST_TMP CTNR_TEST_IDENTITY HOME XDG_RUNTIME_DIR
if [ "$CTNR_TEST_IDENTITY" = root ]; then
	CTNR_STORE=$CTNR_TEST_TMP/store
	CTNR_RUN_DIR=$CTNR_TEST_TMP/state
	export CTNR_STORE CTNR_RUN_DIR
fi

# plain_config DIR: what a user has there says all that /etc/containers could: no registry is another's, and all
# images are let in.
plain_config() {
	mkdir -p "$1/containers/registries.d" && : >"$1/containers/registries.conf" &&
		echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$1/containers/policy.json"
}
plain_config "$HOME/.config" || exit 1

cd "$CTNR_TEST_TMP" || exit 1
exec </dev/null

status=0
stdout=
stderr=
stdout_file=$CTNR_TEST_TMP/.stdout
stderr_file=$CTNR_TEST_TMP/.stderr
test_command=
touch "$stdout_file" "$stderr_file"

run() {
	test_command=$*
	"$@" >"$stdout_file" 2>"$stderr_file"
	status=$?
	stdout=$(tr -d '\000' <"$stdout_file")
	stderr=$(tr -d '\000' <"$stderr_file")
}

note() {
	printf '%s\n' "$1" | sed 's/^/# /'
}

# test_begin TITLE: $test_whole is the title as it can be read alone.
test_begin() {
	test_count=$((test_count + 1))
	case $1 in
	'... '*) test_whole="$test_begun $1" ;;
	*)
		test_begun=$1
		test_whole=$1
		;;
	esac
}

pass() {
	test_begin "$1"
	printf 'ok %d - %s\n' "$test_count" "$1"
}

fail() {
	test_begin "$1"
	test_failed=$((test_failed + 1))
	printf 'not ok %d - %s\n' "$test_count" "$test_whole"
	[ $# -lt 2 ] || note "$2"
}

# What the last run was, below a failure that is about it.
test_show_run() {
	note "command: $test_command"
	note "status:  $status"
	[ -z "$stderr" ] || note "stderr:  $(printf '%s' "$stderr" | head -c 4000)"
}

test_difference() {
	printf '%s\n' "$2" >"$CTNR_TEST_TMP/.wanted"
	printf '%s\n' "$1" >"$CTNR_TEST_TMP/.got"
	note "$(diff -u --label wanted --label got "$CTNR_TEST_TMP/.wanted" "$CTNR_TEST_TMP/.got" |
		head -n 100)"
}

is() {
	if [ "$1" = "$2" ]; then
		pass "$3"
	else
		fail "$3"
		test_difference "$1" "$2"
		return 1
	fi
}

isnt() {
	if [ "$1" != "$2" ]; then
		pass "$3"
	else
		fail "$3" "got what must not be: $1"
		return 1
	fi
}

# shellcheck disable=SC2254 # patterns are the point
test_matches() {
	case $1 in
	$2) return 0 ;;
	esac
	return 1
}

like() {
	if test_matches "$1" "$2"; then
		pass "$3"
	else
		fail "$3" "no match for: $2"
		note "in: $(printf '%s' "$1" | head -c 4000)"
		return 1
	fi
}

unlike() {
	if test_matches "$1" "$2"; then
		fail "$3" "must not match: $2"
		note "in: $(printf '%s' "$1" | head -c 4000)"
		return 1
	fi
	pass "$3"
}

is_file() {
	if cmp -s "$1" "$2"; then
		pass "$3"
	else
		fail "$3" "$(diff -u "$2" "$1" 2>&1 | head -n 100)"
		return 1
	fi
}

is_status() {
	if [ "$status" = "$1" ]; then
		pass "$2"
	else
		fail "$2" "wanted status $1"
		test_show_run
		return 1
	fi
}

# Run an assertion about the last run; when it fails say what that was.
test_of_run() {
	"$@" || {
		test_show_run
		return 1
	}
}

is_stdout() { test_of_run is "$stdout" "$1" "$2"; }
is_stderr() { test_of_run is "$stderr" "$1" "$2"; }
like_stdout() { test_of_run like "$stdout" "$1" "$2"; }
like_stderr() { test_of_run like "$stderr" "$1" "$2"; }
unlike_stdout() { test_of_run unlike "$stdout" "$1" "$2"; }
unlike_stderr() { test_of_run unlike "$stderr" "$1" "$2"; }

ok() {
	test_title=$1
	shift
	if "$@" >"$CTNR_TEST_TMP/.ok" 2>&1; then
		pass "$test_title"
	else
		fail "$test_title" "failed: $*"
		note "$(head -c 4000 "$CTNR_TEST_TMP/.ok")"
		return 1
	fi
}

fails() {
	test_title=$1
	shift
	"$@" >"$CTNR_TEST_TMP/.ok" 2>&1
	case $1:$? in
	*:0) test_reason="must fail: $*" ;;
	# What was to be asked was not there.
	*:127 | grep:2 | cmp:2 | test:2) test_reason="could not run: $*" ;;
	*)
		pass "$test_title"
		return
		;;
	esac
	fail "$test_title" "$test_reason"
	note "$(head -c 4000 "$CTNR_TEST_TMP/.ok")"
	return 1
}

eventually() {
	test_tries=$(($1 * 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		test_tries=$((test_tries - 1))
		[ "$test_tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

mounts_of() {
	grep -sHF -e "$1" /proc/[0-9]*/mountinfo | sed 's|^/proc/\([0-9]*\)/mountinfo:|\1 |'
}

in_namespace() {
	case $CTNR_TEST_IDENTITY in
	root) unshare --mount "$@" ;;
	sub) unshare --map-root-user --map-auto --mount "$@" ;;
	one) unshare --map-root-user --mount "$@" ;;
	esac
}

# traced ARGUMENT...: strace. A sanitizer that looks for leaks cannot work under it.
traced() {
	ASAN_OPTIONS=detect_leaks=0 strace "$@"
}

# is_sanitized: are the tools built with AddressSanitizer, which multiplies memory and needs system
# calls of its own?
is_sanitized() {
	grep -q __asan_init "$(command -v ctnr-unpack)"
}

# identity NAME...: is it one of these that the test runs as?
identity() {
	for test_one in "$@"; do
		[ "$test_one" != "$CTNR_TEST_IDENTITY" ] || return 0
	done
	return 1
}

# The machine's package sources may be behind the caller's proxies.
test_ask_proxies() {
	for test_one in $test_proxies; do
		eval "[ -z \"\$test_$test_one\" ] || export $test_one=\"\$test_$test_one\""
	done
}

test_prerequisite() {
	case $1 in
	USERNS) unshare --map-root-user true ;;
	SUBID) unshare --map-root-user --map-auto true ;;
	TUN) [ -r /dev/net/tun ] && [ -w /dev/net/tun ] ;;
	FUSE) [ -r /dev/fuse ] && [ -w /dev/fuse ] ;;
	LOOP) [ -r /dev/loop-control ] && [ -w /dev/loop-control ] ;;
	ROOT) [ "$(id -u)" = 0 ] ;;
	NETWORK) (test_ask_proxies && /usr/bin/python3 "$test_lib/apt-reachable.py") ;;
	DEBIAN) (test_ask_proxies && . "$test_lib/image.sh" && debian_layout) ;;
	PEER:*) command -v "${1#PEER:}" ;;
	*) echo "Bail out! unknown prerequisite $1" && exit 1 ;;
	esac >/dev/null 2>&1
}

has() {
	test_prerequisite "$1" && return 0
	test_begin "$2"
	printf 'ok %d - %s # SKIP %s\n' "$test_count" "$test_whole" "$1"
	return 1
}

needs() {
	for test_one in "$@"; do
		test_prerequisite "$test_one" && continue
		echo "1..0 # SKIP $test_one"
		exit
	done
}

done_testing() {
	echo "1..$test_count"
	exit
}
