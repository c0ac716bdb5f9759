# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Registries that misbehave. Source it behind test.sh and image.sh: . "$test_lib/hostile.sh"
#
# hostile_start LAYOUT [OPTIONS OF hostile-registry.py]
#                start one; $hostile is its HOST:PORT, $hostile_log the requests it got. Those
#                started before go on; all end with the test.
# hostile_stop   end the one started last
# hostile_elsewhere LAYOUT [OPTIONS]   start one on another host, "localhost", that must never see a
#                credential; $elsewhere is its HOST:PORT, $elsewhere_log the requests it got
# hostile_fetch NAME [OPTIONS OF ctnr-fetch]   run: fetch NAME:1 with credentials, trying once, into a fresh
#                layout, $out; the logs begin anew
# hostile_refused STATUS PATTERN TITLE    of the last hostile_fetch: it failed so; nothing about it is wrong
# hostile_wrong  print what is wrong with the last hostile_fetch besides: its messages, what it left, what
#                was sent where
# hostile_push NAME DIGEST [OPTIONS OF push-blob]   run: push that blob of $CTNR_TEST_TMP/blobs to NAME with
#                credentials, trying once; the logs begin anew
# hostile_push_image IMAGE NAME [OPTIONS OF ctnr-push]   run: the same with an image of the store and NAME:1
# hostile_pushed NAME DIGEST   has the registry (--pushed $CTNR_TEST_TMP/pushed) that blob, whole?
# noise_layout NAME BYTES   a layout $CTNR_TEST_TMP/blobs with a blob of noise, whose digest is $NAME
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

hostile_elsewhere() {
	hostile_start "$@"
	elsewhere=localhost:${hostile##*:}
	elsewhere_log=$hostile_log
}

hostile_fetches=0

hostile_fetch() {
	hostile_fetches=$((hostile_fetches + 1))
	out=$CTNR_TEST_TMP/out.$hostile_fetches
	hostile_source=docker://$hostile/$1:1
	hostile_tool=ctnr-fetch
	shift
	: >"$hostile_log"
	[ -z "${elsewhere_log-}" ] || : >"$elsewhere_log"
	run timeout 20 ctnr-fetch --layout "$out" --retries 0 --creds user:secret "$@" "$hostile_source"
}

hostile_push() {
	hostile_push_name=$1
	hostile_push_digest=$2
	hostile_tool=push-blob
	shift 2
	: >"$hostile_log"
	[ -z "${elsewhere_log-}" ] || : >"$elsewhere_log"
	run timeout 20 "$CTNR_TEST_BUILD/tests/lib/push-blob" --retries 0 --creds user:secret "$@" \
		"$CTNR_TEST_TMP/blobs" "$hostile_push_digest" "$hostile/$hostile_push_name"
}

hostile_push_image() {
	hostile_push_name=$2
	hostile_tool=ctnr-push
	hostile_image=$1
	shift 2
	: >"$hostile_log"
	[ -z "${elsewhere_log-}" ] || : >"$elsewhere_log"
	run timeout 20 ctnr-push --retries 0 --creds user:secret "$@" "$hostile_image" \
		"docker://$hostile/$hostile_push_name:1"
}

hostile_pushed() {
	[ -f "$CTNR_TEST_TMP/pushed/$1/$2" ] &&
		[ "$("${2%%:*}sum" <"$CTNR_TEST_TMP/pushed/$1/$2")" = "${2#*:}  -" ]
}

# What the registry has that is not what it is called.
hostile_wrong_pushed() {
	for hostile_file in "$CTNR_TEST_TMP/pushed/$hostile_push_name"/*:*; do
		[ ! -f "$hostile_file" ] ||
			hostile_pushed "$hostile_push_name" "${hostile_file##*/}" || echo "a blob $hostile_file"
	done
}

hostile_refused() {
	is_status "$1" "$3"
	like_stderr "ctnr-fetch: error: $hostile_source: $2" "... and says so"
	test_of_run is "$(hostile_wrong)" "" "... and nothing else is wrong"
}

# One error, at most one hint, no password, and nothing that a terminal obeys.
hostile_wrong_messages() {
	LC_ALL=C awk -v tool="$hostile_tool" '
		index($0, tool ": error: ") == 1 { errors++; next }
		index($0, tool ": hint: ") == 1 { hints++; next }
		{ print "another line: " $0 }
		END { if (errors != 1 || hints > 1) print errors + 0 " errors and " hints + 0 " hints" }' "$stderr_file"
	LC_ALL=C awk '/[^ -~]/ { print "unescaped bytes" } /secret/ { print "the password" }' "$stderr_file"
	[ -z "$stdout" ] || echo "a record"
}

# Blobs that are not what their names say, names, and what is half-made, but for the parts of what may be continued
# later (status 5).
hostile_wrong_layout() {
	for hostile_file in "$out"/* "$out"/.[!.]*; do
		case ${hostile_file##*/} in
		blobs | index.json | oci-layout | .lease | .lock | '*' | '.[!.]*') ;;
		*) echo "a file $hostile_file" ;;
		esac
	done
	[ -e "$out/index.json" ] || return 0
	grep -q '"manifests":\[\]' "$out/index.json" || echo "a name: $(cat "$out/index.json")"
	for hostile_file in "$out"/blobs/sha256/*; do
		case $status$hostile_file in
		5*.part | *'*') ;;
		*) sha256sum "$hostile_file" ;;
		esac
	done | while read -r hostile_digest hostile_file; do
		[ "$hostile_digest" = "${hostile_file##*/}" ] || echo "a blob $hostile_file"
	done
}

# Credentials on another server, cookies anywhere, requests without end.
hostile_wrong_requests() {
	awk -v elsewhere="${elsewhere_log-}" '
		FILENAME == elsewhere && $3 != "-" { print "elsewhere: " $0 }
		/ cookie$/ { print "a cookie: " $0 }
		END { if (NR > 40) print NR " requests" }' "$hostile_log" ${elsewhere_log:+"$elsewhere_log"}
}

hostile_wrong() {
	[ "$status" != 124 ] || echo "it did not end"
	if [ "$status" != 0 ]; then
		hostile_wrong_messages
		hostile_wrong_layout
	fi
	hostile_wrong_requests
}

hostile_is_gone() {
	! kill -0 "$hostile_pid"
}

hostile_stop() {
	kill "$hostile_pid" 2>/dev/null
	hostile_wait hostile_is_gone
}

noise_layout() {
	mkdir -p "$CTNR_TEST_TMP/blobs/blobs/sha256" "$CTNR_TEST_TMP/blobs/blobs/sha512" || return 1
	echo '{"imageLayoutVersion":"1.0.0"}' >"$CTNR_TEST_TMP/blobs/oci-layout"
	echo '{"schemaVersion":2,"manifests":[]}' >"$CTNR_TEST_TMP/blobs/index.json"
	head -c "$2" /dev/urandom >"$CTNR_TEST_TMP/noise.part"
	hostile_hex=$(sha256sum <"$CTNR_TEST_TMP/noise.part")
	hostile_hex=${hostile_hex%% *}
	mv "$CTNR_TEST_TMP/noise.part" "$CTNR_TEST_TMP/blobs/blobs/sha256/$hostile_hex"
	eval "$1=sha256:\$hostile_hex"
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
