# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
#
# What registries.tsv says about ctnr-fetch, and what is asked of the peers. Source it behind test.sh.
#
# A row is a configuration and a reference; "short:NAME" is a name as somebody types it. The answers are the
# places in the order in which they are asked, with "!" behind one that may be insecure, or "blocked" or
# "error"; "=" in the column of ctnr-fetch is the answer of the peer.

registries_digest=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# registries_each COMMAND: run it for each row, with title, reference, peer, wanted, why and the file conf.
registries_each() {
	while IFS='	' read -r title reference peer wanted why text <&3; do
		case $title in
		'# '*) continue ;;
		esac
		printf '%b\n' "$text" >conf
		case $reference in
		*@DIGEST) asked=${reference%DIGEST}$registries_digest ;;
		*) asked=$reference ;;
		esac
		"$1"
	done 3<"$test_lib/../ctnr-fetch/registries.tsv"
}
