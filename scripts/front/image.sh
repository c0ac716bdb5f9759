# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# From IMAGE to a bundle, for the verbs that make one. The options are in fetch_options,
# unpack_options and so on (front/split.sh), pull is missing, always or never, quiet is true or false.

# find_image IMAGE: set image, what the store may know it by (or nothing), source, where it can be
# fetched from (or nothing), and guessed, when IMAGE does not say itself that this is the place: then naming
# is the option by which ctnr-fetch looks into registries.conf. Which registry and tag a name means is for the
# tools to know. A path is no name to ask a registry for: the tools say how it is given.
find_image() {
	image=$1
	source=
	guessed=
	naming=
	case $1 in
	docker://* | oci:* | /* | ./* | ../* | '~'/* | . | ..) source=$1 ;;
	'{'* | - | sha256:* | sha512:* | localhost/*) ;;
	*://* | *-archive:* | dir:* | rootfs:* | docker-daemon:* | containers-storage:*)
		image=
		source=$1
		;;
	*.tar | *.tgz | *.tar.gz | *.tar.zst | *.tar.xz | *.tar.bz2) source=$1 ;;
	*[!0-9a-f]* | ? | ?? | ??? | ???? | ????? | ?????? | ???????)
		source=docker://$1
		guessed=$1
		naming='--short-name '
		;;
	*) ;; # only hexadecimal digits: the beginning of a digest
	esac
}

# abandon STATUS: nothing stays of a bundle that was begun here. failure, where the verb sets it,
# stands for every status of a tool.
abandon() {
	trap '' HUP INT TERM
	[ -z "$record" ] || [ "$update" = true ] ||
		(exec_tool "$store_options" "ctnr-store bundle rm" "$record") >/dev/null || :
	exit "$1"
}

# fetch_image [COMMAND...]: fetch source, and set image. A wrong command line is told before: the tools
# that come after look at their options. What registries.conf makes of a name may be in the store under the
# name that it made.
fetch_image() {
	(exec_tool "--check $unpack_options" ctnr-unpack) || abandon "${failure:-$?}"
	(exec_tool "--check $spec_options" ctnr-spec "$@") || abandon "${failure:-$?}"
	[ ! -t 2 ] || [ "$quiet" = true ] || printf 'ctnr %s: pulling %s\n' "$shown" "$source" >&2
	[ -z "$naming" ] || [ "$pull" = always ] || naming="$naming--if-missing "
	image=$(exec_tool "$naming$fetch_options" ctnr-fetch "$source") || {
		status=$?
		# Of what is no name at all the tool has told enough; with --pull always the store was not asked.
		[ -z "$guessed" ] || [ "$status" -eq 2 ] || [ "$pull" = always ] ||
			tell hint "no image '$guessed' is in the store: see 'ctnr images'"
		abandon "${failure:-$status}"
	}
}

# make_bundle IMAGE [COMMAND...]: set record to that of a bundle that has no config yet. What gives it one,
# specify, prints the record of what is ready to run; abandon needs the record that there is until then.
make_bundle() {
	record=
	trap 'abandon 129' HUP
	trap 'abandon 130' INT
	trap 'abandon 143' TERM
	find_image "$1"
	shift
	if [ "$quiet" = true ]; then
		fetch_options="$fetch_options --progress=none"
		unpack_options="$unpack_options --progress=none"
	fi
	case $pull in
	never) [ -n "$image" ] || die "${failure:-1}" "'$source' has to be pulled, and --pull is never" ;;
	always)
		[ -n "$source" ] || die "${failure:-1}" "'$image' cannot be pulled: it names no registry"
		fetch_image "$@"
		;;
	missing)
		if [ -z "$image" ]; then
			fetch_image "$@"
		elif [ -n "$source" ] && [ "${source#oci:}" = "$source" ]; then
			record=$(exec_tool "--if-present $unpack_options" ctnr-unpack "$image") ||
				case $? in
				3) fetch_image "$@" ;;
				*) abandon "${failure:-$?}" ;;
				esac
		fi
		;;
	esac
	[ -n "$record" ] || record=$(exec_tool "$unpack_options" ctnr-unpack "$image") ||
		abandon "${failure:-$?}"
}

specify() {
	exec_tool "$spec_options" ctnr-spec "$record" "$@"
}
