#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: only root can run a config without a user namespace
# What spec writes: a config.json that every runtime runs.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

mkdir here && cd here || exit
run ctnr-exec spec
is_status 0 "spec writes a config"
is "$stdout$stderr" "" "... with no word"
is "$(jq -r '.root.path + " " + .process.args[0]' config.json)" "rootfs sh" "... in the working directory"
cp config.json before
run ctnr-exec spec
is_status 1 "a config that is there stays"
is_stderr "ctnr-exec: error: cannot create 'config.json': File exists
ctnr-exec: hint: remove it first" "... which is told"
is_file config.json before "... as it is"
cd .. || exit
mkdir there
run ctnr-exec spec -b there --rootless
is_status 0 "--bundle names another directory"
is "$(jq -c '.linux.uidMappings' there/config.json)" \
	"[{\"containerID\":0,\"hostID\":$(id -u),\"size\":1}]" "--rootless maps the caller"
is "$(jq -c '[.linux.namespaces[].type] | contains(["user"])' there/config.json here/config.json | paste -sd ' ')" \
	"true false" "... into a user namespace, which is not there without"
ln -s nowhere here/link && mkdir linked && ln -s ../here/link linked/config.json
run ctnr-exec spec --bundle=linked
is_status 1 "a link in the place of the config is one that is there"
run ctnr-exec spec -b nosuch
is_status 1 "a bundle that is not there is an error"
run ctnr-exec spec word
is_status 1 "there are no operands"

# The defaults are those of every other container of ours.
ctnr-spec --image-config - -- true <<END >other 2>/dev/null
{"os":"linux","rootfs":{"type":"layers","diff_ids":[]}}
END
is "$(jq -cS '.linux | [.maskedPaths, .readonlyPaths]' here/config.json)" \
	"$(jq -cS '.linux | [.maskedPaths, .readonlyPaths]' other)" "the masked paths are those of ctnr-spec"

# Run them. A terminal, and what the script needs, are changed in a copy alone.
run_with() {
	case $1 in
	ours) run ctnr-exec run "./$2" ;;
	*)
		run unshare -m --propagation private sh -c '
			! mountpoint -q /sys/fs/cgroup/unified || umount -l /sys/fs/cgroup/unified
			[ $1 = runc ] || manager=--cgroup-manager=disabled
			exec "$1" --root "$2/peer" ${manager-} run --bundle "$3" "$4"' \
			sh "$1" "$PWD" "$2" "spec-$$"
		;;
	esac
}
make_root there/rootfs
make_root here/rootfs
for kind in here there; do
	config "$kind" '.process.terminal = false | .process.args = ["/bin/sh", "-c",
		"hostname; touch /x 2>/dev/null || echo read-only; id -u; (echo x >/proc/sys/kernel/hostname) 2>/dev/null || echo closed"]'
	identity root || [ $kind = there ] || continue
	for who in ours crun runc; do
		[ $who = ours ] || { identity root && has "PEER:$who" "$kind: $who runs it"; } || continue
		run_with $who $kind
		is "$status $stdout" "0 ctnr
read-only
0
closed" "$kind: $who runs it" || note "$stderr"
		[ $who != ours ] || is_stderr "" "... with no word"
	done
done
if identity sub; then
	run ctnr-exec run ./here
	is_status 125 "a user needs --rootless"
fi
done_testing
