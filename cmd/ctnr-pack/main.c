/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-pack makes an image of a bundle: what its container changed becomes a layer on those of its image. It prints
 * the image's record.
 *
 * Order of operations:
 *  1. Check all that the command line says, and what time it is.
 *  2. Find the bundle, read its image, and apply the instructions to its config: what is wrong shows before anything
 *     is made.
 *  3. Open the layout that gets the image: from here on what is put there is leased. Have the base's layers there.
 *  4. Read the changes and write them as a blob, in one pass (new_layer.h). Then look whether the bundle is still
 *     there (bundle_watch.h).
 *  5. Write config and manifest (new_image.h).
 *  6. Let the names stand for the image, last: they never name what is not there, and what they name is on the
 *     disk. Without a name it is found by its digest.
 *  7. Print the record, or the ref.
 * SIGINT, SIGTERM and SIGHUP are blocked from step 2 on, and looked for wherever something is waited for; the
 * process dies of them at the end, when everything half-made is gone. No lock of the bundle is held.
 */
#include "base_image.h"
#include "bundle_command.h"
#include "bundle_watch.h"
#include "new_image.h"
#include "new_layer.h"
#include "pack_opts.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/moment.h"
#include "base/output.h"
#include "base/tool.h"
#include "format/digest_file.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/bundle_lock.h"
#include "store/image_print.h"
#include "system/fd.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one run is about. */
struct pack {
	const struct pack_opts *opts; /* borrowed */
	struct strlist names; /* of the image, whole */
	struct digest_file id_file;
	struct compress_options compress;
	struct moment moment;
	struct interrupt interrupt;
	struct store store; /* where the bundle is; path NULL: there is none */
	struct bundle bundle;
	struct bundle_watch watch; /* of the bundle, from the beginning on */
	struct identity identity;
	struct base_image base;
	struct layout layout; /* that gets the image */
};

#define PACK_INIT \
	{ \
		.id_file = DIGEST_FILE_INIT, .interrupt = INTERRUPT_INIT, .store = STORE_INIT, \
		.bundle = BUNDLE_INIT, .base = BASE_IMAGE_INIT, .layout = LAYOUT_INIT \
	}

/* The interrupt is released last: it may end the process. */
static void pack_release(struct pack *pack)
{
	layout_release(&pack->layout);
	base_image_release(&pack->base);
	bundle_release(&pack->bundle);
	store_release(&pack->store);
	digest_file_release(&pack->id_file);
	strlist_release(&pack->names);
	interrupt_release(&pack->interrupt);
}
#define autopack autocleanup(pack_release)

static int read_names(struct pack *pack, struct error *err)
{
	const struct strlist *tags = &pack->opts->tags;

	for (size_t i = 0; i < tags->len; i++) {
		char *name = reference_new_name(tags->items[i], err);

		if (!name)
			return error_prefix(err, "option --tag");
		strlist_take(&pack->names, name);
	}
	return 0;
}

static int check_text(const char *option, const char *text, struct error *err)
{
	return text && json_check_text(text, err) < 0 ? error_prefix(err, "option --%s", option)
						      : 0;
}

/* Step 1. */
static int read_command_line(struct pack *pack, const struct strlist *operands, struct error *err)
{
	const struct pack_opts *opts = pack->opts;

	if (operands->len != 1)
		return error_set(err, ERROR_USAGE, "expected one BUNDLE, got %zu", operands->len);
	if (check_text("author", opts->author, err) < 0 ||
	    check_text("message", opts->message, err) < 0 || read_names(pack, err) < 0)
		return -1;
	if (opts->compression &&
	    compress_options_parse(opts->compression, &pack->compress, err) < 0)
		return error_prefix(err, "option --compression");
	if (moment_choose(opts->timestamp, &pack->moment, err) < 0)
		return -1;
	return digest_file_open("iidfile", opts->iidfile, &pack->id_file, err);
}

/* The store that the bundle is in. A bundle elsewhere needs none. */
static int open_store(struct pack *pack, struct error *err)
{
	struct error cause = { 0 };

	if (store_open(pack->opts->store, STORE_READ, &pack->store, &cause) == 0 ||
	    cause.code == ERROR_NOT_FOUND)
		return 0;
	return error_move(err, &cause);
}

static int find_bundle(struct pack *pack, const char *word, struct error *err)
{
	if (open_store(pack, err) < 0 ||
	    bundle_open(pack->store.path ? &pack->store : NULL, word, &pack->bundle, err) < 0)
		return error_is(err, ERROR_NOT_FOUND)
			       ? error_default_hint(err, "'ctnr ps --all' lists the containers")
			       : -1;
	if (base_image_open(&pack->bundle, &pack->base, err) < 0)
		return -1;
	return bundle_watch_begin(&pack->bundle, &pack->watch, err);
}

static int find_identity(struct pack *pack, struct error *err)
{
	struct identity *identity = &pack->identity;

	if (identity_probe(identity, err) < 0)
		return -1;
	if (identity->rung != IDENTITY_NONE)
		return 0;
	error_set(err, ERROR_FAILED, "no user namespaces: %s", identity->why);
	return identity->grant[0] ? error_hint(err, "%s", identity->grant) : -1;
}

static int open_layout(struct pack *pack, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autofree char *path = NULL;

	if (pack->opts->layout)
		return layout_open(pack->opts->layout, LAYOUT_CREATE, &pack->layout, err);
	if (store_open(pack->opts->store, STORE_WRITE, &store, err) < 0)
		return error_default_hint(err, "--layout DIR names another place for the image");
	path = xasprintf("%s/images", store.path);
	return layout_open(path, LAYOUT_CREATE, &pack->layout, err) < 0 ? store_damaged(err) : 0;
}

static void warn_of_running(const struct bundle *bundle)
{
	if (bundle_container_status(bundle) == STATE_RUNNING)
		message_warning(
			"container '%s' is running, so what it writes meanwhile may be in the image or not",
			bundle->id);
}

static int make_layer(const struct pack *pack, struct new_layer *ret, struct error *err)
{
	autoprogress struct progress *progress =
		progress_new((enum progress_mode)pack->opts->progress);
	const struct changes_request changes = {
		.store = &pack->store,
		.bundle = &pack->bundle,
		.identity = &pack->identity,
		.extent = pack->opts->squash ? CHANGES_ALL : CHANGES_SINCE_IMAGE,
		.latest = pack->moment.latest,
	};
	const struct new_layer_plan plan = { &changes, &pack->compress, &pack->layout,
					     &pack->interrupt, progress };

	warn_of_running(&pack->bundle);
	/* A bundle that was taken away is what failed, whatever the reading met then. */
	if (new_layer_make(&plan, ret, err) < 0)
		return bundle_watch_check(&pack->watch, NULL) < 0
			       ? bundle_watch_check(&pack->watch, err)
			       : -1;
	return bundle_watch_check(&pack->watch, err);
}

/* Steps 4 and 5. */
static int make_image(struct pack *pack, struct new_image *image, struct descriptor *ret,
		      struct error *err)
{
	autonewlayer struct new_layer layer = NEW_LAYER_INIT;

	if (!pack->opts->squash &&
	    base_image_bring(&pack->base, &pack->layout, &pack->interrupt, err) < 0)
		return -1;
	if (make_layer(pack, &layer, err) < 0 || new_image_add_layer(image, &layer, err) < 0 ||
	    new_image_put(image, &pack->layout, ret, err) < 0)
		return -1;
	return interrupt_wait(&pack->interrupt, 0) ? interrupt_error(err) : 0;
}

/* Step 6. */
static int name_image(const struct pack *pack, const struct descriptor *descriptor,
		      struct error *err)
{
	/* A file that cannot be written leaves the image without a name. */
	if (digest_file_write(&pack->id_file, &descriptor->digest, err) < 0)
		return -1;
	if (!pack->names.len)
		return tag_add(&pack->layout, descriptor, err);
	for (size_t i = 0; i < pack->names.len; i++)
		if (tag_set(&pack->layout, pack->names.items[i], descriptor, err) < 0)
			return -1;
	return 0;
}

/* Step 7. descriptor is taken. */
static int print_image(const struct pack *pack, struct descriptor *descriptor, struct error *err)
{
	autoimage struct image image = {
		.layout = xstrdup(pack->layout.path),
		.ref = pack->names.len ? xstrdup(pack->names.items[0]) : NULL,
		.descriptor = *descriptor,
	};

	*descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return image_print(stdout, &image, (enum image_print)pack->opts->print, err);
}

/* Steps 3 to 7. */
static int pack_image(struct pack *pack, struct new_image *image, struct error *err)
{
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (open_layout(pack, err) < 0)
		return -1;
	if (make_image(pack, image, &descriptor, err) < 0 ||
	    name_image(pack, &descriptor, err) < 0) {
		if (error_errno_is(err, ENOSPC) || error_errno_is(err, EDQUOT))
			error_hint(err, "free some space below '%s'", pack->layout.path);
		return -1;
	}
	return print_image(pack, &descriptor, err);
}

static int run_pack(const void *opts_, const struct strlist *operands, struct error *err)
{
	autopack struct pack pack = PACK_INIT;
	autofree char *command = NULL;
	autonewimage struct new_image image = NEW_IMAGE_INIT;
	struct new_image_request request = { 0 };

	pack.opts = opts_;
	/* A layer beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	sync_apply(&pack.opts->sync);
	if (read_command_line(&pack, operands, err) < 0 ||
	    interrupt_init(&pack.interrupt, err) < 0 ||
	    find_bundle(&pack, operands->items[0], err) < 0 || find_identity(&pack, err) < 0)
		return -1;
	command = bundle_command(&pack.bundle);
	request.changes = &pack.opts->changes;
	request.squash = pack.opts->squash;
	request.history = (struct image_history_entry) {
		.created = pack.moment.created,
		.created_by = command,
		.author = pack.opts->author,
		.comment = pack.opts->message,
	};
	if (new_image_begin(&pack.base, &request, &image, err) < 0)
		return -1;
	return pack_image(&pack, &image, err);
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] BUNDLE",
	  .summary = "Make an image of what a container has changed, and print its record.",
	  .options = pack_options,
	  .opts_size = sizeof(struct pack_opts),
	  .run = run_pack },
	COMMAND_END,
};

static const struct tool tool = { "ctnr-pack", "make an image of a container", commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
