/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order of operations: the manifests first, down from what the source gave, each verified and
 * stored; then all blobs at once; then, when everything is there, the converted documents, from
 * the manifests up. So whatever is in the layout has everything below it.
 */
#include "workers/copy/copy.h"

#include "workers/copy/conversion.h"

#include "base/alloc.h"
#include "base/message.h"
#include "format/hash.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "oci/referrer.h"

#include <stdlib.h>
#include <string.h>

/* Most manifests and indexes of one image: the images of one name for all platforms are some
 * dozens. */
#define DOCUMENTS_MAX 1024

/* Bytes of them together: they are all kept until the image is there. 1,000 manifests of 127 layers
 * have half as many. */
#define DOCUMENT_BYTES_MAX (64U << 20)

/* How far from the image a referrer may be: 1 refers to the image, 2 to such a one. */
#define REFERRER_DISTANCE_MAX 4

struct copy {
	struct transfer *transfer;
	void *connection;
	const struct copy_options *options;
};

/* Read a document that is a blob of the layout. False when it is not there, or not as it should be: the source has
 * it then. */
static bool read_present(const struct copy *copy, const struct descriptor *want,
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

/* Every document passes here, also of sources where nothing is waited for: signals are heard. */
static int get_document(const struct copy *copy, const struct descriptor *want,
			struct document *ret, struct error *err)
{
	if (interrupt_wait(copy->transfer->interrupt, 0))
		return interrupt_error(err);
	if (want && read_present(copy, want, ret))
		return 0;
	return source_get_document(copy->transfer->source, copy->connection, want, ret, err);
}

static int store_document(const struct copy *copy, const struct document *document,
			  struct error *err)
{
	return transfer_put(copy->transfer, &document->digest, document->bytes.data,
			    document->bytes.len, err);
}

/* A layer that nobody here can read is of no use, however well it was copied. */
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

static int add_blobs(const struct copy *copy, const struct manifest *manifest, struct error *err)
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

/* Store the OCI form of a document; *descriptor becomes its descriptor. */
static int put_converted(const struct copy *copy, const char *media_type, const char *text,
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

static int convert_manifest(const struct copy *copy, const struct manifest *manifest,
			    struct descriptor *descriptor, struct error *err)
{
	autofree char *text = NULL;

	if (copy->options->format == REQUEST_KEEP || !media_type_is_docker(manifest->media_type))
		return 0;
	text = conversion_manifest(manifest);
	return put_converted(copy, MEDIA_TYPE_MANIFEST, text, descriptor, err);
}

/* Where choose_manifest() is on its way down. */
struct descent {
	const struct copy *copy;
	struct document *document; /* the last one that was got */
};

/* Let the document that want describes be the last one that was got. */
static int descend_to(const struct descent *descent, const struct descriptor *want,
		      struct error *err)
{
	autodocument struct document next = DOCUMENT_INIT;
	struct document previous = *descent->document;

	if (digest_equal(&previous.digest, &want->digest))
		return 0;
	if (get_document(descent->copy, want, &next, err) < 0)
		return -1;
	*descent->document = next;
	next = previous;
	return 0;
}

static int descend_to_index(void *data, const struct descriptor *want, struct index *ret,
			    struct error *err)
{
	const struct descent *descent = data;

	if (descend_to(descent, want, err) < 0 ||
	    document_parse_index(descent->document, ret, err) < 0)
		return -1;
	return store_document(descent->copy, descent->document, err);
}

/* Go down from document through indexes, which are stored, to the manifest for the platform, which
 * document becomes. ret_platform is what the last index says of it. */
static int choose_manifest(const struct copy *copy, struct document *document,
			   struct platform *ret_platform, struct error *err)
{
	struct descent descent = { copy, document };
	autodescriptor struct descriptor top = DESCRIPTOR_INIT;
	autodescriptor struct descriptor chosen = DESCRIPTOR_INIT;

	document_describe(document, &top);
	if (index_resolve(&top, copy->options->platform, descend_to_index, &descent, &chosen, err) <
		    0 ||
	    descend_to(&descent, &chosen, err) < 0)
		return -1;
	*ret_platform = chosen.platform;
	return 0;
}

/* The platform that a config states; other artifacts than images have none. */
static int read_platform(const struct copy *copy, const struct manifest *manifest,
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

/* An image without an index has the platform that its config states: it must be the one asked
 * for. */
static int check_platform(const struct copy *copy, const struct platform *have, struct error *err)
{
	const struct platform *want = copy->options->platform;
	char have_text[PLATFORM_TEXT_MAX];
	char want_text[PLATFORM_TEXT_MAX];

	if (!have->os[0] || platform_matches(have, want))
		return 0;
	platform_format(have, have_text);
	error_set(err, ERROR_NOT_FOUND, "the image is for %s, not for %s", have_text,
		  platform_format(want, want_text));
	return error_hint(err, "to have it all the same, add --platform %s", have_text);
}

/* Copy the image for one platform; document is what the source gave. */
static int copy_one(const struct copy *copy, struct document *document, struct descriptor *ret,
		    struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct platform platform = { 0 };

	if (choose_manifest(copy, document, &platform, err) < 0 ||
	    document_parse_manifest(document, &manifest, err) < 0 ||
	    store_document(copy, document, err) < 0 || add_blobs(copy, &manifest, err) < 0 ||
	    transfer_run(copy->transfer, copy->connection, err) < 0)
		return -1;
	if (!platform.os[0] && (read_platform(copy, &manifest, &platform, err) < 0 ||
				check_platform(copy, &platform, err) < 0))
		return -1;
	document_describe(document, &descriptor);
	if (convert_manifest(copy, &manifest, &descriptor, err) < 0)
		return -1;
	descriptor.platform = platform;
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

/* A document of an image for all platforms. */
struct node {
	struct document document;
	struct manifest manifest; /* of a manifest */
	struct index index; /* of an index */
	const struct node **children; /* as many as index has manifests; NULL: left out; borrowed */
	struct descriptor descriptor; /* of what it becomes in the layout */
	int distance; /* from the image: 0 is a part of it */
};

static void node_free(struct node *node)
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

static void node_cleanup(struct node **node)
{
	node_free(*node);
}

/* All documents of an image, each once, however often indexes name it. What is below a document
 * stands before it; the last one is what the source gave. */
struct tree {
	const struct copy *copy;
	struct node **nodes;
	size_t n_nodes;
	json_t *positions; /* in nodes, by digest */
	size_t n_documents; /* also those that are still being gathered */
	size_t n_bytes; /* of these */
	int distance; /* of the documents that are being gathered */
};

static void tree_release(struct tree *tree)
{
	for (size_t i = 0; i < tree->n_nodes; i++)
		node_free(tree->nodes[i]);
	free(tree->nodes);
	json_decref(tree->positions);
}

static const struct node *find_node(const struct tree *tree, const struct digest *digest)
{
	const json_t *position = json_object_get(tree->positions, digest->text);

	return position ? tree->nodes[json_integer_value(position)] : NULL;
}

/* Add a node, which is taken. */
static const struct node *add_node(struct tree *tree, struct node *node)
{
	json_object_set_new(tree->positions, node->document.digest.text,
			    json_integer((json_int_t)tree->n_nodes));
	tree->nodes = xrealloc(tree->nodes, tree->n_nodes + 1, sizeof(const void *));
	tree->nodes[tree->n_nodes++] = node;
	return node;
}

/* Count a document that is about to be read. */
static int count_document(struct tree *tree, const struct document *document, struct error *err)
{
	tree->n_documents++;
	tree->n_bytes += document->bytes.len;
	if (tree->n_documents > DOCUMENTS_MAX)
		return error_set(err, ERROR_FAILED,
				 "the image has more than %d manifests and indexes", DOCUMENTS_MAX);
	if (tree->n_bytes > DOCUMENT_BYTES_MAX)
		return error_set(err, ERROR_FAILED,
				 "the image's manifests and indexes have more than %u bytes",
				 DOCUMENT_BYTES_MAX);
	return 0;
}

static const struct node *gather_document(struct tree *tree, struct document *document, int depth,
					  struct error *err);

static const struct node *gather_child(struct tree *tree, const struct descriptor *want, int depth,
				       struct error *err)
{
	const struct node *known = find_node(tree, &want->digest);
	autodocument struct document document = DOCUMENT_INIT;

	if (known)
		return document_check(&known->document, want, err) == 0 ? known : NULL;
	if (get_document(tree->copy, want, &document, err) < 0)
		return NULL;
	return gather_document(tree, &document, depth, err);
}

/* Can what a descriptor describes be a part of an image? Nobody knows what is below other documents. */
static bool is_document(const struct descriptor *descriptor)
{
	enum media_kind kind = media_type_kind(descriptor->media_type);

	return kind == MEDIA_MANIFEST || kind == MEDIA_INDEX;
}

static void warn_left_out(const struct node *node, size_t n)
{
	if (n)
		message_warning(
			"index %s: %zu of its entries are of types or have digests that are not known, leaving them out",
			node->document.digest.text, n);
}

static int gather_index(struct tree *tree, struct node *node, int depth, struct error *err)
{
	struct index *index = &node->index;
	size_t n_left_out;

	if (depth == INDEX_NESTING_MAX)
		return error_set(err, ERROR_FAILED, "%s: more than %d indexes within each other",
				 node->document.digest.text, INDEX_NESTING_MAX);
	if (document_parse_index(&node->document, index, err) < 0)
		return -1;
	n_left_out = index->n_unusable;
	node->children = xcalloc(index->n_manifests + 1, sizeof(const void *));
	for (size_t i = 0; i < index->n_manifests; i++) {
		if (!is_document(&index->manifests[i])) {
			n_left_out++;
			continue;
		}
		node->children[i] = gather_child(tree, &index->manifests[i], depth + 1, err);
		if (!node->children[i])
			return -1;
	}
	warn_left_out(node, n_left_out);
	return 0;
}

static int gather_manifest(const struct tree *tree, struct node *node, struct error *err)
{
	if (document_parse_manifest(&node->document, &node->manifest, err) < 0 ||
	    add_blobs(tree->copy, &node->manifest, err) < 0)
		return error_prefix(err, "manifest %s", node->document.digest.text);
	return 0;
}

/* Add a document, which is taken, with everything below it: manifests are stored, blobs noted. The
 * node is borrowed from the tree; NULL on failure. */
static const struct node *gather_document(struct tree *tree, struct document *document, int depth,
					  struct error *err)
{
	autocleanup(node_cleanup) struct node *node = xcalloc(1, sizeof(*node));
	bool is_index = media_type_kind(document->media_type) == MEDIA_INDEX;

	node->distance = tree->distance;
	node->document = *document;
	*document = (struct document)DOCUMENT_INIT;
	if (count_document(tree, &node->document, err) < 0)
		return NULL;
	if ((is_index ? gather_index(tree, node, depth, err) : gather_manifest(tree, node, err)) <
		    0 ||
	    store_document(tree->copy, &node->document, err) < 0)
		return NULL;
	return add_node(tree, steal(&node));
}

/* An index is converted when it is Docker's or something below it changed. */
static int convert_index(const struct copy *copy, struct node *node, struct error *err)
{
	const struct index *index = &node->index;
	autofree struct descriptor *children = xcalloc(index->n_manifests + 1, sizeof(*children));
	bool changed =
		copy->options->format == REQUEST_OCI && media_type_is_docker(index->media_type);
	autofree char *text = NULL;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct node *child = node->children[i];

		children[i] = child ? child->descriptor : index->manifests[i];
		changed =
			changed || !digest_equal(&children[i].digest, &index->manifests[i].digest);
	}
	if (!changed)
		return 0;
	text = conversion_index(index, children);
	return put_converted(copy, MEDIA_TYPE_INDEX, text, &node->descriptor, err);
}

static int convert_tree(const struct tree *tree, struct error *err)
{
	for (size_t i = 0; i < tree->n_nodes; i++) {
		struct node *node = tree->nodes[i];

		/* A referrer is kept as it is: its digest is what others know it by. */
		if (node->distance)
			break;
		document_describe(&node->document, &node->descriptor);
		if ((node->children ? convert_index(tree->copy, node, err)
				    : convert_manifest(tree->copy, &node->manifest,
						       &node->descriptor, err)) < 0)
			return -1;
	}
	return 0;
}

static void add_referrer_entry(struct copied_referrers *referrers,
			       const struct descriptor *descriptor, const struct digest *subject)
{
	referrers->entries =
		xrealloc(referrers->entries, referrers->len + 1, sizeof(*referrers->entries));
	referrer_make_entry(descriptor, subject, &referrers->entries[referrers->len++]);
}

void copied_referrers_release(struct copied_referrers *referrers)
{
	for (size_t i = 0; i < referrers->len; i++)
		descriptor_release(&referrers->entries[i]);
	free(referrers->entries);
}

/* Get a document that the source lists as a referrer: 1, or 0 and a warning when it is none. */
static int get_referrer(const struct copy *copy, const struct digest *subject,
			const struct descriptor *listed, struct document *ret,
			struct descriptor *ret_descriptor, struct error *err)
{
	struct error cause = { 0 };
	int refers;

	if (get_document(copy, listed, ret, &cause) < 0) {
		if (cause.code != ERROR_NOT_FOUND)
			return error_move(err, &cause);
		message_warning("'%s' is listed as a referrer and is not there, leaving it out",
				listed->digest.text);
		return 0;
	}
	refers = referrer_describe(ret, subject, ret_descriptor, err);
	if (refers == 0)
		message_warning("'%s' is listed as a referrer of '%s' and is none, leaving it out",
				listed->digest.text, subject->text);
	return refers;
}

static int gather_referrer(struct tree *tree, const struct node *subject,
			   const struct descriptor *listed, struct error *err)
{
	const struct copy *copy = tree->copy;
	const struct digest *digest = &subject->document.digest;
	autodocument struct document document = DOCUMENT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	int refers;

	if (find_node(tree, &listed->digest))
		return 0;
	if (!is_document(listed)) {
		message_warning("referrer '%s' is of a type that is not known, leaving it out",
				listed->digest.text);
		return 0;
	}
	refers = get_referrer(copy, digest, listed, &document, &descriptor, err);
	if (refers <= 0)
		return refers;
	tree->distance = subject->distance + 1;
	if (!gather_document(tree, &document, 0, err))
		return -1;
	add_referrer_entry(copy->options->referrers, &descriptor, digest);
	return 0;
}

/* Gather what refers to the documents of the tree, and to these. The list of nodes grows meanwhile. */
static int gather_referrers(struct tree *tree, struct error *err)
{
	const struct copy *copy = tree->copy;

	for (size_t i = 0; i < tree->n_nodes; i++) {
		const struct node *subject = tree->nodes[i];
		autoreferrers struct referrers listed = REFERRERS_INIT;

		if (subject->distance == REFERRER_DISTANCE_MAX)
			continue;
		if (source_get_referrers(copy->transfer->source, copy->connection,
					 &subject->document.digest, copy->options->artifact_type,
					 &listed, err) < 0)
			return -1;
		for (size_t j = 0; j < listed.len; j++)
			if (gather_referrer(tree, subject, &listed.items[j], err) < 0)
				return error_prefix(err, "referrer '%s'",
						    listed.items[j].digest.text);
	}
	return 0;
}

/* Copy the image for all platforms; document is what the source gave. */
static int copy_all(const struct copy *copy, struct document *document, struct descriptor *ret,
		    struct error *err)
{
	autocleanup(tree_release) struct tree tree = { .copy = copy, .positions = json_object() };
	const struct node *top = gather_document(&tree, document, 0, err);
	struct platform platform = { 0 };

	if (!top || (copy->options->referrers && gather_referrers(&tree, err) < 0) ||
	    transfer_run(copy->transfer, copy->connection, err) < 0 || convert_tree(&tree, err) < 0)
		return -1;
	if (!top->children && read_platform(copy, &top->manifest, &platform, err) < 0)
		return -1;
	descriptor_copy(&top->descriptor, ret);
	ret->platform = platform;
	return 0;
}

/* Is that what the name's entry stands for, or was made of? */
static bool is_named(const struct descriptor *named, const struct digest *given)
{
	const char *origin = named ? descriptor_annotation(named, ANNOTATION_SOURCE) : NULL;

	return named && (digest_equal(&named->digest, given) ||
			 (origin && strcmp(origin, given->text) == 0));
}

/* Get what the address names, from the layout when the source says that it is there under the name. */
static int get_top(const struct copy *copy, struct document *ret, struct error *err)
{
	const struct descriptor *named = copy->options->named;
	autodescriptor struct descriptor given = DESCRIPTOR_INIT;
	int found = LOOKUP_UNKNOWN;

	if (named)
		found = source_lookup_document(copy->transfer->source, copy->connection, &given,
					       err);
	if (found < 0)
		return -1;
	if (found == LOOKUP_FOUND && is_named(named, &given.digest) &&
	    read_present(copy, &given, ret))
		return 0;
	return get_document(copy, NULL, ret, err);
}

int copy_image(struct transfer *transfer, void *connection, const struct copy_options *options,
	       struct descriptor *ret, struct error *err)
{
	const struct copy copy = { transfer, connection, options };
	autodocument struct document document = DOCUMENT_INIT;
	struct digest given;

	if (get_top(&copy, &document, err) < 0)
		return -1;
	if (options->admit && options->admit(options->data, &document, err) < 0)
		return -1;
	given = document.digest;
	if ((options->platform ? copy_one(&copy, &document, ret, err)
			       : copy_all(&copy, &document, ret, err)) < 0)
		return -1;
	if (!digest_equal(&given, &ret->digest))
		descriptor_set_annotation(ret, ANNOTATION_SOURCE, given.text);
	return 0;
}
