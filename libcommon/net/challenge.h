/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A WWW-Authenticate header (RFC 9110, section 11.6.1): how a server wants to be asked.
 *
 *	Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="..."
 *
 * One header may hold several challenges; schemes and parameter names are case-insensitive. What
 * registries write besides the grammar is understood where it has one meaning: a value without quotes
 * that is no token (scope=repository:x:pull), no value at all, which is an empty one, and blanks where
 * a comma should stand.
 */
#ifndef NET_CHALLENGE_H
#define NET_CHALLENGE_H

#include "base/cleanup.h"
#include "base/error.h"

struct challenge {
	char *realm; /* NULL: not given; likewise below */
	char *service;
	char *scope;
};

#define CHALLENGE_INIT \
	{ \
		NULL, NULL, NULL \
	}

void challenge_release(struct challenge *challenge);
#define autochallenge autocleanup(challenge_release)

/* Find the challenge of that scheme ("Basic", "Bearer") in a header's value. Returns 1 and fills
 * ret, 0 when there is none, -1 when the value is malformed before it was found. */
int challenge_find(const char *value, const char *scheme, struct challenge *ret, struct error *err);

#endif
