#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: dockerd is root's
# timeout: 60 dockerd takes some seconds to start and to end
#
# docker load and podman load read what ctnr save writes, and run it; skopeo writes to podman's storage for us.
. "$(dirname "$0")/../lib/test.sh"
needs ROOT PEER:dockerd PEER:docker PEER:podman PEER:skopeo PEER:crun
# shellcheck disable=SC2034 # for engine.sh
CTNR_ENGINE_RUNTIME=crun
. "$test_lib/../engines/engine.sh"

printf 'file etc/one data=1 uid=7 mode=4755\n' | python3 "$test_lib/make-tar.py" one.tar
image_busybox_entries "$(command -v busybox)" | python3 "$test_lib/make-tar.py" base.tar
python3 "$test_lib/make-layout.py" --config '{"config":{"Cmd":["cat","/etc/one"],"Env":["PATH=/bin"]}}' \
	--ref 1 one base.tar one.tar >/dev/null
ctnr-fetch --tag base:1 "${engine_image}" >/dev/null
ctnr-fetch --tag quay.io/ns/one:1 oci:one:1 >/dev/null
run ctnr save -o images.tar base:1 quay.io/ns/one:1
is_status 0 "two images are saved"
config=$(tar -xOf images.tar manifest.json | jq -r '.[1].Config')
id=sha256:${config%.json}

/usr/sbin/dockerd --data-root "$PWD/docker/root" --exec-root "$XDG_RUNTIME_DIR/docker" --pidfile "$PWD/docker.pid" -H "unix://$PWD/sock" \
	--bridge none --iptables=false --ip-forward=false --ip-masq=false --storage-driver vfs >dockerd.log 2>&1 &
# shellcheck disable=SC2034 # for at_end
dockerd=$!
at_end 'kill "$dockerd" && wait "$dockerd" 2>/dev/null'
DOCKER_HOST=unix://$PWD/sock
export DOCKER_HOST
docker() { timeout 30 docker "$@"; }
eventually 20 docker version >/dev/null 2>&1 || note "$(tail dockerd.log)"
run docker load -i images.tar
is_status 0 "docker load takes them"
is_stdout "Loaded image: localhost/base:1
Loaded image: quay.io/ns/one:1" "... by their names"
is "$(docker image inspect --format '{{.Id}}' quay.io/ns/one:1)" "$id" "... with the ID that they had"
run docker run --rm --network none quay.io/ns/one:1
is_stdout 1 "... and runs one"
ctnr save quay.io/ns/one:1 | docker load >loaded
is "$(cat loaded)" "Loaded image: quay.io/ns/one:1" "docker load takes one from a pipe"
docker save quay.io/ns/one:1 >docker.tar
is "$(tar -xOf docker.tar manifest.json | jq -r '.[0].Config')" "$config" "... and saves what it loaded"

for format in docker-archive oci-archive; do
	podman rmi --all --force >/dev/null 2>&1
	ctnr save --format "$format" -o "$format.tar" quay.io/ns/one:1 >/dev/null
	run podman load --quiet -i "$format.tar"
	is_status 0 "podman load takes a $format"
	is "$(podman image inspect --format '{{.Id}}' quay.io/ns/one:1)" "${config%.json}" "... with the ID that it had"
	run podman run --rm quay.io/ns/one:1
	is_stdout 1 "... and runs it"
done
podman rmi --all --force >/dev/null 2>&1
run ctnr-push quay.io/ns/one:1 containers-storage:localhost/by-skopeo:2
is_status 0 "skopeo writes to podman's storage"
is_stderr "" "... without a word"
is "$(podman image inspect --format '{{.Id}}' localhost/by-skopeo:2)" "${config%.json}" "... the same image"
is "$(ls -d "$TMPDIR"/ctnr-push.* 2>/dev/null)" "" "... and nothing of ours is left"
run ctnr-push quay.io/ns/one:1 "containers-storage:Not A Name"
is_status 1 "what skopeo refuses is an error"
like_stderr "*skopeo could not write to 'containers-storage:Not A Name'*" "... that says who"
run env PATH="$(dirname "$(command -v ctnr-push)")" ctnr-push quay.io/ns/one:1 containers-storage:x
is_status 1 "without skopeo such a transport is an error"
is_stderr "ctnr-push: error: 'containers-storage:' is written by skopeo, which is not installed
ctnr-push: hint: install it, or write an archive: docker-archive:FILE" "... that names it"
done_testing
