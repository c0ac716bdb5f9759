#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root alone can put a policy of the system there
# Which requirements of a policy are about an image, beside skopeo. Where the two differ, the row says why.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
. "$test_lib/policy.sh"
needs PEER:docker-registry PEER:skopeo

small_layout
registry_start
registry_push "$CTNR_TEST_TMP/small:1" team/sub/app:1 || fail "pushing an image"
digest=$(jq -r '.manifests[0].digest' small/index.json)
host=127.0.0.1
mkdir deep
cp -r small deep/lay
ln -s deep/lay link
here=$(pwd -P)
accept='[{"type":"insecureAcceptAnything"}]'
reject='[{"type":"reject"}]'
image=docker://$registry/team/sub/app:1

# only TRANSPORT SCOPE: a policy that accepts that scope alone; but: that refuses it alone.
only() {
	printf '{"default":%s,"transports":{"%s":{"%s":%s}}}' "$reject" "$1" "$2" "$accept"
}
but() {
	printf '{"default":%s,"transports":{"%s":{"%s":%s}}}' "$accept" "$1" "$2" "$reject"
}

## scopes of registries

policy_row accept accept "$image" accept "a default that accepts"
policy_row refuse refuse "$image" reject "a default that refuses"
policy_row accept accept "$image" "$(only docker "")" "the default of the transport counts before it"
policy_row refuse refuse "$image" "$(only oci "")" "... and that of another transport does not"
policy_row accept accept "$image" "$(only docker "$registry")" "a host with its port"
policy_row refuse refuse "$image" "$(only docker $host)" "... but not without"
policy_row accept accept "$image" "$(only docker "$registry/team")" "a namespace"
policy_row refuse refuse "$image" "$(only docker "$registry/tea")" "... but not its first letters"
policy_row accept accept "$image" "$(only docker "$registry/team/sub")" "a namespace within it"
policy_row accept accept "$image" "$(only docker "$registry/team/sub/app")" "a repository"
policy_row accept accept "$image" "$(only docker "$registry/team/sub/app:1")" "a tag"
policy_row refuse refuse "$image" "$(only docker "$registry/team/sub/app:2")" "... but not another"
policy_row refuse refuse "$image" "$(but docker '*.0.0.1')" "a wildcard, of a host without its port"
policy_row refuse refuse "$image" "$(but docker '*.1')" "... for several names"
policy_row accept accept "$image" "$(but docker '*.127.0.0.1')" "... which is not the name itself"
policy_row accept accept "docker://$registry/team/sub/app@$digest" \
	"$(only docker "$registry/team/sub/app@$digest")" "a digest"
policy_row refuse refuse "docker://$registry/team/sub/app@$digest" \
	"$(only docker "$registry/team/sub/app:1")" "... which a tag is not"
# skopeo knows no reference with both.
policy_row accept wrong "docker://$registry/team/sub/app:1@$digest" \
	"$(only docker "$registry/team/sub/app:1")" "a tag counts for a reference with both"
policy_row refuse refuse "$image" \
	"{\"default\":$accept,\"transports\":{\"docker\":{\"$registry/team\":$accept,\"$registry/team/sub\":$reject}}}" \
	"the most specific scope counts"
policy_row accept accept "$image" \
	"{\"default\":$reject,\"transports\":{\"docker\":{\"$registry/team\":$reject,\"$registry/team/sub\":$accept}}}" \
	"... alone"
policy_row refuse refuse "$image" \
	'{"default":[{"type":"insecureAcceptAnything"},{"type":"reject"}]}' "all requirements must be met"
# A host's case says nothing; skopeo looks for another host and lets the image in.
policy_row refuse accept "docker://LOCALHOST:${registry##*:}/team/sub/app:1" \
	"$(but docker "localhost:${registry##*:}")" "a host in capitals is the same host"

## scopes of layouts

policy_row accept accept "oci:$here/deep/lay:1" "$(only oci "$here/deep/lay")" "a layout by its directory"
policy_row accept accept oci:deep/lay:1 "$(only oci "$here/deep")" "... or one above it"
policy_row refuse refuse oci:deep/lay:1 "$(only oci "$here/dee")" "... but not its first letters"
policy_row accept accept oci:link:1 "$(only oci "$here/deep/lay")" "symlinks do not count"
policy_row refuse refuse oci:link:1 "$(only oci "$here/link")" "... in a scope"
# containers-policy.json(5) has DIRECTORY:TAG; skopeo takes such a scope and never looks for it.
policy_row accept refuse oci:deep/lay:1 "$(only oci "$here/deep/lay:1")" "an image of a layout"
policy_row refuse refuse oci:deep/lay:1 "$(only oci "$here/deep/lay:2")" "... but not another"

## policies that are wrong

policy_row wrong wrong "$image" '{"default":[]}' "a list without requirements"
policy_row wrong wrong "$image" '{"transports":{}}' "no default"
policy_row wrong wrong "$image" '{"default":[{"type":"accept"}]}' "an unknown type"
policy_row wrong wrong "$image" "{\"default\":$accept,\"defaults\":$accept}" "an unknown key"
policy_row wrong wrong "$image" '{"default":[{"type":"reject","type":"insecureAcceptAnything"}]}' \
	"a key that stands twice"
policy_row wrong wrong "$image" "$(only oci rel)" "a scope of layouts that is no absolute path"
policy_row wrong wrong "$image" "$(only oci "$here/../x")" "... or one that is not clean"
# Nothing would ever be looked up under these, and what they keep out let in.
policy_row wrong accept "$image" "$(but docker 'a.*.b')" "a wildcard in the middle"
policy_row wrong accept "$image" "$(but dokcer x)" "an unknown transport"
policy_row wrong accept "$image" "$(but docker busybox)" "a scope without a registry"
# What cannot be checked keeps its own images out, and only those.
policy_row refuse refuse "$image" \
	'{"default":[{"type":"signedBaseLayer","baseLayerIdentity":{"type":"matchExact"}}]}' \
	"signedBaseLayer is met by no image"
like_stderr "*'signedBaseLayer' is not supported*" "... and named"

## messages

printf '{"default": [{"type": "insecureAcceptAnything"}],\n"transports": {"docker": {\n"%s/team":\n[{"type": "insecureAcceptAnything"},\n {"type": "reject"}]}}}' \
	"$registry" >p.json
run ctnr-fetch --layout out --policy p.json "$image"
is_status 4 "what a policy refuses fails with status 4"
is_stderr "ctnr-fetch: error: $image: refused by p.json:3: scope '$registry/team' of docker: requirement 2 (reject, line 5): it refuses every image" \
	"... and the message names file, scope, requirement and line"
printf '{"default":\n[{"type": "insecureAcceptAnythin"}]}' >p.json
run ctnr-fetch --layout out --policy p.json "$image"
is_status 1 "a policy that is wrong fails with status 1"
is_stderr "ctnr-fetch: error: $image: p.json:2: type: unknown type 'insecureAcceptAnythin'
ctnr-fetch: hint: did you mean 'insecureAcceptAnything'?" "... with its line"
printf '{\n// all\n"default": [{"type": "reject"}]}' >p.json
run ctnr-fetch --layout out --policy p.json "$image"
like_stderr "*p.json: line 2*hint: JSON has no comments" "a comment in it is told to be none"
printf '{"default": [{"type": "reject"}],\n}' >p.json
run ctnr-fetch --layout out --policy p.json "$image"
like_stderr "*p.json: line 2*hint: *comma*" "... and so is a comma behind the last one"
run ctnr-fetch --layout out --policy always "$image"
like_stderr "*cannot open 'always'*hint: *--if-missing*" "what podman's --policy takes is told from a policy"
run ctnr-fetch --layout out --policy nosuch.json "$image"
is_status 1 "a policy that is named must be there"
like_stderr "*cannot open 'nosuch.json'*" "... and is named"

## what no image can meet is not asked for

hostile_start small --basic user:secret
for rules in "$reject" '[{"type":"signedBaseLayer","baseLayerIdentity":{"type":"matchExact"}}]' \
	"[{\"type\":\"signedBy\",\"keyType\":\"GPGKeys\",\"keyPath\":\"/nosuch\"},{\"type\":\"reject\"}]"; do
	printf '{"default":%s,"transports":{"docker":{"%s":%s}}}' "$accept" "$hostile" "$rules" >p.json
	run ctnr-fetch --layout out --policy p.json --creds user:secret "docker://$hostile/a:1"
	is_status 4 "what no image can meet is refused: $rules"
	is "$(cat "$hostile_log")" "" "... and the registry is not asked"
done
printf 'unqualified-search-registries = ["%s", "%s"]\n' "$hostile" "$registry" >search.conf
printf '{"default":%s,"transports":{"docker":{"%s":%s}}}' "$accept" "$hostile" "$reject" >p.json
run ctnr-fetch --layout out-short --policy p.json --registries-conf search.conf --short-name \
	docker://team/sub/app:1
is_status 0 "a short name is not that of a registry which is refused"
is "$(cat "$hostile_log")" "" "... which is not asked"

## words, and where a policy is looked for

run ctnr-fetch --layout out --policy reject "$image"
is_status 4 "--policy reject refuses everything"
is_stderr "ctnr-fetch: error: $image: refused by --policy reject" "... and says so"
plain_config "$here/config"
policy_write reject
cp policy.json home/.config/containers/policy.json
run ctnr-fetch --layout out "$image"
is_status 4 "the user's policy counts"
like_stderr "*refused by $HOME/.config/containers/policy.json:1: the default of all: *" "... and is named"
run ctnr-fetch --layout out --policy insecure "$image"
is_status 0 "--policy insecure lets everything in"
run ctnr-fetch --layout out --policy reject "$image"
is_status 4 "a stricter policy is asked about an image that is there already"
run ctnr-fetch --layout out "docker://$registry/team/sub/app@$digest"
is_status 4 "the user's is asked about a digest, too"
run ctnr-fetch --layout out --policy insecure "docker://$registry/team/sub/app@$digest"
run ctnr-fetch --layout out --policy reject "docker://$registry/team/sub/app@$digest"
is_status 4 "... and one that is named also when the digest is there"
run ctnr-fetch --layout out --if-missing "$image"
is_status 0 "... but not by --if-missing, which asks nobody"
run env XDG_CONFIG_HOME="$here/config" ctnr-fetch --layout out2 "$image"
is_status 0 "XDG_CONFIG_HOME says where the user's policy is"
run env XDG_CONFIG_HOME="$here/config" ctnr-fetch --layout out2 --image-policy reject "$image"
is_status 4 "--image-policy is another name of --policy"
rm home/.config/containers/policy.json
ln -s "$here/nosuch.json" home/.config/containers/policy.json
run ctnr-fetch --layout out3 "$image"
is_status 1 "a symlink that leads nowhere is no policy that lets everything in"
like_stderr "*cannot open '$HOME/.config/containers/policy.json': No such file or directory" "... and is named"
rm home/.config/containers/policy.json
# shellcheck disable=SC2016 # for the inner shell
run unshare --map-root-user --mount sh -c \
	'[ ! -d /etc/containers ] || mount -t tmpfs none /etc/containers && exec ctnr-fetch --layout out3 "$1"' sh "$image"
is_status 0 "without any policy images are let in"
if identity root; then
	policy_write reject
	run unshare --mount sh -c \
		'mkdir -p /etc/containers && mount -t tmpfs none /etc/containers && cp policy.json /etc/containers/ &&
		exec ctnr-fetch --layout out4 "$1"' sh "$image"
	is_status 4 "the system's policy counts where the user has none"
	like_stderr "*refused by /etc/containers/policy.json:1: *" "... and is named"
fi

done_testing
