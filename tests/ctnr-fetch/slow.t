#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servers that answer, but never in full. (The policy itself: tests/libcommon/patience.c.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout

# Ten bytes a second.
hostile_start "$CTNR_TEST_TMP/small" --fault drip
run timeout 20 ctnr-fetch --retries 0 --low-speed 100/1 --layout out "docker://$hostile/x:1"
is_status 5 "a document that comes too slowly is given up"
like_stderr "*only * bytes came in 1 seconds, at least 100 a second are wanted*" "... and says so"
like_stderr "*hint: *--low-speed 0*" "... with a hint for slow networks"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small" --fault dripblob
run timeout 20 ctnr-fetch --retries 0 --low-speed 100/1 --layout out "docker://$hostile/x:1"
is_status 5 "so is a blob"
like_stderr "*blob sha256:*only * bytes came*" "... which is named"
run timeout 2 ctnr-fetch --retries 0 --low-speed 0 --layout out0 "docker://$hostile/x:1"
is_status 124 "--low-speed 0 waits however slow it is"
hostile_stop
hostile_start "$CTNR_TEST_TMP/small"
run ctnr-fetch --layout out "docker://$hostile/x:1"
is_status 0 "what came so slowly does no harm, though it was wrong"
is "$(find out -name '*.part')" "" "... and nothing half-made is left"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small" --fault driphead
run timeout 20 ctnr-fetch --retries 0 --timeout 1 --low-speed 0 --layout out "docker://$hostile/x:1"
is_status 5 "headers that drip are given up after --timeout"
like_stderr "*no answer in 1 seconds*" "... and the message says so"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small" --fault continue
run timeout 20 ctnr-fetch --retries 0 --layout out "docker://$hostile/x:1"
is_status 4 "informational answers have an end too"
like_stderr "*bytes of headers*" "... by the limit of all headers"
hostile_stop

# A name server that never answers: the resolver's own time is 10 seconds and more.
echo "nameserver 127.0.0.1" >resolv.conf
cat >silent.sh <<'END'
ip link set lo up && mount --bind resolv.conf /etc/resolv.conf || exit 99
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
print("bound", flush=True)
time.sleep(30)' >bound &
server=$!
until [ -s bound ]; do sleep 0.05; done
ctnr-fetch --timeout 1 --layout out docker://registry.example/x:1
status=$?
kill "$server"
exit "$status"
END
if has USERNS "a name server that is silent is given up after --timeout"; then
	run in_namespace timeout 8 unshare --net sh silent.sh
	is_status 5 "a name server that is silent is given up after --timeout"
	like_stderr "*Resolving timed out*" "... and the message says so"
fi

for value in x 1/0 1/ /5 1k/x 5000000000 -1; do
	run ctnr-fetch --low-speed="$value" --layout out oci:small:1
	is_status 2 "--low-speed=$value is a usage mistake"
done
run ctnr-fetch --low-speed 1k/5 --layout out oci:small:1
is_status 0 "a size may have a suffix"
done_testing
