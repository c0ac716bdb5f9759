#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Cut the power of a disk while a store on it is worked with, at every moment.

    cut.py [--seconds N] [--seed S] [--no-sync] [--first] FILESYSTEM USER IMAGES
    cut.py --again [--at RECORD] [--do COMMAND] FILESYSTEM USER IMAGES

The work is done once, as USER, on a new FILESYSTEM (ext4, xfs, btrfs) whose disk remembers all writes
and flushes. Then each state that a power cut could have left that disk in (log.Point), in random order and for
N seconds at most, is mounted, read by store.py, and worked with. IMAGES is a layout with the images "one" and
"two", which share layers and have a file /etc/mark.

Prints a line for each point where something is wrong, the first that was found there, and with --first ends
behind one; how many points there were goes to stderr. --no-sync is for the tools. As root, in a mount namespace of its own; below the working directory.

To look for a fault: --again replays the log that the run before left in the working directory, --at those
points alone that are behind the record of that number, and --do executes COMMAND as USER where there is
damage, on the disk as it is then."""

import argparse
import fcntl
import os
import pickle
import pwd
import random
import shutil
import struct
import subprocess
import sys
import threading
import time

from disk import Disk
from log import Log
from store import Damage, State, Store, Trees, check_store

SIZE = 512 << 20  # sparse; xfs takes no less than 300 MB
MAKE = {
    "ext4": ["mkfs.ext4", "-q", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"],
    "xfs": ["mkfs.xfs", "-q", "-K"],
    "btrfs": ["mkfs.btrfs", "-q", "-K"],
}
# A journal's commit each second is what a cut needs to find metadata without its data.
OPTIONS = {"ext4": "commit=1", "xfs": "", "btrfs": "commit=1"}
BTRFS_IOC_START_SYNC = 0x80089418
STEPS = [
    "ctnr-fetch {sync} -t one oci:{images}:one",
    "ctnr-fetch {sync} -t two oci:{images}:two",
    "ctnr-store image tag {sync} one three",
    "ctnr-unpack {sync} -b kept one",
    "ctnr bundle {sync} --driver copy one copied",
    "ctnr run {sync} --name ran two sh -c 'echo hello >/root/file; cat /etc/mark'",
    "ctnr run {sync} --rm -v data:/usr two true",
    "ctnr-store bundle rm {sync} kept",
    "ctnr-fetch {sync} -t four oci:{images}:one & ctnr-store image rm {sync} three; wait",
    "ctnr-store image rm {sync} one",
    "ctnr-store bundle rm {sync} copied",
    "ctnr-store gc {sync} --grace 0 --image-ttl 0",
]


class Others:
    """Other programs on the same disk, which make the file system write when it pleases: they commit what
    is in its journal, and sometimes all that is dirty."""

    def __init__(self, folder, filesystem, seed):
        self.file = os.path.join(folder, "others")
        self.filesystem, self.chance = filesystem, random.Random(seed)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.thread.start()

    def commit(self, fd):
        if self.filesystem == "btrfs":
            fcntl.ioctl(fd, BTRFS_IOC_START_SYNC, struct.pack("=Q", 0))
        else:
            os.write(fd, b"x")
            os.fsync(fd)

    def work(self):
        with open(self.file, "wb", buffering=0) as file:
            while not self.stopped.wait(self.chance.random() * 0.03):
                if self.chance.random() < 0.1:
                    subprocess.run(["sync", "--file-system", self.file], check=True)
                else:
                    self.commit(file.fileno())

    def stop(self):
        self.stopped.set()
        self.thread.join()


class Lab:
    """Where the disk is, and as whom the store is worked with."""

    def __init__(self, args):
        self.args, self.user = args, pwd.getpwnam(args.user)
        for name in ("disk", "home", "run", "mount"):
            os.makedirs(name, exist_ok=True)
        self.place = os.getcwd()
        self.image, self.log = f"{self.place}/image", f"{self.place}/log"
        self.states = f"{self.place}/states"
        self.file = f"{self.place}/disk/file"
        self.mount = f"{self.place}/mount"
        self.store = Store(f"{self.mount}/store")
        open(self.file, "wb").close()
        os.chown("home", self.user.pw_uid, self.user.pw_gid)

    def boot(self):
        """What a cut takes away with the power: the runtime directory."""
        shutil.rmtree("run")
        os.mkdir("run", 0o700)
        os.chown("run", self.user.pw_uid, self.user.pw_gid)

    def run(self, command):
        """As the user. Returns (status, stdout, stderr)."""
        done = subprocess.run(
            ["sh", "-c", command.format(images=self.args.images, sync=self.args.sync)], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, cwd="/", user=self.user.pw_uid,
            group=self.user.pw_gid, extra_groups=[], umask=0o022,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": f"{self.place}/home",
                 "USER": self.user.pw_name, "XDG_RUNTIME_DIR": f"{self.place}/run",
                 "CTNR_STORE": self.store.path})
        return done.returncode, done.stdout, done.stderr

    def must(self, command):
        status, stdout, stderr = self.run(command)
        if status != 0 or "error:" in stderr:
            raise Damage(f"status {status} of '{command}': {stderr.strip()}")
        return stdout

    def mount_disk(self, disk):
        disk.mount(self.args.filesystem, self.mount, OPTIONS[self.args.filesystem])


def make_image(lab):
    with open(lab.image, "wb") as image:
        image.truncate(SIZE)
    made = subprocess.run([*MAKE[lab.args.filesystem], lab.image], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if made.returncode != 0:
        sys.exit(f"cut.py: error: {made.stdout}")


def record(lab):
    """Do the work; returns [State] when each step had answered (first: none), and the Trees of all."""
    states, trees = [], Trees()
    disk = Disk("record", lab.image, lab.log, lab.file)
    try:
        lab.mount_disk(disk)
        os.mkdir(lab.store.path)
        os.chown(lab.store.path, lab.user.pw_uid, lab.user.pw_gid)
        subprocess.run(["sync", "--file-system", lab.store.path], check=True)
        disk.mark("start")
        lab.boot()
        states.append(State(lab.store, trees))
        others = Others(lab.mount, lab.args.filesystem, lab.args.seed)
        try:
            for step in STEPS:
                lab.must(step)
                disk.mark(step)
                states.append(State(lab.store, trees))
        finally:
            others.stop()
        disk.unmount()
    finally:
        disk.close()
    return states, trees


def work_on(lab):
    """What people do after a power cut; nothing of it needs them to repair anything."""
    lab.must("ctnr-store check")
    lab.must("ctnr-store image ls")
    lab.must("ctnr ps -a")
    lab.must("ctnr-fetch -t one oci:{images}:one")
    for name in {digest: name for name, digest in lab.store.names().items()}.values():
        if "mark" not in lab.must(f"ctnr run --rm {name}"):
            raise Damage(f"image {name} does not run")
    bundles = lab.store.bundles()
    for name in bundles:
        if "config.json" in lab.store.bundle(name) and "mark" not in lab.must(f"ctnr bundle run {name}"):
            raise Damage(f"bundle {name} does not run")
    if bundles:
        lab.must(f"ctnr-store bundle rm {' '.join(bundles)}")
    lab.must("ctnr-store image rm one")
    lab.must("ctnr-store gc --grace 0")
    lab.must("ctnr-store check --quick")


def replay(lab, disk, point, states, trees):
    """Raises Damage."""
    before = states[point.marks - 1]
    after = states[min(point.marks, len(states) - 1)]
    disk.become(point)
    lab.mount_disk(disk)
    try:
        lab.boot()
        check_store(lab.store, before, after, trees)
        work_on(lab)
    except (Damage, OSError):
        if lab.args.do:
            print(lab.run(lab.args.do), file=sys.stderr)
        raise
    finally:
        disk.unmount()


def choose_points(lab):
    # Before the first mark there is no store.
    points = [p for p in Log(lab.log).points(lab.args.seed) if p.marks > 0]
    if lab.args.at is not None:
        return [p for p in points if p.count == lab.args.at]
    random.Random(lab.args.seed).shuffle(points)
    return points


def name_step(point):
    return f"in '{STEPS[point.marks - 1].replace('{sync} ', '')}'" if point.marks <= len(STEPS) else "at the end"


def replay_all(lab, states, trees):
    """Returns the number of points with damage."""
    points, tried, damaged = choose_points(lab), 0, 0
    end = time.monotonic() + lab.args.seconds
    disk = Disk("replay", lab.image, lab.log, lab.file)
    try:
        for point in points:
            if time.monotonic() > end:
                break
            tried += 1
            try:
                replay(lab, disk, point, states, trees)
            except (Damage, OSError) as damage:
                damaged += 1
                print(f"{point}, {name_step(point)}: {damage}", flush=True)
                if lab.args.first:
                    break
    finally:
        disk.close()
    print(f"{lab.args.filesystem}, {lab.args.user}: {tried} of {len(points)} points, "
          f"{damaged} damaged", file=sys.stderr)
    return damaged


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=False)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--no-sync", dest="sync", action="store_const", const="--no-sync", default="")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--at", type=int)
    parser.add_argument("--do")
    parser.add_argument("filesystem", choices=MAKE)
    parser.add_argument("user")
    parser.add_argument("images")
    lab = Lab(parser.parse_args())
    if not lab.args.again:
        make_image(lab)
        with open(lab.states, "wb") as file:
            pickle.dump([lab.args.seed, *record(lab)], file)
    with open(lab.states, "rb") as file:
        lab.args.seed, states, trees = pickle.load(file)
    print(f"seed {lab.args.seed}", file=sys.stderr)
    sys.exit(1 if replay_all(lab, states, trees) else 0)


if __name__ == "__main__":
    main()
