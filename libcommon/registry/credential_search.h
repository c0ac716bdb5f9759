/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which login is for a repository: what the command line says, for the registry that the command is about,
 * else the first file of logins that has one (registry/auth_places.h), or whose helper has.
 *
 *	const struct credential_search search = { .given = &credentials, .registry = "quay.io" };
 *	autocredentials struct credentials found = CREDENTIALS_INIT;
 *	int result = credential_search(&search, &place, &found, err);
 *
 *  - In each file the helper for the host is asked first (credHelpers), then the one for all (credsStore),
 *    then the entries themselves are looked at.
 *  - A mirror has logins of its own: what was given for its origin is never found for it.
 *  - A file that is there and cannot be read, or is none, is an error: who goes on without a login is told of
 *    an image that is not there.
 */
#ifndef REGISTRY_CREDENTIAL_SEARCH_H
#define REGISTRY_CREDENTIAL_SEARCH_H

#include "base/progress.h"
#include "registry/credentials.h"
#include "registry/place.h"
#include "system/interrupt.h"

/* Where is looked. Everything is borrowed. */
struct credential_search {
	const struct credentials *given; /* on the command line; their user NULL: none were */
	const char *registry; /* the one that they were given for */
	const char *authfile; /* --authfile, or NULL */
	const char *token_host; /* --token-host, or NULL: what is found may go there too */
	const struct interrupt *interrupt; /* ends the wait for a helper; or NULL */
	struct progress *progress; /* says that a helper is waited for; or NULL */
};

/* Find the login for a place: 1 when there is one, which ret becomes (new), 0 when there is none, -1 on
 * failure. A place without a repository stands for the registry itself. */
int credential_search(const struct credential_search *search, const struct place *place,
		      struct credentials *ret, struct error *err);

#endif
