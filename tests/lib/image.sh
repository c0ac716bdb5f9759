# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Images for tests. Source it behind test.sh: . "$test_lib/image.sh"
#
# busybox_layout    prints the path of an OCI layout whose image "latest" holds this machine's
#                   static busybox, its applets, the users root and user (1000:1000), and few files
# debian_layout     the same of a minimal Debian, made by mmdebstrap from the machine's own package
#                   sources; fails where it can be neither found nor made (prerequisite DEBIAN)
# layout NAME OPTIONS... <<'END'    one layer from the lines of make-tar.py into the layout
#                   $CTNR_TEST_TMP/NAME; options are make-layout.py's. Prints the image record.
#
# The first two are kept in $CTNR_TEST_CACHE by the digest of what they are made from: read them,
# do not write to them. What cannot be kept is made again, in $CTNR_TEST_TMP.

: "${test_lib:=$(cd "$(dirname "$0")/../lib" && pwd)}"
image_temporary=${CTNR_TEST_TMP:-${TMPDIR:-/tmp}}
: "${CTNR_TEST_CACHE:=/var/cache/ctnr-tests}"

# image_cached NAME KEY MAKER: the path of NAME-DIGEST(KEY), made by MAKER DIR when it is not there.
image_cached() {
	image_name=$1-$(printf '%s' "$2" | sha256sum | cut -c 1-16)
	for image_place in "$CTNR_TEST_CACHE" "$image_temporary/cache"; do
		if [ -d "$image_place/$image_name" ]; then
			echo "$image_place/$image_name"
			return 0
		fi
	done
	for image_place in "$CTNR_TEST_CACHE" "$image_temporary/cache"; do
		mkdir -p "$image_place" 2>/dev/null && [ -w "$image_place" ] && break
	done
	image_part=$(mktemp -d "$image_place/.$image_name.XXXXXX") || return 1
	if ! "$3" "$image_part" >&2; then
		rm -rf "$image_part"
		return 1
	fi
	chmod 755 "$image_part"
	# Another test may have been faster: then its directory stays and ours goes.
	mv -T "$image_part" "$image_place/$image_name" 2>/dev/null || rm -rf "$image_part"
	echo "$image_place/$image_name"
}

image_busybox_entries() {
	echo "dir bin"
	echo "file bin/busybox mode=755 from=$1"
	"$1" --list | while read -r image_applet; do
		[ "$image_applet" = busybox ] || echo "symlink bin/$image_applet busybox"
	done
	cat <<-'END'
		dir dev
		dir etc
		file etc/group 'data=root:x:0:\ntty:x:5:\nusers:x:100:user\nuser:x:1000:\n'
		file etc/os-release 'data=ID=busybox\nNAME=BusyBox\n'
		file etc/passwd 'data=root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n'
		dir home
		dir home/user uid=1000 gid=1000
		dir proc
		dir root mode=700
		dir run
		dir sys
		dir tmp mode=1777
		dir usr
		dir var
	END
}

image_make_busybox() {
	image_busybox_entries "$(command -v busybox)" |
		"$test_lib/make-tar.py" "$1/layer.tar" &&
		"$test_lib/make-layout.py" --config '{"config": {"Cmd": ["sh"], "Env":
			["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}}' \
			"$1" "$1/layer.tar" &&
		rm "$1/layer.tar"
}

busybox_layout() {
	image_cached busybox "$(sha256sum <"$(command -v busybox)") 1" image_make_busybox
}

# This machine's Debian sources as lines of sources.list, as apt itself understands them.
image_debian_sources() {
	# shellcheck disable=SC2016 # the words are for apt
	apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' 'Origin: Debian' | LC_ALL=C sort -u
}

image_make_debian() {
	image_debian_sources >"$1/sources"
	# Proxies and the like: what the machine's apt was told.
	apt-config dump | grep -E '^Acquire::(http|ftp|Check|Retries)' >"$1/apt.conf" || true
	SOURCE_DATE_EPOCH=1000000000 TMPDIR=${TMPDIR:-/tmp} mmdebstrap --quiet --variant=minbase \
		--aptopt="$1/apt.conf" '' "$1/layer.tar" "$1/sources" </dev/null &&
		"$test_lib/make-layout.py" --config '{"config": {"Cmd": ["bash"], "Env":
			["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}}' \
			"$1" "$1/layer.tar" &&
		rm "$1/layer.tar" "$1/sources" "$1/apt.conf"
}

debian_layout() {
	image_cached debian "$(image_debian_sources) minbase 1" image_make_debian
}

layout() {
	layout_name=$1
	shift
	"$test_lib/make-tar.py" "$CTNR_TEST_TMP/$layout_name.tar" &&
		"$test_lib/make-layout.py" "$@" "$CTNR_TEST_TMP/$layout_name" \
			"$CTNR_TEST_TMP/$layout_name.tar"
}
