# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Bundles for the tests of ctnr-exec, made without any other tool of ours. Source it behind test.sh.
#
# bundle NAME [overlay]      a bundle of busybox in $CTNR_TEST_TMP/NAME for this identity, with a
#                            config.json as simple as it can be; as an overlay of one layer
# config NAME FILTER         change its config.json by jq
# marker NAME                bind $CTNR_TEST_TMP/NAME.marker into it, for mounts_of
# bind SOURCE DESTINATION    bind $CTNR_TEST_TMP/SOURCE into bundle c
# linked LINK TARGET         make bundle c with that link in its root
# script NAME TEXT           its process is sh -c TEXT
# in_container TEXT          run ctnr-exec on bundle c with that script
# written_config NAME        its config.json for document.tsv: on one line, with a process that says its
#                            environment and working directory
# said_by STATUS             what that process said in the last run, on one line; "refuses" when STATUS is
#                            not 0
# start_box TEXT             run bundle c with that script in the background, as container "box", until it has
#                            said something; its output is in box.out, $box is the process to kill and wait for
# end_box                    kill that, and wait until nothing is left of it
# libraries_of PROGRAM       copy the libraries that a dynamic program loads into bundle c, where they are and to /lib

applets='sh true false cat ls id sleep echo env kill mount umount stat touch ps hostname stty
	readlink ln grep od head wc mkdir rm test dd tty trap mknod chmod cp sed cut tr mkfifo chown'

make_root() {
	mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/dev" "$1/proc" "$1/sys"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for applet in $applets; do
		ln -sf busybox "$1/bin/$applet"
	done
	echo root:x:0:0::/:/bin/sh >"$1/etc/passwd"
}

# The maps of this identity: the caller is 0, subordinate IDs follow.
maps() {
	case $CTNR_TEST_IDENTITY in
	root) echo null ;;
	one) echo "[{containerID:0, hostID:$1, size:1}]" ;;
	sub)
		range=$(grep "^$(id -un):" "$2" | head -n 1)
		range=${range#*:}
		echo "[{containerID:0, hostID:$1, size:1},
			{containerID:1, hostID:${range%:*}, size:${range#*:}}]"
		;;
	esac
}

bundle() {
	rm -rf "${CTNR_TEST_TMP:?}/$1" "${CTNR_TEST_TMP:?}/$1.layer"
	if [ "${2-}" = overlay ]; then
		mkdir -p "$CTNR_TEST_TMP/$1/rootfs" "$CTNR_TEST_TMP/$1/lower" \
			"$CTNR_TEST_TMP/$1/upper" "$CTNR_TEST_TMP/$1/work"
		make_root "$CTNR_TEST_TMP/$1.layer"
		ln -s "$CTNR_TEST_TMP/$1.layer" "$CTNR_TEST_TMP/$1/lower/0"
	else
		make_root "$CTNR_TEST_TMP/$1/rootfs"
	fi
	chmod 700 "$CTNR_TEST_TMP/$1"
	jq -n "{ociVersion: \"1.0.2\",
		process: {args: [\"true\"], cwd: \"/\", env: [\"PATH=/bin\"],
			user: {uid: 0, gid: 0}, noNewPrivileges: true},
		root: {path: \"rootfs\"}, hostname: \"box\",
		mounts: [{destination: \"/proc\", type: \"proc\", source: \"proc\"},
			{destination: \"/dev\", type: \"tmpfs\", source: \"tmpfs\",
				options: [\"nosuid\", \"mode=755\"]},
			{destination: \"/dev/pts\", type: \"devpts\", source: \"devpts\",
				options: [\"nosuid\", \"noexec\", \"newinstance\", \"ptmxmode=0666\"]},
			{destination: \"/sys\", type: \"sysfs\", source: \"sysfs\",
				options: [\"nosuid\", \"noexec\", \"nodev\", \"ro\"]},
			{destination: \"/sys/fs/cgroup\", type: \"cgroup\", source: \"cgroup\",
				options: [\"nosuid\", \"noexec\", \"nodev\", \"ro\"]}],
		linux: {uidMappings: $(maps "$(id -u)" /etc/subuid),
			gidMappings: $(maps "$(id -g)" /etc/subgid),
			namespaces: [\"pid\", \"mount\", \"uts\", \"ipc\", \"cgroup\"$(
				identity root || echo ', "user"'
			)] | map({type: .}),
			maskedPaths: [\"/proc/kcore\", \"/proc/keys\", \"/proc/acpi\", \"/sys/firmware\"],
			readonlyPaths: [\"/proc/sys\", \"/proc/bus\"]}}" >"$CTNR_TEST_TMP/$1/config.json"
}

config() {
	jq "$2" "$CTNR_TEST_TMP/$1/config.json" >"$CTNR_TEST_TMP/$1/config.new" &&
		mv "$CTNR_TEST_TMP/$1/config.new" "$CTNR_TEST_TMP/$1/config.json"
}

marker() {
	: >"$CTNR_TEST_TMP/$1.marker"
	config "$1" ".mounts += [{destination: \"/marker\", type: \"bind\", options: [\"bind\"],
		source: \"$CTNR_TEST_TMP/$1.marker\"}]"
}

bind() {
	bind_mount=$(jq -cn --arg source "$CTNR_TEST_TMP/$1" --arg destination "$2" \
		'{$source, $destination, type: "bind", options: ["bind"]}')
	config c ".mounts += [$bind_mount]"
}

linked() {
	bundle c
	mkdir -p "c/rootfs$(dirname "$1")"
	ln -s "$2" "c/rootfs$1"
}

script() {
	text=$2 jq '.process.args = ["sh", "-c", env.text]' "$CTNR_TEST_TMP/$1/config.json" \
		>"$CTNR_TEST_TMP/$1/config.new" &&
		mv "$CTNR_TEST_TMP/$1/config.new" "$CTNR_TEST_TMP/$1/config.json"
}

in_container() {
	script c "$1"
	run ctnr-exec run ./c
}

written_config() {
	config "$1" '.process.env = ["A=1", "PATH=/bin"] |
		.process.args = ["sh", "-c", "tr \"\\000\" \"\\n\" </proc/1/environ; echo pwd=$(pwd)"]'
	jq -c . "$CTNR_TEST_TMP/$1/config.json" >"$CTNR_TEST_TMP/$1/config.new" &&
		mv "$CTNR_TEST_TMP/$1/config.new" "$CTNR_TEST_TMP/$1/config.json"
}

# HOME is a runtime's own to set.
said_by() {
	if [ "$1" = 0 ]; then
		grep -v '^HOME=' "$stdout_file" | paste -s -d ' '
	else
		echo refuses
	fi
}

start_box() {
	script c "$1"
	: >box.out
	ctnr-exec run --bundle ./c box >box.out 2>&1 &
	box=$!
	at_end "kill -9 $box 2>/dev/null; :"
	eventually 10 test -s box.out || note "$(cat box.out)"
}

end_box() {
	kill -9 "$box"
	wait "$box" 2>/dev/null
	eventually 10 sh -c 'ctnr-exec exec box true 2>&1 | grep -q "does not exist"'
}

libraries_of() {
	mkdir -p "$CTNR_TEST_TMP/c/rootfs/lib"
	for library in $(ldd "$1" | grep -o '/[^ ]*'); do
		mkdir -p "$CTNR_TEST_TMP/c/rootfs/$(dirname "$library")"
		cp -L "$library" "$CTNR_TEST_TMP/c/rootfs/$library"
		cp -L "$library" "$CTNR_TEST_TMP/c/rootfs/lib/"
	done
}
