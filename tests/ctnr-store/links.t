#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: root may be asked to collect in a store that another user has filled
# What deletes or replaces things that nobody has named does not leave the store by the links of another user.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"

image localhost/a:1 a >/dev/null
mkdir -p elsewhere/documents "$store/bundles" "$store/layers/0" "$store/cache/chains"
echo mine >elsewhere/documents/file
name=$(printf x | sha256sum | cut -d ' ' -f 1)
echo mine >"elsewhere/$name"
mkdir "elsewhere/$name.part"

for place in trash volumes images/.lease layers/0/sha256 cache/refs cache/chains/sha256; do
	ln -s "$PWD/elsewhere" "$store/$place"
	chown -h 65534 "$store/$place"
	run ctnr-store gc --grace 0 --image-ttl 0
	is_status 1 "gc: $place that is a link of another user is refused"
	like "$stderr" "*'$store/$place' is a link that another user has made (uid 65534)*remove the link*" "... and told"
	run ctnr-store image rm a:1
	is_status 1 "... by image rm"
	run ctnr-store check --quick --repair
	is_status 1 "... and by a repair"
	rm "$store/$place"
done
mv "$store/images/blobs/sha256" elsewhere/blobs
ln -s "$PWD/elsewhere/blobs" "$store/images/blobs/sha256"
run ctnr-store gc --grace 0
is_status 0 "an own link is followed"
ln -s "$PWD/elsewhere" "$store/trash"
run ctnr-store gc --grace 0
is_status 0 "... but what is behind one that is the trash"
is "$(find elsewhere | wc -l)" 9 "... is not the store's"
ok "... nor counted" ctnr-store df
done_testing
