#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: an escape would be root's in the one, the user's in the other; root runs a sealed copy
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

all='["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_MKNOD", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_FOWNER"]
	| {bounding: ., effective: ., permitted: .}'

# CVE-2019-5736
bundle c
before=$(sha256sum <"$(command -v ctnr-exec)")
config c '.process.args = ["/proc/self/exe", "--version"]'
run ctnr-exec run ./c
if ldd "$(command -v ctnr-exec)" | grep -q =\>; then
	isnt "$status" 0 "our executable finds no libraries inside" || note "$stdout"
else
	is_stdout "$(ctnr-exec --version)" "our executable runs inside as any other would"
fi
config c ".process.capabilities = ($all)"
in_container 'i=0; while [ $i -lt 300 ]; do for p in /proc/[0-9]*; do echo x >>$p/exe; done 2>/dev/null; i=$((i+1)); done; echo ended'
is_stdout ended "a container that writes to every exe link"
is "$(sha256sum <"$(command -v ctnr-exec)")" "$before" "... does not change our executable"
cp "$(command -v ctnr-exec)" own
wanted=ended
if identity root; then
	traced -f -o calls -e trace=execveat,sendfile,open_tree,mount_setattr ctnr-exec --version >version
	like "$(cat calls)" "*open_tree(*OPEN_TREE_CLONE*mount_setattr(*MOUNT_ATTR_RDONLY*execveat(*" \
		"root runs our executable by a read-only mount of its own"
	unlike "$(cat calls)" "*sendfile*" "... and copies nothing"
	in_container 'echo sealed'
	loaded=0
	for segment in $(readelf -lW "$(command -v ctnr-exec)" | awk '$1 == "LOAD" { print $2 "+" $5 }'); do
		segment_end=$((${segment%+*} + ${segment#*+}))
		[ "$segment_end" -le "$loaded" ] || loaded=$segment_end
	done
	traced -f -o calls -e trace=sendfile setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
		ctnr-exec --version >version
	is "$(sed -n 's/.*sendfile(.* = //p' calls)" "$loaded" \
		"where it cannot mount it runs a sealed copy of what is loaded, without debugging information"
	wanted=sealed
fi
run ./own run ./c
is_status 0 "an executable that the caller could write to works as well"
is_stdout "$wanted" "... and runs the container"

# The same as the exploit does it, against an executable that the user inside could write to. A library
# that takes hold of it is loaded only where it was linked dynamically (make STATIC=no).
cp "$CTNR_TEST_BUILD/tests/dynamic/ctnr-exec" own
bundle c
config c ".process.capabilities = ($all) | .process.args = [\"/proc/self/exe\", \"--version\"] |
	.process.env += [\"LD_PRELOAD=/take.so\", \"LD_LIBRARY_PATH=/lib\"]"
inside=$test_lib/../ctnr-exec/inside
if ldd ./own | grep -q libasan; then
	note "a sanitized executable cannot be preloaded into"
elif cc -O1 -static -o c/rootfs/overwrite "$inside/overwrite.c" 2>cc.log &&
	cc -O1 -DLIBRARY -shared -fPIC -o c/rootfs/take.so "$inside/overwrite.c" 2>>cc.log; then
	libraries_of ./own
	before=$(sha256sum <own)
	run ./own run ./c
	like_stdout "refused *" "the executable that a container took hold of cannot be written to" ||
		note "$stderr"
	is "$(sha256sum <own)" "$before" "... and is what it was"
else
	note "$(cat cc.log)"
	fail "the programs of this test can be built"
fi

# CVE-2024-21626
bundle c
i=0
result=
while [ $i -lt 20 ]; do
	config c ".process.cwd = \"/proc/self/fd/$i\""
	in_container 'cat etc/passwd ../../../../etc/shadow; pwd' 5</ 7</etc
	[ "$status" = 125 ] && [ -z "$stdout" ] || result="$result $i:$status:$stdout"
	i=$((i + 1))
done
is "$result" "" "a working directory behind a magic link is refused"
config c '.process.cwd = "/"'
in_container 'ls /proc/self/fd | wc -l; ls /proc/1/fd; :' 5</ 7</etc 9>x
is_stdout "4
0
1
2" "no descriptor of the caller's or ours is left"

# Symlinks for mount targets.
outside=$CTNR_TEST_TMP/outside
mkdir "$outside"
for name in proc sys; do
	bundle c
	rmdir c/rootfs/$name
	ln -s "$outside" c/rootfs/$name
	in_container 'echo ran'
	is_status 125 "a symlink at /$name is refused"
done
for target in dev dev/null dev/console dev/pts tmp etc/hosts; do
	bundle c
	rm -rf "c/rootfs/${target:?}"
	mkdir -p "c/rootfs/$(dirname $target)"
	ln -s "../../../../../../../../$outside/$(basename $target)" c/rootfs/$target
	config c '.mounts += [{destination: "/tmp", type: "tmpfs"},
		{destination: "/etc/hosts", type: "bind", source: "config.json", options: ["bind"]}] |
		if "'$target'" | startswith("dev/") then .mounts |= map(select(.destination != "/dev" and .destination != "/dev/pts")) else . end'
	in_container 'echo x >/dev/null; echo ran'
	is "$(ls -A "$outside")" "" "a symlink at /$target leads nothing out of the root"
	ok "... and the container runs, or is refused" test "$status$stdout" = 0ran -o "$status" = 125
done
bundle c
ln -s /proc c/rootfs/elsewhere
config c '.linux.maskedPaths += ["/elsewhere/version"] | .mounts += [{destination: "/elsewhere/../lib/x", type: "tmpfs"}]'
in_container 'wc -c </proc/version; ls -d /lib/x'
is_stdout "0
/lib/x" "inside, symlinks lead where they lead inside"

in_container 'cat /proc/kcore /proc/keys | wc -c; ls /sys/firmware /proc/acpi 2>/dev/null | grep -v : | grep -c .'
is_stdout "0
0" "masked paths are empty"
in_container 'echo 1 >/proc/sys/kernel/hostname; touch /proc/acpi/x /sys/x /sys/fs/cgroup/x'
isnt "$status" 0 "read-only paths cannot be written to"
like_stderr "*Read-only*" "... for they are read-only"
config c ".process.capabilities = ($all) |
	.linux.resources.devices = [{allow: false, access: \"rwm\"}]"
in_container 'for d in /sys/fs/cgroup /sys/fs/cgroup/*/; do mkdir $d/new && echo made; echo 1 >$d/cgroup.procs && echo moved; done
	mknod /dev/sda b 8 0 && cat /dev/sda; mknod /tmp/sda b 8 0 && cat /tmp/sda
	echo tried'
is_stdout tried "cgroups are read-only, devices cannot be reached" || note "$stderr"

# A neighbour that renames mount targets all the time.
bundle c
script c 'echo x >/dev/null; cat /proc/kcore /proc/keys | wc -c; stat -f -c %T /proc 2>/dev/null; echo 1 >/proc/sys/kernel/domainname || echo safe'
python3 "$test_lib/../ctnr-exec/inside/rename.py" c/rootfs "$outside" 2.5 &
racer=$!
leaks=
ran=0
tried=0
while kill -0 $racer 2>/dev/null; do
	run ctnr-exec run ./c
	tried=$((tried + 1))
	[ -z "$(ls -A "$outside")" ] || leaks="$leaks outside"
	if [ "$status" = 0 ]; then
		ran=$((ran + 1))
		case $stdout in
		"0
"*safe) ;;
		*) leaks="$leaks [$stdout $stderr]" ;;
		esac
	fi
done
wait $racer
note "$ran runs of $tried were not refused"
ok "a container is started again and again" test "$tried" -gt 1
is "$leaks" "" "... and renames meanwhile lead nothing out, and unmask nothing"

bundle c
in_container 'grep -E "CapInh|CapAmb|CapEff" /proc/self/status'
is_stdout "CapInh:	0000000000000000
CapEff:	0000000000000000
CapAmb:	0000000000000000" "no capability that was not asked for"
in_container 'cut -d " " -f 6 </proc/1/stat; cut -d " " -f 7 </proc/1/stat'
is_stdout "1
0" "a session of its own, without a controlling terminal"
in_container 'for p in /proc/[0-9]*; do cut -d " " -f 4 <$p/stat; done; :'
is_stdout "0" "only its own processes"
done_testing
