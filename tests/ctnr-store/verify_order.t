#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Archives that state things in odd orders: what unpacking made of them is right, whatever stood where
# before. One line each; a ";" ends an entry, "--" a layer.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/../ctnr-unpack/unpack.sh"
needs USERNS

while read -r title lines; do
	printf '%s\n' "$lines" | sed 's/ *-- */\n---\n/g; s/; /\n/g' | make_image "$title"
	unpack overlay "$title"
	is_status 0 "$title: it unpacks"
	is "$(verified "$title")" "" "... and its layers are right"
done <<'END'
parent-replaced file d/x data=x; file d data=y; dir d; file d/y data=z
link-replaced dir t; symlink l t; file l/x data=x; dir l; file l/y data=y
link-turned dir t; dir u; symlink l t; file l/x data=x; symlink l u; file l/y data=y
chain-replaced dir t; symlink m t; symlink l m; file l/x data=x; file m data=y
lower-link-replaced dir t; symlink l t -- file l/x data=x; dir l; file l/y data=y
lower-link-deleted dir t; symlink l t -- file l/x data=x; whiteout l
target-replaced file a data=x; hardlink b a; file a data=y mode=600; hardlink c a
target-made-directory file a data=x -- hardlink b a; dir a; file a/x data=y
target-below dir b; symlink a b; file a/a data=x -- hardlink a a/a
target-deleted dir d; file d/x data=x -- hardlink h d/x; file d/y data=y; opaque d
name-was-parent file b/a/x data=x; file b/a data=y; hardlink c b/a
deleted-then-made dir d; file d/x data=x -- whiteout d; file d/y data=y; whiteout d/x
opaque-then-marks dir d; file d/x data=x; dir d/e; file d/e/z data=z -- whiteout d/x; opaque d; dir d/e
made-then-deleted dir d; file d/x data=x -- dir d mode=700; file d/y data=y; whiteout d
devices-restated char a 1 3; file a data=; char a 1 5; fifo a mode=600
END

# The last one counts, however many there are.
printf 'file {} data=x times=1000\nfile {} data=xx mode=600 uid=7 times=1000\n' | make_image restated
unpack overlay restated
is "$(verified restated)" "" "an archive that states 1,000 paths twice is compared by what it says last"
in_namespace chmod 644 "$HOME"/.local/share/ctnr/layers/*/*/*/diff/999
like "$(verified restated)" '*"path":"999","error":"mode is 0644, the layer says 0600"}' \
	"... and a difference from that is told"
done_testing
