/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a document names, whatever its media type: the digests of its config, layers and manifests, as texts
 * that need not be digests.
 */
#ifndef CTNR_STORE_COLLECT_LINKS_H
#define CTNR_STORE_COLLECT_LINKS_H

#include "base/str.h"

#include <stdbool.h>

struct links {
	struct strlist configs; /* one at most */
	struct strlist layers;
	struct strlist manifests;
	bool of_document; /* it is a manifest or an index. (An image config has a member "config" too, which is
			   * no descriptor.) */
};

#define LINKS_INIT \
	{ \
		.of_document = false \
	}

void links_release(struct links *links);
#define autolinks autocleanup(links_release)

/* ret is new. What is no JSON has none. */
void links_read(const struct str *text, struct links *ret);

#endif
