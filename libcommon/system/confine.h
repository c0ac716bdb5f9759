/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving up everything but what a piece of work takes, before the first byte is read of what
 * strangers wrote.
 *
 *	static const struct confine_profile profile = { .may = CONFINE_READ };
 *
 *	if (confine(&profile, &(struct confine_place) { -1, dirfd }, err) < 0) ...
 *
 * The root directory becomes the one that may be read, or else the one that may be written, so that
 * no path leads out (a descriptor of another place still leads to what is below that). Landlock (from Linux 5.19
 * on: before, it forbids hardlinks between directories): nothing outside of these places can be opened; without
 * any, nothing at all. Capabilities: those over
 * files, where the profile may read, write or change metadata. seccomp: memory, and the calls of what the
 * profile may do; no sockets, no execution, no signals to others, no other processes, no namespaces, no
 * mounts. no_new_privs. stdin and stderr lead nowhere, so that a terminal is out of reach. What the
 * kernel does not have is left out.
 */
#ifndef SYSTEM_CONFINE_H
#define SYSTEM_CONFINE_H

#include "base/error.h"

#include <stddef.h>

/* What a process may do, besides using memory and writing to what it has open. */
enum confine_may {
	CONFINE_READ = 1, /* look up, list and read files, with their metadata */
	CONFINE_WRITE = 2, /* make, fill, link and remove files */
	CONFINE_CHANGE_METADATA = 4, /* owners, modes, times, extended attributes */
	CONFINE_MAKE_THREADS = 8,
};

struct confine_profile {
	unsigned int may; /* of enum confine_may */
};

struct confine_place {
	int writable; /* directory to write and read below, or -1 */
	int readable; /* directory to read below, or -1 */
	const int
		*more; /* more directories to read below, by descriptors that were opened before */
	size_t n_more;
};

/* A profile that reads or writes has one of the two places at least. Only while single-threaded, and for
 * good. */
int confine(const struct confine_profile *profile, const struct confine_place *place,
	    struct error *err);

#endif
