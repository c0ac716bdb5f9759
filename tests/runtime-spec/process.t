#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID has no other user to become; root's limits and privileges are the host's
# shellcheck disable=SC2016 # the scripts are the container's
# config.md, "Process", "POSIX process", "Linux Process"; runtime-linux.md, "File descriptors".
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-exec/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# The command, as execvp(3) finds it
mkdir -p c/rootfs/first c/rootfs/second/sub
for place in first second second/sub; do
	printf '#!/bin/sh\necho "%s $0 $*"\n' $place >c/rootfs/$place/which
	chmod 755 c/rootfs/$place/which
done
while read -r wanted filter; do
	cp plain.json c/config.json
	config c ".process.env = [\"PATH=/second:/first\"] | $filter"
	run ctnr-exec run ./c
	is_stdout "$(echo "$wanted" | tr _ ' ')" "a command is found: $filter" || note "$stderr"
done <<'END'
second_/second/which_a_b .process.args = ["which", "a", "b"]
first_/first/which_ .process.args = ["/first/which"]
second/sub_sub/which_ .process.args = ["sub/which"] | .process.cwd = "/second"
second_./which_ .process.args = ["./which"] | .process.cwd = "/second"
first_/first/which_ .process.args = ["which"] | .process.env = ["PATH=/nosuch:/first", "X=/second"]
second_./which_ .process.args = ["which"] | .process.env = ["PATH="] | .process.cwd = "/second"
END

# The environment is the config's and nothing of the caller's.
cp plain.json c/config.json
config c '.process.env += ["EMPTY=", "SPACES=a  b", "EQUAL=a=b=c", "lower.dot-dash=1", "LINES=a\nb"]'
script c 'tr "\000" "\n" </proc/1/environ; :'
run env CALLER=secret ctnr-exec run ./c
is "$(printf '%s\n' "$stdout" | grep -v ^HOME=)" "PATH=/bin
EMPTY=
SPACES=a  b
EQUAL=a=b=c
lower.dot-dash=1
LINES=a
b" "the environment is what the config says, in its order"

# Descriptors
cp plain.json c/config.json
script c 'ls /proc/1/fd; for fd in 0 1 2; do readlink /proc/1/fd/$fd; done | cut -d : -f 1'
run sh -c 'ctnr-exec run ./c 7</etc/passwd 9>/dev/null </dev/null 2>&1 | cat'
is_stdout "0
1
2
/dev/null
pipe
pipe" "only stdin, stdout and stderr are open, and are the caller's"

# Limits: each resource of getrlimit(2), as the kernel shows it
while IFS=: read -r name row; do
	hard=$(sed -n "s/^$row  *[^ ]*  *\([^ ]*\) .*/\1/p" /proc/self/limits)
	[ "$hard" != unlimited ] || hard=8800000000
	soft=$((hard - hard / 8))
	echo "$row $soft $hard" >>wanted
	printf '{"type":"RLIMIT_%s","soft":%s,"hard":%s}\n' "$name" $soft "$hard" >>limits
done <<'END'
CPU:Max cpu time
FSIZE:Max file size
DATA:Max data size
STACK:Max stack size
CORE:Max core file size
RSS:Max resident set
NPROC:Max processes
NOFILE:Max open files
MEMLOCK:Max locked memory
AS:Max address space
LOCKS:Max file locks
SIGPENDING:Max pending signals
MSGQUEUE:Max msgqueue size
NICE:Max nice priority
RTPRIO:Max realtime priority
RTTIME:Max realtime timeout
END
shown='^Max'
# A sanitized program takes more memory and address space than that.
if is_sanitized; then
	sed -i '/"RLIMIT_AS"\|"RLIMIT_DATA"/d' limits
	sed -i '/^Max address space\|^Max data size/d' wanted
	shown='^Max [^ad]'
fi
cp plain.json c/config.json
config c ".process.rlimits = $(jq -cs . limits)"
in_container "grep '$shown' /proc/1/limits"
is "$(printf '%s\n' "$stdout" | sed 's/^\(Max [a-z ]*[a-z]\)  *\([0-9]*\)  *\([0-9]*\) .*/\1 \2 \3/')" "$(cat wanted)" \
	"each limit has the soft and the hard value of the config" || note "$stderr"

# Privileges: what a set-user-ID file and a capability give
cp plain.json c/config.json
cat >program.c <<'END'
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	printf("%d %d\n", (int)getuid(), (int)geteuid());
	return 0;
}
END
cc -O1 -static -o c/rootfs/bin/who program.c || fail "the program can be built"
chmod 4755 c/rootfs/bin/who
if identity one; then
	pass "with one ID there is no other user to be"
else
	config c '.process.args = ["who"] | .process.user = {uid: 7, gid: 7}'
	run ctnr-exec run ./c
	is_stdout "7 7" "with noNewPrivileges a set-user-ID file gives nothing"
	config c '.process.noNewPrivileges = false | .process.capabilities = {bounding: ["CAP_CHOWN"]}'
	run ctnr-exec run ./c
	is_stdout "7 0" "... and without it gives its user"
	config c '.process.user = {uid: 0, gid: 0} | .process.capabilities = (["CAP_CHOWN"] | {bounding: ., permitted: ., effective: .})'
	in_container 'touch /tmp/x && chown 5 /tmp/x && stat -c %u /tmp/x; su=$(grep CapBnd /proc/self/status); echo "$su"; chmod 0 /tmp/x; cat /tmp/x'
	is_stdout "5
CapBnd:	0000000000000001" "an effective capability can be used, and no other"
	like_stderr "*chmod: /tmp/x: *ermitted*" "... not even to look at a file of another user"
fi

# The killer of processes
cp plain.json c/config.json
own=$(cat /proc/self/oom_score_adj)
in_container 'cat /proc/1/oom_score_adj'
is_stdout "$own" "oom_score_adj stays where the config has none"
config c ".process.oomScoreAdj = $((own + 7))"
in_container 'cat /proc/1/oom_score_adj'
is_stdout "$((own + 7))" "... and is what it has"
in_container 'kill -9 $PPID 2>/dev/null; cut -d " " -f 4 /proc/1/stat'
is_stdout 0 "the process has no parent that it could see"
done_testing
