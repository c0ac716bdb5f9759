#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Damage of one object hinders no other: what is not damaged is listed, run, removed and fetched beside it, and
# what meets the damage says how it is mended.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"
layout=$(busybox_layout)
for name in bad other gone; do
	layout "$name" --ref latest <<-END >/dev/null
		file $name data=$name
	END
	ctnr-fetch -t $name "oci:$name:latest" >/dev/null
done
ctnr-fetch -t box "oci:$layout:latest" >/dev/null
ctnr-unpack -b bad bad >/dev/null
ctnr-unpack -b whole box >/dev/null
ctnr-spec whole -- echo runs >/dev/null

manifest=$(jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "localhost/bad:latest").digest' "$store/images/index.json")
manifest=images/blobs/sha256/${manifest#sha256:}
config=images/blobs/sha256/$(jq -r .config.digest "$store/$manifest" | cut -d : -f 2)
layer=images/blobs/sha256/$(jq -r '.layers[0].digest' "$store/$manifest" | cut -d : -f 2)
chains=cache/chains/sha256/${config##*/}
hint="*hint: 'ctnr check --repair' mends what is damaged in the store"

# others TITLE: images and bundles that are whole are used as ever.
others() {
	run ctnr images -q
	like_stdout "*localhost/other:latest*" "$1: images are listed"
	run ctnr ps -aq
	is_stdout "bad
whole" "... and containers"
	run ctnr bundle run whole
	is_stdout runs "... another one runs"
	run ctnr run --rm --network host box echo new
	is_stdout new "... also of a new one"
	ok "... another image is fetched" ctnr-fetch -t new "oci:other:latest"
	run ctnr rmi gone
	is_status 0 "... another one is removed"
	like_stdout '*"deleted":"sha256:*' "... with what it consists of"
	ok "... and a container" ctnr rm whole
}

for file in "$manifest" "$config" "$layer" "$chains" bundles/bad/record.json; do
	in_namespace cp -a "$store" "$store.whole"
	: >"$store/$file"
	others "an empty ${file%%[0-9a-f][0-9a-f][0-9a-f]*}"
	delete_tree "$store"
	mv "$store.whole" "$store"
done

in_namespace cp -a "$store" "$store.whole"
: >"$store/bundles/bad/record.json"
run ctnr bundle run bad
like_stderr "$hint" "a damaged record names its remedy"
ok "... and does not keep the container" ctnr rm bad
: >"$store/$chains"
in_namespace rm -r "$store/layers/"*/*/"$(head -n 1 "$store.whole/$chains" | cut -d : -f 2)"
run ctnr-unpack -b again bad
is_status 0 "an empty list of layers is made anew"
ok "... with the layer" test -e "$store/bundles/again/lower/0/bad"
: >"$store/$manifest"
run ctnr-unpack -b third bad
is_status 4 "an image whose manifest is empty makes no bundle"
like_stderr "$hint" "... and its remedy is named"
: >"$store/images/index.json"
for words in "images" "rmi other" "run --rm other true" "pull -t x oci:other:latest"; do
	# shellcheck disable=SC2086 # words
	run ctnr $words
	like_stderr "$hint" "index.json is empty: ctnr ${words%% *} names the remedy"
done
run ctnr ps -aq
is_stdout "again
whole" "... containers are listed"
run ctnr bundle run whole
is_stdout runs "... and run"
ok "... and are removed" ctnr rm whole again
delete_tree "$store"
mv "$store.whole" "$store"

# Other commands meanwhile: what is on its way is no damage.
(
	n=0
	while [ ! -e stop ]; do
		n=$((n + 1))
		ctnr-fetch -t "work$((n % 3))" "oci:other:latest"
		ctnr-fetch -t gone "oci:gone:latest"
		ctnr-unpack -b "work$((n % 2))" gone
		ctnr-store image rm gone
		ctnr-store bundle rm "work$((n % 2))"
		ctnr-store image rm "work$((n % 3))"
	done
) >/dev/null 2>work.log &
alarms=0
for i in 1 2 3 4 5 6 7 8 9 10; do
	ctnr-store check --quick >out || alarms=$((alarms + 1))
	[ $((i % 5)) != 0 ] || ctnr-store check >out || alarms=$((alarms + 1))
	[ "$alarms" = 0 ] || break
done
: >stop
wait $!
is $alarms 0 "while others fetch, unpack and remove, check finds no damage" || note "$(cat out)"
is "$(cat work.log)" "" "... and hinders none"
done_testing
