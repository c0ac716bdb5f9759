/* SPDX-License-Identifier: Apache-2.0 */
/* oci:DIR[:REF]: another layout, which is made when it is not there. Everything is hashed on its way: a blob that
 * was damaged in the store does not become one of that layout. */
#include "destination.h"

#include "base/alloc.h"
#include "oci/blob_copy.h"
#include "oci/referrer.h"
#include "oci/tag.h"
#include "store/image.h"

#include <signal.h>
#include <stdlib.h>

struct layout_destination {
	struct layout layout;
	const struct interrupt *interrupt;
	struct descriptor *referrers; /* entries of index.json for the next name */
	size_t n_referrers;
};

static void close_layout(void *state)
{
	struct layout_destination *destination = state;

	for (size_t i = 0; i < destination->n_referrers; i++)
		descriptor_release(&destination->referrers[i]);
	free(destination->referrers);
	layout_release(&destination->layout);
	free(destination);
}

static void *open_layout(const struct destination_request *request, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	struct layout_destination *destination;

	if (layout_open(request->address->path, LAYOUT_CREATE, &layout, err) < 0)
		return NULL;
	/* A blob beyond a limit of the size of files (ulimit -f) is an error, not a silent death. */
	signal(SIGXFSZ, SIG_IGN);
	layout.check = blob_check;
	destination = xcalloc(1, sizeof(*destination));
	destination->layout = layout;
	layout = (struct layout)LAYOUT_INIT;
	destination->interrupt = request->interrupt;
	return destination;
}

static int put_layout_blob(void *state, void *connection, const struct layout *from,
			   const struct descriptor *blob, struct progress *progress, size_t task,
			   struct error *err)
{
	const struct layout_destination *destination = state;
	const struct blob_copy copy = { &destination->layout, progress, destination->interrupt };
	autoblobwriter struct blob_writer writer = BLOB_WRITER_INIT;
	int found = blob_copy_start(&copy, &blob->digest, blob->size, &writer, err);

	(void)connection;
	if (found == BLOB_PRESENT)
		return DESTINATION_PRESENT;
	if (found < 0 || blob_copy_from(&copy, from, &writer, task, err) < 0 ||
	    blob_finish(&writer, err) < 0)
		return -1;
	return DESTINATION_WRITTEN;
}

static int put_layout_document(void *state, void *connection, const struct document *document,
			       struct error *err)
{
	const struct layout_destination *destination = state;
	const struct blob_copy copy = { .layout = &destination->layout,
					.interrupt = destination->interrupt };

	(void)connection;
	return blob_copy_put(&copy, &document->digest, document->bytes.data, document->bytes.len,
			     err);
}

static int put_layout_referrer(void *state, void *connection, const struct document *document,
			       const struct digest *subject, struct error *err)
{
	struct layout_destination *destination = state;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (put_layout_document(state, connection, document, err) < 0 ||
	    referrer_describe(document, subject, &descriptor, err) < 0)
		return -1;
	destination->referrers = xrealloc(destination->referrers, destination->n_referrers + 1,
					  sizeof(*destination->referrers));
	referrer_make_entry(&descriptor, subject,
			    &destination->referrers[destination->n_referrers++]);
	return 0;
}

static int put_layout_named(void *state, void *connection, const struct document *document,
			    const char *name, struct error *err)
{
	const struct layout_destination *destination = state;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (put_layout_document(state, connection, document, err) < 0)
		return -1;
	document_describe(document, &descriptor);
	image_fill_platform(&destination->layout, &descriptor);
	return tag_set_with(&destination->layout, name, &descriptor, destination->referrers,
			    destination->n_referrers, err);
}

const struct destination_type layout_destination = {
	.transport = TRANSPORT_OCI,
	.takes_several = true,
	.takes_several_images = true,
	.takes_oci_only = true,
	.open = open_layout,
	.close = close_layout,
	.put_blob = put_layout_blob,
	.put_document = put_layout_document,
	.put_named = put_layout_named,
	.put_referrer = put_layout_referrer,
};
