#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

lines() {
	echo "dir d"
	echo "file d/{} data=x times=600"
	echo "file big fill=50000000"
}
lines | make_image image
store=$CTNR_TEST_TMP/killed
export CTNR_STORE="$store"

# Killed at any moment: the next command does the work.
killed=0
for after in 0.005 0.01 0.02 0.05 0.1 0.2; do
	timeout -s KILL "$after" ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/image:latest" >/dev/null 2>&1
	[ $? != 137 ] || killed=$((killed + 1))
done
ok "SIGKILL strikes some of six commands" test "$killed" -gt 0
unpack overlay image
is_status 0 "after SIGKILL it succeeds"
is "$(find image.overlay/lower/0/d -type f | wc -l)" 600 "... and is complete"
is "$(find "$store/layers" -name '*.part' | wc -l)" 0 "... and nothing half-made is left"

# A copy in the making tells by a lock that somebody is at work.
in_namespace env ASAN_OPTIONS=detect_leaks=0 strace -f -o trace -e trace=flock,mkdirat,renameat \
	ctnr-unpack --driver copy -b "$PWD/locked" "oci:$CTNR_TEST_TMP/image:latest" >/dev/null
is "$(sed -n 's/^[0-9]* *\(flock([0-9]*, LOCK_EX|LOCK_NB) *= 0\)$/lock/p
	s/^[0-9]* *mkdirat([0-9]*, "rootfs.part".*/make/p
	s/^[0-9]* *flock([0-9]*, LOCK_UN).*/unlock/p
	s/^[0-9]* *renameat([0-9]*, "rootfs.part".*/publish/p' trace | uniq | tr '\n' ' ')" "lock make publish " \
	"a copy in the making is locked before there is a part of it, and until it is whole"

CTNR_STORE=$CTNR_TEST_TMP/parallel
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	ctnr-unpack --driver overlay -b "p$i" "oci:$CTNR_TEST_TMP/image:latest" >"p$i.out" 2>"p$i.err" || echo "$i" >>failed &
done
wait
fails "16 at once all succeed" test -e failed
is "$(cat p*.err)" "" "... silently"
is "$(find "$CTNR_STORE/layers" -name diff | wc -l)" 1 "... and the layer is unpacked once"

# A worker whose tool was killed before the kernel was told to kill the worker with it.
mkdir -p alone/bin alone/libexec/ctnr
cp "$CTNR_TEST_BUILD/bin/ctnr-unpack" alone/bin
printf '#!/bin/sh\ncat >"%s/job"\nexit 1\n' "$CTNR_TEST_TMP" >alone/libexec/ctnr/ctnr-unpack-layer
chmod +x alone/libexec/ctnr/ctnr-unpack-layer
CTNR_STORE=$CTNR_TEST_TMP/orphan
run alone/bin/ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/image:latest"
mkfifo reports
{
	eventually 10 test -e closed
	"$CTNR_TEST_BUILD/libexec/ctnr/ctnr-unpack-layer" <job
} >reports &
: <reports
: >closed
wait $!
is "$(find "$CTNR_STORE/layers" -type f 2>/dev/null | wc -l)" 0 "a worker without its tool does nothing"
"$CTNR_TEST_BUILD/libexec/ctnr/ctnr-unpack-layer" <job | cat >reports.of
is "$(find "$CTNR_STORE/layers" -name file -prune -o -name 599 -print | wc -l)" 1 "... and with a reader all of its job"

# A worker that stops to say how far it is.
make_image bars <<END
file d/{} from=/bin/sh times=200
END
mkdir -p slow/bin slow/libexec/ctnr
cp "$CTNR_TEST_BUILD/bin/ctnr-unpack" slow/bin
cat >slow/libexec/ctnr/ctnr-unpack-layer <<END
#!/bin/sh
"$CTNR_TEST_BUILD/libexec/ctnr/ctnr-unpack-layer" | { dd bs=65536 count=2 2>/dev/null; sleep 20; }
END
chmod +x slow/libexec/ctnr/ctnr-unpack-layer
CTNR_STORE=$CTNR_TEST_TMP/interrupted
run env TERM=xterm "$test_lib/terminal.py" --size 24x80 slow/bin/ctnr-unpack "oci:$CTNR_TEST_TMP/bars:latest" <<'END'
expect ' / '
pause 0.2
send '\x03'
END
is_status 130 "Ctrl-C ends it"
like_stdout "*unpack * / *$(printf '\033[')J*" "... and takes its bar off the terminal"
run ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/bars:latest"
is_status 0 "... and the next one does the work"
CTNR_STORE=$CTNR_TEST_TMP/parallel

# A store on a full disk.
mkdir small
make_image data <<END
file d/{} from=/bin/sh times=40
END
run in_namespace sh -c 'mount -t tmpfs -o size=4m,mode=700 none small &&
	ctnr-unpack --driver overlay --store small "oci:$CTNR_TEST_TMP/data:latest"; s=$?
	find small -name "*.part"; exit $s'
is_status 1 "a full disk is a failure"
like_stderr "*No space left on device*" "... that is named"
is_stdout "" "... and nothing half-made stays"

# A store that cannot be written to, with the image unpacked: the bundle is made elsewhere. (As root:
# tests/flow/surroundings.t.)
chmod 500 "$CTNR_STORE" "$CTNR_STORE/bundles"
run ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/image:latest"
is_status 0 "a read-only store serves what it has"
chmod 700 "$CTNR_STORE" "$CTNR_STORE/bundles"
like_stdout "*/bundles/*" "... with a bundle in the state directory"
unlike_stdout "*\"bundle\":\"$CTNR_STORE/*" "... and not in the store"
done_testing
