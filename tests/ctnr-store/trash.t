#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What killed commands left is deleted behind the back of the next one, which waits for nothing.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

store=$HOME/.local/share/ctnr
layout=$CTNR_TEST_TMP/small
printf 'dir etc\nfile etc/motd data=x\n' | layout small --ref 1 >/dev/null
ctnr-unpack -b first "oci:$layout:1" >/dev/null

# abandon NAME: what a killed command left in the trash; deleting it takes some time
mkdir tree
for i in 1 2 3 4 5; do
	mkdir "tree/$i"
	(cd "tree/$i" && seq 1000 | xargs touch)
done
abandon() {
	cp -al tree "$store/trash/$1"
}

# reclaimers: the processes that delete in this store
reclaimers() {
	for comm in /proc/[0-9]*/comm; do
		read -r name <"$comm" || continue
		proc=${comm%/comm}
		[ "$name" != ctnr-reclaim ] || [ "$(readlink "$proc/fd/3")" != "$store" ] || echo "${proc#/proc/}"
	done 2>/dev/null
}
trash_is_empty() { [ -z "$(ls -A "$store/trash")" ]; }
has_one_reclaimer() { [ "$(reclaimers | wc -l)" = 1 ]; }

# hold COMMAND: run it, and stop the process that it leaves before that has deleted all
hold() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		abandon "$try"
		answer=$("$@") || return 1
		while ! trash_is_empty; do
			held=$(reclaimers)
			# Two are one that is just beginning: the first makes the second, and ends.
			[ "$(printf '%s' "$held" | wc -l)" = 0 ] || continue
			[ -z "$held" ] || kill -STOP "$held" || return 1
			[ -z "$held" ] || trash_is_empty || return 0
		done
	done
	return 1
}

ok "a command has answered, and its output is closed, while it deletes what another left" \
	hold ctnr-unpack -b second "oci:$layout:1"
is "$(printf '%s' "$answer" | jq -r .id)" second "... with the whole answer"
is "$(readlink "/proc/$held/fd/0" "/proc/$held/fd/1" "/proc/$held/fd/2" | uniq)" /dev/null \
	"the process that deletes has nobody's streams"
is "$(find "/proc/$held/fd" -type l -printf '%l\n' | grep -v -e "^$store" -e '^/dev/null')" "" \
	"... and no other files but the store's"
is "$(ps -o sid= -p "$held" | tr -d ' ')" "$held" "... and a session of its own"
is "$(ps -o ni= -p "$held" | tr -d ' ')" 19 "... and waits for those who have more to do"
is "$(readlink "/proc/$held/cwd")" / "... and is in nobody's way"

run timeout 20 ctnr-unpack -b third "oci:$layout:1"
is_status 0 "while it is held, the next command goes on"
ok "... and leaves the deleting to it" eventually 10 has_one_reclaimer
is "$(reclaimers)" "$held" "... alone"
ok "... and there is still something to delete" test "$(find "$store/trash" | wc -l)" -gt 1
kill -KILL "$held"
eventually 10 sh -c "! kill -0 $held"
run ctnr-store bundle rm third
is_status 0 "when it was killed, a removal answers"
ok "... and the trash is emptied then" eventually 20 trash_is_empty
is "$(ctnr-store bundle ls -q | tr '\n' ' ')" "first second " "... and nothing else"
abandon image
ctnr-fetch -t gone "oci:$layout:1" >/dev/null
run ctnr-store image rm gone
is_status 0 "a removal of an image answers too"
ok "... and the trash is emptied then" eventually 20 trash_is_empty
ctnr-store bundle rm first second >/dev/null

# A full disk is the one reason to wait.
mkdir disk
head -c 6000000 /dev/urandom >random
printf 'file data from=%s\n' "$PWD/random" | layout data --ref 1 >/dev/null
cat >script <<END
set -eu
mount -t tmpfs -o size=10m,mode=700 disk disk
mkdir -m 700 disk/store disk/run
export CTNR_STORE="$PWD/disk/store" XDG_RUNTIME_DIR="$PWD/disk/run"
ctnr-unpack -b warm "oci:$layout:1" >/dev/null
mkdir disk/store/trash/old
head -c 8000000 /dev/zero >disk/store/trash/old/file
[ \$1 = abandoned ] || mv disk/store/trash/old disk/store/kept
ctnr-unpack --driver overlay "oci:$PWD/data:1" | jq -r .rootfs.driver
[ ! -e disk/store/trash/old ]
END
run in_namespace sh script kept
like_stderr "*No space left on device*" "a disk that is full is a failure"
is_stdout "" "... without an answer"
run in_namespace sh script abandoned
is_stderr "" "... but when trash fills it, that goes first"
is_stdout overlay "... and the command answers"
is_status 0 "... and the trash is gone then"
done_testing
