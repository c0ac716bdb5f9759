#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Profiles that want to do harm: each is one clear error, in bounded time and memory.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
# So many conditions that libseccomp computes for minutes.
config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", syscalls: [range(400) | {names: ["personality"],
	action: "SCMP_ACT_ALLOW", args: [range(6) as $i | {index: $i, value: ((. * 7919 + $i * 104729) % 65521 * 65536),
	op: ["SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT"][(. * 5 + $i) % 6]}]}]}'
ctnr-exec run ./c &
engine=$!
# worker_of: the process ID of the compiler that the engine waits for
worker_of() {
	worker=$(pgrep -P "$engine" -f ctnr-exec-profile)
}
ok "a profile may take long to compile" eventually 10 worker_of
# is_confined: does it have no system call, capability and file but what it takes to compile?
is_confined() {
	grep -q '^NoNewPrivs:.1$' "/proc/$worker/status" && grep -q '^CapPrm:.0*$' "/proc/$worker/status" &&
		{ is_sanitized || grep -q '^Seccomp:.2$' "/proc/$worker/status"; }
}
ok "... by a process that is confined" eventually 10 is_confined
is_sanitized || is "$(sed -n 's/^Max address space *\([0-9]*\) .*/\1/p' "/proc/$worker/limits")" $((512 << 20)) \
	"... with so much memory"
is "$(sed -n 's/^Max file size *\([0-9]*\) .*/\1/p' "/proc/$worker/limits")" $((8 << 20)) "... and so much output"
is "$(find "/proc/$worker/fd" -printf '%f %l\n' | grep -cE '^[02] /dev/null$')" "$(is_sanitized && echo 1 || echo 2)" \
	"... and neither input nor terminal"
kill -KILL "$engine"
wait "$engine"
# is_gone: the compiler computes no more
is_gone() {
	! kill -0 "$worker" 2>/dev/null || grep -q '^State:.*Z' "/proc/$worker/status"
}
ok "... but not for a ctnr-exec that was killed" eventually 10 is_gone

config c '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [{names: [range(8193) | "personality"], action: "SCMP_ACT_ERRNO"}]}'
in_container true
is_status 125 "a profile of more rules than libseccomp can take in some time is refused"
is_stderr "ctnr-exec: error: config.json: linux.seccomp.syscalls[0].names[8192]: the profile has more than 8192 rules" \
	"... and the first that is too much is named"

# What the kernel takes is 4096 instructions (BPF_MAXINSNS). Each value is a test of its own.
many_values() {
	config c ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [range($1) | {names: [\"personality\"],
		action: \"SCMP_ACT_ERRNO\", args: [{index: 0, value: (. * 7 + 1), op: \"SCMP_CMP_EQ\"}]}]}"
}
many_values 4200
in_container true
is_status 125 "a profile whose filter is too long for the kernel is refused"
like_stderr "ctnr-exec: error: config.json: linux.seccomp: the filter has 42* instructions, and the kernel takes 4096" \
	"... and both lengths are named"
many_values 4000
in_container 'echo fine'
is_stdout fine "... but not one of nearly that length"

# refused TITLE PLACE-AND-REASON: bundle c is refused, with one line of its profile
refused() {
	run ctnr-exec run ./c
	is_status 125 "$1 is refused"
	like_stderr "ctnr-exec: error: config.json: linux.seccomp$2" "... and named"
	is "$(wc -l <"$stderr_file")" 1 "... in one line"
}
# profile JQ: the profile of bundle c; text TEXT: the same, byte for byte; the rest of the config goes around it
config c '.linux.seccomp = "HERE"'
jq -c . c/config.json >around.json
profile() {
	jq -nc "def allow: {defaultAction: \"SCMP_ACT_ALLOW\"};
		def rule: {names: [\"personality\"], action: \"SCMP_ACT_ERRNO\"}; $1" | around
}
around() {
	python3 -c 'import sys
before, after = open("around.json").read().split("\"HERE\"")
open("c/config.json", "w").write(before + sys.stdin.read() + after)'
}

profile 'allow + {syscalls: [range(10000) | rule + {args: [{index: 0, value: ., op: "SCMP_CMP_EQ"}]}]}'
refused "a profile of 10,000 rules" ".syscalls?8192?.names?0?: the profile has more than 8192 rules"
printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":%s1%s}' "$(printf '%03000d' 0 | tr 0 '[')" \
	"$(printf '%03000d' 0 | tr 0 ']')" | around
refused "a deep profile" ": line 1, column *: maximum parsing depth reached near '?'"
python3 -c 'print("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[" + "{}," * 1300000 + "{}]}")' | around
refused "a profile of a million empty rules" ".syscalls?0?.action: missing, expected string"
python3 -c 'print("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]" + " " * 4200000 + "}")' | around
refused "a profile of more than 4 MiB" ": larger than 4194304 bytes"
echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[],"syscalls":1}' | around
refused "the last of a member that is there twice, where it is wrong," ".syscalls: *"
printf '{"defaultAction":"SCMP_ACT_ALLOW\\u0000"}' | around
refused "a NUL" ".defaultAction: *"
printf '{"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"\\u0000"}' | around
refused "... and a path with one" ".listenerPath: *"
profile 'allow + {syscalls: [rule + {errnoRet: 4096}]}'
refused "an errno that there is not" ".syscalls?0?.errnoRet: *4096*"
profile 'allow + {syscalls: [rule + {action: "SCMP_ACT_TRACE", errnoRet: 65536}]}'
refused "... or that a tracer cannot get" ".syscalls?0?.errnoRet: *65536*"
for index in -1 6 4294967296 99999999999999999999999; do
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["kcmp"],"action":"SCMP_ACT_ERRNO",
		"args":[{"index":%s,"value":1,"op":"SCMP_CMP_EQ"}]}]}' $index | tr -d '\n\t' | around
	refused "an argument with index $index" ".syscalls?0?.args?0?.index: *"
done
for value in 18446744073709551616 1e30 -1.5 '"1"' '[]'; do
	printf '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["kcmp"],"action":"SCMP_ACT_ERRNO",
		"args":[{"index":0,"value":%s,"op":"SCMP_CMP_EQ"}]}]}' "$value" | tr -d '\n\t' | around
	refused "a value $value" ".syscalls?0?.args?0?.value: *"
done
profile 'allow + {syscalls: [rule + {args: [range(7) | {index: 0, value: ., op: "SCMP_CMP_EQ"}]}]}'
refused "more conditions than a call has arguments" ".syscalls?0?.args: more than 6 conditions"
profile 'allow + {syscalls: [(rule | .errnoRet = (1, 2)) + {args: [{index: 0, value: 1, op: "SCMP_CMP_EQ"}]}]}'
refused "a rule that takes another one back" \
	".syscalls?1?.names?0?: a rule before has the same conditions and another action"
profile 'allow + {architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_S390X"]}'
refused "an architecture of the other byte order" ".architectures?*?: cannot add the architecture: *"
done_testing
