/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a tag stands for, without its document: a request by HEAD, which registries count for little or nothing.
 *
 *	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
 *
 *	switch (lookup_tag(session, http, "3.20", &found, err)) {
 *	case LOOKUP_FOUND: ... found has digest, media type and size
 *	case LOOKUP_UNKNOWN: ... only registry_get_manifest() can tell
 *
 * Nothing of the answer is verified: a caller may compare its digest with that of a document that is there, and
 * then has what the registry would have given.
 */
#ifndef REGISTRY_LOOKUP_H
#define REGISTRY_LOOKUP_H

#include "oci/descriptor.h"
#include "registry/session.h"

enum lookup_result {
	LOOKUP_FOUND, /* ret is new */
	LOOKUP_UNKNOWN, /* the registry answered, but whatever that was, it does not say it all */
};

/* Returns an enum lookup_result, or -1 when no answer came. Not tried again for what a status says. */
int lookup_tag(struct session *session, struct http *http, const char *tag, struct descriptor *ret,
	       struct error *err);

#endif
