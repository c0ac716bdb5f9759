/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "net/challenge.h"

#include <stddef.h>

static void find(const char *value, const char *scheme, int wanted, const char *realm,
		 const char *title)
{
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	int found = challenge_find(value, scheme, &challenge, NULL);

	is_int(found, wanted, title);
	is_str(challenge.realm, realm, "... with that realm");
}

static void test_grammar(void)
{
	find("Basic realm=\"x\"", "Basic", 1, "x", "a quoted realm");
	find("bASIC REALM=x", "Basic", 1, "x", "names are case-insensitive, values may be tokens");
	find("Basic", "Basic", 1, NULL, "a scheme alone");
	find("Basic realm=\"a \\\"b\\\", Bearer realm=c\"", "Bearer", 0, NULL,
	     "a challenge inside of a quoted string is none");
	find("Basic realm=\"a\\\"b\"", "Basic", 1, "a\"b", "escapes are undone");
	find("Negotiate, Basic realm=a, Bearer realm=\"b\",service=\"c\"", "Bearer", 1, "b",
	     "one of several in a header");
	find("Negotiate abc==, Bearer realm=b", "Bearer", 1, "b", "behind credentials of another");
	find("Bearer realm=a, realm=b", "Bearer", 1, "a", "the first of two counts");
	find("Bearer realm = \"a\"", "Bearer", 1, "a", "blanks around the sign");
	find(",, Bearer ,realm=a,", "Bearer", 1, "a", "empty elements");
	find("Bearer realm=\"a", "Bearer", -1, NULL, "a string without end is malformed");
	find("Bearer realm=\"a\\", "Bearer", -1, NULL, "an escape without end is malformed");
	find("Bearer realm=, scope=x", "Bearer", 1, NULL, "a token68 is no parameter");
	find("Bearer scope=x, realm=", "Bearer", -1, NULL, "a value is needed");
	find("Bearer realm=\"a\"b", "Bearer", -1, NULL, "nothing follows a string but a comma");
	find("\"x\"", "Bearer", -1, NULL, "no scheme");
	find("", "Bearer", 0, NULL, "nothing");
}

int main(void)
{
	test_grammar();
	return done_testing();
}
