/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subordinate IDs (subuid(5)): which ranges a user was given in /etc/subuid and /etc/subgid, and the
 * programs that may map them, newuidmap and newgidmap.
 *
 *	autofree char *name = subid_user_name(uid);
 *	uint64_t free_from = 100000;
 *
 *	subid_add_ranges("/etc/subuid", name, uid, &map, &free_from);
 */
#ifndef SYSTEM_SUBID_H
#define SYSTEM_SUBID_H

#include "system/idmap.h"

#include <stdint.h>
#include <sys/types.h>

/* The name of a uid in /etc/passwd; the user database, which loads NSS, only when it is not
 * there. New, or NULL. */
char *subid_user_name(uid_t uid);

/* Append the ranges that the file gives to a user, by name (may be NULL) or number, to map: inside
 * from 1 on. Lines that are malformed, and ranges that the map cannot take (system/idmap.h: one that is
 * there twice), are passed over; a file that cannot be read gives none. *free_from is raised above
 * every range of anybody. */
void subid_add_ranges(const char *path, const char *name, uid_t uid, struct idmap *map,
		      uint64_t *free_from);

/* A program that writes the maps of others, and so must be set-uid root or have file capabilities. */
enum subid_writer {
	SUBID_WRITER_READY,
	SUBID_WRITER_MISSING, /* not installed */
	SUBID_WRITER_POWERLESS, /* neither */
};

#define SUBID_WRITER_PATH_MAX 256

/* Look for "newuidmap" or "newgidmap", in /usr/bin and then in PATH. path becomes its full path,
 * empty when it is missing. */
enum subid_writer subid_find_writer(const char *name, char path[SUBID_WRITER_PATH_MAX]);

#endif
