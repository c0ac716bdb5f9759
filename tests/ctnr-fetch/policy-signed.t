#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Policies that want signatures: made by skopeo and gpg, and by sign-image.py in both forms of cosign.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
. "$test_lib/policy.sh"
needs PEER:docker-registry PEER:skopeo PEER:gpg PEER:gpgv PEER:openssl

small_layout
registry_start
here=$(pwd -P)

## keys, and images that they signed

GNUPGHOME=$here/gpg
export GNUPGHOME
mkdir -m 700 gpg sigs registries.d
at_end 'gpgconf --kill all'
for name in signer other; do
	gpg --batch --quiet --passphrase '' --quick-gen-key "$name@example.org" rsa2048 sign never 2>gpg.log ||
		fail "making a key: $(cat gpg.log)"
	gpg --batch --export "$name@example.org" >"$name.gpg"
	openssl ecparam -name prime256v1 -genkey -noout -out "$name.pem" 2>/dev/null
	openssl pkey -in "$name.pem" -pubout -out "$name.pub" 2>/dev/null
done
cat >registries.d/test.yaml <<-END
	docker:
	  $registry:
	    lookaside: file://$here/sigs
	    use-sigstore-attachments: true
	  $registry/plain:
	    use-sigstore-attachments: false
END
# shellcheck disable=SC2034 # for policy_row
policy_options="--registries-d registries.d"
# shellcheck disable=SC2034
policy_peer_options="--registries.d registries.d"

# push LAYOUT NAME [SKOPEO OPTIONS]
push() {
	push_layout=$1
	push_name=$2
	shift 2
	skopeo --registries.d registries.d copy --quiet --dest-tls-verify=false "$@" \
		"oci:$push_layout:1" "docker://$registry/$push_name" >push.log 2>&1 || fail "$(cat push.log)"
}
push small signed:1 --sign-by signer@example.org
push small signed:2
push small unsigned:1
push small moved:1 --sign-by signer@example.org --sign-identity "vendor.org/app:1"
digest=$(jq -r '.manifests[0].digest' small/index.json)

gpg_by() {
	printf '{"type":"signedBy","keyType":"GPGKeys",%s}' "$1"
}
by_key() {
	gpg_by "\"keyPath\":\"$here/$1.gpg\"${2:+,\"signedIdentity\":$2}"
}
for_docker() {
	printf '{"default":[{"type":"reject"}],"transports":{"docker":{"":[%s]}}}' "$1"
}

## signedBy

signed=docker://$registry/signed:1
policy_row accept accept "$signed" "$(for_docker "$(by_key signer)")" "an image that skopeo and gpg have signed"
policy_row refuse refuse "$signed" "$(for_docker "$(by_key other)")" "... but not by another key"
like_stderr "*refused by policy.json:1: the default of docker: requirement 1 (signedBy, line 1): 1 signature, and none counts: file://$here/sigs/signed@sha256=*/signature-1: *" \
	"... and each signature is named"
policy_row accept accept "$signed" \
	"$(for_docker "$(gpg_by "\"keyData\":\"$(base64 -w0 signer.gpg)\"")")" "a key in the policy"
policy_row refuse refuse "docker://$registry/unsigned:1" "$(for_docker "$(by_key signer)")" \
	"an image without a signature"
like_stderr "*there is no signature*" "... which the message says"
policy_row refuse refuse "docker://$registry/signed:2" "$(for_docker "$(by_key signer)")" \
	"a signature for another tag does not count"
like_stderr "*it is for '$registry/signed:1', which is not '$registry/signed:2' by matchRepoDigestOrExact*" \
	"... and both are named"
policy_row accept accept "docker://$registry/signed:2" \
	"$(for_docker "$(by_key signer '{"type":"matchRepository"}')")" "... but where the repository is enough"
policy_row accept accept "docker://$registry/signed@$digest" "$(for_docker "$(by_key signer)")" \
	"by digest any tag of the repository will do"
policy_row refuse refuse "docker://$registry/signed@$digest" \
	"$(for_docker "$(by_key signer '{"type":"matchExact"}')")" "... but not by matchExact"
policy_row refuse refuse "docker://$registry/moved:1" "$(for_docker "$(by_key signer)")" \
	"an image that was signed under another name"
policy_row accept accept "docker://$registry/moved:1" \
	"$(for_docker "$(by_key signer '{"type":"exactReference","dockerReference":"vendor.org/app:1"}')")" \
	"... counts where the policy names that"
policy_row accept accept "docker://$registry/moved:1" \
	"$(for_docker "$(by_key signer '{"type":"exactRepository","dockerRepository":"vendor.org/app"}')")" \
	"... or its repository"
policy_row accept accept "docker://$registry/moved:1" \
	"$(for_docker "$(by_key signer "{\"type\":\"remapIdentity\",\"prefix\":\"$registry/moved\",\"signedPrefix\":\"vendor.org/app\"}")")" \
	"... or maps the names"
policy_row refuse refuse "$signed" "$(for_docker "$(by_key signer),$(by_key other)")" \
	"of two requirements both must be met"
policy_row refuse refuse oci:small:1 \
	"{\"default\":[$(by_key signer '{"type":"exactReference","dockerReference":"vendor.org/app:1"}')]}" \
	"an image of a layout has no signatures"
policy_row wrong refuse "$signed" "$(for_docker "$(by_key nosuch)")" "a key file must be there"
like_stderr "*held up by policy.json:1: *cannot open '$here/nosuch.gpg'*" "... and is named"

# The same signature beside another image, and one that was touched.
digest_of() {
	jq -r '.manifests[0].digest' "$1/index.json"
}
layout foreign --ref 1 <<-'END' >/dev/null
	file other data=x
END
push foreign foreign:1
cp -r "sigs/signed@sha256=${digest#*:}" "sigs/foreign@sha256=$(digest_of foreign | cut -d: -f2)"
policy_row refuse refuse "docker://$registry/foreign:1" \
	"$(for_docker "$(by_key signer '{"type":"exactRepository","dockerRepository":"'"$registry"'/signed"}')")" \
	"a signature of another image does not count"
cp -r "sigs/signed@sha256=${digest#*:}" "sigs/unsigned@sha256=${digest#*:}"
printf junk >"sigs/unsigned@sha256=${digest#*:}/signature-1"
policy_row refuse refuse "docker://$registry/unsigned:1" "$(for_docker "$(by_key signer)")" \
	"a signature that is none does not count"
cp "sigs/signed@sha256=${digest#*:}/signature-1" "sigs/unsigned@sha256=${digest#*:}/signature-2"
# skopeo reads all of them before it judges the first.
policy_row accept refuse "docker://$registry/unsigned:1" \
	"$(for_docker "$(by_key signer "{\"type\":\"exactRepository\",\"dockerRepository\":\"$registry/signed\"}")")" \
	"... and hinders no other one"
rm "sigs/unsigned@sha256=${digest#*:}/signature-1"
policy_row refuse refuse "docker://$registry/unsigned:1" \
	"$(for_docker "$(by_key signer "{\"type\":\"exactRepository\",\"dockerRepository\":\"$registry/signed\"}")")" \
	"the first one that is not there is the end"

# A lookaside behind HTTP.
python3 -u -m http.server --bind 127.0.0.1 --directory sigs 0 >http.log 2>&1 &
http_pid=$!
at_end "kill $http_pid"
eventually 20 grep -q 'port [0-9]' http.log
port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' http.log)
printf 'docker:\n  %s/signed:\n    lookaside: http://127.0.0.1:%s/\n' "$registry" "$port" >registries.d/http.yaml
policy_row accept accept "$signed" "$(for_docker "$(by_key signer)")" "a signature that a server has"
policy_row refuse refuse "$signed" "$(for_docker "$(by_key other)")" "... counts as one in a file does"
like_stderr "*1 signature, and none counts: http://127.0.0.1:$port/signed@sha256=*/signature-1: *" \
	"... and the one that is not there is the end"
hostile_start small --fault broken
printf 'docker:\n  %s/signed:\n    lookaside: http://%s/\n' "$registry" "$hostile" >registries.d/http.yaml
policy_write "$(for_docker "$(by_key signer)")"
run ctnr-fetch --layout policy-busy --retries 0 --policy policy.json --registries-d registries.d "$signed"
is_status 5 "a server that is broken has not said that there is no signature"
like_stderr "*held up by policy.json:1: *HTTP status 500*" "... so nothing is refused for that"
rm registries.d/http.yaml

## sigstoreSigned

sign() {
	"$test_lib/sign-image.py" "$@" || fail "signing with $*"
}
by_pub() {
	printf '{"type":"sigstoreSigned","keyPath":"%s/%s.pub"%s}' "$here" "$1" "${2:+,\"signedIdentity\":$2}"
}
repository='{"type":"matchRepository"}'
push small cosign:1
push small plain/cosign:1
sign cosign "$registry/cosign" "$digest" other.pem "$registry/cosign"
sign cosign "$registry/cosign" "$digest" signer.pem "$registry/cosign"
sign cosign "$registry/plain/cosign" "$digest" signer.pem "$registry/plain/cosign"
image=docker://$registry/cosign:1
policy_row accept disabled "$image" "$(for_docker "$(by_pub signer "$repository")")" "a signature by cosign's tag"
policy_row refuse disabled "$image" "$(for_docker "$(by_pub signer)")" "... which names no tag"
policy_row accept disabled "$image" \
	"$(for_docker "{\"type\":\"sigstoreSigned\",\"keyData\":\"$(base64 -w0 signer.pub)\",\"signedIdentity\":$repository}")" \
	"a key in the policy"
openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null | openssl pkey -pubout -out third.pub 2>/dev/null
policy_row refuse disabled "$image" "$(for_docker "$(by_pub third "$repository")")" "... but not by another key"
like_stderr "*2 signatures, and none counts: sha256:* of tag sha256-${digest#*:}.sig: *; sha256:*" \
	"... and each signature is named"
policy_row refuse refuse "docker://$registry/unsigned:1" "$(for_docker "$(by_pub signer "$repository")")" \
	"an image without one"
policy_row refuse refuse "docker://$registry/plain/cosign:1" "$(for_docker "$(by_pub signer "$repository")")" \
	"a registry that registries.d does not say it of is not asked"
like_stderr "*hint: *use-sigstore-attachments: true*" "... which the hint tells"
policy_row refuse wrong "$image" \
	"$(for_docker '{"type":"sigstoreSigned","fulcio":{"caPath":"/ca","oidcIssuer":"https://x","subjectEmail":"a@b"}}')" \
	"what is not checked here is refused"
like_stderr "*'fulcio' is not supported*" "... by its name"

# skopeo 1.9 knows no bundles.
push small bundle:1
push small named:1
sign bundle "$registry/bundle" "$digest" signer.pem
sign bundle "$registry/named" "$digest" signer.pem "$registry/named:1"
digestonly='{"type":"matchDigest"}'
policy_row accept wrong "docker://$registry/bundle:1" "$(for_docker "$(by_pub signer "$digestonly")")" \
	"a bundle that refers to the image, by its digest alone"
policy_row refuse wrong "docker://$registry/bundle:1" "$(for_docker "$(by_pub third "$digestonly")")" \
	"... but not by another key"
policy_row refuse refuse "docker://$registry/bundle:1" "$(for_docker "$(by_pub signer "$repository")")" \
	"a bundle that names no image is for none by its name"
like_stderr "*it names no image, as matchRepository wants*" "... and the message says so"
policy_row accept refuse "docker://$registry/named:1" "$(for_docker "$(by_pub signer)")" \
	"a bundle that names the image"

## mirrors: the name that was asked for counts, never that of the mirror

push small vendor/app:1 --sign-by signer@example.org --sign-identity "vendor.test/app:1"
sign cosign "$registry/vendor/app" "$digest" signer.pem vendor.test/app
printf '[[registry]]\nprefix = "vendor.test"\nlocation = "%s/vendor"\ninsecure = true\n' "$registry" >registries.conf
cat >>registries.d/test.yaml <<-END
	  vendor.test:
	    lookaside: file://$here/sigs/vendor
	    use-sigstore-attachments: true
END
policy_options="$policy_options --registries-conf registries.conf"
policy_peer_options="$policy_peer_options --registries-conf registries.conf"
only_for() {
	printf '{"default":[{"type":"reject"}],"transports":{"docker":{"%s":[%s]}}}' "$1" "$2"
}
image=docker://vendor.test/app:1
policy_row accept accept "$image" "$(only_for vendor.test '{"type":"insecureAcceptAnything"}')" \
	"a scope is about the name, wherever the image comes from"
policy_row refuse refuse "$image" "$(only_for "$registry" '{"type":"insecureAcceptAnything"}')" \
	"... and not about the place"
policy_row accept accept "$image" "$(only_for vendor.test "$(by_key signer)")" \
	"a signature is for the name, too"
policy_row accept disabled "$image" "$(only_for vendor.test "$(by_pub signer "$repository")")" \
	"... and one that is attached is found where the image is"

done_testing
