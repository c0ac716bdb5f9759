/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.namespaces, linux.uidMappings and gidMappings, linux.timeOffsets, hostname and domainname
 * (runtime-spec config.md, config-linux.md): which namespaces a container gets, new or by path.
 */
#ifndef CTNR_EXEC_CONFIG_NAMESPACES_H
#define CTNR_EXEC_CONFIG_NAMESPACES_H

#include "config/time_offsets.h"

#include "base/error.h"
#include "format/json.h"
#include "oci/runtime.h"
#include "system/idmap.h"

#include <stdbool.h>

/* Strings are borrowed from the document. */
struct namespaces_config {
	bool wanted[NAMESPACE_TYPE_MAX]; /* new, or by path */
	const char *paths[NAMESPACE_TYPE_MAX]; /* NULL: new */
	struct idmap uids; /* not empty in a new user namespace */
	struct idmap gids;
	struct time_offsets_config time_offsets; /* only of a new time namespace */
	const char *hostname; /* NULL: not stated; only where a UTS namespace is wanted */
	const char *domainname;
};

/* Is a new namespace of that type made for the container? */
static inline bool namespaces_config_is_new(const struct namespaces_config *n,
					    enum namespace_type type)
{
	return n->wanted[type] && !n->paths[type];
}

/* Read them from the root node. A container without a new mount namespace is an error. */
int namespaces_config_read(const struct jnode *root, struct namespaces_config *ret,
			   struct error *err);

#endif
