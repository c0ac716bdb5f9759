#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
. "$(dirname "$0")/../lib/test.sh"
. "$(dirname "$0")/fake.sh"

calls tags alpine quay.io/a/b docker://x
is "$calls" 'fetch [--list-tags] [--short-name] [--] [docker://alpine]
fetch [--list-tags] [--short-name] [--] [docker://quay.io/a/b]
fetch [--list-tags] [--] [docker://x]' \
	"tags lists the tags of repositories"
calls image tags --creds 'user:pass word' alpine
is "$calls" 'fetch [--list-tags] [--short-name] [--creds=user:pass word] [--] [docker://alpine]' "... also as image tags"
calls tags
is_status 2 "a repository is needed"
calls manifest inspect --platform linux/arm64 docker://alpine:3
is "$calls" 'fetch [--inspect] [--raw] [--platform=linux/arm64] [--] [docker://alpine:3]' \
	"manifest inspect prints what a registry gives"
calls manifest inspect alpine debian
is_status 2 "... of one image"
calls inspect docker://alpine
is "$calls" 'fetch [--inspect] [--] [docker://alpine]' "inspect of docker://NAME asks a registry"
calls inspect --type container docker://alpine
like "$calls" 'store ?bundle? ?show?*' "... but for a container"
run "$front" search alpine
is_status 2 "search is not there"
like_stderr "*hint: 'ctnr tags NAME' lists*" "... and the hint says what is"
for option in --list-tags --inspect --raw --referrers; do
	calls pull "$option" alpine
	is_status 2 "pull does not take $option"
done
done_testing
