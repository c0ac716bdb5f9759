#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"
needs PEER:jq

small_layout
manifest=small/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' small/index.json)

# altered JQ: serve the image with its manifest changed so, and fetch it by its tag.
altered() {
	rm -rf altered out
	cp -r small altered
	jq -c "$1" "$manifest" >altered.json
	digest=$(sha256sum <altered.json | cut -d ' ' -f 1)
	jq -c --arg digest "sha256:$digest" --argjson size "$(stat -c %s altered.json)" \
		'.manifests[0].digest = $digest | .manifests[0].size = $size' small/index.json >altered/index.json
	mv altered.json "altered/blobs/sha256/$digest"
	run ctnr-fetch --layout out oci:altered:1
}

layer=$(jq -r '.layers[0].digest' "$manifest")
oci=application/vnd.oci.image.layer
for type in $oci.v1.tar+gzip+encrypted $oci.v1.tar+zstd+encrypted $oci.v1.tar+encrypted \
	$oci.nondistributable.v1.tar+gzip+encrypted; do
	altered ".layers[0].mediaType = \"$type\""
	is_status 1 "a layer of type ${type#"$oci".} is refused"
	is_stderr "ctnr-fetch: error: oci:altered:1: layer $layer is encrypted ('$type')
ctnr-fetch: hint: 'skopeo copy --decryption-key KEY' makes an oci:DIR:TAG of it that ctnr-fetch takes" \
		"... by name, and the hint says what reads it"
	fails "... before any layer is copied" test -e "out/blobs/sha256/${layer#*:}"
done

docker=application/vnd.docker.image.rootfs
missing=sha256:$(printf missing | sha256sum | cut -d ' ' -f 1)
for type in $oci.nondistributable.v1.tar+gzip $docker.foreign.diff.tar.gzip; do
	altered ".layers[0].mediaType = \"$type\""
	is_status 0 "a layer of type $type that is there is copied"
	altered ".layers[0] |= (.mediaType = \"$type\" | .digest = \"$missing\")"
	is_status 3 "... and one that is not there is not found"
	like_stderr "*blob $missing*
*hint: its publisher keeps this layer elsewhere, where ctnr-fetch does not go" "... and the hint says where it is"
done
for type in $oci.v1.tar+gzip application/x-unknown $oci.v1.tar+strange; do
	altered ".layers[0].mediaType = \"$type\""
	is_status 0 "a layer of type $type is copied as it is"
done

# What is no image is copied for whoever reads it, and cannot be unpacked.
while IFS='|' read -r type name; do
	altered ".config.mediaType = \"$type\""
	is_status 0 "$name is copied"
	run ctnr-unpack --store store "$stdout"
	is_status 1 "... and not unpacked"
	like_stderr "*this is no image but $name: its config is '$type'*" "... because of what it is"
done <<-END
	application/vnd.cncf.helm.config.v1+json|a Helm chart
	application/vnd.wasm.config.v0+json|a WebAssembly module
	application/vnd.docker.plugin.v1+json|a plugin of Docker
	application/vnd.docker.ai.model.config.v0.1+json|an AI model
	application/vnd.oci.empty.v1+json|an artifact
END

# An attestation of an index is passed over for what is an image.
echo 'file a data=x' | layout attested --ref 1 --index --platform unknown/unknown >/dev/null
echo 'file a data=y' | layout attested --ref 1 --index --platform linux/amd64 >/dev/null
run ctnr-fetch --platform linux/amd64 --layout out oci:attested:1
is "$(jq -r .descriptor.platform.architecture "$stdout_file")" amd64 "an attestation beside an image is passed over"
hostile_start "$CTNR_TEST_TMP/small" --fault schema1
run ctnr-fetch --layout old "docker://$hostile/x:1"
is_status 4 "an image of Docker's schema 1 is refused"
like_stderr "*Docker schema 1 is not supported*
*hint: 'skopeo copy' makes an oci:DIR:TAG of it, which can be fetched" "... by name, and the hint says what converts it"
done_testing
