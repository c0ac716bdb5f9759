/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact add, in this order:
 *
 *  1. read the command line: are all files there, and can they be called so?
 *  2. find the image that it is attached to, and lease it
 *  3. read the files, hash and store them
 *  4. read the artifact that the name stands for, or begin one; add the files, and store the manifest as a blob
 *  5. let the name stand for that, unless it stands for something else by now: then again from step 4
 *  6. print the record
 * Signals are heard while files are read.
 */
#include "target.h"
#include "workers/document/annotation.h"
#include "workers/document/artifact.h"
#include "workers/document/artifact_document.h"
#include "workers/document/artifact_file.h"
#include "workers/document/naming.h"

#include "base/alloc.h"
#include "base/moment.h"
#include "oci/media_type.h"

#include <stdlib.h>
#include <string.h>

/* What is added. */
struct addition {
	const struct artifact_opts *opts; /* borrowed */
	struct descriptor *files;
	size_t n_files;
	struct descriptor subject;
	bool has_subject;
	struct moment moment;
};

static void addition_release(struct addition *addition)
{
	for (size_t i = 0; i < addition->n_files; i++)
		descriptor_release(&addition->files[i]);
	free(addition->files);
	descriptor_release(&addition->subject);
}

static int check_type(const char *option, const char *type, struct error *err)
{
	if (!type || media_type_is_valid(type))
		return 0;
	return error_set(err, ERROR_USAGE,
			 "option %s: expected a media type as 'text/plain', got '%s'", option,
			 type);
}

static int check_options(const struct artifact_opts *opts, const struct strlist *operands,
			 struct error *err)
{
	const char *other = opts->replace  ? "--replace"
			    : opts->type   ? "--type"
			    : opts->attach ? "--attach"
					   : NULL;

	if (operands->len < 2)
		return error_set(err, ERROR_USAGE, "expected a name and files");
	if (opts->append && other)
		return error_set(err, ERROR_USAGE, "option --append adds files alone: not with %s",
				 other);
	if (check_type("--type", opts->type, err) < 0)
		return -1;
	return check_type("--file-type", opts->file_type, err);
}

static int check_files(const struct artifact_files *files, const struct strlist *operands,
		       struct error *err)
{
	if (operands->len > 2 && json_object_get(files->annotations, ANNOTATION_TITLE))
		return error_set(err, ERROR_USAGE, "one title for %zu files", operands->len - 1);
	for (size_t i = 1; i < operands->len; i++)
		if (artifact_file_check(files, operands->items[i], err) < 0)
			return -1;
	return 0;
}

static int find_subject(const struct naming *naming, struct addition *addition, struct error *err)
{
	const char *word = addition->opts->attach;
	autotarget struct target target = TARGET_INIT;

	if (!word)
		return 0;
	if (target_find(&naming->store, word, &target, err) < 0)
		return -1;
	if (!target.in_store)
		return error_set(err, ERROR_FAILED, "image '%s' is not in the store", word);
	if (naming_keep_blob(naming, &target.entry, err) < 0)
		return error_prefix(err, "image '%s'", word);
	descriptor_copy(&target.entry, &addition->subject);
	addition->has_subject = true;
	return 0;
}

static int store_files(const struct naming *naming, const struct artifact_files *files,
		       const struct interrupt *interrupt, const struct strlist *operands,
		       struct addition *addition, struct error *err)
{
	addition->files = xcalloc(operands->len, sizeof(*addition->files));
	for (size_t i = 1; i < operands->len; i++) {
		if (artifact_file_store(files, operands->items[i], &naming->layout, interrupt,
					&addition->files[addition->n_files], err) < 0)
			return -1;
		addition->n_files++;
	}
	return 0;
}

/* The name of a new artifact stands for something already. */
static int taken_error(const struct naming *naming, struct error *err)
{
	autoartifactdocument struct artifact_document document = { 0 };
	struct error cause = { 0 };

	if (artifact_document_read(&naming->layout, &naming->entry, &document, &cause) < 0 &&
	    cause.code == ERROR_FAILED) {
		error_set(err, ERROR_FAILED, "the name is that of an image");
		return error_hint(err, "choose another one; --replace takes it from the image");
	}
	error_set(err, ERROR_FAILED, "there is one already");
	return error_hint(err, "--append adds files to it, --replace takes its name");
}

/* Read the artifact that the name stands for, or begin one. Returns 1; 0 when what it stood for is gone, and the name
 * stands for something else. */
static int read_document(struct naming *naming, const struct addition *addition,
			 struct artifact_document *ret, struct error *err)
{
	const struct artifact_opts *opts = addition->opts;
	const struct artifact_facts facts = {
		.type = opts->type ? opts->type : ARTIFACT_TYPE_UNKNOWN,
		.created = addition->moment.created,
		.subject = addition->has_subject ? &addition->subject : NULL,
	};
	struct error cause = { 0 };
	struct digest before;

	if (naming_read(naming, err) < 0)
		return -1;
	if (naming->is_there && !opts->append && !opts->replace)
		return taken_error(naming, err);
	if (!opts->append)
		return artifact_document_init(&naming->layout, &facts, ret, err) < 0 ? -1 : 1;
	if (!naming->is_there)
		return error_set(err, ERROR_NOT_FOUND, "there is none");
	if (artifact_document_read(&naming->layout, &naming->entry, ret, &cause) == 0)
		return 1;
	before = naming->entry.digest;
	if (cause.code == ERROR_NOT_FOUND && naming_has_changed(naming, &before))
		return 0;
	return error_move(err, &cause);
}

/* Returns 1 when the name stands for the artifact, 0 when that has to be tried again. */
static int try_addition(struct naming *naming, const struct addition *addition,
			struct descriptor *ret, struct error *err)
{
	autoartifactdocument struct artifact_document document = ARTIFACT_DOCUMENT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	autodescriptor struct descriptor referrer = DESCRIPTOR_INIT;
	int result = read_document(naming, addition, &document, err);

	if (result <= 0)
		return result;
	for (size_t i = 0; i < addition->n_files; i++)
		artifact_document_add(&document, &addition->files[i]);
	if (artifact_document_put(&document, &naming->layout, &descriptor, &referrer, err) < 0)
		return -1;
	result = naming_exchange(naming, &descriptor, referrer.media_type ? &referrer : NULL, err);
	if (result <= 0)
		return result;
	*ret = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 1;
}

static int name_artifact(struct naming *naming, const struct addition *addition, struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	int result = 0;

	while (result == 0)
		result = try_addition(naming, addition, &descriptor, err);
	if (result < 0)
		return error_prefix(err, "artifact '%s'", naming->name);
	return naming_print(naming, &descriptor, &addition->opts->common, err);
}

/* The name of the command line is a new one, or one that is there. */
static int open_naming(const struct artifact_opts *opts, const char *word, struct naming *ret,
		       struct error *err)
{
	if (naming_open(&opts->common, ret, err) < 0)
		return -1;
	return opts->append ? naming_find(ret, word, err) : naming_give(ret, word, err);
}

int artifact_add(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct artifact_opts *opts = opts_;
	/* Released last: what is half-made is gone then. */
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autonaming struct naming naming = NAMING_INIT;
	autocleanup(addition_release) struct addition addition = { .opts = opts };
	autojson json_t *annotations = annotations_read(&opts->annotations, err);
	const struct artifact_files files = { opts, annotations };

	if (!annotations || check_options(opts, operands, err) < 0 ||
	    check_files(&files, operands, err) < 0 ||
	    moment_choose(NULL, &addition.moment, err) < 0 || interrupt_init(&interrupt, err) < 0 ||
	    open_naming(opts, operands->items[0], &naming, err) < 0 ||
	    find_subject(&naming, &addition, err) < 0 ||
	    store_files(&naming, &files, &interrupt, operands, &addition, err) < 0)
		return -1;
	return name_artifact(&naming, &addition, err);
}
