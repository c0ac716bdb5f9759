#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout
hostile_start "$CTNR_TEST_TMP/small" --basic user:secret
run "$test_lib/terminal.py" ctnr-fetch --layout asked --creds user "docker://$hostile/x:1" <<'END'
expect 'Password for user at 127.0.0.1'
pause 0.1
send 'secret\n'
END
is_status 0 "a password that is not in --creds is asked for on the terminal"
unlike_stdout "*secret*" "... and not echoed"
run "$test_lib/terminal.py" ctnr-fetch --layout asked2 --creds user "docker://$hostile/x:1" <<'END'
expect 'Password for user at 127.0.0.1'
pause 0.1
send '\x03'
END
is_status 130 "Ctrl-C ends the question"
run "$test_lib/terminal.py" sh -c 'ctnr-fetch --layout asked3 --creds user "docker://$1/x:1"; :
	stty -a' sh "$hostile" <<'END'
expect 'Password for user at 127.0.0.1'
pause 0.1
send '\x04'
END
like_stdout "*Password for user* echo *" "... and the echo is back afterwards"
hostile_stop

hostile_start "$CTNR_TEST_TMP/small" --fault slow
run env TERM=xterm "$test_lib/terminal.py" --size 24x80 ctnr-fetch --layout bars "docker://$hostile/x:1" <<'END'
expect ' / 6'
send '\x03'
END
is_status 130 "a transfer on a terminal ends with Ctrl-C"
like_stdout "*fetch * \[*\]*KiB*" "... after it has shown bars"
is "$(find bars -name '*.part' ! -path '*/blobs/*')" "" "... and leaves nothing half-made but of blobs"
run env TERM=xterm "$test_lib/terminal.py" --size 24x30 ctnr-fetch --layout narrow "docker://$hostile/x:1" <<'END'
expect 'fetch'
pause 0.3
send '\x03'
END
is_status 130 "a transfer on a narrow terminal ends with Ctrl-C"
is "$(tr '\r' '\n' <"$stdout_file" | sed 's/\x1b\[[0-9]*[AJ]//g' | awk 'length > 29' | grep -v '\^C')" "" \
	"... and its lines were not overfilled"
run "$test_lib/terminal.py" ctnr-fetch --layout dumb "docker://$hostile/x:1" <<'END'
expect 'started'
send '\x03'
END
is_status 130 "a transfer on a dumb terminal ends with Ctrl-C"
unlike_stdout "*$(printf '\033')*" "... and has drawn nothing with escape sequences"
run env TERM=xterm "$test_lib/terminal.py" sh -c '
	set -m
	ctnr-fetch --layout background "docker://$1/x:1" &
	sleep 0.5
	kill -INT $!
	wait $!' sh "$hostile" </dev/null
is_status 130 "a transfer in the background is ended"
unlike_stdout "*$(printf '\033')*" "... and has not painted over the line"
done_testing
