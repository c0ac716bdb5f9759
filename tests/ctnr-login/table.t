#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What files of logins say, beside what skopeo takes them for (auth.tsv).
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-login/table.sh"

table_rows
while IFS=$tab read -r text name ours skopeo why; do
	printf '%s' "$text" >auth.json
	is "$(table_ask ctnr-login login --authfile auth.json --get-login "$name")" "$ours" \
		"$name by $text"
	[ "$ours" = "$skopeo" ] || [ -n "$why" ] || fail "... differs from skopeo, and nobody says why"
done <rows
done_testing
