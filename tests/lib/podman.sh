# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# podman as a peer, rootless or not. Source it behind test.sh, before anything is run: . "$test_lib/podman.sh"
# (With ctnr-exec as its runtime: tests/engines/engine.sh.)
#
# The runtime directory is one with a short name: podman's command after a container's end refuses a longer one than
# 50 characters, and then podman waits 20 seconds for it. The process that rootless podman keeps for its namespaces
# ends with the test.

XDG_RUNTIME_DIR=$(mktemp -d /tmp/ctnr-podman.XXXXXX) || exit 1

podman_end() {
	if read -r podman_pause <"$XDG_RUNTIME_DIR/libpod/tmp/pause.pid" || [ -n "${podman_pause-}" ]; then
		kill "$podman_pause"
	fi 2>/dev/null
	delete_tree "$XDG_RUNTIME_DIR"
}
at_end podman_end
