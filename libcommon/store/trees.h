/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trees of a bundle, opened where their owners are ours, and before the process gives up everything else:
 * the upper directory and the layers below it, or the rootfs of a copy. With each the file of owners beside it
 * (layer/owners.h), because ".." leads nowhere once the root directory is another.
 *
 *	autotrees struct trees trees = TREES_INIT;
 *
 *	if (trees_open(bundlefd, &trees, err) < 0 || trees_confine(&trees, err) < 0) ...
 */
#ifndef STORE_TREES_H
#define STORE_TREES_H

#include "layer/owners_table.h"
#include "layer/stack.h"

enum trees_kind {
	TREES_OVERLAY, /* number 0 is upper/ */
	TREES_COPY, /* number 0 is rootfs/; layers that it is compared with may be pushed behind it */
};

struct trees {
	enum trees_kind kind;
	struct stack root; /* readable directories */
	int *owner_files; /* of root's, -EBADF where there is none */
	struct owners_stack owners; /* of both */
};

#define TREES_INIT \
	{ \
		.root = STACK_INIT \
	}

void trees_release(struct trees *trees);
#define autotrees autocleanup(trees_release)

int trees_open(int bundlefd, struct trees *ret, struct error *err);

/* Put the trees of a bundle below the others. Returns an enum trees_kind, or -1. */
int trees_push_bundle(struct trees *trees, int bundlefd, struct error *err);

/* Put a directory below the others, with the file of owners beside it; takes dirfd. */
int trees_push(struct trees *trees, int dirfd, struct error *err);

/* Give up everything but reading in the trees (system/confine.h), where no device can be opened. Nothing is pushed
 * any more. */
int trees_confine(struct trees *trees, struct error *err);

/* The directory number index as a stack of its own, for a walk. */
int trees_stack_of(const struct trees *trees, size_t index, struct stack *ret, struct error *err);

/* Those from number first on, n at most (SIZE_MAX: all). */
int trees_stack_from(const struct trees *trees, size_t first, size_t n, struct stack *ret,
		     struct error *err);

/* All of them. */
int trees_stack(const struct trees *trees, struct stack *ret, struct error *err);

#endif
