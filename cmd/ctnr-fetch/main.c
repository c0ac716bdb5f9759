/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-fetch copies an image from a registry or a layout into a layout, the store's by default,
 * and prints its image record.
 *
 * Order of operations:
 *  1. name the image: --tag, or what the source calls it
 *  2. with --if-missing, look whether that name is there already
 *  3. read the files that the options name, as that of a password (access.c)
 *  4. copy manifests and blobs (copy.c), each verified before it is visible
 *  5. let the name stand for the image, last: it never names what is not there, and what it names is
 *     on the disk
 *  6. print the record, or the ref
 * SIGINT, SIGTERM and SIGHUP are blocked from step 4 on and looked for wherever something is waited
 * for; the process dies of them at the end, when everything half-made is gone.
 */
#include "access.h"
#include "copy.h"

#include "base/alloc.h"
#include "base/tool.h"
#include "oci/media_type.h"
#include "oci/tag.h"
#include "store/image_print.h"
#include "system/sync.h"

#include <errno.h>
#include <unistd.h>

#define JOBS_DEFAULT 4
#define JOBS_MAX 64

struct fetch_opts {
	const char *store;
	const char *layout;
	const char *platform;
	bool all_platforms;
	int format;
	const char *tag;
	bool if_missing;
	struct access_opts access;
	uint64_t jobs;
	struct sync_opts sync;
	bool check;
	int progress;
	int print; /* enum image_print */
};

static const struct fetch_opts defaults = {
	.access = ACCESS_OPTS_DEFAULT,
	.jobs = JOBS_DEFAULT,
};

#define FIELD(name) offsetof(struct fetch_opts, name)
static const struct option options[] = {
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store) },
	{ "layout", 0, "DIR", "copy into the OCI layout DIR instead of the store's", OPTION_STRING,
	  FIELD(layout) },
	{ "platform", 0, "PLATFORM", "choose OS/ARCHITECTURE[/VARIANT] of an index", OPTION_STRING,
	  FIELD(platform) },
	{ "all-platforms", 0, NULL, "copy the whole index", OPTION_BOOL, FIELD(all_platforms) },
	{ "format", 0, "FORMAT", "oci: convert Docker schema 2; keep: leave everything as it is",
	  OPTION_CHOICE, FIELD(format), copy_format_names },
	{ "tag", 't', "NAME", "the name that the image gets", OPTION_STRING, FIELD(tag) },
	{ "if-missing", 0, NULL, "do nothing when the name is there already", OPTION_BOOL,
	  FIELD(if_missing) },
	OPTION_INCLUDE(access_options, FIELD(access)),
	{ "jobs", 'j', "N", "transfer N blobs at a time", OPTION_NUMBER, FIELD(jobs) },
	OPTION_INCLUDE(sync_options, FIELD(sync)),
	{ "check", 0, NULL, "check the options and SOURCE's spelling, and do nothing", OPTION_BOOL,
	  FIELD(check) },
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  FIELD(progress), progress_mode_names },
	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE, FIELD(print),
	  image_print_names },
	OPTION_END
};

static int check_options(const struct fetch_opts *opts, struct error *err)
{
	if (opts->platform && opts->all_platforms)
		return error_set(err, ERROR_USAGE,
				 "--platform and --all-platforms exclude each other");
	if (opts->layout && opts->store)
		return error_set(err, ERROR_USAGE, "--layout and --store exclude each other");
	return access_check_range("jobs", opts->jobs, 1, JOBS_MAX, err);
}

/* What one run is about. */
struct fetch {
	const struct fetch_opts *opts;
	struct address address;
	char *name; /* the reference that the image gets */
	struct platform platform;
	const struct platform *wanted; /* platform; NULL: all platforms are wanted */
	struct access access;
};

#define FETCH_INIT \
	{ \
		.address = ADDRESS_INIT, .access = ACCESS_INIT \
	}

static void fetch_release(struct fetch *fetch)
{
	address_release(&fetch->address);
	free(fetch->name);
	access_release(&fetch->access);
}
#define autofetch autocleanup(fetch_release)

/* The reference that the image gets, new. */
static char *choose_name(const struct fetch_opts *opts, const struct address *address,
			 struct error *err)
{
	char *name;

	if (!opts->tag)
		return source_name(address, err);
	name = reference_new_name(opts->tag, err);
	if (!name)
		error_prefix(err, "option --tag");
	return name;
}

static int read_request(const char *source, struct fetch *fetch, struct error *err)
{
	const struct fetch_opts *opts = fetch->opts;

	platform_host(&fetch->platform);
	fetch->wanted = opts->all_platforms ? NULL : &fetch->platform;
	if (check_options(opts, err) < 0 || access_check(&opts->access, &fetch->access, err) < 0 ||
	    address_parse(source, &fetch->address, err) < 0 ||
	    (opts->platform && platform_parse(opts->platform, &fetch->platform, err) < 0))
		return -1;
	if (fetch->address.transport != TRANSPORT_DOCKER &&
	    (opts->access.creds || opts->access.token_host))
		return error_set(err, ERROR_USAGE,
				 "--creds and --token-host are for registries, '%s' is none",
				 source);
	fetch->name = choose_name(opts, &fetch->address, err);
	return fetch->name ? 0 : -1;
}

/* The layout that is copied into. */
static int open_destination(const struct fetch_opts *opts, enum layout_mode mode,
			    struct layout *ret, struct error *err)
{
	enum store_mode store_mode = mode == LAYOUT_CREATE ? STORE_WRITE : STORE_READ;
	autostore struct store store = STORE_INIT;
	autofree char *path = NULL;

	if (opts->layout)
		return layout_open(opts->layout, mode, ret, err);
	if (store_open(opts->store, store_mode, &store, err) < 0)
		return -1;
	path = xasprintf("%s/images", store.path);
	return layout_open(path, mode, ret, err) < 0 ? store_damaged(err) : 0;
}

/* The record of what the name stands for; descriptor is taken. */
static void fill_image(const struct layout *layout, const char *name, struct descriptor *descriptor,
		       struct image *ret)
{
	ret->layout = xstrdup(layout->path);
	ret->ref = xstrdup(name);
	ret->descriptor = *descriptor;
	*descriptor = (struct descriptor)DESCRIPTOR_INIT;
}

/* Is a present image what a fetch would give: the platform, or all of them? */
static bool is_wanted(const struct fetch *fetch, const struct descriptor *present)
{
	if (!fetch->wanted)
		return media_type_kind(present->media_type) == MEDIA_INDEX;
	return !present->platform.os[0] || platform_matches(&present->platform, fetch->wanted);
}

/* Is the image there under its name? Returns 1 and fills ret when it is. Nothing is written, so
 * that this works in a store that nothing can be added to. */
static int find_present(const struct fetch *fetch, struct image *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	struct error cause = { 0 };
	int result = open_destination(fetch->opts, LAYOUT_READ, &layout, &cause);

	if (result == 0)
		result = fetch->wanted
				 ? tag_find(&layout, fetch->name, fetch->wanted, &found, &cause)
				 : tag_find_raw(&layout, fetch->name, &found, &cause);
	if (result < 0 && cause.code == ERROR_NOT_FOUND)
		return 0;
	if (result < 0)
		return error_move(err, &cause);
	if (!is_wanted(fetch, &found))
		return 0;
	fill_image(&layout, fetch->name, &found, ret);
	return 1;
}

/* Connect to an open source and copy from it; ret describes the image. */
static int copy_from_source(const struct fetch *fetch, struct transfer *transfer,
			    struct descriptor *ret, struct error *err)
{
	const struct copy_options how = { fetch->wanted, (enum copy_format)fetch->opts->format };
	autoprogress struct progress *progress = NULL;
	void *connection = source_connect(transfer->source, err);
	int result;

	if (!connection)
		return -1;
	transfer->progress = progress = progress_new((enum progress_mode)fetch->opts->progress);
	result = copy_image(transfer, connection, &how, ret, err);
	source_disconnect(transfer->source, connection);
	return result;
}

static int copy_into_layout(struct fetch *fetch, const struct layout *layout,
			    const struct interrupt *interrupt, struct descriptor *ret,
			    struct error *err)
{
	const struct fetch_opts *opts = fetch->opts;
	autosource struct source source = SOURCE_INIT;
	struct session_options session;
	const struct source_request request = { &fetch->address, fetch->wanted, &session };
	autotransfer struct transfer transfer = { .source = &source,
						  .layout = layout,
						  .interrupt = interrupt,
						  .jobs = (unsigned)opts->jobs };

	if (access_session(&fetch->access, fetch->address.reference, interrupt, &session, err) <
		    0 ||
	    source_open(&request, &source, err) < 0)
		return -1;
	return copy_from_source(fetch, &transfer, ret, err);
}

/* Fetch what is not there, and name it. */
static int fetch_image(struct fetch *fetch, struct image *ret, struct error *err)
{
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (access_read_files(&fetch->access, err) < 0 || interrupt_init(&interrupt, err) < 0 ||
	    open_destination(fetch->opts, LAYOUT_CREATE, &layout, err) < 0)
		return -1;
	if (copy_into_layout(fetch, &layout, &interrupt, &descriptor, err) < 0) {
		if (error_errno_is(err, ENOSPC) || error_errno_is(err, EDQUOT))
			error_hint(err, "free some space below '%s'", layout.path);
		return -1;
	}
	if (tag_set(&layout, fetch->name, &descriptor, err) < 0)
		return fetch->opts->layout ? -1 : store_damaged(err);
	fill_image(&layout, fetch->name, &descriptor, ret);
	return 0;
}

static int fetch_source(const void *opts_, const struct strlist *operands, struct error *err)
{
	autofetch struct fetch fetch = FETCH_INIT;
	autoimage struct image image = IMAGE_INIT;
	int present = 0;

	fetch.opts = opts_;
	sync_apply(&fetch.opts->sync);
	if (operands->len != 1)
		return error_set(err, ERROR_USAGE, "expected one SOURCE, got %zu", operands->len);
	if (read_request(operands->items[0], &fetch, err) < 0)
		return -1;
	if (fetch.opts->check)
		return 0;
	if (fetch.opts->if_missing)
		present = find_present(&fetch, &image, err);
	if (present < 0 || (!present && fetch_image(&fetch, &image, err) < 0))
		return error_prefix(err, "%s", operands->items[0]);
	return image_print(stdout, &image, (enum image_print)fetch.opts->print, err);
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] SOURCE",
	  .summary = "Copy an image from a registry or a layout into a layout.",
	  .options = options,
	  .opts_size = sizeof(struct fetch_opts),
	  .defaults = &defaults,
	  .run = fetch_source },
	COMMAND_END
};

static const struct tool tool = { "ctnr-fetch", "copy an image into an OCI layout", commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
