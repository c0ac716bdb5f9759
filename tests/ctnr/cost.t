#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a start costs before a tool has it: the scripts that the front reads, and its processes.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"
needs PEER:strace

# costs ARG...: run the front, and leave in $scripts the files below libexec that it reads, and in $forks
# how many processes it makes, until it becomes a tool.
costs() {
	run traced -qq -e trace=open,openat,clone,clone3,fork,vfork,execve -o trace "$front" "$@"
	sed -n '2,${/^execve(.*= 0$/q;p}' trace >own
	scripts=$(sed -n 's|^open.*/libexec/ctnr/\([^"]*\)".*|\1|p' own | sort -u | tr '\n' ' ')
	forks=$(grep -c -E '^(clone|clone3|fork|vfork)\(' own)
}

costs run --rm -e a=b localhost/app true
is_status 0 "a run is traced"
is "$scripts" "front/image.sh front/options-run.sh front/split.sh verbs/run " \
	"a run reads four scripts, and none of what only a mistake needs"
is "$forks" 2 "... and makes a process for each of two tools, and none for the last"
costs images
is "$scripts" "front/options-images.sh front/split.sh verbs/images " "a verb of one tool reads three"
is "$forks" 0 "... and makes no process"
costs images --quit
is "$scripts" "front/absent front/options-images.sh front/split.sh front/unknown.sh verbs/images " \
	"a mistake reads what is said of it"

done_testing
