#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub root
# differs: root can give files away, and writes everywhere
# What image ls remembers (ctnr-store(5), cache/images), and that nothing in it is believed that is not
# so.
. "$(dirname "$0")/../lib/test.sh"

store=$CTNR_TEST_TMP/shelf
mkdir -m 700 "$store"
export CTNR_STORE="$store"
memory=$store/cache/images

# images N: the store has N images, each with its own manifest, config and layer, and a layer that all
# have; the last one is of an index that has two manifests, of which one was fetched.
images() {
	python3 - "$store/images" "$1" <<'END'
import hashlib, json, os, sys
layout, n = sys.argv[1], int(sys.argv[2])
OCI = "application/vnd.oci.image."
os.makedirs(layout + "/blobs/sha256", exist_ok=True)

def describe(kind, data, there=True):
    digest = hashlib.sha256(data).hexdigest()
    if there:
        with open(f"{layout}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
    return {"mediaType": OCI + kind, "digest": "sha256:" + digest, "size": len(data)}

def manifest(number, there=True):
    config = describe("config.v1+json", json.dumps({
        "created": f"2020-01-02T03:04:{number % 60:02}Z", "os": "linux", "architecture": f"a{number}",
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64] * 2}}).encode())
    own = describe("layer.v1.tar", b"layer %d" % number)
    return describe("manifest.v1+json", json.dumps({
        "schemaVersion": 2, "config": config, "layers": [base, own, base]}).encode(), there)

base = describe("layer.v1.tar", b"base" * 1000)
entries = []
for number in range(n):
    entry = manifest(number)
    entry["annotations"] = {"org.opencontainers.image.ref.name": f"localhost/i{number:05}:1"}
    entries.append(entry)
index = describe("index.v1+json", json.dumps({
    "schemaVersion": 2, "manifests": [manifest(n - 1), manifest(90000, False)]}).encode())
entries[-1]["annotations"]["org.ctnr.source"] = index["digest"]
with open(layout + "/index.json", "w") as file:
    json.dump({"schemaVersion": 2, "manifests": entries}, file, separators=(",", ":"))
with open(layout + "/oci-layout", "w") as file:
    file.write('{"imageLayoutVersion":"1.0.0"}')
END
}

# list FILE: the list of images
list() {
	ctnr-store image ls >"$1"
}

# calls: how often a list opens a file, or asks for one
calls() {
	traced -c -qq -e trace=%file,read,getdents64 -o counted ctnr-store image ls >/dev/null
	awk '$4 ~ /^[0-9]+$/ { n += $4 } END { print n + 0 }' counted
}

# blob_of NAME FILTER: the path of a blob of that image
blob_of() {
	ctnr-store image show "$1" | jq -r "$2.digest" | sed "s,sha256:,$store/images/blobs/sha256/,"
}

images 20
list first
is "$(wc -l <first)" 20 "images are listed"
is "$(jq -r 'select(.ref == "localhost/i00003:1") | .descriptor.platform.architecture, .created' first | tr '\n' ' ')" \
	"a3 2020-01-02T03:04:03Z " "... with what their configs say"
manifest=$(blob_of i00003:1 .descriptor)
config=$(blob_of i00003:1 .manifest.config)
layer=$(blob_of i00003:1 '.manifest.layers[1]')
is "$(jq 'select(.ref == "localhost/i00003:1").size' first)" \
	$((4000 + $(cat "$manifest" "$config" "$layer" | wc -c))) "... and the bytes of their blobs, each once"
index=$(jq -r 'select(.ref == "localhost/i00019:1").descriptor.annotations["org.ctnr.source"]' first)
is "$(jq 'select(.ref == "localhost/i00019:1").size' first)" \
	$((4000 + $(blob_of i00019:1 .descriptor | xargs cat | wc -c) + $(blob_of i00019:1 .manifest.config | xargs cat | wc -c) + 8 + \
	$(wc -c <"$store/images/blobs/sha256/${index#sha256:}"))) "... with the index that one was chosen from, as far as it was fetched"
is "$(stat -c %a "$memory")" 600 "what they said is remembered"
good=$CTNR_TEST_TMP/good
cp "$memory" "$good"
list second
is_file second first "... and the second list is the first"

few=$(calls)
images 80
list many
many=$(calls)
ok "four times as many images that are remembered cost no more calls ($few, $many)" test "$many" -le $((few + 4))
images 20
list second
is_file second first "images that are gone are not listed"
is "$(grep -c '/a' "$memory")" 20 "... and forgotten when they were most of what was remembered"

traced -qq -e trace=openat -o opened ctnr-store image ls >/dev/null
fails "a list opens no blob that is remembered" grep -q "blobs/sha256/" opened
rm "$memory"
traced -qq -e trace=openat -o opened ctnr-store image ls >/dev/null
ok "... and one that is not" grep -q "blobs/sha256/" opened

# same TITLE: the list is right whatever lies in the place of the file, and the file is then right too.
same() {
	list now
	is_file now first "$1"
	is_file "$memory" "$good" "... and is written anew"
}

: >"$memory"
same "an empty file is none"
head -c 1000 "$good" >"$memory"
same "neither is half a file"
head -n 30 "$good" >"$memory"
same "nor one without its end"
head -c 5000 /dev/zero >"$memory"
same "nor one of zeros"
head -c 5000 /dev/urandom >"$memory"
same "nor one of noise"
sed 1s/1/2/ "$good" >"$memory"
same "nor one of another version"
sed 's/^\(sha256:.*\) 4000$/\1 -4/' "$good" >"$memory"
same "nor one with a size that is none"
sed 's/^sha256:\(.*\) 4000$/sha256:..\/\1 4000/' "$good" >"$memory"
same "nor one with a digest that is none"
sed 's/ linux\/a3\/\/.*/ linux\/a3\/\/ 99999999/' "$good" >"$memory"
same "nor one that names a blob that it has not"
sed '/ linux\/a3\//p' "$good" >"$memory"
same "nor one that has a document twice"
sed '/ 4000$/p' "$good" >"$memory"
same "nor one that has a blob twice"
sed 's/ 1577934[0-9]* / -9223372036854775807 /' "$good" >"$memory"
same "nor one with a date of no calendar"
{ cat "$good" && echo more; } >"$memory"
same "nor one that goes on behind its end"
cp "$good" elsewhere
rm "$memory"
sed s/linux/lies/ "$good" >elsewhere
ln -s "$CTNR_TEST_TMP/elsewhere" "$memory"
same "a symlink is not followed"
ok "... and not written through" grep -q lies elsewhere
rm "$memory"
mkfifo "$memory"
same "nobody waits for a FIFO"
rm "$memory"
mkdir "$memory"
list now
is_file now first "a directory hinders no list"
rmdir "$memory"
rm -r "$store/cache"
same "the whole cache may be gone"

rm -rf "$store/cache"
(ulimit -f 0 && ctnr-store image ls) | cat >now
is_file now first "a limit of the size of files hinders no list"
is "$(find "$store/cache" -type f | wc -l)" 0 "... and leaves no beginning of a file"
list now

sed 's, linux/a3///* , li\x1bnux/a3// ,' "$good" >"$memory"
run ctnr-store image ls
fails "what the file says gives a terminal no orders" sh -c 'printf %s "$1" | grep -q "$(printf "\033")"' - "$stdout"
cp "$good" "$memory"

# What is there is looked up each time.
mv "$layer" saved
list now
is "$(jq 'select(.ref == "localhost/i00003:1").size' now)" \
	$((4000 + $(cat "$manifest" "$config" | wc -c))) "a layer that is gone is not counted"
mv saved "$layer"
mv "$manifest" saved
list now
is "$(jq -c 'select(.ref == "localhost/i00003:1") | [.size, .created, .descriptor.platform]' now)" "[0,null,null]" \
	"of an image whose manifest is gone nothing is told"
mv saved "$manifest"
list now
is_file now first "what is there again is counted again"
rm "$memory"
mv "$config" saved
list now
is "$(jq -c 'select(.ref == "localhost/i00003:1").created' now)" null "without its config an image has no date"
mv saved "$config"
list now
is_file now first "... and that is not remembered"
rm "$memory"
mv "$layer" saved
: >"$layer"
list now
mv saved "$layer"
list now
is_file now first "nor is the size of a layer that was damaged"
rm "$memory"
mv "$manifest" saved
echo '{}' >"$manifest"
list now
mv saved "$manifest"
list now
is_file now first "nor what a damaged manifest said"

# An image can name what is not there, by whatever digest.
mkdir -m 700 alike
python3 - alike/images <<'END'
import hashlib, json, os, sys
layout = sys.argv[1]
os.makedirs(layout + "/blobs/sha256")
entries = []
for first in (0, 40000):
    data = json.dumps({"schemaVersion": 2, "manifests": [
        {"digest": "sha256:%056x%08x" % (0, i)} for i in range(first, first + 40000)]}).encode()
    digest = hashlib.sha256(data).hexdigest()
    with open(f"{layout}/blobs/sha256/{digest}", "wb") as file:
        file.write(data)
    entries.append({"mediaType": "application/vnd.oci.image.index.v1+json",
                    "digest": "sha256:" + digest, "size": len(data)})
with open(layout + "/index.json", "w") as file:
    json.dump({"schemaVersion": 2, "manifests": entries}, file)
with open(layout + "/oci-layout", "w") as file:
    file.write('{"imageLayoutVersion":"1.0.0"}')
END
run timeout 10 ctnr-store --store "$CTNR_TEST_TMP/alike" image ls
is_status 0 "80,000 digests that begin alike take no longer than others"
is "$(wc -l <"$stdout_file")" 2 "... and their images are listed"

# Others that look.
if identity root; then
	sed s/linux/lies/ "$good" >"$memory"
	chown 65534 "$memory"
	same "what another user wrote is not believed"
	is "$(stat -c %u "$memory")" 0 "... as a file of the owner's"
	chown 65534 "$store"
	rm "$memory"
	list now
	is_file now first "the store of another user is listed"
	fails "... and nothing is remembered there" test -e "$memory"
	chown 0 "$store"
else
	rm "$memory"
	chmod a-w "$store" "$store/cache"
	list now
	is_file now first "a store that cannot be written to is listed"
	fails "... and nothing is remembered there" test -e "$memory"
	chmod u+w "$store" "$store/cache"
fi
for number in 1 2 3 4 5 6; do
	list "at-once$number" &
done
wait
for number in 1 2 3 4 5 6; do
	is_file "at-once$number" first "one of six at once lists all"
done
is_file "$memory" "$good" "... and leaves a whole file"
is "$(find "$store/cache" -name 'images*' | wc -l)" 1 "... and nothing else"
ctnr-store image ls --all=false >now
is_file "$memory" "$good" "a list of a part forgets nothing"
sed 's/linux/lies/' "$good" >"$memory"
list now
ok "an image is not removed by what the file says" ctnr-store image rm i00003:1
fails "... but by its documents" test -e "$layer"
ok "... and what others need stays" ctnr-store image show i00004:1
done_testing
