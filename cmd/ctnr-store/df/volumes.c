/* SPDX-License-Identifier: Apache-2.0 */
#include "df/volumes.h"

#include "bundle_life.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <string.h>

/* The name of the volume that the source of a mount is, or is in; NULL: none of the store. New. A bundle of the
 * store names it as seen from the bundle, if it is not an old one. */
static char *volume_of(const struct store *store, const struct bundle *bundle, const char *source)
{
	autofree char *folder = xasprintf("%s/volumes/", store->path);
	autofree char *seen = bundle_relative_path(bundle, folder);
	const char *name;

	if (str_starts_with(source, seen))
		name = source + strlen(seen);
	else if (str_starts_with(source, folder))
		name = source + strlen(folder);
	else
		return NULL;
	return xstrndup(name, strcspn(name, "/"));
}

void volumes_look(struct usage *usage, const struct bundle *bundle)
{
	autostr struct str text = STR_INIT;
	autojson json_t *config = NULL;
	autojson json_t *names = json_object();
	const char *used;
	json_t *value;
	size_t i;
	json_t *mount;

	/* Most bundles have none, and a tree of a config costs ten times its text. */
	if (file_read_at(bundle->dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, NULL) < 0 ||
	    !strstr(text.data, "volumes"))
		return;
	config = json_parse(text.data, text.len, RUNTIME_CONFIG_FILE, NULL);
	json_array_foreach (json_object_get(config, "mounts"), i, mount) {
		const char *source = json_text(json_object_get(mount, "source"));
		autofree char *name = source ? volume_of(usage->store, bundle, source) : NULL;

		if (name)
			json_object_set_new(names, name, json_true());
	}
	json_object_foreach (names, used, value)
		usage_add_number(usage->volume_users, used, 1);
}

/* What begins with a dot belongs to a volume. */
static void measure_volume(struct usage *usage, int dirfd, const char *name, void *data)
{
	struct usage_row *row = &usage->rows[USAGE_VOLUMES];
	autofree char *path = xasprintf("volumes/%s", name);
	uint64_t n_users = usage_number(usage->volume_users, name);
	uint64_t bytes = 0;

	(void)data;
	usage_enter_namespace(usage);
	usage_add(usage, dirfd, name, path, &bytes);
	row->bytes += bytes;
	if (*name == '.')
		return;
	row->count++;
	row->active += n_users > 0;
	usage_add_object(usage, USAGE_VOLUMES,
			 json_pack("{sssssIsI}", "kind", "volume", "name", name, "bytes",
				   (json_int_t)bytes, "bundles", (json_int_t)n_users));
}

void volumes_measure(struct usage *usage)
{
	usage_add_folder(usage, usage->store->dirfd, "volumes", "volumes",
			 &usage->rows[USAGE_VOLUMES].bytes, measure_volume, NULL);
}
