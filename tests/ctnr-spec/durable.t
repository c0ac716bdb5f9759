#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A config and volumes that stay are on the disk before they get their names.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/sync.sh"
needs USERNS PEER:strace

layout image --config '{"config": {"Cmd": ["true"]}}' <<-'END' >/dev/null
	dir data
	file data/hello data=hello
	dir etc
	file etc/passwd data=
END
ctnr-fetch --store store -t app:1 "oci:$CTNR_TEST_TMP/image" >/dev/null
for id in one two; do
	in_namespace ctnr-unpack --store store -b $id app:1 >/dev/null
done
in_namespace ctnr-unpack --ephemeral $$ --store store -b run app:1 >/dev/null

spec() {
	steps ctnr-spec --store "$CTNR_TEST_TMP/store" "$@"
}

spec one
is_status 0 "a config is written"
is_steps "the files that it names are synced and renamed, then it, each before its folder" <<'END'
fsync store/bundles/one/etc/hosts.N.part
rename store/bundles/one/etc/hosts
fsync store/bundles/one/etc/hostname.N.part
rename store/bundles/one/etc/hostname
fsync store/bundles/one/etc/resolv.conf.N.part
rename store/bundles/one/etc/resolv.conf
fsync store/bundles/one/etc
fsync store/bundles/one/config.json.N.part
rename store/bundles/one/config.json
fsync store/bundles/one
END
spec -v named:/data one
is_steps "a named volume is synced at once with what it begins with, renamed, and then its folder" <<'END'
fsync store/bundles/one/etc
fsync store
syncfs store/volumes
rename store/volumes/named
fsync store/volumes
fsync store/bundles/one/config.json.N.part
rename store/bundles/one/config.json
fsync store/bundles/one
END
spec -v named:/data one
is "$(grep -c volumes steps)" 0 "... once"
spec -v /data one
is "$(grep volumes steps)" "syncfs store/bundles/one/volumes
rename store/bundles/one/volumes/data
fsync store/bundles/one/volumes" "so is one without a name, in the bundle"
steps ctnr-spec --edit store/bundles/one/config.json -e A=b
is_steps "a config that is edited is synced too" <<'END'
fsync store/bundles/one/config.json.N.part
rename store/bundles/one/config.json
fsync store/bundles/one
END

spec -v /data run
is_status 0 "a config is written for one run"
is "$(syncs)" "" "... and nothing is synced, nor its volume without a name"
is "$(grep -c ^rename steps)" 5 "... of five that are renamed"
spec -v mine:/data run
is "$(syncs)" "syncfs store/volumes
fsync store/volumes" "... but a named volume is: it stays"
spec --no-sync -v yours:/data -v /etc two
is_status 0 "--no-sync: a config is written with volumes"
is "$(syncs)" "" "... and nothing is synced"
is "$(grep -c ^rename steps)" 6 "... of six that are renamed"

# Errors.
unchanged() {
	is_status 1 "fsync $injected fails: so does the command"
	like_stderr "ctnr-spec: error: *: Input/output error*" "... and says so"
	! grep -q '"C=d"' store/bundles/one/config.json || changed=$((changed + 1))
	in_namespace rm -rf store/volumes store/bundles/one/etc
}
changed=0
in_namespace rm -rf store/volumes store/bundles/one/etc
each_sync fsync unchanged ctnr-spec --store store -v named:/data -e C=d one
is "$injected" 8 "... each of eight"
is "$changed" 1 "... the config has changed only where it was the last, behind the rename"
in_namespace rm -rf store/volumes
inject syncfs EIO 1 ctnr-spec --store store -v named:/data -e E=f one
is_status 1 "a volume that cannot be synced is none"
like_stderr "ctnr-spec: error: *cannot make volume 'named': cannot sync *: Input/output error*" "... and that is said"
is "$(in_namespace ls store/volumes)" "" "... it has no name"
is "$(grep -c '"E=f"' store/bundles/one/config.json)" 0 "... and no config names it"
run in_namespace ctnr-spec --store store -v named:/data one
is_status 0 "... it is made again"
is "$(in_namespace cat store/volumes/named/hello)" hello "... with what it begins with"
done_testing
