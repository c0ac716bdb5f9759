/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of what refers to a document, in a registry that does not keep it itself: an index under the tag
 * ALGORITHM-HEX (distribution-spec, "Referrers Tag Schema"), which clients write.
 *
 * Two clients that add to it at once may lose one of both: registries have no way to write what has not changed
 * meanwhile.
 */
#ifndef CTNR_PUSH_REFERRER_TAG_H
#define CTNR_PUSH_REFERRER_TAG_H

#include "oci/document.h"
#include "registry/session.h"

/* Does a document refer to another one? 1, and the digest of its subject; 0; -1 when it is none. */
int referrer_tag_subject(const struct document *document, struct digest *ret, struct error *err);

/* Add a document to the list of its subject, unless it stands there. */
int referrer_tag_add(struct session *session, struct http *http, const struct document *document,
		     const struct digest *subject, struct error *err);

#endif
