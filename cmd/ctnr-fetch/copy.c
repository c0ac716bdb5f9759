/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order of operations: the manifests first, down from what the source gave, each verified and
 * stored; then all blobs at once; then, when everything is there, the converted documents, from
 * the manifests up. So whatever is in the layout has everything below it.
 */
#include "copy.h"

#include "conversion.h"

#include "base/alloc.h"
#include "oci/image_config.h"
#include "oci/media_type.h"

#define DEPTH_MAX 8 /* indexes within indexes */

const char *const copy_format_names[] = { "oci", "keep", NULL };

struct copy {
	struct transfer *transfer;
	void *connection;
	const struct copy_options *options;
};

/* What want describes (NULL: what the address names), stored. */
static int get_manifest(const struct copy *copy, const struct descriptor *want,
			struct registry_manifest *ret, struct error *err)
{
	struct source *source = copy->transfer->source;

	if (source->type->get_manifest(source, copy->connection, want, ret, err) < 0)
		return -1;
	if (want && strcmp(want->media_type, ret->media_type) != 0)
		return error_set(err, ERROR_VERIFY, "manifest %s came as '%s', its index says '%s'",
				 want->digest.text, ret->media_type, want->media_type);
	if (want && want->size != ret->bytes.len)
		return error_set(err, ERROR_VERIFY,
				 "manifest %s has %zu bytes, its index says %llu",
				 want->digest.text, ret->bytes.len, (unsigned long long)want->size);
	return 0;
}

static int store_manifest(const struct copy *copy, const struct registry_manifest *manifest,
			  struct error *err)
{
	return transfer_put(copy->transfer, &manifest->digest, manifest->bytes.data,
			    manifest->bytes.len, err);
}

static void describe(const struct registry_manifest *manifest, struct descriptor *ret)
{
	*ret = (struct descriptor) { .media_type = xstrdup(manifest->media_type),
				     .digest = manifest->digest,
				     .size = manifest->bytes.len };
}

static int add_blobs(const struct copy *copy, const struct manifest *manifest, struct error *err)
{
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

	if (copy->options->format == COPY_KEEP || !media_type_is_docker(manifest->media_type))
		return 0;
	text = conversion_manifest(manifest);
	return put_converted(copy, MEDIA_TYPE_MANIFEST, text, descriptor, err);
}

/* Go down through indexes, which are stored, to the manifest for the platform. */
static int choose_manifest(const struct copy *copy, struct registry_manifest *ret,
			   struct platform *ret_platform, struct error *err)
{
	for (int depth = 0; media_type_kind(ret->media_type) == MEDIA_INDEX; depth++) {
		autoindex struct index index = INDEX_INIT;
		autoregistrymanifest struct registry_manifest next = REGISTRY_MANIFEST_INIT;
		struct registry_manifest previous = *ret;
		const struct descriptor *chosen;

		if (depth == DEPTH_MAX)
			return error_set(err, ERROR_FAILED,
					 "more than %d indexes within each other", DEPTH_MAX);
		if (index_parse(ret->bytes.data, ret->bytes.len, ret->media_type, &index, err) <
			    0 ||
		    store_manifest(copy, ret, err) < 0)
			return -1;
		chosen = index_choose(&index, copy->options->platform, err);
		if (!chosen || get_manifest(copy, chosen, &next, err) < 0)
			return -1;
		*ret_platform = chosen->platform;
		*ret = next;
		next = previous;
	}
	return 0;
}

/* The platform that a config states; other artifacts than images have none. */
static int read_platform(const struct copy *copy, const struct manifest *manifest,
			 struct platform *ret, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *json = NULL;
	struct jnode root;

	if (media_type_kind(manifest->config.media_type) != MEDIA_CONFIG)
		return 0;
	if (layout_read_blob(copy->transfer->layout, &manifest->config, IMAGE_CONFIG_MAX, &text,
			     err) < 0)
		return -1;
	json = json_parse(text.data, text.len, "image config", err);
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

static int copy_one(const struct copy *copy, struct registry_manifest *top, struct descriptor *ret,
		    struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct platform platform = { 0 };

	if (choose_manifest(copy, top, &platform, err) < 0 ||
	    manifest_parse(top->bytes.data, top->bytes.len, top->media_type, &manifest, err) < 0 ||
	    store_manifest(copy, top, err) < 0 || add_blobs(copy, &manifest, err) < 0 ||
	    transfer_run(copy->transfer, copy->connection, err) < 0)
		return -1;
	if (!platform.os[0] && (read_platform(copy, &manifest, &platform, err) < 0 ||
				check_platform(copy, &platform, err) < 0))
		return -1;
	describe(top, &descriptor);
	if (convert_manifest(copy, &manifest, &descriptor, err) < 0)
		return -1;
	descriptor.platform = platform;
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

/* A document of an image for all platforms: what it was, and what is below it. */
struct node {
	struct registry_manifest document;
	struct manifest manifest; /* of a manifest */
	struct index index; /* of an index */
	struct node *children; /* as many as index has manifests */
};

static void node_release(struct node *node)
{
	registry_manifest_release(&node->document);
	manifest_release(&node->manifest);
	for (size_t i = 0; node->children && i < node->index.n_manifests; i++)
		node_release(&node->children[i]);
	free(node->children);
	index_release(&node->index);
}

static int gather(const struct copy *copy, struct node *node, int depth, struct error *err);

static int gather_index(const struct copy *copy, struct node *node, int depth, struct error *err)
{
	const struct registry_manifest *document = &node->document;
	struct node empty = { .document = REGISTRY_MANIFEST_INIT };

	if (depth == DEPTH_MAX)
		return error_set(err, ERROR_FAILED, "more than %d indexes within each other",
				 DEPTH_MAX);
	if (index_parse(document->bytes.data, document->bytes.len, document->media_type,
			&node->index, err) < 0)
		return -1;
	node->children = xcalloc(node->index.n_manifests + 1, sizeof(*node->children));
	for (size_t i = 0; i < node->index.n_manifests; i++)
		node->children[i] = empty;
	for (size_t i = 0; i < node->index.n_manifests; i++)
		if (get_manifest(copy, &node->index.manifests[i], &node->children[i].document,
				 err) < 0 ||
		    gather(copy, &node->children[i], depth + 1, err) < 0)
			return -1;
	return 0;
}

/* Everything below a document: manifests are stored, blobs noted. */
static int gather(const struct copy *copy, struct node *node, int depth, struct error *err)
{
	const struct registry_manifest *document = &node->document;

	if (media_type_kind(document->media_type) == MEDIA_INDEX) {
		if (gather_index(copy, node, depth, err) < 0)
			return -1;
	} else if (manifest_parse(document->bytes.data, document->bytes.len, document->media_type,
				  &node->manifest, err) < 0 ||
		   add_blobs(copy, &node->manifest, err) < 0) {
		return error_prefix(err, "manifest %s", document->digest.text);
	}
	return store_manifest(copy, document, err);
}

static void release_descriptors(struct descriptor *descriptors, size_t n)
{
	for (size_t i = 0; i < n; i++)
		descriptor_release(&descriptors[i]);
	free(descriptors);
}

/* From the leaves up: an index is converted when it is Docker's or something below it changed. */
static int convert(const struct copy *copy, const struct node *node, struct descriptor *ret,
		   struct error *err)
{
	const struct index *index = &node->index;
	struct descriptor *children;
	bool changed;
	int result = 0;

	describe(&node->document, ret);
	if (!node->children)
		return convert_manifest(copy, &node->manifest, ret, err);
	changed = copy->options->format == COPY_OCI && media_type_is_docker(index->media_type);
	children = xcalloc(index->n_manifests + 1, sizeof(*children));
	for (size_t i = 0; result == 0 && i < index->n_manifests; i++) {
		result = convert(copy, &node->children[i], &children[i], err);
		changed =
			changed || !digest_equal(&children[i].digest, &index->manifests[i].digest);
	}
	if (result == 0 && changed) {
		autofree char *text = conversion_index(index, children);

		result = put_converted(copy, MEDIA_TYPE_INDEX, text, ret, err);
	}
	release_descriptors(children, index->n_manifests);
	return result;
}

static int copy_all(const struct copy *copy, struct registry_manifest *top, struct descriptor *ret,
		    struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	autocleanup(node_release) struct node node = { .document = *top };

	*top = (struct registry_manifest)REGISTRY_MANIFEST_INIT;
	if (gather(copy, &node, 0, err) < 0 ||
	    transfer_run(copy->transfer, copy->connection, err) < 0 ||
	    convert(copy, &node, &descriptor, err) < 0)
		return -1;
	if (!node.children && read_platform(copy, &node.manifest, &descriptor.platform, err) < 0)
		return -1;
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

int copy_image(struct transfer *transfer, void *connection, const struct copy_options *options,
	       struct descriptor *ret, struct error *err)
{
	const struct copy copy = { transfer, connection, options };
	autoregistrymanifest struct registry_manifest top = REGISTRY_MANIFEST_INIT;
	struct digest given;

	if (get_manifest(&copy, NULL, &top, err) < 0)
		return -1;
	given = top.digest;
	if ((options->platform ? copy_one(&copy, &top, ret, err)
			       : copy_all(&copy, &top, ret, err)) < 0)
		return -1;
	if (!digest_equal(&given, &ret->digest))
		descriptor_set_annotation(ret, ANNOTATION_SOURCE, given.text);
	return 0;
}
