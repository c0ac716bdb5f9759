/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there may be beside the volumes in a directory volumes/. Each begins with a dot, which no volume's
 * name does:
 *
 *	.NAME.lock	held by flock while the volume NAME is made
 *	.NAME.part	the volume, not yet complete
 *	.NAME.links	names of its files that have several, while it is made
 *	.NAME:owners	its file of owners (layer/owners.h), when it needs one, as long as it is there. No
 *			volume's name has a colon.
 */
#ifndef STORE_VOLUME_FILE_H
#define STORE_VOLUME_FILE_H

enum volume_file {
	VOLUME_FILE_LOCK,
	VOLUME_FILE_PART,
	VOLUME_FILE_LINKS,
	VOLUME_FILE_OWNERS,
	VOLUME_FILE_OWNERS_PART, /* of file_write_locked_at() */
	VOLUME_FILE_MAX,
};

/* ".NAME.lock" of a volume NAME, and the like: new string. */
char *volume_file_name(enum volume_file file, const char *volume);

/* Which volume is that name about? A new string, or NULL when it is none of these names. */
char *volume_file_parse(const char *name, enum volume_file *ret);

#endif
