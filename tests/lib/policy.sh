# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# Policies for tests, and what skopeo makes of them. Source it behind registry.sh.
#
# policy_row OURS SKOPEO SOURCE POLICY TITLE    ctnr-fetch decides about SOURCE by the policy of that text:
#	OURS and SKOPEO are each "accept", "refuse" or "wrong" (the policy itself is), and skopeo's also
#	"disabled": Debian's cannot verify sigstore. What skopeo says is recorded in the row; with CTNR_TEST_ASK_PEERS it is asked again (tests/ctnr-fetch/ask-peers-policy)
# policy_write POLICY           into the file policy.json; "accept" and "reject" are the simple requirements
# $policy_options               further options of ctnr-fetch; $policy_peer_options of skopeo

policy_options=
policy_peer_options=

policy_write() {
	case $1 in
	accept) policy_text='{"default":[{"type":"insecureAcceptAnything"}]}' ;;
	reject) policy_text='{"default":[{"type":"reject"}]}' ;;
	*) policy_text=$1 ;;
	esac
	printf '%s\n' "$policy_text" >policy.json
}

policy_decision() {
	case $1 in
	0) echo accept ;;
	4) echo refuse ;;
	*) echo wrong ;;
	esac
}

# What skopeo says, in the same words.
policy_ask_peer() {
	rm -rf policy-peer
	# shellcheck disable=SC2086 # options are words
	if skopeo $policy_peer_options --policy policy.json copy --quiet --src-tls-verify=false \
		--override-os linux --override-arch amd64 "$1" dir:policy-peer >policy-peer.log 2>&1; then
		echo accept
	elif grep -q 'sigstore disabled' policy-peer.log; then
		echo disabled
	elif grep -q 'Source image rejected' policy-peer.log; then
		echo refuse
	else
		echo wrong
	fi
}

policy_row() {
	policy_write "$4"
	rm -rf policy-out
	# shellcheck disable=SC2086 # options are words
	run ctnr-fetch --layout policy-out --platform linux/amd64 --policy policy.json $policy_options "$3"
	is "$(policy_decision "$status")" "$1" "$5"
	[ "$1" = accept ] || ok "... and nothing of it is stored" \
		sh -c '! find policy-out -path "*/blobs/*" -type f 2>/dev/null | grep -q .'
	if [ -n "${CTNR_TEST_ASK_PEERS-}" ]; then
		is "$(policy_ask_peer "$3")" "$2" "... as skopeo is recorded to decide: $5"
	fi
}
