#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"

needs USERNS

run ctnr-unshare sh -c 'exit 42'
is_status 42 "the status is the command's"

# shellcheck disable=SC2016 # for the inner shell
run ctnr-unshare sh -c 'kill -TERM $$'
is_status 143 "... also when a signal ends it"

run ctnr-unshare nosuch-command
is_status 127 "a command that does not exist is 127"
is_stderr "ctnr-unshare: error: cannot execute 'nosuch-command': No such file or directory" "... and is named"

touch plain
run ctnr-unshare ./plain
is_status 126 "a file that is no program is 126"

run ctnr-unshare --nosuch true
is_status 125 "an unknown option is 125"
like_stderr "ctnr-unshare: error: unknown option '--nosuch'*" "... and is named"

run ctnr-unshare echo -m --mount --help
is_stdout "-m --mount --help" "options behind the command are the command's"

# shellcheck disable=SC2016 # for the inner shell
run env SHELL=/bin/sh ctnr-unshare <<'IN'
echo "shell $0"
IN
is_stdout "shell /bin/sh" "without a command it is \$SHELL"
run env -u SHELL ctnr-unshare </dev/null
is_status 0 "... or /bin/sh"

for descriptor in 0 1 2; do
	run sh -c "ctnr-unshare readlink /proc/self/fd/$descriptor $descriptor>&- | cat"
	[ "$descriptor" = 1 ] || is_stdout /dev/null "nothing of ours takes the place of descriptor $descriptor when it is closed"
done

# The caller's, whatever those are.
grep -E 'SigBlk|SigIgn' /proc/self/status >signals
run ctnr-unshare grep -E 'SigBlk|SigIgn' /proc/self/status
is_file "$stdout_file" signals "the command's signals are not ours"
run sh -c "ctnr-unshare sh -c 'yes; echo \$? >status' | head -n 1; cat status"
is_stdout "y
141" "... SIGPIPE kills a writer inside as it does outside"

done_testing
