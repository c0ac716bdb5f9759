# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# podman and buildah for tests, with ctnr-exec as their runtime. Source it behind test.sh, before anything
# else: as root the test goes on in mount and network namespaces of its own, where podman's places
# (/run, /dev/shm, /etc/containers, /var/lib/containers) are empty file systems in memory.
#
# engine_image      the image of busybox_layout, as podman and buildah take it
# podman, buildah   the programs, for 30 seconds at most
# on_terminal PROGRAM ARGUMENT...    the same on a terminal, with terminal.py's script on stdin
# is_ours           is it ctnr-exec that is asked, and no peer?
#
# The runtime is told to podman as scripts/share/containers.conf.d/ctnr.conf says, which lies where a user
# would put it. CTNR_ENGINE_RUNTIME=crun asks the same of crun; then the assertions are its answers
# (tests/engines/ask-peers), and what is of ctnr-exec alone stands behind is_ours.

. "$test_lib/image.sh"

engine_runtime=${CTNR_ENGINE_RUNTIME:-ctnr-exec}

is_ours() { [ "$engine_runtime" = ctnr-exec ]; }

# engine_enter FILE: as root, run this file again in namespaces of its own.
engine_enter() {
	if ! identity root || [ -n "${ENGINE_INSIDE-}" ]; then
		return
	fi
	export ENGINE_INSIDE=1
	# crun 1.8 wants no hybrid hierarchy of control groups.
	# shellcheck disable=SC2016 # the words are the inner shell's
	unshare --mount --net --propagation private sh -c '
		umount -l /sys/fs/cgroup/unified 2>/dev/null
		ip link set lo up &&
		mount -t tmpfs tmpfs /run && mkdir /run/lock && mount -t tmpfs tmpfs /dev/shm &&
		cp -r /etc/containers "$1" && mount --bind "$1" /etc/containers &&
		shift && exec sh "$@"' sh "$CTNR_TEST_TMP/etc" "$1"
	exit
}

engine_write_configs() {
	if identity root; then
		engine_places=/etc/containers
		mkdir storage && chmod 711 storage
	else
		engine_places=$HOME/.config/containers
	fi
	mkdir -p "$engine_places/containers.conf.d" engine.tmp
	sed "s|@BINDIR@|$(dirname "$(command -v ctnr-exec)")|" \
		"$test_lib/../../scripts/share/containers.conf.d/ctnr.conf" \
		>"$engine_places/containers.conf.d/ctnr.conf"
	# Root may lack CAP_SYS_RESOURCE here, and podman asks for more than it has. systemd's journal
	# and its control groups are not at hand.
	cat >"$engine_places/containers.conf.d/tests.conf" <<-END
		[containers]
		cgroups = "disabled"
		default_ulimits = ["nofile=10000:10000", "nproc=10000:10000"]
		log_driver = "k8s-file"
		netns = "host"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
		init_path = "/usr/bin/catatonit"
		lock_type = "file"
	END
	# podman's command after a container's end refuses a runroot of more than 50 characters.
	XDG_RUNTIME_DIR=$(mktemp -d /tmp/ctnr-engine.XXXXXX)
	cat >storage.conf <<-END
		[storage]
		driver = "overlay"
		runroot = "$XDG_RUNTIME_DIR/containers"
		graphroot = "$CTNR_TEST_TMP/storage"
	END
	export CONTAINERS_STORAGE_CONF="$CTNR_TEST_TMP/storage.conf" TMPDIR="$CTNR_TEST_TMP/engine.tmp"
	BUILDAH_RUNTIME=$(command -v "$engine_runtime")
	export BUILDAH_RUNTIME
}

# shellcheck disable=SC2032,SC2033 # the program is meant
podman() { timeout 30 podman --runtime "$engine_runtime" "$@"; }
buildah() { timeout 30 buildah "$@"; }

on_terminal() {
	case $1 in
	podman) shift && set -- podman --runtime "$engine_runtime" "$@" ;;
	esac
	"$test_lib/terminal.py" --size 33x77 "$@"
}

# What is left of containers ends with the test, also where it failed; then rootless podman's own process,
# which keeps its namespaces. The storage has files of all mapped IDs, and mounts.
engine_end() {
	podman rm --all --force --time 0 >/dev/null 2>&1
	command buildah rm --all >/dev/null 2>&1
	identity root || podman unshare umount "$CTNR_TEST_TMP/storage/overlay" >/dev/null 2>&1
	if read -r engine_pause <"$XDG_RUNTIME_DIR/libpod/tmp/pause.pid" || [ -n "${engine_pause-}" ]; then
		kill "$engine_pause"
	fi 2>/dev/null
	delete_tree "$XDG_RUNTIME_DIR"
}

engine_enter "$test_lib/../$test_name.t"
engine_write_configs
engine_image=oci:$(busybox_layout):latest
at_end engine_end
