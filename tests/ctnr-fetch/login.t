#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where the password of --creds comes from. (Where it goes: credentials.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
hostile_start "$CTNR_TEST_TMP/small" --basic user:se:cret
source=docker://$hostile/x:1
fetch() {
	rm -rf out
	run timeout 20 ctnr-fetch --layout out "$@" "$source"
}

echo "machine 127.0.0.1 login user password se:cret" >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
fetch
is_status 1 "no password is taken from ~/.netrc"
is "$(grep -c "Basic" "$hostile_log")" 0 "... and none is sent"

printf 'se:cret\n' >password
fetch --creds user:@password
is_status 0 "the password is what a file has"
printf 'se:cret' >password
fetch --creds user:@password
is_status 0 "... whether its line ends or not"
printf 'se:cret\r\n' >password
fetch --creds user:@password
is_status 0 "... and however it does"
mkfifo fifo
(cat password >fifo) &
fetch --creds user:@fifo
is_status 0 "... also when it is a FIFO"
(timeout 10 ctnr-fetch --layout none --creds user:@fifo "$source") &
waiting=$!
ok "... which is waited for" eventually 10 sh -c 'pgrep -P "$1" ctnr-fetch' sh "$waiting"
pkill -TERM -P "$waiting" ctnr-fetch
wait "$waiting"
is $? 143 "... but not when a signal comes"
is "$(ls none 2>/dev/null)" "" "... and nothing was begun"

rm -rf out
run sh -c 'printf "se:cret\nrest\n" | { ctnr-fetch --layout out --creds user:- "$1" >record && cat; }' \
	sh "$source"
is_stdout rest "it is the first line of stdin, and the rest is left to others"
is "$(jq -r .ref record)" "$hostile/x:1" "... with the record as ever"
fetch --creds user:- </dev/null
is_status 1 "stdin without a line is a failure"
like_stderr "*option --creds: stdin: there is no password in it*" "... and says so"

# refused CONTENT PATTERN TITLE
refused() {
	printf "%b" "$1" >bad
	fetch --creds user:@bad
	is_status 1 "$3"
	like_stderr "*option --creds: bad: $2*" "... and says so"
}
refused '' "there is no password" "an empty file has no password"
refused '\n' "there is no password" "nor has an empty line"
refused 'a\0000b' "a password has no NUL bytes" "a password has no NUL bytes"
head -c 65537 /dev/zero | tr '\0' x >large
fetch --creds user:@large
like_stderr "*option --creds: large: larger than 65536 bytes*" "a large file is refused"
fetch --creds user:@nosuch
like_stderr "*option --creds: cannot open 'nosuch': No such file*" "a file that is not there is named"
fetch --creds user:@small
like_stderr "*option --creds: small*directory*" "a directory is no file"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small" --fault slow
ctnr-fetch --layout slow --creds user:secret "docker://$hostile/x:1" >/dev/null 2>&1 &
pid=$!
ok "the transfer began" eventually 20 grep -q /blobs/ "$hostile_log"
shown=$(tr '\0' ' ' <"/proc/$pid/cmdline")
kill "$pid"
like "$shown" "*--creds user:xxxxxx docker://*" "the password of the command line is not shown for long"
done_testing
