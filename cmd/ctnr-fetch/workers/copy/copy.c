/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Order of operations: the manifests first, down from what the source gave, each verified and
 * stored; then all blobs at once; then, when everything is there, the converted documents, from
 * the manifests up. So whatever is in the layout has everything below it.
 */
#include "workers/copy/copy.h"

#include <string.h>

/* Where choose_manifest() is on its way down. */
struct descent {
	const struct document_copy *copy;
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
	if (document_copy_get(descent->copy, want, &next, err) < 0)
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
	return document_copy_store(descent->copy, descent->document, err);
}

/* Go down from document through indexes, which are stored, to the manifest for the platform, which
 * document becomes. ret_platform is what the last index says of it. */
static int choose_manifest(const struct document_copy *copy, const struct platform *want,
			   struct document *document, struct platform *ret_platform,
			   struct error *err)
{
	struct descent descent = { copy, document };
	autodescriptor struct descriptor top = DESCRIPTOR_INIT;
	autodescriptor struct descriptor chosen = DESCRIPTOR_INIT;

	document_describe(document, &top);
	if (index_resolve(&top, want, descend_to_index, &descent, &chosen, err) < 0 ||
	    descend_to(&descent, &chosen, err) < 0)
		return -1;
	*ret_platform = chosen.platform;
	return 0;
}

/* An image without an index has the platform that its config states: it must be the one asked
 * for. */
static int check_platform(const struct platform *want, const struct platform *have,
			  struct error *err)
{
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
static int copy_one(const struct document_copy *copy, const struct copy_options *options,
		    struct document *document, struct descriptor *ret, struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct platform platform = { 0 };

	if (choose_manifest(copy, options->platform, document, &platform, err) < 0 ||
	    document_parse_manifest(document, &manifest, err) < 0 ||
	    document_copy_store(copy, document, err) < 0 ||
	    document_copy_add_blobs(copy, &manifest, err) < 0 ||
	    transfer_run(copy->transfer, copy->connection, err) < 0)
		return -1;
	if (!platform.os[0] && (document_copy_read_platform(copy, &manifest, &platform, err) < 0 ||
				check_platform(options->platform, &platform, err) < 0))
		return -1;
	document_describe(document, &descriptor);
	if (document_copy_convert_manifest(copy, &manifest, &descriptor, err) < 0)
		return -1;
	descriptor.platform = platform;
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

/* Copy the image for all platforms; document is what the source gave. */
static int copy_all(const struct document_copy *copy, const struct copy_options *options,
		    struct document *document, struct descriptor *ret, struct error *err)
{
	struct document_source source;
	autodocumenttree struct document_tree tree = DOCUMENT_TREE_INIT(&source);
	const struct document_node *top;
	struct platform platform = { 0 };

	document_copy_as_source(copy, &source);
	top = document_tree_gather(&tree, document, 0, err);
	if (!top ||
	    (options->referrers && referrer_copy_gather(copy, &tree, options->artifact_type,
							options->referrers, err) < 0) ||
	    transfer_run(copy->transfer, copy->connection, err) < 0 ||
	    document_copy_convert_tree(copy, &tree, err) < 0)
		return -1;
	if (!top->children && document_copy_read_platform(copy, &top->manifest, &platform, err) < 0)
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
static int get_top(const struct document_copy *copy, const struct descriptor *named,
		   struct document *ret, struct error *err)
{
	autodescriptor struct descriptor given = DESCRIPTOR_INIT;
	int found = LOOKUP_UNKNOWN;

	if (named)
		found = source_lookup_document(copy->transfer->source, copy->connection, &given,
					       err);
	if (found < 0)
		return -1;
	if (found == LOOKUP_FOUND && is_named(named, &given.digest) &&
	    document_copy_read_present(copy, &given, ret))
		return 0;
	return document_copy_get(copy, NULL, ret, err);
}

int copy_image(struct transfer *transfer, void *connection, const struct copy_options *options,
	       struct descriptor *ret, struct error *err)
{
	const struct document_copy copy = { transfer, connection, options->format };
	autodocument struct document document = DOCUMENT_INIT;
	struct digest given;

	if (get_top(&copy, options->named, &document, err) < 0)
		return -1;
	if (options->admit && options->admit(options->data, &document, err) < 0)
		return -1;
	given = document.digest;
	if ((options->platform ? copy_one(&copy, options, &document, ret, err)
			       : copy_all(&copy, options, &document, ret, err)) < 0)
		return -1;
	if (!digest_equal(&given, &ret->digest))
		descriptor_set_annotation(ret, ANNOTATION_SOURCE, given.text);
	return 0;
}
