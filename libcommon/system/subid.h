/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Subordinate IDs (subuid(5)): which ranges a user was given in /etc/subuid and /etc/subgid, and the
 * programs that may map them, newuidmap and newgidmap.
 *
 *	uint64_t free_from = 100000;
 *
 *	subid_add_ranges("/etc/subuid", "me", uid, &map, &free_from);
 */
#ifndef SYSTEM_SUBID_H
#define SYSTEM_SUBID_H

#include "system/idmap.h"

#include <stdint.h>
#include <sys/types.h>

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

/* Look for "newuidmap" or "newgidmap" (process_find_system()). path becomes its full path, empty when it
 * is missing. */
enum subid_writer subid_find_writer(const char *name, char path[SUBID_WRITER_PATH_MAX]);

#endif
