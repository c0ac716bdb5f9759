/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where files of logins are looked for, in that order:
 *
 *	the file of --authfile
 *	$REGISTRY_AUTH_FILE
 *	$XDG_RUNTIME_DIR/containers/auth.json		for root without it /run/containers/0/auth.json
 *	$XDG_CONFIG_HOME/containers/auth.json		~/.config
 *	$DOCKER_CONFIG/config.json			~/.docker
 *
 * The first two name a file: that it is absent is an error, and with one of the others it is none. An empty
 * variable is none, and so is an XDG one that is not an absolute path. Nothing is opened here.
 */
#ifndef REGISTRY_AUTH_PLACES_H
#define REGISTRY_AUTH_PLACES_H

#include "base/cleanup.h"
#include "base/error.h"

#include <stddef.h>

struct auth_place {
	char *path;
	const char *named_by; /* "--authfile"; NULL: nobody named it, and it may be absent */
};

struct auth_place_list {
	struct auth_place *items;
	size_t len;
};

#define AUTH_PLACE_LIST_INIT \
	{ \
		NULL, 0 \
	}

void auth_place_list_release(struct auth_place_list *list);
#define autoauthplaces autocleanup(auth_place_list_release)

/* All places; authfile is what --authfile says (NULL: nothing). ret is new. */
void auth_places(const char *authfile, struct auth_place_list *ret);

/* Is there a file at each place that somebody named? */
int auth_places_check(const char *authfile, struct error *err);

/*
 * The file that a login is kept in, new: the one that was named, else the runtime directory's as podman does.
 * That is gone when the machine or the session ends, never in a backup, and read by podman, buildah and
 * skopeo. Users without a runtime directory have $XDG_CONFIG_HOME's, which those read too. NULL when there
 * is no place at all.
 */
char *auth_place_to_write(const char *authfile, struct error *err);

#endif
