#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: one ID has neither groups nor other users, and the user follows the map
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c

config c '.process.env += ["A=one two", "B="] | .process.cwd = "/tmp"'
in_container 'pwd; tr "\000" "\n" </proc/1/environ; :'
is_stdout "/tmp
PATH=/bin
A=one two
B=
HOME=/" "environment and working directory are the config's, and nothing but HOME is added"

config c '.process.cwd = "/new/dir"'
in_container 'pwd; umask; hostname'
is_stdout "/new/dir
0022
box" "a working directory that is missing is made; umask 022; the host name is set"

config c '.process.cwd = "/" | .process.user.umask = 63'
in_container umask
is_stdout 0077 "the umask of the config"

config c '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 100, hard: 200}]'
in_container 'ulimit -Sn; ulimit -Hn'
is_stdout "100
200" "resource limits are set"
config c '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 200000000, hard: 200000001}]'
in_container 'ulimit -Sn; ulimit -Hn'
hard=$(awk '/^Max open files/ { print $5 }' /proc/self/limits)
is_stdout "$hard
$hard" "a limit above what we may set becomes ours"
is_stderr "ctnr-exec: warning: config.json: process.rlimits: RLIMIT_NOFILE: more than $hard is not ours to grant, going on with that" \
	"... which is told"
# 2^64-1, as docker and podman write "unlimited"; jq would round it.
config c '.process.rlimits = [{type: "RLIMIT_CORE", soft: 77777, hard: 77777}]'
in_container 'ulimit -Sc; ulimit -Hc'
sed 's/77777/18446744073709551615/' c/config.json >c/new && mv c/new c/config.json
run ctnr-exec run ./c
is_stdout "unlimited
unlimited" "a limit may be 64 bits without a sign"
sed 's/18446744073709551615/18446744073709551616/' c/config.json >c/new && mv c/new c/config.json
run ctnr-exec run ./c
is_status 125 "... and no more"
like_stderr "*process.rlimits\[0].soft: expected a number from 0 to 18446744073709551615, got 18446744073709551616*" \
	"... which is said with its own digits"
config c 'del(.process.rlimits)'

config c '.process.oomScoreAdj = 300'
script c 'cat /proc/self/oom_score_adj'
run ctnr-exec run ./c
is_stdout 300 "the score of the process is set"
is_stderr "" "... by everybody who raises it"
config c '.process.oomScoreAdj = -700'
run ctnr-exec run ./c
if [ "$(id -u)" = 0 ] && [ $((0x$(sed -n 's/^CapEff:\s*//p' /proc/self/status) >> 24 & 1)) = 1 ]; then
	is_stdout -700 "a score is lowered with CAP_SYS_RESOURCE"
else
	score=$(cat /proc/self/oom_score_adj)
	is_stdout "$score" "without CAP_SYS_RESOURCE a score that is lower stays as it is"
	is_stderr "ctnr-exec: warning: config.json: process.oomScoreAdj: -700 needs CAP_SYS_RESOURCE, going on with $score" \
		"... which is told"
fi
config c '.process.oomScoreAdj = 300'
run sh -c 'echo 400 >/proc/self/oom_score_adj; ctnr-exec run ./c; cat /proc/self/oom_score_adj'
is_stdout "300
400" "a score that was raised may be lowered again, and the caller keeps its own"
if identity root; then
	chmod 755 . c
	cp c/config.json before.json
	config c '.linux.namespaces += [{type: "user"}] |
		.linux.uidMappings = [{containerID: 0, hostID: 300000, size: 1000}] |
		.linux.gidMappings = .linux.uidMappings |
		.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 64, hard: 128}]'
	chown -R 300000:300000 c/rootfs
	in_container 'cat /proc/self/oom_score_adj; ulimit -Hn'
	is_stdout "300
128" "root sets it, and limits, for a user namespace too"
	chown -R 0:0 c/rootfs
	cp before.json c/config.json
fi
config c 'del(.process.oomScoreAdj)'

config c '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_NOSUCH"],
	effective: ["CAP_CHOWN"], permitted: ["CAP_CHOWN"]}'
in_container 'grep Cap /proc/self/status'
like_stderr "*warning: *CAP_NOSUCH*ignoring*" "an unknown capability is a warning"
is_stdout "CapInh:	0000000000000000
CapPrm:	0000000000000001
CapEff:	0000000000000001
CapBnd:	0000000000000001
CapAmb:	0000000000000000" "capabilities are those of the config"
config c '.process.capabilities = {bounding: ["CAP_CHOWN"], effective: ["CAP_CHOWN"],
	permitted: ["CAP_CHOWN"], inheritable: ["CAP_CHOWN"], ambient: ["CAP_CHOWN"]}'
in_container 'grep -E "CapInh|CapAmb" /proc/self/status'
is_stdout "CapInh:	0000000000000001
CapAmb:	0000000000000001" "inheritable and ambient when asked"

config c '.process.capabilities = {bounding: ["CAP_CHOWN", "CAP_KILL"], permitted: ["CAP_CHOWN"],
	effective: ["CAP_CHOWN", "CAP_KILL"], inheritable: ["CAP_KILL", "CAP_SETUID"], ambient: ["CAP_CHOWN"]}'
in_container 'grep Cap /proc/self/status'
is_stdout "CapInh:	0000000000000020
CapPrm:	0000000000000001
CapEff:	0000000000000001
CapBnd:	0000000000000021
CapAmb:	0000000000000000" "a set holds no more than the kernel lets it"
is_stderr "ctnr-exec: warning: config.json: process.capabilities.inheritable: 'CAP_SETUID': not in the bounding set, ignoring
ctnr-exec: warning: config.json: process.capabilities.effective: 'CAP_KILL': not permitted, ignoring
ctnr-exec: warning: config.json: process.capabilities.ambient: 'CAP_CHOWN': not permitted and inheritable, ignoring" \
	"... and the rest is told, set by set"
config c '.process.capabilities = {bounding: ["CAP_CHOWN"]}'

in_container 'grep -E "NoNewPrivs|Groups" /proc/self/status'
like_stdout "*NoNewPrivs:	1*" "no_new_privs is set when asked"
config c '.process.noNewPrivileges = false'
in_container 'grep NoNewPrivs /proc/self/status'
is_stdout "NoNewPrivs:	0" "... and not when not"

if identity root sub; then
	config c 'del(.process.capabilities) | .process.user = {uid: 1000, gid: 100, additionalGids: [5, 6]}'
	in_container id
	is_stdout "uid=1000 gid=100 groups=5,6" "user, group and additional groups"
	in_container 'grep CapEff /proc/self/status'
	is_stdout "CapEff:	0000000000000000" "an ordinary user has no capabilities"
	config c '.process.user = {uid: 1000, gid: 100, additionalGids: [4294967294]}'
	if identity sub; then
		in_container true
		is_status 125 "a group that the namespace does not map cannot be had"
		like_stderr "*additional groups: Invalid argument*hint: *does not map these IDs*" "... with the reason"
	fi
	config c '.process.user = {uid: 0, gid: 0}'
	in_container 'grep Groups: /proc/self/status'
	like_stdout "Groups:*" "groups can be read"
	is "$(echo "$stdout" | tr -d ' \t')" Groups: "the caller's supplementary groups are dropped"
else
	config c '.process.user.additionalGids = [5]'
	in_container true
	is_status 125 "additional groups cannot be had with one ID"
	config c '.process.user = {uid: 1000, gid: 1000} |
		.linux.uidMappings[0].containerID = 1000 | .linux.gidMappings[0].containerID = 1000'
	in_container 'id; touch /tmp/x && stat -c %u:%g /tmp/x'
	is_stdout "uid=1000 gid=1000
1000:1000" "with one ID the caller can be user 1000 inside"
	config c '.process.user = {uid: 7, gid: 7}'
	in_container true
	is_status 125 "another user than the mapped one is an error"
	like_stderr "*hint:*map*" "... that says why"
fi
done_testing
