/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entries of an index.json that is lost, from what else knows of them: cache/refs/, the records of bundles,
 * and the manifests that are in the layout.
 */
#ifndef CTNR_STORE_CHECK_RECOVERY_H
#define CTNR_STORE_CHECK_RECOVERY_H

#include "check/salvage.h"
#include "check/scope.h"

struct recovery {
	json_t *manifests; /* for index.json: those of the salvage, then what was recovered */
	struct strlist names; /* that were recovered */
	struct strlist unnamed; /* digests of images that nothing knows a name of */
	struct strlist lost; /* names of which nothing is known any more */
};

#define RECOVERY_INIT \
	{ \
		NULL, STRLIST_INIT, STRLIST_INIT, STRLIST_INIT \
	}

void recovery_release(struct recovery *recovery);
#define autorecovery autocleanup(recovery_release)

/* ret is new. A name counts only when its manifest is there and can be read. */
void recovery_make(const struct scope *scope, const struct salvage *salvage, struct recovery *ret);

#endif
