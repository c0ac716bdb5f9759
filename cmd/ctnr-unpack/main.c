/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-unpack makes a bundle with the root filesystem of an image, and prints the bundle record.
 *
 * Order of operations:
 *  1. Open the store and find the image.
 *  2. Look whether killed commands left something.
 *  3. Find who we are (which decides whose IDs are on disk), and the driver.
 *  4. Overlay: have all layers in the store. When they are, as on every start but the first, this
 *     is a look; else the layer worker is executed, once (workers/layer/main.c).
 *  5. Make the bundle, or take the one that --update names. Copy: the worker fills its rootfs.
 *  6. Write the record, last: a bundle that has one is complete. What stays is synced before.
 *  7. Have a process in the background reclaim what killed commands left. Only when step 4 or 5 found no
 *     room, it is reclaimed at once, and they are tried once more.
 */
#include "bundle_rootfs.h"
#include "bundle_sync.h"
#include "driver.h"

#include "base/alloc.h"
#include "base/progress.h"
#include "base/tool.h"
#include "store/bundle.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"
#include "store/image_layers.h"
#include "store/image_resolve.h"
#include "store/layer_worker.h"
#include "store/reclaim.h"
#include "system/fd.h"
#include "system/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PID_MAX (1U << 22)

struct unpack_opts {
	const char *store;
	const char *bundle;
	int driver;
	bool update;
	const char *platform;
	uint64_t ephemeral;
	bool if_present;
	bool check;
	struct sync_opts sync;
	int progress;
};

#define FIELD(name) offsetof(struct unpack_opts, name)
static const struct option options[] = {
	{ "bundle", 'b', "NAME", "name of the bundle, or its path when it has a slash",
	  OPTION_STRING, FIELD(bundle), NULL },
	{ "check", 0, NULL, "check the options, and do nothing; no IMAGE", OPTION_BOOL,
	  FIELD(check), NULL },
	{ "driver", 0, "DRIVER", "root filesystem: auto, overlay or copy", OPTION_CHOICE,
	  FIELD(driver), bundle_driver_names },
	{ "ephemeral", 0, "PID", "reclaim the bundle when process PID has ended", OPTION_NUMBER,
	  FIELD(ephemeral), NULL },
	{ "if-present", 0, NULL, "say nothing if the image is not there (status 3)", OPTION_BOOL,
	  FIELD(if_present), NULL },
	OPTION_INCLUDE(sync_options, FIELD(sync)),
	{ "platform", 0, "PLATFORM", "choose OS/ARCHITECTURE[/VARIANT] of an index", OPTION_STRING,
	  FIELD(platform), NULL },
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  FIELD(progress), progress_mode_names },
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store), NULL },
	{ "update", 0, NULL, "take the bundle that is there; a new image drops its changes",
	  OPTION_BOOL, FIELD(update), NULL },
	OPTION_END,
};

/* What one run is about. */
struct unpack {
	const struct unpack_opts *opts;
	struct store store;
	struct image image;
	struct identity identity;
	enum bundle_driver driver;
	struct image_layers layers;
	bool reclaim_is_needed; /* killed commands had left something when we began */
};

#define UNPACK_INIT \
	{ \
		.store = STORE_INIT, .image = IMAGE_INIT \
	}

static void unpack_release(struct unpack *unpack)
{
	store_release(&unpack->store);
	image_release(&unpack->image);
	image_layers_release(&unpack->layers);
}
#define autounpack autocleanup(unpack_release)

static int find_image(struct unpack *unpack, const char *word, struct error *err)
{
	const char *text = unpack->opts->platform;
	struct platform platform;

	if (text && platform_parse(text, &platform, err) < 0)
		return error_prefix(err, "option --platform");
	if (image_resolve(&unpack->store, word, text ? &platform : NULL, &unpack->image, err) == 0)
		return 0;
	/* --if-present: the caller has another way to the image, so nothing is said. */
	if (unpack->opts->if_present && error_is(err, ERROR_NOT_FOUND))
		return error_silent(err, ERROR_NOT_FOUND);
	return -1;
}

static int find_identity(struct unpack *unpack, struct error *err)
{
	struct identity *identity = &unpack->identity;

	if (identity_probe(identity, err) < 0)
		return -1;
	if (identity->rung == IDENTITY_NONE) {
		error_set(err, ERROR_FAILED, "no user namespaces: %s", identity->why);
		return identity->grant[0] ? error_hint(err, "%s", identity->grant) : -1;
	}
	return 0;
}

/* A bundle for one run need not outlast a loss of power. Layers are the store's, and must. */
static enum file_sync bundle_sync_of(const struct unpack *unpack)
{
	return unpack->opts->ephemeral ? FILE_NO_SYNC : FILE_SYNC;
}

/* Layers are the store's, and outlast a loss of power whatever the bundle is for. */
static int make_layers(struct unpack *unpack, struct error *err)
{
	const struct image_layers_request request = {
		.store = &unpack->store,
		.image = &unpack->image,
		.identity = &unpack->identity,
		.sync = sync_is_enabled(),
		.progress = (enum progress_mode)unpack->opts->progress,
	};

	image_layers_release(&unpack->layers);
	return image_layers_have(&request, &unpack->layers, err);
}

static int fill_copy(const struct unpack *unpack, const struct bundle *bundle, struct error *err)
{
	const struct layer_worker_request request = {
		.store = &unpack->store,
		.image = &unpack->image,
		.bundle = bundle->path,
		.sync = sync_is_enabled() && bundle_sync_of(unpack) == FILE_SYNC,
		.progress = (enum progress_mode)unpack->opts->progress,
	};

	return bundle_rootfs_make_copy(bundle, err) < 0 ? -1 : layer_worker_run(&request, err);
}

static int fill_bundle(const struct unpack *unpack, struct bundle *bundle, struct error *err)
{
	bundle->driver = unpack->driver;
	if (unpack->driver == BUNDLE_OVERLAY)
		return bundle_rootfs_make_overlay(bundle, &unpack->store, &unpack->identity,
						  unpack->layers.chain_ids, unpack->layers.n, err);
	return fill_copy(unpack, bundle, err);
}

static void set_image(const struct unpack *unpack, struct bundle *bundle)
{
	image_release(&bundle->image);
	bundle->image = (struct image)IMAGE_INIT;
	bundle->image.layout = xstrdup(unpack->image.layout);
	bundle->image.ref = unpack->image.ref ? xstrdup(unpack->image.ref) : NULL;
	descriptor_copy(&unpack->image.descriptor, &bundle->image.descriptor);
}

/* Let all that the record stands for be on the disk. */
static int sync_bundle(const struct unpack *unpack, const struct bundle *bundle, struct error *err)
{
	if (bundle->driver == BUNDLE_OVERLAY &&
	    bundle_sync_layers(&unpack->store, &unpack->identity, unpack->layers.chain_ids,
			       unpack->layers.n, err) < 0)
		return -1;
	return bundle_sync(&unpack->store, bundle, err);
}

static int finish_bundle(const struct unpack *unpack, struct bundle *bundle, struct error *err)
{
	enum file_sync sync = bundle_sync_of(unpack);
	autojson json_t *record = NULL;

	set_image(unpack, bundle);
	if ((sync == FILE_SYNC && sync_bundle(unpack, bundle, err) < 0) ||
	    bundle_save(bundle, sync, err) < 0)
		return -1;
	record = bundle_to_json(bundle);
	return json_print(stdout, record, err);
}

static int make_bundle(struct unpack *unpack, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autoclose int lock = -EBADF;
	uint64_t owner = unpack->opts->ephemeral;

	if (bundle_create(&unpack->store, unpack->opts->bundle, &bundle, err) < 0)
		return -1;
	/* Others can name a bundle that stays: a removal waits until it is made. */
	if (!owner) {
		lock = bundle_lock(&bundle, err);
		if (lock < 0)
			return -1;
	}
	if ((!owner || ephemeral_set_owner(&unpack->store, bundle.id, (pid_t)owner, err) == 0) &&
	    fill_bundle(unpack, &bundle, err) == 0 && finish_bundle(unpack, &bundle, err) == 0)
		return 0;
	bundle_remove(&unpack->store, &bundle, NULL);
	return -1;
}

/* The image is the one that the bundle has. */
static int keep_files(const struct unpack *unpack, const struct bundle *bundle, struct error *err)
{
	if (unpack->driver != BUNDLE_OVERLAY)
		return 0;
	return bundle_rootfs_repair_overlay(bundle, &unpack->store, &unpack->identity,
					    unpack->layers.chain_ids, unpack->layers.n, err);
}

static int replace_files(const struct unpack *unpack, struct bundle *bundle, enum file_sync sync,
			 struct error *err)
{
	return bundle_rootfs_remove(bundle, &unpack->identity, sync, err) < 0
		       ? -1
		       : fill_bundle(unpack, bundle, err);
}

/* Take the bundle that is there. */
static int refresh_bundle(struct unpack *unpack, struct bundle *bundle, struct error *err)
{
	autoclose int lock = -EBADF;
	uint64_t owner = unpack->opts->ephemeral;
	enum file_sync sync = bundle_sync_of(unpack);
	bool is_same;

	if (bundle_rootfs_check_ours(bundle, &unpack->store, err) < 0)
		return -1;
	lock = bundle_lock(bundle, err);
	if (lock < 0)
		return -1;
	is_same =
		bundle->image.layout && bundle->driver == unpack->driver &&
		digest_equal(&bundle->image.descriptor.digest, &unpack->image.descriptor.digest) &&
		bundle_rootfs_is_complete(bundle);
	if ((!owner || ephemeral_set_owner(&unpack->store, bundle->id, (pid_t)owner, err) == 0) &&
	    (is_same ? keep_files(unpack, bundle, err)
		     : replace_files(unpack, bundle, sync, err)) == 0 &&
	    finish_bundle(unpack, bundle, err) == 0)
		return 0;
	if (!is_same)
		bundle_rootfs_remove(bundle, &unpack->identity, FILE_NO_SYNC, NULL);
	bundle_discard_lock(bundle, lock);
	return -1;
}

/* Make or refresh the bundle of the image that was found. */
static int unpack_image(struct unpack *unpack, struct bundle *present, struct error *err)
{
	/* A layout elsewhere is only read. */
	if (image_is_of_store(&unpack->image, &unpack->store))
		image_note_use(&unpack->image);
	if ((unpack->driver != BUNDLE_OVERLAY || make_layers(unpack, err) == 0) &&
	    (present->dirfd >= 0 ? refresh_bundle(unpack, present, err)
				 : make_bundle(unpack, err)) == 0)
		return 0;
	return image_found_unfit(err);
}

/* The same, and once more where the disk is full of what killed commands left. That is the one thing that
 * waits for its deletion. */
static int unpack_with_room(struct unpack *unpack, struct bundle *present, struct error *err)
{
	struct error cause = { 0 };

	if (unpack_image(unpack, present, &cause) == 0)
		return 0;
	if (!unpack->reclaim_is_needed ||
	    (cause.saved_errno != ENOSPC && cause.saved_errno != EDQUOT))
		return error_move(err, &cause);
	reclaim_run(&unpack->store, &unpack->identity);
	return unpack_image(unpack, present, err);
}

static int check_usage(const struct unpack_opts *opts, const struct strlist *operands,
		       struct error *err)
{
	if (operands->len != (opts->check ? 0 : 1))
		return error_set(err, ERROR_USAGE,
				 opts->check ? "--check takes no IMAGE" : "expected one IMAGE");
	if (opts->update && !opts->bundle)
		return error_set(err, ERROR_USAGE, "--update needs --bundle");
	if (opts->ephemeral > PID_MAX)
		return error_set(err, ERROR_USAGE, "option --ephemeral: no process has such a PID");
	return 0;
}

/* --check: what would be refused whatever the image is, before a caller fetches one. */
static int check_options(const struct unpack_opts *opts, const struct store *store,
			 struct error *err)
{
	struct platform platform;

	if (opts->platform && platform_parse(opts->platform, &platform, err) < 0)
		return error_prefix(err, "option --platform");
	if (!opts->bundle || opts->update)
		return 0;
	return bundle_check_free(store, opts->bundle, err);
}

static int run_unpack(const void *opts_, const struct strlist *operands, struct error *err)
{
	autounpack struct unpack unpack = UNPACK_INIT;
	autobundle struct bundle present = BUNDLE_INIT;
	struct error absent = { 0 };
	int driver;
	int status;

	unpack.opts = opts_;
	sync_apply(&unpack.opts->sync);
	if (check_usage(unpack.opts, operands, err) < 0 ||
	    store_open(unpack.opts->store, STORE_TRY_WRITE, &unpack.store, err) < 0)
		return -1;
	if (unpack.opts->check)
		return check_options(unpack.opts, &unpack.store, err);
	if (find_image(&unpack, operands->items[0], err) < 0 || find_identity(&unpack, err) < 0)
		return -1;
	unpack.reclaim_is_needed = unpack.store.writable && reclaim_is_needed(&unpack.store);
	if (unpack.opts->update &&
	    bundle_open(&unpack.store, unpack.opts->bundle, &present, &absent) < 0 &&
	    absent.code != ERROR_NOT_FOUND)
		return error_move(err, &absent);
	driver = driver_choose(&unpack.store, (enum bundle_driver)unpack.opts->driver,
			       unpack.opts->bundle, &present, err);
	if (driver < 0)
		return -1;
	unpack.driver = (enum bundle_driver)driver;
	status = unpack_with_room(&unpack, &present, err);
	if (unpack.reclaim_is_needed)
		reclaim_start(&unpack.store);
	return status;
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] IMAGE",
	  .summary = "Make a bundle with the root filesystem of an image and print its record.",
	  .options = options,
	  .opts_size = sizeof(struct unpack_opts),
	  .run = run_unpack },
	COMMAND_END,
};

static const struct tool tool = { "ctnr-unpack", "make a bundle with an image's root filesystem",
				  commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
