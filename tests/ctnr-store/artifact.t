#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"
title=org.opencontainers.image.title

digest_of() {
	ctnr-store image ls | jq -r "select(.ref == \"$1\").descriptor.digest"
}

# manifest_of NAME FILTER
manifest_of() {
	ctnr-store artifact show "$1" | jq -c ".manifest | $2"
}

echo one >one
head -c 3000000 /dev/urandom >two
: >empty

run ctnr-store artifact ls
is_status 0 "a store without artifacts has none"
is_stdout "" "... and says nothing"
run ctnr-store artifact add things one two
is_status 0 "an artifact is made of files"
is "$(printf '%s' "$stdout" | jq -r '.ref, .descriptor.artifactType' | tr '\n' ' ')" \
	"localhost/things:latest application/vnd.unknown.artifact.v1 " "... and its record printed"
is "$(manifest_of things '[.schemaVersion, .mediaType, .artifactType]')" \
	'[2,"application/vnd.oci.image.manifest.v1+json","application/vnd.unknown.artifact.v1"]' "... an OCI manifest of a type"
is "$(manifest_of things .config)" \
	'{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2,"data":"e30="}' \
	"... with the empty config"
is "$(manifest_of things '[.layers[] | [.mediaType, .size, .annotations]]')" \
	'[["application/octet-stream",4,{"'$title'":"one"}],["application/octet-stream",3000000,{"'$title'":"two"}]]' \
	"... and the files with their titles"
is "$(manifest_of things '.layers[1].digest')" "\"sha256:$(sha256sum <two | cut -d ' ' -f 1)\"" "... by their digests"
run "$test_lib/verify-store.py" "$store"
is_stdout "" "... and the store is whole"
ok "an artifact has types and annotations" env SOURCE_DATE_EPOCH=1000000000 ctnr-store artifact add --type text/vnd.x+json --file-type text/plain \
	--annotation a=b --annotation c=d=e typed one empty
is "$(manifest_of typed '[.artifactType, .layers[].mediaType, .layers[1].annotations]')" \
	'["text/vnd.x+json","text/plain","text/plain",{"a":"b","c":"d=e","'$title'":"empty"}]' "... of the artifact and of each file"
for type in text 'text/' '/plain' 'text/plain;charset=x' 'te xt/plain' 'text/pl/ain'; do
	run ctnr-store artifact add --type "$type" bad one
	is_status 2 "'$type' is no media type"
done
run ctnr-store artifact ls
is "$(printf '%s\n' "$stdout" | jq -r '[.ref, .artifactType] | join(" ")')" \
	"localhost/things:latest application/vnd.unknown.artifact.v1
localhost/typed:latest text/vnd.x+json" "artifacts are listed"
run ctnr-store artifact ls -q
is_stdout "localhost/things:latest
localhost/typed:latest" "... by name"
run "$test_lib/terminal.py" ctnr-store artifact ls
like_stdout "REPOSITORY *TAG *DIGEST *TYPE *CREATED *SIZE*localhost/typed *latest *text/vnd.x+json *years ago *" "... at a terminal as a table"

run "$test_lib/terminal.py" ctnr-store image ls
like_stdout "*localhost/typed *latest * (artifact) *years ago *" "... and the list of images says of each that it is one"
run "$test_lib/terminal.py" ctnr-store image ls
like_stdout "*localhost/typed *latest * (artifact) *years ago *" "... also when it remembers that"

run ctnr-store artifact add things one
is_status 1 "a name that is there is not taken"
like_stderr "*there is one already*--append*--replace*" "... and the hint says how"
"$test_lib/make-layout.py" --ref localhost/image:1 "$store/images" >/dev/null
run ctnr-store artifact add image:1 one
is_status 1 "nor is that of an image"
like_stderr "*the name is that of an image*hint: *--replace*" "... and the hint does not tell of adding to it"
ctnr-store image rm localhost/image:1 >/dev/null
ok "... but with --replace" ctnr-store artifact add --replace things two
is "$(manifest_of things '[.layers[].size]')" '[3000000]' "... which begins anew"
created=$(manifest_of things .annotations)
ok "--append adds files" ctnr-store artifact add --append --annotation x=y things one
is "$(manifest_of things '[.layers[].annotations.x]')" '[null,"y"]' "... and annotates these"
is "$(manifest_of things .annotations)" "$created" "... and the artifact was made when it was"
run ctnr-store artifact add --append things one
is_status 1 "two files of one title are refused"
like_stderr "*two files are called 'one'*" "... by name"
run ctnr-store artifact add --append nosuch one
is_status 3 "--append needs an artifact"
run ctnr-store artifact add --append --type a/b things one
is_status 2 "... which has a type already"

for name in epoch again; do
	SOURCE_DATE_EPOCH=1000000000 ctnr-store artifact add "$name" one >/dev/null
done
is "$(manifest_of epoch .annotations)" '{"org.opencontainers.image.created":"2001-09-09T01:46:40Z"}' \
	"an artifact is of the time that SOURCE_DATE_EPOCH says"
is "$(digest_of localhost/epoch:latest)" "$(digest_of localhost/again:latest)" "... and the same files make the same one"
run env SOURCE_DATE_EPOCH=yesterday ctnr-store artifact add bad one
is_status 2 "... which is a number"

mkdir dir
mkfifo fifo
ln -s one link
for file in dir fifo /dev/null; do
	run ctnr-store artifact add bad "$file"
	is_status 1 "no regular file, no part of an artifact: $file"
	like_stderr "*'$file' is not a regular file*" "... and the message says so"
done
run ctnr-store artifact add bad nosuch
is_status 3 "a file that is not there is not found"
ok "a link to a file is that file" ctnr-store artifact add linked link
newline=$(printf 'a\nb')
: >"$newline"
for file in "$newline" "dir/.."; do
	run ctnr-store artifact add bad "$file"
	isnt "$status" 0 "a file cannot be called so: $file"
done
for name in . .. a/b '' "$newline"; do
	run ctnr-store artifact add --annotation "$title=$name" bad one
	is_status 2 "nor by a title: '$name'"
done
run ctnr-store artifact add --annotation "$title=x" bad one two
is_status 2 "one title for two files is a mistake"
run ctnr-store artifact ls -q
unlike_stdout "*bad*" "... and nothing of all that is there"
run sh -c 'echo piped | ctnr-store artifact add piped -'
is_status 2 "standard input has no name"
ok "... but by a title" sh -c "cat two | ctnr-store artifact add --annotation $title=three piped -"
is "$(manifest_of piped '.layers[0].digest')" "\"sha256:$(sha256sum <two | cut -d ' ' -f 1)\"" "... whose bytes are those of the pipe"

# Extracting.
mkdir out
ok "an artifact's files are extracted" ctnr-store artifact extract things out
ok "... as they were" cmp two out/two
ok "... all of them" cmp one out/one
is "$(find out -type f | wc -l)" 2 "... and nothing else"
echo mine >out/one
rm out/two
run ctnr-store artifact extract things out
is_status 1 "nothing is overwritten"
is "$(ls out; cat out/one)" "one
mine" "... and nothing else is written either"
rm out/one
ln -s ../target out/one
run ctnr-store artifact extract --title one things out
is_status 1 "no link is followed"
fails "... not even one that leads nowhere" test -e target
run ctnr-store artifact extract --title one things -
is_stdout one "one file goes to standard output"
run ctnr-store artifact extract things -
is_status 2 "... not several"
ok "one file gets a path that is free" ctnr-store artifact extract --title two things dir/named
ok "... with its bytes" cmp two dir/named
run ctnr-store artifact extract --title two things dir/named
is_status 1 "... once"
ok "a file is chosen by its digest" ctnr-store artifact extract --digest "sha256:$(sha256sum <one | cut -d ' ' -f 1)" things dir
ok "... and called by it" cmp one "dir/sha256-$(sha256sum <one | cut -d ' ' -f 1)"
run ctnr-store artifact extract --title nosuch things dir
is_status 3 "a file that is not there is not found"

# Titles that strangers wrote.
# stranger NAME JSON: an artifact whose only file has these annotations.
stranger() {
	ctnr-store artifact show things | jq -c ".manifest | .layers = [.layers[1] | .annotations = $2]" | tr -d '\n' >stranger.json
	stranger_digest=$(sha256sum <stranger.json | cut -d ' ' -f 1)
	cp stranger.json "$store/images/blobs/sha256/$stranger_digest"
	jq -c '.manifests += [{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:'"$stranger_digest"'","size":'"$(wc -c <stranger.json)"',"annotations":{"org.opencontainers.image.ref.name":"localhost/'"$1"':latest"}}]' \
		"$store/images/index.json" >index.json && cp index.json "$store/images/index.json"
}
mkdir clean
n=0
for hostile in '../escaped' '/tmp/escaped' 'a/b' '..' '.' '' 'a\nb' '\u001b[31m' '\u202egnp.exe' 'a\u0000b'; do
	n=$((n + 1))
	stranger "h$n" "{\"$title\":\"$hostile\"}"
	run ctnr-store artifact extract "h$n" clean
	isnt "$status" 0 "a stranger's title does not name a file: '$hostile'"
	is "$(find clean . -newer stranger.json -type f ! -name '.*' ! -path './shelf/*' ! -name index.json)" "" \
		"... and nothing is written"
	ok "... but its digest does" ctnr-store artifact extract --digest "sha256:$(sha256sum <one | cut -d ' ' -f 1)" "h$n" -
done
stranger untitled '{}'
ok "a file without a title is extracted" ctnr-store artifact extract untitled clean
ok "... by its digest" cmp one "clean/sha256-$(sha256sum <one | cut -d ' ' -f 1)"
ctnr-store artifact add damaged two >/dev/null
blob=$store/images/blobs/sha256/$(sha256sum <two | cut -d ' ' -f 1)
cp "$blob" kept
chmod u+w "$blob"
printf 'x' | dd of="$blob" bs=1 seek=2999999 conv=notrunc 2>/dev/null
for target in clean -; do
	run ctnr-store artifact extract damaged "$target"
	is_status 4 "bytes that are not those of the digest are refused: $target"
	is "$(find clean -name 'two*' -o -name '*.part'; wc -c <"$stdout_file")" 0 "... and nobody sees them"
done
cp kept "$blob"

# Beside images.
printf 'file text data=x\n' | layout image --ref 1 >/dev/null
ctnr-fetch --tag image "oci:$PWD/image:1" >/dev/null
run ctnr-store artifact show image
is_status 1 "an image is no artifact"
like_stderr "*is no artifact but an image*" "... and the message says so"
run ctnr-store artifact extract image clean
is_status 1 "... and has no files to extract"
run ctnr-store artifact add --append image one
is_status 1 "... or to append to"
run ctnr-store artifact rm image
is_status 1 "... and is not removed as one"
run ctnr-unpack things
is_status 1 "an artifact is no image"
like_stderr "*this is no image but an artifact*ctnr artifact extract*" "... and the hint says what gets its files"

# Attached to an image.
image=$(digest_of localhost/image:latest)
ok "an artifact is attached to an image" ctnr-store artifact add --attach image --type a/b note one
is "$(manifest_of note '.subject | keys_unsorted')" '["mediaType","digest","size"]' "... which is its subject"
is "$(manifest_of note .subject.digest)" "\"$image\"" "... by its digest"
is "$(jq -r '.manifests[] | select(.annotations["org.ctnr.subject"]) | .annotations["org.ctnr.subject"], .artifactType' \
	"$store/images/index.json" | tr '\n' ' ')" "$image a/b " "... and is found from it"
ok "... also when it gets more files" ctnr-store artifact add --append note two
is "$(jq -r '.manifests[] | select(.annotations["org.ctnr.subject"]).digest' "$store/images/index.json")" \
	"$(digest_of localhost/note:latest)" "... as the one that it is now"
run ctnr-store artifact rm note
is_status 0 "one that is removed"
is "$(jq -r '[.manifests[] | select(.annotations["org.ctnr.subject"])] | length' "$store/images/index.json")" 0 \
	"... is not found from its image any more"
run ctnr-store artifact add --attach nosuch note one
is_status 3 "an image that is not there has nothing attached"

# A peer.
if has PEER:skopeo "skopeo reads the artifact"; then
	is "$(skopeo inspect --raw "oci:$store/images:localhost/things:latest" | sha256sum | cut -d ' ' -f 1)" \
		"$(digest_of localhost/things:latest | cut -d : -f 2)" "skopeo reads the artifact"
	ok "... and copies it" skopeo copy --quiet "oci:$store/images:localhost/things:latest" oci:copied:x
	ok "... and what it copied is fetched" ctnr-fetch --tag fetched oci:copied:x
	is "$(digest_of localhost/fetched:latest)" "$(digest_of localhost/things:latest)" "... byte for byte"
	ok "... also with all platforms" ctnr-fetch --all-platforms --tag fetched:all oci:copied:x
	is "$(digest_of localhost/fetched:all)" "$(digest_of localhost/things:latest)" "... as the same"
fi

# At the same time, and killed.
ctnr-store artifact add many one >/dev/null
for n in 1 2 3 4 5 6; do
	echo "$n" >"part-$n"
	ctnr-store artifact add --append many "part-$n" >/dev/null 2>&1 &
done
wait
is "$(manifest_of many '[.layers[].annotations["'$title'"]] | sort')" \
	'["one","part-1","part-2","part-3","part-4","part-5","part-6"]' "of six that append at once none is lost"
mkfifo slow
parts() {
	[ -n "$(find "$store/images/blobs" -name '*.part')" ]
}
for signal in KILL TERM; do
	ctnr-store artifact add --annotation $title=slow cut - <slow >/dev/null 2>&1 &
	pid=$!
	exec 9>slow
	head -c 2000000 /dev/zero >&9
	eventually 10 parts
	kill -$signal "$pid"
	[ $signal = KILL ] || echo more >&9
	wait "$pid" 2>/dev/null
	exec 9>&-
	fails "one that is ended by SIG$signal is not there" ctnr-store artifact show cut
	run ctnr-store check --quick
	is_status 0 "... and the store is whole"
	[ $signal = KILL ] || fails "... and nothing half-made is left" parts
	ctnr-store gc --grace 0 >/dev/null 2>&1
	fails "... or stays when it is collected" parts
done

# A directory like /tmp, of root, with what user 1 made there.
shared_title="nothing is extracted behind another user's link in a sticky directory, but behind an own one"
if identity root || has SUBID "$shared_title"; then
	cat >shared.sh <<'END'
mkdir -m 755 victim
mkdir shared && chmod 1777 shared
ln -s ../victim shared/theirs
chown -h 1:1 shared/theirs
ln -s ../victim shared/own
for target in theirs theirs/file own own/file new; do
	ctnr-store artifact extract piped "shared/$target" 2>&1
	echo $?
done
ls victim
END
	run in_namespace sh shared.sh
	is_stdout "$(for target in theirs theirs/file; do
		echo "ctnr-store: error: artifact 'piped': 'shared/$target': 'theirs' belongs to another user, in a directory that is everybody's: Permission denied
1"
	done)
0
0
0
file
three" "$shared_title"
fi

# A limit of the size of files.
head -c 3000000 /dev/urandom >large
rm -rf limited
mkdir limited
ctnr-store artifact add large large >/dev/null
for command in "add more large" "extract large limited"; do
	# shellcheck disable=SC2086,SC3045 # words; dash and busybox have it
	run sh -c 'ulimit -f 1000 && exec ctnr-store artifact "$@"' sh $command
	is_status 1 "artifact ${command%% *} fails beyond a limit of the size of files"
	like_stderr "ctnr-store: error: *File too large*" "... and says why"
	fails "... and nothing half-made is left" parts
	is "$(ls limited)" "" "... anywhere"
done
rm -r out
mkdir out
ok "... and what was there is" ctnr-store artifact extract many out
run ctnr-store artifact rm things typed linked piped damaged many large
is_status 0 "artifacts are removed"
run ctnr-store check
is_status 0 "... and what is left is whole"

done_testing
