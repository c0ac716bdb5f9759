#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Registries that ask who is there, or that are somewhere else than the name says.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:podman PEER:openssl PEER:jq

small_layout
digest=$(jq -r '.manifests[0].digest' small/index.json)
ctnr-fetch --tag app:1 oci:small:1 >/dev/null

# Basic authentication.
registry_start user:secret
run ctnr-push app:1 "docker://$registry/app:1"
is_status 1 "who is not logged in pushes nothing"
like_stderr "*denies access*hint:*log in*" "... and is told how to"
run ctnr-push --creds user:wrong app:1 "docker://$registry/app:1"
is_status 1 "nor does one with another password"
unlike_stderr "*wrong*" "... which is not repeated"
run ctnr-push --creds user:secret app:1 "docker://$registry/app:1"
is_status 0 "--creds is a login"
echo secret >password
run ctnr-push --creds user:@password app:1 "docker://$registry/file:1"
is_status 0 "... whose password may be in a file"
ctnr-login login --username user --password-stdin "$registry" <password >/dev/null
run ctnr-push app:1 "docker://$registry/kept:1"
is_status 0 "a login that was kept is used"
run ctnr-fetch --layout back --tag x:1 "docker://$registry/kept:1"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "ctnr-fetch gets the image"
run skopeo inspect --tls-verify=false --creds user:secret --format '{{.Digest}}' "docker://$registry/kept:1"
is_stdout "$digest" "skopeo finds it"
run ctnr-push --creds user:secret app:1 oci:out:1
is_status 2 "a layout asks nobody"

# Tokens.
mkdir "$CTNR_TEST_TMP/pushed"
hostile_start "$CTNR_TEST_TMP/small" --pushed "$CTNR_TEST_TMP/pushed" --bearer --token-user user:secret
run ctnr-push --creds user:secret app:1 "docker://$hostile/ns/app:1"
is_status 0 "a token is asked for"
is "$(grep -c '^GET /token.*pull%2Cpush\|^GET /token.*pull,push' "$hostile_log")" 1 "... once, to push"
is "$(sha256sum <"pushed/ns/app/1" | cut -d ' ' -f 1)" "${digest#*:}" "... and the manifest is there"
ctnr-fetch --tag "$hostile/ns/app:1" oci:small:1 >/dev/null
run ctnr-push --creds user:secret "$hostile/ns/app:1" "docker://$hostile/other/app:1"
is_status 0 "another repository of the same registry gets it"
is "$(grep -c '^GET /token.*repository.*other.*repository.*ns' "$hostile_log")" 1 "... by a token for both"
is "$(grep -c '^PUT /v2/other/app/blobs' "$hostile_log")" 0 "... and no blob is sent"
is "$(grep -c '^POST /v2/other/app/blobs/uploads/?.*mount=' "$hostile_log")" 2 "... but mounted"
hostile_start "$CTNR_TEST_TMP/small" --pushed "$CTNR_TEST_TMP/pushed" --bearer --token-user user:secret --token-uses 2
run ctnr-push --jobs 1 --creds user:secret app:1 "docker://$hostile/expired/app:1"
is_status 0 "tokens that expire are asked for anew"
is "$(sha256sum <"pushed/expired/app/1" | cut -d ' ' -f 1)" "${digest#*:}" "... until all is there"

# TLS.
cert server
hostile_start "$CTNR_TEST_TMP/small" --pushed "$CTNR_TEST_TMP/pushed" --tls "$CTNR_TEST_TMP/server.pem"
run ctnr-push app:1 "docker://$hostile/tls:1"
is_status 4 "a certificate of nobody's is refused"
like_stderr "*certificate*hint:*--ca-file*" "... and the hint says what to do"
is "$(cat "$hostile_log")" "" "... before anything was asked"
run ctnr-push --ca-file server.crt app:1 "docker://$hostile/tls:1"
is_status 0 "--ca-file trusts it"
run ctnr-push --tls-verify=false app:1 "docker://$hostile/tls:2"
is_status 0 "--tls-verify=false does without"
run env "CONTAINERS_REGISTRIES_CONF=$CTNR_TEST_TMP/conf" ctnr-push app:1 "docker://$hostile/tls:2"
is_status 1 "a registries.conf that is not there is an error"
printf '[[registry]]\nprefix = "%s"\ninsecure = true\n' "$hostile" >conf
run ctnr-push --registries-conf conf app:1 "docker://$hostile/tls:3"
is_status 0 "insecure in registries.conf does without, too"

# registries.conf.
registry_start
cat >conf <<-END
	[[registry]]
	prefix = "example.org/ns"
	location = "$registry/moved"
	[[registry.mirror]]
	location = "$hostile/mirror"
	[[registry]]
	prefix = "example.org/bad"
	blocked = true
END
: >"$hostile_log"
run ctnr-push --registries-conf conf app:1 docker://example.org/ns/app:1
is_status 0 "location in registries.conf says where an image goes"
is "$(jq -r .ref "$stdout_file")" example.org/ns/app:1 "... which keeps its name"
is "$(cat "$hostile_log")" "" "... a mirror is not asked"
ok "... and there it is" skopeo inspect --tls-verify=false "docker://$registry/moved/app:1"
run ctnr-push --registries-conf conf app:1 docker://example.org/bad/app:1
is_status 4 "what is blocked is refused"
ctnr-fetch --tag example.org/ns/base:1 oci:small:1 >/dev/null
run ctnr-push --registries-conf conf app:1 "docker://$registry/mounted:1"
is "$(grep -a -c '"POST /v2/mounted/blobs/uploads/?[^ ]*from=moved' "$registry_dir/log")" 2 "names are in the repositories that registries.conf says, when blobs are mounted"

# Nobody is there.
run ctnr-push --timeout 1 --retries 0 app:1 docker://192.0.2.1:5000/x:1
is_status 5 "a registry out of reach is a failure that may pass"
is_stdout "" "... and no record"
registry_stop
run ctnr-push app:1 "docker://$registry/x:1"
is_status 5 "so is one that has gone"
done_testing
