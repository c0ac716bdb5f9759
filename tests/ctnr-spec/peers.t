#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: the peers have a way of their own for each
# runc and crun, which know nothing of us, run the bundles.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

record=$(copy_bundle peer)
mkdir src
echo text >src/file

# crun 1.8 wants no hybrid cgroup hierarchy: it gets a mount namespace without that.
in_peer() {
	case $1 in
	runc) runc "--root=$CTNR_TEST_TMP/runc" run "c$$" ;;
	crun)
		if [ "$(id -u)" = 0 ]; then
			unshare -m sh -c 'umount -l /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' - \
				crun "--root=$CTNR_TEST_TMP/crun" run "c$$"
		else
			crun "--root=$CTNR_TEST_TMP/crun" --cgroup-manager=disabled run "c$$"
		fi
		;;
	esac
}

# try TITLE WANTED ARG...: both runtimes print WANTED
try() {
	try_title=$1
	try_wanted=$2
	shift 2
	ctnr-spec "$record" "$@" >/dev/null || {
		fail "$try_title"
		return
	}
	for peer in $peers; do
		is "$(cd peer && in_peer "$peer" 2>&1)" "$try_wanted" "$peer: $try_title"
	done
}

peers=
for peer in runc crun; do
	has "PEER:$peer" "$peer runs the bundle" || continue
	# What is in crun's way can only be taken away by root, who tries it as the others below.
	identity root || [ $peer != crun ] || [ ! -d /sys/fs/cgroup/unified ] || continue
	peers="$peers $peer"
done

try "the default user is root" "0 0" -- sh -c 'echo $(id -u) $(id -g)'
try "the hostname" box --hostname box -- hostname
try "the environment" "1 /root" -e A=1 -- sh -c 'echo $A $HOME'
try "the working directory is made" /made/here -w /made/here -- pwd
try "--read-only" "no yes" --read-only --tmpfs /t -- \
	sh -c 'echo $(touch /x 2>/dev/null || echo no) $(touch /t/x && echo yes)'
try "a bind, read-only" "text no" -v ./src:/src:ro -- \
	sh -c 'echo $(cat /src/file) $(touch /src/x 2>/dev/null || echo no)'
try "a tmpfs with a size" 1024 --tmpfs /t:size=1m -- \
	sh -c 'df -k /t | tail -1 | { read -r a b c; echo $b; }'
try "an anonymous volume" yes -v /vol --read-only -- sh -c 'touch /vol/x && echo yes'
try "no network" lo --network none -- sh -c 'cd /sys/class/net && echo *'
try "the default profile denies mounts" denied -- \
	sh -c 'mount -t tmpfs x /tmp 2>/dev/null || echo denied'
try "... and namespaces" denied -- sh -c 'unshare -U true 2>/dev/null || echo denied'
try "capabilities" 0000000000000401 --cap-drop ALL --cap-add CHOWN --cap-add NET_BIND_SERVICE -- \
	sh -c 'while read -r a b; do [ $a != CapEff: ] || echo $b; done </proc/self/status'
try "no new privileges" 1 --security-opt no-new-privileges -- \
	sh -c 'while read -r a b; do [ $a != NoNewPrivs: ] || echo $b; done </proc/self/status'
try "privileged" 0 --privileged -- \
	sh -c 'while read -r a b; do [ $a != Seccomp: ] || echo $b; done </proc/self/status'
if identity root sub; then
	try "a user of the image" "1000 1000 /home/user" -u user:user -- \
		sh -c 'echo $(id -u) $(id -g) $HOME'
fi
if identity root; then
	try "the groups of a user" "1000 100" -u user -- id -G
fi

# crun as the other users, where only root can make it work.
if identity root && [ -d /sys/fs/cgroup/unified ] && has PEER:crun "crun without privilege"; then
	for user in ctnr-sub ctnr-one; do
		getent passwd $user >/dev/null || continue
		dir=$CTNR_TEST_TMP/$user
		mkdir -p "$dir/run"
		cp -a peer/rootfs "$dir/rootfs"
		chown -Rh "$user:" "$dir" && chmod 700 "$dir/run"
		as="setpriv --reuid=$user --regid=$user --clear-groups env HOME=$dir XDG_RUNTIME_DIR=$dir/run"
		$as ctnr-spec "$dir" --read-only -w / -- \
			sh -c 'echo $(id -u) $(touch /x 2>/dev/null || echo no)' >/dev/null
		is "$(cd "$dir" && unshare -m sh -c "umount -l /sys/fs/cgroup/unified
			exec $as crun --cgroup-manager=disabled run c$$" 2>&1)" "0 no" \
			"crun: a read-only container of $user"
	done
fi
done_testing
