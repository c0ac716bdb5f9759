/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person or an image wants to have mounted, as -v, --mount and --tmpfs spell it. A request
 * is checked as a text; whether its source is there is found out when it becomes a mount (mounts.h).
 *
 *	automountrequest struct mount_request request = MOUNT_REQUEST_INIT;
 *
 *	if (mount_request_parse_volume("data:/srv:ro", identity, &request, err) < 0)
 */
#ifndef CTNR_SPEC_MOUNT_REQUEST_H
#define CTNR_SPEC_MOUNT_REQUEST_H

#include "mount_option.h"

enum mount_request_kind {
	MOUNT_REQUEST_BIND,
	MOUNT_REQUEST_VOLUME,
	MOUNT_REQUEST_TMPFS,
};

struct mount_request {
	enum mount_request_kind kind;
	char *source; /* path, or name of the volume; NULL: an anonymous volume, or a tmpfs */
	char *destination; /* as mount_destination() writes it */
	json_t *options; /* an array, see mount_option.h */
};

#define MOUNT_REQUEST_INIT \
	{ \
		.kind = MOUNT_REQUEST_BIND \
	}

void mount_request_release(struct mount_request *request);
#define automountrequest autocleanup(mount_request_release)

/* A request of that kind for that place; its source stays as it is. options is comma-separated, NULL
 * for none. */
int mount_request_init(enum mount_request_kind kind, const char *destination, const char *options,
		       const struct identity *identity, struct mount_request *ret,
		       struct error *err);

/* Fill ret, which was as after MOUNT_REQUEST_INIT and is released by the caller in any case.
 * ERROR_USAGE for what cannot be understood. */
typedef int mount_request_parser(const char *text, const struct identity *identity,
				 struct mount_request *ret, struct error *err);

mount_request_parser mount_request_parse_volume; /* -v [SOURCE:]DESTINATION[:OPTIONS] */
mount_request_parser mount_request_parse_mount; /* --mount type=TYPE,KEY[=VALUE]... */
mount_request_parser mount_request_parse_tmpfs; /* --tmpfs DESTINATION[:OPTIONS] */

#endif
