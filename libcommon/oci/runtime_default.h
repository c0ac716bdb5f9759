/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is in a config.json unless something else is asked for, whoever writes it: ctnr-spec, and
 * ctnr-exec spec. New JSON.
 *
 *	json_t *mounts = runtime_default_mounts(idmap_has_inside(&identity.gids, RUNTIME_TTY_GID));
 */
#ifndef OCI_RUNTIME_DEFAULT_H
#define OCI_RUNTIME_DEFAULT_H

#include "format/json.h"

#include <stdbool.h>

#define RUNTIME_TTY_GID 5 /* the group "tty" by custom */

/* A mount of the runtime specification; options is a blank-separated list. NULL when a string is not valid
 * UTF-8. */
json_t *runtime_mount_new(const char *destination, const char *type, const char *source,
			  const char *options);

/* /proc, /dev and what is below it. has_tty_group: terminals belong to RUNTIME_TTY_GID; a mount option must
 * not name a group that the container does not have. */
json_t *runtime_default_mounts(bool has_tty_group);

/* Kernel interfaces that tell about the machine or command it. */
json_t *runtime_default_masked_paths(void);
json_t *runtime_default_readonly_paths(void);

#endif
