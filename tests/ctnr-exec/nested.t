#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: root has no user namespace around it; with one ID a container has one too
# shellcheck disable=SC2016 # the scripts are the containers'
#
# Containers in containers, in chroots, and where procfs and sysfs may not be mounted.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

applets="$applets mkdir awk umount chroot"
all="$(echo 'CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP
	CAP_SYS_CHROOT CAP_SYS_ADMIN CAP_MKNOD CAP_NET_ADMIN CAP_SETFCAP' | jq -cR 'split(" ") | map(ltrimstr("\t"))' | jq -cs \
	'add | map(select(. != "")) | {bounding: ., effective: ., permitted: .}')"

# system DIR: a root in which ctnr-exec runs, with bundle /c in it.
system() {
	make_root "$1"
	cp "$(command -v ctnr-exec)" "$1/bin"
	for library in $(ldd "$1/bin/ctnr-exec" 2>/dev/null | grep -o '/[^ ]*'); do
		mkdir -p "$1$(dirname "$library")" && cp -L "$library" "$1$library"
	done
	mkdir -m 700 "$1/run"
}

# within DIR COMMAND: in a mount namespace whose /proc, /sys and /dev are in DIR too.
within() {
	in_namespace sh -c 'for dir in proc sys dev; do mount --rbind /$dir "$1/$dir" || exit 1; done
		export XDG_RUNTIME_DIR=/run CTNR_RUN_DIR=/run HOME=/; eval "$2"' sh "$1" "$2"
}

plain() {
	bundle c
	config c 'del(.linux.uidMappings, .linux.gidMappings) | .linux.namespaces |= map(select(.type != "user"))'
}

# A chroot of a directory that is no mount.
system jail
plain
script c 'id -u; ls /; ls -d /jail 2>&1; stat -f -c %T /proc; awk "\$5 == \"/\"" /proc/self/mountinfo | wc -l
	grep -c . /proc/self/mountinfo >/dev/null && echo mounted; touch /written'
rm -rf jail/c && cp -a c jail
shown="0
bin
dev
etc
proc
sys
tmp
ls: /jail: No such file or directory
proc
1
mounted"
for option in "" --no-pivot; do
	run within jail "chroot jail ctnr-exec run $option /c"
	is_status 0 "a container starts in a chroot${option:+, with $option}"
	is_stdout "$shown" "... and sees nothing of what is around"
	is_stderr "" "... with nothing to be told"
	ok "... and has the files of its bundle" rm jail/c/rootfs/written
done
# A container that may call chroot(2) itself is in its root by pivot_root alone; without, of the host's
# procfs and sysfs nothing is in sight at least.
cc -O1 -D_GNU_SOURCE -static -o climb "$test_lib/../ctnr-exec/inside/climb.c"
plain
cp climb c/rootfs/bin
config c '.process.args = ["climb"] | .process.capabilities = (["CAP_SYS_CHROOT"] | {bounding: ., effective: ., permitted: .})'
rm -rf jail/c && cp -a c jail
run within jail "chroot jail ctnr-exec run /c"
is_stdout "inside
2" "a container in a chroot cannot climb out of its root"
run within jail "chroot jail ctnr-exec run --no-pivot /c"
is_stdout "outside
0" "... and with --no-pivot finds no procfs and no sysfs there"
run in_namespace ctnr-exec run --no-pivot ./c
is_stdout "inside
2" "... where the host's root is a mount it finds its own"
plain
config c '.mounts += [{destination: "/b", type: "bind", source: "/etc", options: ["bind", "ro"]},
	{destination: "/rel", type: "bind", source: "rel", options: ["bind"]}]'
mkdir c/rel && echo relative >c/rel/file
echo jail >jail/etc/where
script c 'cat /b/where /rel/file'
rm -rf jail/c && cp -a c jail
run within jail "chroot jail ctnr-exec run /c"
is_stdout "jail
relative" "sources of bind mounts are those of the chroot"
bundle c
identity root && config c '.linux.namespaces += [{type: "user"}] | .linux.uidMappings =
	[{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings'
identity root || config c '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] | .linux.gidMappings = .linux.uidMappings'
rm -rf jail/c && cp -a c jail
run within jail "chroot jail ctnr-exec run /c"
is_status 125 "a chroot allows no new user namespace"
like_stderr "ctnr-exec: error: cannot make *namespace*: Operation not permitted
ctnr-exec: hint: *chroot*" "... and the error names the chroot"

# nest SECOND THIRD MASKS: bundle c, a container in a container in a container, whose process is $inner. The
# second and the third have a user namespace of their own, or none, or there is no third (no); those around
# mask nothing, or what runtimes mask.
nest() {
	rm -rf next
	nest_depth=3
	[ "$2" != no ] || nest_depth=2
	for depth in 3 2 1; do
		[ $depth -le $nest_depth ] || continue
		bundle c
		case $depth$1$2 in
		2own* | 3*own) config c '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] |
			.linux.gidMappings = .linux.uidMappings |
			.linux.namespaces |= map(select(.type != "user")) + [{type: "user"}]' ;;
		2* | 3*) config c 'del(.linux.uidMappings, .linux.gidMappings) |
			.linux.namespaces |= map(select(.type != "user"))' ;;
		esac
		if [ $depth -lt $nest_depth ]; then
			rm -r c/rootfs && system c/rootfs && mv next c/rootfs/c
			config c ".process.capabilities = $all | .process.env += [\"HOME=/\", \"CTNR_RUN_DIR=/run\"] |
				.process.args = [\"ctnr-exec\", \"run\", \"/c\"]"
			[ "$3" = masked ] || config c 'del(.linux.maskedPaths, .linux.readonlyPaths)'
		else
			script c "$inner"
		fi
		[ $depth = 1 ] || mv c next
	done
}

inner='id -u; wc -c </proc/keys; echo 1 >/proc/sys/kernel/hostname; touch /sys/x
	stat -f -c %T /proc /dev; echo x >/dev/null && echo deep'
shown="0
0
proc
tmpfs
deep"
while read -r second third masks title; do
	nest "$second" "$third" "$masks"
	run ctnr-exec run ./c
	is_status 0 "three containers in each other: $title" || note "$stderr"
	is_stdout "$shown" "... of which the inmost has what it asks for"
	like_stderr "*/proc/sys/kernel/hostname: Read-only*/sys/x: *" "... and nothing to write to"
	unlike_stderr "*bound*" "... and a procfs of its own"
done <<'END'
own own unmasked with a user namespace each
none none unmasked with one for all
none none masked what is masked in their own user namespace hinders none
END
nest own no masked
run ctnr-exec run ./c
is_status 0 "where procfs is covered in part, the present one is bound"
is_stdout "$shown" "... with what covers it"
like_stderr "ctnr-exec: warning: mount '/proc': the kernel allows no new procfs here, the present one with the processes around is bound*Read-only*" \
	"... which is told"
nest own own masked
run ctnr-exec run ./c
is_status 125 "... from within which no maps of another can be written"
like_stderr "*linux.gidMappings: *hint: /proc is that of another pid namespace*" "... and the error says so"
config c '.process.capabilities |= map_values(map(select(. != "CAP_SETFCAP")))'
run ctnr-exec run ./c
is_status 125 "root of a container cannot be root of another without CAP_SETFCAP"
like_stderr "*linux.uidMappings: the kernel refuses this map: *hint: mapping root takes CAP_SETFCAP*" "... and the error says so"
nest own none masked
run ctnr-exec run ./c
is_status 125 "no procfs is bound in a container without a user namespace of its own"
like_stderr "*mount '/proc': cannot mount proc: *Operation not permitted*hint: *covered in part*" "... and the error says why"
done_testing
