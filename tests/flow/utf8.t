#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records and configs are JSON, which holds no text but UTF-8: what is not is refused by name, before
# anything is made, and never left out.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

byte=$(printf '\377')
image=oci:$(busybox_layout)
ctnr-unpack -b plain "$image" >/dev/null
ctnr-spec plain -- true >/dev/null
ctnr-exec run plain
ctnr-fetch -t here "$image" >/dev/null
before=$(find . -path './.*' -prune -o -name work -prune -o -print | sort)

# refused TITLE WHAT CMD...: the error names WHAT
refused() {
	title=$1
	what=$2
	shift 2
	run "$@"
	case $stderr in
	ctnr-exec:*) is_status 125 "$title is refused" ;;
	*) is_status 2 "$title is refused" ;;
	esac
	like_stderr "ctnr-*: error: *$what*not valid UTF-8*" "... by name"
	is_stdout "" "... without a record"
	is "$(find . -path './.*' -prune -o -name work -prune -o -print | sort)" "$before" "... and nothing is made"
}

# Paths
refused "the path of a bundle" "bundle: '*/x\\\\xff/b'" ctnr-unpack -b "./x$byte/b" "$image"
refused "a store" 'store: ' ctnr-unpack --store "s$byte" "$image"
refused "a store by its variable" 'store: ' env CTNR_STORE="s$byte/a" ctnr-unpack "$image"
refused "a store that is only read" 'store: ' ctnr-store --store "s$byte" image ls
refused "a layout" "OCI layout '" ctnr-fetch --layout "l$byte" "$image"
refused "the source of an image" "OCI layout '" ctnr-unpack "oci:l$byte"
refused "a directory of state" "state directory: " ctnr-exec run --run-dir "r$byte" plain
refused "a directory of state by its variable" "state directory: " \
	env CTNR_RUN_DIR="r$byte" ctnr-exec run plain
refused "the store that doctor looks at" "s\\\\xff'" ctnr-doctor --json --store "s$byte"
refused "a bundle to run" "b\\\\xff'" ctnr-exec run "./b$byte"
refused "a bundle to configure" "b\\\\xff'" ctnr-spec "./b$byte" -- true
refused "a bundle to remove" "b\\\\xff'" ctnr-store bundle rm "./b$byte"

# What a link leads to, and the present directory
mkdir "d$byte"
ln -s "d$byte" link
before=$(find . -path './.*' -prune -o -name work -prune -o -print | sort)
refused "a bundle below a link to such a directory" "d\\\\xff/b'" ctnr-unpack -b ./link/b "$image"
refused "a layout there" "d\\\\xff'" ctnr-unpack oci:link
refused "a store there" "d\\\\xff'" ctnr-unpack --store link "$image"
here=$PWD
cd "d$byte" || exit 1
run ctnr-unpack -b ./b "$image"
is_status 2 "a bundle in such a present directory is refused"
run ctnr-unpack --store s "$image"
is_status 2 "a store too"
is "$(ls -A)" "" "... and nothing is made"
cd "$here" || exit 1

# Texts of the config
before=$(find . -path './.*' -prune -o -name work -prune -o -print | sort)
refused "a command" "'echo\\\\xff'" ctnr-spec plain -- "echo$byte"
refused "an entrypoint" "'sh\\\\xff'" ctnr-spec plain --entrypoint "sh$byte"
refused "a variable" "option --env: variable 'X': " ctnr-spec plain -e "X=$byte" -- true
refused "a variable's name" "option --env: variable 'X\\\\xff': " ctnr-spec plain -e "X$byte=1" -- true
refused "a variable of the host's" "option --env: variable 'X': " \
	env X="$byte" ctnr-spec plain -e X -- true
printf 'A=1\nX=%s\n' "$byte" >variables
before=$(find . -path './.*' -prune -o -name work -prune -o -print | sort)
refused "a line of a file of variables" "variables: line 2: variable 'X': " ctnr-spec plain --env-file variables -- true
refused "a working directory" "option --workdir: " ctnr-spec plain -w "/$byte" -- true
refused "a place of a volume" "option --volume " ctnr-spec plain -v "v:/v$byte" -- true
refused "a source of a mount" "option --volume " ctnr-spec plain -v "./d$byte:/v" -- true
refused "a place of a tmpfs" "option --tmpfs " ctnr-spec plain --tmpfs "/t$byte" -- true
run ctnr-spec plain --hostname "h$byte" -- true
is_status 2 "a hostname has fewer characters still"
run ctnr-spec plain -v "v$byte:/v" -- true
is_status 2 "... and so has the name of a volume"
mkdir -p accounts/rootfs/etc
printf 'app:x:10:10::/home/\377:/bin/sh\n' >accounts/rootfs/etc/passwd
run ctnr-spec ./accounts -u app -- true
is_status 2 "a home that the image's passwd gives is refused"
like_stderr "*the home of the image's user: variable 'HOME': *hint: *--env HOME=DIR*" "... and what to do"
run ctnr-spec ./accounts -u app -e HOME=/ -- true
is_status 0 "... which works"
done_testing
