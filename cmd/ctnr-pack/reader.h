/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The child that reads a container's tree. In order:
 *
 *  1. Close all that the tool has open but the bundle, the store and the pipes.
 *  2. Enter the user namespace that owns the files (system/id_view.h): newuidmap needs what step 4 gives up.
 *  3. Open the trees (store/trees.h), and close the directories from which ".." would lead out.
 *  4. Confine itself: it may read below the trees, and write to two pipes.
 *  5. Look at the tree, and write the archive.
 */
#ifndef CTNR_PACK_READER_H
#define CTNR_PACK_READER_H

#include "changes.h"

#include "base/str.h"

struct reader {
	const struct changes_request *request;
	const struct strlist *destinations; /* of mounts: store/mount_points.h */
	const struct strlist
		*layers; /* paths in the store, top first: what a copy is compared with */
	int archive_fd; /* where the archive goes */
	int report_fd; /* where reports go */
};

/* Do that, report how it went, and exit: in a child of process parent, while single-threaded. */
_Noreturn void reader_run(const struct reader *reader, pid_t parent);

#endif
