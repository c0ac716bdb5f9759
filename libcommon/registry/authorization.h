/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one repository of a registry is told who asks: the value of the Authorization header, made of what the
 * registry asks for (net/challenge.h) and of the login that there is for it (registry/credential_search.h).
 *
 *	1. nothing is sent until the registry asks, and nobody looks for a login until then
 *	2. a 401 is answered: with a token (registry/token.h), else with user and password (Basic). A password
 *	   that was refused is not sent again
 *	3. a token whose time is over is replaced before it is used
 *	4. a 403 or 404 may mean a repository that is hidden from strangers: the login is offered then, once, if
 *	   there is one and it was not sent so far
 *	5. one token is for all that is wanted; where the token server refuses that (403), it is for the place's
 *	   repository alone
 *
 * Several threads share one; each value has a number, so that a refused one is replaced once for all.
 */
#ifndef REGISTRY_AUTHORIZATION_H
#define REGISTRY_AUTHORIZATION_H

#include "net/challenge.h"
#include "net/http.h"
#include "net/url.h"
#include "registry/credential_search.h"
#include "registry/place.h"
#include "registry/token.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct authorization {
	const struct place *place; /* borrowed */
	const struct credential_search *logins; /* borrowed */
	struct token_scope *scopes; /* the first one's name is the place's repository; owned */
	size_t n_scopes;
	pthread_mutex_t lock; /* of what follows */
	struct credentials login;
	bool has_looked; /* for the login */
	bool has_offered; /* it to a registry that did not ask */
	char *value; /* of the header, or NULL */
	bool has_login; /* the value was made with it */
	unsigned generation; /* of the value: how many there have been */
	struct challenge challenge; /* that a token answers; its realm NULL: the value is none */
	char *challenger; /* the URL that gave the challenge */
	int64_t expires_at; /* of a token, by clock_monotonic_ms() */
};

/* What its tokens are for. */
struct authorization_wants {
	const char *actions; /* in the place's repository: "pull", "pull,push"; static */
	/* Other repositories of the registry that shall be read too, borrowed for as long as the
	 * authorization is; or NULL. */
	const struct strlist *sources;
};

/* The place and what logins are looked for by are borrowed. */
void authorization_init(struct authorization *ret, const struct place *place,
			const struct credential_search *logins,
			const struct authorization_wants *wants);
void authorization_release(struct authorization *authorization);

/* The present value (new and secret), NULL while nobody asked, and its generation. Fails when a token that
 * has expired cannot be replaced. */
int authorization_get(struct authorization *authorization, struct http *http, char **ret_value,
		      unsigned *ret_generation, struct error *err);

/* Answer a 401 from that URL to the value of that generation. Returns 1 when there is another one to try
 * with, 0 when there is nothing to offer. */
int authorization_answer(struct authorization *authorization, struct http *http, const char *url,
			 const struct http_response *response, unsigned generation,
			 struct error *err);

/* Offer the login after a 403 or 404 to the value of that generation: the registry's base URL (".../v2/") is
 * asked how it wants it. Returns as authorization_answer(). */
int authorization_offer(struct authorization *authorization, struct http *http, const char *base,
			unsigned generation, struct error *err);

/* Where the login of the present value was found: "entry 'quay.io' of '/root/auth.json'", new. NULL when
 * there is none in it. */
char *authorization_origin(struct authorization *authorization);

#endif
