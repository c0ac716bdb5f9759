#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 podman takes a second for each command
#
# What was pushed to docker-registry, which speaks TLS and wants tokens, is had by others.
# shellcheck disable=SC2086 # $access is words
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/podman.sh"
. "$test_lib/image.sh"
. "$test_lib/authority.sh"
. "$test_lib/registry.sh"
needs PEER:docker-registry PEER:skopeo PEER:umoci PEER:podman PEER:jq SUBID

registry_start_tokens user:secret
mkdir certs && cp "$registry_ca" certs/ca.crt
access="--cert-dir certs --token-host $registry_tokens"
box=$(busybox_layout)
digest=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "latest") | .digest' "$box/index.json")
ctnr-fetch --tag box:1 "oci:$box:latest" >/dev/null

run ctnr-push --ca-file "$registry_ca" box:1 "docker://$registry/me/box:1"
is_status 1 "who has no login pushes nothing"
echo secret >password
run ctnr-login login $access --username user --password-stdin "$registry" <password
run ctnr-push $access box:1 "docker://$registry/me/box:1"
is_status 0 "an image is pushed to a registry with TLS and tokens"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... as it is"
run ctnr-push $access --format docker --jobs 1 box:1 "docker://$registry/me/docker:1"
is_status 0 "... and as Docker's"
docker=$(jq -r .descriptor.digest "$stdout_file")

run ctnr-fetch --store fresh $access "docker://$registry/me/box:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "ctnr-fetch gets the same digest"
run ctnr-fetch --store fresh $access "docker://$registry/me/docker:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... also of Docker's form, which it converts back"
for name in box docker; do
	run skopeo copy --src-cert-dir certs "docker://$registry/me/$name:1" "oci:out:$name"
	is_status 0 "skopeo copies it ($name)"
	run umoci unpack --rootless --image "out:$name" "unpacked-$name"
	is_status 0 "... and umoci unpacks that"
	is "$(sha256sum <"unpacked-$name/rootfs/bin/busybox")" "$(sha256sum <unpacked-box/rootfs/bin/busybox)" "... the same"
	run podman --storage-driver vfs pull -q --cert-dir certs "docker://$registry/me/$name:1"
	is_status 0 "podman pulls it"
	# Both have one config, which is podman's name for an image.
	run podman --storage-driver vfs inspect --format '{{json .RepoDigests}}' "$(tail -n 1 "$stdout_file")"
	case $name in
	box) like_stdout "*$registry/me/box@$digest*" "... by its digest" ;;
	docker) like_stdout "*$registry/me/docker@$docker*" "... by its digest" ;;
	esac
done
run skopeo copy -q --dest-cert-dir certs --format v2s2 "oci:$box:latest" "docker://$registry/me/skopeo:1"
run skopeo inspect --cert-dir certs --raw "docker://$registry/me/skopeo:1"
skopeo=$(printf %s "$stdout" | jq -cS .)
run skopeo inspect --cert-dir certs --raw "docker://$registry/me/docker:1"
is "$(printf %s "$stdout" | jq -cS .)" "$skopeo" "what skopeo makes of it in Docker's format says the same"
run skopeo copy -q --src-cert-dir certs --dest-cert-dir certs "docker://$registry/me/box:1" "docker://$registry/me/copy:1"
run skopeo inspect --cert-dir certs --format '{{.Digest}}' "docker://$registry/me/copy:1"
is_stdout "$digest" "skopeo's copy to the same registry has the same digest"
run ctnr-push $access --print ref box:1 "docker://$registry/me/copy:1"
is "$status $stdout" "0 $registry/me/copy:1" "... and is all there for ctnr-push"
is "$(grep -a -c 'PUT /v2/me/copy/blobs' "$registry_dir/log")" "$(grep -a 'PUT /v2/me/copy/blobs' "$registry_dir/log" | grep -a -c skopeo)" \
	"... which sends nothing"
done_testing
