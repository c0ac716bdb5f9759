/* SPDX-License-Identifier: Apache-2.0 */
#include "df/layers.h"

#include "base/alloc.h"
#include "store/layer.h"
#include "system/fd.h"
#include "system/tree_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Measure a layer that does not state its size, and let it do so. */
static void measure_unsized(struct usage *usage, int dirfd, const char *name, const char *path,
			    uint64_t *bytes)
{
	autoclose int fd = -EBADF;
	uint64_t measured;

	usage_enter_namespace(usage);
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || layer_size_measure(fd, TREE_USAGE_SETTLED, &measured, NULL) < 0) {
		/* Whatever hinders is met again, and reported. */
		usage_add(usage, dirfd, name, path, bytes);
		return;
	}
	if (usage->store->writable)
		layer_size_write(fd, measured);
	*bytes += measured;
	usage_add(usage, fd, LAYER_SIZE, path, bytes);
	usage_add(usage, fd, LAYER_LINK, path, bytes);
}

/* The path ends in "ALG/HEX" of the chain ID "ALG:HEX". */
static void add_chain_bytes(struct usage *usage, const char *path, uint64_t bytes)
{
	const char *hex = strrchr(path, '/');
	const char *algorithm = memrchr(path, '/', (size_t)(hex - path));
	autofree char *chain_id =
		xasprintf("%.*s:%s", (int)(hex - algorithm - 1), algorithm + 1, hex + 1);

	usage_add_number(usage->chain_bytes, chain_id, bytes);
}

/* An entry of layers/IDMAP/ALG, whose path data is. What is in the making was counted before. */
static void measure_layer(struct usage *usage, int dirfd, const char *name, void *data)
{
	struct usage_row *row = &usage->rows[USAGE_LAYERS];
	autofree char *path =
		xasprintf("%s/%.*s", (const char *)data, (int)strcspn(name, "."), name);
	bool is_aside = str_ends_with(name, ASIDE_SUFFIX);
	uint64_t bytes = 0;

	if (strchr(name, '.') && !is_aside) {
		usage_add(usage, dirfd, name, path, &row->bytes);
		return;
	}
	if (!layer_size_read(dirfd, name, &usage->seen, &bytes))
		measure_unsized(usage, dirfd, name, path, &bytes);
	if (usage->is_detailed)
		add_chain_bytes(usage, path, bytes);
	row->count++;
	row->active += json_object_get(usage->roots.layers, path) != NULL;
	row->bytes += bytes;
	if (json_object_get(usage->doomed, path))
		row->reclaimable += bytes;
}

/* "map", or a folder of an algorithm, in the folder of an ID mapping. */
static void measure_algorithm(struct usage *usage, int dirfd, const char *name, void *data)
{
	autofree char *path = xasprintf("%s/%s", (const char *)data, name);

	usage_add_folder(usage, dirfd, name, path, &usage->rows[USAGE_LAYERS].bytes, measure_layer,
			 path);
}

static void measure_mapping(struct usage *usage, int dirfd, const char *name, void *data)
{
	autofree char *path = xasprintf("layers/%s", name);

	(void)data;
	usage_add_folder(usage, dirfd, name, path, &usage->rows[USAGE_LAYERS].bytes,
			 measure_algorithm, path);
}

void layers_measure(struct usage *usage)
{
	usage_add_folder(usage, usage->store->dirfd, "layers", "layers",
			 &usage->rows[USAGE_LAYERS].bytes, measure_mapping, NULL);
}
