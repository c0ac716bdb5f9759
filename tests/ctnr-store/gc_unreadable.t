#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What may need something and cannot be read: nothing is deleted, and it is said what cannot. (Root could read it.)
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"
needs USERNS

a=$(image localhost/a:1 a)
ok "an image is unpacked" ctnr-unpack --driver overlay -b a a:1
ok "... and its name is removed" ctnr-store image rm --force localhost/a:1
stray=$(stray stray)

# content: the blobs and layers that are there.
content() {
	find "$store/images/blobs" "$store/layers" -mindepth 2 -maxdepth 3 -printf '%P\n' | LC_ALL=C sort
}
before=$(content)
like "$before" "*${a#sha256:}*" "... the image stays, because a bundle needs it"

# hinders PATH TITLE
hinders() {
	mode=$(stat -c %a "$store/$1")
	chmod 0 "$store/$1"
	for dry_run in --dry-run ""; do
		# shellcheck disable=SC2086 # none, where it is empty
		run ctnr-store gc $dry_run --grace 0
		is_status 1 "$2 hinders a collection ${dry_run:-for good}"
		like_stderr "*Permission denied*" "... which is said"
	done
	chmod "$mode" "$store/$1"
	is "$(content)" "$before" "... and nothing is gone"
}

hinders bundles "a folder of bundles that cannot be read"
hinders bundles/a "a bundle that cannot be opened"
hinders bundles/a/record.json "a record of a bundle"
hinders bundles/a/lower "a bundle's directory of links"
hinders "images/blobs/sha256/${a#sha256:}" "a manifest that a bundle needs"
is "$(image localhost/a:1 a)" "$a" "the image has a name again"
hinders images/index.json "an index.json"
hinders cache/chains/sha256 "what the store knows of an image's layers"

# Damage is no such thing.
: >"$store/bundles/a/record.json"
run ctnr-store gc --grace 0
is_status 0 "an empty record hinders nothing"
is "$(gone blob)" "$stray" "... what nothing needs is gone"
ln -s /nowhere "$store/bundles/elsewhere"
run ctnr-store gc --grace 0
is_status 0 "... nor does a bundle elsewhere that is not there"
done_testing
