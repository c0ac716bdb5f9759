/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens for registries (distribution's token authentication): what a registry's Bearer challenge
 * asks for is fetched from its realm.
 *
 *	const struct token_request request = {
 *		.challenge = &challenge,
 *		.registry = &url,
 *		.scope = { "repository", "library/alpine", "pull" },
 *		.credentials = &credentials,
 *	};
 *
 *	if (token_fetch(http, &request, &authorization, err) < 0) ...
 *
 * The realm is https, but for a loopback realm of a loopback registry. Credentials are sent to a
 * realm that they belong to (registry/credentials.h); to another the request is not made at all.
 * The answer has at most TOKEN_ANSWER_MAX bytes, and its token is one word of visible characters.
 */
#ifndef REGISTRY_TOKEN_H
#define REGISTRY_TOKEN_H

#include "net/challenge.h"
#include "net/http.h"
#include "registry/credentials.h"

#define TOKEN_ANSWER_MAX (256U << 10) /* bytes */

/* What a token shall allow. */
struct token_scope {
	const char *type; /* "repository" */
	const char *name; /* "library/alpine" */
	const char *actions; /* "pull" */
};

/* "repository:library/alpine:pull", new. */
char *token_scope_format(const struct token_scope *scope);

/* Everything is borrowed. */
struct token_request {
	const struct challenge *challenge;
	const struct url *registry; /* what gave the challenge */
	struct token_scope scope; /* stands in when the challenge has none */
	const struct credentials *credentials; /* their user may be NULL: anonymous */
};

/* The URL that the realm is asked with, new. The challenge must have a realm. */
char *token_url(const struct token_request *request);

/* Read what a realm answered: the first of "token" and "access_token" that is a text and not empty, as
 * "Bearer TOKEN", new. Nothing else in the answer decides anything. */
int token_read_answer(const struct str *answer, char **ret_authorization, struct error *err);

/* Fetch a token: ret_authorization is "Bearer TOKEN", new. ERROR_VERIFY when the realm may not be
 * asked. */
int token_fetch(struct http *http, const struct token_request *request, char **ret_authorization,
		struct error *err);

#endif
