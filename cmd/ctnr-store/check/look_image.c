/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"

#include "base/alloc.h"
#include "oci/media_type.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What must be there of an image. */
enum demand {
	DEMAND_ALL,
	DEMAND_PRESENT, /* what is there is looked at, and nothing has to be */
};

/* Of several descriptors of one blob each may be wrong in its way: that is one finding. */
static struct finding *add_blob_finding(struct look *look, enum finding_kind kind,
					const struct digest *digest)
{
	const json_t *position = json_object_get(look->damaged, digest->text);
	char buffer[LAYOUT_BLOB_PATH_MAX];
	autofree char *path = NULL;

	if (position)
		return &look->findings.items[json_integer_value(position)];
	json_object_set_new(look->damaged, digest->text,
			    json_integer((json_int_t)look->findings.len));
	path = scope_layout_path(look->scope, layout_blob_path(digest, buffer));
	return findings_add(&look->findings, kind, digest->text, path);
}

static int list_blob(const struct inventory_blob *blob, void *data, struct error *err)
{
	struct look *look = data;

	(void)err;
	look->blobs = xgrow(look->blobs, look->n_blobs, sizeof(*look->blobs));
	look->blobs[look->n_blobs++] = *blob;
	if (!blob->is_aside && S_ISREG(blob->stat.st_mode))
		json_object_set_new(look->present, blob->digest.text,
				    json_integer((json_int_t)blob->stat.st_size));
	return 0;
}

/* What cannot be listed is looked for by its name. */
void look_list_blobs(struct look *look)
{
	if (look->scope->is_whole)
		inventory_each_blob(&look->scope->layout, list_blob, look, NULL);
}

/* Is it known to be there, in that size? */
static bool is_listed(const struct look *look, const struct descriptor *blob)
{
	const json_t *size = json_object_get(look->present, blob->digest.text);

	return size && (uint64_t)json_integer_value(size) == blob->size;
}

/* Look at a blob where it is, or where a collector keeps it. */
static int stat_blob(const struct layout *layout, const struct digest *digest, struct stat *ret)
{
	char path[LAYOUT_BLOB_PATH_MAX];

	if (fstatat(layout->dirfd, layout_blob_path(digest, path), ret, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	return fstatat(layout->dirfd, layout_aside_path(digest, path), ret, AT_SYMLINK_NOFOLLOW);
}

/* Has this digest not been looked at with this size, at this depth or above it? What is too deep below one image
 * may be within reach of another one. */
static bool is_new(struct look *look, const struct descriptor *blob, int depth)
{
	const char *digest = blob->digest.text;
	autofree char *key = xasprintf("%s %" PRIu64, digest, blob->size);
	const json_t *least = json_object_get(look->depths, key);

	if (least && json_integer_value(least) <= depth)
		return false;
	json_object_set_new(look->depths, key, json_integer(depth));
	if (!json_object_get(look->seen, digest)) {
		look->counts.blobs++;
		json_object_set_new(look->seen, digest, json_true());
	}
	return true;
}

/* A layer whose publisher keeps it elsewhere need not be there. */
static bool may_be_absent(const struct descriptor *blob, enum demand demand)
{
	return demand == DEMAND_PRESENT || json_object_get(blob->json, "urls");
}

/* Look at the file of a blob. True: it is as the descriptor says. */
static bool look_at_file(struct look *look, const struct descriptor *blob, enum finding_kind kind,
			 enum demand demand)
{
	struct finding *finding;
	struct stat st;

	if (is_listed(look, blob))
		return true;
	if (stat_blob(&look->scope->layout, &blob->digest, &st) < 0) {
		if (errno == ENOENT && may_be_absent(blob, demand))
			return false;
		finding = add_blob_finding(look, kind, &blob->digest);
		if (errno == ENOENT)
			finding_describe(finding, "is not there");
		else
			finding_describe(finding, "cannot be read: %s", strerror(errno));
		return false;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size == blob->size)
		return true;
	finding = add_blob_finding(look, kind, &blob->digest);
	if (S_ISREG(st.st_mode))
		finding_describe(finding, "has %" PRIu64 " bytes instead of %" PRIu64,
				 (uint64_t)st.st_size, blob->size);
	else
		finding_describe(finding, "is not a regular file");
	return false;
}

static void look_at_blob(struct look *look, const struct descriptor *blob, enum demand demand)
{
	if (is_new(look, blob, 0))
		look_at_file(look, blob, FINDING_BLOB, demand);
}

/* Some tools add what is no layer to an image's layers, of which the config does not know. */
static bool is_layer_of(const struct manifest *manifest, const struct image_config *config,
			size_t i)
{
	return manifest->n_layers == config->n_diff_ids ||
	       media_type_kind(manifest->layers[i].media_type) == MEDIA_LAYER;
}

/* Note which blob made which layer. */
static void note_image(struct look *look, const struct manifest *manifest,
		       const struct image_config *config)
{
	struct look_image image = {
		.config = manifest->config.digest,
		.layers = xcalloc(manifest->n_layers + 1, sizeof(*image.layers)),
	};

	for (size_t i = 0; i < manifest->n_layers; i++)
		if (is_layer_of(manifest, config, i))
			image.layers[image.n_layers++] = manifest->layers[i].digest;
	if (image.n_layers != config->n_diff_ids) {
		free(image.layers);
		return;
	}
	image.diff_ids = xmemdup(config->diff_ids, config->n_diff_ids * sizeof(*config->diff_ids));
	look->images = xgrow(look->images, look->n_images, sizeof(*look->images));
	look->images[look->n_images++] = image;
}

static void look_at_config(struct look *look, const struct manifest *manifest, enum demand demand)
{
	const struct descriptor *descriptor = &manifest->config;
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
	struct error cause = { 0 };

	if (!is_new(look, descriptor, 0) || !look_at_file(look, descriptor, FINDING_CONFIG, demand))
		return;
	if (image_config_read(&look->scope->layout, descriptor, &config, &cause) == 0)
		note_image(look, manifest, &config);
	/* That of an artifact may be anything. */
	else if (media_type_kind(descriptor->media_type) == MEDIA_CONFIG)
		finding_describe_error(add_blob_finding(look, FINDING_CONFIG, &descriptor->digest),
				       &cause);
}

static void look_at_manifest(struct look *look, const struct descriptor *descriptor,
			     enum demand demand)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct error cause = { 0 };

	if (layout_read_manifest(&look->scope->layout, descriptor, &manifest, &cause) < 0) {
		finding_describe_error(
			add_blob_finding(look, FINDING_MANIFEST, &descriptor->digest), &cause);
		return;
	}
	look_at_config(look, &manifest, demand);
	for (size_t i = 0; i < manifest.n_layers; i++)
		look_at_blob(look, &manifest.layers[i], demand);
}

static void look_at_document(struct look *look, const struct descriptor *descriptor,
			     enum demand demand, int depth);

static void look_at_index(struct look *look, const struct descriptor *descriptor,
			  enum demand demand, int depth)
{
	autoindex struct index index = INDEX_INIT;
	struct error cause = { 0 };

	if (layout_read_nested_index(&look->scope->layout, descriptor, &index, &cause) < 0) {
		finding_describe_error(
			add_blob_finding(look, FINDING_MANIFEST, &descriptor->digest), &cause);
		return;
	}
	for (size_t i = 0; i < index.n_manifests; i++)
		look_at_document(look, &index.manifests[i], demand, depth + 1);
}

/* Each document is looked at a few times, however often it is named. */
static void look_at_document(struct look *look, const struct descriptor *descriptor,
			     enum demand demand, int depth)
{
	enum media_kind kind = media_type_kind(descriptor->media_type);

	if (depth > INDEX_NESTING_MAX || !is_new(look, descriptor, depth) ||
	    !look_at_file(look, descriptor, kind == MEDIA_UNKNOWN ? FINDING_BLOB : FINDING_MANIFEST,
			  demand))
		return;
	if (kind == MEDIA_MANIFEST)
		look_at_manifest(look, descriptor, demand);
	else if (kind == MEDIA_INDEX)
		look_at_index(look, descriptor, demand, depth);
}

/* What the registry gave is kept for whoever asks for its digest. Other programs do not know that it belongs to
 * the image, and may have collected it. */
static void look_at_source(struct look *look, const struct descriptor *entry)
{
	const char *text = descriptor_annotation(entry, ANNOTATION_SOURCE);
	struct digest digest;
	struct finding *finding;
	struct stat st;

	if (!text || digest_parse(text, &digest, NULL) < 0)
		return;
	json_object_set_new(look->sources, text, json_true());
	if (json_object_get(look->seen, text) || json_object_get(look->present, text) ||
	    stat_blob(&look->scope->layout, &digest, &st) == 0 || errno != ENOENT)
		return;
	json_object_set_new(look->seen, text, json_true());
	finding = add_blob_finding(look, FINDING_BLOB, &digest);
	finding_describe(finding, "is not there; the image that was made of it is");
	finding_set_remark(finding, REMEDY_NONE);
	/* An image that needs it is damaged, which is another finding. */
	json_object_del(look->damaged, text);
}

void look_at_image(struct look *look, const struct descriptor *entry)
{
	look_at_document(look, entry, DEMAND_ALL, 0);
	look_at_source(look, entry);
}
