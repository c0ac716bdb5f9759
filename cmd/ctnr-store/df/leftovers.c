/* SPDX-License-Identifier: Apache-2.0 */
#include "df/leftovers.h"

#include "collect/measure.h"
#include "collect/sweep.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "store/leftover.h"
#include "system/fd.h"
#include "system/path.h"
#include "system/tree_usage.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Of the bytes of a leftover. The links of a bundle may be those of layers too. */
static uint64_t reclaimable_bytes(const struct usage *usage, const struct leftover *leftover,
				  uint64_t bytes)
{
	int64_t cutoff = clock_wall_ns() - SWEEP_GRACE * CLOCK_NS;
	uint64_t alone = leftover->kind == LEFTOVER_BUNDLE
				 ? measure_leftover(usage->store, leftover, NULL)
				 : bytes;

	if (leftover_is_wanted(usage->store, leftover, cutoff))
		return 0;
	return alone < bytes ? alone : bytes;
}

static void add_leftover(struct usage *usage, const struct leftover *leftover, uint64_t bytes)
{
	struct usage_row *row = &usage->rows[USAGE_LEFTOVERS];

	row->count++;
	row->active += leftover->in_use;
	row->bytes += bytes;
	if (!leftover->in_use)
		row->reclaimable += reclaimable_bytes(usage, leftover, bytes);
	usage_add_object(usage, USAGE_LEFTOVERS,
			 json_pack("{sssssIsb}", "kind", "leftover", "path", leftover->path,
				   "bytes", (json_int_t)bytes, "active", leftover->in_use));
}

static int count_leftover(const struct leftover *leftover, void *data, struct error *err)
{
	struct usage *usage = data;
	const char *slash = strrchr(leftover->path, '/');
	autofree char *folder = xstrndup(leftover->path, (size_t)(slash - leftover->path));
	autoclose int fd = -EBADF;
	uint64_t bytes = 0;
	struct stat st;

	(void)err;
	if (leftover->kind == LEFTOVER_BUNDLE && leftover->in_use)
		return 0;
	usage_enter_namespace(usage);
	/* One in a bundle that is elsewhere is not in the store. */
	fd = path_open(usage->store->dirfd, folder, O_PATH | O_DIRECTORY, 0, PATH_NO_SYMLINKS);
	if (fd < 0 || fstatat(fd, slash + 1, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	usage_add(usage, fd, slash + 1, leftover->path, &bytes);
	inode_set_add(&usage->seen, st.st_dev, st.st_ino);
	add_leftover(usage, leftover, bytes);
	return 0;
}

static void count_rest(struct usage *usage, int dirfd, const char *name, void *data)
{
	(void)data;
	/* What came there since leftovers were listed. */
	usage_enter_namespace(usage);
	usage_add(usage, dirfd, name, "trash", &usage->rows[USAGE_LEFTOVERS].bytes);
}

void leftovers_measure(struct usage *usage)
{
	leftovers_each(usage->store, count_leftover, usage, NULL);
	usage_add_folder(usage, usage->store->dirfd, "trash", "trash",
			 &usage->rows[USAGE_LEFTOVERS].bytes, count_rest, NULL);
}
