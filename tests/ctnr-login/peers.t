#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# skopeo and podman find what is kept here, and what they keep is found.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
needs PEER:skopeo PEER:podman
unset REGISTRY_AUTH_FILE DOCKER_CONFIG
auth=$XDG_RUNTIME_DIR/containers/auth.json

registry_start me:secret
layout small --ref 1 <<'END' >/dev/null
dir etc
END
registry_push small app:1
ok "a login is kept" ctnr login -u me -p secret "$registry"
ok "... skopeo reads the image with it" skopeo inspect --tls-verify=false "docker://$registry/app:1"
for who in skopeo podman; do
	ctnr login -u me -p secret "$registry" >/dev/null
	is "$($who login --get-login "$registry")" me "$who finds the login"
	ok "... and forgets it" "$who" logout "$registry"
	run ctnr-login login --get-login "$registry"
	is_status 3 "... so that it is gone here"
	rm -rf out
	run ctnr-fetch --layout out "docker://$registry/app:1"
	is_status 1 "... and the image cannot be read"
	ok "$who logs in" "$who" login --tls-verify=false -u me -p secret "$registry"
	run ctnr-fetch --layout out "docker://$registry/app:1"
	is_status 0 "... and the image can be read with its login"
	run ctnr logout "$registry"
	is_status 0 "... which is forgotten here"
	fails "... and so by $who" "$who" login --get-login "$registry"
	ok "$who logs in to a namespace" "$who" login --tls-verify=false -u me -p secret "$registry/team"
	run ctnr-login login --get-login "$registry/team/app"
	is_stdout me "... which counts there"
	run ctnr-login login --get-login "$registry/app"
	is_status 3 "... and not elsewhere"
	run ctnr logout "$registry/team"
	is_status 0 "... and is forgotten here"
done
is "$(jq -c . "$auth")" '{"auths":{}}' "nothing is left"
done_testing
