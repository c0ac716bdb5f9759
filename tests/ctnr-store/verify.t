#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: owners are on the disk, or data; root makes devices
#
# The worker of check, asked as check asks it: what unpacking made is right, also once containers ran on
# it, and each kind of damage is found and named.
# shellcheck disable=SC2016 # commands of damages are for another shell
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-unpack/unpack.sh"
needs USERNS

worker=$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-verify
store=$CTNR_TEST_TMP/store
CTNR_STORE=$store
export CTNR_STORE

# verify JOB: $stdout is what the worker says but that something is right, sorted, without digests;
# $right the number of layers that are.
verify() {
	run "$worker" <"$1"
	right=$(printf '%s\n' "$stdout" | grep -c '^{"layer":"[^"]*"}$')
	stdout=$(printf '%s\n' "$stdout" |
		grep -v -e '^{"blob":"[^"]*","bytes":[0-9]*}$' -e '^{"layer":"[^"]*"}$' |
		sed 's/"layer":"[^"]*",//; s/"blob":"[^"]*",//' | sort)
}

make_job() {
	python3 "$test_lib/verify-job.py" "$@"
}

unpack_again() {
	in_namespace rm -rf "$store/layers"
	rm -rf odd.overlay "$store/bundles"
	unpack overlay odd
}

# damage TITLE PATH WANTED COMMAND: note a damage, and the message that it brings. The command is for the
# store's directory, $base and $top are those of the layers there; keep DIR COMMAND leaves the directory its
# time.
damages=0
damage() {
	damages=$((damages + 1))
	printf '%s' "$1" >"title.$damages"
	printf '{"path":"%s","error":"%s"}' "$2" "$3" >"wanted.$damages"
	printf '%s\n' "$4" >>commands
}

# found: do the damages that were noted to the image. The worker names each, and nothing else.
found() {
	in_namespace sh -c 'cd "$1" && base=$2 top=$3
		keep() {
			touch -r "$1" time && eval "$2" && touch -r time "$1"
		}
		. "$4"' sh "$store" "$base" "$top" "$CTNR_TEST_TMP/commands" >damage.log 2>&1 ||
		note "$(cat damage.log)"
	verify job
	is "$(printf '%s\n' "$stdout" | wc -l)" "$damages" "as many differences as damages" ||
		note "$stdout"
	for number in $(seq "$damages"); do
		like "$stdout" "*$(cat "wanted.$number")*" "... $(cat "title.$number")"
	done
	rm -f commands
	damages=0
	unpack_again
}

make_image odd <<'END'
dir . mode=751 uid=3 gid=4 mtime=1000000001
dir d mode=2775 uid=5 gid=6 mtime=1000000002.5
dir e
dir f
file d/setuid data=x mode=4755 uid=7 gid=8 mtime=1000000003.25
file d/none data=x mode=0
file d/old data=x mtime=-5
char d/deleted 0 0
char d/null 1 3 uid=5
symlink l target uid=9 gid=10 mtime=1000000004
symlink m target
fifo p mode=640 uid=11 gid=12
file caps data=x mode=755 'xattr.security.capability=\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'
file attr data=x xattr.user.a=1 xattr.user.b=2 xattr.user.overlay.opaque=y
file acl data=x mode=640 'xattr.system.posix_acl_access=\x02\x00\x00\x00\x01\x00\x06\x00\xff\xff\xff\xff\x04\x00\x04\x00\xff\xff\xff\xff\x10\x00\x04\x00\xff\xff\xff\xff\x20\x00\x00\x00\xff\xff\xff\xff'
file a data=x
file b data=x
file c data=x
file content data=0123456789
file hole fill=1048576
file named data=y
hardlink name named
dir hidden
file hidden/x data=x
dir replaced
file replaced/x data=x
file gone data=x
file gone2 data=x
symlink way d
---
whiteout gone
whiteout gone2
file way/new data=new
dir hidden
opaque hidden
whiteout replaced
dir replaced
hardlink d/copied d/old
file twice data=1
file twice data=22 mode=600
END
unpack_again
is_status 0 "an odd image unpacks"
make_job "$store" odd >job
base=$(jq -r '.blobs[].layers[] | select(.lowers == []) | .path' job)
top=$(jq -r '.blobs[].layers[] | select(.lowers != []) | .path' job)
make_job --deep "$store" odd >deep
verify deep
is "$status:$right:$stdout" "0:2:" "its layers are what their archives say, whatever they state twice"

damage "a mode" a 'mode is 0600, the layer says 0644' 'chmod 600 $base/diff/a'
damage "a bit of a mode" d/setuid 'mode is 0755, the layer says 4755' 'chmod u-s $base/diff/d/setuid'
damage "the mode of a directory" e 'mode is 0700, the layer says 0755' 'chmod 700 $base/diff/e'
damage "that of the root" '' 'mode is 0755, the layer says 0751' 'chmod 755 $base/diff'
damage "a time" d/old 'time is 5.000000000, the layer says -5.000000000' 'touch -d @5 $base/diff/d/old'
damage "the time of a directory" f 'time is 7.000000000, the layer says 1000000000.000000000' \
	'touch -d @7 $base/diff/f'
damage "what is missing" d/none 'is missing' 'keep $base/diff/d "rm -f $base/diff/d/none"'
damage "a size" content 'size is 9, the layer says 10' \
	'truncate -s 9 $base/diff/content; touch -d @1000000000 $base/diff/content'
damage "another type" p 'is a symlink, the layer says FIFO' \
	'keep $base/diff "rm $base/diff/p; ln -s x $base/diff/p"'
damage "a symlink's target" m "target is 'other', the layer says 'target'" \
	'keep $base/diff "rm $base/diff/m; ln -s other $base/diff/m; touch -hd @1000000000 $base/diff/m"'
damage "a hardlink that is a copy" name "is not another name of 'named'" \
	'keep $base/diff "cp -p $base/diff/named new; mv new $base/diff/name"'
damage "a name elsewhere of a file" b 'has 2 names on the disk, the layer says 1' \
	'ln $base/diff/b elsewhere'
damage "a deletion that is missing" gone 'is not deleted' 'keep $top/diff "rm $top/diff/gone"'
damage "a file in its place" gone2 'is there, though the layer deletes it' \
	'keep $top/diff "rm $top/diff/gone2; touch $top/diff/gone2"'
damage "a deletion in place of a file" twice 'is deleted, though the layer has it' \
	'keep $top/diff "rm $top/diff/twice; mknod $top/diff/twice c 0 0"'
damage "a directory that was emptied and is opaque no more" hidden \
	'is not opaque, though the layer deletes what is below' \
	'setfattr -x user.overlay.opaque $top/diff/hidden'
damage "one that was replaced" replaced 'is not opaque, though the layer deletes what is below' \
	'setfattr -x user.overlay.opaque $top/diff/replaced'
found

damage "an attribute" attr \
	"extended attribute 'user.a' differs; extended attribute 'user.b' is missing" \
	'setfattr -n user.a -v 2 $base/diff/attr; setfattr -x user.b $base/diff/attr'
damage "one too many" a "extended attribute 'user.c' is not the layer's" \
	'setfattr -n user.c -v 2 $base/diff/a'
damage "an overlay's on a directory" e "extended attribute 'user.overlay.redirect' is not the layer's" \
	'setfattr -n user.overlay.redirect -v /d $base/diff/e'
damage "capabilities that are missing" caps "extended attribute 'security.capability' is missing" \
	'setfattr -x security.capability $base/diff/caps'
damage "capabilities too many" b "extended attribute 'security.capability' is not the layer's" \
	'setcap cap_chown+ep $base/diff/b'
damage "an ACL" acl \
	"extended attribute 'system.posix_acl_access' differs; mode is 0660, the layer says 0640" \
	'chmod 660 $base/diff/acl'
damage "a directory that hides what is below" d 'is opaque, though the layer deletes nothing there' \
	'setfattr -n user.overlay.opaque -v y $base/diff/d'
damage "a further name of a hardlink" named 'has 3 names on the disk, the layer says 2' \
	'keep $base/diff "ln $base/diff/named $base/diff/name3"'
damage "a device in place of a whiteout's" d/deleted \
	"its line in 'owners' is 'c 0 0 1:3', the layer says otherwise" \
	'sed "s|^c 0 0 0:0 /d/deleted$|c 0 0 1:3 /d/deleted|" $base/owners >new; cat new >$base/owners'
if [ "$CTNR_TEST_IDENTITY" = one ]; then
	damage "an owner that is an attribute" d/setuid 'owner is 0:0, the layer says 7:8' \
		'setfattr -x user.rootlesscontainers $base/diff/d/setuid'
	damage "an owner that is a line" l 'owner is 0:0, the layer says 9:10' \
		'grep -v " /l$" $base/owners >new; cat new >$base/owners'
else
	damage "an owner" d/null 'owner is 7:0, the layer says 5:0' 'chown -h 7 $base/diff/d/null'
	damage "the owner of a symlink" l 'owner is 1:10, the layer says 9:10' 'chown -h 1 $base/diff/l'
fi
found

damage "a file of owners that is damaged" '' "'owners': line 1 is damaged" 'echo x >$base/owners'
damage "with the placeholder's line" d/deleted 'is a file, the layer says character device' true
if [ "$CTNR_TEST_IDENTITY" != root ]; then
	damage "... and that of the other one" d/null 'is a file, the layer says character device' true
fi
if [ "$CTNR_TEST_IDENTITY" = one ]; then
	damage "... a symlink's" l 'owner is 0:0, the layer says 9:10' true
	damage "... a FIFO's" p 'owner is 0:0, the layer says 11:12' true
fi
found

# What is in files counts when that is asked for.
in_namespace sh -c 'cd "$1" && echo 0123x56789 | head -c 10 >content && touch -d @1000000000 content &&
	printf x | dd bs=1 seek=999999 of=hole conv=notrunc && touch -d @1000000000 hole' sh \
	"$store/$base/diff" 2>damage.log || note "$(cat damage.log)"
verify job
is "$status:$right:$stdout" "0:2:" "the content of files is not compared"
verify deep
is "$status:$right:$stdout" '0:1:{"path":"content","error":"content differs from byte 4 on"}
{"path":"hole","error":"content differs from byte 999999 on"}' "... unless it is asked for, in holes too"
unpack_again

# At most so many differences are told.
printf 'file {} data=x times=100\n' | make_image many
unpack overlay many
make_job "$store" many >many.job
in_namespace sh -c 'chmod 600 "$@"' sh "$store/$(jq -r '.blobs[].layers[].path' many.job)"/diff/*
verify many.job
is "$(printf '%s\n' "$stdout" | grep -c error)" 20 "of many differences twenty are told"
like "$stdout" '*{"more":80}*' "... and the number of the others"

# Blobs. The layers of one that is damaged are not judged.
blob=odd/blobs/sha256/$(jq -r --arg path "$base" \
	'.blobs[] | select(.layers[].path == $path) | .digest[7:]' job)
cp "$blob" whole
printf x | dd bs=1 seek=700 of="$blob" conv=notrunc 2>/dev/null
verify job
like "$status:$right:$stdout" '0:1:{"error":"* digest is *","kind":"digest"}' \
	"a flipped byte in a blob is told, and nothing of its layer"
printf x >>"$blob"
verify job
like "$status:$right:$stdout" '0:1:{"error":"it has *","kind":"size"}' "a blob that is too long"
rm "$blob"
verify job
is "$status:$right:$stdout" '0:1:{"error":"it is not there","kind":"missing"}' "one that is missing"
ln -s "$CTNR_TEST_TMP/whole" "$blob"
verify job
like "$status:$right:$stdout" '0:1:{"error":"cannot open it: *","kind":"read"}' "... is not looked for elsewhere"
rm "$blob"
cp whole "$blob"
jq -c '.blobs[].layers = []' job >bare
printf x | dd bs=1 seek=700 of="$blob" conv=notrunc 2>/dev/null
verify bare
like "$status:$right:$stdout" '0:0:{"error":"its digest is *","kind":"digest"}' "a blob that has no layers"
cp whole "$blob"

# An image's config that names the diff ID of another image's layer does not make that one damaged.
jq -c --arg path "$top" '(.blobs[].layers[] | select(.path == $path)) |= (.path = "layers/" +
	(.path | split("/")[1:] | join("/")) | .diffId = "sha256:" + ("0" * 64))' job >liar
verify liar
like "$status:$right:$stdout" "0:1:{\"error\":\"the archive's digest (diff ID) is *\",\"kind\":\"diff-id\"}" \
	"a config that names another archive is told, and says nothing of the layer"

# A layer that is not there is none of the worker's business, nor one of another user.
jq -c --arg path "$top" '(.blobs[].layers[] | select(.path == $path)).path |= sub("[0-9a-f]{8}$"; "00000000")' \
	job >absent
verify absent
is "$status:$right:$stdout" "0:1:" "nothing is said of a layer that is not there"
jq -c --arg path "$top" '(.blobs[].layers[] | select(.path == $path)).path |= sub("layers/[^/]*"; "layers/2")' \
	job >foreign
verify foreign
is "$status:$right:$stdout" "0:1:{\"skipped\":\"its ID mapping is not this user's\"}" \
	"a layer of other IDs cannot be compared"
printf '{"store":"%s","layout":"odd","blobs":[{"digest":"sha256:%064d","size":1,"layers":[{"path":"layers/../../x/y"}]}]}' \
	"$store" 0 >outside
run "$worker" <outside
is_status 1 "a path that leads elsewhere is no layer's"
like_stdout '{"failed":"job: *blobs*path: is not the path of a layer"}' "... and it is said why"

# What a container does to its root filesystem, it does above the layers.
busybox=$(busybox_layout)
run ctnr run --rm "oci:$busybox:latest" sh -c 'cd / && chmod 700 etc && chown 0 home && rm etc/group && mv etc/passwd x &&
	ln bin/busybox b && touch -d @5 bin && rm -r usr && mkdir usr && echo x >>etc/os-release &&
	mv var v && find . -xdev >/dev/null && cat etc/os-release >/dev/null'
is_status 0 "a container changes all of its root filesystem"
make_job --deep "$store" "$busybox" >busybox.job
verify busybox.job
is "$status:$right:$stdout" "0:1:" "... and its layer is what it was"
done_testing
