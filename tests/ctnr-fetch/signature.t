#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Signatures as strangers make them: kinds of keys, messages of OpenPGP and bundles that must not count.
# (Whose, for what and by which rule: policy-signed.t.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/registry.sh"
. "$test_lib/hostile.sh"
needs USERNS PEER:docker-registry PEER:skopeo PEER:gpg PEER:gpgv PEER:openssl

small_layout
registry_start
registry_push small:1 app:1
here=$(pwd -P)
digest=$(jq -r '.manifests[0].digest' small/index.json)
image=docker://$registry/app:1
mkdir -p registries.d "sigs/app@sha256=${digest#*:}"
cat >registries.d/test.yaml <<-END
	docker:
	  $registry:
	    lookaside: file://$here/sigs
	    use-sigstore-attachments: true
END

# decides REQUIREMENT: ctnr-fetch asks for the image, by that one requirement.
decides() {
	printf '{"default":[%s]}\n' "$1" >policy.json
	rm -rf out
	run ctnr-fetch --layout out --policy policy.json --registries-d registries.d "${2-$image}"
}

## simple signing

GNUPGHOME=$here/gpg
export GNUPGHOME
mkdir -m 700 gpg tmp
TMPDIR=$here/tmp
export TMPDIR
at_end 'gpgconf --kill all'
gpg_quiet() {
	gpg --batch --quiet --passphrase '' --pinentry-mode loopback "$@" 2>gpg.log
}
for name in signer expired; do
	gpg_quiet --faked-system-time 20200101T000000 --quick-generate-key "$name@example.org" ed25519 sign \
		"$([ "$name" = signer ] && echo never || echo 30d)"
	gpg_quiet --export "$name@example.org" >"$name.gpg"
done
printf '{"critical":{"type":"atomic container signature","image":{"docker-manifest-digest":"%s"},"identity":{"docker-reference":"%s"}},"optional":{}}' \
	"$digest" "$registry/app:1" >claim
# by_gpg KEY: what is in the file signature, by that key
by_gpg() {
	cp signature "sigs/app@sha256=${digest#*:}/signature-1"
	decides '{"type":"signedBy","keyType":"GPGKeys","keyPath":"'"$here/$1"'.gpg"}'
}
# counts_not KEY REASON TITLE
counts_not() {
	by_gpg "$1"
	is_status 4 "$3 does not count"
	like_stderr "*1 signature, and none counts: *signature-1: $2*" "... for its reason"
}

gpg_quiet -u signer@example.org --sign <claim >signature
by_gpg signer
is_status 0 "a message that gpg signed counts"
is "$(find out -name index.json)" out/index.json "... and the image is fetched"
rm -rf out
run in_namespace sh -euc 'mount --bind /dev/null "$1"; shift; exec "$@"' sh "$(command -v gpgv)" \
	ctnr-fetch --layout out --policy policy.json --registries-d registries.d "$image"
is_status 1 "without gpgv nothing can be said of it"
like_stderr "*held up by policy.json:1: *gpgv*" "... which is no refusal"
head -c 200 signature >signature.cut && mv signature.cut signature
counts_not signer "" "... cut off it"
gpg_quiet -u expired@example.org --faked-system-time 20200105T000000 --sign <claim >signature
counts_not expired "it is by a key that has expired" "one by an expired key"
gpg_quiet -u signer@example.org -u expired@example.org --faked-system-time 20200105T000000 --sign <claim >signature
counts_not signer "it has 2 signatures, not one" "one with a second signature"
gpg_quiet -u signer@example.org --clear-sign <claim >signature
counts_not signer "it is signed in cleartext" "one in cleartext"
gpg_quiet --store <claim >signature
counts_not signer "it is no signed OpenPGP message" "one without a signature"
head -c 10M /dev/zero | gpg_quiet -u signer@example.org --sign >signature
counts_not signer "its text is longer than" "one that becomes 10 MB"
tr '\n' ' ' <claim | sed 's/{"critical"/{"limit":1,"critical"/' |
	gpg_quiet -u signer@example.org --sign >signature
counts_not signer "payload: unknown member 'limit'" "one with an unknown member"
is "$(find tmp "$XDG_RUNTIME_DIR" -mindepth 1)$(find /dev/shm -user "$(id -un)" -name '*gpg*' -newer claim)" "" \
	"gpgv leaves nothing behind"
rm -rf "sigs/app@sha256=${digest#*:}"

## sigstore: keys of every kind

by_pub() {
	decides "{\"type\":\"sigstoreSigned\",\"keyPath\":\"$here/$1.pub\",\"signedIdentity\":{\"type\":\"matchRepository\"}}"
}
# key NAME OPENSSL-OPTION...
key() {
	key_name=$1
	shift
	openssl genpkey "$@" -out "$key_name.pem" 2>openssl.log && openssl pkey -in "$key_name.pem" -pubout -out "$key_name.pub"
}
key p256 -algorithm EC -pkeyopt ec_paramgen_curve:P-256
key p384 -algorithm EC -pkeyopt ec_paramgen_curve:P-384
key rsa -algorithm RSA -pkeyopt rsa_keygen_bits:2048
key weak -algorithm RSA -pkeyopt rsa_keygen_bits:1024
for name in p256 p384 rsa weak; do
	by_pub "$name"
	isnt "$status" 0 "without its signature a key of $name lets nothing in"
	"$test_lib/sign-image.py" cosign "$registry/app" "$digest" "$name.pem" "$registry/app" ||
		fail "signing with $name"
	by_pub "$name"
	[ "$name" = weak ] || is_status 0 "... and with it the image"
done
isnt "$status" 0 "... but not one of 1024 bits"
like_stderr "*weak.pub: an RSA key of 1024 bits is too weak*" "... which the message says"

## bundles that must not count

key other -algorithm EC -pkeyopt ec_paramgen_curve:P-256
by_digest() {
	decides "{\"type\":\"sigstoreSigned\",\"keyPath\":\"$here/other.pub\",\"signedIdentity\":{\"type\":\"matchDigest\"}}"
}
"$test_lib/sign-image.py" bundle "$registry/app" "$digest" other.pem || fail "signing a bundle"
by_digest
is_status 0 "a bundle counts"
mkfifo registries.d/fifo.yaml
by_digest
is_status 1 "a FIFO in registries.d is an error, whatever it would have said"
like_stderr "*fifo.yaml' is not a regular file*" "... and is named"
rm registries.d/fifo.yaml
ln -s nosuch registries.d/away.yaml
by_digest
is_status 1 "so is a symlink that leads nowhere"
rm registries.d/away.yaml
for variant in $("$test_lib/sign-hostile.py" all); do
	"$test_lib/sign-hostile.py" "$variant" "$registry/app" "$digest" other.pem || fail "signing $variant"
	by_digest
	is_status 4 "a hostile bundle does not: $variant"
	like_stderr "*and none counts: *bundle sha256:*" "... though it was looked at"
	ok "... and nothing of the image is there" sh -c '! find out -path "*/blobs/*" -type f 2>/dev/null | grep -q .'
	fails "... and no control character reaches the terminal" grep -q "$(printf '\033')" "$stderr_file"
done

done_testing
