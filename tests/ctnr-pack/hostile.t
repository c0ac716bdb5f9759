#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a container leaves to harm who packs it.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/changes.sh"
needs USERNS

make_image base <<'END'
dir etc
file etc/passwd data=x
END

# python NAME: a program on stdin, run in the upper directory of a new bundle of that name.
python() {
	bundle "$1" base
	cat >"$1.py"
	in_upper "$1" python3 "$CTNR_TEST_TMP/$1.py"
}

python special <<'END'
import os
import socket
os.mkfifo("fifo")
socket.socket(socket.AF_UNIX).bind("socket")
END
changes special special.tar --timestamp 1
is_status 0 "a FIFO that nobody writes to, and a socket, hold nothing up"
is "$(tar_list special.tar)" "p fifo 644 0:0 1" "... the socket is not in the layer"
is "$stderr" "ctnr-pack: warning: 'socket' is a socket, leaving it out" "... which is told"

python sockets <<'END'
import os
import socket
for i in range(150):
    socket.socket(socket.AF_UNIX).bind(f"socket{i}")
END
changes sockets sockets.tar
is "$(printf '%s\n' "$stderr" | wc -l)" 101 "of many warnings a hundred are told"
like "$stderr" "*warning: 50 more warnings*" "... and how many there were"

python sparse <<'END'
import os
with open("lastlog", "w") as out:
    out.seek(1 << 40)
    out.write("end")
with open("small", "w") as out:
    out.seek(60 << 20)
    out.write("end")
os.truncate(os.open("empty", os.O_RDWR | os.O_CREAT), 1 << 41)
END
changes sparse sparse.tar --timestamp 1
is_status 0 "files of nothing but holes are packed"
is "$(tar_list sparse.tar)" "f empty 755 0:0 1 $((1 << 41)) sparse
f lastlog 644 0:0 1 $(((1 << 40) + 3)) sparse
f small 644 0:0 1 $(((60 << 20) + 3))" "... as sparse entries, and as zeros where there are few"
is "$stderr" "ctnr-pack: warning: 'empty' has large holes: it becomes a sparse entry, which not every reader understands
ctnr-pack: warning: 'lastlog' has large holes: it becomes a sparse entry, which not every reader understands" "... which is told"
# shellcheck disable=SC2012
ok "... in little room" test "$(stat -c %s sparse.tar)" -lt 64000000

python attributes <<'END'
import os
open("f", "w").close()
for i in range(129):
    os.setxattr("f", f"user.{i}", b"")
END
changes attributes attributes.tar
is_status 1 "a file of more attributes than a reader takes is an error"
is "$stderr" "ctnr-pack: error: 'f': it has more attributes than a layer can hold" "... that names it"

python equals <<'END'
import os
open("f", "w").close()
os.setxattr("f", "user.a=b", b"")
END
changes equals equals.tar
is_status 1 "an attribute whose name no archive can hold is an error"
like_stderr "ctnr-pack: error: 'f': *user.a=b*" "... that names it"

python whiteout <<'END'
import os
os.mkdir("d")
open("d/.wh.passwd", "w").close()
END
changes whiteout whiteout.tar
is_status 1 "a file that would be a deletion is an error"
like_stderr "ctnr-pack: error: 'd/.wh.passwd': *" "... that names it"

python links <<'END'
import os
open("d0", "w").close()
for i in range(1, 3000):
    os.link("d0", f"d{i}")
END
changes links links.tar
is "$(tar_list links.tar | cut -d ' ' -f 1 | uniq -c | tr -s ' \n' ' ')" " 1 f 2999 h " "many names of one file"

# One link is in the change set, the others are elsewhere.
bundle elsewhere base
in_upper elsewhere sh -c 'echo x >f; ln f ../other'
changes elsewhere elsewhere.tar --timestamp 1
is "$(tar_list elsewhere.tar)" "f f 644 0:0 1 2" "a name of a file whose others are elsewhere is a file"

# Somebody puts links in the place of directories.
echo secret-of-the-host >secret
python swapped <<'END'
import os
for i in range(200):
    os.mkdir(f"d{i}")
    open(f"d{i}/secret", "w").write("own")
END
in_upper swapped python3 -c '
import os, sys
open("../started", "w").close()
while not os.path.exists("../stop"):
    for i in range(200):
        os.rename(f"d{i}", f"x{i}")
        os.symlink(sys.argv[1], f"d{i}")
        os.unlink(f"d{i}")
        os.rename(f"x{i}", f"d{i}")' "$CTNR_TEST_TMP" &
swapper=$!
eventually 10 test -e swapped/started
found=0
for _ in 1 2 3 4 5; do
	changes swapped swapped.tar
	[ "$status" -le 1 ] || found="status $status"
	! grep -q secret-of-the-host swapped.tar || found="a file of the host"
done
: >swapped/stop
wait $swapper
is "$found" 0 "directories that become links lead nowhere"

# A tree that is a link.
mkdir host
echo secret-of-the-host >host/secret
for kind in "overlay upper" "copy rootfs"; do
	tree=${kind#* }
	bundle "linked-$tree" base --driver "${kind% *}"
	mv "linked-$tree/$tree" "linked-$tree/moved"
	ln -s "$CTNR_TEST_TMP/host" "linked-$tree/$tree"
	for options in "" --squash; do
		# shellcheck disable=SC2086 # none or one
		run ctnr-pack $options "./linked-$tree"
		is_status 1 "a bundle whose '$tree' is a link is an error (${options:-no options})"
		like_stderr "ctnr-pack: error: *'$tree' is no directory" "... and nothing is read behind it"
	done
done

# Trees are made and removed faster there. Few descriptors are to be had from here on.
shm=$(mktemp -d /dev/shm/ctnr-deep.XXXXXX)
chmod 755 "$shm"
at_end "delete_tree '$shm'"
# shellcheck disable=SC3045 # dash and busybox have it
ulimit -n 60
# deep LEVELS
deep() {
	ctnr-unpack -b "$shm/$1" "oci:$CTNR_TEST_TMP/base:latest" >"$1.json"
	ln -s "$shm/$1" "$1"
	(cd "$shm/$1/upper" && python3 -c '
import os, sys
for i in range(int(sys.argv[1])):
    os.mkdir("d")
    os.chdir("d")
open("f", "w").close()' "$1")
}
deep 1000
changes 1000 deep.tar
is_status 0 "1,000 levels take no descriptors"
is "$(tar_list deep.tar | wc -l)" 1001 "... and are all there"
deep 25000
run ctnr-pack "$shm/25000"
is_status 1 "25,000 levels are more than a path can have"
like_stderr "ctnr-pack: error: 'd/d/d/*': *" "... which is an error that names it"
unlike_stderr "*': 'd/d*" "... once"
done_testing
