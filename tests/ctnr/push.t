#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ctnr push: docker's, podman's, buildah's and skopeo's words (push.tsv).
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

table=$(dirname "$0")/push.tsv
tab=$(printf '\t')

calls push app
is "$calls" "push [--] [app]" "an image is pushed to where its name says"
calls push -q app docker://example.org/app:1
is "$calls" "push [--progress=none] [--] [app] [docker://example.org/app:1]" "... or to DESTINATION; -q shows no progress"
calls image push --creds=u:p a b oci-archive:all.tar
is "$calls" "push [--creds=u:p] [--] [a] [b] [oci-archive:all.tar]" "... or several to an archive"
calls push
is_status 2 "without an image it is a mistake"
is "$calls" "" "... and calls nothing"
echo 5 >STATUS.push
calls push app
is_status 5 "the status is that of ctnr-push"
rm STATUS.push

options=$("$front" --dump-options)
kind_of() {
	echo "$options" | awk -F '\t' -v option="$1" '$1 == "push" && $2 == option { print $5 ($6 == "-" ? "" : " " $6) }'
}
while IFS=$tab read -r who option means; do
	case $who in \#* | '') continue ;; esac
	if [ "$means" = absent ]; then
		calls push "$option=x" app
		is_status 2 "$who's $option is refused"
		like_stderr "ctnr push: error: option $option*is not there yet*" "... by its name"
		is "$calls" "" "... and calls nothing"
		continue
	fi
	case $(kind_of "$means") in
	bool) value=true ;;
	choice*) value=oci ;;
	*) value=1 ;;
	esac
	calls push "$option=$value" app
	case $means in
	--quiet) wanted='push [--progress=none] [--] [app]' ;;
	*) wanted="push [$means=$value] [--] [app]" ;;
	esac
	is "$calls" "$wanted" "$who's $option is $means"
done <"$table"

# options_of COMMAND...: the long options in its help text.
options_of() {
	"$@" --help 2>/dev/null | sed -n 's/^ *\(-[A-Za-z], \)\{0,1\}\(--[a-z-]*\).*/\2/p' | grep -vx -e --help
}
for peer in docker podman buildah skopeo; do
	command -v "$peer" >/dev/null || continue
	verb=push
	[ "$peer" != skopeo ] || verb=copy
	options_of "$peer" "$verb" >has
	ok "$peer tells its options" test -s has
	is "$(while read -r option; do
		grep -q "^$peer$tab$option$tab" "$table" || echo "$option"
	done <has)" "" "... and each has a row"
done
done_testing
