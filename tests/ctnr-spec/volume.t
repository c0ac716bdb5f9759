#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: which owners can be set, and who deletes what is half-made
# What -v, --mount, --tmpfs and an image's volumes become.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

image='{Cmd: ["sh"]}'
mkdir -p src/sub
echo text >src/file
here=$CTNR_TEST_TMP

# at DESTINATION: the mount there, as [type, source, options]
at() {
	query ".mounts[] | select(.destination == \"$1\") | [.type, .source, .options]"
}

from_config "$image" -v "$here/src:/data"
is "$(at /data)" "[\"bind\",\"$here/src\",[\"rbind\",\"rprivate\"]]" "-v binds a directory"
from_config "$image" -v ./src:/data/ -v ./src/file:/data/sub//file:ro
is "$(at /data)" "[\"bind\",\"$here/src\",[\"rbind\",\"rprivate\"]]" \
	"-v takes a path from here on, and cleans the destination"
is "$(query '[.mounts[-1].destination, (.mounts[-1].options | index("ro") != null)]')" \
	'["/data/sub/file",true]' "-v takes a file, and options"
from_config "$image" -v ./src:/a/b/c -v ./src:/a -v ./src:/a/b
is "$(query '[.mounts[].destination | select(startswith("/a"))]')" '["/a","/a/b","/a/b/c"]' \
	"parents are mounted before children, however they were written"
from_config "$image" -v ./src:/d:nosuid,nodev,noexec,rslave,bind
is "$(at /d | jq -c '.[2]')" '["nosuid","nodev","noexec","rslave","bind"]' "several options"
from_config "$image" -v ./src:/d:ro,rw
is "$(at /d | jq -c '.[2]')" '["rw","rbind","rprivate"]' "of two that exclude each other the last counts"
from_config "$image" -v ./src:/d:z
is_status 0 "a label for SELinux is fine where there is no SELinux"
is "$(at /d | jq -c '.[2]')" '["rbind","rprivate"]' "... and is no option of the mount"

refused() {
	refused_status=$1
	refused_pattern=$2
	shift 2
	from_config "$image" "$@"
	is_status "$refused_status" "refused: $*"
	like_stderr "$refused_pattern" "... and it is said why"
}

refused 3 "*mount source '$here/nosuch': No such file*hint:*" -v "$here/nosuch:/d"
refused 2 "*'d' is not an absolute path*hint:*" -v ./src:d
refused 2 "*root of the container*" -v ./src:/d/../..
refused 2 "*two mounts for '/e'*" -v ./src:/d/../e --tmpfs /e
refused 2 "*root of the container*" -v ./src:/
refused 2 "*unknown mount option 'nosuch'*hint: there are:*" -v ./src:/d:nosuch
refused 2 "*unknown mount option 'remount'*" -v ./src:/d:remount
refused 2 "*unknown mount option 'size=1m'*" -v ./src:/d:size=1m
refused 2 "*two mounts for '/d'*" -v ./src:/d --tmpfs /d/
refused 2 "*neither a path nor a volume's name*hint:*" -v 'a b:/d'
refused 2 "*neither a path nor a volume's name*" -v src/sub:/d
refused 2 "*source is empty*" -v :/d
refused 2 "*needs a bundle*" -v /d

from_config "$image" --mount "type=bind,source=$here/src,target=/d,readonly"
is "$(at /d)" "[\"bind\",\"$here/src\",[\"ro\",\"rbind\",\"rprivate\"]]" "--mount type=bind" ||
	note "$(at /d)"
from_config "$image" --mount "src=./src,dst=/d,type=bind,bind-propagation=rslave,readonly=false"
is "$(at /d | jq -c '.[2]')" '["rslave","rbind"]' "the order and the names of keys do not matter"
mkdir 'a,b'
from_config "$image" --mount "type=bind,\"source=$here/a,b\",target=/d"
is "$(at /d | jq -c '.[1]')" "\"$here/a,b\"" "a quoted field may have commas"
from_config "$image" --mount type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=700
is "$(at /t)" '["tmpfs","tmpfs",["nosuid","nodev","noexec","size=1m","mode=700"]]' "--mount type=tmpfs"
refused 2 "*target is missing*" --mount type=tmpfs
refused 2 "*source is missing*" --mount type=bind,target=/d
refused 2 "*expected bind, tmpfs or volume, got 'npipe'*" --mount type=npipe,target=/d
refused 2 "*unknown mount option 'nosuch=1'*" --mount type=tmpfs,target=/d,nosuch=1

from_config "$image" --tmpfs /t
is "$(at /t)" '["tmpfs","tmpfs",["nosuid","nodev","noexec"]]' "--tmpfs"
from_config "$image" --tmpfs /t:size=10%,mode=1777,exec,nr_inodes=10,uid=0,gid=0
is "$(at /t | jq -c '.[2]')" \
	'["nosuid","nodev","size=10%","mode=1777","exec","nr_inodes=10","uid=0","gid=0"]' "... with options"
refused 2 "*size*" --tmpfs /t:size=big
refused 2 "*mode*" --tmpfs /t:mode=9
refused 2 "*unknown mount option 'source=/etc'*" --tmpfs /t:source=/etc
refused 2 "*unknown mount option 'bind'*" --tmpfs /t:bind
if identity sub one; then
	refused 1 "*4000000 is not mapped*" --tmpfs /t:uid=4000000
	if grep -q ' /dev/shm tmpfs [^ ]*nosuid' /proc/mounts && dir=$(mktemp -d /dev/shm/XXXXXX); then
		from_config "$image" -v "$dir:/d:ro"
		is "$(at /d | jq -c '.[2] | index("nosuid") != null')" true \
			"flags that are locked outside are said again"
		rmdir "$dir"
	fi
fi

# Volumes that outlive the root filesystem
record=$(copy_bundle box)
mkdir -p box/rootfs/data/sub && echo seed >box/rootfs/data/sub/file && ln -s sub box/rootfs/data/link
chmod 750 box/rootfs/data
run ctnr-spec "$record" --store "$here/store" -v cache:/data
is_status 0 "a word is the name of a volume"
is "$(config_of box '.mounts[] | select(.destination == "/data") | .source')" \
	"\"$here/store/volumes/cache\"" "... in the store"
is "$(cat store/volumes/cache/sub/file)" seed "a new volume has what the image has there"
is "$(readlink store/volumes/cache/link)" sub "... links too"
is "$(stat -c %a store/volumes/cache)" 750 "... and its mode"
echo mine >store/volumes/cache/mine && rm store/volumes/cache/sub/file
run ctnr-spec "$record" --store "$here/store" -v cache:/data
is "$(ls store/volumes/cache)" "$(printf 'link\nmine\nsub')" "an old volume stays as it is"
is "$(ls -A store/volumes)" cache "nothing half-made is left"
mkdir -p store/volumes/.again.part/x && echo half >store/volumes/.again.part/x/half
chmod 000 store/volumes/.again.part/x
if identity sub; then
	unshare --map-root-user --map-auto chown -R 7:7 store/volumes/.again.part
fi
run ctnr-spec "$record" --store "$here/store" -v again:/data
is_status 0 "what a killed command left of a volume is replaced"
is "$(ls -A store/volumes/again)" "$(printf 'link\nsub')" "... by the whole"
run ctnr-spec "$record" -v /anon -v /data
is "$(config_of box '[.mounts[] | select(.destination | test("anon|data")) | .source]')" \
	'["volumes/anon","volumes/data"]' "without a name it is in the bundle"
is "$(stat -c %a box/volumes/anon)" 755 "a volume that the image has nothing for is empty"
is "$(cat box/volumes/data/sub/file)" seed "... others have what the image has"
run ctnr-spec "$record" -v /.x.part -v /.x
is "$(find box/volumes -maxdepth 1 -name '*x*' -printf '%f\n' | sort)" "$(printf '%s\n' .x '\x2ex.part')" \
	"... but the names that are made beside a volume are no volume's"
run ctnr-spec "$record" -v /data:ro
is "$(config_of box '.mounts[] | select(.destination == "/data") | .options | index("ro") != null')" \
	true "an anonymous volume takes options"

# The image's own volumes
printf 'dir srv\nfile srv/f data=x\n' |
	layout volumes --config '{"config": {"Cmd": ["sh"], "Volumes": {"/srv": {}, "/var/b": {}}}}' \
		>image.json
mkdir -p vol/rootfs/srv && echo x >vol/rootfs/srv/f
jq -c --arg path "$here/vol" '{bundle: $path, id: "vol", image: .,
	rootfs: {path: ($path + "/rootfs"), driver: "copy"}}' image.json >record.json
run ctnr-spec - --read-only <record.json
is_status 0 "an image declares volumes"
is "$(config_of vol '[.mounts[] | select(.destination == ("/srv", "/var/b")) | [.source,
	(.options | index("rro", "ro") != null)]] | map(.[0])')" \
	'["volumes/srv","volumes/var-b"]' "... that are directories of the bundle"
is "$(config_of vol '[.mounts[] | select(.destination == "/srv") | .options[]]')" \
	'["rbind","rprivate"]' "... writable also with --read-only"
is "$(cat vol/volumes/srv/f)" x "... with the image's content"
run ctnr-spec - --tmpfs /srv <record.json
is "$(config_of vol '[.mounts[] | select(.destination == "/srv") | .type]')" '["tmpfs"]' \
	"an option takes the place of the image's volume"
from_config '{Cmd: ["sh"], Volumes: {"/srv": {}}}'
is "$(query '.mounts[] | select(.destination == "/srv") | [.type, .options]')" \
	'["tmpfs",["nosuid","nodev"]]' "a filter has an image's volume as a tmpfs, where programs run"
from_config '{Cmd: ["sh"], Volumes: {"/x/../../etc": {}, "data": {}, "./a/./b/..": {}, "/data/": {}}}'
is_status 0 "an image's volumes may be relative, and climb"
is "$(query '[.mounts[].destination | select(test("etc|a"))]')" '["/a","/data","/etc"]' \
	"... but not out of the root; two names of one place are one"
from_config '{Cmd: ["sh"], Volumes: {"/": {}, ".": {}, "/..": {}}}'
is_status 0 "an image starts that declares its root to be a volume"
is_stderr "ctnr-spec: warning: the image's volume '.': it is the root itself, ignoring it
ctnr-spec: warning: the image's volume '/': it is the root itself, ignoring it
ctnr-spec: warning: the image's volume '/..': it is the root itself, ignoring it" "... which is told and ignored"

# Nothing that an image declares hides what is mounted there.
from_config "$image"
query '[.mounts[] | [.destination, .type]]' >plain
for place in /proc /proc/x /sys /sys/fs/cgroup /dev dev/../dev/pts /dev/shm /dev/fd /dev/null /x/../proc; do
	from_config '{Cmd: ["sh"], Volumes: {"'"$place"'": {}}}'
	is_status 0 "an image starts that declares a volume $place"
	query '[.mounts[] | [.destination, .type]]' >mounts
	is_file mounts plain "... which hides nothing"
	is_stderr "ctnr-spec: warning: the image's volume '$place': it would hide what the kernel shows there, ignoring it" \
		"... and that is said"
done
from_config '{Cmd: ["sh"], Volumes: {"/dev/shm": {}}}' --tmpfs /dev/shm:size=1m
is "$(at /dev/shm | jq -c '.[2] | index("size=1m") != null')" true "what a person asks for there is done"
is_stderr "" "... and nothing is said"
ln -s /proc vol/rootfs/kernel && ln -s ../dev/shm/x vol/rootfs/shm && ln -s nowhere vol/rootfs/dangling
mkdir vol/rootfs/etc && ln -s etc/hosts vol/rootfs/names
printf 'dir srv\n' | layout linked --config '{"config": {"Cmd": ["sh"],
	"Volumes": {"/kernel": {}, "/shm": {}, "/dangling": {}, "/etc/hosts": {}, "/names": {}}}}' >image.json
jq -c --arg path "$here/vol" '{bundle: $path, id: "vol", image: .,
	rootfs: {path: ($path + "/rootfs"), driver: "copy"}}' image.json >record.json
run ctnr-spec - <record.json
is_status 0 "an image starts whose volumes are links"
is_stderr "ctnr-spec: warning: the image's volume '/etc/hosts': something else is mounted there, ignoring it
ctnr-spec: warning: the image's volume '/kernel': it would hide what the kernel shows there, ignoring it
ctnr-spec: warning: the image's volume '/names': something else is mounted there, ignoring it
ctnr-spec: warning: the image's volume '/shm': it would hide what the kernel shows there, ignoring it" \
	"... those that lead to what is mounted are told and ignored"
is "$(config_of vol '.mounts[] | select(.destination == "/dangling") | .source')" \
	'"volumes/dangling"' "... and one that dangles is a volume"

ln -s dir/file vol/rootfs/tofile && mkdir vol/rootfs/dir && echo content >vol/rootfs/dir/file
printf 'dir srv\n' | layout onfile --config '{"config": {"Cmd": ["sh"],
	"Volumes": {"/dir/file": {}, "/dir/file/below/it": {}, "/tofile": {}, "/dir/new/x": {}}}}' >image.json
jq -c --arg path "$here/vol" '{bundle: $path, id: "vol", image: .,
	rootfs: {path: ($path + "/rootfs"), driver: "copy"}}' image.json >record.json
run ctnr-spec - <record.json
is_status 0 "an image starts that declares files of its own to be volumes"
is_stderr "ctnr-spec: warning: the image's volume '/dir/file': a file of the image is there, ignoring it
ctnr-spec: warning: the image's volume '/dir/file/below/it': a file of the image is there, ignoring it
ctnr-spec: warning: the image's volume '/tofile': a file of the image is there, ignoring it" \
	"... which are told and ignored"
is "$(config_of vol '.mounts[].destination | select(startswith("/dir"))')" '"/dir/new/x"' \
	"... and others are not"

ln -s round vol/rootfs/round
run ctnr-spec - -v /round <record.json
is_status 1 "a volume at a link that leads to itself is an error"
like_stderr "*'round'*Too many*" "... that names it"
is "$(find vol/volumes -name '*round*')" "" "... and nothing of it is left"

mkdir -p vol/rootfs/run && ln -s ../run vol/rootfs/var
printf 'dir srv\n' | layout parent --config '{"config": {"Cmd": ["sh"], "Volumes": {"/var": {}}}}' >image.json
jq -c --arg path "$here/vol" '{bundle: $path, id: "vol", image: .,
	rootfs: {path: ($path + "/rootfs"), driver: "copy"}}' image.json >record.json
run ctnr-spec - --tmpfs /run <record.json
is "$(config_of vol '[.mounts[].destination | select(test("^/(var|run)"))]')" '["/run"]' \
	"an option takes the place of an image's volume also by way of a link"
run ctnr-spec - --tmpfs /run/a/b --tmpfs /x --tmpfs /var/a <record.json
is "$(config_of vol '[.mounts[].destination | select(test("^/(var|run|x)"))]')" \
	'["/var","/var/a","/run/a/b","/x"]' "a parent by way of a link comes before its children"

# The files in /etc are ours, and stay to be seen.
last='[.mounts[-4:][].destination]'
wanted='["/etc","/etc/hosts","/etc/hostname","/etc/resolv.conf"]'
mkdir -p etc && touch etc/hosts
run ctnr-spec "$record" -v ./etc:/etc
is "$(config_of box "$last")" "$wanted" "hosts, hostname and resolv.conf are mounted over what is mounted at /etc"
run ctnr-spec "$record" --tmpfs /etc
is "$(config_of box "$last")" "$wanted" "... a tmpfs too"
run ctnr-spec "$record" -v ./etc:/data
is "$(config_of box "$last")" '["/data","/etc/hosts","/etc/hostname","/etc/resolv.conf"]' \
	"... and at whatever may be a link to it"
run ctnr-spec "$record" -v ./src/file:/etc/hosts -v /etc
is "$(config_of box '[.mounts[] | select(.destination == "/etc/hosts") | .source]')" "[\"$here/src/file\"]" \
	"a person's own file there takes the place of ours"
is "$(config_of box "$last")" "$wanted" "... and is mounted over what is at /etc, too"
run ctnr-spec "$record" -v ./etc:/etc:ro
is_status 0 "a read-only mount at /etc is possible"
is "$(config_of box '[.mounts[].destination | select(startswith("/etc"))]')" '["/etc","/etc/hosts"]' \
	"... with those of our files that it has a place for"
is_stderr "ctnr-spec: warning: '/etc/resolv.conf' has no place in what is bound to '/etc', leaving it out
ctnr-spec: warning: '/etc/hostname' has no place in what is bound to '/etc', leaving it out" "... the others are told"
run ctnr-spec "$record"
run ctnr-spec --edit box/config.json -v ./etc:/etc
is "$(config_of box "$last")" "$wanted" "an edit, too, puts them over what it mounts at /etc"
from_config "$image" -v ./src:/b -v ./src:/a/b -v ./src:/a -v ./src:/a/b/c
is "$(query '[.mounts[].destination | select(test("^/[ab]"))]')" '["/b","/a","/a/b","/a/b/c"]' \
	"parents come first, and else the order is the person's"
edit -v ./src:/a/b/d -v ./src:/c --tmpfs /a/b/c/e
edit --tmpfs /c/d/e
edit --tmpfs /c/d
is "$(query '[.mounts[].destination | select(test("^/[abc]"))]')" \
	'["/b","/a","/a/b","/a/b/c","/a/b/d","/c","/a/b/c/e","/c/d","/c/d/e"]' "... in an edit, too"
from_config '{Cmd: ["sh"], Volumes: ([range(512) | {key: "/v\(.)", value: {}}] | from_entries)}'
is_status 0 "512 volumes of an image are mounted"
from_config '{Cmd: ["sh"], Volumes: ([range(513) | {key: "/v\(.)", value: {}}] | from_entries)}'
is_status 1 "more are refused"
is_stderr "ctnr-spec: error: the image has 513 volumes, a container at most 512 mounts" "... and counted"
done_testing
