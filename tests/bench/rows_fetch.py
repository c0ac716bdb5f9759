# SPDX-License-Identifier: Apache-2.0
"""The rows of the table that are about registries."""

import os
import shutil

from inputs import Registry, layer_of, layout, make_noise
from measure import Candidate, Goal, Row, installed

MEMORY_MAX = Goal(16, unit="MB")
ENTRIES = 1000  # of configuration files
SMALL, LARGE = 60, 600  # megabytes of a layer


def ctnr_fetch(registry, reference, name="ctnr-fetch"):
    return Candidate(name, lambda d: ["ctnr-fetch", "--store", f"{d}/store", *registry.ctnr_options(),
                                      reference])


def skopeo_copy(registry, reference):
    return Candidate("skopeo copy", lambda d: ["skopeo", "copy", "--quiet", *registry.skopeo_options("src"),
                                               reference, f"oci:{d}/layout:latest"])


def fetchers(registry, reference):
    """podman unpacks too."""
    return installed([
        ctnr_fetch(registry, reference), skopeo_copy(registry, reference),
        Candidate("podman pull", lambda d: [
            "podman", "--root", f"{d}/root", "--runroot", f"{d}/r", "pull", "--quiet",
            *registry.podman_options(), reference], is_behind=True)])


def fetch(bench, image, is_tls, entries=0):
    registry = Registry(bench, is_tls, wants_login=entries > 0)
    reference = registry.push(bench, layout(bench, image), "debian:12")
    how = ("HTTPS" if is_tls else "HTTP") + (", ten layers" if image == "debian_ten" else "")
    if entries:
        registry.configure(entries)
        how += f", with a login, a policy and registries.conf of {entries} entries"
    return Row(f"fetch from a loopback registry (minimal Debian), {how}", fetchers(registry, reference),
               [Goal(0.65, "skopeo copy"), Goal(0.5, "skopeo copy", "cpu")], settles=True)


def row_fetch(bench):
    return fetch(bench, "debian", False)


def row_fetch_ten(bench):
    return fetch(bench, "debian_ten", False)


def row_fetch_tls(bench):
    return fetch(bench, "debian", True)


def row_fetch_tls_ten(bench):
    return fetch(bench, "debian_ten", True)


def row_fetch_all(bench):
    return fetch(bench, "debian", True, ENTRIES)


# An image that is there.

def fetched(bench, registry):
    """The reference of an image that has been fetched, its digest, and what fetches it again."""
    reference = registry.push(bench, layout(bench, "busybox"), "busybox:1")
    store = os.path.join(bench.fresh(), "store")
    call = ["ctnr-fetch", "--store", store]
    digest = bench.must(["skopeo", "inspect", "--format", "{{.Digest}}", *registry.inspect_options(),
                         reference])
    for address in (reference, by_digest(reference, digest)):
        bench.must([*call, address])
    return reference, digest, call


def by_digest(reference, digest):
    return reference.rpartition(":")[0] + "@" + digest


def row_present_digest(bench):
    reference, digest, call = fetched(bench, Registry(bench, False))
    return Row("fetch of an image that is there, by its digest", installed([
        Candidate("ctnr-fetch", lambda d: [*call, by_digest(reference, digest)]),
        Candidate("skopeo copy", lambda d: ["skopeo", "copy", "--quiet", "--src-tls-verify=false",
                                            by_digest(reference, digest), f"oci:{call[2]}/skopeo:1"])]),
               [Goal(15, unit="ms")], is_pinned=True)


def present(bench, is_tls):
    """What is there under its name, beside one request by HEAD."""
    registry = Registry(bench, is_tls)
    reference = registry.push(bench, layout(bench, "busybox"), "busybox:1")
    store = os.path.join(bench.fresh(), "store")
    ours = ["ctnr-fetch", "--store", store, *registry.ctnr_options(), reference]
    bench.must(ours)
    trust = ["--cacert", f"{registry.place}/ca.crt"] if is_tls else []
    url = f"{'https' if is_tls else 'http'}://{registry.address}/v2/busybox/manifests/1"
    head = ["curl", "-sfI", *trust, "-o", "/dev/null", "-H",
            "Accept: application/vnd.oci.image.manifest.v1+json", url]
    return Row(f"fetch of a tag that is there, {'HTTPS' if is_tls else 'HTTP'}",
               installed([Candidate("ctnr-fetch", lambda d: ours),
                          Candidate("curl -I", lambda d: head)]),
               [Goal(2, "curl -I")], is_pinned=True)


def row_present(bench):
    return present(bench, False)


def row_present_tls(bench):
    return present(bench, True)


def row_resume(bench):
    registry = Registry(bench, False)
    path = layout(bench, "debian")
    reference = registry.push(bench, path, "debian:12")
    blob = layer_of(path)

    def begin(directory):
        place = f"{directory}/store/images/blobs/sha256"
        os.makedirs(place, 0o700)
        part = f"{place}/{os.path.basename(blob)}.part"
        with open(blob, "rb") as source, open(part, "wb") as out:
            shutil.copyfileobj(source, out)
            out.truncate(os.path.getsize(blob) * 9 // 10)
        os.chmod(part, 0o600)

    def fetch_it(directory):
        return ["ctnr-fetch", "--store", f"{directory}/store", reference]

    return Row("fetch of an image (minimal Debian) of whose layer nine tenths are there, HTTP",
               [Candidate("ctnr-fetch", fetch_it, begin),
                Candidate("ctnr-fetch of nothing there", fetch_it)],
               [Goal(1, "ctnr-fetch of nothing there")], settles=True)


def row_present_configured(bench):
    """The same, with and without what the user's files say."""
    registry = Registry(bench, False)
    reference, _, call = fetched(bench, registry)
    plain = {"XDG_CONFIG_HOME": bench.fresh()}
    registry.configure(ENTRIES)
    return Row(f"fetch of an image that is there, by its tag: a policy and registries.conf of {ENTRIES} "
               "entries beside none", [
                   Candidate("ctnr-fetch", lambda d: [*call, reference]),
                   Candidate("ctnr-fetch, without files", lambda d: [*call, reference], env=plain)],
               [Goal(2, "ctnr-fetch, without files", "ms more")], is_pinned=True)


# From a registry into a container.

def row_pull_run(bench):
    registry = Registry(bench, False)
    reference = registry.push(bench, layout(bench, "debian"), "debian:12")
    return Row("from a loopback registry to a container's end (minimal Debian, true), host network",
               installed([
                   Candidate("ctnr run", lambda d: ["ctnr", "--store", f"{d}/store", "run", "--rm",
                                                    "--network", "host", reference, "true"]),
                   Candidate("podman run", lambda d: [
                       "podman", "--root", f"{d}/root", "--runroot", f"{d}/r", "run", "--quiet", "--rm",
                       "--network", "host", *registry.podman_options(), reference, "true"])]),
               [Goal(0.25, "podman run")], settles=True)


# Memory.

def row_fetch_memory(bench):
    registry = Registry(bench, True)
    candidates = [ctnr_fetch(registry, registry.push(bench, make_noise(bench, size), f"noise:{size}"),
                             f"ctnr-fetch, {size} MB") for size in (SMALL, LARGE)]

    def growth(row):
        return f"{max(row.candidates[1].peaks) - max(row.candidates[0].peaks):.1f} MB"

    return Row("peak memory of a fetch of one layer, HTTPS", candidates, [MEMORY_MAX], measures=("peak",),
               figures=[(f"{LARGE} MB beside {SMALL} MB", growth)])
