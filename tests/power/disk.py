# SPDX-License-Identifier: Apache-2.0
"""A block device that remembers its writes, or replays those of another: the program disk/ and a loop
device over its file. As root, in a mount namespace of its own.

Nothing of it outlives this process, however that ends: the program ends with its input, the mounts with
the namespace, and the kernel lets go of the loop device when the last descriptor of it is closed.

The program is never in the namespace in which the device is mounted. If it were killed there as the last, its
end would unmount the file system, which writes to the device and waits for this very program, for ever."""

import ctypes
import errno
import fcntl
import os
import struct
import subprocess
import time

LOOP_CTL_GET_FREE = 0x4C82
LOOP_CONFIGURE = 0x4C0A
LO_FLAGS_AUTOCLEAR = 4
BLKFLSBUF = 0x1261
CLONE_NEWNS = 0x20000
MS_NOSUID, MS_NODEV, MS_NOATIME = 2, 4, 1024
MNT_DETACH = 2
LIBC = ctypes.CDLL(None, use_errno=True)


def check_call(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def attach_loop(path):
    """A descriptor of a new loop device over the file, and the device's path."""
    backing = os.open(path, os.O_RDWR)
    config = struct.pack("=II52xI", backing, 512, LO_FLAGS_AUTOCLEAR).ljust(304, b"\0")
    try:
        while True:
            with open("/dev/loop-control", "rb") as control:
                device = f"/dev/loop{fcntl.ioctl(control, LOOP_CTL_GET_FREE)}"
            loop = os.open(device, os.O_RDWR)
            try:
                fcntl.ioctl(loop, LOOP_CONFIGURE, config)
                return loop, device
            except OSError as error:
                os.close(loop)
                if error.errno != errno.EBUSY:  # another was faster
                    raise
    finally:
        os.close(backing)


class Disk:
    def __init__(self, mode, image, log, file):
        """mode is record or replay; file is an existing file to mount over."""
        program = os.path.join(os.environ["CTNR_TEST_BUILD"], "tests", "power", "disk")
        self.file, self.mounted = file, None
        self.program = subprocess.Popen([program, mode, image, log, file], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.expect("ready")
        self.loop, self.device = attach_loop(file)
        check_call(LIBC.unshare(CLONE_NEWNS), "cannot leave the program's namespace")

    def expect(self, word):
        line = self.program.stdout.readline()
        if line != word + "\n":
            raise RuntimeError(f"the disk said {line!r}")

    def tell(self, line):
        self.program.stdin.write(line + "\n")
        self.program.stdin.flush()
        self.expect("ok")

    def mark(self, text):
        self.tell(f"mark {text}")

    def become(self, point):
        self.tell(" ".join(map(str, ["point", point.count, *point.dropped])))
        fcntl.ioctl(self.loop, BLKFLSBUF)

    def mount(self, filesystem, target, options):
        check_call(LIBC.mount(self.device.encode(), target.encode(), filesystem.encode(),
                              MS_NOSUID | MS_NODEV | MS_NOATIME, options.encode()),
                   f"cannot mount {filesystem}")
        self.mounted = target

    def unmount(self):
        """Not lazily: the next point needs the device. What a container's end holds goes by itself."""
        end = time.monotonic() + 10
        while LIBC.umount2(self.mounted.encode(), 0) != 0:
            if ctypes.get_errno() != errno.EBUSY or time.monotonic() > end:
                check_call(-1, f"cannot unmount {self.mounted}")
            time.sleep(0.01)
        self.mounted = None

    def close(self):
        if self.mounted:
            LIBC.umount2(self.mounted.encode(), MNT_DETACH)
        os.close(self.loop)
        LIBC.umount2(self.file.encode(), MNT_DETACH)
        self.program.stdin.close()
        self.program.wait()
