/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the removing verbs say that they have removed, a line each. People at a terminal read what
 * they know from docker, programs get an object:
 *
 *	Untagged: docker.io/library/alpine:3.20		{"untagged":"docker.io/library/alpine:3.20"}
 *	Deleted: sha256:...				{"deleted":"sha256:..."}
 *	k3x9...						{"removed":"k3x9..."}
 */
#ifndef CTNR_STORE_REMOVED_H
#define CTNR_STORE_REMOVED_H

#include "base/error.h"

enum removed_kind {
	REMOVED_NAME, /* of an image */
	REMOVED_IMAGE, /* by its digest */
	REMOVED_BUNDLE, /* by its ID */
	REMOVED_KIND_MAX,
};

int removed_print(enum removed_kind kind, const char *name, struct error *err);

#endif
