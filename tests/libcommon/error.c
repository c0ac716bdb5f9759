/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/error.h"

#include <errno.h>

static void fill(char *text, size_t size)
{
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
}

static void test_setting(void)
{
	struct error err = { .hint = "old" };
	char name[2000];

	is_int(error_set(&err, ERROR_VERIFY, "layer %d", 7), -1, "setting an error returns -1");
	ok(error_is(&err, ERROR_VERIFY) && error_errno_is(&err, 0), "its kind is kept");
	is_str(err.message, "layer 7", "... and its message");
	is_str(err.hint, "", "... and an earlier hint is gone");
	errno = ENOENT;
	is_int(error_errno(&err, "cannot open '%s'", "f"), -1, "an errno is an error");
	is_str(err.message, "cannot open 'f': No such file or directory", "... said in words");
	ok(errno == ENOENT && error_errno_is(&err, ENOENT) && error_is(&err, ERROR_FAILED),
	   "... and kept");
	errno = ECONNRESET;
	error_errno(&err, "peer");
	ok(error_is(&err, ERROR_TEMPORARY), "a broken connection is temporary");
	errno = ENOSPC;
	error_errno(&err, "disk");
	ok(err.hint[0], "a full disk has a hint");
	fill(name, sizeof(name));
	error_set(&err, ERROR_FAILED, "%s", name);
	is_int((intmax_t)strlen(err.message), sizeof(err.message) - 1, "a long message is cut");
	is_str(err.message + sizeof(err.message) - 4, "...", "... and ends with dots");
	errno = EIO;
	error_errno(&err, "%s", name);
	is_str(err.message + sizeof(err.message) - 4, "...", "... with an errno behind it too");
}

static void test_changing(void)
{
	struct error err = { 0 };
	struct error other = { 0 };

	ok(error_is(&err, 0), "an error that is not set is none");
	error_set(&err, ERROR_FAILED, "not there");
	is_int(error_prefix(&err, "image '%s'", "x"), -1, "a prefix returns -1");
	is_str(err.message, "image 'x': not there", "... and comes first");
	ok(error_mentions(&err, "'x'") && !error_mentions(&err, "'y'"),
	   "text is found in a message");
	is_int(error_hint(&err, "try %d", 1), -1, "a hint returns -1");
	error_default_hint(&err, "try %d", 2);
	is_str(err.hint, "try 1", "a hint stays where another is offered");
	error_hint(&err, "try %d", 3);
	is_str(err.hint, "try 3", "... and goes where another is set");
	is_int(error_recode(&err, ERROR_NOT_FOUND), -1, "another kind returns -1");
	ok(error_is(&err, ERROR_NOT_FOUND) && err.message[0] && err.hint[0],
	   "... and keeps message and hint");
	is_int(error_move(&other, &err), -1, "moving an error returns -1");
	ok(memcmp(&other, &err, sizeof(err)) == 0, "... and moves all of it");
	err.hint[0] = '\0';
	error_default_hint(&err, "try %d", 4);
	is_str(err.hint, "try 4", "a hint is set where there is none");
	is_int(error_silent(&err, ERROR_NOT_FOUND), -1, "a silent error is an error");
	error_prefix(&err, "image");
	ok(error_is(&err, ERROR_NOT_FOUND) && !err.message[0] && !err.hint[0],
	   "... of which nothing is said, with a prefix neither");
}

/* Whoever does not care passes NULL. */
static void test_null(void)
{
	const struct error cause = { .code = ERROR_FAILED };
	int sum = 0;

	sum += error_set(NULL, ERROR_FAILED, "x");
	sum += error_errno(NULL, "x");
	sum += error_silent(NULL, ERROR_FAILED);
	sum += error_move(NULL, &cause);
	sum += error_recode(NULL, ERROR_VERIFY);
	sum += error_prefix(NULL, "x");
	sum += error_hint(NULL, "x");
	sum += error_default_hint(NULL, "x");
	is_int(sum, -8, "all that is done to no error returns -1");
	ok(!error_is(NULL, 0) && !error_is(NULL, ERROR_FAILED) && !error_errno_is(NULL, 0) &&
		   !error_mentions(NULL, ""),
	   "and nothing is true of it");
}

int main(void)
{
	test_setting();
	test_changing();
	test_null();
	return done_testing();
}
