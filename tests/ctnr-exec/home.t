#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # the scripts are the container's
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

bundle c
cp c/config.json plain.json

# home_of UID PASSWD: HOME, with a passwd of that text.
home_of() {
	rm -rf c/rootfs/etc/passwd
	[ -z "$2" ] || printf '%b' "$2" >c/rootfs/etc/passwd
	user_home "$1"
}

user_home() {
	cp plain.json c/config.json
	config c ".process.user.uid = $1"
	in_container 'tr "\000" "\n" </proc/$$/environ | grep HOME'
}

passwd='root:x:0:0::/the/root:/bin/sh\nbroken\nweb:x:7:7::/srv/web:/bin/sh\nlater:x:7:7::/no:/bin/sh\nbare:x:8:8:::\n'
home_of 0 "$passwd"
is_stdout HOME=/the/root "HOME is the one of passwd"
home_of 7 "$passwd"
is_stdout HOME=/srv/web "... of the user of the process, and the first of several"
home_of 8 "$passwd"
is_stdout HOME=/ "a user without a home has the root"
home_of 9 "$passwd"
is_stdout HOME=/ "... and one who is not there too"
home_of 0 ""
is_stdout HOME=/ "... and all without a passwd"

config c '.process.env += ["HOME=/given"]'
in_container 'env | grep HOME'
is_stdout HOME=/given "the HOME of the config is kept"
config c '.process.env = ["PATH=/bin", "HOME="]'
in_container 'tr "\000" "\n" </proc/$$/environ | grep HOME'
is_stdout HOME= "... also an empty one"
config c '.process.env = []'
script c /bin/env
run ctnr-exec run ./c
like_stdout "*HOME=/*" "an empty environment gets one"

# What an image may have in the place of the file.
ln -s /etc/real c/rootfs/etc/passwd
printf '%b' "$passwd" >c/rootfs/etc/real
user_home 7
is_stdout HOME=/srv/web "a link inside the container is followed"
printf 'web:x:7:7::/outside:/bin/sh\n' >outside
chmod 644 outside
rm c/rootfs/etc/passwd
ln -s "../../../../../../../..$CTNR_TEST_TMP/outside" c/rootfs/etc/passwd
user_home 7
is_stdout HOME=/ "... and one that leads outside does not"
rm c/rootfs/etc/passwd
ln -s /proc/self/fd/3 c/rootfs/etc/passwd
user_home 7 3<outside
is_stdout HOME=/ "a link to an open descriptor is no file of the container"
rm c/rootfs/etc/passwd
mkfifo c/rootfs/etc/passwd
user_home 0
is_stdout HOME=/ "a FIFO is not waited for"
rm c/rootfs/etc/passwd
{
	printf 'web:x:7:7::/srv/web:/bin/sh\n'
	head -c 1048576 /dev/zero
} >c/rootfs/etc/passwd
user_home 7
is_stdout HOME=/ "a file larger than 1 MiB is not read"
printf '%b' "$passwd" >c/rootfs/etc/passwd
chmod 600 c/rootfs/etc/passwd
user_home 7
is_stdout HOME=/ "the file is opened with the rights of the process: what it cannot read is not read"
done_testing
