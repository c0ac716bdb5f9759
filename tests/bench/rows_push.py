# SPDX-License-Identifier: Apache-2.0
"""The rows of the table that are about giving images to registries."""

import os

from inputs import Layout, Registry, layout, make_noise
from measure import Candidate, Goal, Row, installed
from rows_fetch import LARGE, MEMORY_MAX, SMALL


def stored(bench, path, name):
    """Have the image of a layout in the store, under that name."""
    bench.must(["ctnr-fetch", "-t", name, f"oci:{path}"])
    return name


def ctnr_push(registry, image, name="ctnr-push"):
    """To a repository of its own in each round, where no blob is."""
    return Candidate(name, lambda d: ["ctnr-push", *registry.ctnr_options(), image,
                                      f"docker://{registry.address}/ours-{os.path.basename(d)}:1"])


def skopeo_push(registry, path):
    """The same, and without what skopeo remembers of other repositories."""
    return Candidate("skopeo copy", lambda d: [
        "env", f"XDG_DATA_HOME={d}", "skopeo", "copy", "--quiet", *registry.skopeo_options("dest"),
        f"oci:{path}:latest", f"docker://{registry.address}/skopeo-{os.path.basename(d)}:1"])


def push(bench, image, is_tls):
    registry = Registry(bench, is_tls)
    path = layout(bench, image)
    how = ("HTTPS" if is_tls else "HTTP") + (", ten layers" if image == "debian_ten" else "")
    return Row(f"push to a loopback registry (minimal Debian), {how}", installed([
        ctnr_push(registry, stored(bench, path, "pushed:1")), skopeo_push(registry, path)]),
               [Goal(0.7, "skopeo copy")], settles=True)


def row_push(bench):
    return push(bench, "debian", False)


def row_push_ten(bench):
    return push(bench, "debian_ten", False)


def row_push_tls(bench):
    return push(bench, "debian", True)


def row_push_present(bench):
    """All blobs are there, beside one request by HEAD for each."""
    registry = Registry(bench, False)
    path = layout(bench, "debian_ten")
    image = stored(bench, path, "pushed:1")
    ours = ["ctnr-push", image, f"docker://{registry.address}/ten:1"]
    bench.must(ours)
    manifest, _ = Layout(path).image()
    heads = ["curl", "-sfI", "-o", "/dev/null"]
    for blob in [manifest["config"], *manifest["layers"]]:
        heads += [f"http://{registry.address}/v2/ten/blobs/{blob['digest']}", "-o", "/dev/null"]
    return Row("push of an image of ten layers that are there, HTTP", installed([
        Candidate("ctnr-push", lambda d: ours),
        Candidate("curl -I", lambda d: heads[:-2]),
        Candidate("skopeo copy", lambda d: [
            "skopeo", "copy", "--quiet", "--dest-tls-verify=false", f"oci:{path}:latest",
            f"docker://{registry.address}/ten:1"])]),
               [Goal(2, "curl -I")])


def row_push_memory(bench):
    registry = Registry(bench, True)
    candidates = [ctnr_push(registry, stored(bench, make_noise(bench, size), f"noise:{size}"),
                            f"ctnr-push, {size} MB") for size in (SMALL, LARGE)]

    def growth(row):
        return f"{max(row.candidates[1].peaks) - max(row.candidates[0].peaks):.1f} MB"

    return Row("peak memory of a push of one layer, HTTPS", candidates, [MEMORY_MAX], measures=("peak",),
               figures=[(f"{LARGE} MB beside {SMALL} MB", growth)])
