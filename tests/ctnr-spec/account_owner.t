#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub one root
# differs: the owner of unreadable files is a subordinate ID, the caller itself, or any
# Accounts that the caller may not read are read in the user namespace that owns them.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/../ctnr-spec/bundle.sh"
needs PEER:strace

# plain NAME: a copy bundle; layered NAME: an overlay bundle with one layer. $root is where its files are.
plain() {
	root=$1/rootfs
	fill
}

layered() {
	root=$1/top
	mkdir -p "$1/upper" "$1/work" "$1/rootfs" "$1/lower"
	ln -sfn ../top "$1/lower/0"
	fill
}

fill() {
	mkdir -p "$root/etc"
	echo 'app:x:10:11::/srv/app:/bin/sh' >"$root/etc/passwd"
	printf '%s\n' 'app:x:11:' 'more:x:12:app' >"$root/etc/group"
}

# owner: who can own files here and is not the caller, as the namespace sees it
owner=5
! identity one || owner=0
found='[10,11,"HOME=/srv/app"]'

user() {
	bundle=$1
	shift
	run ctnr-spec "./$bundle" "$@" -- true
	config_of "$bundle" '[.process.user.uid, .process.user.gid, .process.env[-1]]' 2>/dev/null
}

# unreadable PATH OWNER MODE TITLE: of both kinds of bundles
unreadable() {
	for kind in plain layered; do
		$kind "$kind"
		in_namespace sh -c 'chown "$2:$2" "$1" && chmod "$3" "$1"' - "$root$1" "$2" "$3"
		is "$(user "$kind" -u app)" "$found" "$kind: $4"
		in_namespace rm -rf "$kind"
	done
}

unreadable / $owner 700 "a root directory of another user with mode 0700"
unreadable / $owner 711 "... and with mode 0711"
unreadable / 0 0 "... and nobody's"
unreadable /etc $owner 700 "a folder of another user with mode 0700"
unreadable /etc 0 0 "... and nobody's"
unreadable /etc/passwd $owner 600 "a file of another user with mode 0600"
unreadable /etc/passwd 0 0 "... and nobody's"
unreadable /etc/group $owner 600 "a group file of another user"
unreadable /etc/group 0 0 "... and nobody's"

plain p
in_namespace chown -R $owner:$owner p/rootfs
in_namespace chmod 0 p/rootfs/etc/passwd p/rootfs/etc/group
is "$(user p)" '[0,0,"HOME=/"]' "the default user is looked up there as well"
if ! identity one; then
	is "$(user p -u app)$(config_of p .process.user.additionalGids)" "${found}[12]" \
		"additional groups of such an image"
	user p --group-add more >/dev/null
	is "$(config_of p .process.user.additionalGids)" '[12]' "a group that is added"
fi
run ctnr-spec ./p -u nosuch -- true
is_status 3 "a user that is not in such a file is not found"

# Beneath the root there too
replace_accounts() {
	in_namespace sh -c 'cd p/rootfs/etc && rm -rf passwd && '"$1"'; chmod 0 .'
}
echo 'host:x:50:51::/:' >outside
replace_accounts "ln -s '$CTNR_TEST_TMP/outside' passwd"
run ctnr-spec ./p -u host -- true
is_status 3 "a link to a file of the host leads nowhere"
replace_accounts 'ln -s passwd passwd'
run timeout 10 ctnr-spec ./p -u app -- true
is_status 1 "a link to itself is refused"
like_stderr "*Too many levels of symbolic links*" "... clearly"
replace_accounts 'mkfifo passwd && chmod 0 passwd'
run timeout 10 ctnr-spec ./p -u app -- true
is_status 1 "a FIFO is refused, without waiting"
like_stderr "*/etc/passwd: not a regular file*" "... clearly"
replace_accounts 'mkdir passwd'
run ctnr-spec ./p -u app -- true
is_status 1 "a directory is refused"
replace_accounts 'truncate -s 10G passwd; chmod 0 passwd'
run timeout 10 ctnr-spec ./p -u app -- true
is_status 1 "10 GiB are refused, without reading them"
like_stderr "*larger than*" "... clearly"

replace_accounts 'echo app:x:10:11::/srv/app: >passwd'

# Without a bundle
plain q
in_namespace sh -c 'mkdir -m 700 q/hidden && mv q/rootfs q/hidden && chmod 0 q/hidden/rootfs &&
	chown '$owner:$owner' q/hidden q/hidden/rootfs'
from_config '{}' --rootfs q/hidden/rootfs -u app -- true
is "$(query .process.user.uid)" 10 "--rootfs takes a directory that only the namespace reaches"
ctnr-spec ./p -- true >/dev/null
jq '.root.path = "../q/hidden/rootfs"' p/config.json >p/new.json && mv p/new.json p/config.json
run ctnr-spec --edit p/config.json -u app
is_status 0 "--edit too"
is "$(config_of p .process.user.uid)" 10 "... by the path that the config has"
plain r
mkdir -p lower/0/etc
echo 'lower:x:70:71::/:' >lower/0/etc/passwd
from_config '{}' --rootfs r/rootfs -u app -- true
is "$(query .process.user.uid)" 10 "--rootfs is that directory, whatever else is here"

run traced -f -e trace=clone,clone3,fork,vfork,unshare,setns -o calls ctnr-spec ./r -u app -- true
is_status 0 "accounts that the caller may read are read"
is "$(grep -c -e clone -e fork -e unshare calls)" 0 "... in no process but the first"
run traced -f -e trace=unshare -o calls ctnr-spec ./p -- true
if ! identity root; then
	is "$(grep -c unshare calls)" 1 "others take one user namespace"
fi
done_testing
