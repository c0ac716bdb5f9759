#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Indexes within indexes: what is visited is counted, and nothing is visited twice.
# identities: sub
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
. "$test_lib/hostile.sh"

small_layout

# Both scripts below write documents into a layout.
cat >layout.py <<'END'
import hashlib, json, sys

layout, count = sys.argv[1], int(sys.argv[2])
oci = "application/vnd.oci.image."


def put(value, kind):
    text = json.dumps(value).encode()
    digest = hashlib.sha256(text).hexdigest()
    with open(f"{layout}/blobs/sha256/{digest}", "wb") as file:
        file.write(text)
    return {"mediaType": oci + kind, "digest": "sha256:" + digest, "size": len(text)}


top = json.load(open(f"{layout}/index.json"))
first = top["manifests"][0]["digest"].split(":")[1]
manifest = json.load(open(f"{layout}/blobs/sha256/{first}"))
END
export PYTHONPATH=.

# blobs LAYOUT COUNT: an index of manifests with 499 layers each, which are COUNT different ones and
# nowhere. Its reference is 1.
blobs() {
	cp -a small "$1"
	python3 - "$@" <<-'END'
		from layout import *

		entries = []
		for start in range(0, count, 499):
		    manifest["layers"] = [{"mediaType": oci + "layer.v1.tar", "size": 1,
		                           "digest": "sha256:%064x" % number}
		                          for number in range(start, min(start + 499, count))]
		    entries.append(put(manifest, "manifest.v1+json"))
		entry = put({"schemaVersion": 2, "mediaType": oci + "index.v1+json",
		             "manifests": entries}, "index.v1+json")
		entry["annotations"] = {"org.opencontainers.image.ref.name": "1"}
		top["manifests"] = [entry]
		json.dump(top, open(f"{layout}/index.json", "w"))
	END
}

# nest LAYOUT COUNT DEPTH TIMES: DEPTH indexes within each other, each naming the next TIMES times; the
# innermost names COUNT manifests, which differ in an annotation. Its reference is 1.
nest() {
	cp -a small "$1"
	python3 - "$@" <<-'END'
		from layout import *

		depth, times = map(int, sys.argv[3:])

		def index(entries):
		    return put({"schemaVersion": 2, "mediaType": oci + "index.v1+json",
		                "manifests": entries}, "index.v1+json")

		entries = []
		for i in range(count):
		    manifest["annotations"] = {"number": str(i)}
		    entries.append(put(manifest, "manifest.v1+json"))
		for _ in range(depth):
		    entries = [index(entries)] * times
		entries[0]["annotations"] = {"org.opencontainers.image.ref.name": "1"}
		top["manifests"] = entries[:1]
		json.dump(top, open(f"{layout}/index.json", "w"))
	END
}

# stock LAYOUT OUT: OUT has the blobs of LAYOUT already. They are read and counted all the same, and a
# thousand of them need not be brought to the disk, each by itself.
stock() {
	mkdir "$2"
	cp -al "$1/blobs" "$2"
}

nest wide 1 8 40
run timeout 30 ctnr-fetch --layout out --all-platforms oci:wide:1
is_status 0 "eight indexes that name the next one 40 times are fetched"
is "$(find out/blobs -type f | wc -l)" 11 "... each document once"
run ctnr-fetch --layout one oci:wide:1
is_status 0 "... and so is the image in them"
nest deep 1 9 1
run ctnr-fetch --layout none --all-platforms oci:deep:1
is_status 1 "nine indexes within each other are too many"
like_stderr "*more than 8 indexes within each other*" "... and the message says so"
run ctnr-fetch --layout none oci:deep:1
is_status 1 "... also for one platform"
like_stderr "*more than 8 indexes within each other*" "... in the same words"
nest toomany 1023 2 1
stock toomany many-out
run ctnr-fetch --layout many-out --all-platforms oci:toomany:1
is_status 1 "an image of 1025 documents is too large"
like_stderr "*more than 1024 manifests and indexes*" "... and the message says so"
is "$(jq -c .manifests many-out/index.json)" '[]' "... and no name was given to anything"
nest many 1022 2 1
run ctnr-fetch --layout many-out --all-platforms oci:many:1
is_status 0 "one of 1024 is fetched"

# One config, and layers.
blobs heavy 8192
run timeout 60 ctnr-fetch --layout heavy-out --all-platforms oci:heavy:1
is_status 1 "an image of 8193 blobs is too large"
like_stderr "*more than 8192 blobs*" "... and the message says so"
blobs fitting 8191
run timeout 60 ctnr-fetch --layout heavy-out --all-platforms oci:fitting:1
is_status 3 "of 8192 it is not: only that they are nowhere is its fault"

# Manifests of 3.9 MiB each.
cp -a small large
python3 - large 18 <<'END'
from layout import *

entries = [put({**manifest, "annotations": {"a": str(i) + "x" * 4000000}}, "manifest.v1+json")
           for i in range(count)]
entry = put({"schemaVersion": 2, "mediaType": oci + "index.v1+json", "manifests": entries}, "index.v1+json")
entry["annotations"] = {"org.opencontainers.image.ref.name": "1"}
top["manifests"] = [entry]
json.dump(top, open(f"{layout}/index.json", "w"))
END
stock large large.copy
run ctnr-fetch --all-platforms --layout large.copy oci:large:1
is_status 1 "manifests that are larger together than all of an image's are refused"
like_stderr "*the image's manifests and indexes have more than 67108864 bytes" "... and the limit is told"
done_testing
