# SPDX-License-Identifier: Apache-2.0
"""The rows of the table that are about making layers of bundles."""

import gzip
import os
import shutil

from inputs import layer_of, layout, make_noise
from measure import Candidate, Goal, Row, installed

MEMORY_MAX = Goal(32, unit="MB")
SMALL, LARGE = 60, 600  # megabytes that were changed
FILES = 64  # that noise is in


def make_archive(bench):
    """The archive of a minimal Debian, some 160 MB."""
    path = os.path.join(bench.fresh(), "archive")
    with gzip.open(layer_of(layout(bench, "debian"))) as source, open(path, "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
    return path


def extract(archive, directory):
    """A script that unpacks the archive into a new directory, in a user namespace: without devices."""
    return f'mkdir "{directory}" && tar -xf {archive} --exclude "./dev/*" -C "{directory}"'


def make_bundle(bench, name):
    """A bundle of busybox without any changes; its directory."""
    bench.must(["ctnr-fetch", "-t", "base", f"oci:{layout(bench, 'busybox')}"])
    bench.must(["sh", "-c", f"ctnr-unpack --driver overlay -b {name} base | ctnr-spec - -- true"])
    return f"{os.environ['CTNR_STORE']}/bundles/{name}"


def touch(path, count=iter(range(1000000))):
    """Change one file, so that each layer is one that nobody has made before."""
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"{next(count)}\n")


def ctnr_pack(bundle, name="ctnr-pack", *options):
    return Candidate(name, lambda d: ["ctnr-pack", *options, "-t", f"packed:{os.path.basename(d)}", bundle],
                     lambda d: touch(f"{bundle}/upper/round"))


def buildah_commit(bench, archive, name="buildah commit"):
    """To a layout of its own in each round, as gzip: left to itself it compresses nothing there."""
    root = bench.fresh()
    call = ["buildah", "--root", f"{root}/root", "--runroot", f"{root}/run"]
    bench.must([*call, "from", "--quiet", "--name", "w", f"oci:{layout(bench, 'busybox')}"])
    bench.must([*call, "unshare", "sh", "-c",
                f'm=$({" ".join(call)} mount w) && {extract(archive, "$m/debian")}'])
    return Candidate(name, lambda d: [*call, "commit", "--quiet", "--disable-compression=false", "w",
                                    f"oci:{d}/layout:1"])


def row_pack(bench):
    archive = make_archive(bench)
    bundle = make_bundle(bench, "debian")
    bench.must(["ctnr-unshare", "sh", "-c", extract(archive, f"{bundle}/upper/debian")])
    candidates = [ctnr_pack(bundle), ctnr_pack(bundle, "ctnr-pack --compression zstd", "--compression", "zstd"),
                  Candidate("compressor", lambda d: ["floor_compress", archive], program="floor_compress")]
    if shutil.which("buildah"):
        candidates.append(buildah_commit(bench, archive))
    # A goal that gzip at this level cannot meet where buildah compresses with as many threads: the compressor alone
    # takes 0.6 of buildah's time.
    return Row("commit of a change of 160 MB (minimal Debian)", installed(candidates),
               [Goal(1.5, "compressor"), Goal(1 / 3, "buildah commit")], settles=True)


def row_pack_small(bench):
    """Where there is nothing to compress: what a commit costs of itself."""
    bundle = make_bundle(bench, "small")
    return Row("commit of a change of one small file", [ctnr_pack(bundle)], is_pinned=True,
               settles=True)


def make_noise_bundle(bench, megabytes):
    bundle = make_bundle(bench, f"noise-{megabytes}")
    size = megabytes << 20
    with open(layer_of(make_noise(bench, megabytes)), "rb") as source:
        for number in range(FILES):
            with open(f"{bundle}/upper/noise-{number}", "wb") as out:
                out.write(source.read(size // FILES))
    return bundle


def row_pack_memory(bench):
    candidates = [ctnr_pack(make_noise_bundle(bench, size), f"ctnr-pack, {size} MB") for size in (SMALL, LARGE)]

    def growth(row):
        return f"{max(row.candidates[1].peaks) - max(row.candidates[0].peaks):.1f} MB"

    return Row("peak memory of a commit, of what nothing compresses", candidates, [MEMORY_MAX],
               measures=("peak",), figures=[(f"{LARGE} MB beside {SMALL} MB", growth)])
