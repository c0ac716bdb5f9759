#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An address that is not spelled as one: the hint says how, and nothing is asked of a registry for it.
. "$(dirname "$0")/../lib/test.sh"

# hinted ADDRESS ERROR HINT: of ctnr pull and, with the same hint, of ctnr run.
hinted() {
	run ctnr pull "$1"
	is_status 2 "ctnr pull $1 is a wrong command line"
	is_stderr "ctnr pull: error: $2
ctnr pull: hint: $3" "... and the hint says how it is spelled"
	run ctnr run "$1" true
	is_status 125 "so is ctnr run $1"
	like_stderr "ctnr run: error: *
ctnr run: hint: $3" "... with the same hint"
}
hinted /path/to/layout "no transport in '/path/to/layout'" "for an OCI layout write oci:/path/to/layout"
hinted ./dir "no transport in './dir'" "for an OCI layout write oci:./dir"
hinted ../dir "no transport in '../dir'" "for an OCI layout write oci:../dir"
hinted . "no transport in '.'" "for an OCI layout write oci:."
for archive in file.tar ./file.tar.gz file.tgz; do
	hinted "$archive" "no transport in '$archive'" "'skopeo copy oci-archive:$archive oci:DIR:TAG' \
(or docker-archive:) makes a layout of it: oci:DIR:TAG"
done
hinted https://quay.io/a/b "unknown transport 'https://': expected docker:// or oci:" \
	"for an image in a registry write docker://quay.io/a/b"
hinted dokcer://alpine "unknown transport 'dokcer://': expected docker:// or oci:" "did you mean 'docker://'?"
hinted oci-archve://x "unknown transport 'oci-archve://': expected docker:// or oci:" \
	"did you mean 'oci-archive:'?"
hinted docker-archive:x.tar "images cannot be read from transport 'docker-archive:' yet" \
	"'skopeo copy docker-archive:x.tar oci:DIR:TAG' makes a layout of it: oci:DIR:TAG"

for verb in run bundle; do
	run ctnr $verb ''
	like_stderr "ctnr $verb: error: the name of the image is empty*" "an empty name is told as that: $verb"
done
for name in UPPER a/; do
	run ctnr run $name
	is "$(grep -c hint: "$stderr_file")" 1 "what is no name is told once, not that it is not in the store: $name"
done

# Where the transport is not optional.
for row in 'docker:alpine did.you.mean.*docker://' 'ocl:dir did.you.mean.*oci:' \
	'docker.io/x for.an.image*docker://docker.io/x' 'alpine:3 for.an.image*docker://alpine:3'; do
	run ctnr-fetch "${row%% *}"
	is_status 2 "ctnr-fetch ${row%% *} is a wrong command line"
	like_stderr "*hint: $(printf %s "${row#* }" | tr . '?')*" "... with a hint"
done

done_testing
