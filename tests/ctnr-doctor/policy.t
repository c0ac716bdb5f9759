#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"

policy_check() {
	jq -r '.checks[] | select(.name == "policy") | "\(.state): \(.text)"' <"$stdout_file"
}
mkdir -p home/.config/containers
echo '{"default":[{"type":"reject"}]}' >home/.config/containers/policy.json
run ctnr-doctor --json
is "$(policy_check)" "ok: $HOME/.config/containers/policy.json says which images are let in" \
	"the doctor says which policy counts"
echo '{"defaults":[]}' >home/.config/containers/policy.json
run ctnr-doctor --json
is "$(policy_check)" \
	"warn: $HOME/.config/containers/policy.json:1: defaults: unknown key: no image can be fetched" \
	"... and what is wrong with it"
rm home/.config/containers/policy.json
# shellcheck disable=SC2016 # for the inner shell
run unshare --map-root-user --mount sh -c \
	'[ ! -d /etc/containers ] || mount -t tmpfs none /etc/containers && exec ctnr-doctor --json'
is "$(policy_check)" "ok: none: images of all registries are let in, signed or not" \
	"... and that without one all images are let in"

done_testing
