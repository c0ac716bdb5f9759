#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: what is run is unpacked with the mapping of IDs that each identity has
#
# Indexes and artifacts on their way through a registry.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/podman.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs PEER:skopeo PEER:docker-registry

registry_start || exit 1
busybox=$(busybox_layout)
host=$(skopeo inspect --config "oci:$busybox:latest" | jq -r .architecture)
printf 'file text data=foreign\n' | layout foreign --ref 1 --platform linux/s390x >/dev/null
registry_push "$busybox" "app:$host" || exit 1
registry_push "$PWD/foreign:1" app:s390x || exit 1

# raw NAME: the digest of what the registry has.
raw() {
	skopeo inspect --raw --tls-verify=false "docker://$registry/$1" | sha256sum | cut -d ' ' -f 1
}

# stored NAME: the digest of what the store has.
stored() {
	ctnr images --json | jq -r "select(.ref == \"$1\").descriptor.digest" | cut -d : -f 2
}

run ctnr manifest create "$registry/app:all" "$registry/app:$host" "docker://$registry/app:s390x"
is_status 0 "an index is made of images of a registry"
is "$(ctnr manifest inspect "$registry/app:all" | jq -r '[.manifests[].platform.architecture] | join(" ")')" \
	"$host s390x" "... whatever their platforms are"
is "$(ctnr images -q | wc -l)" 3 "... which are in the store then"
run ctnr run --rm "$registry/app:all" echo ran
is_stdout ran "what is run is the image for this machine"
run ctnr run --rm --pull never --platform linux/s390x "$registry/app:all" true
unlike_stderr "*no image for*" "... or another one that is asked for"
ok "the index is pushed" ctnr manifest push "$registry/app:all"
is "$(raw app:all)" "$(stored "$registry/app:all")" "... byte for byte"
ok "... with its images" skopeo copy --quiet --all --src-tls-verify=false "docker://$registry/app:all" oci:copied:x
run ctnr manifest inspect "docker://$registry/app:all"
is "$(sha256sum <"$stdout_file" | cut -d ' ' -f 1)" "$(raw app:all)" "manifest inspect of docker:// asks the registry"
run ctnr manifest inspect "$registry/app:s390x"
is "$(printf '%s' "$stdout" | jq -r '.layers | length')" 1 "... and so it does where the store has no index"
ok "an index is pushed elsewhere, and removed" ctnr manifest push --purge "$registry/app:all" "docker://$registry/other:1"
is "$(raw other:1) $(stored "$registry/app:all")" "$(raw app:all) " "... with the same bytes"
ok "an image of an index in the registry is added" ctnr manifest create --quiet "$registry/again:1" "docker://$registry/app:all"
is "$(ctnr manifest inspect "$registry/again:1" | jq -r '[.manifests[].platform.architecture] | join(" ")')" "$host" \
	"... the one for this machine"
ok "... or all of them" ctnr manifest create --all "$registry/again:2" "docker://$registry/app:all"
is "$(ctnr manifest inspect "$registry/again:2" | jq -r '.manifests | length')" 2 "... as they are there"
run ctnr manifest create "$registry/again:3" "docker://$registry/nosuch:1"
is_status 3 "an image that no registry has is not found"
is "$(stored "$registry/again:3")" "" "... and nothing is made"

# Artifacts.
echo text >file
ok "an artifact is made" ctnr artifact add --type text/x+json "$registry/art:1" file
run ctnr images -q
like_stdout "*$registry/art:1*" "... which the list of images has too"
ok "... and pushed" ctnr artifact push "$registry/art:1"
is "$(raw art:1)" "$(stored "$registry/art:1")" "... byte for byte"
ctnr artifact rm "$registry/art:1" >/dev/null
ok "... and pulled" ctnr artifact pull "$registry/art:1"
is "$(raw art:1)" "$(stored "$registry/art:1")" "... again"
is "$(ctnr artifact ls | jq -r .artifactType)" text/x+json "... and is an artifact"
run ctnr artifact extract "$registry/art:1" -
is_stdout text "... with its file"
run ctnr run --rm "$registry/art:1"
is_status 125 "an artifact is not run"
like_stderr "*this is no image but an artifact*hint: 'ctnr artifact extract'*" "... and the hint says what gets its files"

# What is attached to an image goes with it.
ctnr artifact add --attach "$registry/app:$host" --type text/x+json "$registry/note:1" file >/dev/null
ok "an image is pushed with what is attached to it" ctnr push --referrers "$registry/app:$host" "docker://$registry/carried:1"
ok "... and pulled so" ctnr --store new pull --all-platforms --with-referrers "docker://$registry/carried:1"
is "$(jq -r '[.manifests[] | select(.annotations["org.ctnr.subject"]).digest] | join(" ")' new/images/index.json)" \
	"sha256:$(stored "$registry/note:1")" "... the artifact as it was made"
if identity sub && has PEER:podman "podman reads the index"; then
	printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$registry" >registries.conf
	printf '[storage]\ndriver = "vfs"\nrunroot = "%s/r"\ngraphroot = "%s/g"\n' "$XDG_RUNTIME_DIR" "$PWD" >storage.conf
	export CONTAINERS_STORAGE_CONF="$PWD/storage.conf" CONTAINERS_REGISTRIES_CONF="$PWD/registries.conf"
	is "$(podman manifest inspect "$registry/app:all" 2>podman.log | jq '.manifests | length')" 2 "podman reads the index"
	ok "... and pulls by its digest" podman pull --quiet "$registry/app@sha256:$(raw app:all)"
	is "$(podman images --format '{{.Digest}}')" "sha256:$(raw app:all)" "... the image for this machine"
	mkdir -p "$HOME/.config/containers/containers.conf.d"
	printf '%s\n' '[containers]' 'cgroups = "disabled"' 'default_ulimits = ["nofile=1000:1000", "nproc=1000:1000"]' \
		'log_driver = "k8s-file"' '[engine]' 'cgroup_manager = "cgroupfs"' 'events_logger = "none"' \
		>"$HOME/.config/containers/containers.conf.d/tests.conf"
	sed "s|@BINDIR@|$(dirname "$(command -v ctnr-exec)")|" "$test_lib/../../scripts/share/containers.conf.d/ctnr.conf" \
		>"$HOME/.config/containers/containers.conf.d/ctnr.conf"
	run podman --runtime ctnr-exec run --rm --network none "$registry/app@sha256:$(raw app:all)" echo ran
	is_stdout ran "... which it runs"
fi
run ctnr check
is_status 0 "the store is whole"

done_testing
