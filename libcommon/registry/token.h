/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens for registries (distribution's token authentication): what a registry's Bearer challenge
 * asks for is fetched from its realm.
 *
 * The password leaves only for the registry's own host, a sibling or parent of it in the same
 * domain (registry-1.docker.io and auth.docker.io, but not two names in co.uk), or a host that the
 * caller named. The realm is https, but for a loopback realm of a loopback registry.
 */
#ifndef REGISTRY_TOKEN_H
#define REGISTRY_TOKEN_H

#include "net/challenge.h"
#include "net/http.h"

#define TOKEN_ANSWER_MAX (256U << 10) /* bytes */

struct credentials {
	const char *user; /* NULL: anonymous */
	const char *password;
	const char *token_host; /* a host that may have them too, or NULL */
};

/* "Basic dXNlcjpwYXNz", new. */
char *credentials_basic(const struct credentials *credentials);

/* May the credentials for registry_host go to host? */
bool credentials_belong_to(const struct credentials *credentials, const char *registry_host,
			   const char *host);

/* Fetch a token: ret_authorization is "Bearer TOKEN", new. scope stands in when the challenge has
 * none. */
int token_fetch(struct http *http, const struct challenge *challenge, const char *registry_host,
		const char *scope, const struct credentials *credentials, char **ret_authorization,
		struct error *err);

#endif
