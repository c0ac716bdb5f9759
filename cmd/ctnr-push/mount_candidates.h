/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Repositories of a registry that may have a blob already, so that it need not be sent to another repository there:
 * those that the names of a layout are in, and whose images have the blob.
 *
 *	automountcandidates struct mount_candidates candidates = { 0 };
 *
 *	if (mount_candidates_find(&search, &candidates, err) < 0) ...
 *	mount_candidates_of(&candidates, &digest, &repositories);
 *
 * They are few, because a token has to be asked for that is good for all of them, and what is looked at has a limit.
 */
#ifndef CTNR_PUSH_MOUNT_CANDIDATES_H
#define CTNR_PUSH_MOUNT_CANDIDATES_H

#include "base/str.h"
#include "oci/layout.h"
#include "registry/registries_conf.h"

#define MOUNT_REPOSITORIES_MAX 8
#define MOUNT_IMAGES_MAX 256 /* manifests of that registry's images that are read */

/* Everything is borrowed. */
struct mount_search {
	const struct layout *layout;
	const json_t *blobs; /* that are wanted: digests as keys */
	const struct registries_conf *conf; /* says which server a name is on */
	const struct place *place; /* where they are wanted */
};

struct mount_candidates {
	struct strlist repositories;
	json_t *by_blob; /* lists of positions in repositories, by digest */
};

void mount_candidates_release(struct mount_candidates *candidates);
#define automountcandidates autocleanup(mount_candidates_release)

/* Find them; ret is new. */
int mount_candidates_find(const struct mount_search *search, struct mount_candidates *ret,
			  struct error *err);

/* Append the repositories that may have a blob. */
void mount_candidates_of(const struct mount_candidates *candidates, const struct digest *digest,
			 struct strlist *ret);

#endif
