# SPDX-License-Identifier: Apache-2.0
"""What a store holds, read without the tools that made it, and what is wrong with it after a cut.

A cut comes while one command runs: what the commands before it had answered (`before`) must be there,
and of the one that ran (`after`: what was there when it had answered) each name and bundle or not."""

import hashlib
import json
import os
import stat

SYNCED = ("record.json", "config.json")  # of a bundle; the rest says what happened to it later
STACK = ("lower", "rootfs")  # of bundle(): what a bundle has from its first moment


class Damage(Exception):
    """One fault, as a line of text."""


def hash_file(path):
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def describe_file(path):
    """All that a layer states of a file, as a line."""
    about = os.lstat(path)
    words = [stat.filemode(about.st_mode), about.st_uid, about.st_gid, about.st_mtime_ns]
    words += [(name, os.getxattr(path, name, follow_symlinks=False))
              for name in sorted(os.listxattr(path, follow_symlinks=False))]
    if stat.S_ISREG(about.st_mode):
        words += [about.st_nlink, about.st_size, hash_file(path)]
    elif stat.S_ISLNK(about.st_mode):
        words.append(os.readlink(path))
    return " ".join(map(str, words))


def describe_tree(root):
    found, todo = {}, [root]
    while todo:
        folder = todo.pop()
        found[os.path.relpath(folder, root)] = describe_file(folder)
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                todo.append(entry.path)
            else:
                found[os.path.relpath(entry.path, root)] = describe_file(entry.path)
    return found


def compare_trees(what, got, wanted):
    for path in sorted({*got, *wanted}):
        if got.get(path) != wanted.get(path):
            raise Damage(f"{what}: '{path}' is {got.get(path)}, was {wanted.get(path)}")


def read_json(path, what):
    try:
        with open(path, "rb") as source:
            text = source.read()
    except FileNotFoundError as error:
        raise Damage(f"{what} is missing") from error
    try:
        return json.loads(text)
    except ValueError as error:
        raise Damage(f"{what} of {len(text)} bytes is no JSON") from error


def list_folder(path):
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        return []


class Store:
    def __init__(self, path):
        self.path = path

    def place(self, *names):
        return os.path.join(self.path, *names)

    def names(self):
        """{name: digest of its manifest}"""
        index = self.place("images", "index.json")
        if not os.path.lexists(index):
            return {}
        return {entry["annotations"]["org.opencontainers.image.ref.name"]: entry["digest"]
                for entry in read_json(index, "index.json")["manifests"]}

    def check_blob(self, digest, name):
        """A collector that was cut off may have put it aside, where readers look too."""
        path = self.place("images", "blobs", *digest.split(":"))
        if not os.path.lexists(path):
            path += ".aside"
        if not os.path.lexists(path):
            raise Damage(f"image {name}: blob {digest} is missing")
        if hash_file(path) != digest.split(":")[1]:
            raise Damage(f"image {name}: blob {digest} of {os.path.getsize(path)} bytes is another")
        return path

    def check_image(self, name, digest):
        manifest = read_json(self.check_blob(digest, name), f"manifest of {name}")
        for part in [manifest["config"], *manifest["layers"]]:
            self.check_blob(part["digest"], name)

    def layers(self):
        """The layers that are visible: paths below layers/."""
        return [f"{mapping}/{kind}/{chain}"
                for mapping in list_folder(self.place("layers"))
                for kind in list_folder(self.place("layers", mapping))
                if os.path.isdir(self.place("layers", mapping, kind))
                for chain in list_folder(self.place("layers", mapping, kind))
                if "." not in chain]

    def layer(self, name):
        """What was unpacked: the folder that it is in also gets what later uses of it write."""
        tree = describe_tree(self.place("layers", name, "diff"))
        tree["owners"] = describe_file(self.place("layers", name, "owners"))
        return tree

    def volumes(self):
        return [name for name in list_folder(self.place("volumes")) if "." not in name]

    def volume(self, name):
        return describe_tree(self.place("volumes", name))

    def bundle(self, name):
        """What of a bundle is answered for: the text of its documents, its links, a copied root."""
        found = {"lower": [os.readlink(self.place("bundles", name, "lower", link))
                           for link in list_folder(self.place("bundles", name, "lower"))]}
        for document in SYNCED:
            path = self.place("bundles", name, document)
            if os.path.lexists(path):
                found[document] = read_json(path, f"bundle {name}: {document}")
        if not found["lower"]:
            found["rootfs"] = describe_tree(self.place("bundles", name, "rootfs"))
        return found

    def bundles(self):
        """The names of those that are there, which what was being made is not yet."""
        return [name for name in list_folder(self.place("bundles"))
                if os.path.lexists(self.place("bundles", name, "record.json"))]


class Trees:
    """What is never changed once it is there, of all states: {name: describe_tree()}."""

    def __init__(self):
        self.layers, self.volumes = {}, {}


class State:
    """What a store holds when a command has answered; trees learns of it."""

    def __init__(self, store, trees):
        self.names = store.names()
        self.bundles = {name: store.bundle(name) for name in store.bundles()}
        self.volumes = store.volumes()
        for layer in store.layers():
            if layer not in trees.layers:
                trees.layers[layer] = store.layer(layer)
        for volume in self.volumes:
            if volume not in trees.volumes:
                trees.volumes[volume] = store.volume(volume)


def check_names(got, before, after):
    """What both states have alike is there so; what one of them has may be; nothing else may be."""
    for name in sorted({*got, *before, *after}):
        allowed = [state.get(name) for state in (before, after)]
        if got.get(name) not in allowed:
            raise Damage(f"image {name} is {got.get(name)}, was {allowed[0]}, became {allowed[1]}")


def check_bundle(name, got, before, after):
    """A bundle that both states have is there, as one of them says. One that is being made or removed
    is there whole, with or without what comes into it one after the other, or not at all."""
    known = [bundle for bundle in (before, after) if bundle]
    if got in known or (not got and len(known) < 2):
        return
    if not got or len(known) == 2:
        raise Damage(f"bundle {name} is {got}, was {before}, became {after}")
    for part in STACK:
        if got.get(part) != known[0].get(part):
            raise Damage(f"bundle {name}: {part} is {got.get(part)}, became {known[0].get(part)}")


def check_bundles(store, before, after):
    """Those of "run --rm" are in no state, and end with the power."""
    for name in sorted({*before, *after}):
        got = store.bundle(name) if name in store.bundles() else None
        check_bundle(name, got, before.get(name), after.get(name))
        for layer in got["lower"] if got else []:
            if not os.path.isdir(store.place("bundles", name, "lower", layer)):
                raise Damage(f"bundle {name}: layer '{layer}' is missing")


def check_trees(store, before, after, trees):
    """A layer or a volume that is visible is whole, whoever asked for it."""
    for layer in store.layers():
        compare_trees(f"layer {layer}", store.layer(layer), trees.layers.get(layer, {}))
    for volume in store.volumes():
        compare_trees(f"volume {volume}", store.volume(volume), trees.volumes.get(volume, {}))
    for volume in {*before.volumes} & {*after.volumes}:
        if volume not in store.volumes():
            raise Damage(f"volume {volume} is missing")


def check_store(store, before, after, trees):
    """Raises the first Damage."""
    names = store.names()
    check_names(names, before.names, after.names)
    for name, digest in names.items():
        store.check_image(name, digest)
    check_trees(store, before, after, trees)
    check_bundles(store, before.bundles, after.bundles)
