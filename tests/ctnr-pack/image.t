#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The documents of an image that was packed: config, history, manifest, names.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

# bundle NAME ADDRESS: an overlay bundle with one changed file.
bundle() {
	ctnr-unpack --driver overlay -b "$1" "$2" >/dev/null && ctnr-spec "$1" -- sh -c 'echo hi' >/dev/null &&
		echo new >"$(bundle_of "$1")/upper/new"
}

bundle_of() {
	ctnr-store bundle show "$1" | jq -r .bundle
}

# show JQ IMAGE: of what image show prints.
show() {
	ctnr-store image show "$2" | jq -c "$1"
}

layers='"history": [{"created_by": "one", "created": "2001-01-01T00:00:00Z"}, {"created_by": "env", "empty_layer": true}]'
layout base --annotation org.example.a=b --annotation org.opencontainers.image.created=old --config '{"config":
	{"Cmd": ["sh"], "Env": ["A=1"], "Odd": [0.1]}, "x": "kept", "author": "before", '"$layers"'}' \
	>/dev/null <<'END'
dir bin
file bin/tool data=x mode=755
END
ctnr-fetch -t registry.example/base:1 oci:base:latest >/dev/null
bundle c registry.example/base:1

run ctnr-pack -t app -t app:2 --timestamp 1000000000 --message 'a comment' \
	--change 'ENV B=$A' --change 'CMD ["tool"]' c
is_status 0 "a bundle is packed"
is_stderr "" "... silently"
is "$(printf %s "$stdout" | jq -c '[.layout, .ref, .descriptor.mediaType, .descriptor.platform.os]')" \
	"[\"$(ctnr-store image show app | jq -r .layout)\",\"localhost/app:latest\",\"application/vnd.oci.image.manifest.v1+json\",\"linux\"]" \
	"... and its record printed, with the first name"
digest=$(printf %s "$stdout" | jq -r .descriptor.digest)
is "$(show .descriptor.digest app:2)" "\"$digest\"" "each name stands for it"
is "$(show .config.config app)" '{"Cmd":["tool"],"Env":["A=1","B=1"],"Odd":[0.1]}' \
	"the config is the base's with the instructions"
is "$(show '[.config.x, .config.author, .config.created]' app)" \
	'["kept","before","2001-09-09T01:46:40Z"]' "... what is not known stays, and created is the timestamp"
is "$(show '.config.history' app)" '[{"created_by":"one","created":"2001-01-01T00:00:00Z"},{"created_by":"env","empty_layer":true},{"created":"2001-09-09T01:46:40Z","created_by":"sh -c echo hi","comment":"a comment"}]' \
	"the history has one entry more, with the container's command"
is "$(ctnr-store image show app | jq -c '[(.config.rootfs.diff_ids | length), (.manifest.layers | length), .manifest.schemaVersion, .manifest.config.mediaType]')" \
	'[2,2,2,"application/vnd.oci.image.config.v1+json"]' "there is one layer more"
is "$(show '.manifest.layers[0]' app)" "$(show '.manifest.layers[0]' registry.example/base:1)" \
	"the base's layers stand there as before"
is "$(show '.manifest.annotations' app)" "{\"org.example.a\":\"b\",\"org.opencontainers.image.created\":\"2001-09-09T01:46:40Z\",\"org.opencontainers.image.base.digest\":$(show .descriptor.digest registry.example/base:1),\"org.opencontainers.image.base.name\":\"registry.example/base:1\"}" \
	"annotations stay, and tell of the base"

run ctnr-pack --timestamp 1000000000 --message 'a comment' --change 'ENV B=$A' --change 'CMD ["tool"]' c
is "$(printf %s "$stdout" | jq -r .descriptor.digest)" "$digest" "the same input is the same image"
run ctnr-pack --timestamp 2001-09-09T03:46:40+02:00 --message 'a comment' --change 'ENV B=$A' --change 'CMD ["tool"]' c
is "$(printf %s "$stdout" | jq -r .descriptor.digest)" "$digest" "... also by another word for the same time"
run env SOURCE_DATE_EPOCH=1000000000 ctnr-pack --message 'a comment' --change 'ENV B=$A' --change 'CMD ["tool"]' c
is "$(printf %s "$stdout" | jq -r .descriptor.digest)" "$digest" "... and by SOURCE_DATE_EPOCH"
is "$(ctnr-store image ls | wc -l)" 3 "... which has a name already, and gets no entry without one"
run env SOURCE_DATE_EPOCH=1 ctnr-pack --timestamp 1000000000 --message 'a comment' --change 'ENV B=$A' --change 'CMD ["tool"]' c
is "$(printf %s "$stdout" | jq -r .descriptor.digest)" "$digest" "--timestamp says it before SOURCE_DATE_EPOCH"

run ctnr-pack --author me --print ref --iidfile id c
is_status 0 "without a name there is an image"
like_stdout "sha256:*" "... known by its digest"
is "$(cat id)" "$stdout" "... which --iidfile writes"
is "$(show '[.config.author, .config.history[-1].author]' "$stdout")" '["me","me"]' "--author is in config and history"
unnamed=$stdout
ctnr-store gc --grace 0 >/dev/null
is "$(show .descriptor.digest "$unnamed")" "\"$unnamed\"" "a collection spares it"
ctnr-store gc --grace 0 --unnamed >/dev/null
run ctnr-store image show "$unnamed"
is_status 3 "... and removes it when it is asked to"

rm "$(bundle_of c)/upper/new"
run ctnr-pack -t same --change 'LABEL a=b' c
is_status 0 "a bundle without changes is packed"
is "$(show '[(.manifest.layers | length), (.config.rootfs.diff_ids | length), .config.history[-1].empty_layer]' same)" \
	'[1,1,true]' "... no layer is made for nothing, and the history says so"
is "$(show '.config.config.Labels' same)" '{"a":"b"}' "... but the config is changed"
echo new >"$(bundle_of c)/upper/new"

run ctnr-pack -t squashed --squash --timestamp 1 c
is_status 0 "--squash packs everything"
is "$(show '[(.manifest.layers | length), (.config.rootfs.diff_ids | length), (.config.history | length), .manifest.annotations]' squashed)" \
	'[1,1,1,{"org.example.a":"b","org.opencontainers.image.created":"1970-01-01T00:00:01Z"}]' \
	"... into one layer and one entry, and nothing is said of a base"
# content IMAGE: the names of its files.
content() {
	ctnr-unpack --driver copy -b content "$1" >/dev/null
	(cd "$(bundle_of content)/rootfs" && find . -type f | sort | tr '\n' ' ')
	ctnr-store bundle rm content >/dev/null
}
is "$(content squashed)" "./bin/tool ./new " "... with all files"
is "$(content app)" "./bin/tool ./new " "as the image of several layers has"

for how in gzip gzip:1 zstd zstd:10 none; do
	case $how in
	gzip*) type=+gzip ;;
	zstd*) type=+zstd ;;
	none) type= ;;
	esac
	run ctnr-pack -t "$how" --timestamp 1 --compression "$how" c
	is "$(show '.manifest.layers[1].mediaType' "$(printf %s "$stdout" | jq -r .descriptor.digest)")" \
		"\"application/vnd.oci.image.layer.v1.tar$type\"" "--compression $how is in the layer's type"
	show .manifest.config.digest "$(printf %s "$stdout" | jq -r .descriptor.digest)" >>configs
done
is "$(sort -u configs | wc -l)" 1 "... and the config is the same with each"

ctnr-fetch --format keep -t docker:1 "oci:$("$test_lib/make-layout.py" --docker docker base.tar | jq -r .layout):latest" >/dev/null
bundle d docker:1
run ctnr-pack -t from-docker d
is_status 0 "a base of Docker's types is packed"
is "$(show '[.manifest.mediaType, .manifest.config.mediaType, .manifest.layers[].mediaType]' from-docker | grep -c docker)" 0 \
	"... and no type of Docker's is left"
is "$(show '.manifest.layers[0].digest' from-docker)" "$(show '.manifest.layers[0].digest' docker:1)" \
	"... the layer is the same"
is "$(content from-docker)" "./bin/tool ./new " "... and it can be unpacked"
is "$(show '.config.history | length' from-docker)" 2 "layers that the base tells nothing of are told of"

# A copy.
ctnr-unpack --driver copy -b copied registry.example/base:1 >/dev/null
echo new >"$(bundle_of copied)/rootfs/new"
rm "$(bundle_of copied)/rootfs/bin/tool"
run ctnr-pack -t copy copied
is_status 0 "a bundle with a plain directory is packed"
is "$(show '.manifest.layers | length' copy)" 2 "... by what is different there"
is "$(content copy)" "./new " "... with what is new, and without what is gone"

# Another layout.
bundle e oci:base:latest
run ctnr-pack -t elsewhere e
is_status 0 "the image of a layout elsewhere is packed into the store"
is "$(show '.manifest.annotations["org.opencontainers.image.base.name"]' elsewhere)" null \
	"... what the layout calls it is no name of the base"
run ctnr-pack --layout out -t there c
is_status 0 "--layout packs into another layout"
is "$(printf %s "$stdout" | jq -r '[.layout, .ref] | join(" ")')" "$PWD/out localhost/there:latest" "... and says so"
is "$(ctnr-store image show oci:out | jq -c '.manifest.layers | length')" 2 "... where all of it is"
run skopeo inspect oci:out:localhost/there:latest
is_status 0 "... and skopeo finds it"
"$test_lib/make-tar.py" broken.tar <<'END'
file x data=y
END
"$test_lib/make-layout.py" broken broken.tar >/dev/null
bundle f oci:broken:latest
for blob in broken/blobs/sha256/*; do
	case $(head -c 2 "$blob") in '{'*) ;; *) printf x | dd of="$blob" bs=1 seek=20 conv=notrunc 2>/dev/null ;; esac
done
run ctnr-pack -t broken f
is_status 4 "a layer elsewhere that is damaged fails"
like_stderr "*layer sha256:*" "... by name"
run ctnr-store check
is_status 0 "the store is whole after all that"
is "$(find "$(ctnr-store image show app | jq -r .layout)" -name '*.part' -o -path '*/.lease/*')" "" "... and nothing is left"

run ctnr-unpack --driver overlay -b g app
mkdir "$(bundle_of g)/upper/dir"
ctnr-store bundle show g | jq -c '{bundle, id, image, rootfs}' >record
run ctnr-pack -t third - <record
is_status 0 "a record on standard input is packed"
is "$(show '.manifest.layers | length' third)" 3 "... on an image that was packed"
is "$(show '.config.history[-1].created_by' third)" '"ctnr-pack"' "... without a config no command is known"

ctnr-unpack --driver overlay --update -b g third >/dev/null
run ctnr-pack -t stale - <record
is_status 1 "a record of what the bundle is no longer fails"
is_stderr "ctnr-pack: error: bundle 'g' is of another image by now" "... and says so"

done_testing
