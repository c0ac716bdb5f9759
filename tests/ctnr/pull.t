#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

calls run alpine
is "$calls" 'unpack [--if-present] [--] [alpine]
spec [--] [{"unpack":1}]
exec [run] [--] [{"spec":1}]' "an image that is there is not pulled"

# Not there: unpack says so by its status.
printf 3 >STATUS.unpack
calls run alpine
like "$calls" 'unpack ?--if-present? ?--? ?alpine?
unpack ?--check? ?--?
spec ?--check? ?--?
fetch ?--short-name? ?--if-missing? ?--? ?docker://alpine?
unpack ?--? ?{"fetch":1}?*' "an image that is not there is pulled, and its record unpacked"
is_status 125 "... and when that fails too it is 125"
unlike_stderr "*pulling*" "... and nothing is said about it where there is no terminal"

# Which registry and tag that is, the tools know.
for name in alpine:3.20 alpine@sha256:e3b0c442 grafana/grafana quay.io/a/b:1 localhost:5000/a Host/a cafe; do
	calls run "$name"
	is "$calls" "unpack [--if-present] [--] [$name]
unpack [--check] [--]
spec [--check] [--]
fetch [--short-name] [--if-missing] [--] [docker://$name]
unpack [--] [{\"fetch\":1}]" "$name is pulled by its name"
done

calls run docker://alpine
like "$calls" 'unpack ?--if-present? ?--? ?docker://alpine?
unpack ?--check? ?--?
spec ?--check? ?--?
fetch ?--? ?docker://alpine?*' "docker://alpine is looked for as an address: localhost/alpine is another"

for name in localhost/app sha256:e3b0c44298fc1c14 e3b0c442 oci:dir '{"layout":"x"}' -; do
	calls run "$name"
	is "$calls" "unpack [--] [$name]" "$name is not pulled"
	is_status 125 "... and not being there is 125"
done

calls run --pull never alpine
is "$calls" "unpack [--] [alpine]" "--pull never pulls nothing"

calls run --pull never docker-archive:file.tar
is_status 125 "... and what is nowhere but there cannot run"
is "$calls" "" "... so nothing is called"

calls run oci-archive:file.tar
like "$calls" '*
fetch ?--? ?oci-archive:file.tar?*' "any other transport goes to ctnr-fetch"

printf 4 >STATUS.unpack
calls run alpine
is "$calls" 'unpack [--if-present] [--] [alpine]' "a failure that is not a missing image pulls nothing"
is_status 125 "... and is 125"
rm STATUS.unpack

calls run --pull always -e A=1 --name web alpine sh -c x
like "$calls" 'unpack ?--check? ?--bundle=web? ?--?
spec ?--check? ?--env=A=1? ?--? ?sh? ?-c? ?x?
fetch ?--short-name? ?--? ?docker://alpine?
unpack ?--bundle=web? ?--? ?{"fetch":1}?*' "--pull always pulls what is there, when the options are right"
calls run --pull always localhost/app
is_status 125 "... and refuses what has no registry"
is "$calls" "" "... before anything else"
like_stderr "ctnr run: error: 'localhost/app' cannot be pulled: *" "... and says so"

printf 5 >STATUS.fetch
calls run --pull always alpine
is_status 125 "a pull that fails is 125"
unlike "$calls" "*unpack ?--? *" "... and ends it"
calls pull alpine debian
is_status 5 "the status of pull is that of ctnr-fetch"
is "$calls" 'fetch [--short-name] [--] [docker://alpine] [docker://debian]' "... which is called once for all images"
rm STATUS.fetch

calls pull --creds 'user:pass word' -- quay.io/a/b c
is "$calls" "fetch [--short-name] [--creds=user:pass word] [--] [docker://quay.io/a/b] [docker://c]" \
	"pull takes names"
calls pull oci:dir docker://x
is "$calls" "fetch [--] [oci:dir] [docker://x]" "... and addresses"
is_stdout '{"fetch":1}' "... and prints what ctnr-fetch prints"
calls pull --creds 'user:pass word' -- quay.io/a/b oci:dir
is "$calls" "fetch [--check] [--creds=user:pass word] [--] [docker://quay.io/a/b]
fetch [--check] [--creds=user:pass word] [--] [oci:dir]
fetch [--short-name] [--creds=user:pass word] [--] [docker://quay.io/a/b]
fetch [--creds=user:pass word] [--] [oci:dir]" "both need a call each, and are looked at before"
calls pull alpine localhost/app
is_status 2 "what names no registry is refused"
is "$calls" "" "... before anything is pulled"
calls pull alpine --platform linux/arm64 -q
is "$calls" "fetch [--short-name] [--platform=linux/arm64] [--progress=none] [--] [docker://alpine]" "options may stand behind an image"
calls pull alpine --nosuch
is_status 2 "... but not one that is unknown"
is "$calls" "" "... and nothing is pulled"
for option in --tag=x '--tag x' '-t x'; do
	# shellcheck disable=SC2086 # words
	calls pull $option alpine debian
	is_status 2 "one name for several images is refused: $option"
	is_stderr "ctnr pull: error: option --tag: one name for 2 images
ctnr pull: hint: try 'ctnr pull --help'" "... as that"
	is "$calls" "" "... and nothing is pulled"
done
calls pull -t x alpine
is "$calls" "fetch [--short-name] [--tag=x] [--] [docker://alpine]" "... and for one is fetch's own affair"

done_testing
