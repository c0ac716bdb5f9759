#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runner itself: what it counts, what it calls a failure, and what it leaves.
. "$(dirname "$0")/../lib/test.sh"

mkdir -p tree/tests/x tree/build/bin
cp -r "$test_lib" "$test_lib/../run" tree/tests

# write_test NAME [HEADER]: a test file from stdin.
write_test() {
	{
		echo '#!/bin/sh'
		[ $# -lt 2 ] || printf '%s\n' "$2"
		echo '. "$(dirname "$0")/../lib/test.sh"'
		cat
	} >"tree/tests/x/$1.t"
}
count() {
	run env -u CTNR_TEST_MUST_RUN "$@" CTNR_TEST_BUILD="$CTNR_TEST_TMP/tree/build" \
		tree/tests/run --as "$CTNR_TEST_IDENTITY" --timeout 3 tree/tests/x
	last=$(printf '%s\n' "$stdout" | tail -n 1)
}
# fails_alone NAME PATTERN TITLE: that file beside the good one is one failure, said so.
fails_alone() {
	count CTNR_TEST_SCALE=1
	is_status 1 "$3"
	is "$last" "6 passed, 1 failed, 0 skipped" "... as one failure"
	like_stdout "$2" "... and is told why"
	rm "tree/tests/x/$1.t"
}

write_test good <<'END'
pass one
is 1 1 "two"
run sh -c 'echo out; echo err >&2; exit 3'
is_status 3 "a status"
is_stdout out "what it printed"
like_stderr 'e*' "and said"
fails "a command that fails" false
done_testing
END
count CTNR_TEST_SCALE=1
is_status 0 "a run without failures succeeds"
is "$last" "6 passed, 0 failed, 0 skipped" "the last line is the count"

# What the caller's environment and the system's files say.
write_test shield <<'END'
is "$(env | grep -ci -e _proxy= -e '^REGISTRY_AUTH_FILE=' -e '^DOCKER_CONFIG=' -e '^CONTAINERS_' -e '^SSL_CERT_FILE=')" 0 "nothing is set"
is "$(jq -c .default "$HOME/.config/containers/policy.json")" '[{"type":"insecureAcceptAnything"}]' "a policy"
ok "and registries" test -f "$HOME/.config/containers/registries.conf" -a -d "$HOME/.config/containers/registries.d"
done_testing
END
run env http_proxy=http://127.0.0.1:1 HTTPS_PROXY=x no_proxy=y REGISTRY_AUTH_FILE=/a DOCKER_CONFIG=/b CONTAINERS_REGISTRIES_CONF=/c \
	SSL_CERT_FILE=/d sh tree/tests/x/shield.t
is_status 0 "the caller's proxies, logins, registries and authorities are no test's" || note "$stdout"
like_stdout "*1..3" "... which looked"
rm tree/tests/x/shield.t

write_test skips <<'END'
has PEER:no-such-program "needs a program" && pass "not here"
done_testing
END
count CTNR_TEST_SCALE=1
is_status 0 "a skip is no failure"
is "$last" "6 passed, 0 failed, 1 skipped" "... and is counted"
count CTNR_TEST_MUST_RUN=1
is_status 1 "a skip is a failure where nothing may be skipped"
is "$last" "6 passed, 1 failed, 0 skipped" "... and is counted as one"
like_stdout "*not ok 1 - needs a program*# PEER:no-such-program is missing*" "... and is named"
rm tree/tests/x/skips.t

write_test skipped <<'END'
needs PEER:no-such-program
pass "not here"
done_testing
END
count CTNR_TEST_SCALE=1
is_status 0 "a file that is skipped whole is no failure"
is "$last" "6 passed, 0 failed, 1 skipped" "... and is counted as one skip"
count CTNR_TEST_MUST_RUN=1
is_status 1 "... but a failure where nothing may be skipped"
is "$last" "6 passed, 1 failed, 0 skipped" "... which is counted as one"
rm tree/tests/x/skipped.t

write_test nothing <<'END'
fails "nothing is in a file that is not there" grep -q x nosuch
done_testing
END
fails_alone nothing "*# could not run: grep -q x nosuch*" "a command that could not look has not failed"
write_test nobody <<'END'
fails "nobody is there" no-such-program
done_testing
END
fails_alone nobody "*# could not run: no-such-program*" "... nor has one that is not there"
echo 'done_testing' | write_test empty
fails_alone empty "*# it has no assertion*" "a file without assertions fails"
echo 'echo "1..0 # SKIP"' | write_test silent
fails_alone silent "*# the skip names no prerequisite*" "a skip of a whole file without a reason fails"
echo 'echo "1..0 # SKIP not today"' | write_test excuse
fails_alone excuse "*# the skip names no prerequisite*" "... and so does one that names no prerequisite"

echo 'pass one; done_testing' | write_test whom "# identities: sub one root"
fails_alone whom '*# "identities:" without "differs:"*' \
	"a file that runs as several identities must say what differs for them"
echo 'pass one; done_testing' | write_test whom "# identities: root"
fails_alone whom '*# "identities:" without "differs:"*' "... and so must one that runs as another than sub"
echo 'pass one; done_testing' | write_test whom "# identities: anybody
# differs: all"
fails_alone whom '*# "identities:" names anybody*' "an identity that is none is refused"
echo 'pass one; done_testing' | write_test whom "# identities: $CTNR_TEST_IDENTITY
# differs: the names that it has"
count CTNR_TEST_SCALE=1
is "$last" "7 passed, 0 failed, 0 skipped" "a file runs as whom it names"
rm tree/tests/x/whom.t

echo 'pass one; done_testing' | write_test long "# timeout: 61 it is large"
fails_alone long '*# "timeout:" takes at most 60 seconds*' "no file may take more than 60 seconds"
echo 'pass one; done_testing' | write_test long "# timeout: 60"
fails_alone long '*# "timeout:" without the reason*' "... and none more than 30 without a reason"

write_test wrong <<'END'
is 1 2 "one is two"
pass "letters"
like abc 'x*' "... have no match"
done_testing
END
count CTNR_TEST_SCALE=1
is_status 1 "a test that fails makes the run fail"
is "$last" "7 passed, 2 failed, 0 skipped" "... and is counted"
like_stdout "*not ok 3 - letters ... have no match*" "... by a title that can be read alone"
like_stdout "*slowest:*tests/x/*passed*" "... and the slowest files are listed before the count"
like_stdout "*-2*+1*" "... and the difference is shown"
like_stdout "*tests/run --as $CTNR_TEST_IDENTITY tests/x/wrong.t*" "... with how to run it alone"
rm tree/tests/x/wrong.t

write_test early <<'END'
pass "before"
exit 0
END
count CTNR_TEST_SCALE=1
is_status 1 "a file that ends without its plan fails"
is "$last" "7 passed, 1 failed, 0 skipped" "... and counts as one failure"
rm tree/tests/x/early.t

write_test hangs <<'END'
sleep 1000 &
sleep 1000
done_testing
END
count CTNR_TEST_SCALE=1
is_status 1 "a file that hangs is killed and fails"
like_stdout "*killed after 3 s*" "... and is said to hang"
rm tree/tests/x/hangs.t

is "$(ls -d "$CTNR_TEST_TMP"/ctnr-tests.* 2>/dev/null)" "" "no temporary directory is left"
done_testing
