#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Can one of this machine's package sources be reached? Status 0 or 1; prints nothing.

Tests that install packages inside a container need it. The sources are the machine's own."""

import subprocess
import sys
import tempfile


def main():
    # apt itself knows proxies, mirrors and sources; ask it for one small index.
    uris = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE)/dists/$(RELEASE)/InRelease"],
                          capture_output=True, text=True, check=False).stdout.split()
    if not uris:
        return 1
    with tempfile.TemporaryDirectory() as place:
        helper = subprocess.run(["/usr/lib/apt/apt-helper", "download-file", sorted(set(uris))[0],
                                 f"{place}/InRelease"], capture_output=True, timeout=20,
                                check=False)
    return 0 if helper.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
