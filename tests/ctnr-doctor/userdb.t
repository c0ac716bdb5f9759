#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: the machine's user database is replaced, which takes root
#
# A user who is not in /etc/passwd, as LDAP and SSSD have them. Here systemd knows the user, and so
# does newuidmap, by NSS. The files of the user database are ours, in a mount namespace of this file's own.
if [ -z "${CTNR_TEST_PRIVATE_USERDB-}" ]; then
	export CTNR_TEST_PRIVATE_USERDB=1
	exec unshare -m --propagation private sh "$0"
fi
. "$(dirname "$0")/../lib/test.sh"
needs USERNS

uid=54321
passwd="remote:x:$uid:$uid:Somebody:$HOME:/bin/sh"
for file in subuid subgid nsswitch.conf; do
	cp "/etc/$file" "$file"
	mount --bind "$file" "/etc/$file"
done
echo remote:300000:1000 | tee -a subuid >>subgid
echo 'passwd: files systemd' >nsswitch.conf
mount -t tmpfs tmpfs /run
mkdir /run/userdb
jq -n "{userName: \"remote\", uid: $uid, gid: $uid, homeDirectory: \"$HOME\", disposition: \"regular\"}" \
	>/run/userdb/remote.user
ln -s remote.user /run/userdb/$uid.user
is "$(getent passwd $uid | cut -d : -f 1)" remote "a user is known to systemd alone"
chown $uid "$HOME"
unset CTNR_STORE CTNR_RUN_DIR XDG_RUNTIME_DIR

# doctor UID OPTIONS...: the report for that user, who has no HOME. $rung is the result.
doctor() {
	test_uid=$1
	shift
	run env -u HOME setpriv --reuid="$test_uid" --regid="$test_uid" --clear-groups \
		ctnr-doctor --json "$@"
	rung=$(jq -r .rung <"$stdout_file")
}

doctor $uid
is "$rung" subordinate "... and has the subordinate IDs that the files give to that name"
is "$(jq -c '.uidMappings[1]' <"$stdout_file")" '{"containerID":1,"hostID":300000,"size":1000}' \
	"... all of them"
is "$(jq -r .store <"$stdout_file")" "$HOME/.local/share/ctnr" "... and the home directory"

# getent_runs TEXT: from now on getent is a script that notes what is asked, and does TEXT.
getent_runs() {
	printf '%s\n' '#!/bin/sh' "echo \"\$0 \$@\" >>$PWD/asked" "$1" >getent
	chmod 755 getent
}
: >asked
chmod 666 asked
mkdir bin
touch getent
mount --bind getent /usr/bin/getent
getent_runs "echo $passwd"
cp getent bin/getent
doctor $uid --store "$HOME"
is "$rung" subordinate "what getent answers counts"
is "$(sort -u asked)" "/usr/bin/getent passwd $uid" "... when it is asked for the uid"
: >asked
PATH=$PWD/bin:$PATH doctor $uid --store "$HOME"
is "$(sort -u asked)" "/usr/bin/getent passwd $uid" "... the system's own, whatever PATH has"
: >asked
doctor 65534 --store "$HOME"
is "$(cat asked)" "" "for a user who is in /etc/passwd nothing is executed"

getent_runs "echo remote:x:1:1::/:/bin/sh"
doctor $uid --store "$HOME"
is "$rung" single "an answer about somebody else is none"
getent_runs "echo remote:$uid:$uid"
doctor $uid --store "$HOME"
is "$rung" single "nor is a line that is no entry"
getent_runs "echo $passwd; head -c 100000 /dev/zero"
doctor $uid --store "$HOME"
is "$rung" single "nor is one of many bytes"
getent_runs "echo $passwd; exit 2"
doctor $uid --store "$HOME"
is "$rung" single "nor is what getent says when it fails"
chmod 644 getent
doctor $uid --store "$HOME"
is "$rung" single "without a getent that can be executed there is one ID"
is "$(jq -r .canRun <"$stdout_file")" true "... and containers run"
doctor $uid
is_status 1 "... but nobody knows where the home directory is"
like_stderr "*uid $uid has no home directory*" "... and that is said"
umount /usr/bin/getent
done_testing
