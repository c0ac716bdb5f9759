# SPDX-License-Identifier: Apache-2.0
"""rename.py ROOT OUTSIDE SECONDS: a neighbour that makes the mount targets /proc, /dev and /sys of a root
filesystem links to OUTSIDE, and directories again, all the time."""
import os
import sys
import time

root, outside, seconds = sys.argv[1:]
for name in ("null", "console"):
    open(root + "/dev/" + name, "w").close()
end = time.time() + float(seconds)
while time.time() < end:
    for name in ("proc", "dev", "sys"):
        try:
            os.rename(root + "/" + name, root + "/moved")
            os.symlink(outside, root + "/" + name)
            os.unlink(root + "/" + name)
            os.rename(root + "/moved", root + "/" + name)
        except OSError:
            pass
