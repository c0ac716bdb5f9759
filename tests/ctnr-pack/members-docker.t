#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: dockerd is root's alone
#
# dockerd reads all gzip members of a layer. It runs in mount and network namespaces of its own, with its places in
# memory, and pulls from a registry that is there too.
. "$(dirname "$0")/../lib/test.sh"
needs ROOT PEER:dockerd PEER:docker PEER:docker-registry PEER:skopeo
if [ -z "${INSIDE-}" ]; then
	export INSIDE=1
	# Old programs of control groups want no hybrid hierarchy.
	exec unshare --mount --net --pid --fork --mount-proc --propagation private sh -c '
		umount -l /sys/fs/cgroup/unified 2>/dev/null
		ip link set lo up && mount -t tmpfs tmpfs /run && exec sh "$1"' sh "$0"
fi
. "$test_lib/registry.sh"
compress=$CTNR_TEST_BUILD/tests/lib/compress

seq 700000 >numbers
echo "file numbers from=$CTNR_TEST_TMP/numbers" | "$test_lib/make-tar.py" layer.tar
"$test_lib/make-layout.py" --compressor "$compress" --docker --config '{"config": {"Cmd": ["x"]}}' image layer.tar >/dev/null
ok "the layer is several members" test "$(stat -c %s layer.tar)" -gt 4000000
registry_start
registry_push image numbers:1

mkdir docker && mount -t tmpfs tmpfs docker
dockerd --data-root "$CTNR_TEST_TMP/docker/data" --exec-root /run/docker --pidfile /run/docker.pid \
	--host unix:///run/docker.sock --iptables=false --ip6tables=false --bridge=none --ip-forward=false \
	--ip-masq=false --storage-driver overlay2 >dockerd.log 2>&1 &
at_end "kill $!; wait $!; umount docker"
export DOCKER_HOST=unix:///run/docker.sock
eventually 30 sh -c 'docker version >/dev/null 2>&1' || note "$(tail -n 5 dockerd.log)"
run docker pull --quiet "$registry/numbers:1"
is_status 0 "dockerd pulls an image of such a layer"
run docker create --network none --name made "$registry/numbers:1"
is_stderr "" "... and makes a container of it"
docker cp made:/numbers got >/dev/null
is_file got numbers "... and has read all of it"
done_testing
