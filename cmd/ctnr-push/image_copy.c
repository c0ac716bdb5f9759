/* SPDX-License-Identifier: Apache-2.0 */
#include "image_copy.h"

#include "system/jobs.h"

#include <stdatomic.h>

/* The blobs that several threads copy. */
struct blob_round {
	const struct image_copy *copy;
	const struct blob_list *blobs;
	atomic_bool *has_written; /* one that was not there */
};

static void *connect_thread(void *data, struct error *err)
{
	const struct blob_round *round = data;

	return destination_connect(round->copy->destination, err);
}

static void disconnect_thread(void *data, void *connection)
{
	const struct blob_round *round = data;

	destination_disconnect(round->copy->destination, connection);
}

static int copy_blob(void *data, void *connection, size_t index, struct error *err)
{
	struct blob_round *round = data;
	const struct image_copy *copy = round->copy;
	const struct descriptor *blob = &round->blobs->items[index];
	size_t task = progress_add(copy->progress, "push", blob->digest.text, blob->size);
	int result = interrupt_wait(copy->interrupt, 0)
			     ? interrupt_error(err)
			     : destination_put_blob(copy->destination, connection,
						    copy->documents->layout, blob, copy->progress,
						    task, err);

	progress_finish(copy->progress, task,
			result < 0                      ? PROGRESS_FAILED
			: result == DESTINATION_WRITTEN ? PROGRESS_DONE
							: PROGRESS_PRESENT);
	if (result != DESTINATION_PRESENT)
		atomic_store(round->has_written, true);
	if (result < 0 && !error_mentions(err, blob->digest.text))
		error_prefix(err, "blob %s", blob->digest.text);
	return result < 0 ? -1 : 0;
}

static int copy_blobs(const struct image_copy *copy, void *connection,
		      const struct blob_list *blobs, atomic_bool *has_written, struct error *err)
{
	struct blob_round round = { copy, blobs, has_written };
	const struct jobs_work work = { connect_thread, disconnect_thread, copy_blob, &round };
	size_t jobs = copy->destination->type->takes_several ? copy->jobs : 1;

	return jobs_run(&work, blobs->len, jobs, connection, copy->interrupt, err);
}

static int put_document(const struct image_copy *copy, void *connection,
			const struct document *document, struct error *err)
{
	if (interrupt_wait(copy->interrupt, 0))
		return interrupt_error(err);
	if (destination_put_document(copy->destination, connection, document, err) < 0)
		return error_mentions(err, document->digest.text)
			       ? -1
			       : error_prefix(err, "manifest %s", document->digest.text);
	return 0;
}

static const struct image_referrer *referrer_of_node(const struct image_documents *documents,
						     size_t node)
{
	for (size_t i = 0; i < documents->n_referrers; i++)
		if (documents->referrers[i].node == node)
			return &documents->referrers[i];
	return NULL;
}

/* Put what refers to the image; the image is there by its digest before. */
static int put_referrers(const struct image_copy *copy, void *connection,
			 const struct document *top, struct error *err)
{
	const struct image_documents *documents = copy->documents;

	if (documents->n_referrers && put_document(copy, connection, top, err) < 0)
		return -1;
	for (size_t i = documents->n_image_nodes; i < documents->tree.n_nodes; i++) {
		const struct image_referrer *referrer = referrer_of_node(documents, i);
		const struct document *document = image_document(documents, i);

		if (!referrer && put_document(copy, connection, document, err) < 0)
			return -1;
		if (referrer && destination_put_referrer(copy->destination, connection, document,
							 &referrer->subject, err) < 0)
			return error_prefix(err, "referrer %s", document->digest.text);
	}
	return 0;
}

/* Put the documents of the image but for the top one: what is there under its digest stays. */
static int put_parts(const struct image_copy *copy, void *connection, bool may_be_there,
		     struct error *err)
{
	const struct image_documents *documents = copy->documents;

	for (size_t i = 0; i + 1 < documents->n_image_nodes; i++) {
		const struct document *document = image_document(documents, i);
		int found = may_be_there ? destination_has_document(copy->destination, connection,
								    document, false, err)
					 : 0;

		if (found < 0 || (!found && put_document(copy, connection, document, err) < 0))
			return -1;
	}
	return 0;
}

static int put_name(const struct image_copy *copy, void *connection, const struct document *top,
		    bool may_be_there, struct error *err)
{
	int found = may_be_there ? destination_has_document(copy->destination, connection, top,
							    true, err)
				 : 0;

	if (found)
		return found < 0 ? -1 : 0;
	if (interrupt_wait(copy->interrupt, 0))
		return interrupt_error(err);
	return destination_put_named(copy->destination, connection, top, copy->name, err);
}

static int copy_once(const struct image_copy *copy, void *connection, struct error *err)
{
	const struct image_documents *documents = copy->documents;
	const struct document *top = image_document(documents, documents->n_image_nodes - 1);
	atomic_bool has_written = false;

	if (copy_blobs(copy, connection, &documents->layers, &has_written, err) < 0 ||
	    copy_blobs(copy, connection, &documents->configs, &has_written, err) < 0 ||
	    put_parts(copy, connection, !has_written, err) < 0 ||
	    put_referrers(copy, connection, top, err) < 0)
		return -1;
	return put_name(copy, connection, top, !has_written && !documents->n_referrers, err);
}

/* A registry from which something was deleted, or in which an upload was broken off, may say that it has a blob and not
 * find it for the manifest: pushing again would end so each time. */
int image_copy_run(const struct image_copy *copy, void *connection, struct error *err)
{
	struct error cause = { 0 };

	if (copy_once(copy, connection, &cause) == 0)
		return 0;
	if (!destination_distrust(copy->destination))
		return error_move(err, &cause);
	return copy_once(copy, connection, err);
}
