#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The order in which a collection reads, moves and deletes, as collect/sweep.h has it: sweep.c (the unit test) runs
# the steps in all orders, and this says that the tools do them in the one that loses nothing.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/gc.sh"
needs USERNS PEER:strace

image localhost/kept:1 kept >/dev/null
mkdir "$store/images/.lease"
ctnr-unpack --driver overlay -b kept kept:1 >/dev/null

# doomed: an image with an unpacked layer, that no bundle needs; $manifest
doomed() {
	manifest=$(image localhost/doomed:1 doomed)
	in_namespace ctnr-unpack --driver overlay -b doomed doomed:1 >/dev/null
	in_namespace ctnr-store bundle rm doomed >/dev/null
	manifest=${manifest#sha256:}
}

# order CMD...: what it does from the lock on to its first deletion of a blob is left in the file "order".
order() {
	run in_namespace env ASAN_OPTIONS=detect_leaks=0 strace -qq -y -e signal=none -o trace \
		-e trace=flock,open,openat,openat2,renameat,renameat2,unlink,unlinkat "$@"
	sed -E -n -e '/= -1 E/d' \
		-e '/^flock\([0-9]+<[^>]*\/oci-layout>, LOCK_EX/s/.*/lock/p' \
		-e '/^open[^"]*"(\.\/)?\.lease"/s/.*/leases/p' \
		-e '/^open[^"]*"([^"]*\/)?index\.json", O_RDONLY/s/.*/names/p' \
		-e '/^open[^"]*"([^"]*\/)?bundles"/s/.*/bundles/p' \
		-e '/^renameat2?\(.*\.aside"/s/.*/move/p' \
		-e "/^unlinkat?\\(.*$manifest\\.aside\"/s/.*/delete the document/p" \
		-e '/^unlinkat?\(.*\/[0-9a-f]{64}\.aside"/s/.*/delete a blob/p' trace |
		uniq | sed -n '/lock/,/delete a blob/p' >order
}

wanted="lock
leases
names
bundles
leases
move
leases
names
bundles
delete the document
delete a blob"

doomed
order ctnr-store gc --image-ttl 0
is_status 0 "a collection works"
is "$(gone layer | wc -l)" 1 "... and deletes a layer too"
is "$(cat order)" "$wanted" "... with its lock it reads leases before names, moves, reads again, and deletes documents first"
doomed
order ctnr-store image rm doomed:1
is_status 0 "a removal of an image works"
is "$(cat order)" "$wanted" "... in the same order"
done_testing
