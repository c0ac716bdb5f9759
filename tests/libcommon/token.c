/* SPDX-License-Identifier: Apache-2.0 */
/* What a token server is asked. (What it answers: tests/ctnr-fetch/credentials.t.) */
#include "tap.h"

#include "registry/token.h"

static const struct token_scope scope = { "repository", "library/alpine", "pull" };

static void asks(const char *header, const char *user, const char *wanted, const char *title)
{
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	const struct credentials credentials = { (char *)user, (char *)"secret", NULL };
	const struct token_request request = { .challenge = &challenge,
					       .scope = scope,
					       .credentials = &credentials };
	autofree char *url = NULL;

	challenge_find(header, "Bearer", &challenge, NULL);
	url = token_url(&request);
	is_str(url, wanted, title);
	ok(!strstr(url, "secret"), "... the password is not in the URL");
}

int main(void)
{
	autofree char *text = token_scope_format(&scope);

	is_str(text, "repository:library/alpine:pull", "a scope is written out");
	asks("Bearer realm=\"https://a.example/token\"", NULL,
	     "https://a.example/token?scope=repository:library/alpine:pull",
	     "a challenge without a scope is answered for what is wanted");
	asks("Bearer realm=\"https://a.example/token\",scope=\"repository:x/y:pull,push\"", NULL,
	     "https://a.example/token?scope=repository:x/y:pull,push",
	     "the scope of a challenge is asked for as it stands");
	asks("Bearer realm=\"https://a.example/token\",service=\"\",scope=\"\"", NULL,
	     "https://a.example/token?scope=repository:library/alpine:pull",
	     "an empty scope is none, and so is an empty service");
	asks("Bearer realm=\"https://a.example/token?x=1\",service=\"a b&c=d\"", "me",
	     "https://a.example/token?x=1&service=a%20b%26c%3Dd"
	     "&scope=repository:library/alpine:pull&account=me",
	     "values are encoded, and follow the query that the realm has");
	return done_testing();
}
