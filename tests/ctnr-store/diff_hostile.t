#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 25,000 levels twice, and 300 directories rearranged: 10 s in memory on an idle machine
#
# What a container leaves for who asks what it changed: deep trees, FIFOs, sockets, a tree that is rearranged; and
# that telling costs what was changed.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/../ctnr-unpack/unpack.sh"
needs USERNS PEER:strace

# In memory where that can be: a disk makes many directories slowly.
place=$CTNR_TEST_TMP
if memory=$(mktemp -d /dev/shm/ctnr-diff.XXXXXX 2>/dev/null); then
	at_end 'cd / && delete_tree "$memory"'
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.try", b"1")' "$memory" 2>/dev/null &&
		place=$memory
fi
chmod 755 "$place"
cd "$place" || exit 1

{
	printf '%s\n' 'dir etc' 'file etc/passwd data=x' 'dir many'
	seq -f 'file many/%g data=x' 2000
} >lines
CTNR_TEST_TMP=$place make_image base <lines
export CTNR_STORE="$place/store"
ctnr-fetch -t base "oci:$place/base:latest" >/dev/null

# container NAME DRIVER: a program on stdin, run where the container's changes are.
container() {
	ctnr-unpack --driver "$2" -b "$1" base >/dev/null || return 1
	cat >"$1.py"
	case $2 in
	overlay) container_root=upper ;;
	*) container_root=rootfs ;;
	esac
	# shellcheck disable=SC2016 # for the inner shell
	in_namespace sh -c 'cd "$1" && python3 "$2"' sh "$CTNR_STORE/bundles/$1/$container_root" "$place/$1.py"
}

# shellcheck disable=SC3045 # dash and bash have it
few() { (ulimit -n 60 && "$@"); }

for driver in overlay copy; do
	container "special-$driver" "$driver" <<'END'
import os
import socket
os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
if os.path.exists("etc/passwd"):
    os.unlink("etc/passwd")
else:
    os.mkdir("etc")
os.mkfifo("etc/passwd")
END
	run timeout 20 ctnr-store diff "special-$driver"
	is_status 0 "FIFOs and sockets hold nothing up, driver $driver"
	is_stdout "C /etc
C /etc/passwd
A /fifo
A /socket" "... and are changes"

	container "deep-$driver" "$driver" <<'END'
import os
for i in range(25000):
    os.mkdir("d")
    os.chdir("d")
END
	run few timeout 20 ctnr-store diff "deep-$driver"
	is_status 0 "25,000 levels are told, driver $driver"
	is "$(wc -l <"$stdout_file")" 2048 "... as far as a path can be long"
	like_stderr "ctnr-store: warning: '/d/d/d/*': paths of more than 4095 bytes are left out" "... with one warning"
done

container moving copy <<'END'
import os
os.makedirs("a/b/c/d")
os.makedirs("z")
for i in range(300):
    os.makedirs(f"a/b/c/d/{i}/x")
END
# shellcheck disable=SC2016 # for the inner shell
in_namespace sh -c 'cd "$1" && while [ ! -e ../../stop ]; do mv a/b/c z/c; mv z/c a/b/c; done' sh \
	"$CTNR_STORE/bundles/moving/rootfs" 2>/dev/null &
mover=$!
statuses=
for _ in 1 2 3 4 5 6 7 8 9 10; do
	run timeout 20 ctnr-store diff moving
	statuses="$statuses $status"
	case $status:$stdout in
	0:* | 1:*) ;;
	*) fail "a tree that is rearranged meanwhile" "status $status: $stderr" ;;
	esac
	! grep -qv '^[ACD] /\(a\|z\|many\|etc\)' "$stdout_file" || fail "what is told is in the tree" "$stdout"
done
: >"$CTNR_STORE/bundles/stop"
wait "$mover"
rm -f "$CTNR_STORE/bundles/stop"
note "statuses:$statuses"
pass "a tree that is rearranged meanwhile is told or is an error"

# calls BUNDLE...: system calls that diff takes (traced programs cannot be given IDs, so it has them already).
calls() {
	in_namespace env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e signal=none -o "$place/trace" ctnr-store diff "$@" >/dev/null
	wc -l <trace
}

for n in 100 400; do
	container "files-$n" overlay <<END
import os
os.mkdir("new")
for i in range($n):
    open(f"new/{i}", "w").close()
END
	container "deeper-$n" copy <<END
import os
for i in range($n):
    os.mkdir("d")
    os.chdir("d")
END
done
container nothing overlay </dev/null
none=$(calls nothing)
is_sanitized || ok "a container without changes costs nothing of its image" test "$none" -lt 700
few_files=$(($(calls files-100) - none))
many_files=$(($(calls files-400) - none))
ok "changes in an overlay cost what they are ($few_files, $many_files)" \
	test "$few_files" -gt 100 -a "$many_files" -gt "$few_files" -a "$many_files" -lt $((5 * few_files))
container untouched copy </dev/null
# The first time layers are unpacked for who asks.
calls untouched >/dev/null
none=$(calls untouched)
few_levels=$(($(calls deeper-100) - none))
many_levels=$(($(calls deeper-400) - none))
ok "levels of a copy cost what they are ($few_levels, $many_levels)" \
	test "$few_levels" -gt 100 -a "$many_levels" -gt "$few_levels" -a "$many_levels" -lt $((5 * few_levels))
done_testing
