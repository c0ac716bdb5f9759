#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where --log FILE leads (libcommon/base/output.h), for all tools alike.
. "$(dirname "$0")/../lib/test.sh"
needs USERNS SUBID

# logs FILE TITLE, refuses FILE PATTERN TITLE: a message (that there is no such image) goes to FILE, or
# the tool does not even begin.
logs() {
	run timeout 10 ctnr-store --log "$1" image show nosuch
	like_stderr "*nosuch*" "$2"
}
refuses() {
	run timeout 10 ctnr-store --log "$1" image show nosuch
	like_stderr "ctnr-store: error: log '$1': $2" "$3"
	is_status 1 "... as a failure"
}

logs new "a log that is not there is made"
is "$(stat -c %a new)" 600 "... for its owner alone"
like "$(cat new)" "ctnr-store: error: *nosuch*" "... and has the message"
logs new "a log that is there"
is "$(grep -c error: new)" 2 "... is appended to"
mkdir -p real/sub
ln -s real/sub via
ln -s ../../target real/sub/link
logs via/link "links of one's own are followed"
ok "... to where they lead" test -s target
logs "$CTNR_TEST_TMP//real/./sub/../abs" "an absolute path with detours"
ok "... is the same file" test -s real/abs

run sh -c 'ctnr-store --log /dev/stderr image show nosuch 2>&1 >/dev/null | grep -c error:'
is_stdout 2 "/dev/stderr is a pipe with a reader"
run sh -c 'ctnr-store --log /dev/fd/3 image show nosuch 3>third 2>/dev/null; grep -c error: third'
is_stdout 1 "... and /dev/fd/3 a file"
logs /dev/null "a device is fine"
for words in "image ls --nosuch" "image ls --json=maybe" frob image ""; do
	rm -f usage
	# shellcheck disable=SC2086 # words
	run ctnr-store --log usage --log-format json $words
	is_status 2 "a wrong command line: $words"
	is "$(jq -r '"ctnr-store: " + .level + ": " + .msg, "ctnr-store: hint: " + .hint' usage)" "$(cat "$stderr_file")" "... is told in the log too"
done
mkfifo fifo
refuses fifo "nobody reads from 'fifo': *" "a FIFO that nobody reads is refused at once"
(timeout 10 cat fifo >heard) &
reader=$!
logs_somewhere() {
	ctnr-store --log fifo image show nosuch 2>err
	! grep -q "nobody reads" err
}
ok "... but one with a reader is written to" eventually 10 logs_somewhere
wait "$reader"
like "$(cat heard)" "*error: *nosuch*" "... and has the message"

refuses nosuch/log "cannot open 'nosuch': No such file*" "a directory that is not there is said"
refuses real "cannot open 'real': Is a directory" "a directory is no log"
refuses '' "the name is empty*" "nor is nothing"
ln -s loop loop
refuses loop "cannot follow 'loop': *" "nor a link that leads to itself"

# A directory like /tmp, of root, with what user 1 made there.
cat >shared.sh <<'END'
mkdir -m 755 victim
mkdir shared && chmod 1777 shared
touch victim/file
ln -s ../victim/file shared/link
ln -s ../victim shared/dirlink
echo theirs >shared/file
chmod 666 shared/file
mkfifo -m 666 shared/fifo
chown -h 1:1 shared/link shared/dirlink shared/file shared/fifo
ln -s ../victim/own shared/own
for log in link dirlink/file file fifo own mine; do
	timeout 10 ctnr-store --log "shared/$log" image show nosuch 2>&1 | grep -q "belongs to another" &&
		echo "$log"
done
cat victim/file
END
run in_namespace sh shared.sh
is_stdout "link
dirlink/file
file
fifo" "in a sticky directory of all, links, files and FIFOs of others are refused, and only they"
ok "... while an own link there" test -s victim/own
ok "... and an own file are good" test -s shared/mine
done_testing
