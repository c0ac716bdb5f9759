#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A run that leaves nothing waits for no disk; --no-sync is an option of every verb that writes.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/sync.sh"
needs USERNS PEER:strace

export CTNR_STORE="$CTNR_TEST_TMP/store"
source=oci:$(busybox_layout)
ctnr-fetch -t app:1 "$source" >/dev/null

# written: the folders of the store in which the steps brought something to the disk.
written() {
	syncs | sed -E 's/^[a-z_]* //; s|^(store/[^/]*).*|\1|' | sort -u
}

steps ctnr run --rm --network host app:1 echo hello
is_stdout hello "a container runs whose layers are not there"
is "$(written)" "store/layers" "... of what stays, its layers, is all that is synced"
steps ctnr run --rm --network host -v /data app:1 echo hello
is_stdout hello "a container runs whose layers are there"
is "$(syncs)" "" "... and nothing is synced, from its making to its removal"
is "$(grep -c '/record.json$' steps) $(grep -c '^rename store/trash' steps)" "1 1" "... of what was made and removed"
is "$(ls store/bundles)" "" "... nothing of which is left"
rm -rf store/cache
steps ctnr run --rm --network host app:1 echo hello
is_stdout hello "a container runs without the derived data"
is "$(syncs)" "" "... which is made again, and not synced"
isnt "$(ls store/cache/chains)" "" "... indeed"
in_namespace rm -rf store
steps ctnr run --rm --network host --quiet "$source" echo hello
is_stdout hello "a container runs in a store that is not there"
is "$(written)" ".
store
store/layers" "... the store is synced, and its layers"

ctnr pull --tag app:1 "$source" >/dev/null
steps ctnr run --network host --name kept app:1 echo hello
is_stdout hello "a container runs that stays"
is "$(written)" "store/bundles
store/layers" "... and is synced, with the names of its layers"
steps ctnr rm kept
is "$(written)" "store/bundles" "... and so is its removal"

# no_sync VERB ARGUMENT...: is nothing synced, but something renamed?
no_sync() {
	no_sync_verb=$1
	shift
	steps ctnr "$no_sync_verb" --no-sync "$@"
	is_status 0 "--no-sync is an option of $no_sync_verb"
	is "$(syncs)" "" "... with which nothing is synced"
	is "$(grep -c ^rename steps | sed 's/[1-9][0-9]*/some/')" some "... but renamed"
}
no_sync run --network host --name kept app:1 true
no_sync bundle app:1 plain
no_sync rm kept
no_sync tag app:1 app:2
no_sync untag app:2
no_sync rmi app:1
in_namespace rm -rf store
no_sync pull --tag app:3 "$source"
done_testing
