#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root sub one
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

lines() {
	echo "dir d"
	echo "file d/{} data=x times=3000"
	echo "file big fill=50000000"
}
lines | make_image image
store=$CTNR_TEST_TMP/killed
export CTNR_STORE="$store"

# Killed at any moment: the next command does the work.
for after in 0.005 0.02 0.05 0.1 0.2; do
	timeout -s KILL "$after" ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/image:latest" >/dev/null 2>&1
done
pass "unpacking is killed five times"
unpack overlay image
is_status 0 "after SIGKILL it succeeds"
is "$(find image.overlay/lower/0/d -type f | wc -l)" 3000 "... and is complete"
is "$(find "$store/layers" -name '*.part' | wc -l)" 0 "... and nothing half-made is left"

CTNR_STORE=$CTNR_TEST_TMP/parallel
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	ctnr-unpack --driver overlay -b "p$i" "oci:$CTNR_TEST_TMP/image:latest" >"p$i.out" 2>"p$i.err" || echo "$i" >>failed &
done
wait
fails "16 at once all succeed" test -e failed
is "$(cat p*.err)" "" "... silently"
is "$(find "$CTNR_STORE/layers" -name diff | wc -l)" 1 "... and the layer is unpacked once"

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
run "$test_lib/terminal.py" --size 24x80 slow/bin/ctnr-unpack "oci:$CTNR_TEST_TMP/bars:latest" <<'END'
expect ' / '
pause 0.2
send '\x03'
END
is_status 130 "Ctrl-C ends it"
like_stdout "*unpack * / *$(printf '\033[')J*" "... and takes its bar off the terminal"
run ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/bars:latest"
is_status 0 "... and the next one does the work"
CTNR_STORE=$CTNR_TEST_TMP/parallel

# A store on a full disk. Root gives the user a small filesystem.
if [ "$CTNR_TEST_IDENTITY" = root ]; then
	mkdir small
	make_image data <<END
file d/{} from=/bin/sh times=80
END
	run unshare --mount sh -c 'mount -t tmpfs -o size=4m,mode=700 none small &&
		ctnr-unpack --driver overlay --store small "oci:$CTNR_TEST_TMP/data:latest"; s=$?
		find small -name "*.part"; exit $s'
	is_status 1 "a full disk is a failure"
	like_stderr "*No space left on device*" "... that is named"
	is_stdout "" "... and nothing half-made stays"
fi

# A store that cannot be written to, with the image unpacked: the bundle is made elsewhere.
if [ "$CTNR_TEST_IDENTITY" = root ]; then
	run unshare --mount sh -c 'mount --bind "$CTNR_STORE" "$CTNR_STORE" &&
		mount -o remount,bind,ro "$CTNR_STORE" &&
		ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/image:latest"'
	is_status 0 "a read-only store serves what it has"
else
	chmod 500 "$CTNR_STORE" "$CTNR_STORE/bundles"
	run ctnr-unpack --driver overlay "oci:$CTNR_TEST_TMP/image:latest"
	is_status 0 "a read-only store serves what it has"
	chmod 700 "$CTNR_STORE" "$CTNR_STORE/bundles"
fi
like_stdout "*/bundles/*" "... with a bundle in the state directory"
unlike_stdout "*\"bundle\":\"$CTNR_STORE/*" "... and not in the store"
done_testing
