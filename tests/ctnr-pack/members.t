#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# timeout: 60 podman and buildah take a second for each command
#
# A layer that is longer than a piece is several gzip members, one behind the other: what reads layers reads them
# all. (dockerd is in tests/ctnr-push/docker.t. Perl's IO::Uncompress alone reads the first one, unless it is told otherwise.)
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/podman.sh"
needs PEER:busybox PEER:bsdtar PEER:umoci PEER:skopeo PEER:podman PEER:buildah PEER:zstd SUBID
compress=$CTNR_TEST_BUILD/tests/lib/compress

# Four pieces and a half, in one file whose end is behind the last member's begin.
seq 700000 >numbers
{
	echo dir bin
	echo "file bin/busybox mode=755 from=$(command -v busybox)"
	echo "file numbers from=$CTNR_TEST_TMP/numbers"
} | "$test_lib/make-tar.py" layer.tar
"$compress" gzip 2 <layer.tar >layer.tar.gz
"$compress" zstd 2 <layer.tar >layer.tar.zst
whole=$(sha256sum <layer.tar)
numbers=$(sha256sum <numbers)
members=$(python3 - layer.tar.gz <<'END'
import sys, zlib
rest, count = open(sys.argv[1], "rb").read(), 0
while rest:
    member = zlib.decompressobj(31)
    member.decompress(rest)
    rest, count = member.unused_data, count + 1
print(count)
END
)
is "$members" $((($(stat -c %s layer.tar) + 1048575) / 1048576)) "each MiB is a member"
ok "... and there are several" test "$members" -gt 3

is "$(gzip -dc layer.tar.gz | sha256sum)" "$whole" "GNU gzip reads all members"
is "$(busybox gunzip -c layer.tar.gz | sha256sum)" "$whole" "busybox reads all members"
is "$(python3 -c 'import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())' layer.tar.gz | sha256sum)" \
	"$whole" "Python reads all members"
is "$(tar -xzOf layer.tar.gz numbers | sha256sum)" "$numbers" "GNU tar reads all members"
is "$(bsdtar -xOf layer.tar.gz numbers | sha256sum)" "$numbers" "bsdtar reads all members"
is "$(busybox tar -xzOf layer.tar.gz numbers | sha256sum)" "$numbers" "busybox tar reads all members"
is "$(zstd -dc layer.tar.zst | sha256sum)" "$whole" "zstd reads its frame"
is "$(bsdtar -xOf layer.tar.zst numbers | sha256sum)" "$numbers" "bsdtar reads the frame"

"$test_lib/make-layout.py" --compressor "$compress" --ref gzip image layer.tar >/dev/null
"$test_lib/make-layout.py" --compressor "$compress" --compress zstd --ref zstd image layer.tar >/dev/null
for kind in gzip zstd; do
	run ctnr-unpack --driver copy -b "$CTNR_TEST_TMP/ours-$kind" "oci:$CTNR_TEST_TMP/image:$kind"
	is "$(sha256sum <"ours-$kind/rootfs/numbers")" "$numbers" "our own reader reads all of it ($kind)"
	# skopeo hashes what it has decompressed, and makes the config and the manifest say so.
	skopeo copy --quiet --dest-decompress "oci:image:$kind" "dir:plain-$kind" >skopeo.log 2>&1 || note "$(cat skopeo.log)"
	is "$(jq -r '.layers[0].digest' "plain-$kind/manifest.json")" "sha256:${whole%% *}" "skopeo reads all of it ($kind)"
	podman pull --quiet "oci:image:$kind" >podman.log 2>&1 || note "$(cat podman.log)"
	is "$(podman unshare sh -c 'm=$(podman image mount "$1") && sha256sum <"$m/numbers"' sh "$(tail -n 1 podman.log)")" \
		"$numbers" "podman reads all of it ($kind)"
	podman rmi --force --all >/dev/null 2>&1
	buildah from --quiet --name "w-$kind" "oci:image:$kind" >buildah.log 2>&1 || note "$(cat buildah.log)"
	is "$(buildah unshare sh -c 'm=$(buildah mount "$1") && sha256sum <"$m/numbers"' sh "w-$kind")" "$numbers" \
		"buildah reads all of it ($kind)"
	buildah rm --all >/dev/null 2>&1
done
umoci unpack --rootless --image image:gzip umoci >umoci.log 2>&1 || note "$(cat umoci.log)"
is "$(sha256sum <umoci/rootfs/numbers)" "$numbers" "umoci reads all members"
done_testing
