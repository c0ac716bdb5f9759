/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/document_tree.h"

#include "base/alloc.h"
#include "format/hash.h"
#include "format/json.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

/* Most manifests and indexes of one image: the images of one name for all platforms are some
 * dozens. */
#define DOCUMENTS_MAX 1024

/* Bytes of them together: they are all kept until the image is there. 1,000 manifests of 127 layers
 * have half as many. */
#define DOCUMENT_BYTES_MAX (64U << 20)

/* Values of JSON in them together: parsed they take most of the memory. */
#define DOCUMENT_VALUES_ALL_MAX 1000000

static void node_free(struct document_node *node)
{
	if (!node)
		return;
	document_release(&node->document);
	manifest_release(&node->manifest);
	index_release(&node->index);
	free(node->children);
	descriptor_release(&node->descriptor);
	free(node);
}

static void node_cleanup(struct document_node **node)
{
	node_free(*node);
}

void document_tree_release(struct document_tree *tree)
{
	for (size_t i = 0; i < tree->n_nodes; i++)
		node_free(tree->nodes[i]);
	free(tree->nodes);
	json_decref(tree->positions);
}

const struct document_node *document_tree_find(const struct document_tree *tree,
					       const struct digest *digest)
{
	const json_t *position = json_object_get(tree->positions, digest->text);

	return position ? tree->nodes[json_integer_value(position)] : NULL;
}

/* Add a node, which is taken. */
static const struct document_node *add_node(struct document_tree *tree, struct document_node *node)
{
	json_object_set_new(tree->positions, node->document.digest.text,
			    json_integer((json_int_t)tree->n_nodes));
	tree->nodes = xrealloc(tree->nodes, tree->n_nodes + 1, sizeof(const void *));
	tree->nodes[tree->n_nodes++] = node;
	return node;
}

/* Count a document that is about to be read. */
static int count_document(struct document_tree *tree, const struct document *document,
			  struct error *err)
{
	tree->n_documents++;
	tree->n_bytes += document->bytes.len;
	tree->n_values += json_count_values(document->bytes.data, document->bytes.len);
	if (tree->n_documents > DOCUMENTS_MAX)
		return error_set(err, ERROR_FAILED,
				 "the image has more than %d manifests and indexes", DOCUMENTS_MAX);
	if (tree->n_bytes > DOCUMENT_BYTES_MAX)
		return error_set(err, ERROR_FAILED,
				 "the image's manifests and indexes have more than %u bytes",
				 DOCUMENT_BYTES_MAX);
	if (tree->n_values > DOCUMENT_VALUES_ALL_MAX)
		return error_set(err, ERROR_FAILED,
				 "the image's manifests and indexes have more than %d values",
				 DOCUMENT_VALUES_ALL_MAX);
	return 0;
}

static const struct document_node *gather_child(struct document_tree *tree,
						const struct descriptor *want, int depth,
						struct error *err)
{
	const struct document_node *known = document_tree_find(tree, &want->digest);
	autodocument struct document document = DOCUMENT_INIT;

	if (known)
		return document_check(&known->document, want, err) == 0 ? known : NULL;
	if (tree->source->get(tree->source->data, want, &document, err) < 0)
		return NULL;
	return document_tree_gather(tree, &document, depth, err);
}

bool document_tree_may_have(const struct descriptor *descriptor)
{
	enum media_kind kind = media_type_kind(descriptor->media_type);

	return kind == MEDIA_MANIFEST || kind == MEDIA_INDEX;
}

static int gather_index(struct document_tree *tree, struct document_node *node, int depth,
			struct error *err)
{
	struct index *index = &node->index;

	if (depth == INDEX_NESTING_MAX)
		return error_set(err, ERROR_FAILED, "%s: more than %d indexes within each other",
				 node->document.digest.text, INDEX_NESTING_MAX);
	if (document_parse_index(&node->document, index, err) < 0)
		return -1;
	node->n_left_out = index->n_unusable;
	node->children = xcalloc(index->n_manifests + 1, sizeof(const void *));
	for (size_t i = 0; i < index->n_manifests; i++) {
		if (!document_tree_may_have(&index->manifests[i])) {
			node->n_left_out++;
			continue;
		}
		node->children[i] = gather_child(tree, &index->manifests[i], depth + 1, err);
		if (!node->children[i])
			return -1;
	}
	return 0;
}

static int gather_manifest(struct document_node *node, struct error *err)
{
	if (document_parse_manifest(&node->document, &node->manifest, err) < 0)
		return error_prefix(err, "manifest %s", node->document.digest.text);
	return 0;
}

const struct document_node *document_tree_gather(struct document_tree *tree,
						 struct document *document, int depth,
						 struct error *err)
{
	autocleanup(node_cleanup) struct document_node *node = xcalloc(1, sizeof(*node));
	bool is_index = media_type_kind(document->media_type) == MEDIA_INDEX;

	node->distance = tree->distance;
	node->document = *document;
	*document = (struct document)DOCUMENT_INIT;
	if (count_document(tree, &node->document, err) < 0)
		return NULL;
	if ((is_index ? gather_index(tree, node, depth, err) : gather_manifest(node, err)) < 0 ||
	    tree->source->keep(tree->source->data, node, err) < 0)
		return NULL;
	return add_node(tree, steal(&node));
}

/* A node becomes a document with that text, which is taken, or NULL on failure. */
static int set_converted(const struct document_conversion *conversion, struct document_node *node,
			 const char *media_type, char *text, struct error *err)
{
	autofree char *owned = text;
	autodocument struct document converted = DOCUMENT_INIT;

	if (!owned || hash_buffer(DIGEST_SHA256, owned, strlen(owned), &converted.digest, err) < 0)
		return -1;
	converted.media_type = xstrdup(media_type);
	str_append(&converted.bytes, owned);
	descriptor_release(&node->descriptor);
	document_describe(&converted, &node->descriptor);
	return conversion->keep(conversion->data, node, &converted, err);
}

static int convert_manifest(const struct document_conversion *conversion,
			    struct document_node *node, struct error *err)
{
	if (!conversion->is_needed(&node->manifest, conversion->to))
		return 0;
	return set_converted(conversion, node, conversion_manifest_type(conversion->to),
			     conversion_manifest(&node->manifest, conversion->to, err), err);
}

static int convert_index(const struct document_conversion *conversion, struct document_node *node,
			 struct error *err)
{
	const struct index *index = &node->index;
	const char *media_type = conversion_index_type(conversion->to);
	autofree struct descriptor *children = xcalloc(index->n_manifests + 1, sizeof(*children));
	bool changed = strcmp(index->media_type, media_type) != 0;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct document_node *child = node->children[i];

		children[i] = child ? child->descriptor : index->manifests[i];
		changed =
			changed || !digest_equal(&children[i].digest, &index->manifests[i].digest);
	}
	if (!changed)
		return 0;
	return set_converted(conversion, node, media_type,
			     conversion_index(index, children, conversion->to, err), err);
}

int document_tree_convert(const struct document_tree *tree,
			  const struct document_conversion *conversion, struct error *err)
{
	for (size_t i = 0; i < tree->n_nodes; i++) {
		struct document_node *node = tree->nodes[i];

		/* A referrer is kept as it is: its digest is what others know it by. */
		if (node->distance)
			break;
		descriptor_release(&node->descriptor);
		document_describe(&node->document, &node->descriptor);
		if (conversion && (node->children ? convert_index(conversion, node, err)
						  : convert_manifest(conversion, node, err)) < 0)
			return error_prefix(err, "%s", node->document.digest.text);
	}
	return 0;
}
