/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens for registries (distribution's token authentication): what a registry's Bearer challenge
 * asks for is fetched from its realm.
 *
 *	const struct token_request request = {
 *		.challenge = &challenge,
 *		.registry = &url,
 *		.scopes = &scope,	// { "repository", "library/alpine", "pull" }
 *		.n_scopes = 1,
 *		.credentials = &credentials,
 *	};
 *
 *	if (token_fetch(http, &request, &token, err) < 0) ...
 *
 * The realm is https, but for a loopback realm of a loopback registry, and for one on the host of a registry
 * that is itself spoken to by plain HTTP. Credentials are sent to a realm that they belong to
 * (registry/credentials.h); to another the request is not made at all. An identity token goes there by POST
 * (OAuth2, RFC 6749, section 6), a password as Basic by GET.
 *
 * Several scopes are asked for in one token. They are ours, whatever the challenge says: a registry that names
 * another repository, or more than is needed, would get a token for that; and some name a placeholder (ghcr.io:
 * repository:user/image:pull).
 * The answer has at most TOKEN_ANSWER_MAX bytes, and its token is one word of visible characters.
 */
#ifndef REGISTRY_TOKEN_H
#define REGISTRY_TOKEN_H

#include "net/challenge.h"
#include "net/http.h"
#include "registry/credentials.h"

#define TOKEN_ANSWER_MAX (256U << 10) /* bytes */
#define TOKEN_LIFETIME 60 /* seconds, where the answer names none */
#define TOKEN_LIFETIME_MAX 86400 /* seconds; what is said beyond does not count */

/* What a token shall allow. */
struct token_scope {
	const char *type; /* "repository" */
	const char *name; /* "library/alpine" */
	const char *actions; /* "pull", "pull,push" */
};

/* "repository:library/alpine:pull", new. */
char *token_scope_format(const struct token_scope *scope);

/* Everything is borrowed. */
struct token_request {
	const struct challenge *challenge;
	const struct url *registry; /* what gave the challenge */
	const struct token_scope *scopes; /* one whose name is empty asks for nothing */
	size_t n_scopes;
	const struct credentials *credentials; /* their user may be NULL: anonymous */
};

struct token {
	char *authorization; /* "Bearer TOKEN" */
	unsigned lifetime; /* seconds from when it was asked for */
	long status; /* HTTP's, of the realm's answer; 0: none came */
};

#define TOKEN_INIT \
	{ \
		0 \
	}

void token_release(struct token *token);
#define autotoken autocleanup(token_release)

/* The URL that the realm is asked with, new. The challenge must have a realm. */
char *token_url(const struct token_request *request);

/* The form that asks for a token in exchange for the identity token, new and secret. */
char *token_form(const struct token_request *request);

/* Read what a realm answered: the first of "token" and "access_token" that is a text and not empty. It
 * lives as long as "expires_in" says, where that is a number of seconds above 0, else TOKEN_LIFETIME. Nothing
 * else in the answer decides anything. ret is new. */
int token_read_answer(const struct str *answer, struct token *ret, struct error *err);

/* Fetch a token; ret is new, and has the status after a failure too. ERROR_VERIFY when the realm may not be
 * asked. */
int token_fetch(struct http *http, const struct token_request *request, struct token *ret,
		struct error *err);

#endif
