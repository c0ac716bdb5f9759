# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC2034
#
# Images of the store for the verbs that make an index or an artifact of them. What is not in the store, and may be in
# a registry, is fetched first. The options are in store_options and fetch_options (front/split.sh); looking is what
# ctnr-store image show needs of them, and platforms says to ctnr-fetch for which an image is fetched.

. "$libexec/front/image.sh"

quiet=false
looking=
platforms=--all-platforms

# bring_option OPTION VALUE: for own_option of a verb that watches --store and has the options --insecure and --quiet.
bring_option() {
	case $1 in
	--store) quote "$1=$2" && looking=$quoted ;;
	--insecure) is_bool "$1" "$2" && { [ "$2" = false ] || fetch_options="$fetch_options --tls-verify=false"; } ;;
	--quiet) is_bool "$1" "$2" && quiet=$2 ;;
	esac
}

# is_in_store WORD: nobody hears what is said about that.
is_in_store() {
	status=0
	(exec_tool "$looking --log=/dev/null" "ctnr-store image show" "$1") >/dev/null 2>&1 || status=$?
	[ "$status" -ne 3 ]
}

# bring_image WORD: set image to what the store has it by. docker:// and oci: say where it comes from.
bring_image() {
	find_image "$1"
	[ -n "$source" ] || return 0
	case $1 in
	docker://* | oci:*) ;;
	*) [ -z "$image" ] || ! is_in_store "$image" || return 0 ;;
	esac
	[ "$quiet" = false ] || fetch_options="$fetch_options --progress=none"
	[ ! -t 2 ] || [ "$quiet" = true ] || printf 'ctnr %s: pulling %s\n' "$shown" "$source" >&2
	image=$(exec_tool "$naming$platforms --print=ref $fetch_options" ctnr-fetch "$source") || exit
}

# bring_images WORD...: set images to what the store has them by, quoted for eval.
bring_images() {
	images=
	for word; do
		bring_image "$word"
		quote "$image"
		images="$images $quoted"
	done
}
