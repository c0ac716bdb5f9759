#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Layers and bundles that stay are on the disk before they get their names. A bundle for one run is not waited for.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/sync.sh"
needs USERNS PEER:strace

head -c 2097152 /dev/zero | tr '\000' x >megabytes
layout image <<-END >/dev/null
	file hello data=hello
	file large from=$CTNR_TEST_TMP/megabytes
END
layout other <<-'END' >/dev/null
	file other data=other
END
ctnr-fetch --store store -t app:1 "oci:$CTNR_TEST_TMP/image" >/dev/null
ctnr-fetch --store store -t app:2 "oci:$CTNR_TEST_TMP/other" >/dev/null

unpack() {
	steps ctnr-unpack --store "$CTNR_TEST_TMP/store" "$@"
}

# forget: no layer and no bundle is there.
forget() {
	in_namespace rm -rf store/layers store/bundles store/cache store/trash here
}

unpack -b one app:1
is_status 0 "a bundle is made of an image whose layers are not there"
is_steps "layers are synced at once and renamed; their names, links and the bundle's name come before its record" <<'END'
fsync store/layers/IDMAP
fsync store/layers
sync_file_range store/layers/IDMAP/sha256/DIGEST.part/diff/large
syncfs store/layers/IDMAP/sha256/DIGEST.part
rename store/layers/IDMAP/sha256/DIGEST
fsync store/layers/IDMAP/sha256
fsync store/bundles/one/lower
fsync store/bundles/one/upper
fsync store/bundles
fsync store/bundles/one/record.json.N.part
rename store/bundles/one/record.json
fsync store/bundles/one
END
fd=$(sed -n 's/^[0-9]* *syncfs(\([0-9]*\)<.*/\1/p' trace)
opened=$(grep -n "O_DIRECTORY.* = $fd<.*\.part>\$" trace | tail -n 1 | cut -d : -f 1)
written=$(grep -n 'O_CREAT.* = [0-9]*<.*/diff/hello>$' trace | head -n 1 | cut -d : -f 1)
ok "what is synced was opened before the first file was made, so that a failed write is told" \
	test "${opened:-999999}" -lt "${written:-0}"

unpack -b two app:1
is_steps "layers that are there: whoever named them, their names are synced" <<'END'
fsync store/layers/IDMAP/sha256
fsync store/bundles/two/lower
fsync store/bundles/two/upper
fsync store/bundles
fsync store/bundles/two/record.json.N.part
rename store/bundles/two/record.json
fsync store/bundles/two
END
unpack -b ./here app:1
is_steps "a bundle elsewhere: its folder and the link that registers it" <<'END'
fsync store/layers/IDMAP/sha256
fsync here/lower
fsync here/upper
fsync store/bundles
fsync .
fsync here/record.json.N.part
rename here/record.json
fsync here
END
unpack --update -b two app:2
is_status 0 "a bundle gets another image"
is "$(sed -n '/^fsync store.bundles/{p;q}' steps)" "fsync store/bundles/two" \
	"... its record is gone before anything else of it is"
unpack --driver copy -b three app:1
is_steps "a root filesystem of its own is synced at once, and renamed" <<'END'
sync_file_range store/bundles/three/rootfs.part/large
syncfs store/bundles/three/rootfs.part
rename store/bundles/three/rootfs
fsync store/bundles
fsync store/bundles/three/record.json.N.part
rename store/bundles/three/record.json
fsync store/bundles/three
END

# For one run.
unpack --ephemeral $$ -b run1 app:1
is_status 0 "a bundle for one run is made"
is_steps "... and not waited for" <<'END'
rename store/bundles/run1/record.json
END
unpack --ephemeral $$ --driver copy -b run2 app:1
is_steps "... nor with a root filesystem of its own" <<'END'
rename store/bundles/run2/rootfs
rename store/bundles/run2/record.json
END
forget
unpack --ephemeral $$ -b run1 app:1
is "$(syncs)" "fsync store
fsync store/layers/IDMAP
fsync store/layers
sync_file_range store/layers/IDMAP/sha256/DIGEST.part/diff/large
syncfs store/layers/IDMAP/sha256/DIGEST.part" "... but its layers are the store's, and stay"

forget
unpack --no-sync -b one app:1
is_status 0 "--no-sync: a bundle is made with its layers"
is_steps "... and nothing is synced" <<'END'
rename store/layers/IDMAP/sha256/DIGEST
rename store/bundles/one/record.json
END
unpack --no-sync --driver copy -b two app:1
is "$(syncs)" "" "... nor is a root filesystem of its own"
unpack --no-sync -b one --update app:2
is "$(syncs)" "" "... nor a bundle that gets another image"

# Errors.
not_made() {
	is_status 1 "fsync $injected fails: so does the command"
	like_stderr "ctnr-unpack: error: *: Input/output error*" "... and says so"
	is "$(in_namespace find store/bundles -name record.json)" "" "... no bundle is there"
	forget
}
forget
each_sync fsync not_made ctnr-unpack --store store -b one app:1
is "$injected" 7 "... each of seven that one process does"
forget
inject syncfs EIO 1 ctnr-unpack --store store -b one app:1
is_status 1 "layers that cannot be synced are none"
like_stderr "ctnr-unpack: error: *cannot sync the layers: Input/output error*" "... and that is said"
is "$(in_namespace find store/layers -mindepth 3 -maxdepth 3 ! -name '*.part')" "" "... they have no name"
is "$(in_namespace ls store/bundles)" "" "... and no bundle is there"
run in_namespace ctnr-unpack --store store -b one app:1
is_status 0 "... they are unpacked again"
inject syncfs EIO 1 ctnr-unpack --driver copy --store store -b two app:1
is_status 1 "a root filesystem that cannot be synced is none"
is "$(in_namespace ls store/bundles)" "one" "... nor is its bundle"
done_testing
