/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do two open files or directories have the same extended attributes, by the names that they have in an image
 * (layer/xattr.h)? The overlay's own marks do not count, nor what no image can say.
 *
 * Values are compared one at a time: memory is that of two, whatever somebody has set.
 */
#ifndef LAYER_XATTR_DIFFERENCE_H
#define LAYER_XATTR_DIFFERENCE_H

#include "layer/xattr.h"

struct xattr_holder {
	int fd; /* borrowed */
	enum xattr_route route; /* XATTR_LAYER_TO_PLAIN, or XATTR_PLAIN_TO_PLAIN */
};

enum xattr_owner_counts {
	XATTR_OWNER_COUNTS, /* user.rootlesscontainers is content like any other */
	XATTR_OWNER_IS_OURS, /* it is the owner, and compared as that by the caller */
};

/* 1, 0, -1. A filesystem without any has none. */
int xattr_differ(const struct xattr_holder *a, const struct xattr_holder *b,
		 enum xattr_owner_counts owner, struct error *err);

#endif
