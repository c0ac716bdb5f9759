/* SPDX-License-Identifier: Apache-2.0 */
#include "df/images.h"

#include "df/image_share.h"

#include "base/alloc.h"
#include "oci/index_list.h"
#include "oci/media_type.h"

#include <string.h>

/* An entry of images/blobs/ALG, whose path data is. */
static void measure_blob(struct usage *usage, int dirfd, const char *name, void *data)
{
	const char *algorithm = strrchr(data, '/') + 1;
	/* One that a collector keeps aside is the same blob. */
	autofree char *digest = xasprintf("%s:%.*s", algorithm, (int)strcspn(name, "."), name);
	struct usage_row *row = &usage->rows[USAGE_IMAGES];
	uint64_t bytes = 0;

	usage_add(usage, dirfd, name, data, &bytes);
	row->bytes += bytes;
	if (json_object_get(usage->doomed, digest))
		row->reclaimable += bytes;
	if (usage->is_detailed)
		usage_add_number(usage->blob_bytes, digest, bytes);
}

static void measure_blob_folder(struct usage *usage, int dirfd, const char *name, void *data)
{
	autofree char *path = xasprintf("images/blobs/%s", name);

	(void)data;
	usage_add_folder(usage, dirfd, name, path, &usage->rows[USAGE_IMAGES].bytes, measure_blob,
			 path);
}

static void measure_layout_entry(struct usage *usage, int dirfd, const char *name, void *data)
{
	uint64_t *bytes = &usage->rows[USAGE_IMAGES].bytes;

	(void)data;
	if (strcmp(name, "blobs") == 0)
		usage_add_folder(usage, dirfd, name, "images/blobs", bytes, measure_blob_folder,
				 NULL);
	else
		usage_add(usage, dirfd, name, "images", bytes);
}

/* Note an entry in images: digest: {"names":[NAME...],"reaches":[DIGEST...],"index":BOOL}. */
static void note_entry(json_t *images, const struct index_entry *entry)
{
	const char *digest = entry->descriptor.digest.text;
	json_t *image = json_object_get(images, digest);

	if (!image) {
		image = json_pack("{s[]s[s]sb}", "names", "reaches", digest, "index",
				  media_type_kind(entry->descriptor.media_type) == MEDIA_INDEX);
		json_object_set_new(images, digest, image);
	}
	if (entry->name)
		json_array_append_new(json_object_get(image, "names"), json_string(entry->name));
	if (entry->source)
		json_array_append_new(json_object_get(image, "reaches"),
				      json_string(entry->source));
}

/* The images of index.json, new. A referrer takes room among them and is none. */
static json_t *list_images(struct usage *usage)
{
	autoindexlist struct index_list list = INDEX_LIST_INIT;
	struct error failure = { 0 };
	json_t *images = json_object();

	if (index_list_read(&usage->layout, &list, &failure) < 0)
		usage_report(usage, "images", &failure);
	for (size_t i = 0; i < list.n_entries; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;

		index_list_get(&list, i, &entry);
		if (!entry.is_referrer)
			note_entry(images, &entry);
	}
	return images;
}

static void reach_image(struct reach *reach, const json_t *image)
{
	size_t i;
	json_t *text;

	json_array_foreach (json_object_get(image, "reaches"), i, text) {
		struct digest digest;

		if (digest_parse(json_string_value(text), &digest, NULL) == 0)
			reach_add_digest(reach, &digest);
	}
}

/* How many bundles were made of an image, or of one of those that an index names. */
static uint64_t count_bundles(const struct usage *usage, const struct reach *reach)
{
	uint64_t n = 0;
	size_t i;
	json_t *document;

	json_array_foreach (reach->documents, i, document)
		n += usage_number(usage->bundle_images, json_string_value(document));
	return n;
}

static bool is_active(const struct usage *usage, const char *digest, const json_t *image)
{
	autoreach struct reach reach;

	reach_init(&reach, &usage->layout);
	if (!json_is_true(json_object_get(image, "index")))
		return json_object_get(usage->bundle_images, digest);
	reach_image(&reach, image);
	return count_bundles(usage, &reach) > 0;
}

/* With what each of them takes. */
static void measure_images(struct usage *usage, const json_t *images)
{
	autoimageshares struct image_shares shares;
	const char *digest;
	json_t *image;

	image_shares_init(&shares, usage);
	json_object_foreach ((json_t *)images, digest, image) {
		struct reach reach;
		uint64_t n_bundles;

		reach_init(&reach, &usage->layout);
		reach_image(&reach, image);
		n_bundles = count_bundles(usage, &reach);
		usage->rows[USAGE_IMAGES].active += n_bundles > 0;
		image_shares_add(&shares, digest, json_object_get(image, "names"), n_bundles,
				 &reach);
	}
	image_shares_report(&shares, usage);
}

static void count_images(struct usage *usage, const json_t *images)
{
	const char *digest;
	json_t *image;

	json_object_foreach ((json_t *)images, digest, image)
		usage->rows[USAGE_IMAGES].active += is_active(usage, digest, image);
}

void images_measure(struct usage *usage)
{
	autojson json_t *images = NULL;

	usage_add_folder(usage, usage->store->dirfd, "images", "images",
			 &usage->rows[USAGE_IMAGES].bytes, measure_layout_entry, NULL);
	if (usage->layout.dirfd < 0)
		return;
	images = list_images(usage);
	usage->rows[USAGE_IMAGES].count = json_object_size(images);
	if (usage->is_detailed)
		measure_images(usage, images);
	else
		count_images(usage, images);
}
