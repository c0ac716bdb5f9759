#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The features document: that it has the form of the specification, and that each word in it is one that a
# config may have.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

run env -i "$CTNR_TEST_BUILD/bin/ctnr-exec" features
is_status 0 "features needs neither HOME nor a run directory"
is_stderr "" "... and has nothing to say"
cp "$stdout_file" features
is "$(wc -l <features)" 1 "it is an object on a line"
ask() {
	jq -r "$1" features
}

# shape FILE: the paths of a document with the types that stand there, whatever the length of arrays.
shape() {
	jq -r 'del(.annotations) | [paths(type != "object") as $p | ($p | map(if type == "number" then "[]" else . end)
		| join(".")) + " " + (getpath($p) | type)] | unique[]' "$1"
}
is "$(ask 'keys | join(" ")')" \
	"annotations hooks linux mountOptions ociVersionMax ociVersionMin potentiallyUnsafeConfigAnnotations" \
	"it has all members of the specification 1.2"
is "$(ask '.linux | keys | join(" ")')" \
	"apparmor capabilities cgroup intelRdt mountExtensions namespaces seccomp selinux" "... for Linux too"
is "$(ask '[.linux.apparmor, .linux.selinux, .linux.intelRdt, .linux.mountExtensions.idmap
	| .enabled | type] | unique | join(" ")')" boolean "... what is enabled is told"
is "$(ask '.linux.seccomp | keys | join(" ")')" \
	"actions archs enabled knownFlags operators supportedFlags" "... and all of seccomp"
is "$(ask .linux.mountExtensions.idmap.enabled)" true "maps of mounts may be asked for"
is "$(ask '.annotations | map(type) | unique | join(" ")')" string "annotations are strings"
if has PEER:runc "where runc has a member, it is of the same type"; then
	runc features | jq . >theirs
	shape theirs | grep -v '^hooks\.' >wanted
	is "$(shape features | cat - wanted | sort | uniq -d | cat - wanted | sort | uniq -u)" "" \
		"where runc has a member, it is of the same type"
fi
schema=/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema/features-schema.json
if [ -e $schema ]; then
	ok "it is valid against the installed schema" python3 -c "import json, jsonschema, pathlib, sys
path = pathlib.Path(sys.argv[1])
jsonschema.Draft4Validator(json.loads(path.read_text()),
	resolver=jsonschema.RefResolver(path.as_uri(), None)).validate(json.load(open('features')))" $schema
fi

# What is listed may be asked for.
bundle c
for version in "$(ask .ociVersionMin)" "$(ask .ociVersionMax)"; do
	config c ".ociVersion = \"$version\""
	run ctnr-exec run ./c
	is_status 0 "a config may be of version $version"
done
is "$(ask '[.ociVersionMin, .ociVersionMax] | map(split(".") | map(tonumber)) | .[0] <= .[1]')" true \
	"the greatest version is not the smaller one"
cp c/config.json plain.json
# The config is read whole, ahead of everything.
config=$(jq --slurpfile f features '.mounts += ($f[0].mountOptions
	| map({destination: "/tmp/\(.)", type: "tmpfs", source: "/proc", options: [.]}))' plain.json)
printf '%s\n' "$config" >c/config.json
run ctnr-exec run ./c
unlike_stderr "*not supported*" "every mount option may be asked for"
ok "... and they are many" test "$(ask '.mountOptions | length')" -gt 40
is "$(ask '.mountOptions - (.mountOptions | unique) | length')" 0 "... and stands there once"
is "$(ask '.mountOptions | map(select(IN("acl", "noacl", "size", "mode", "uid", "gid", "lowerdir"))) | length')" 0 \
	"no option of a filesystem is listed"
for option in idmap tmpcopyup remount; do
	jq ".mounts += [{destination: \"/tmp\", type: \"tmpfs\", options: [\"$option\"]}]" plain.json >c/config.json
	run ctnr-exec run ./c
	case $stderr in
	*"'$option' is not supported"*) wanted=false ;;
	*) wanted=true ;;
	esac
	is "$(ask ".mountOptions | any(. == \"$option\")")" "$wanted" "$option is listed where it may be"
done

is "$(ask '.linux.namespaces[]' | sed 's/^mount$/mnt/; s/^network$/net/' | while read -r name; do
	[ -e "/proc/self/ns/$name" ] || echo "$name"
done)" "" "the kernel has the namespaces"
config=$(jq --slurpfile f features '.linux.namespaces = ($f[0].linux.namespaces | map({type: .}))' plain.json)
printf '%s\n' "$config" >c/config.json
run ctnr-exec run ./c
is "$status$stderr" 0 "every namespace may be asked for"
ok "... and they are several" test "$(ask '.linux.namespaces | length')" -gt 6
config=$(jq --slurpfile f features '.process.capabilities = {bounding: $f[0].linux.capabilities,
	effective: $f[0].linux.capabilities, permitted: $f[0].linux.capabilities}' plain.json)
printf '%s\n' "$config" >c/config.json
run ctnr-exec run ./c
unlike_stderr "*the kernel does not know*" "the kernel knows the capabilities"
is "$(ask '.linux.capabilities | length')" "$(($(cat /proc/sys/kernel/cap_last_cap) + 1))" "... and no other"

# profile FILTER: run with a seccomp profile that is made of what is listed.
profile() {
	config=$(jq --slurpfile f features ".linux.seccomp = (\$f[0].linux.seccomp | $1)" plain.json)
	printf '%s\n' "$config" >c/config.json
	run ctnr-exec run ./c
}
profile '{defaultAction: "SCMP_ACT_ALLOW", architectures: (.archs - ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]
	| map(select(test("X86|AARCH64|ARM$"))))}'
is_status 0 "architectures may be asked for"
for arch in $(ask '.linux.seccomp.archs[]'); do
	jq ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", architectures: [\"$arch\"]}" plain.json >c/config.json
	ctnr-exec run ./c 2>said
	! grep -q 'unknown' said || fail "$arch may be asked for" "$(cat said)"
done
profile '{defaultAction: "SCMP_ACT_ALLOW", flags: (.supportedFlags - ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])}'
is_status 0 "flags may be asked for"
profile '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [.actions - ["SCMP_ACT_NOTIFY"] | to_entries[]
	| {names: ["getpriority"], action: .value, args: [{index: 0, value: .key, op: "SCMP_CMP_EQ"}]}]}'
is_status 0 "actions may be asked for"
profile '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [.operators | to_entries[]
	| {names: ["getpriority"], action: "SCMP_ACT_ERRNO", args: [{index: 0, value: 9, valueTwo: 9, op: .value}]}]}'
is_status 0 "operators may be asked for"
is "$(ask '.linux.seccomp.actions | length > 5')$(ask '.linux.seccomp.operators | length == 7')" truetrue \
	"... and none is missing"

# hooks.
for hook in prestart createRuntime createContainer startContainer poststart poststop; do
	jq ".hooks.$hook = [{path: \"/bin/true\"}]" plain.json >c/config.json
	run ctnr-exec run ./c
	case $stderr in
	*"hooks.$hook: this is not supported"*) wanted=false ;;
	*) wanted=true ;;
	esac
	is "$(ask ".hooks | any(. == \"$hook\")")" "$wanted" "$hook is listed where it may be asked for"
done

run ctnr-exec features word
is_status 1 "a wrong command line of features is 1"
run ctnr-exec --log log --log-format json features --nosuch
is "$status $(jq -r .level log)" "1 error" "... and in the log"
done_testing
