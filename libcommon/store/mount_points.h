/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a container's tree only because something was mounted on it: ctnr-exec makes the mount points that
 * are missing, and the directories on the way, in the root filesystem itself. They are no change of the
 * container's.
 *
 * A mount point is an empty file or directory where config.json mounts something (or its working directory is),
 * that the layers below do not have. A directory on the way has nothing else in it, and is missing below, or is
 * below as it is here but for its time. Anything else is what somebody wanted there.
 */
#ifndef STORE_MOUNT_POINTS_H
#define STORE_MOUNT_POINTS_H

#include "layer/below.h"
#include "layer/path_set.h"
#include "layer/xattr.h"
#include "system/id_view.h"

struct mount_points {
	struct path_set made; /* not there without the mounts */
	struct path_set entered; /* directories that are there without them, as they are here */
	struct path_set parents; /* directories that something of this was made in */
};

#define MOUNT_POINTS_INIT \
	{ \
		.made = { 0 } \
	}

void mount_points_release(struct mount_points *points);
#define automountpoints autocleanup(mount_points_release)

/* Where config.json of an open bundle mounts something, and its working directory: appended as they stand there.
 * A bundle without it has none. */
int mount_points_read_config(int bundlefd, struct strlist *ret, struct error *err);

struct mount_points_query {
	const struct stack *root; /* the container's tree, and what is below it */
	const struct strlist *destinations;
	const struct id_view *ids;
	enum xattr_route route;
};

/* Find them in the topmost directory of a stack. */
int mount_points_find(struct mount_points *points, const struct mount_points_query *query,
		      struct error *err);

#endif
