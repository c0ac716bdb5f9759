/* SPDX-License-Identifier: Apache-2.0 */
#include "df/bundles.h"

#include "bundle_life.h"
#include "df/volumes.h"

#include "base/alloc.h"
#include "store/bundle_lock.h"

#include <string.h>

/* All bundles are roots, and each is looked at on the way. */
static bool look_at_bundle(const struct bundle *bundle, void *data)
{
	struct usage *usage = data;
	struct usage_row *row = &usage->rows[USAGE_BUNDLES];
	const struct image *image = &bundle->image;
	autolife struct bundle_life life = { 0 };

	row->count++;
	row->active += bundle_container_status(bundle) != STATE_STOPPED;
	if (image->layout)
		usage_add_number(usage->bundle_images, image->descriptor.digest.text, 1);
	volumes_look(usage, bundle);
	if (!usage->is_detailed)
		return true;
	bundle_life_read(bundle, &life);
	json_object_set_new(usage->bundles, bundle->id,
			    json_pack("{ssss}", "image", image->layout ? image_name(image) : "",
				      "status", life.status));
	return true;
}

void bundles_look(struct usage *usage)
{
	struct error failure = { 0 };

	usage->scope.keeps_bundle = look_at_bundle;
	usage->scope.data = usage;
	if (roots_add_bundles(&usage->roots, &failure) < 0)
		usage_report(usage, "bundles", &failure);
}

/* The parts of a bundle, and whatever else is in it. */
struct bundle_parts {
	const char *path; /* in the store */
	uint64_t upper; /* what containers have written */
	uint64_t volumes;
	uint64_t logs;
	uint64_t rest;
};

static const struct {
	const char *name;
	size_t part;
} parts[] = {
	{ "upper", offsetof(struct bundle_parts, upper) },
	{ "rootfs", offsetof(struct bundle_parts, upper) }, /* of a copy */
	{ "volumes", offsetof(struct bundle_parts, volumes) },
	{ "log", offsetof(struct bundle_parts, logs) },
};

static uint64_t *find_part(struct bundle_parts *bundle, const char *name)
{
	for (size_t i = 0; i < array_size(parts); i++)
		if (strcmp(parts[i].name, name) == 0)
			return (uint64_t *)((char *)bundle + parts[i].part);
	return &bundle->rest;
}

static void measure_part(struct usage *usage, int dirfd, const char *name, void *data)
{
	struct bundle_parts *bundle = data;

	usage_add(usage, dirfd, name, bundle->path, find_part(bundle, name));
}

static void measure_bundle(struct usage *usage, int dirfd, const char *name, void *data)
{
	autofree char *path = xasprintf("bundles/%s", name);
	struct bundle_parts bundle = { .path = path };
	const json_t *known = json_object_get(usage->bundles, name);
	uint64_t bytes;

	(void)data;
	usage_enter_namespace(usage);
	usage_add_folder(usage, dirfd, name, path, &bundle.rest, measure_part, &bundle);
	bytes = bundle.upper + bundle.volumes + bundle.logs + bundle.rest;
	usage->rows[USAGE_BUNDLES].bytes += bytes;
	if (!usage->is_detailed || !known)
		return;
	usage_add_object(usage, USAGE_BUNDLES,
			 json_pack("{sssssOsOsIsIsIsI}", "kind", "bundle", "id", name, "image",
				   json_object_get(known, "image"), "status",
				   json_object_get(known, "status"), "bytes", (json_int_t)bytes,
				   "upper", (json_int_t)bundle.upper, "volumes",
				   (json_int_t)bundle.volumes, "logs", (json_int_t)bundle.logs));
}

void bundles_measure(struct usage *usage)
{
	usage_add_folder(usage, usage->store->dirfd, "bundles", "bundles",
			 &usage->rows[USAGE_BUNDLES].bytes, measure_bundle, NULL);
}
