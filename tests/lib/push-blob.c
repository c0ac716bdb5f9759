/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Push one blob, or one document, of a layout by registry/upload.h alone, and print what became of it:
 *
 *	push-blob [OPTIONS] LAYOUT DIGEST REGISTRY/REPOSITORY	"sent", "present" or "mounted"
 *	push-blob --type TYPE [OPTIONS] LAYOUT DIGEST NAME[:TAG]	"put", "put, with its subject"
 *
 * Options, messages and exit statuses are those of the tools that talk to registries.
 */
#include "base/alloc.h"
#include "base/progress.h"
#include "base/tool.h"
#include "registry/access.h"
#include "registry/upload.h"

#include <stdio.h>
#include <sys/stat.h>

struct push_blob_opts {
	struct access_opts access;
	struct option_amount chunk;
	struct strlist mount;
	const char *type;
	bool progress;
};

#define FIELD(name) offsetof(struct push_blob_opts, name)
static const struct option options[] = {
	OPTION_INCLUDE(access_options, FIELD(access)),
	{ "chunk", 0, "SIZE", "send pieces", OPTION_SIZE, FIELD(chunk) },
	{ "mount", 0, "REPOSITORY", "where the blob may be mounted from", OPTION_LIST,
	  FIELD(mount) },
	{ "type", 0, "TYPE", "it is a document of that media type", OPTION_STRING, FIELD(type) },
	{ "progress", 0, NULL, "print it as JSON", OPTION_BOOL, FIELD(progress) },
	OPTION_END
};

/* The size of a blob of the layout, and its digest. */
static int find_blob(const struct layout *layout, const char *digest, const char *type,
		     struct descriptor *ret, struct error *err)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	struct stat st;

	if (digest_parse(digest, &ret->digest, err) < 0)
		return -1;
	layout_blob_path(&ret->digest, path);
	if (fstatat(layout->dirfd, path, &st, 0) < 0)
		return error_errno(err, "no blob %s", digest);
	ret->size = (uint64_t)st.st_size;
	ret->media_type = xstrdup(type ? type : "");
	return 0;
}

static int push_document(struct session *session, struct http *http, const struct layout *layout,
			 const struct descriptor *blob, const char *tag, struct error *err)
{
	autodocument struct document document = { .bytes = STR_INIT };
	bool indexes_subject = false;

	document.media_type = xstrdup(blob->media_type);
	document.digest = blob->digest;
	if (layout_read_blob(layout, blob, MANIFEST_MAX, &document.bytes, err) < 0 ||
	    upload_document(session, http, &document, tag, &indexes_subject, err) < 0)
		return -1;
	puts(indexes_subject ? "put, with its subject" : "put");
	return 0;
}

static int push_blob(struct session *session, struct http *http, const struct layout *layout,
		     const struct descriptor *blob, const struct push_blob_opts *opts,
		     struct error *err)
{
	static const char *const results[] = {
		[UPLOAD_SENT] = "sent",
		[UPLOAD_PRESENT] = "present",
		[UPLOAD_MOUNTED] = "mounted",
	};
	const struct upload upload = { .blob = blob,
				       .layout = layout,
				       .mount_from = &opts->mount,
				       .chunk = opts->chunk.value };
	autoprogress struct progress *progress =
		progress_new(opts->progress ? PROGRESS_JSON : PROGRESS_NONE);
	size_t task = progress_add(progress, "push", blob->digest.text, blob->size);
	int result = upload_blob(session, http, &upload, progress, task, err);

	progress_finish(progress, task, result < 0 ? PROGRESS_FAILED : PROGRESS_DONE);
	if (result < 0)
		return -1;
	puts(results[result]);
	return 0;
}

/* Push to a registry, with an access that has begun. */
static int push_there(const struct push_blob_opts *opts, const struct access *access,
		      const struct reference *reference, const struct layout *layout,
		      const struct descriptor *blob, struct error *err)
{
	const struct place place = { .registry = reference->registry,
				     .repository = reference->repository };
	struct session_options how;
	autosession struct session *session = NULL;
	autohttp struct http *http = NULL;

	access_session_options(access, &how);
	how.rights = SESSION_PUSH;
	how.sources = &opts->mount;
	session = session_open(&place, &how, err);
	http = session ? session_connect(session, err) : NULL;
	if (!http)
		return -1;
	if (opts->type)
		return push_document(session, http, layout, blob, reference->tag, err);
	return push_blob(session, http, layout, blob, opts, err);
}

static int run(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct push_blob_opts *opts = opts_;
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autocleanup(access_release) struct access access = ACCESS_INIT;
	autoreference struct reference reference = REFERENCE_INIT;
	autodescriptor struct descriptor blob = DESCRIPTOR_INIT;
	autolayout struct layout layout = LAYOUT_INIT;

	if (operands->len != 3)
		return error_set(err, ERROR_USAGE, "expected LAYOUT DIGEST NAME");
	if (access_check(&opts->access, &access, err) < 0 || access_read_files(&access, err) < 0 ||
	    reference_parse(operands->items[2], &reference, err) < 0 ||
	    layout_open(operands->items[0], LAYOUT_READ, &layout, err) < 0 ||
	    find_blob(&layout, operands->items[1], opts->type, &blob, err) < 0 ||
	    interrupt_init(&interrupt, err) < 0 ||
	    access_begin(&access, reference.registry, &interrupt, err) < 0)
		return -1;
	return push_there(opts, &access, &reference, &layout, &blob, err);
}

static const struct push_blob_opts defaults = { .access = ACCESS_OPTS_DEFAULT };

static const struct command commands[] = { { .synopsis = "[OPTIONS] LAYOUT DIGEST NAME",
					     .summary = "Push one blob.",
					     .options = options,
					     .opts_size = sizeof(struct push_blob_opts),
					     .defaults = &defaults,
					     .run = run },
					   COMMAND_END };

static const struct tool tool = { "push-blob", "push one blob", commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
