/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each verb, in this order:
 *
 *  1. read the command line; find the images, and lease them
 *  2. read the index that the name stands for, change it, and store the new one as a blob
 *  3. let the name stand for that, unless it stands for another one by now: then again from step 2
 *  4. print the record
 */
#include "workers/document/index.h"

#include "workers/document/annotation.h"
#include "workers/document/entry_platform.h"
#include "workers/document/index_document.h"
#include "workers/document/index_source.h"

#include "base/alloc.h"
#include "oci/media_type.h"

#include <stdlib.h>

/* What a verb changes. Everything is borrowed. */
struct index_change {
	const struct index_opts *opts;
	const struct index_source *added;
	const struct digest *digests; /* of the entries that it is about */
	size_t n_digests;
	const json_t *annotations;
	/* Change the document. */
	int (*apply)(const struct index_change *change, struct index_document *document,
		     struct error *err);
	bool may_begin; /* with an index of nothing, where the name stands for nothing */
	bool must_begin;
};

/* The name of a new index stands for something already. */
static int taken_error(const struct naming *naming, struct error *err)
{
	if (media_type_kind(naming->entry.media_type) == MEDIA_INDEX) {
		error_set(err, ERROR_FAILED, "there is one already");
		return error_hint(err, "--amend adds to it, 'ctnr manifest rm' removes it");
	}
	error_set(err, ERROR_FAILED, "an image has that name");
	return error_hint(err, "choose another one, or take it from the image: ctnr untag %s",
			  naming->name);
}

/* Read the document that the name stands for, or begin one. Returns 1; 0 when what it stood for is gone, and the name
 * stands for something else. */
static int read_document(struct naming *naming, const struct index_change *change,
			 struct index_document *ret, struct error *err)
{
	struct error cause = { 0 };
	struct digest before;

	if (naming_read(naming, err) < 0)
		return -1;
	if (naming->is_there && change->must_begin)
		return taken_error(naming, err);
	if (!naming->is_there && !change->may_begin)
		return error_set(err, ERROR_NOT_FOUND, "there is none");
	if (!naming->is_there) {
		index_document_init(ret);
		return 1;
	}
	if (index_document_read(&naming->layout, &naming->entry, ret, &cause) == 0)
		return 1;
	before = naming->entry.digest;
	if (cause.code == ERROR_NOT_FOUND && naming_has_changed(naming, &before))
		return 0;
	return error_move(err, &cause);
}

/* Returns 1 when the name stands for the changed index, 0 when that has to be tried again. */
static int try_change(struct naming *naming, const struct index_change *change,
		      struct descriptor *ret, struct error *err)
{
	autoindexdocument struct index_document document = INDEX_DOCUMENT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	int result = read_document(naming, change, &document, err);

	if (result <= 0)
		return result;
	if (change->apply(change, &document, err) < 0 ||
	    index_document_put(&document, &naming->layout, &descriptor, err) < 0)
		return -1;
	result = naming_exchange(naming, &descriptor, NULL, err);
	if (result <= 0)
		return result;
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 1;
}

static int change_index(struct naming *naming, const struct index_change *change, struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	int result = 0;

	while (result == 0)
		result = try_change(naming, change, &descriptor, err);
	if (result < 0)
		return error_prefix(err, "index '%s'", naming->name);
	return naming_print(naming, &descriptor, &change->opts->common, err);
}

static int add_entries(const struct index_change *change, struct index_document *document,
		       struct error *err)
{
	for (size_t i = 0; i < change->added->n_entries; i++)
		if (index_document_add(document, &change->added->entries[i], err) < 0)
			return -1;
	return 0;
}

static int apply_create(const struct index_change *change, struct index_document *document,
			struct error *err)
{
	annotations_set(document->json, change->annotations);
	return add_entries(change, document, err);
}

/* The entries of all images of the operands from the second on. */
static int find_images(const struct naming *naming, const struct index_opts *opts,
		       const struct strlist *operands, struct index_source *ret, struct error *err)
{
	for (size_t i = 1; i < operands->len; i++)
		if (index_source_add(naming, opts, operands->items[i], ret, err) < 0)
			return -1;
	return 0;
}

int index_create(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct index_opts *opts = opts_;
	autonaming struct naming naming = NAMING_INIT;
	autoindexsource struct index_source source = INDEX_SOURCE_INIT;
	autojson json_t *annotations = annotations_read(&opts->annotations, err);
	const struct index_change change = {
		.opts = opts,
		.added = &source,
		.annotations = annotations,
		.apply = apply_create,
		.may_begin = true,
		.must_begin = !opts->amend,
	};

	if (!annotations)
		return -1;
	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no name given");
	if (naming_open(&opts->common, &naming, err) < 0 ||
	    naming_give(&naming, operands->items[0], err) < 0 ||
	    find_images(&naming, opts, operands, &source, err) < 0)
		return -1;
	return change_index(&naming, &change, err);
}

/* Of several images each has a platform and annotations of its own. */
static int check_add(const struct index_opts *opts, const struct strlist *operands,
		     struct error *err)
{
	if (operands->len < 2)
		return error_set(err, ERROR_USAGE, "expected an index and images");
	if (!entry_platform_is_stated(&opts->platform))
		return 0;
	if (opts->all)
		return error_set(err, ERROR_USAGE,
				 "option --all: the images have platforms of their own");
	if (operands->len > 2)
		return error_set(err, ERROR_USAGE, "one platform for %zu images",
				 operands->len - 1);
	return 0;
}

static void annotate_entries(struct index_source *source, const json_t *annotations)
{
	for (size_t i = 0; i < source->n_entries; i++) {
		struct descriptor *entry = &source->entries[i];
		json_t *own = entry->json ? json_deep_copy(entry->json) : json_object();

		annotations_set(own, annotations);
		json_decref(entry->json);
		entry->json = own;
	}
}

int index_add(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct index_opts *opts = opts_;
	autonaming struct naming naming = NAMING_INIT;
	autoindexsource struct index_source source = INDEX_SOURCE_INIT;
	autojson json_t *annotations = annotations_read(&opts->annotations, err);
	const struct index_change change = {
		.opts = opts,
		.added = &source,
		.apply = add_entries,
	};

	if (!annotations || check_add(opts, operands, err) < 0 ||
	    naming_open(&opts->common, &naming, err) < 0 ||
	    naming_find(&naming, operands->items[0], err) < 0 ||
	    find_images(&naming, opts, operands, &source, err) < 0)
		return -1;
	annotate_entries(&source, annotations);
	return change_index(&naming, &change, err);
}

static int apply_annotate(const struct index_change *change, struct index_document *document,
			  struct error *err)
{
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;
	struct index_source source = { &entry, 1 };
	size_t position;

	if (change->opts->of_index) {
		annotations_set(document->json, change->annotations);
		return 0;
	}
	if (index_document_find(document, change->digests, &entry, &position, err) < 0 ||
	    entry_platform_apply(&change->opts->platform, &entry, err) < 0)
		return -1;
	annotate_entries(&source, change->annotations);
	index_document_replace(document, position, &entry);
	return 0;
}

static int check_annotate(const struct index_opts *opts, const struct strlist *operands,
			  struct error *err)
{
	bool has_platform = entry_platform_is_stated(&opts->platform);

	if (opts->of_index && has_platform)
		return error_set(err, ERROR_USAGE, "option --index: an index has no platform");
	if (operands->len != (opts->of_index ? 1 : 2))
		return error_set(err, ERROR_USAGE,
				 opts->of_index ? "option --index: expected an index alone"
						: "expected an index and one of its images");
	if (!has_platform && !opts->annotations.len)
		return error_set(err, ERROR_USAGE, "nothing is stated that is to be changed");
	return 0;
}

int index_annotate(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct index_opts *opts = opts_;
	autonaming struct naming naming = NAMING_INIT;
	autojson json_t *annotations = annotations_read(&opts->annotations, err);
	struct digest digest;
	const struct index_change change = {
		.opts = opts,
		.digests = &digest,
		.annotations = annotations,
		.apply = apply_annotate,
	};

	if (!annotations || check_annotate(opts, operands, err) < 0 ||
	    naming_open(&opts->common, &naming, err) < 0 ||
	    naming_find(&naming, operands->items[0], err) < 0)
		return -1;
	if (!opts->of_index && index_source_digest(&naming, operands->items[1], &digest, err) < 0)
		return -1;
	return change_index(&naming, &change, err);
}

static int apply_remove(const struct index_change *change, struct index_document *document,
			struct error *err)
{
	for (size_t i = 0; i < change->n_digests; i++)
		if (index_document_remove(document, &change->digests[i]) == 0)
			return error_set(err, ERROR_NOT_FOUND, "the index has no %s",
					 change->digests[i].text);
	return 0;
}

int index_remove(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct index_opts *opts = opts_;
	autonaming struct naming naming = NAMING_INIT;
	autofree struct digest *digests = xcalloc(operands->len + 1, sizeof(*digests));
	const struct index_change change = {
		.opts = opts,
		.digests = digests,
		.n_digests = operands->len - 1,
		.apply = apply_remove,
	};

	if (operands->len < 2)
		return error_set(err, ERROR_USAGE, "expected an index and some of its images");
	if (naming_open(&opts->common, &naming, err) < 0 ||
	    naming_find(&naming, operands->items[0], err) < 0)
		return -1;
	for (size_t i = 1; i < operands->len; i++)
		if (index_source_digest(&naming, operands->items[i], &digests[i - 1], err) < 0)
			return -1;
	return change_index(&naming, &change, err);
}
