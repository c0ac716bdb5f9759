#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# identities: sub
# timeout: 60 every property with several values, each in a run of its own
# Every property of the runtime specification (properties.names), with valid and with wrong values
# (properties.tsv), and what becomes of each: "applied", with what shows it; "checked", where a right value
# shows nowhere in a container; "refused" by its name, before an ID is claimed or a process cloned; "told" by
# its name in a warning; or "nothing", where the value asks for nothing. The columns runc and crun say whether they run the same config; ask-peers asks them again.
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/bundle.sh"
needs USERNS

here=$test_lib/../ctnr-exec
grep -v '^#' "$here/properties.tsv" >rows
grep -v '^#' "$here/properties.names" >names

# Every name of the specification has a row of its own, is the parent of one that has, or is part of
# one that is refused whole.
missing=$(awk -F '\t' '
	function parent(name) {
		return sub(/[][{}]*\.[^.]*$/, "", name) ? name : ""
	}
	NR == FNR {
		fates[$1] = fates[$1] " " $2
		for (name = parent($1); name != ""; name = parent(name))
			parents[name]
		next
	}
	!($1 in fates || $1 in parents) {
		for (name = $1; name != "" && !(name in fates);)
			name = parent(name)
		if (fates[name] !~ /refused/ || fates[name] ~ /applied|checked|told/)
			print $1
	}' rows names)
is "$missing" "" "every property of the specification has a row"
is "$(cut -f 1 rows | sort -u | grep -vxFf names)" "" "... and no row is of another"
is "$(cut -f 1,2 rows | sort -u | awk -F '\t' '
	{ seen[$1] = 1 } $2 != "nothing" { fate[$1] = 1 }
	END { for (name in seen) if (!(name in fate)) print name }')" "" \
	"... and every one is applied, refused or told"
is "$(awk -F '\t' '$2 == "applied" { shown[$1] += $6 != "" }
	END { for (name in shown) if (!shown[name]) print name }' rows)" "" \
	"... and what is applied is shown"
schema=/usr/share/gocode/src/github.com/opencontainers/runtime-spec/schema
if [ -d $schema ]; then
	python3 "$here/schema-names" $schema >installed
	is "$(grep -vxFf names installed)" "" "the installed schema has no other property"
fi

bundle c
cp c/config.json plain.json
jq -c "def sh(text): .process.args = [\"sh\", \"-c\", text];
	$(cut -f 5 rows | sed 's/.*/(&)/' | paste -sd ,)" plain.json >configs
is "$(wc -l <configs)" "$(wc -l <rows)" "the table makes a config of every row"

# named MESSAGE PROPERTY: does the first line name it, or the element of an array that lacks it?
named() {
	place=${1#": config.json: "}
	place=${place%%: *}
	case $place in
	*"["[0-9]*) place=$(printf '%s\n' "$place" | sed 's/\[[0-9]*\]/[]/g') ;;
	esac
	case $place in
	"$2"*) return 0 ;;
	*"[]") [ "${2#"$place".}" != "$2" ] ;;
	*) return 1 ;;
	esac
}

check_row() {
	title=$(printf %.120s "$filter") # the runner takes so much output, and no more
	run ctnr-exec run ./c
	case $fate in
	refused)
		is_status 125 "refused: $title"
		ok "... by the name of $property" named "${stderr#ctnr-exec: error}" "$property" ||
			note "$stderr"
		[ ! -e "$XDG_RUNTIME_DIR/ctnr/exec" ] || fail "... before an ID is claimed"
		;;
	told)
		is_status 0 "told: $title" || note "$stderr"
		ok "... by the name of $property" named "${stderr#ctnr-exec: warning}" "$property" ||
			note "$stderr"
		;;
	applied | checked | nothing)
		is "$status$stderr" 0 "$fate: $title"
		case $wanted in
		"in "*.t)
			ok "... as $wanted shows" grep -q "${property##*[.]}" "$here/${wanted#in }"
			;;
		?*) is_stdout "$(printf %b "$wanted")" "... and seen inside" ;;
		esac
		;;
	*) fail "'$fate' is no fate" ;;
	esac
}

# What is refused comes first: nothing has claimed anything then.
for round in refused other; do
	while IFS='	' read -r property fate _ _ filter wanted <&3 && read -r config <&4; do
		[ "$round" = refused ] || [ "$fate" != refused ] || continue
		[ "$round" = other ] || [ "$fate" = refused ] || continue
		printf '%s\n' "$config" >c/config.json
		check_row
	done 3<rows 4<configs
	[ "$round" = other ] || fails "no state was made at all" test -e "$XDG_RUNTIME_DIR/ctnr/exec"
done
done_testing
