#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs PEER:docker-registry PEER:skopeo PEER:umoci

small_layout
registry_start
registry_push "$CTNR_TEST_TMP/small:1" team/app:1 || fail "pushing an image"
digest=$(jq -r '.manifests[0].digest' small/index.json)

run ctnr-fetch --layout out "docker://$registry/team/app:1"
is_status 0 "an image is fetched from a registry"
is_stderr "" "... silently where stderr is no terminal"
is "$(jq -r .ref "$stdout_file")" "$registry/team/app:1" "... its record names the whole reference"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... and its digest"
is "$(jq -r .descriptor.platform.os "$stdout_file")" linux "... and its platform, from the config"
is "$(jq -r .layout "$stdout_file")" "$(pwd)/out" "... and where it is, as an absolute path"
is "$(wc -l <"$stdout_file")" 1 "... in one line"
run skopeo inspect "oci:out:$registry/team/app:1"
is_status 0 "skopeo reads the layout"
is "$(jq -r .Digest "$stdout_file")" "$digest" "... and sees the same digest"
run umoci stat --json --image "out:$registry/team/app:1"
is_status 0 "umoci reads it too"
ok "no file in the making is left" sh -c '! find out -name "*.part" | grep -q .'

before=$(grep -c '"http.request.method":"GET".*/blobs/' "$registry_dir/log")
run ctnr-fetch --layout out --tag again "docker://$registry/team/app:1"
is_status 0 "the same image again"
is "$(jq -r .ref "$stdout_file")" localhost/again:latest "--tag overrides the reference"
is "$(grep -c '"http.request.method":"GET".*/blobs/' "$registry_dir/log")" "$before" \
	"what is there is not downloaded"

run ctnr-fetch --layout out "docker://$registry/team/app@$digest"
is_status 0 "an image is fetched by digest"
is "$(jq -r .ref "$stdout_file")" "$registry/team/app@$digest" "... and the reference has it"
run ctnr-fetch "docker://$registry/team/app:1"
is_status 0 "without --layout the store is written to"
is "$(stat -c %a "$(jq -r .layout "$stdout_file")/..")" 700 "... and it is private"

run ctnr-fetch --layout out "docker://$registry/team/app:nosuch"
is_status 3 "a tag that is not there is not found"
is_stdout "" "... and prints no record"
like_stderr "ctnr-fetch: error: *team/app:nosuch*not found on $registry*manifest unknown*" \
	"... with the registry's own words"
run ctnr-fetch --layout out "docker://$registry/team/nosuch:1"
is_status 3 "nor is a repository that is not there"

registry_stop
run ctnr-fetch --layout out --if-missing "docker://$registry/team/app:1"
is_status 0 "--if-missing asks no registry when the name is there"
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "... and prints the record"
chmod -R a-w out
run ctnr-fetch --layout out --if-missing "docker://$registry/team/app:1"
is_status 0 "... also from a layout that cannot be written to"
chmod -R u+w out
run ctnr-fetch --layout out --if-missing --platform linux/s390x "docker://$registry/team/app:1"
is_status 5 "... but an image for another platform is not what was asked for"
run ctnr-fetch --layout out "docker://$registry/team/app:1"
is_status 5 "a registry that is not there is a temporary failure"
like_stderr "*127.0.0.1*" "... and the message names it"

registry_start user:secret
registry_push "$CTNR_TEST_TMP/small:1" private:1 || fail "pushing an image with a password"
run ctnr-fetch --layout out2 "docker://$registry/private:1"
is_status 1 "a registry that wants a login refuses without one"
like_stderr "*denies access*hint:*--creds*" "... and the hint says how"
run ctnr-fetch --layout out2 --creds user:wrong "docker://$registry/private:1"
is_status 1 "a wrong password is refused"
unlike_stderr "*wrong*" "... and not repeated in the message"
run ctnr-fetch --layout out2 --creds user:secret "docker://$registry/private:1"
is_status 0 "the right one is accepted"
run ctnr-fetch --layout out2 --creds user "docker://$registry/private:1"
is_status 2 "without a password and a terminal to ask on nothing is tried"
done_testing
