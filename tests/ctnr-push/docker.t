#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: dockerd is root's alone
# timeout: 60 dockerd takes some seconds to start and to end
#
# dockerd pulls and runs what was committed, and pushed to a registry that speaks TLS and wants tokens; of a layer
# of several gzip members it reads them all. It runs in namespaces of its own, with its places in memory.
. "$(dirname "$0")/../lib/test.sh"
needs ROOT PEER:dockerd PEER:docker PEER:docker-registry PEER:jq
if [ -z "${INSIDE-}" ]; then
	export INSIDE=1
	# Old programs of control groups want no hybrid hierarchy.
	exec unshare --mount --net --pid --fork --mount-proc --propagation private sh -c '
		umount -l /sys/fs/cgroup/unified 2>/dev/null
		ip link set lo up && mount -t tmpfs tmpfs /run && exec sh "$1"' sh "$0"
fi
. "$test_lib/image.sh"
. "$test_lib/authority.sh"
. "$test_lib/registry.sh"

run ctnr run --name work "oci:$(busybox_layout):latest" sh -c 'echo kept >/kept && rm /etc/os-release && mkdir -p /srv/d &&
	chown 1000:2000 /srv/d && ln /kept /srv/d/other && ln -s ../kept /srv/link && chmod 4750 /kept && mkfifo /srv/p &&
	rm -r /home && mkdir /home && : >/home/new && seq 700000 >/numbers'
is_status 0 "a container changes files"
run ctnr commit -c 'ENV GREETING="good day"' -c 'CMD ["sh", "-c", "echo $GREETING; id -u; pwd"]' \
	-c 'USER 1000' -c 'WORKDIR /srv/d' work committed
is_status 0 "it is committed"
id=$(ctnr-store image show committed | jq -r .manifest.config.digest)
like "$id" "sha256:*" "... with an ID"

registry_start_tokens user:secret --private
mkdir certs && cp "$registry_ca" certs/ca.crt
access="--cert-dir certs --token-host $registry_tokens"
# shellcheck disable=SC2086 # words
echo secret | ctnr-login login $access --username user --password-stdin "$registry" >/dev/null 2>login.err || note "$(cat login.err)"
for format in oci docker; do
	# shellcheck disable=SC2086 # words
	run ctnr-push $access --format "$format" committed "docker://$registry/me/$format:1"
	is_status 0 "it is pushed to a registry with TLS and tokens ($format)"
	jq -r .descriptor.digest "$stdout_file" >"$format.digest"
done

mkdir docker && mount -t tmpfs tmpfs docker
dockerd --data-root "$CTNR_TEST_TMP/docker/data" --exec-root /run/docker --pidfile /run/docker.pid \
	--host unix:///run/docker.sock --iptables=false --ip6tables=false --bridge=none --ip-forward=false \
	--ip-masq=false --storage-driver overlay2 >dockerd.log 2>&1 &
at_end "kill $!; wait $!; umount docker"
export DOCKER_HOST=unix:///run/docker.sock DOCKER_CONFIG="$CTNR_TEST_TMP/docker.config"
# shellcheck disable=SC2032,SC2033 # the program is meant
docker() { timeout 30 docker "$@"; }
eventually 20 docker version >/dev/null 2>&1 || note "$(tail -n 5 dockerd.log)"

run docker pull --quiet "$registry/me/oci:1"
is_status 1 "who has no login pulls nothing"
echo secret | docker login --username user --password-stdin "$registry" >login.log 2>&1
is $? 0 "dockerd logs in"
look='stat -c "%n %a %u:%g %h %F" /kept /srv/d /srv/d/other /srv/p; sha256sum </numbers; readlink /srv/link; ls /home
	ls /etc/os-release 2>&1; cat /kept'
wanted='/kept 4750 0:0 2 regular file
/srv/d 755 1000:2000 2 directory
/srv/d/other 4750 0:0 2 regular file
/srv/p 644 0:0 1 fifo
'"$(seq 700000 | sha256sum)"'
../kept
new
ls: /etc/os-release: No such file or directory
kept'
for format in oci docker; do
	name=$registry/me/$format:1
	run docker pull --quiet "$name"
	is_status 0 "dockerd pulls it ($format)"
	is "$(docker image inspect --format '{{.Id}}' "$name")" "$id" "... with the ID that it was committed as"
	is "$(docker image inspect --format '{{join .RepoDigests " "}}' "$name" | grep -c "/$format@$(cat "$format.digest")")" 1 \
		"... by the digest that was told"
	run docker run --rm --network none "$name"
	is_stdout "good day
1000
/srv/d" "... runs it, with its command, environment, user and directory"
	run docker run --rm --network none --user 0 "$name" sh -c "$look"
	is_stdout "$wanted" "... and has the files of the container"
	docker rmi --force "$name" >/dev/null 2>&1
done
done_testing
