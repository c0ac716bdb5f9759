/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/document_copy.h"

#include "base/alloc.h"
#include "base/message.h"
#include "format/hash.h"
#include "oci/conversion.h"
#include "oci/image_config.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

bool document_copy_read_present(const struct document_copy *copy, const struct descriptor *want,
				struct document *ret)
{
	const struct layout *layout = copy->transfer->layout;
	autodocument struct document document = DOCUMENT_INIT;

	if (layout_read_blob(layout, want, MANIFEST_MAX, &document.bytes, NULL) < 0 ||
	    blob_check(want, document.bytes.data, document.bytes.len, NULL) < 0)
		return false;
	document.digest = want->digest;
	document.media_type = xstrdup(want->media_type);
	*ret = document;
	document = (struct document)DOCUMENT_INIT;
	return true;
}

int document_copy_get(const struct document_copy *copy, const struct descriptor *want,
		      struct document *ret, struct error *err)
{
	if (interrupt_wait(copy->transfer->interrupt, 0))
		return interrupt_error(err);
	if (want && document_copy_read_present(copy, want, ret))
		return 0;
	return source_get_document(copy->transfer->source, copy->connection, want, ret, err);
}

int document_copy_store(const struct document_copy *copy, const struct document *document,
			struct error *err)
{
	return transfer_put(copy->transfer, &document->digest, document->bytes.data,
			    document->bytes.len, err);
}

/* An encrypted layer is of no use in the layout: nothing there decrypts it. */
static int check_encryption(const struct manifest *manifest, struct error *err)
{
	for (size_t i = 0; i < manifest->n_layers; i++) {
		const struct descriptor *layer = &manifest->layers[i];

		if (!media_type_is_encrypted(layer->media_type))
			continue;
		error_set(err, ERROR_FAILED, "layer %s is encrypted ('%s')", layer->digest.text,
			  layer->media_type);
		return error_hint(
			err,
			"'skopeo copy --decryption-key KEY' makes an oci:DIR:TAG of it that ctnr-fetch takes");
	}
	return 0;
}

int document_copy_add_blobs(const struct document_copy *copy, const struct manifest *manifest,
			    struct error *err)
{
	if (check_encryption(manifest, err) < 0)
		return -1;
	if (transfer_add(copy->transfer, &manifest->config, err) < 0)
		return -1;
	for (size_t i = 0; i < manifest->n_layers; i++)
		if (transfer_add(copy->transfer, &manifest->layers[i], err) < 0)
			return -1;
	return 0;
}

static int get_document(void *data, const struct descriptor *want, struct document *ret,
			struct error *err)
{
	return document_copy_get(data, want, ret, err);
}

static int keep_document(void *data, const struct document_node *node, struct error *err)
{
	const struct document_copy *copy = data;

	if (!node->children && document_copy_add_blobs(copy, &node->manifest, err) < 0)
		return error_prefix(err, "manifest %s", node->document.digest.text);
	if (node->n_left_out)
		message_warning(
			"index %s: %zu of its entries are of types or have digests that are not known, leaving them out",
			node->document.digest.text, node->n_left_out);
	return document_copy_store(copy, &node->document, err);
}

void document_copy_as_source(const struct document_copy *copy, struct document_source *ret)
{
	*ret = (struct document_source) { get_document, keep_document, (void *)copy };
}

/* Store the OCI form of a document, a text; *descriptor becomes its descriptor. */
static int put_converted(const struct document_copy *copy, const char *media_type, const char *text,
			 struct descriptor *descriptor, struct error *err)
{
	struct digest digest;

	if (hash_buffer(DIGEST_SHA256, text, strlen(text), &digest, err) < 0 ||
	    transfer_put(copy->transfer, &digest, text, strlen(text), err) < 0)
		return -1;
	free(descriptor->media_type);
	descriptor->media_type = xstrdup(media_type);
	descriptor->digest = digest;
	descriptor->size = strlen(text);
	return 0;
}

int document_copy_convert_manifest(const struct document_copy *copy,
				   const struct manifest *manifest, struct descriptor *descriptor,
				   struct error *err)
{
	autofree char *text = NULL;

	if (copy->format == REQUEST_KEEP || !media_type_is_docker(manifest->media_type))
		return 0;
	text = conversion_manifest(manifest, CONVERSION_TO_OCI, err);
	if (!text)
		return -1;
	return put_converted(copy, MEDIA_TYPE_MANIFEST, text, descriptor, err);
}

static int keep_converted(void *data, const struct document_node *node, struct document *converted,
			  struct error *err)
{
	(void)node;
	return document_copy_store(data, converted, err);
}

int document_copy_convert_tree(const struct document_copy *copy, const struct document_tree *tree,
			       struct error *err)
{
	const struct document_conversion conversion = { CONVERSION_TO_OCI,
							conversion_manifest_is_docker,
							keep_converted, (void *)copy };

	return document_tree_convert(tree, copy->format == REQUEST_OCI ? &conversion : NULL, err);
}

int document_copy_read_platform(const struct document_copy *copy, const struct manifest *manifest,
				struct platform *ret, struct error *err)
{
	autojson json_t *json = NULL;
	struct jnode root;

	if (media_type_kind(manifest->config.media_type) != MEDIA_CONFIG)
		return 0;
	json = image_config_read_json(copy->transfer->layout, &manifest->config, err);
	if (!json)
		return -1;
	root = jnode_root(json, "image config");
	return platform_from_json(&root, ret, err);
}
