/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filesystem of the store can, tried in a directory that is removed again. What follows where one
 * lacks is ctnr-store(5), "Filesystems".
 */
#ifndef CTNR_DOCTOR_ABILITY_H
#define CTNR_DOCTOR_ABILITY_H

#include "base/error.h"
#include "system/filesystem.h"

#include <stdbool.h>

enum ability {
	ABILITY_LOCK, /* any lock, be it one of a directory in place of a file (system/lock.h) */
	ABILITY_FLOCK,
	ABILITY_SYMLINK,
	ABILITY_ATTRIBUTE,
	ABILITY_WHITEOUT,
	ABILITY_LINK,
	ABILITY_RENAME,
	ABILITY_UNLINK,
	ABILITY_MAPPING,
	ABILITY_REFLINK,
	ABILITY_MAX,
};

extern const char *const ability_keys[ABILITY_MAX]; /* in the report: "flock" */

struct abilities {
	struct filesystem fs; /* set once its name is known, whatever else fails */
	bool are_known; /* all were tried */
	bool has[ABILITY_MAX];
};

/* Try all in a new directory in parent, an existing one. -1: nothing can be made there, or removed. */
int abilities_try(const char *parent, struct abilities *ret, struct error *err);

#endif
