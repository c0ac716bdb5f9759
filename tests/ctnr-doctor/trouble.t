#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub
. "$(dirname "$0")/../lib/test.sh"

needs USERNS

state_of() {
	jq -r --arg name "$1" '.checks[] | select(.name == $name) | .state' <"$stdout_file"
}

# A user namespace whose own limit is 0 is a machine that forbids them.
# shellcheck disable=SC2016 # for the inner shell
run unshare --user --map-root-user sh -c \
	'echo 0 >/proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all ctnr-doctor'
is_status 1 "without user namespaces the status is 1"
like_stdout "rung 4 of 4: *" "... this is the last rung"
like_stdout "*not higher: user.max_user_namespaces is 0*" "... which setting forbids them"
like_stdout "*sysctl -w user.max_user_namespaces=*" "... what would allow them"
like_stdout "*containers cannot run" "... and the verdict"

# In a chroot the kernel makes no user namespaces.
mkdir -p jail/proc jail/tmp
doctor=$(command -v ctnr-doctor)
setpriv=$(command -v setpriv)
for file in "$doctor" "$setpriv" $(ldd "$doctor" "$setpriv" | grep -o '[[:space:]]/[^ :]*'); do
	mkdir -p "jail/${file%/*}"
	cp -n "$file" "jail/$file"
done
# shellcheck disable=SC2016 # for the inner shell
run unshare --user --mount --map-root-user sh -c 'mount --rbind /proc jail/proc && exec chroot jail "$@"' \
	sh "$setpriv" --bounding-set=-all --inh-caps=-all "$doctor" --store /tmp
is_status 1 "in a chroot the status is 1"
like_stdout "rung 4 of 4: *" "... this is the last rung"
like_stdout "*this is a chroot*" "... and the cause is named"
unlike_stdout "*doctor*" "... and nobody is sent to the doctor"

run setpriv --no-new-privs ctnr-doctor --json
is_status 0 "no_new_privs leaves one ID"
is "$(jq -r .rung <"$stdout_file")" single "... which is the third rung"
is "$(state_of no_new_privs)" warn "... and a warning"

mkdir -m 500 locked
run ctnr-doctor --store locked/store --json
is_status 1 "a store that cannot be made is a failure"
is "$(state_of store)" fail "... of the store"

mkdir -m 500 readonly
run ctnr-doctor --store readonly --json
is_status 0 "a read-only store is none"
is "$(state_of store)" warn "... but a warning"

mkdir -m 755 open
run ctnr-doctor --run-dir "$PWD/open" --json
is_status 1 "a run directory that is open to others is a failure"
is "$(state_of 'run directory')" fail "... of the run directory"

mkdir -m 500 norun
run env XDG_RUNTIME_DIR="$PWD/norun" ctnr-doctor --json
is_status 0 "an XDG_RUNTIME_DIR that cannot be written is no failure"
like_stdout "*in the store*" "... since the store takes its place"
run env XDG_RUNTIME_DIR="$PWD/norun" ctnr-doctor --store readonly --json
is_status 0 "... or a directory below /tmp when that cannot be written either"
like_stdout "*/tmp/ctnr-run-*" "... which is named"

run env -u XDG_RUNTIME_DIR ctnr-doctor --json
is_status 0 "without XDG_RUNTIME_DIR containers run"
is "$(jq -r .canRun <"$stdout_file")" true "... and the report says so"

run env -u HOME -u XDG_RUNTIME_DIR ctnr-doctor --json
is_status 0 "without HOME containers run"
like_stdout "*$(getent passwd "$(id -u)" | cut -d : -f 6)/*" "... from where the user database says"

done_testing
