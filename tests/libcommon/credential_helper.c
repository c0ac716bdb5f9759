/* SPDX-License-Identifier: Apache-2.0 */
/* What a credential helper may be called, and what its answers mean. (That it runs: tests/ctnr-fetch/helper.t.) */
#include "tap.h"

#include "registry/credential_helper.h"

static const struct {
	const char *name;
	bool is_valid;
} names[] = {
	{ "pass", true },
	{ "ecr-login", true },
	{ "a.b_c-1", true },
	{ "1password", true },
	{ "", false },
	{ "../x", false },
	{ "a/b", false },
	{ "-x", false },
	{ ".x", false },
	{ "a b", false },
	{ "a\tb", false },
	{ "a\xc3\xa4", false },
	{ "0123456789012345678901234567890123456789012345678901234567890123", true },
	{ "01234567890123456789012345678901234567890123456789012345678901234", false },
};

static const struct {
	const char *answer;
	int result;
	const char *user;
	const char *password;
	const char *identity_token;
} answers[] = {
	{ "{\"ServerURL\":\"a.io\",\"Username\":\"u\",\"Secret\":\"s\"}", 1, "u", "s", NULL },
	{ "{\"Username\":\"<token>\",\"Secret\":\"t\"}", 1, "<token>", NULL, "t" },
	{ "{\"Username\":\"\",\"Secret\":\"\"}", 0, NULL, NULL, NULL },
	{ "{}", 0, NULL, NULL, NULL },
	{ "{\"Username\":\"u\"}", -1, NULL, NULL, NULL },
	{ "{\"Secret\":\"s3cret\"}", -1, NULL, NULL, NULL },
	{ "{\"Username\":1,\"Secret\":\"s3cret\"}", -1, NULL, NULL, NULL },
	{ "{\"Username\":\"u\",\"Secret\":[\"s3cret\"]}", -1, NULL, NULL, NULL },
	{ "{\"Username\":\"u\\u0000\",\"Secret\":\"s3cret\"}", -1, NULL, NULL, NULL },
	{ "{\"Username\":\"u\",\"Secret\":\"s3cret", -1, NULL, NULL, NULL },
	{ "s3cret", -1, NULL, NULL, NULL },
	{ "", -1, NULL, NULL, NULL },
	{ "[]", -1, NULL, NULL, NULL },
};

int main(void)
{
	for (size_t i = 0; i < array_size(names); i++)
		ok(credential_helper_name_is_valid(names[i].name) == names[i].is_valid,
		   names[i].name);
	for (size_t i = 0; i < array_size(answers); i++) {
		autocredentials struct credentials got = CREDENTIALS_INIT;
		autostr struct str answer = STR_INIT;
		struct error err = { 0 };

		str_append(&answer, answers[i].answer);
		is_int(credential_helper_read_answer(&answer, &got, &err), answers[i].result,
		       answers[i].answer);
		is_str(got.user, answers[i].user, "... has that user");
		is_str(got.password, answers[i].password, "... that password");
		is_str(got.identity_token, answers[i].identity_token, "... that token");
		ok(!strstr(err.message, "s3cret"), "... and no message repeats it");
	}
	return done_testing();
}
