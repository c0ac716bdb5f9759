/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What refers to a document of a repository by its member "subject": signatures, attestations, bills of
 * materials (distribution-spec, "Listing Referrers").
 *
 *	autoreferrers struct referrers referrers = REFERRERS_INIT;
 *
 *	if (referrers_get(session, http, &digest, NULL, &referrers, err) < 0) ...
 *	... referrers.items[0].digest, referrers_artifact_type(&referrers.items[0])
 *
 * A registry that does not have the API is asked for the tag ALGORITHM-HEX, an index that clients keep there
 * (distribution-spec, "Referrers Tag Schema"). Nothing is known of what a descriptor describes: whoever gets
 * that checks its digest, and that its subject is the right one.
 */
#ifndef REGISTRY_REFERRERS_H
#define REGISTRY_REFERRERS_H

#include "oci/descriptor.h"
#include "registry/session.h"

#define REFERRERS_MAX 10000 /* of one document */

struct referrers {
	struct descriptor *items; /* each digest once, in the registry's order */
	size_t len;
	json_t *known; /* the digests of items: a set; NULL: none yet */
};

#define REFERRERS_INIT \
	{ \
		.items = NULL \
	}

void referrers_release(struct referrers *referrers);
#define autoreferrers autocleanup(referrers_release)

/* What the descriptor says of the artifact: borrowed, or "". */
const char *referrers_artifact_type(const struct descriptor *descriptor);

/* Add a descriptor, unless it is there already or is of another artifact type (NULL: any will do). */
int referrers_add(struct referrers *referrers, const struct descriptor *descriptor,
		  const char *artifact_type, struct error *err);

/* Add those of an index's text whose artifact type is that one (NULL: any). media_type is what the index was
 * announced with, or NULL. What a fuzzer calls. */
int referrers_read_page(const struct str *text, const char *media_type, const char *artifact_type,
			struct referrers *referrers, struct error *err);

/* "sha256-9f86...", new: the tag of registries that do not have the API. */
char *referrers_tag(const struct digest *subject);

/* Get all referrers of a document, of one artifact type where that is not NULL; ret is new. A document that
 * nothing refers to, also one that is not there, has none. */
int referrers_get(struct session *session, struct http *http, const struct digest *subject,
		  const char *artifact_type, struct referrers *ret, struct error *err);

#endif
