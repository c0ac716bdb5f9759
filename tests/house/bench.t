#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The bench: what it prints, and that nothing of it is left. The numbers are nobody's here.
. "$(dirname "$0")/../lib/test.sh"
needs USERNS

bench=$test_lib/../bench/run
CTNR_TEST_BUILD=${CTNR_TEST_BUILD:-$(dirname "$(dirname "$(command -v ctnr-exec)")")}
export CTNR_TEST_BUILD
mkdir place

run "$bench" --dir place --rounds 1 start layers
is_status 0 "two rows are measured, once"
is_stderr "" "... and nothing goes wrong"
like_stdout "medians of 1 interleaved runs on *, in $CTNR_TEST_TMP/place*" \
	"... the head says how, and where"
like_stdout "*
start of a bundle*, pinned
  ctnr-exec run (copy) *[0-9].[0-9] ms  (*[0-9] to *[0-9])    1.00 of it*" \
	"... a row has each candidate's median and range"
like_stdout "*
  goal: ctnr-exec run (copy) at most 1.25 of unshare -Urmpf chroot: *[0-9] (minima *), [mM]*" \
	"... and the verdict on each goal"
like_stdout "*
  a layer more: *[0-9] us
*" "... or a figure without one"
like_stdout "*
summary
  row *work *ours *goal, at most *got
  start *ctnr-exec run (copy) *ms *1.25 of unshare -Urmpf chroot *(minima *)*
  layers *a layer more *[0-9] us *-*-" "the last table has them all"
is "$(ls place)" "" "nothing is left"

run "$bench" nosuch
is_status 2 "a row that does not exist is a mistake"
like_stderr "*unknown row 'nosuch': start, *" "... and the message has those that do"

# Interrupted while the row's process works, which the row's directory shows.
"$bench" --dir place layers >out 2>&1 &
bench_pid=$!
eventually 20 sh -c 'test -d place/*/m*/1'
kill -TERM "$bench_pid"
wait "$bench_pid"
is $? 143 "an interrupted bench says so"
is "$(ls place)" "" "... and leaves nothing"
done_testing
