/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copying worker of ctnr-fetch: a program of its own because of what it loads.
 *
 * Order of operations, for one SOURCE after the other:
 *  1. name the image: --tag, or what the source calls it
 *  2. with --if-missing, look whether that name is there already
 *  3. read the files that the options name, as that of a password (registry/access.h)
 *  4. copy manifests and blobs (copy.c), each verified before it is visible
 *  5. let the name stand for the image, last: it never names what is not there, and what it names is
 *     on the disk
 *  6. print the record, or the ref
 * SIGINT, SIGTERM and SIGHUP are blocked from step 4 on and looked for wherever something is waited
 * for; the process dies of them at the end, when everything half-made is gone.
 */
#include "request.h"
#include "workers/copy/copy.h"

#include "base/alloc.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "registry/access.h"
#include "store/store.h"

#include <errno.h>

/* What one run has. */
struct fetch {
	const struct fetch_opts *opts; /* borrowed */
	struct access access;
	struct interrupt interrupt;
	bool has_begun; /* files were read, and signals are watched */
};

#define FETCH_INIT \
	{ \
		.access = ACCESS_INIT, .interrupt = INTERRUPT_INIT \
	}

static void fetch_release(struct fetch *fetch)
{
	access_release(&fetch->access);
	interrupt_release(&fetch->interrupt);
}
#define autofetch autocleanup(fetch_release)

/* Connect to an open source and copy from it; ret describes the image. */
static int copy_from_source(struct fetch *fetch, const struct request *request,
			    struct transfer *transfer, struct descriptor *ret, struct error *err)
{
	const struct copy_options how = { .platform = request_platform(request),
					  .format = (enum request_format)request->opts->format };
	autoprogress struct progress *progress = NULL;
	void *connection = source_connect(transfer->source, err);
	int result;

	if (!connection)
		return -1;
	transfer->progress = progress = progress_new((enum progress_mode)request->opts->progress);
	access_set_progress(&fetch->access, progress);
	result = copy_image(transfer, connection, &how, ret, err);
	access_set_progress(&fetch->access, NULL);
	source_disconnect(transfer->source, connection);
	return result;
}

/* The registry that a source is asked for: new, NULL for a layout. */
static char *registry_of(const struct address *address)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (address->transport != TRANSPORT_DOCKER ||
	    reference_parse(address->reference, &reference, NULL) < 0)
		return NULL;
	return steal(&reference.registry);
}

static int copy_into_layout(struct fetch *fetch, const struct request *request,
			    const struct layout *layout, struct descriptor *ret, struct error *err)
{
	autosource struct source source = SOURCE_INIT;
	autofree char *registry = registry_of(&request->address);
	const struct source_request wanted = { &request->address, request_platform(request),
					       &fetch->access, &fetch->interrupt };
	autotransfer struct transfer transfer = { .source = &source,
						  .layout = layout,
						  .interrupt = &fetch->interrupt,
						  .jobs = (unsigned)fetch->opts->jobs };

	if (access_begin(&fetch->access, registry, &fetch->interrupt, err) < 0 ||
	    source_open(&wanted, &source, err) < 0)
		return -1;
	return copy_from_source(fetch, request, &transfer, ret, err);
}

/* Once for all sources. */
static int begin_fetch(struct fetch *fetch, struct error *err)
{
	if (fetch->has_begun)
		return 0;
	if (access_read_files(&fetch->access, err) < 0 ||
	    interrupt_init(&fetch->interrupt, err) < 0)
		return -1;
	fetch->has_begun = true;
	return 0;
}

/* Fetch what is not there, and name it. */
static int fetch_image(struct fetch *fetch, const struct request *request, struct image *ret,
		       struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (begin_fetch(fetch, err) < 0 ||
	    request_open_layout(request, LAYOUT_CREATE, &layout, err) < 0)
		return -1;
	if (copy_into_layout(fetch, request, &layout, &descriptor, err) < 0) {
		if (error_errno_is(err, ENOSPC) || error_errno_is(err, EDQUOT))
			error_hint(err, "free some space below '%s'", layout.path);
		return -1;
	}
	if (tag_set(&layout, request->name, &descriptor, err) < 0)
		return fetch->opts->layout ? -1 : store_damaged(err);
	request_describe(request, &layout, &descriptor, ret);
	return 0;
}

static int fetch_source(struct fetch *fetch, const char *source, struct error *err)
{
	autorequest struct request request = REQUEST_INIT;
	autoimage struct image image = IMAGE_INIT;
	int present = 0;

	if (request_read(fetch->opts, source, &request, err) < 0)
		return -1;
	if (fetch->opts->check)
		return 0;
	if (fetch->opts->if_missing)
		present = request_find_present(&request, &image, err);
	if (present < 0 || (!present && fetch_image(fetch, &request, &image, err) < 0))
		return error_prefix(err, "%s", source);
	return image_print(stdout, &image, (enum image_print)fetch->opts->print, err);
}

/* Mistakes in any of the sources show before the first is fetched. */
static int check_sources(const struct fetch_opts *opts, const struct strlist *sources,
			 struct error *err)
{
	for (size_t i = 0; i < sources->len; i++) {
		autorequest struct request request = REQUEST_INIT;

		if (request_read(opts, sources->items[i], &request, err) < 0)
			return -1;
	}
	return 0;
}

static int fetch_sources(const void *opts_, const struct strlist *sources, struct error *err)
{
	autofetch struct fetch fetch = FETCH_INIT;

	fetch.opts = opts_;
	sync_apply(&fetch.opts->sync);
	if (request_check_options(fetch.opts, sources->len, err) < 0 ||
	    access_check(&fetch.opts->access, &fetch.access, err) < 0 ||
	    access_check_logins(&fetch.access, err) < 0 ||
	    check_sources(fetch.opts, sources, err) < 0)
		return -1;
	for (size_t i = 0; i < sources->len; i++)
		if (fetch_source(&fetch, sources->items[i], err) < 0)
			return -1;
	return 0;
}

static const struct command commands[] = { REQUEST_COMMAND(fetch_sources), COMMAND_END };

static const struct tool tool = { REQUEST_TOOL_NAME, REQUEST_TOOL_SUMMARY, commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
