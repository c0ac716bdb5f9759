# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# For the tests of ctnr-unpack; source it behind test.sh.
#
# make_image NAME... <<'END'     layers from the lines of make-tar.py, base first; a line "---"
#                                begins the next layer. Arguments are make-layout.py's. The image is
#                                oci:$CTNR_TEST_TMP/NAME:latest
# unpack DRIVER NAME OPTIONS...  into the bundle $CTNR_TEST_TMP/NAME.DRIVER; for the run family
# tree DRIVER NAME OPTIONS...    list the bundle's root filesystem (list-tree.py), merged; of it only
#                                the directory $tree_below when that is set (/data)
# both_drivers NAME TITLE <<END  unpack with both drivers; the brief listings are END, and the layers are
#                                those of the archives
# verified NAME                  what ctnr-store's worker says of the layers of the image, but that they
#                                are right

make_image() {
	image=$1
	shift
	rm -f "$image".[0-9].lines
	awk -v name="$image" 'BEGIN { n = 0 } /^---$/ { n++; next } { print >(name "." n ".lines") }'
	for lines in "$image".[0-9].lines; do
		python3 "$test_lib/make-tar.py" "${lines%.lines}.tar" <"$lines" || return 1
	done
	python3 "$test_lib/make-layout.py" "$@" "$image" "$image".[0-9].tar >"$image.json"
}

unpack() {
	unpack_driver=$1
	unpack_image=$2
	shift 2
	run ctnr-unpack --driver "$unpack_driver" -b "./$unpack_image.$unpack_driver" "$@" \
		"oci:$CTNR_TEST_TMP/$unpack_image:latest"
}

# shellcheck disable=SC2016 # for the inner shell
tree() {
	tree_bundle=$CTNR_TEST_TMP/$2.$1
	shift 2
	in_namespace sh -c '
		cd "$1" && below=$2 && shift 2
		if [ -d lower ]; then
			cd lower
			lower=$(ls | sort -n | paste -sd: -)
			mount -t overlay -o "lowerdir=$lower,upperdir=../upper,workdir=../work,userxattr" \
				overlay ../rootfs || exit 1
			cd ..
		fi
		exec python3 "$@" "rootfs$below"
	' sh "$tree_bundle" "${tree_below-}" "$test_lib/list-tree.py" "$@"
}

verified() {
	python3 "$test_lib/verify-job.py" --deep \
		"${CTNR_STORE-$HOME/.local/share/ctnr}" "$CTNR_TEST_TMP/$1" |
		"$CTNR_TEST_BUILD/libexec/ctnr/ctnr-store-verify" >"$1.verified" || echo "failed"
	grep -q '^{"layer":' "$1.verified" || echo "nothing was compared"
	grep -v -e '^{"blob":"[^"]*","bytes":[0-9]*}$' -e '^{"layer":"[^"]*"}$' "$1.verified"
}

both_drivers() {
	wanted=$(cat)
	for driver in overlay copy; do
		unpack "$driver" "$1"
		if is_status 0 "$driver: $2: unpacks"; then
			is "$(tree "$driver" "$1" --brief)" "$wanted" "$driver: $2"
			[ "$driver" != overlay ] ||
				is "$(verified "$1")" "" "... and the layers are their archives'"
		fi
	done
}
