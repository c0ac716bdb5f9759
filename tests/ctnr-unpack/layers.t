#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/unpack.sh"
needs USERNS

make_image whiteout <<'END'
dir etc
file etc/a data=a
file etc/b data=b
dir etc/d
file etc/d/x data=x
---
whiteout etc/a
whiteout etc/d
END
both_drivers whiteout "a whiteout removes what lower layers left" <<'END'
d etc
f etc/b=b
END

make_image own <<'END'
dir etc
file etc/a data=old
---
file etc/a data=new
whiteout etc/a
END
both_drivers own "a whiteout spares its own layer's file, whatever the order" <<'END'
d etc
f etc/a=new
END

make_image opaque <<'END'
dir etc
file etc/a data=a
dir etc/d
file etc/d/x data=x
---
file etc/c data=c
dir etc/d
file etc/d/y data=y
opaque etc
END
both_drivers opaque "an opaque whiteout hides lower files but keeps its own" <<'END'
d etc
f etc/c=c
d etc/d
f etc/d/y=y
END

make_image root-opaque <<'END'
dir etc
file etc/a data=a
file b data=b
---
opaque .
dir etc
file etc/c data=c
END
both_drivers root-opaque "an opaque whiteout in the root hides everything below" <<'END'
d etc
f etc/c=c
END

make_image usrmerge <<'END'
dir usr
dir usr/bin
symlink bin usr/bin
---
file bin/x data=x
---
whiteout bin/x
file bin/y data=y
END
both_drivers usrmerge "a parent that is a symlink below is followed, not replaced" <<'END'
l bin -> usr/bin
d usr
d usr/bin
f usr/bin/y=y
END

make_image absolute <<'END'
dir run
symlink var/run /run
symlink var/up ../../../run
---
file var/run/x data=x
file var/up/y data=y
END
both_drivers absolute "links that are absolute or climb resolve inside the root" <<'END'
d run
f run/x=x
f run/y=y
d var
l var/run -> /run
l var/up -> ../../../run
END

make_image replace <<'END'
dir a
file a/x data=x
file b data=b
symlink c a
dir d
file d/z data=z
---
file a data=file
dir b
file b/y data=y
dir c
file c/w data=w
whiteout d
dir d
END
both_drivers replace "an entry of another type replaces what is below" <<'END'
f a=file
d b
f b/y=y
d c
f c/w=w
d d
END

make_image again <<'END'
file a data=1
dir b
file b/x data=x
---
file a data=2
symlink b a
file a data=3
dir b
file b/y data=y
END
both_drivers again "of two entries with one name the last holds" <<'END'
f a=3
d b
f b/y=y
END

make_image hardlink <<'END'
dir a
file a/x data=x
file a/y data=y
symlink s a
hardlink t s
---
hardlink b a/x
hardlink s2 s/y
END
both_drivers hardlink "hardlinks, also to files of lower layers and through symlinks" <<'END'
d a
f a/x=x
f a/y=y
h b = a/x
l s -> a
h s2 = a/y
h t = s
END

make_image implied <<'END'
dir etc mode=700
---
file etc/deep/er/x data=x
END
both_drivers implied "parents that the archive implies are made" <<'END'
d etc
d etc/deep
d etc/deep/er
f etc/deep/er/x=x
END
for driver in overlay copy; do
	like "$(tree "$driver" implied)" "*d etc 700 0:0 1000000000000000000*d etc/deep 755 0:0 now*" \
		"$driver: a parent that is below keeps its mode and time, a new one is 0755"
done

make_image aufs <<'END'
file a data=a
file .wh..wh.plnk/x data=x
file .wh..wh.aufs data=
END
both_drivers aufs "what aufs kept for itself is passed over" <<'END'
f a=a
END

make_image three <<'END'
dir a
file a/1 data=1
---
dir a
file a/2 data=2
whiteout a/1
---
dir a
file a/3 data=3
whiteout a/2
file a/1 data=again
END
both_drivers three "three layers" <<'END'
d a
f a/1=again
f a/3=3
END

make_image compression --compress zstd <<'END'
file a data=a
END
both_drivers compression "a zstd layer" <<'END'
f a=a
END
make_image plain --compress none <<'END'
file a data=a
END
both_drivers plain "a plain layer" <<'END'
f a=a
END

# Several gzip members, and a media type that says something else.
python3 "$test_lib/make-tar.py" multi.tar <<'END'
file a fill=100000
file b data=b
END
head -c 51200 multi.tar | gzip >multi.gz
tail -c +51201 multi.tar | gzip >>multi.gz
python3 - <<'END'
import hashlib, json, os
os.makedirs("multi/blobs/sha256")
def put(data):
    digest = hashlib.sha256(data).hexdigest()
    open("multi/blobs/sha256/" + digest, "wb").write(data)
    return {"digest": "sha256:" + digest, "size": len(data)}
T = "application/vnd.oci.image."
layer = put(open("multi.gz", "rb").read())
diff = hashlib.sha256(open("multi.tar", "rb").read()).hexdigest()
config = put(json.dumps({"os": "linux", "architecture": os.uname().machine.replace("x86_64", "amd64").replace("aarch64", "arm64"),
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + diff]}}).encode())
manifest = put(json.dumps({"schemaVersion": 2, "mediaType": T + "manifest.v1+json",
    "config": dict(config, mediaType=T + "config.v1+json"),
    "layers": [dict(layer, mediaType=T + "layer.v1.tar")]}).encode())
json.dump({"schemaVersion": 2, "manifests": [dict(manifest, mediaType=T + "manifest.v1+json",
    annotations={"org.opencontainers.image.ref.name": "latest"})]}, open("multi/index.json", "w"))
open("multi/oci-layout", "w").write('{"imageLayoutVersion":"1.0.0"}')
END
unpack copy multi
is_status 0 "gzip of several members, under a media type that says plain"
is "$(in_namespace cat multi.copy/rootfs/b)" b "... is unpacked whole"
done_testing
