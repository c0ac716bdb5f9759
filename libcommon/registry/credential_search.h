/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which login is for a repository: what the command line says, for the registry that the command is about.
 *
 *	const struct credential_search search = { .given = &credentials, .registry = "quay.io" };
 *	autocredentials struct credentials found = CREDENTIALS_INIT;
 *	int result = credential_search(&search, &place, &found, err);
 *
 * A mirror has logins of its own: what was given for its origin is never found for it.
 */
#ifndef REGISTRY_CREDENTIAL_SEARCH_H
#define REGISTRY_CREDENTIAL_SEARCH_H

#include "registry/credentials.h"
#include "registry/place.h"

/* Where is looked. Everything is borrowed. */
struct credential_search {
	const struct credentials *given; /* on the command line; their user NULL: none were */
	const char *registry; /* the one that they were given for */
};

/* Find the login for a place: 1 when there is one, which ret becomes (new), 0 when there is none, -1 on
 * failure. */
int credential_search(const struct credential_search *search, const struct place *place,
		      struct credentials *ret, struct error *err);

#endif
