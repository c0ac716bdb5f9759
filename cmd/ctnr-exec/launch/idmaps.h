/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user namespaces that give mounts their ID maps (rootfs/idmap_mount.h). A namespace is made for each
 * map by a process that lives until its maps are written, and then is a descriptor alone.
 *
 * With privilege the caller makes them, before any process of the container exists, and the IDs of a map
 * outside are its own. Without, the keeper makes them in the container's user namespace, where alone it
 * may, and the IDs outside are first told as they are inside it.
 *
 * Init maps the IDs itself, but for root's container with a user namespace: there the caller does it, to
 * whom init sends its detached mounts, each before it is attached.
 */
#ifndef CTNR_EXEC_LAUNCH_IDMAPS_H
#define CTNR_EXEC_LAUNCH_IDMAPS_H

#include "launch/launch.h"

/* Does the caller make the namespaces of that container's maps? Else the keeper does. */
bool idmaps_are_made_by_caller(const struct namespaces *namespaces);

/* Before any process exists: check that all the maps can be had. Without privilege, say the outside of each
 * as the container's user namespace has it. */
int idmaps_prepare(struct config *config, const struct namespaces *namespaces, struct error *err);

/* Make the namespaces of the mounts' own maps. *ret is a new array of descriptors, one for each mount of the
 * config, -EBADF for a mount without; it stays as it is where no mount has one. */
int idmaps_make(const struct config *config, int **ret, struct error *err);

/* Close and free the array that was made for that config; it may be NULL. */
void idmaps_release(int *idmaps, const struct config *config);

/* Does the caller map the IDs for that container's init? */
bool idmaps_are_served(const struct container *c);

/* In the caller: serve init, which asks for each mount that has a map, in their order. An init that ends
 * meanwhile is left to the caller's watch. */
int idmaps_serve(const struct launch *l, struct error *err);

#endif
