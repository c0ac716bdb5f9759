# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Registries that misbehave. Source it behind test.sh and image.sh: . "$test_lib/hostile.sh"
#
# hostile_start LAYOUT [OPTIONS OF hostile-registry.py]
#                start one; $hostile is its HOST:PORT, $hostile_log the requests it got. Those
#                started before go on; all end with the test.
# hostile_stop   end the one started last
# small_layout   a little image with a layer of 64 KiB of noise in $CTNR_TEST_TMP/small, reference 1
# cert NAME      a self-signed certificate for 127.0.0.1 and its key in $CTNR_TEST_TMP/NAME.pem

hostile_count=0

# The process that starts registries: it reads their options from descriptor 8.
hostile_prepare() {
	mkfifo "$CTNR_TEST_TMP/hostile.fifo" || return 1
	"$test_lib/hostile-registry.py" --each <"$CTNR_TEST_TMP/hostile.fifo" \
		>"$CTNR_TEST_TMP/hostile.out" 2>&1 &
	at_end "kill $! 2>/dev/null"
	exec 8>"$CTNR_TEST_TMP/hostile.fifo"
}

# hostile_wait CMD...: as eventually, for what takes milliseconds.
hostile_wait() {
	hostile_tries=2000
	while ! "$@" 2>/dev/null; do
		hostile_tries=$((hostile_tries - 1))
		[ "$hostile_tries" -gt 0 ] || return 1
		sleep 0.01
	done
}

hostile_start() {
	[ "$hostile_count" != 0 ] || hostile_prepare || return 1
	hostile_layout=$1
	shift
	hostile_count=$((hostile_count + 1))
	hostile_log=$CTNR_TEST_TMP/hostile.$hostile_count.log
	hostile_port=$CTNR_TEST_TMP/hostile.$hostile_count.port
	: >"$hostile_log"
	{
		printf '%s\t' "$@" "$hostile_layout" "$hostile_port"
		printf '%s\n' "$hostile_log"
	} >&8
	hostile_wait test -f "$hostile_port" || {
		note "$(cat "$CTNR_TEST_TMP/hostile.out")"
		return 1
	}
	read -r hostile hostile_pid <"$hostile_port"
	hostile=127.0.0.1:$hostile
	at_end "kill $hostile_pid 2>/dev/null"
}

hostile_is_gone() {
	! kill -0 "$hostile_pid"
}

hostile_stop() {
	kill "$hostile_pid" 2>/dev/null
	hostile_wait hostile_is_gone
}

small_layout() {
	head -c 65536 /dev/urandom >"$CTNR_TEST_TMP/noise"
	layout small --ref 1 <<-END >/dev/null
		dir etc
		file etc/noise from=$CTNR_TEST_TMP/noise
	END
}

cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj "/CN=$1" -addext "subjectAltName=IP:127.0.0.1,DNS:localhost" \
		-keyout "$CTNR_TEST_TMP/$1.key" -out "$CTNR_TEST_TMP/$1.crt" 2>/dev/null &&
		cat "$CTNR_TEST_TMP/$1.crt" "$CTNR_TEST_TMP/$1.key" >"$CTNR_TEST_TMP/$1.pem"
}
