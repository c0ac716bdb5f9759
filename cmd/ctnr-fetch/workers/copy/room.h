/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an image finds room in a layout, by the sizes that its manifest states: told before the first byte
 * of a blob is asked for. What is there already, whole or as a part, needs no room.
 *
 *	struct room room = ROOM_INIT;
 *
 *	room_add_blob(&room, layout, &digest, size);
 *	if (room_check(&room, layout, err) < 0) ...
 *
 * A quota is not seen: it shows when it is met.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_ROOM_H
#define CTNR_FETCH_WORKERS_COPY_ROOM_H

#include "oci/layout.h"

#include <stdint.h>

struct room {
	size_t n_missing; /* blobs that are not there */
	uint64_t needed; /* bytes that they lack */
};

#define ROOM_INIT \
	{ \
		0 \
	}

void room_add_blob(struct room *room, const struct layout *layout, const struct digest *digest,
		   uint64_t size);

/* ERROR_FAILED when the layout's filesystem has less. One that does not say what it has is trusted. */
int room_check(const struct room *room, const struct layout *layout, struct error *err);

#endif
