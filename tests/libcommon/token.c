/* SPDX-License-Identifier: Apache-2.0 */
/* What a token server is asked, and what its answers mean. */
#include "tap.h"

#include "base/alloc.h"
#include "registry/token.h"

static const struct token_scope scope = { "repository", "library/alpine", "pull" };

static void asks(const char *header, const char *user, const char *wanted, const char *title)
{
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	const struct credentials credentials = { .user = (char *)user,
						 .password = (char *)"secret" };
	const struct token_request request = { .challenge = &challenge,
					       .scopes = &scope,
					       .n_scopes = 1,
					       .credentials = &credentials };
	autofree char *url = NULL;

	challenge_find(header, "Bearer", &challenge, NULL);
	url = token_url(&request);
	is_str(url, wanted, title);
	ok(!strstr(url, "secret"), "... the password is not in the URL");
}

static const struct {
	const char *answer;
	const char *token; /* NULL: it is refused */
	unsigned lifetime; /* 0: TOKEN_LIFETIME */
} answers[] = {
	{ "{\"token\":\"a\"}", "a" },
	{ "{\"access_token\":\"a\"}", "a" },
	{ "{\"token\":\"a\",\"access_token\":\"b\"}", "a" },
	{ "{\"token\":\"\",\"access_token\":\"b\"}", "b" },
	{ "{\"token\":\"a\",\"access_token\":\"\"}", "a" },
	{ "{\"token\":null,\"access_token\":\"b\"}", "b" },
	{ "{\"token\":1,\"access_token\":\"b\"}", "b" },
	{ "{\"token\":\"a\",\"expires_in\":-1,\"issued_at\":\"never\"}", "a" },
	{ "{\"token\":\"a\",\"expires_in\":\"300\",\"issued_at\":5}", "a" },
	{ "{\"token\":\"a\",\"expires_in\":4000000000000000000,\"scope\":[]}", "a",
	  TOKEN_LIFETIME_MAX },
	{ "{\"token\":\"a\",\"expires_in\":300}", "a", 300 },
	{ "{\"token\":\"a\",\"expires_in\":1}", "a", 1 },
	{ "{\"token\":\"a\",\"expires_in\":0}", "a" },
	{ "{\"token\":\"a\",\"expires_in\":1e3}", "a" },
	{ "{\"token\":\"a\",\"expires_in\":null}", "a" },
	{ "{\"token\":\"!~.-_+/=\"}", "!~.-_+/=" },
	{ "{}", NULL },
	{ "[]", NULL },
	{ "", NULL },
	{ "{\"token\":\"\"}", NULL },
	{ "{\"token\":\"\",\"access_token\":\"\"}", NULL },
	{ "{\"token\":[\"a\"]}", NULL },
	{ "{\"token\":\" a\"}", NULL },
	{ "{\"token\":\"a b\"}", NULL },
	{ "{\"token\":\"a\\n\"}", NULL },
	{ "{\"token\":\"a\\r\\nX-Evil: 1\"}", NULL },
	{ "{\"token\":\"a\\u0001\"}", NULL },
	{ "{\"token\":\"a\\u007f\"}", NULL },
	{ "{\"token\":\"a\\u00ad\"}", NULL },
};

static void test_answers(void)
{
	for (size_t i = 0; i < array_size(answers); i++) {
		autostr struct str answer = STR_INIT;
		autotoken struct token token = TOKEN_INIT;
		unsigned lifetime = answers[i].lifetime ? answers[i].lifetime : TOKEN_LIFETIME;
		autofree char *wanted =
			answers[i].token ? xasprintf("Bearer %s", answers[i].token) : NULL;
		struct error err = { 0 };

		str_append(&answer, answers[i].answer);
		ok((token_read_answer(&answer, &token, &err) == 0) == (wanted != NULL),
		   answers[i].answer);
		is_str(token.authorization, wanted, "... is that token");
		if (wanted)
			is_int(token.lifetime, lifetime, "... which lives that long");
	}
}

static void test_form(void)
{
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	const struct credentials credentials = { .user = (char *)"me",
						 .identity_token = (char *)"a+b/c=&\xc3\xa4" };
	const struct token_scope none = { "repository", "", "pull" };
	struct token_request request = { .challenge = &challenge,
					 .scopes = &scope,
					 .n_scopes = 1,
					 .credentials = &credentials };
	autofree char *form = NULL;
	autofree char *url = NULL;

	challenge_find("Bearer realm=\"https://a.example/token\",service=\"a b\"", "Bearer",
		       &challenge, NULL);
	form = token_form(&request);
	is_str(form,
	       "grant_type=refresh_token&client_id=ctnr&service=a%20b"
	       "&scope=repository:library/alpine:pull&refresh_token=a%2Bb/c%3D%26%C3%A4",
	       "an identity token is exchanged by a form");
	request.scopes = &none;
	url = token_url(&request);
	is_str(url, "https://a.example/token?service=a%20b&account=me",
	       "who asks about no repository asks for no scope");
}

/* For pushing to one repository what may be in another. */
static void test_several_scopes(void)
{
	static const struct token_scope scopes[] = {
		{ "repository", "me/app", "pull,push" },
		{ "repository", "library/alpine", "pull" },
	};
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	const struct credentials credentials = { .user = (char *)"me",
						 .identity_token = (char *)"secret" };
	const struct token_request request = { .challenge = &challenge,
					       .scopes = scopes,
					       .n_scopes = 2,
					       .credentials = &credentials };
	autofree char *form = NULL;
	autofree char *url = NULL;

	challenge_find("Bearer realm=\"https://a.example/token\"", "Bearer", &challenge, NULL);
	url = token_url(&request);
	is_str(url,
	       "https://a.example/token?scope=repository:me/app:pull,push"
	       "&scope=repository:library/alpine:pull&account=me",
	       "several scopes are several parameters of one query");
	form = token_form(&request);
	is_str(form,
	       "grant_type=refresh_token&client_id=ctnr&scope=repository:me/app:pull,push"
	       "%20repository:library/alpine:pull&refresh_token=secret",
	       "... and one of a form");
}

int main(void)
{
	autofree char *text = token_scope_format(&scope);

	is_str(text, "repository:library/alpine:pull", "a scope is written out");
	asks("Bearer realm=\"https://a.example/token\"", NULL,
	     "https://a.example/token?scope=repository:library/alpine:pull",
	     "a challenge without a scope is answered for what is wanted");
	asks("Bearer realm=\"https://a.example/token\",scope=\"repository:x/y:pull,push\"", NULL,
	     "https://a.example/token?scope=repository:library/alpine:pull",
	     "... and one that names another repository, or more than is needed");
	asks("Bearer realm=\"https://a.example/token\",scope=\"repository:user/image:pull\"", NULL,
	     "https://a.example/token?scope=repository:library/alpine:pull",
	     "... or a placeholder (ghcr.io)");
	asks("Bearer realm=\"https://a.example/token\",service=\"\",scope=\"\"", NULL,
	     "https://a.example/token?scope=repository:library/alpine:pull",
	     "an empty service is none");
	asks("Bearer realm=\"https://a.example/token?x=1\",service=\"a b&c=d\"", "me",
	     "https://a.example/token?x=1&service=a%20b%26c%3Dd"
	     "&scope=repository:library/alpine:pull&account=me",
	     "values are encoded, and follow the query that the realm has");
	test_form();
	test_several_scopes();
	test_answers();
	return done_testing();
}
