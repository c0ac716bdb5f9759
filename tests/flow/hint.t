#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A hint can be followed as it is printed, and a command that refuses leaves nothing.
. "$(dirname "$0")/../lib/test.sh"
. "$test_lib/image.sh"
needs USERNS

image=oci:$(busybox_layout)

# hints TITLE HINT CMD...: the hint of the failing command; "" for none
hints() {
	title=$1
	wanted=$2
	shift 2
	run "$@"
	isnt "$status" 0 "$title fails"
	is "$(printf '%s\n' "$stderr" | sed -n 's/^[a-z-]*: hint: //p')" "$wanted" "... with its hint"
}

# What is no name is not pulled by it.
hints "an image that is not there" "fetch it with 'ctnr pull nosuch:1'" ctnr-unpack nosuch:1
hints "a registry's image" "fetch it with 'ctnr pull docker://host.example/a/b'" ctnr-unpack docker://host.example/a/b
hints "a digest of a name" \
	"fetch it with 'ctnr pull a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'" \
	ctnr-unpack a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
hints "a local image" "" ctnr-unpack localhost/nosuch
hints "too few digits" "a digest, or its first 8 digits or more, name an image" ctnr-unpack sha256:00
hints "enough digits" "" ctnr-unpack sha256:0123456789
hints "upper case" "names of images are lower case" ctnr-unpack UPPER/Case
hints "upper case below a registry" "names of images are lower case" ctnr-unpack docker://host.example/Case
hints "a word with a blank" "" ctnr-unpack 'a b'

# A store that can only be read.
ctnr-fetch -t here "$image" >/dev/null
cp -r "$HOME/.local/share/ctnr" ro
chmod -R a-w ro
at_end 'chmod -R u+w ro'
before=$(cd ro && find . -ls)
for command in 'image rm here' 'image untag here' 'image tag here there'; do
	# shellcheck disable=SC2086 # words
	hints "$command in a read-only store" "another place is chosen with --store DIR or CTNR_STORE" \
		ctnr-store --store ro $command
	like_stderr "*error: store: cannot write to '*/ro': Permission denied*" "... and says so"
done
is "$(cd ro && find . -ls)" "$before" "... and nothing has changed"
ctnr-fetch --layout elsewhere "$image" >/dev/null
run ctnr-store --store ro image tag oci:elsewhere there
is_status 0 "a layout elsewhere can be changed all the same"

# A directory that is no bundle.
mkdir plain
hints "a directory without config.json" "'ctnr bundle' makes a bundle with one, and 'ctnr-exec spec' writes one" ctnr-exec run ./plain
is "$(ls -A plain)" "" "... and nothing is left in it"
echo '{' >plain/config.json
run ctnr-exec run ./plain
is_status 125 "a directory with half a config.json fails"
is "$(ls -A plain)" config.json "... and nothing is left in it"
rm plain/config.json
mkdir broken
"$test_lib/make-layout.py" broken </dev/null >/dev/null
jq '.manifests[0].size += 1' broken/index.json >index && mv index broken/index.json
run ctnr-unpack --driver copy --update -b ./plain oci:broken
isnt "$status" 0 "an image that is broken cannot become a bundle there"
is "$(ls -A plain)" "" "... and nothing is left in it"
ctnr-unpack -b good "$image" >/dev/null
ctnr-spec good -- true >/dev/null
ctnr-exec run good
run ctnr-exec run --run-dir /proc/nosuch good
is_status 125 "a bundle that has run is refused later"
ok "... and keeps its file of locks" test -e "$HOME/.local/share/ctnr/bundles/good/lock"

hints "a mount source that is missing" "make it first, or mount a volume by its name: -v NAME:/data" \
	ctnr-spec good -v ./nosuch:/data -- true
ln -s loop loop
hints "a mount source that is a loop" "" ctnr-spec good -v ./loop:/data -- true
done_testing
