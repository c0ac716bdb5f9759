/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server that answers for a registry's name (distribution-spec, Docker registry API v2).
 *
 *	autoendpoint struct endpoint endpoint = ENDPOINT_INIT;
 *
 *	if (endpoint_init(&endpoint, "docker.io", ENDPOINT_SECURE, err) < 0 ||
 *	    endpoint_decide_scheme(&endpoint, http, interrupt, err) < 0) ...
 *	url = endpoint_url(&endpoint, "library/alpine/manifests/3.20");
 *	... "https://registry-1.docker.io/v2/library/alpine/manifests/3.20"
 *
 *  - Images of docker.io are served by registry-1.docker.io; every other name is its own server.
 *  - The scheme is https. Two kinds of hosts may speak plain HTTP, and are asked once what they speak,
 *    without credentials: a loopback host, first by HTTP, and one of which the caller says that it is
 *    insecure (ENDPOINT_INSECURE), first by https.
 *  - Several threads may use one endpoint.
 */
#ifndef REGISTRY_ENDPOINT_H
#define REGISTRY_ENDPOINT_H

#include "base/cleanup.h"
#include "base/error.h"
#include "net/http.h"
#include "system/interrupt.h"

#include <pthread.h>

enum endpoint_trust {
	ENDPOINT_SECURE,
	ENDPOINT_INSECURE, /* its host is the insecure_host of struct http_options */
};

struct endpoint {
	char *authority; /* HOST[:PORT], as it stands in URLs */
	char *host; /* lower case, without port and [] */
	pthread_mutex_t lock; /* of the decision about scheme, which stays then */
	const char *scheme; /* "https" or "http"; NULL: not decided */
};

#define ENDPOINT_INIT \
	{ \
		.lock = PTHREAD_MUTEX_INITIALIZER \
	}

/* registry is the name as references have it: HOST[:PORT]. ERROR_USAGE for anything else. */
int endpoint_init(struct endpoint *ret, const char *registry, enum endpoint_trust trust,
		  struct error *err);
void endpoint_release(struct endpoint *endpoint);
#define autoendpoint autocleanup(endpoint_release)

/* Find out which scheme it speaks, once for all threads. Fails only when interrupt (may be NULL) was asked to
 * stop: a server that does not answer counts as one of https. */
int endpoint_decide_scheme(struct endpoint *endpoint, struct http *http,
			   const struct interrupt *interrupt, struct error *err);

/* The URL of a path below /v2/, new. endpoint_decide_scheme() must have succeeded in this thread. */
char *endpoint_url(const struct endpoint *endpoint, const char *path);

#endif
