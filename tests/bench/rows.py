# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: what is measured beside what, and the goals."""

import glob
import os
import shutil

from inputs import (Registry, layer_of, layout, make_bundles, make_images, make_layers, make_plan,
                    make_references)
from measure import Candidate, Goal, Row, installed
from rows_fetch import (MEMORY_MAX, fetchers, row_fetch, row_fetch_all, row_fetch_memory, row_fetch_ten,
                        row_fetch_tls, row_fetch_tls_ten, row_present, row_present_configured,
                        row_present_digest, row_present_tls, row_pull_run, row_resume)
from rows_pack import row_pack, row_pack_memory, row_pack_small
from rows_push import row_push, row_push_memory, row_push_present, row_push_ten, row_push_tls

REFERENCES = 10000
BUNDLES = 1000
IMAGES = 1000
IMAGE_LAYERS = 5
LAYERS = 40


# Starts.

def make_bundle(bench, driver):
    """A busybox bundle that runs true on the host's network; its directory."""
    bundle = os.path.join(bench.fresh(), driver)
    bench.must(["sh", "-c", f"ctnr-unpack --driver {driver} -b {bundle} "
                            f"oci:{layout(bench, 'busybox')} | "
                            "ctnr-spec --network host - -- true"])
    return bundle


def row_start(bench):
    copy, overlay = make_bundle(bench, "copy"), make_bundle(bench, "overlay")
    # A standard runtime takes a container's ID and keeps its state; each has a place of its own.
    state = {name: bench.fresh() for name in ("crun", "runc")}
    identifier = iter(f"b{number}" for number in range(1000000))
    candidates = [
        Candidate("ctnr-exec run (copy)", lambda d: ["ctnr-exec", "run", copy]),
        Candidate("ctnr-exec run (overlay)", lambda d: ["ctnr-exec", "run", overlay]),
        Candidate("crun run", lambda d: ["crun", "--root", state["crun"], "run", "-b", copy,
                                         next(identifier)]),
        Candidate("runc run", lambda d: ["runc", "--root", state["runc"], "run", "-b", copy,
                                         next(identifier)]),
        Candidate("bwrap", lambda d: ["bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc",
                                      "--unshare-uts", "--uid", "0", "--gid", "0",
                                      "--bind", f"{copy}/rootfs", "/", "--proc", "/proc",
                                      "--dev", "/dev", "true"]),
        Candidate("unshare -Urmpf chroot", lambda d: ["unshare", "-Urmpf", "chroot",
                                                      f"{copy}/rootfs", "/bin/true"]),
    ]
    return Row("start of a bundle (busybox, true), one ID, host network, warm",
               installed(candidates), [Goal(1.25, "unshare -Urmpf chroot"), Goal(1, "bwrap"),
                                       Goal(0.4, "crun run")], is_pinned=True, settles=True)


# The life of a container, in the hands of its caller. Each runtime keeps its states in a place of its own.

RUNTIMES = ("ctnr-exec", "crun", "runc")
NEIGHBOURS = 200
STATES = 1000


def cycle(runtime, root, bundle):
    """create, start, delete of a container that runs true, by one shell."""
    call = f"{runtime} --root {root}"
    return ["sh", "-c", f"{call} create -b {bundle} c </dev/null >/dev/null 2>&1 && "
                        f"{call} start c && {call} delete --force c"]


def leave_stopped(bench, root, bundle, count):
    """Containers that have ended, and whose states are there still; made by copies of one."""
    call = ["ctnr-exec", "--root", root]
    bench.must([*call, "run", "--keep", "-b", bundle, "n"])
    for number in range(count):
        shutil.copytree(f"{root}/n", f"{root}/n{number}")
    bench.must([*call, "delete", "n"])


def row_cycle(bench):
    bundle = make_bundle(bench, "copy")
    candidates = [Candidate(name, lambda d, name=name, root=bench.fresh():
                            cycle(name, root, bundle)) for name in RUNTIMES]
    full = bench.fresh()
    leave_stopped(bench, full, bundle, NEIGHBOURS)
    many = Candidate(f"ctnr-exec beside {NEIGHBOURS} others",
                     lambda d: cycle("ctnr-exec", full, bundle))

    def growth(row):
        return f"{many.median() / row.candidates[0].median():.2f} times one alone"

    return Row("create, start and delete of a container (busybox, true), one ID, host network",
               installed([*candidates, many]), [Goal(0.6, "crun")], is_pinned=True, settles=True,
               figures=[(f"beside {NEIGHBOURS} others", growth)])


def row_exec(bench):
    bundle = make_bundle(bench, "copy")
    config = f"{bundle}/config.json"
    bench.must(["sh", "-c", f"jq '.process.args = [\"sleep\", \"300\"]' {config} >{config}.new && "
                            f"mv {config}.new {config}"])
    candidates = []
    for name in RUNTIMES:
        call = [name, "--root", bench.fresh()]
        if not shutil.which(name):
            continue
        bench.must(["sh", "-c", f"{' '.join(call)} run -d -b {bundle} {name} </dev/null "
                                ">/dev/null 2>&1"])
        bench.at_end([*call, "delete", "--force", name])
        candidates.append(Candidate(f"{name} exec", lambda d, call=call, name=name:
                                    [*call, "exec", name, "true"]))
    return Row("a further process in a container (busybox, true), one ID", candidates,
               [Goal(0.5, "crun exec")], is_pinned=True)


def row_states(bench):
    root = bench.fresh()
    leave_stopped(bench, root, make_bundle(bench, "copy"), STATES)
    return Row(f"list of the states of {STATES} containers", [
        Candidate("ctnr-exec list", lambda d: ["ctnr-exec", "--root", root, "list", "-f", "json"])],
               [Goal(50, unit="ms"), MEMORY_MAX], measures=("time", "peak"))


def podman_runs(bench, path, networks):
    """podman run of a layout's image out of podman's own store."""
    if not shutil.which("podman"):
        return []
    try:
        image = bench.must(["podman", "pull", "--quiet", f"oci:{path}:latest"]).split()[-1]
    except RuntimeError as error:
        refused = Candidate("podman run --rm", None)
        refused.refused = str(error)
        return [refused]
    return [Candidate(" ".join(["podman run --rm", *network]),
                      lambda d, network=network: ["podman", "run", "--rm", *network, image, "true"])
            for network in networks]


def floor(bench, user):
    """The floor under the start of the image bench. The filter and the layer are those that a start
    of ours has left in the store."""
    bench.must(["ctnr", "run", "--rm", "--network", "host", "bench", "true"])
    store = os.environ["CTNR_STORE"]
    seccomp = [entry.path for entry in os.scandir(f"{store}/cache/seccomp")]
    (layer,) = glob.glob(f"{store}/layers/*/sha256/*/diff")
    return Candidate("floor", lambda d: ["floor", user, seccomp[0], f"{d}/bundle", layer, "true"])


def let_podman_do_with_one_id():
    """By default it wants the image's owners to exist."""
    folder = os.path.expanduser("~/.config/containers")
    os.makedirs(folder)
    with open(f"{folder}/storage.conf", "w", encoding="utf-8") as out:
        out.write('[storage]\ndriver = "overlay"\n'
                  '[storage.options.overlay]\nignore_chown_errors = "true"\n')


def start_candidates(bench, user, networks):
    """ctnr run with the host's network, the floor under it, and podman."""
    path = layout(bench, "busybox")
    bench.must(["ctnr-fetch", "-t", "bench", f"oci:{path}"])
    ours = Candidate("ctnr run --rm", lambda d: ["ctnr", "run", "--rm", "--network", "host",
                                                 "bench", "true"])
    return installed([ours, floor(bench, user), *podman_runs(bench, path, networks)])


def row_run(bench):
    # podman as people type it, and without the work of a network of its own.
    return Row("start of an image from the store (busybox, true), subordinate IDs, host network",
               start_candidates(bench, os.environ["USER"], ([], ["--network", "host"])),
               [Goal(1.35, "floor"), Goal(1 / 15, "podman run --rm"),
                Goal(1 / 15, "podman run --rm --network host")], is_pinned=True)


def row_run_one(bench):
    let_podman_do_with_one_id()
    return Row("start of an image from the store (busybox, true), one ID, host network",
               start_candidates(bench, "-", (["--network", "host"],)),
               [Goal(2, "floor"), Goal(1 / 15, "podman run --rm --network host")], is_pinned=True)


def cost_of_a_layer(row):
    many, one = row.candidates[0].median(), row.candidates[-1].median()
    return f"{(many - one) / (LAYERS - 1) * 1e6:.0f} us"


def row_layers(bench):
    path = layout(bench, "busybox")
    names = {count: f"layers-{count}" for count in (LAYERS, 1)}
    for count, name in names.items():
        bench.must(["ctnr-fetch", "-t", name, f"oci:{make_layers(bench, path, count)}"])
    candidates = [Candidate(f"ctnr run --rm, layers: {count}", lambda d, name=name: [
        "ctnr", "run", "--rm", "--network", "host", name, "true"]) for count, name in names.items()]
    return Row(f"start of an image of {LAYERS} layers beside the same with one, one ID",
               candidates, is_pinned=True, figures=[("a layer more", cost_of_a_layer)])


# Images.

def unpackers(bench):
    path = layout(bench, "debian")
    layer = layer_of(path)
    return installed([
        Candidate("ctnr-unpack", lambda d: ["ctnr-unpack", "--store", f"{d}/store", "-b", "b",
                                            f"oci:{path}"]),
        Candidate("bsdtar -xf && sync -f", lambda d: [
            "sh", "-c", f"bsdtar -xf {layer} -C {d} --exclude './dev/*' && sync -f {d}"]),
        Candidate("tar xzf && sync -f", lambda d: [
            "sh", "-c", f"tar xzf {layer} -C {d} --exclude './dev/*' && sync -f {d}"],
                  is_behind=True),
        Candidate("umoci unpack && sync -f", lambda d: [
            "sh", "-c",
            f"umoci unpack --rootless --image {path}:latest {d}/bundle && sync -f {d}"],
                  is_behind=True),
        Candidate("podman pull && sync -f", lambda d: [
            "sh", "-c", f"podman --root {d}/root --runroot {d}/r pull -q oci:{path}:latest"
                        f" && sync -f {d}"], is_behind=True),
    ])


def unpack_floor(bench):
    plan = make_plan(bench, layout(bench, "debian"))
    return Candidate("floor", lambda d: ["unshare", "--map-root-user", "--map-auto", "floor_unpack",
                                         *plan, d], program="floor_unpack")


def row_unpack(bench):
    return Row("unpack a gzip layer (minimal Debian), synced",
               [*unpackers(bench), *installed([unpack_floor(bench)])],
               [Goal(0.55, "bsdtar -xf && sync -f"), Goal(1.2, "floor")], settles=True)


# Lists.

def row_images(bench):
    store = make_references(bench, layout(bench, "busybox"), REFERENCES)
    env = {"CTNR_STORE": store}

    def forget(_):
        shutil.rmtree(f"{store}/cache", ignore_errors=True)

    def remember(_):
        bench.must(["ctnr", "images"], env={**os.environ, **env})

    candidates = [
        Candidate("ctnr images", lambda d: ["ctnr", "images"], remember, env),
        Candidate("ctnr images, without cache/", lambda d: ["ctnr", "images"], forget, env),
    ]
    return Row(f"list of {REFERENCES} images, each with a manifest and a config of its own",
               candidates, [Goal(100, unit="ms"), MEMORY_MAX], measures=("time", "peak"))


def row_ps(bench):
    store = make_bundles(bench, layout(bench, "busybox"), BUNDLES)
    return Row(f"list of {BUNDLES} bundles", [
        Candidate("ctnr ps -a", lambda d: ["ctnr", "ps", "-a"], env={"CTNR_STORE": store})],
               [MEMORY_MAX], measures=("time", "peak"))


# The store as a whole.

def row_df(bench):
    store = make_references(bench, layout(bench, "busybox"), IMAGES)
    env = {"CTNR_STORE": store}
    bench.must(["ctnr", "bundle", "--driver", "overlay", "first"], env={**os.environ, **env})
    return Row(f"what a store with {IMAGES} images takes on the disk", [
        Candidate("ctnr system df", lambda d: ["ctnr", "system", "df"], env=env),
        Candidate("ctnr system df -v", lambda d: ["ctnr", "system", "df", "-v"], env=env),
        Candidate("du -s", lambda d: ["du", "-s", store])],
               [Goal(100, unit="ms"), MEMORY_MAX], measures=("time", "peak"))


def row_gc(bench):
    store = make_images(bench, layout(bench, "busybox"), IMAGES, IMAGE_LAYERS)
    env = {"CTNR_STORE": store}
    return Row(f"collecting where {IMAGES} images need all there is", [
        Candidate("ctnr gc -n", lambda d: ["ctnr", "gc", "-n"], env=env),
        Candidate("ctnr gc", lambda d: ["ctnr", "gc"], env=env),
        Candidate("ctnr gc -n --image-ttl 52w", lambda d: ["ctnr", "gc", "-n", "--image-ttl", "52w"],
                  env=env)],
               [Goal(150, unit="ms"), MEMORY_MAX], measures=("time", "peak"))


def row_gc_layout(bench):
    place = os.path.join(bench.fresh(), "layout")
    shutil.copytree(layout(bench, "debian"), place)
    return Row("collecting in a layout of one Debian", installed([
        Candidate("ctnr-store gc oci:DIR", lambda d: ["ctnr-store", "gc", f"oci:{place}"]),
        Candidate("umoci gc", lambda d: ["umoci", "gc", "--layout", place])]),
               [Goal(0.05, "umoci gc"), MEMORY_MAX], measures=("time", "peak"))


def row_check_quick(bench):
    store = make_images(bench, layout(bench, "busybox"), IMAGES, IMAGE_LAYERS)
    env = {"CTNR_STORE": store}
    return Row(f"check of {IMAGES} images of {IMAGE_LAYERS} layers each", [
        Candidate("ctnr check --quick", lambda d: ["ctnr", "check", "--quick"], env=env),
        Candidate("ctnr check", lambda d: ["ctnr", "check"], env=env),
    ], [Goal(150, unit="ms"), MEMORY_MAX], measures=("time", "peak"))


def row_check(bench):
    store = os.path.join(bench.fresh(), "store")
    bench.must(["ctnr-fetch", "--store", store, "-t", "first", f"oci:{layout(bench, 'debian')}"])
    blob = layer_of(layout(bench, "debian"))
    return Row("check of a minimal Debian's blobs", [
        Candidate("ctnr check", lambda d: ["ctnr", "check"], env={"CTNR_STORE": store}),
        *installed([Candidate("openssl dgst", lambda d: ["openssl", "dgst", "-sha256", blob])]),
    ], [Goal(1.1, "openssl dgst"), MEMORY_MAX], measures=("time", "peak"))


# Memory.

def row_memory(bench):
    start = [c for c in row_start(bench).candidates if c.name.split()[0] in ("ctnr-exec", "crun",
                                                                             "runc")]
    run = [c for c in row_run(bench).candidates if c.name != "floor"]
    registry = Registry(bench, False)
    pull = fetchers(registry, registry.push(bench, layout(bench, "debian"), "debian:12"))
    work = [c for c in unpackers(bench) + pull if "tar" not in c.name]
    return Row("peak memory: largest resident set of any one process", start + run + work,
               [MEMORY_MAX], measures=("peak",))


# Each row, and as whom it is measured: "one" without subordinate IDs, "sub" with them.
ROWS = {
    "start": (row_start, "one"),
    "cycle": (row_cycle, "one"),
    "exec": (row_exec, "one"),
    "states": (row_states, "one"),
    "run": (row_run, "sub"),
    "run_one": (row_run_one, "one"),
    "layers": (row_layers, "one"),
    "unpack": (row_unpack, "sub"),
    "fetch": (row_fetch, "sub"),
    "fetch_ten": (row_fetch_ten, "sub"),
    "fetch_tls": (row_fetch_tls, "sub"),
    "fetch_tls_ten": (row_fetch_tls_ten, "sub"),
    "present": (row_present, "sub"),
    "present_tls": (row_present_tls, "sub"),
    "resume": (row_resume, "sub"),
    "fetch_all": (row_fetch_all, "sub"),
    "fetch_memory": (row_fetch_memory, "sub"),
    "present_digest": (row_present_digest, "sub"),
    "present_configured": (row_present_configured, "sub"),
    "pull_run": (row_pull_run, "sub"),
    "pack": (row_pack, "sub"),
    "pack_small": (row_pack_small, "sub"),
    "pack_memory": (row_pack_memory, "sub"),
    "push": (row_push, "sub"),
    "push_ten": (row_push_ten, "sub"),
    "push_tls": (row_push_tls, "sub"),
    "push_present": (row_push_present, "sub"),
    "push_memory": (row_push_memory, "sub"),
    "images": (row_images, "sub"),
    "ps": (row_ps, "sub"),
    "df": (row_df, "sub"),
    "gc": (row_gc, "sub"),
    "gc_layout": (row_gc_layout, "sub"),
    "check_quick": (row_check_quick, "sub"),
    "check": (row_check, "sub"),
    "memory": (row_memory, "sub"),
}
