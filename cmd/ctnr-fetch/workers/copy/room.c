/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/room.h"

#include "base/str.h"
#include "oci/blob_part.h"

#include <sys/statvfs.h>
#include <unistd.h>

void room_add_blob(struct room *room, const struct layout *layout, const struct digest *digest,
		   uint64_t size)
{
	uint64_t lacking;

	if (layout_has_blob(layout, digest, size))
		return;
	lacking = size - blob_part_bytes(layout, digest, size);
	room->n_missing++;
	room->needed = lacking < UINT64_MAX - room->needed ? room->needed + lacking : UINT64_MAX;
}

/* Bytes that this user can write, or UINT64_MAX when nobody knows. */
static uint64_t free_bytes(const struct layout *layout)
{
	struct statvfs fs;
	uint64_t blocks;
	uint64_t bytes;

	/* A filesystem without blocks counts none. */
	if (fstatvfs(layout->dirfd, &fs) < 0 || !fs.f_blocks)
		return UINT64_MAX;
	blocks = geteuid() == 0 ? fs.f_bfree : fs.f_bavail;
	return __builtin_mul_overflow(blocks, (uint64_t)fs.f_frsize, &bytes) ? UINT64_MAX : bytes;
}

int room_check(const struct room *room, const struct layout *layout, struct error *err)
{
	autostr struct str needed = STR_INIT;
	autostr struct str there = STR_INIT;
	uint64_t free;

	if (!room->needed)
		return 0;
	free = free_bytes(layout);
	if (room->needed <= free)
		return 0;
	str_append_size(&needed, room->needed);
	str_append_size(&there, free);
	error_set(err, ERROR_FAILED, "the image needs %s more in '%s', where %s are free",
		  needed.data, layout->path, there.data);
	return error_hint(err,
			  "free some space below '%s', or use another place (--store, --layout)",
			  layout->path);
}
