#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one
# differs: one ID has no groups but the user's own
# Names of users and groups come from the image, and from nowhere else.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"

# stack NAME: an overlay bundle with upper, lower/0 and lower/1
stack() {
	mkdir -p "$1/upper" "$1/work" "$1/rootfs" "$1/lower" "$1/top/etc" "$1/base/etc"
	ln -sfn ../top "$1/lower/0"
	ln -sfn ../base "$1/lower/1"
	printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'base:x:10:11::/home/base:/bin/sh' \
		>"$1/base/etc/passwd"
	printf '%s\n' 'root:x:0:' 'base:x:11:' 'more:x:12:root,base' 'other:x:13:basement' \
		>"$1/base/etc/group"
}

user() {
	bundle=$1
	shift
	run ctnr-spec "./$bundle" "$@" -- true
	config_of "$bundle" '[.process.user.uid, .process.user.gid]' 2>/dev/null
}

stack s
is "$(user s -u base)" '[10,11]' "a name is found in the lowest layer"
ctnr-spec ./s -u base -- true >/dev/null
is "$(config_of s '.process.env[] | select(startswith("HOME="))')" '"HOME=/home/base"' \
	"... with its home"
if ! identity one; then
	is "$(config_of s .process.user.additionalGids)" '[12]' "... and the groups that list it"
	is "$(user s -u base:other)" '[10,13]' "a group by name"
	ctnr-spec ./s -u base:other -- true >/dev/null
	is "$(config_of s .process.user.additionalGids)" null "... and then no other groups"
	ctnr-spec ./s -u 10 -- true >/dev/null
	is "$(config_of s .process.user)" '{"uid":10,"gid":11}' \
		"a number has the primary group of its entry, and no other"
	ctnr-spec ./s --group-add more -- true >/dev/null
	is "$(config_of s .process.user.additionalGids)" '[12]' "--group-add takes a name"
fi
is "$(user s -u base:7)" '[10,7]' "a group by number"
is "$(user s -u 99)" '[99,0]' "a number without an entry has group 0"
is "$(user s)" '[0,0]' "no user at all is root"
run ctnr-spec ./s -u nosuch -- true
is_status 3 "a name that is not there is not found"
like_stderr "*user 'nosuch' is not in the image's /etc/passwd*hint:*" "... and that is said"
run ctnr-spec ./s -u base:nosuch -- true
is_status 3 "a group that is not there is not found"
run ctnr-spec ./s -u "$(id -un 2>/dev/null || echo nobody)x" -- true
is_status 3 "the host's users mean nothing"

echo 'top:x:20:21::/:/bin/sh' >s/top/etc/passwd
is "$(user s -u top)" '[20,21]' "a higher layer's file hides the lower"
run ctnr-spec ./s -u base -- true
is_status 3 "... all of it"
mkdir -p s/upper/etc
echo 'up:x:30:31::/:/bin/sh' >s/upper/etc/passwd
is "$(user s -u up)" '[30,31]' "what the container wrote comes first"
rm s/upper/etc/passwd

stack w
ok "a whiteout is made" mknod w/top/etc/passwd c 0 0
run ctnr-spec ./w -u base -- true
is_status 3 "... and hides the file below"
rm w/top/etc/passwd
setfattr -n user.overlay.opaque -v y w/top/etc
run ctnr-spec ./w -u base -- true
is_status 3 "an opaque directory hides everything below"
setfattr -x user.overlay.opaque w/top/etc
rmdir w/top/etc && echo file >w/top/etc
run ctnr-spec ./w -u base -- true
is_status 3 "a file in the place of the directory too"

# Links stay in the root filesystem
stack l
mkdir -p l/base/usr/share l/top/usr
mv l/base/etc/passwd l/base/usr/share/accounts
ln -s /usr/share/accounts l/top/etc/passwd
is "$(user l -u base)" '[10,11]' "an absolute link is followed within the image, across layers"
ln -sfn ../../../../usr/./share/accounts l/top/etc/passwd
is "$(user l -u base)" '[10,11]' "a relative link too, and .. stops at the root"
rm -r l/top/etc && ln -s usr/etc l/top/etc && mkdir l/top/usr/etc &&
	echo 'linked:x:40:41::/:/' >l/top/usr/etc/passwd
is "$(user l -u linked)" '[40,41]' "a linked directory too"

# Hostile images
stack h
echo 'host:x:50:51::/:/' >outside
ln -sfn "$CTNR_TEST_TMP/outside" h/top/etc/passwd
run ctnr-spec ./h -u host -- true
is_status 3 "a link to a file of the host leads nowhere"
ln -sfn ../../../../../../../../../../../../../../../../"$CTNR_TEST_TMP/outside" h/top/etc/passwd
run ctnr-spec ./h -u host -- true
is_status 3 "... nor does one with many dots"
ln -sfn /proc/self/root/"$CTNR_TEST_TMP/outside" h/top/etc/passwd
run ctnr-spec ./h -u host -- true
is_status 3 "... nor one by way of /proc"
ln -sfn passwd h/top/etc/passwd
run timeout 10 ctnr-spec ./h -u base -- true
is_status 1 "a link to itself is refused"
like_stderr "*Too many levels of symbolic links*" "... clearly"
rm h/top/etc/passwd && mkfifo h/top/etc/passwd
run timeout 10 ctnr-spec ./h -u base -- true
is_status 1 "a FIFO is refused, without waiting"
like_stderr "*/etc/passwd: not a regular file*" "... clearly"
rm h/top/etc/passwd && mkdir h/top/etc/passwd
run ctnr-spec ./h -u base -- true
is_status 1 "a directory is refused"
rmdir h/top/etc/passwd && truncate -s 10G h/top/etc/passwd
run timeout 10 ctnr-spec ./h -u base -- true
is_status 1 "10 GiB are refused, without reading them"
like_stderr "*larger than*" "... clearly"
rm h/top/etc/passwd && mkfifo h/top/etc/group
run timeout 10 ctnr-spec ./h -u base -- true
is_status 1 "a FIFO as group file is refused too"
rm h/top/etc/group
{
	printf 'broken\nbroken:x:notanumber:0::/:/\nbig:x:99999999999:0::/:/\nneg:x:-1:0::/:/\n'
	printf 'max:x:4294967295:0::/:/\n:x:5:5::/:/\nlast:x:60:61:::'
} >h/top/etc/passwd
for name in broken big neg max; do
	run ctnr-spec ./h -u "$name" -- true
	is_status 3 "the entry '$name' is none"
done
is "$(user h -u last)" '[60,61]' "... but what stands behind them is read, also without a line feed"
done_testing
