/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "net/challenge.h"

#include <stddef.h>

/* What a Bearer challenge asks for. */
static void asks(const char *value, const char *service, const char *scope, const char *title)
{
	autochallenge struct challenge challenge = CHALLENGE_INIT;

	is_int(challenge_find(value, "Bearer", &challenge, NULL), 1, title);
	is_str(challenge.realm, "https://a.example/t?x=1", "... with the realm");
	is_str(challenge.service, service, "... the service");
	is_str(challenge.scope, scope, "... and the scope");
}

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
	find("Bearer scope=x, realm=", "Bearer", 1, "", "a value that is not there is empty");
	find("Bearer realm=\"a\"b", "Bearer", -1, NULL, "no letter follows a string");
	find("Bearer realm=a\"b\"", "Bearer", -1, NULL, "no string follows a letter");
	find("Basic realm=\"a\" Bearer realm=\"b\"", "Bearer", 1, "b",
	     "a challenge behind a blank");
	find("\"x\"", "Bearer", -1, NULL, "no scheme");
	find("", "Bearer", 0, NULL, "nothing");
}

#define REALM "realm=\"https://a.example/t?x=1\""

/* As registries and proxies were seen to write them. */
static void test_habits(void)
{
	find("Basic realm=/", "Basic", 1, "/", "a realm that is a path");
	find("Negotiate, Basic realm=\"Artifactory Realm\"", "Basic", 1, "Artifactory Realm",
	     "a scheme before it that is not spoken here");
	find("Bearer realm=\"https://a.example/t?x=1,y=2\",service=b", "Bearer", 1,
	     "https://a.example/t?x=1,y=2", "a realm with a comma in its query");
	asks("Bearer " REALM ",service=a.example,scope=repository:x/y:pull", "a.example",
	     "repository:x/y:pull", "a scope without quotes");
	asks("Bearer realm=https://a.example/t?x=1,service=b,scope=repository:x:pull,push", "b",
	     "repository:x:pull", "... ends at a comma, and so does a realm");
	asks("Bearer " REALM ",service=,scope=", "", "", "empty ones without quotes");
	asks("Bearer service=,scope=x," REALM, NULL, "x", "... also at the beginning");
	asks("Bearer " REALM " service=\"b\" scope=\"c\"", "b", "c", "blanks for commas");
	asks("Basic realm=\"r\", Bearer " REALM ",scope=\"a b\"", NULL, "a b",
	     "two scopes, behind another challenge");
	asks("Bearer " REALM ",error=\"invalid_token\",scope=c, Basic", NULL, "c",
	     "unknown parameters, before another challenge");
}

int main(void)
{
	test_grammar();
	test_habits();
	return done_testing();
}
