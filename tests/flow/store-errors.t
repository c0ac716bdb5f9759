#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: one root
# differs: whose files the layers are (newuidmap has no rights under strace, so sub is not tried)
# timeout: 60 each call of some commands fails once (all of them: make soak)
#
# A disk that fails or is full at any call: what was there before is there afterwards, nothing is half made, and
# the next try succeeds.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/store.sh"
needs USERNS PEER:strace

# Of the calls of a kind every one, in soak.
step=5
[ "${CTNR_TEST_SCALE:-1}" = 1 ] || step=1

printf 'file a data=a\ndir d\nfile d/b data=b\nsymlink s a\n' | "$test_lib/make-tar.py" one.tar
printf 'file c data=c\n' | "$test_lib/make-tar.py" two.tar
"$test_lib/make-layout.py" --ref 1 source one.tar two.tar >/dev/null
"$test_lib/make-layout.py" --ref 2 source one.tar >/dev/null
export CTNR_STORE="$PWD/full"
mkdir -m 700 full empty
ctnr-fetch -t one:1 oci:source:1 >/dev/null
ctnr-fetch -t two:1 oci:source:2 >/dev/null
ctnr-unpack -b kept one:1 >/dev/null
ctnr-spec kept -- true >/dev/null

# survives TITLE OPTIONS... -- CMD...
survives() {
	survives_title=$1
	shift
	run "$test_lib/inject-errors.py" --step "$step" "$@"
	is_stdout "" "$survives_title at whatever call the disk fails"
	is_status 0 "... there were such calls"
	note "$stderr"
}

survives "a first fetch" --store empty --gives localhost/one:1 -- ctnr-fetch -t one:1 oci:source:1
survives "another fetch" --store full --keeps localhost/one:1 --keeps localhost/two:1 --gives localhost/three:1 -- \
	ctnr-fetch -t three:1 oci:source:2
survives "an unpack" --store full --keeps localhost/one:1 -- ctnr-unpack -b kept --update two:1
survives "a tag" --store full --keeps localhost/one:1 --gives localhost/three:1 -- ctnr-store image tag one:1 three:1
survives "a removal of an image" --store full --keeps localhost/one:1 -- ctnr-store image rm -f two:1
survives "a removal of a bundle" --store full --keeps localhost/one:1 -- ctnr-store bundle rm -f kept
survives "a collection" --store full --keeps localhost/one:1 --keeps localhost/two:1 -- ctnr-store gc --grace 0s
done_testing
