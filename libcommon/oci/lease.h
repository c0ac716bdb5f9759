/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leases: blobs of a layout that a writer relies on while no name reaches them yet.
 *
 * A lease is a file LAYOUT/.lease/RANDOM, a digest a line, which its writer holds locked (flock) for as
 * long as it lives. A lease without its lock counts for nothing, because its writer is dead: a collector
 * removes the file. A writer that is stopped keeps its blobs for days.
 *
 * The order is what keeps blobs, without a lock between writers and collectors:
 *
 *  - A writer leases a blob first, then looks whether the blob is there (and uses it, or makes it), then
 *    writes the name, and ends the lease last.
 *  - A collector moves aside what nothing reaches, then reads leases, then names, and deletes what
 *    still nothing reaches (cmd/ctnr-store/collect/sweep.h).
 *
 * So either the collector sees the lease or the name, or the writer sees that the blob is gone.
 *
 *	autolease struct lease lease = LEASE_INIT;
 *
 *	if (lease_open(layout->dirfd, &lease, err) < 0 || lease_add(&lease, &digest, err) < 0)
 *		return -1;
 *	... look for the blob
 */
#ifndef OCI_LEASE_H
#define OCI_LEASE_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "format/digest.h"
#include "system/lock.h"

#include <errno.h>

#define LEASE_DIR ".lease" /* in a layout */
#define LEASE_NAME_MAX 17 /* characters of a lease's file, with NUL */

struct lease {
	int dirfd; /* LAYOUT/.lease */
	struct lock_file file;
	char name[LEASE_NAME_MAX];
};

#define LEASE_INIT \
	{ \
		-EBADF, LOCK_FILE_INIT, "" \
	}

/* Begin a lease in the layout that layoutfd is; ret is new. */
int lease_open(int layoutfd, struct lease *ret, struct error *err);

/* Add a digest. Several threads may do that at once. */
int lease_add(const struct lease *lease, const struct digest *digest, struct error *err);

/* End the lease: its file is gone. */
void lease_release(struct lease *lease);
#define autolease autocleanup(lease_release)

/* Call each for every digest of the leases that are held: nothing is changed. A layout without leases has
 * none. each returns < 0 to stop, and then so does this. */
int lease_each(int layoutfd,
	       int (*each)(const struct digest *digest, void *data, struct error *err), void *data,
	       struct error *err);

/* Append the names of the files in LEASE_DIR that are not held; they stay. */
void lease_list_dead(int layoutfd, struct strlist *ret);
/* Remove the leases that are not held. What cannot be removed counts for nothing all the same. */
void lease_remove_dead(int layoutfd);

#endif
