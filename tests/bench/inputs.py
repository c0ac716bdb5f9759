# SPDX-License-Identifier: Apache-2.0
"""What the rows read: images, stores with much in them, and a registry."""

import base64
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import struct
import subprocess
import tarfile
import time

BENCH = os.path.dirname(os.path.abspath(__file__))
LIB = os.path.join(os.path.dirname(BENCH), "lib")
REF_NAME = "org.opencontainers.image.ref.name"
OCI = "application/vnd.oci.image."
POLICY_SCOPES = 10  # of an administrator who wrote them by hand


def layout(bench, name):
    """The path of a layout of tests/lib/image.sh, or of the minimal Debian in ten layers."""
    make = f"{name}_layout"
    if name == "debian_ten":
        # The cache of image.sh keeps it, by the name of the directory that it is made from.
        make = ('debian=$(debian_layout) && split() { "$bench/split-layer.py" "$debian" "$1"; } && '
                'image_cached debian-ten "${debian##*/} 10 1" split')
    return bench.must(["sh", "-c", f". {LIB}/image.sh; {make}"],
                      env={**os.environ, "test_lib": LIB, "bench": BENCH,
                           "TMPDIR": bench.top})


def read_json(path):
    with open(path, encoding="utf-8") as source:
        return json.load(source)


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(value, out, separators=(",", ":"))


class Layout:
    """An OCI image layout on the disk."""

    def __init__(self, path):
        self.path = path

    def blob_path(self, digest):
        return os.path.join(self.path, "blobs", *digest.split(":"))

    def read_blob(self, descriptor):
        return read_json(self.blob_path(descriptor["digest"]))

    def write_blob(self, content, media_type):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        with open(self.blob_path(digest), "wb") as out:
            out.write(content)
        return {"mediaType": OCI + media_type, "digest": digest, "size": len(content)}

    def write_document(self, value, media_type):
        return self.write_blob(json.dumps(value, separators=(",", ":")).encode(), media_type)

    def index(self):
        return read_json(f"{self.path}/index.json")

    def image(self):
        """Manifest and config of the first image."""
        manifest = self.read_blob(self.index()["manifests"][0])
        return manifest, self.read_blob(manifest["config"])

    def add_image(self, manifest, config):
        """Its descriptor."""
        manifest = {**manifest, "config": self.write_document(config, "config.v1+json")}
        return self.write_document(manifest, "manifest.v1+json")


def layer_of(path):
    """The path of the one layer of a layout's image."""
    manifest, _ = Layout(path).image()
    return Layout(path).blob_path(manifest["layers"][0]["digest"])


# Unpacking's floor.

def make_plan(bench, path):
    """What floor_unpack.c needs of a layout's one layer: the arguments in front of DIR."""
    place = bench.fresh()
    _, config = Layout(path).image()
    with gzip.open(layer_of(path)) as source, open(f"{place}/archive", "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)
    with tarfile.open(f"{place}/archive") as archive, open(f"{place}/plan", "wb") as plan:
        for entry in archive:
            plan.write(struct.pack("=IIIIqQQ", ord(entry.type), entry.mode, entry.uid, entry.gid,
                                   int(entry.mtime), entry.offset_data, entry.size))
            for name in (entry.name or ".", entry.linkname):
                plan.write(name.encode("utf-8", "surrogateescape") + b"\0")
    diff_id = config["rootfs"]["diff_ids"][0].split(":")[1]
    return [layer_of(path), diff_id, f"{place}/archive", f"{place}/plan"]


# Images of many layers, stores of many images and bundles.

def small_layer(number):
    """A gzip layer with one small file, and its diff ID."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        entry = tarfile.TarInfo(f"etc/layer-{number}")
        entry.size = 8
        tar.addfile(entry, io.BytesIO(b"content\n"))
    content = archive.getvalue()
    return gzip.compress(content, 6, mtime=0), "sha256:" + hashlib.sha256(content).hexdigest()


def make_layers(bench, source, count):
    """A layout with that image and more layers on top of it, count together."""
    result = Layout(os.path.join(bench.fresh(), "layers"))
    shutil.copytree(source, result.path)
    manifest, config = result.image()
    for number in range(count - len(manifest["layers"])):
        content, diff_id = small_layer(number)
        manifest["layers"].append(result.write_blob(content, "layer.v1.tar+gzip"))
        config["rootfs"]["diff_ids"].append(diff_id)
    descriptor = result.add_image(manifest, config)
    write_json(f"{result.path}/index.json",
               {"schemaVersion": 2,
                "manifests": [{**descriptor, "annotations": {REF_NAME: "latest"}}]})
    return result.path


def make_references(bench, source, count):
    """A store with so many images of one layer, each with a name, a manifest and a config of its own."""
    store = os.path.join(bench.fresh(), "store")
    bench.must(["ctnr-fetch", "--store", store, "-t", "first", f"oci:{source}"])
    images = Layout(f"{store}/images")
    index = images.index()
    manifest, config = images.image()
    for number in range(count - 1):
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1000000000 + 60 * number))
        descriptor = images.add_image(manifest, {**config, "created": created})
        index["manifests"].append({**index["manifests"][0], **descriptor, "annotations": {
            REF_NAME: f"registry.example/team-{number % 100}/application-{number}:1.{number}"}})
    write_json(f"{images.path}/index.json", index)
    return store


def make_images(bench, source, count, layers):
    """A store with so many images, each with a name, documents and so many small layers of its own."""
    store = os.path.join(bench.fresh(), "store")
    bench.must(["ctnr-fetch", "--store", store, "-t", "first", f"oci:{source}"])
    images = Layout(f"{store}/images")
    index = images.index()
    manifest, config = images.image()
    for number in range(count - 1):
        own = [small_layer(number * layers + i) for i in range(layers)]
        blobs = [images.write_blob(content, "layer.v1.tar+gzip") for content, _ in own]
        descriptor = images.add_image(
            {**manifest, "layers": blobs},
            {**config, "rootfs": {"type": "layers", "diff_ids": [diff_id for _, diff_id in own]}})
        index["manifests"].append({**index["manifests"][0], **descriptor, "annotations": {
            REF_NAME: f"registry.example/team-{number % 100}/application-{number}:1.{number}"}})
    write_json(f"{images.path}/index.json", index)
    return store


def make_noise(bench, megabytes):
    """A layout with an image of one layer of so many megabytes that nothing compresses."""
    result = Layout(os.path.join(bench.fresh(), "noise"))
    os.makedirs(f"{result.path}/blobs/sha256")
    write_json(f"{result.path}/oci-layout", {"imageLayoutVersion": "1.0.0"})
    digest, part = hashlib.sha256(), f"{result.path}/part"
    with open(part, "wb") as out:
        for _ in range(megabytes):
            piece = os.urandom(1 << 20)
            digest.update(piece)
            out.write(piece)
    layer = {"mediaType": OCI + "layer.v1.tar", "digest": "sha256:" + digest.hexdigest(),
             "size": megabytes << 20}
    os.rename(part, result.blob_path(layer["digest"]))
    config = {"os": "linux", "architecture": "amd64",
              "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}
    descriptor = result.add_image({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                                   "layers": [layer]}, config)
    write_json(f"{result.path}/index.json",
               {"schemaVersion": 2, "manifests": [{**descriptor, "annotations": {REF_NAME: "latest"}}]})
    return result.path


def make_bundles(bench, source, count):
    """A store with so many bundles whose containers have ended."""
    store = os.path.join(bench.fresh(), "store")
    bench.must(["ctnr-fetch", "--store", store, "-t", "bench", f"oci:{source}"])
    bench.must(["ctnr", "run", "--network", "host", "--name", "first-bundle", "bench", "true"],
               env={**os.environ, "CTNR_STORE": store})
    first = f"{store}/bundles/first-bundle"
    texts = {}
    for name in ("config.json", "record.json", "lock", "status.json"):
        with open(f"{first}/{name}", encoding="utf-8") as text:
            texts[name] = text.read()
    for number in range(count - 1):
        bundle = f"{store}/bundles/bundle-{number:05}"
        os.mkdir(bundle, 0o700)
        for folder in ("upper", "work", "rootfs", "etc", "lower"):
            os.mkdir(f"{bundle}/{folder}")
        os.symlink(os.readlink(f"{first}/lower/0"), f"{bundle}/lower/0")
        for name, text in texts.items():
            with open(f"{bundle}/{name}", "w", encoding="utf-8") as out:
                out.write(text.replace("first-bundle", f"bundle-{number:05}"))
    return store


# A registry.

def make_certificate(place):
    """A self-signed certificate for 127.0.0.1 in place/ca.crt, and its key in place/key.pem."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{place}/key.pem",
                    "-out", f"{place}/ca.crt"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


USER, PASSWORD = "bench", "secret"


class Registry:
    """docker-registry on a free port of 127.0.0.1, by HTTP or with a certificate, for USER alone where
    wants_login is true. It ends with this process, however that ends."""

    def __init__(self, bench, is_tls, wants_login=False):
        self.place, self.is_tls, self.wants_login = bench.fresh(), is_tls, wants_login
        write_json(f"{self.place}/config.yml", self.config(bench))  # JSON is YAML
        with open(f"{self.place}/log", "wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "docker-registry", "serve",
                 f"{self.place}/config.yml"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, "OTEL_TRACES_EXPORTER": "none"})
        self.address = self.wait_for_address()

    def config(self, bench):
        result = {"version": 0.1, "log": {"level": "info", "formatter": "json"},
                  "storage": {"filesystem": {"rootdirectory": f"{self.place}/storage"}},
                  "http": {"addr": "127.0.0.1:0"}}
        if self.is_tls:
            make_certificate(self.place)
            result["http"]["tls"] = {"certificate": f"{self.place}/ca.crt", "key": f"{self.place}/key.pem"}
        if self.wants_login:
            with open(f"{self.place}/htpasswd", "w", encoding="utf-8") as out:
                out.write(bench.must(["htpasswd", "-Bbn", USER, PASSWORD]) + "\n")
            result["auth"] = {"htpasswd": {"realm": "bench", "path": f"{self.place}/htpasswd"}}
        return result

    def wait_for_address(self):
        for _ in range(200):
            with open(f"{self.place}/log", encoding="utf-8") as log:
                match = re.search(r"listening on (127\.0\.0\.1:\d+)", log.read())
            if match:
                return match[1]
            time.sleep(0.05)
        raise RuntimeError("docker-registry does not start")

    def skopeo_options(self, side):
        """For skopeo to trust it as its source (src) or destination (dest)."""
        return [f"--{side}-cert-dir={self.place}"] if self.is_tls else [f"--{side}-tls-verify=false"]

    def inspect_options(self):
        return [f"--cert-dir={self.place}"] if self.is_tls else ["--tls-verify=false"]

    podman_options = inspect_options

    def ctnr_options(self):
        return ["--ca-file", f"{self.place}/ca.crt"] if self.is_tls else []

    def push(self, bench, path, name):
        """Push the image of a layout; its reference."""
        reference = f"docker://{self.address}/{name}"
        login = ["--dest-creds", f"{USER}:{PASSWORD}"] if self.wants_login else []
        bench.must(["skopeo", "copy", "--quiet", *login, *self.skopeo_options("dest"),
                    f"oci:{path}:latest", reference])
        return reference

    def configure(self, entries):
        """Write what the user's files may say, where all programs look for it: the login, a policy in which
        this registry is one of POLICY_SCOPES that are accepted, and a registries.conf with so many entries."""
        places = [*(f"registry-{number}.example/team/application" for number in range(entries - 1)),
                  self.address]
        folder = os.path.expanduser("~/.config/containers")
        os.makedirs(folder, exist_ok=True)
        os.makedirs(f"{os.environ['XDG_RUNTIME_DIR']}/containers", exist_ok=True)
        write_json(f"{os.environ['XDG_RUNTIME_DIR']}/containers/auth.json", {"auths": {
            self.address: {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}}})
        accepted = [{"type": "insecureAcceptAnything"}]
        write_json(f"{folder}/policy.json", {
            "default": [{"type": "reject"}],
            "transports": {"docker": {place: accepted for place in places[-POLICY_SCOPES:]},
                           "oci": {"": accepted}}})
        with open(f"{folder}/registries.conf", "w", encoding="utf-8") as out:
            for place in places[:-1]:
                out.write(f'[[registry]]\nprefix = "{place}"\nlocation = "mirror.{place}"\n')
