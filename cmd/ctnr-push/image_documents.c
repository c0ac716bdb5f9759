/* SPDX-License-Identifier: Apache-2.0 */
#include "image_documents.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/media_type.h"
#include "oci/referrer.h"

#include <stdlib.h>
#include <string.h>

/* How far from the image a referrer may be: 1 refers to the image, 2 to such a one. */
#define REFERRER_DISTANCE_MAX 4

static void blob_list_release(struct blob_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		descriptor_release(&list->items[i]);
	free(list->items);
}

void image_documents_release(struct image_documents *documents)
{
	for (size_t i = 0; documents->converted && i < documents->n_image_nodes; i++)
		document_release(&documents->converted[i]);
	free(documents->converted);
	document_tree_release(&documents->tree);
	blob_list_release(&documents->layers);
	blob_list_release(&documents->configs);
	json_free(&documents->sizes);
	free(documents->referrers);
}

/* Something of the image is not here. */
static int blob_is_missing(const struct image_documents *documents, const struct digest *digest,
			   struct error *err)
{
	error_set(err, ERROR_FAILED, "blob %s is not in '%s'", digest->text,
		  documents->layout->path);
	return error_hint(
		err,
		"'ctnr pull' gets what is missing of an image, with --all-platforms of all in an index");
}

static int read_document(const struct image_documents *documents, const struct descriptor *want,
			 struct document *ret, struct error *err)
{
	if (layout_read_blob(documents->layout, want, MANIFEST_MAX, &ret->bytes, err) < 0)
		return error_is(err, ERROR_NOT_FOUND)
			       ? blob_is_missing(documents, &want->digest, err)
			       : -1;
	ret->digest = want->digest;
	ret->media_type = xstrdup(want->media_type);
	return 0;
}

static int get_node(void *data, const struct descriptor *want, struct document *ret,
		    struct error *err)
{
	return read_document(data, want, ret, err);
}

/* A blob that its publisher keeps elsewhere need not be here: a registry takes its manifest all the same. */
static bool may_be_absent(const struct descriptor *blob)
{
	return json_object_get(blob->json, "urls") && media_type_is_foreign(blob->media_type);
}

static int add_blob(struct image_documents *documents, struct blob_list *list,
		    const struct descriptor *blob, struct error *err)
{
	const json_t *known = json_object_get(documents->sizes, blob->digest.text);

	if (known && (uint64_t)json_integer_value(known) != blob->size)
		return error_set(err, ERROR_VERIFY, "blob %s has two sizes", blob->digest.text);
	if (known)
		return 0;
	if (!layout_has_blob(documents->layout, &blob->digest, blob->size))
		return may_be_absent(blob) ? 0 : blob_is_missing(documents, &blob->digest, err);
	if (documents->layers.len + documents->configs.len == IMAGE_BLOBS_MAX)
		return error_set(err, ERROR_FAILED, "the image has more than %d blobs",
				 IMAGE_BLOBS_MAX);
	json_object_set_new(documents->sizes, blob->digest.text,
			    json_integer((json_int_t)blob->size));
	list->items = xgrow(list->items, list->len, sizeof(*list->items));
	descriptor_copy(blob, &list->items[list->len++]);
	return 0;
}

static int keep_node(void *data, const struct document_node *node, struct error *err)
{
	struct image_documents *documents = data;
	const struct manifest *manifest = &node->manifest;

	if (node->n_left_out)
		message_warning(
			"index %s: %zu of its entries are of types or have digests that are not known, they are not copied",
			node->document.digest.text, node->n_left_out);
	if (node->children)
		return 0;
	for (size_t i = 0; i < manifest->n_layers; i++)
		if (add_blob(documents, &documents->layers, &manifest->layers[i], err) < 0)
			return error_prefix(err, "manifest %s", node->document.digest.text);
	if (add_blob(documents, &documents->configs, &manifest->config, err) < 0)
		return error_prefix(err, "manifest %s", node->document.digest.text);
	return 0;
}

void image_documents_init(struct image_documents *ret, const struct layout *layout)
{
	*ret = (struct image_documents) {
		.layout = layout,
		.source = { get_node, keep_node, ret },
		.tree = DOCUMENT_TREE_INIT(&ret->source),
		.sizes = json_object(),
	};
}

int image_documents_read(struct image_documents *documents, const struct descriptor *top,
			 struct error *err)
{
	autodocument struct document document = DOCUMENT_INIT;

	if (!document_tree_may_have(top))
		return error_set(err, ERROR_FAILED, "%s is not an image but '%s'", top->digest.text,
				 top->media_type);
	if (read_document(documents, top, &document, err) < 0 ||
	    !document_tree_gather(&documents->tree, &document, 0, err))
		return -1;
	documents->n_image_nodes = documents->tree.n_nodes;
	return document_tree_convert(&documents->tree, NULL, err);
}

static const struct document_node *top_node(const struct image_documents *documents)
{
	return documents->tree.nodes[documents->n_image_nodes - 1];
}

static int forget_converted(void *data, const struct document_node *node,
			    struct document *converted, struct error *err)
{
	(void)data;
	(void)node;
	(void)converted;
	(void)err;
	return 0;
}

bool image_documents_are_origin(const struct image_documents *documents,
				const struct digest *digest)
{
	const struct document_conversion conversion = { CONVERSION_TO_OCI,
							conversion_manifest_is_docker,
							forget_converted, NULL };

	return document_tree_convert(&documents->tree, &conversion, NULL) == 0 &&
	       digest_equal(&top_node(documents)->descriptor.digest, digest) &&
	       document_tree_convert(&documents->tree, NULL, NULL) == 0;
}

/* Which node of the tree it is. */
static size_t position_of(const struct image_documents *documents, const struct document_node *node)
{
	return (size_t)json_integer_value(
		json_object_get(documents->tree.positions, node->document.digest.text));
}

static int keep_converted(void *data, const struct document_node *node, struct document *converted,
			  struct error *err)
{
	struct image_documents *documents = data;

	(void)err;
	if (!documents->converted)
		documents->converted =
			xcalloc(documents->n_image_nodes, sizeof(*documents->converted));
	documents->converted[position_of(documents, node)] = *converted;
	*converted = (struct document)DOCUMENT_INIT;
	return 0;
}

/* Are there types of both Docker and OCI in the image? */
static bool is_mixed(const struct image_documents *documents)
{
	bool is_docker = media_type_is_docker(top_node(documents)->document.media_type);

	for (size_t i = 0; i < documents->n_image_nodes; i++) {
		const struct document_node *node = documents->tree.nodes[i];

		if (media_type_is_docker(node->document.media_type) != is_docker ||
		    (!node->children && conversion_manifest_is_mixed(&node->manifest)))
			return true;
	}
	return false;
}

int image_documents_convert(struct image_documents *documents, enum image_format format,
			    struct error *err)
{
	struct document_conversion conversion = { CONVERSION_TO_OCI, conversion_manifest_is_needed,
						  keep_converted, documents };

	if (format == IMAGE_FORMAT_KEEP) {
		if (!is_mixed(documents))
			return 0;
		message_warning(
			"media types of Docker and OCI are mixed in the image, which registries refuse: converting it to OCI");
	}
	if (format == IMAGE_FORMAT_DOCKER)
		conversion.to = CONVERSION_TO_DOCKER;
	return document_tree_convert(&documents->tree, &conversion, err);
}

const struct document *image_document(const struct image_documents *documents, size_t node)
{
	if (documents->converted && node < documents->n_image_nodes &&
	    documents->converted[node].media_type)
		return &documents->converted[node];
	return &documents->tree.nodes[node]->document;
}

/* What an entry of index.json refers to: new, or NULL. The entry of a referrer says it, or else its document,
 * where the entry may be one: it has no name, or states the type of an artifact. */
static char *subject_of_entry(const struct image_documents *documents,
			      const struct descriptor *entry)
{
	const char *stated = descriptor_annotation(entry, ANNOTATION_SUBJECT);
	autodocument struct document document = DOCUMENT_INIT;
	autojson json_t *json = NULL;
	const char *subject;

	if (stated)
		return xstrdup(stated);
	if (!document_tree_may_have(entry) || (descriptor_annotation(entry, ANNOTATION_REF_NAME) &&
					       !json_object_get(entry->json, "artifactType")))
		return NULL;
	if (read_document(documents, entry, &document, NULL) < 0 ||
	    json_check_values(document.bytes.data, document.bytes.len, DOCUMENT_VALUES_MAX,
			      "document", NULL) < 0)
		return NULL;
	json = json_parse(document.bytes.data, document.bytes.len, "document", NULL);
	subject = json_text(json_object_get(json_object_get(json, "subject"), "digest"));
	return subject ? xstrdup(subject) : NULL;
}

/* The entries of an index by the digest of what they refer to, as lists of their positions: new. A document is
 * read once, however often it stands there. */
static json_t *list_referrers(const struct image_documents *documents, const struct index *index)
{
	autojson json_t *seen = json_object();
	json_t *by_subject = json_object();

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *entry = &index->manifests[i];
		autofree char *subject = NULL;

		if (json_object_get(seen, entry->digest.text))
			continue;
		json_object_set_new(seen, entry->digest.text, json_true());
		subject = subject_of_entry(documents, entry);
		if (!subject)
			continue;
		if (!json_object_get(by_subject, subject))
			json_object_set_new(by_subject, subject, json_array());
		json_array_append_new(json_object_get(by_subject, subject),
				      json_integer((json_int_t)i));
	}
	return by_subject;
}

static int read_referrer(struct image_documents *documents, const struct document_node *subject,
			 const struct descriptor *entry, struct error *err)
{
	struct document_tree *tree = &documents->tree;
	const struct image_referrer referrer = { .subject = subject->document.digest };
	autodocument struct document document = DOCUMENT_INIT;
	autodescriptor struct descriptor described = DESCRIPTOR_INIT;
	int refers;

	if (document_tree_find(tree, &entry->digest) || !document_tree_may_have(entry))
		return 0;
	if (read_document(documents, entry, &document, err) < 0)
		return -1;
	refers = referrer_describe(&document, &referrer.subject, &described, err);
	if (refers <= 0)
		return refers;
	tree->distance = subject->distance + 1;
	if (!document_tree_gather(tree, &document, 0, err))
		return -1;
	documents->referrers =
		xgrow(documents->referrers, documents->n_referrers, sizeof(*documents->referrers));
	documents->referrers[documents->n_referrers] = referrer;
	documents->referrers[documents->n_referrers++].node = tree->n_nodes - 1;
	return 0;
}

int image_documents_read_referrers(struct image_documents *documents, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	autojson json_t *by_subject = NULL;

	if (layout_read_index(documents->layout, &index, err) < 0)
		return -1;
	by_subject = list_referrers(documents, &index);
	/* What is read grows the list of nodes meanwhile. */
	for (size_t i = 0; i < documents->tree.n_nodes; i++) {
		const struct document_node *node = documents->tree.nodes[i];
		json_t *position;
		size_t j;

		if (node->distance == REFERRER_DISTANCE_MAX)
			continue;
		json_array_foreach (json_object_get(by_subject, node->document.digest.text), j,
				    position) {
			const struct descriptor *entry =
				&index.manifests[json_integer_value(position)];

			if (read_referrer(documents, node, entry, err) < 0)
				return error_prefix(err, "referrer '%s'", entry->digest.text);
		}
	}
	return 0;
}
