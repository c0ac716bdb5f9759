#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The text of config.json: what each way to write it means (document.tsv), with what runc and crun make of
# it beside (ask-peers asks them again). And seccomp profiles, whose text is cut out before the rest is
# parsed.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

here=$test_lib/../ctnr-exec
bundle c
written_config c
cp c/config.json plain.json
grep -v '^#' "$here/document.tsv" >rows
while IFS='	' read -r title wanted _ _ filter; do
	sed "$filter" plain.json >c/config.json
	[ "$title" = plain ] || fails "$title: it is another text" cmp -s plain.json c/config.json
	run ctnr-exec run ./c
	if [ "$wanted" = refuses ]; then
		is_status 125 "$title: refused"
		like_stderr "ctnr-exec: error: *config.json: *" "... with its place"
	else
		is "$(said_by "$status")" "$wanted" "$title: understood" || note "$stderr"
	fi
done <rows

# seccomp TITLE SED: the last of several profiles is the one in force, and no more than one.
bundle c
script c 'mkdir /tmp/x; chmod 700 /tmp; echo ran'
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls:
	[{names: ["chmod", "fchmodat", "fchmodat2"], action: "SCMP_ACT_ERRNO", errnoRet: 28}]}'
jq -c . c/config.json >plain.json
seccomp() {
	sed "$2" plain.json >c/config.json
	fails "$1: it is another text" cmp -s plain.json c/config.json
	run ctnr-exec run ./c
	is_stdout ran "... which runs" || note "$stderr"
	is_stderr "chmod: /tmp: No space left on device" "... with the last profile"
	rmdir c/rootfs/tmp/x 2>/dev/null || fail "... and that alone"
}
other='{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]}'
seccomp "two profiles" "s|\"seccomp\":|\"seccomp\":$other,&|"
seccomp "two profiles, the first written with an escape" "s|\"seccomp\":|\"sec\\\\u0063omp\":$other,&|"
seccomp "two profiles, the last written with an escape" "s|\"seccomp\":|\"seccomp\":$other,\"sec\\\\u0063omp\":|"
seccomp "two objects with a profile" "s|\"linux\":|\"linux\":{\"seccomp\":$other},&|"
seccomp "two such objects, the first written with an escape" "s|\"linux\":|\"l\\\\u0069nux\":{\"seccomp\":$other},&|"
seccomp "two such objects, the last written with an escape" "s|\"linux\":|\"linux\":{\"seccomp\":$other},\"l\\\\u0069nux\":|"
seccomp "two lists of rules" "s|\"syscalls\":|\"syscalls\":[{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\"}],&|"
sed "s|\"seccomp\":|&null,\"seccomp\":$other,&|; s|,\"defaultAction\"|&|; s|}}\$|,\"seccomp\":null}}|" plain.json >c/config.json
run ctnr-exec run ./c
is_stdout ran "a last profile that is null is none"
ok "... also where others stood before it" rmdir c/rootfs/tmp/x

# What is fetched or recorded has one meaning, or none.
bundle c
echo '{"id":"c","id":"d","path":"./c"}' >record
run ctnr-exec run - <record
is_status 125 "a record with a key twice is refused"
like_stderr "*duplicate object key*" "... which is said"
done_testing
