# SPDX-License-Identifier: Apache-2.0
"""Where a row is measured, and as whom: users, namespaces, a filesystem, and the end of it all.

Each row is measured by a process of its own (tests/bench/run --inner), in a directory that has its
home and its runtime directory too. As root that process is in a mount and a PID namespace: the
directory is a filesystem of its own there, in a file that has no name any more and in a loop device
that frees itself, so that filesystem and processes go with the namespaces, whatever ends them.
Without root the directory is deleted, and podman's own process killed, when the row has ended."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

BENCH = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(BENCH)
SOURCE = os.path.dirname(TESTS)
LIB = os.path.join(TESTS, "lib")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CACHE = os.environ.get("CTNR_TEST_CACHE", "/var/cache/ctnr-tests")
LOOP_SIZE = "64G"  # of the sparse file; unpack writes 15 GB in 15 rounds

# make_filesystem FILE DIR: a fresh ext4 with journal, which is there as long as it is mounted. The
# file's own filesystem keeps no second copy in memory (direct I/O), and nothing is initialised behind
# the measurement's back (noinit_itable).
MAKE_FILESYSTEM = """
make_filesystem() {
    truncate -s "$3" "$1" &&
        mkfs.ext4 -q -E lazy_itable_init=1,lazy_journal_init=1 "$1" &&
        loop=$(losetup --find --show --direct-io=on "$1") || return 1
    mount -t ext4 -o noinit_itable "$loop" "$2"
    status=$?
    losetup --detach "$loop"
    rm "$1"
    return $status
}
"""

# In the namespaces, as root: the filesystem where there is to be one ($3), the runtime directory, then
# the user ($4).
ENTER = MAKE_FILESYSTEM + """
umount -l /sys/fs/cgroup/unified 2>/dev/null
[ -z "$3" ] || make_filesystem "$1" "$2" "$3" || exit 1
mkdir "$2/run"
mount -t tmpfs -o mode=700 tmpfs "$2/run"
chown "$4:" "$2" "$2/run"
user=$4
shift 4
exec setpriv --reuid="$user" --regid="$user" --init-groups "$@"
"""


class Stage:
    """What all rows share: a directory with copies of the programs, where both users can read it."""

    def __init__(self, args, build):
        self.args, self.is_root = args, os.geteuid() == 0
        # A short name: podman refuses a runroot of more than 50 characters.
        self.top = tempfile.mkdtemp(prefix="ctnr-b.", dir=args.dir)
        os.chmod(self.top, 0o755)
        self.build, self.other, self.program = build, args.beside, os.path.join(BENCH, "run")
        self.loop_size = ""
        self.child = None
        try:
            self.prepare()
        except BaseException:
            self.close()
            raise

    def prepare(self):
        if not self.is_root:
            return
        self.users = {"sub": os.environ.get("CTNR_TEST_SUB", "ctnr-sub"),
                      "one": os.environ.get("CTNR_TEST_ONE", "ctnr-one")}
        subprocess.run([f"{LIB}/users.sh", self.users["sub"], self.users["one"]], check=True)
        self.copy_programs()
        if not self.args.no_loop:
            self.probe_loop()

    def copy_programs(self):
        for name, source in (("build", self.build), ("other", self.other)):
            for folder in ("bin", "libexec", "bench") if source else ():
                if os.path.isdir(f"{source}/{folder}"):
                    shutil.copytree(f"{source}/{folder}", f"{self.top}/{name}/{folder}",
                                    symlinks=True)
        shutil.copytree(TESTS, f"{self.top}/tests")
        subprocess.run(["chmod", "-R", "a+rX", self.top], check=True)
        self.build, self.program = f"{self.top}/build", f"{self.top}/tests/bench/run"
        self.other = self.other and f"{self.top}/other"

    def probe_loop(self):
        """Can a filesystem be had in a loop device? Else the rows stay in the directory."""
        place = f"{self.top}/probe"
        os.mkdir(place)
        done = subprocess.run(["unshare", "--mount", "sh", "-c",
                               MAKE_FILESYSTEM + 'make_filesystem "$@"', "sh", f"{self.top}/file",
                               place, LOOP_SIZE], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode == 0:
            self.loop_size = LOOP_SIZE

    def filesystem(self):
        """What the rows are written to, for people."""
        if self.loop_size:
            return "an ext4 with journal in a loop file"
        is_missed = self.is_root and not self.args.no_loop
        why = ", because a loop file cannot be had" if is_missed else ""
        return f"{self.args.dir}{why}"

    def environment(self, place, identity):
        name = self.users[identity] if self.is_root else pwd.getpwuid(os.geteuid()).pw_name
        return ["env", "-i", f"PATH={self.build}/bin:{self.build}/bench:{PATH}", f"HOME={place}",
                f"XDG_RUNTIME_DIR={place}/run", "LC_ALL=C.UTF-8", f"USER={name}",
                f"CTNR_TEST_CACHE={CACHE}"]

    def command(self, row, place, identity, report):
        """The argument vector of the process that measures a row."""
        inner = [*self.environment(place, identity), sys.executable, self.program, "--inner",
                 str(report), "--rounds", str(self.args.rounds), "--dir", place,
                 *(["--beside", self.other] if self.other else []), row]
        if self.is_root:
            return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh",
                    "-c", ENTER, "sh", f"{self.top}/file", place, self.loop_size,
                    self.users[identity], *inner]
        # newuidmap does nothing for a process with no_new_privs: what is left is one ID.
        return ["setpriv", "--no-new-privs", *inner] if identity == "one" else inner

    def run_row(self, row, identity):
        """Measure it; what the process reports, decoded, or None."""
        place = tempfile.mkdtemp(prefix="m", dir=self.top)
        reader, writer = os.pipe()
        # A session of its own: an interrupt comes here, and close() ends the others.
        self.child = subprocess.Popen(self.command(row, place, identity, writer),
                                      stdin=subprocess.DEVNULL, pass_fds=(writer,), cwd="/",
                                      start_new_session=True)
        os.close(writer)
        with open(reader, encoding="utf-8") as report:
            text = report.read()
        self.end_row(place)
        return json.loads(text) if text else None

    def end_row(self, place):
        if self.child:
            end_group(self.child)
            self.child = None
        end_podman(place)
        delete_tree(place, self.is_root)

    def close(self):
        """All goes, whatever was going on."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for entry in os.scandir(self.top):
            if entry.is_dir() and entry.name.startswith("m"):
                self.end_row(entry.path)
        delete_tree(self.top, self.is_root)


def end_group(child):
    """End a process with its group. unshare(1) blocks SIGTERM, and so waits for the end of all that is
    in the namespaces."""
    for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(child.pid, number)
            child.wait(seconds)
    child.wait()


def end_podman(place):
    """Rootless podman leaves a process that holds its namespaces."""
    with contextlib.suppress(OSError, ValueError):
        with open(f"{place}/run/libpod/tmp/pause.pid", encoding="ascii") as pid:
            os.kill(int(pid.read()), signal.SIGKILL)


def delete_tree(path, is_root):
    """Also what belongs to subordinate IDs."""
    shutil.rmtree(path, ignore_errors=True)
    if os.path.exists(path) and not is_root:
        for inside in (["--map-root-user", "--map-auto"], ["--map-root-user"]):
            subprocess.run(["unshare", *inside, "rm", "-rf", path], stderr=subprocess.DEVNULL,
                           check=False)
