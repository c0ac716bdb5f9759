#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Images go into archives and directories, whole or not at all, and skopeo reads them there.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs PEER:skopeo PEER:umoci PEER:jq PEER:tar

printf 'file etc/base data=base mode=4755 xattr.user.k=v\n' | python3 "$test_lib/make-tar.py" base.tar
printf 'file etc/one data=1\n' | python3 "$test_lib/make-tar.py" one.tar
printf 'file etc/two data=2\n' | python3 "$test_lib/make-tar.py" two.tar
for name in one two; do
	"$test_lib/make-layout.py" --ref 1 "$name" base.tar "$name.tar" >/dev/null
	ctnr-fetch --tag "$name:1" "oci:$name:1" >/dev/null
done
digest=$(jq -r '.manifests[0].digest' one/index.json)

# read_by_skopeo ADDRESS: the digest of the image there.
read_by_skopeo() {
	skopeo inspect --format '{{.Digest}}' "$1"
}

# copied_by_skopeo ADDRESS: the diff IDs and the config of the image there.
copied_by_skopeo() {
	rm -rf copied
	skopeo copy --quiet "$1" oci:copied:1 >/dev/null && skopeo inspect --config oci:copied:1 |
		jq -S 'del(.history[]?.created, .created)'
}
copied_by_skopeo oci:one:1 >one.config
copied_by_skopeo oci:two:1 >two.config

# A layout in an archive.
run ctnr-push one:1 oci-archive:o.tar
is_status 0 "an image is written to an archive that is a layout"
is_stderr "" "... without a word"
is "$(jq -r '.ref, .descriptor.digest' "$stdout_file")" "localhost/one:1
$digest" "... and its record is printed"
is "$(read_by_skopeo oci-archive:o.tar)" "$digest" "skopeo finds it"
is "$(read_by_skopeo oci-archive:o.tar:localhost/one:1)" "$digest" "... by its name, too"
is "$(copied_by_skopeo oci-archive:o.tar)" "$(cat one.config)" "... and copies it"
is "$(tar -tf o.tar | sed -n '1,3p;$p')" "oci-layout
blobs/
blobs/sha256/
index.json" "what says where things are comes last"
is "$(tar -tvf o.tar | tr -s ' ' | cut -d ' ' -f 1,2,4,5 | sort -u)" "-rw-r--r-- 0/0 1970-01-01 00:00
drwxr-xr-x 0/0 1970-01-01 00:00" "owners, modes and times say nothing"
mkdir layout && tar -C layout -xf o.tar
run ctnr-fetch --layout back oci:layout
is "$(jq -r .descriptor.digest "$stdout_file")" "$digest" "what is in it is a layout that we read"
ctnr-push one:1 oci-archive:tag.tar:v1 >/dev/null
mkdir tag && tar -C tag -xf tag.tar
run umoci unpack --rootless --image tag:v1 bundle
is_status 0 "umoci reads it, by the name that DESTINATION gives"
is "$(cat bundle/rootfs/etc/base bundle/rootfs/etc/one)" "base1" "... whole"

# What Docker loads.
run ctnr-push one:1 docker-archive:d.tar
is_status 0 "an image is written to an archive of Docker's"
is "$(copied_by_skopeo docker-archive:d.tar)" "$(cat one.config)" "skopeo copies it"
is "$(copied_by_skopeo docker-archive:d.tar:localhost/one:1)" "$(cat one.config)" "... by its name, too"
config=$(jq -r .config.digest "one/blobs/sha256/${digest#*:}")
is "$(tar -xOf d.tar manifest.json | jq -r '.[0].Config')" "${config#*:}.json" \
	"... its config is the same, so its ID will be"
run ctnr-push one:1 docker-archive:named.tar:app:2
is "$(tar -xOf named.tar manifest.json | jq -c '.[].RepoTags')" '["docker.io/library/app:2"]' \
	"a name is given as Docker understands it"
is "$(jq -r .ref "$stdout_file")" docker.io/library/app:2 "... and told so"
run ctnr-push "$digest" docker-archive:nameless.tar
is "$status $(tar -xOf nameless.tar manifest.json | jq -c '.[].RepoTags')" "0 null" \
	"an image without a name is written without one"

# Several images.
ctnr-store image tag one:1 localhost/again:3 >/dev/null
for kind in oci docker; do
	run ctnr-push one:1 two:1 again:3 "$kind-archive:several.$kind.tar"
	is_status 0 "several images are written to one $kind-archive"
	is "$(jq -r .ref "$stdout_file")" "localhost/one:1
localhost/two:1
localhost/again:3" "... and told one after the other"
	is "$(tar -tf "several.$kind.tar" | sort | uniq -d)" "" "... each blob is there once"
	for name in one two; do
		is "$(copied_by_skopeo "$kind-archive:several.$kind.tar:localhost/$name:1")" "$(cat "$name.config")" \
			"... skopeo copies $name"
	done
done
is "$(tar -tf several.docker.tar | grep -c tar.gz)" 3 "a layer that two images have is there once"
is "$(tar -xOf several.docker.tar manifest.json | jq -c '.[].RepoTags')" '["localhost/one:1","localhost/again:3"]
["localhost/two:1"]' "an image of two names is one image"
run ctnr-push one:1 two:1 docker-archive:x.tar:name
is_status 2 "one name for two images is a usage mistake"

# To standard output, and again.
for kind in oci docker; do
	run ctnr-push one:1 two:1 again:3 "$kind-archive:-"
	is_file "$stdout_file" "several.$kind.tar" "$kind: standard output gets the same bytes, and no record"
done
run ctnr-push one:1 oci-archive:o2.tar
is_file o2.tar o.tar "the same image is the same archive"
"$test_lib/terminal.py" ctnr-push one:1 docker-archive:- </dev/null >terminal
is $? 2 "a terminal gets none"
like "$(cat terminal)" "*an archive is not for a terminal*hint: name a file*" "... and is told why"
echo old >old.tar
ln -s old.tar link.tar
run ctnr-push one:1 oci-archive:link.tar
is "$(cat old.tar)" old "a symlink is replaced, and what it leads to is left alone"
is_file link.tar o.tar "... by the archive"
run ctnr-push one:1 oci-archive:/dev/null
ok "a device stays one" test -c /dev/null
run ctnr-push one:1 oci-archive:/dev/stdout
is_file "$stdout_file" o.tar "/dev/stdout is standard output"
ok "... and stays what it is" test -L /dev/stdout
ctnr-push one:1 oci-archive:/dev/fd/3 3>third.tar >record
is_file third.tar o.tar "the name of another open descriptor is written to"
is "$(jq -r .ref record)" localhost/one:1 "... and standard output gets the record"
mkfifo fifo
cat fifo >from-fifo &
run ctnr-push one:1 oci-archive:fifo
wait $!
ok "... a pipe, too" test -p fifo
is_file from-fifo o.tar "... and gets the archive"

# A directory.
run ctnr-push one:1 dir:d/e
is_status 0 "an image is written to a directory, which is made"
is "$(read_by_skopeo dir:d/e)" "$digest" "skopeo finds it"
is "$(copied_by_skopeo dir:d/e)" "$(cat one.config)" "... and copies it"
skopeo copy --quiet oci:one:1 dir:wanted >/dev/null
is "$(cd d/e && sha256sum ./*)" "$(cd wanted && sha256sum ./*)" "it is what skopeo writes"
run ctnr-push --format docker one:1 dir:schema2
is "$(jq -r .mediaType schema2/manifest.json)" application/vnd.docker.distribution.manifest.v2+json \
	"... Docker's format, too"
is "$(copied_by_skopeo dir:schema2)" "$(cat one.config)" "... which skopeo copies"
run ctnr-push two:1 dir:d/e
is_status 1 "a directory that has something is refused"
is_stderr "ctnr-push: error: directory 'd/e' is not empty
ctnr-push: hint: dir: takes one that is new or empty, and deletes nothing" "... and told"
is "$(read_by_skopeo dir:d/e)" "$digest" "... what was there is there"

# An index with its images.
for platform in linux/amd64 linux/arm64; do
	"$test_lib/make-layout.py" --index --platform "$platform" --ref 1 many base.tar one.tar >/dev/null
done
ctnr-fetch --all-platforms --tag many:1 oci:many:1 >/dev/null
index=$(jq -r '.manifests[0].digest' many/index.json)
for address in oci-archive:many.tar dir:many.dir; do
	run ctnr-push --all-platforms many:1 "$address"
	is "$status $(jq -r .descriptor.digest "$stdout_file")" "0 $index" "$address: an index is written"
	for platform in amd64 arm64; do
		is "$(skopeo --override-arch "$platform" inspect --format '{{.Architecture}}' "$address")" "$platform" \
			"... with its image for $platform"
	done
done
run ctnr-push --platform linux/arm64 many:1 docker-archive:many.docker.tar
is "$status $(skopeo --override-arch arm64 inspect --format '{{.Architecture}}' docker-archive:many.docker.tar)" \
	"0 arm64" "docker-archive: gets one image of an index"
run ctnr-push --all-platforms many:1 docker-archive:x.tar
is_status 2 "... and not all"
like_stderr "*--all-platforms: *" "... and that is told"

# Layers that Docker cannot load.
"$test_lib/make-layout.py" --compress zstd --ref 1 zstd one.tar >/dev/null
ctnr-fetch --tag zstd:1 oci:zstd:1 >/dev/null
run ctnr-push zstd:1 docker-archive:zstd.tar
is_status 1 "a layer that Docker cannot load is refused"
like_stderr "*zstd*hint: *zstd*" "... with a hint"
ok "... before anything is written" test ! -e zstd.tar
run ctnr-push zstd:1 oci-archive:zstd.tar
is "$status $(read_by_skopeo oci-archive:zstd.tar)" "0 $(jq -r '.manifests[0].digest' zstd/index.json)" \
	"... and fits into a layout's archive"

# leaves_nothing TITLE: of what was to be written to new/, while new/old.tar stays as it was.
leaves_nothing() {
	is "$(find new -mindepth 1) $(cat new/old.tar)" "new/old.tar old" "$1"
}
mkdir new
echo old >new/old.tar
layer=$(jq -r '.layers[1].digest' "one/blobs/sha256/${digest#*:}")
cp -r one damaged
printf X | dd of="damaged/blobs/sha256/${layer#*:}" bs=1 seek=20 conv=notrunc status=none
for kind in oci-archive docker-archive; do
	run ctnr-push oci:damaged:1 "$kind:new/old.tar"
	is_status 4 "$kind: a damaged blob is found"
	like_stderr "*$layer*damaged*" "... and named"
	leaves_nothing "... and leaves what was there"
done
run ctnr-push oci:damaged:1 dir:new/dir
is_status 4 "dir: a damaged blob is found"
leaves_nothing "... and leaves nothing"
cp -r one lacking
rm "lacking/blobs/sha256/${layer#*:}"
run ctnr-push oci:lacking:1 oci-archive:new/old.tar
is_status 1 "a missing blob is found"
leaves_nothing "... and leaves what was there"
run ctnr-push one:1 docker-archive:/dev/full
is_status 1 "a full disk is an error"
like_stderr "*No space left on device*hint: *write it elsewhere" "... which says what can be done"

printf 'file random from=random\n' >random.lines
head -c 3000000 /dev/urandom >random
layout large --ref 1 <random.lines >/dev/null
for kind in oci-archive:new/old.tar docker-archive:new/new.tar dir:new/dir; do
	run sh -c 'ulimit -f 1000 && exec ctnr-push oci:large:1 "$1"' sh "$kind"
	is_status 1 "$kind: a file that cannot grow is an error"
	leaves_nothing "... and leaves nothing"
done
ctnr-push oci:large:1 docker-archive:- 2>broken | head -c 5000 >first
is "$(wc -c <first)" 5000 "a reader may go away"
like "$(cat broken)" "*Broken pipe*" "... and that is told"

# Nobody reads, and a signal comes; then while a file is written.
mkfifo stalled
sh -c 'head -c 1 >begun && exec sleep 100' <stalled &
reader=$!
ctnr-push oci:large:1 oci-archive:- >stalled &
writer=$!
eventually 5 test -s begun
kill -TERM $writer
wait $writer 2>/dev/null
is $? 143 "a signal ends the waiting for a reader"
kill $reader
head -c 150000000 /dev/zero >random
layout huge --compress none --ref 1 <random.lines >/dev/null
for kind in oci-archive:new/old.tar docker-archive:new/new.tar dir:new/dir; do
	ctnr-push oci:huge:1 "$kind" 2>/dev/null &
	writer=$!
	eventually 5 sh -c 'ls new/*.part || ls new/dir/*' >/dev/null 2>&1
	kill -TERM $writer
	wait $writer 2>/dev/null
	is $? 143 "$kind: a signal ends the writing"
	leaves_nothing "... and nothing is left of it"
done

# A directory like /tmp, of root, with what user 1 made there.
title="dir: a directory is not made behind another user's link in a sticky directory, but behind an own one"
if identity root || has SUBID "$title"; then
	cat >shared.sh <<'END'
mkdir -m 755 victim
mkdir shared && chmod 1777 shared
ln -s ../victim shared/theirs
chown -h 1:1 shared/theirs
ln -s ../victim shared/own
for target in theirs theirs/new theirs/more/new own/new new; do
	ctnr-push oci:one:1 "dir:shared/$target" 2>&1 >/dev/null
	echo $?
done
ls victim
END
	run in_namespace sh shared.sh
	is_stdout "$(for target in theirs theirs/new theirs/more/new; do
		echo "ctnr-push: error: directory 'shared/$target': 'theirs' belongs to another user, in a directory that is everybody's: Permission denied
1"
	done)
0
0
new" "$title"
fi
done_testing
