#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: root
# differs: only root can make the idmapped mount that a home of systemd-homed is
. "$(dirname "$0")/../lib/test.sh"

subordinate=$(sed -n 's/^\([^:]*\):.*:65536$/\1/p' /etc/subuid | head -n 1)
mkdir house
chown "$subordinate:" house
cat >homed.py <<'END'
"""homed.py DIR UID GID COMMAND...: run a command as that user, with DIR at /mnt, where that user alone
may own files."""
import ctypes, os, sys

libc = ctypes.CDLL(None, use_errno=True)
directory, uid, gid, command = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]


def check(result, what):
    if result < 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


ready, go = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    check(libc.unshare(0x10000000), "unshare")
    os.write(ready[1], b"r")
    os.read(go[0], 1)
    os._exit(0)
os.read(ready[0], 1)
for name, number in ("uid_map", uid), ("gid_map", gid):
    with open(f"/proc/{child}/{name}", "w") as file:
        file.write(f"{number} {number} 1\n")
namespace = os.open(f"/proc/{child}/ns/user", os.O_RDONLY)
check(libc.unshare(0x20000), "unshare")
check(libc.mount(None, b"/", None, 0x44000, None), "make private")
mount = check(libc.syscall(428, -100, directory.encode(), ctypes.c_uint(0x80001)), "open_tree")
attr = (ctypes.c_uint64 * 4)(0x100000, 0, 0, namespace)
check(libc.syscall(442, mount, b"", ctypes.c_uint(0x1000), attr, ctypes.c_size_t(32)), "mount_setattr")
check(libc.syscall(429, mount, b"", -100, b"/mnt", ctypes.c_uint(4)), "move_mount")
os.write(go[1], b"g")
os.waitpid(child, 0)
os.setgroups([])
os.setgid(gid)
os.setuid(uid)
os.execvp(command[0], command)
END
homed() {
	python3 homed.py house "$(id -u "$subordinate")" "$(id -g "$subordinate")" env -u CTNR_STORE HOME=/mnt XDG_RUNTIME_DIR= "$@"
}
run homed sh -c 'touch "$HOME/file" && stat -c %U "$HOME/file"'
is_stdout "$subordinate" "a home that takes files of its user alone is there"
run homed ctnr-doctor --json
is_status 1 "a store in such a home is a failure"
like "$(jq -r '.checks[] | select(.name == "store owners") | (.state, .text)' <"$stdout_file" | tr '\n' ' ')" \
	"fail *subordinate ID*systemd-homed*" "... which is named"
run homed ctnr-doctor --store /var/tmp --json
is "$(jq -r '.checks[] | select(.name == "store owners").state' <"$stdout_file")" "" "... and elsewhere there is none"
run homed sh -c 'find "$HOME" -name ".ctnr-doctor*"'
is_stdout "" "nothing stays of the attempt"
done_testing
