/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-push copies images from the store, or another layout, to registries, layouts and archives, and prints the
 * records of what is there then.
 *
 *  1. read the options and the operands (request.h)
 *  2. read the files that access options name, as that of a password, which is taken out of the command line
 *  3. find the images, and read their documents: what is missing of one shows before anything is sent
 *     (push_image.h)
 *  4. open the destination and copy (image_copy.h): a name stands for nothing that is not there
 *  5. finish the destination, and print the records
 * SIGINT, SIGTERM and SIGHUP are blocked from step 4 on and looked for wherever something is waited for; the process
 * dies of them at the end, when everything half-made is gone.
 */
#include "image_copy.h"
#include "push_image.h"
#include "request.h"

#include "base/alloc.h"
#include "base/tool.h"
#include "format/digest_file.h"
#include "registry/access.h"
#include "system/sync.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What one run has. */
struct push {
	const struct push_opts *opts; /* borrowed */
	struct push_request request;
	struct access access;
	struct interrupt interrupt;
	struct digest_file digest_file;
	struct push_image *images;
	size_t n_images;
};

#define PUSH_INIT \
	{ \
		.request = PUSH_REQUEST_INIT, .access = ACCESS_INIT, .interrupt = INTERRUPT_INIT, \
		.digest_file = DIGEST_FILE_INIT \
	}

static void push_release(struct push *push)
{
	for (size_t i = 0; i < push->n_images; i++)
		push_image_release(&push->images[i]);
	free(push->images);
	push_request_release(&push->request);
	digest_file_release(&push->digest_file);
	access_release(&push->access);
	interrupt_release(&push->interrupt);
}
#define autopush autocleanup(push_release)

/* Find all images, and read what they consist of. */
static int read_images(struct push *push, struct error *err)
{
	const struct strlist *words = &push->request.images;

	push->images = xcalloc(words->len, sizeof(*push->images));
	for (size_t i = 0; i < words->len; i++) {
		struct push_image *image = &push->images[push->n_images++];

		*image = (struct push_image)PUSH_IMAGE_INIT;
		if (push_image_find(&push->request, words->items[i], image, err) < 0 ||
		    push_request_address(&push->request, image->image.ref, err) < 0 ||
		    push_image_read(&push->request, image, err) < 0)
			return -1;
	}
	return 0;
}

static int copy_image(struct push *push, const struct destination *destination, void *connection,
		      struct progress *progress, const struct push_image *image, struct error *err)
{
	const struct image_copy copy = {
		.destination = destination,
		.documents = &image->documents,
		.name = image->name,
		.progress = progress,
		.interrupt = &push->interrupt,
		.jobs = (size_t)push->opts->jobs,
	};

	return image_copy_run(&copy, connection, err);
}

static int copy_images(struct push *push, const struct destination *destination, struct error *err)
{
	autoprogress struct progress *progress =
		progress_new((enum progress_mode)push->opts->progress);
	void *connection = destination_connect(destination, err);
	int result = 0;

	if (!connection)
		return -1;
	access_set_progress(&push->access, progress);
	for (size_t i = 0; result == 0 && i < push->n_images; i++)
		result = copy_image(push, destination, connection, progress, &push->images[i], err);
	access_set_progress(&push->access, NULL);
	destination_disconnect(destination, connection);
	return result < 0 ? -1 : destination_finish(destination, err);
}

static int copy_to_destination(struct push *push, struct error *err)
{
	const struct push_image *first = &push->images[0];
	autofree char *registry = address_registry(&push->request.address);
	autodestination struct destination destination = DESTINATION_INIT;
	const struct destination_request wanted = {
		.address = &push->request.address,
		.access = &push->access,
		.registries = &push->opts->registries,
		.interrupt = &push->interrupt,
		.chunk = push->opts->chunk_size.value,
		.known = &first->choice.layout,
		.blobs = first->documents.sizes,
	};

	if (access_begin(&push->access, registry, &push->interrupt, err) < 0 ||
	    destination_open(&wanted, &destination, err) < 0)
		return -1;
	if (copy_images(push, &destination, err) == 0)
		return 0;
	/* The store has the image, and another one would not help. */
	if (error_errno_is(err, ENOSPC) || error_errno_is(err, EDQUOT))
		error_hint(err, "free some space there, or write it elsewhere");
	return -1;
}

static int print_records(const struct push *push, struct error *err)
{
	for (size_t i = 0; i < push->n_images; i++) {
		autoimage struct image image = IMAGE_INIT;

		if (push_image_describe(&push->request, &push->images[i], &image, err) < 0 ||
		    digest_file_write(&push->digest_file, &image.descriptor.digest, err) < 0)
			return -1;
		/* Standard output has the archive then. */
		if (push_request_is_stream(&push->request))
			continue;
		if (image_print(stdout, &image, (enum image_print)push->opts->print, err) < 0)
			return -1;
	}
	return 0;
}

static int run_push(const void *opts_, const struct strlist *operands, struct error *err)
{
	autopush struct push push = PUSH_INIT;

	push.opts = opts_;
	sync_apply(&push.opts->sync);
	if (access_check(&push.opts->access, &push.access, err) < 0 ||
	    push_request_read(push.opts, operands, &push.request, err) < 0)
		return -1;
	if (push.opts->check)
		return 0;
	if (access_check_logins(&push.access, err) < 0 ||
	    access_read_files(&push.access, err) < 0 ||
	    digest_file_open("digestfile", push.opts->digestfile, &push.digest_file, err) < 0 ||
	    read_images(&push, err) < 0 || interrupt_init(&push.interrupt, err) < 0 ||
	    copy_to_destination(&push, err) < 0)
		return -1;
	return print_records(&push, err);
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] IMAGE... DESTINATION",
	  .summary = "Copy images from the store to a registry, a layout or an archive.",
	  .options = push_options,
	  .opts_size = sizeof(struct push_opts),
	  .defaults = &push_defaults,
	  .run = run_push },
	COMMAND_END
};

static const struct tool tool = { "ctnr-push", "copy images from the store to elsewhere",
				  commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
