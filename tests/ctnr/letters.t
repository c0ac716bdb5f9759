#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A letter means what it means in docker and podman, or is refused by its name (letters.tsv).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

table=$(dirname "$0")/letters.tsv
tab=$(printf '\t')
options=$("$front" --dump-options)

while IFS=$tab read -r verb letter means name; do
	case $verb in \#*) continue ;; esac
	if [ "$means" = absent ]; then
		calls "$verb" "$letter" x
		isnt "$status" 0 "ctnr $verb $letter fails"
		like_stderr "ctnr $verb: error: option $letter ($name) is not there yet*" "... and names $name"
		is "$calls" "" "... and calls nothing"
		calls "$verb" "$name=x"
		like_stderr "ctnr $verb: error: option $name*is not there yet*" "... as $name does"
	else
		is "$means" "$name" "ctnr $verb $letter is the option that it is elsewhere"
		like "$options" "*$verb$tab$means$tab$letter$tab*" "... and $verb has it"
	fi
done <"$table"

# letters_of COMMAND: the letters in its help text, with their names.
letters_of() {
	"$@" --help | sed -n 's/^ *\(-[A-Za-z]\), \(--[a-z-]*\).*/\1 \2/p'
}

# known VERB LETTER NAME: is there a row, or is it the letter of help or version?
known() {
	case $2 in -h) [ "$3" != --help ] || return 0 ;; esac
	grep -qx "$1$tab$2$tab.*$tab$3" "$table"
}

for peer in podman docker; do
	# What both have in common is podman's already.
	[ "$peer" = podman ] || command -v "$peer" >/dev/null || continue
	has "PEER:$peer" "all letters of $peer are in the table" || continue
	for verb in run pull images ps rm rmi tag inspect commit history version; do
		missing=$(letters_of "$peer" "$verb" | while read -r letter name; do
			# docker spells two of podman's in another way.
			case "$peer $verb $letter" in
			"docker rm -l") continue ;; # --link
			esac
			known "$verb" "$letter" "$name" || printf ' %s %s' "$letter" "$name"
		done)
		is "$missing" "" "every letter of $peer $verb is in the table"
	done
	for name in $("$peer" run --help | sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}\(--[a-z0-9-]*\).*/\2/p'); do
		calls run "$name=x"
		unlike_stderr "*unknown option*" "$peer run $name is known, if only as not there yet"
	done
done

done_testing
