/* SPDX-License-Identifier: Apache-2.0 */
#include "new_image.h"

#include "oci/blob.h"
#include "oci/config_change.h"
#include "oci/media_type.h"
#include "oci/reference.h"

#include <string.h>

#define ANNOTATION_BASE_DIGEST "org.opencontainers.image.base.digest"
#define ANNOTATION_BASE_NAME "org.opencontainers.image.base.name"
#define ANNOTATION_CREATED "org.opencontainers.image.created"

void new_image_release(struct new_image *image)
{
	json_free(&image->config);
	json_free(&image->layers);
}

/* A layer of the base as it stands in the base's manifest, but for Docker's types. */
static json_t *describe_layer(const struct descriptor *layer)
{
	json_t *json = json_deep_copy(layer->json);

	if (media_type_is_docker(layer->media_type))
		json_object_set_new(json, "mediaType",
				    json_string(media_type_to_oci(layer->media_type)));
	return json;
}

/* Entries for the layers that the history tells nothing of. */
static void complete_history(json_t *config, const struct image_history *history, size_t n_layers)
{
	const struct image_history_entry untold = {
		.comment = "the base tells nothing of this layer"
	};
	size_t n = 0;

	for (size_t i = 0; i < history->n_entries; i++)
		n += !history->entries[i].empty_layer;
	for (; n < n_layers; n++)
		image_history_add(config, &untold);
}

static int take_base(struct new_image *image, struct error *err)
{
	const struct base_image *base = image->base;
	autoimagehistory struct image_history history = IMAGE_HISTORY_INIT;

	if (image_history_read(base->config.json, &history, err) < 0)
		return -1;
	for (size_t i = 0; i < base->manifest.n_layers; i++)
		json_array_append_new(image->layers, describe_layer(&base->manifest.layers[i]));
	complete_history(image->config, &history, base->manifest.n_layers);
	return 0;
}

/* Nothing of the base's layers is left. */
static void forget_layers(struct new_image *image)
{
	json_object_set_new(json_object_get(image->config, "rootfs"), "diff_ids", json_array());
	json_object_del(image->config, "history");
}

static int apply_changes(struct new_image *image, struct error *err)
{
	struct config_change change = { .image = image->config };

	for (size_t i = 0; i < image->request->changes->len; i++)
		if (config_change_apply(&change, image->request->changes->items[i], err) < 0)
			return error_prefix(err, "option --change");
	return 0;
}

int new_image_begin(const struct base_image *base, const struct new_image_request *request,
		    struct new_image *ret, struct error *err)
{
	const struct image_history_entry *history = &request->history;

	ret->base = base;
	ret->request = request;
	ret->config = json_deep_copy(base->config.json);
	ret->layers = json_array();
	json_object_set_new(ret->config, "created", json_string(history->created));
	if (history->author)
		json_object_set_new(ret->config, "author", json_string(history->author));
	if (request->squash)
		forget_layers(ret);
	else if (take_base(ret, err) < 0)
		return -1;
	return apply_changes(ret, err);
}

int new_image_add_layer(struct new_image *image, const struct new_layer *layer, struct error *err)
{
	struct image_history_entry history = image->request->history;
	json_t *rootfs = json_object_get(image->config, "rootfs");
	json_t *diff_ids = json_object_get(rootfs, "diff_ids");

	history.empty_layer = !layer->is_there;
	image_history_add(image->config, &history);
	if (!layer->is_there)
		return 0;
	if (json_array_size(image->layers) == MANIFEST_LAYERS_MAX) {
		error_set(err, ERROR_FAILED, "an image has at most %d layers", MANIFEST_LAYERS_MAX);
		return error_hint(err, "--squash makes one of all");
	}
	if (!json_is_array(diff_ids)) {
		json_object_set_new(rootfs, "diff_ids", json_array());
		diff_ids = json_object_get(rootfs, "diff_ids");
	}
	json_object_set_new(rootfs, "type", json_string("layers"));
	json_array_append_new(diff_ids, json_string(layer->diff_id.text));
	json_array_append_new(image->layers, descriptor_to_json(&layer->blob));
	return 0;
}

/* The base's annotations, and what is said of the base; empty where there is nothing to say. New. */
static json_t *make_annotations(const struct new_image *image)
{
	const struct image *base = image->base->image;
	const json_t *old = json_object_get(image->base->manifest.json, "annotations");
	json_t *annotations = json_is_object(old) ? json_deep_copy(old) : json_object();

	json_object_del(annotations, ANNOTATION_BASE_DIGEST);
	json_object_del(annotations, ANNOTATION_BASE_NAME);
	if (json_object_get(annotations, ANNOTATION_CREATED))
		json_object_set_new(annotations, ANNOTATION_CREATED,
				    json_string(image->request->history.created));
	if (image->request->squash)
		return annotations;
	json_object_set_new(annotations, ANNOTATION_BASE_DIGEST,
			    json_string(base->descriptor.digest.text));
	/* What a layout elsewhere calls an image is no reference. */
	if (base->ref && reference_has_registry(base->ref))
		json_object_set_new(annotations, ANNOTATION_BASE_NAME, json_string(base->ref));
	return annotations;
}

static json_t *make_manifest(const struct new_image *image, const struct descriptor *config)
{
	json_t *manifest = json_pack("{s:i, s:s, s:o, s:O}", "schemaVersion", 2, "mediaType",
				     MEDIA_TYPE_MANIFEST, "config", descriptor_to_json(config),
				     "layers", image->layers);
	json_t *annotations = make_annotations(image);

	if (json_object_size(annotations))
		json_object_set(manifest, "annotations", annotations);
	json_decref(annotations);
	return manifest;
}

/* Put a document that others will read with that limit. */
static int put_document(const struct layout *layout, const char *media_type, const json_t *document,
			size_t max, struct descriptor *ret, struct error *err)
{
	autofree char *text = json_format(document);
	size_t len = strlen(text);

	if (len > max)
		return error_set(
			err, ERROR_FAILED, "the image's %s would be larger than %zu bytes",
			media_type_kind(media_type) == MEDIA_CONFIG ? "config" : "manifest", max);
	return blob_put(layout, media_type, text, len, ret, err);
}

int new_image_put(const struct new_image *image, const struct layout *layout,
		  struct descriptor *ret, struct error *err)
{
	autodescriptor struct descriptor config = DESCRIPTOR_INIT;
	autojson json_t *manifest = NULL;

	if (put_document(layout, MEDIA_TYPE_CONFIG, image->config, IMAGE_CONFIG_MAX, &config, err) <
	    0)
		return -1;
	manifest = make_manifest(image, &config);
	if (put_document(layout, MEDIA_TYPE_MANIFEST, manifest, MANIFEST_MAX, ret, err) < 0)
		return -1;
	ret->platform = image->base->config.platform;
	return 0;
}
