/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/reader.h"

#include "workers/verify/blob_file.h"
#include "workers/verify/comparison.h"
#include "workers/verify/content.h"
#include "workers/verify/report.h"

#include "base/alloc.h"
#include "layer/stream.h"
#include "system/confine.h"
#include "system/fd.h"

#include <string.h>
#include <unistd.h>

/* Each comparison holds descriptors; with more of them the archive is read again. */
#define COMPARISONS_MAX 4

static const struct confine_profile reader_profile = {
	.may = CONFINE_READ | CONFINE_MAKE_THREADS,
};

/* The layers that are compared in one pass: all have one diff ID. */
struct pass {
	const struct reader *reader;
	struct comparison comparisons[COMPARISONS_MAX];
	size_t layers[COMPARISONS_MAX]; /* their numbers in the blob */
	size_t len;
};

static void pass_release(struct pass *pass)
{
	for (size_t i = 0; i < pass->len; i++)
		comparison_release(&pass->comparisons[i]);
	pass->len = 0;
}

static void report_layer(const struct pass *pass, size_t index, enum report_kind kind,
			 uint64_t value, const char *path, const char *text)
{
	report_send(pass->reader->reportfd, kind, pass->layers[index], value, path, text);
}

/* What a comparison has found, once the blob has proved to be right. */
static void report_comparison(const struct pass *pass, size_t index)
{
	const struct comparison *c = &pass->comparisons[index];
	const struct differences *differences = &c->differences;
	uint64_t n_more = differences->n_unkept;

	if (!comparison_is_there(c, pass->reader->layersfd))
		return;
	if (c->failure.code) {
		report_layer(pass, index, REPORT_SKIPPED, 0, NULL, c->failure.message);
		return;
	}
	if (differences->is_unsure || (differences->len == 0 && n_more)) {
		report_layer(pass, index, REPORT_SKIPPED, 0, NULL,
			     "its archive states too many paths more than once");
		return;
	}
	if (differences->len && differences->has_lost_ways) {
		report_layer(pass, index, REPORT_SKIPPED, 0, NULL,
			     "its archive leads through what it replaces later");
		return;
	}
	for (size_t i = 0; i < differences->len; i++) {
		if (i >= FINDINGS_MAX)
			n_more++;
		else
			report_layer(pass, index, REPORT_DIFFERS, 0,
				     differences->items[i].difference.path,
				     differences->items[i].difference.message);
	}
	if (n_more)
		report_layer(pass, index, REPORT_MORE, n_more, NULL, NULL);
	if (differences->len == 0)
		report_layer(pass, index, REPORT_RIGHT, 0, NULL, NULL);
}

static int compare_content(struct pass *pass, struct tar_reader *tar, struct error *err)
{
	struct tar_data data;
	bool is_wanted = false;
	int more = 0;

	for (size_t i = 0; i < pass->len; i++)
		is_wanted |= pass->comparisons[i].content.fd >= 0;
	while (is_wanted && (more = tar_data(tar, &data, err)) > 0)
		for (size_t i = 0; i < pass->len; i++)
			content_compare(&pass->comparisons[i], &data);
	for (size_t i = 0; i < pass->len; i++)
		content_finish(&pass->comparisons[i]);
	return more < 0 ? -1 : 0;
}

static int compare_entries(struct pass *pass, struct tar_reader *tar, struct error *err)
{
	const struct tar_entry *entry;
	int more;

	while ((more = tar_next(tar, &entry, err)) > 0) {
		for (size_t i = 0; i < pass->len; i++) {
			struct comparison *c = &pass->comparisons[i];

			if (!c->failure.code && comparison_entry(c, entry, &c->failure) < 0)
				error_prefix(&c->failure, "'%.300s'", entry->path);
		}
		if (compare_content(pass, tar, err) < 0)
			return -1;
	}
	for (size_t i = 0; more == 0 && i < pass->len; i++)
		comparison_finish(&pass->comparisons[i]);
	return more < 0 ? -1 : 0;
}

/* A blob that cannot be compared may be right nevertheless. */
static enum blob_fault judge_blob(const struct stream *stream, const struct digest *blob,
				  const struct digest *diff_id, int result, const struct error *err)
{
	if (result == 0)
		return BLOB_FAULT_NONE;
	if (!error_errno_is(err, 0))
		return BLOB_FAULT_READ;
	if (stream->blob_digest.text[0] && !digest_equal(&stream->blob_digest, blob))
		return BLOB_FAULT_DIGEST;
	if (stream->diff_id.text[0] && !digest_equal(&stream->diff_id, diff_id))
		return BLOB_FAULT_DIFF_ID;
	return BLOB_FAULT_READ;
}

/* Stream the blob once. Returns the fault, with err. */
static enum blob_fault run_pass(struct pass *pass, struct error *err)
{
	const struct reader *reader = pass->reader;
	const struct job_blob *blob = reader->blob;
	const struct digest *diff_id = &pass->comparisons[0].layer->diff_id;
	autotarreader struct tar_reader *tar = NULL;
	struct stream stream;
	int result;

	if (lseek(reader->blobfd, 0, SEEK_SET) < 0 ||
	    stream_start(&stream, reader->blobfd, blob->size, &blob->digest, diff_id, err) < 0)
		return BLOB_FAULT_READ;
	tar = tar_reader_new(stream_read, &stream);
	for (size_t i = 0; i < pass->len; i++)
		comparison_start(&pass->comparisons[i], &pass->comparisons[i].failure);
	result = compare_entries(pass, tar, err);
	result = stream_finish(&stream, result, &blob->digest, diff_id, err);
	return judge_blob(&stream, &blob->digest, diff_id, result, err);
}

/* Open all layers that are there, in passes. Returns the number of these. */
static size_t open_layers(const struct reader *reader, struct pass *passes)
{
	const struct job_blob *blob = reader->blob;
	size_t n_passes = 0;

	for (size_t i = 0; i < blob->n_layers; i++) {
		const struct job_layer *layer = &blob->layers[i];
		struct error failure = { 0 };
		struct pass *pass = passes;
		struct comparison *c;
		int found;

		while (pass < passes + n_passes &&
		       (pass->len == COMPARISONS_MAX ||
			!digest_equal(&pass->comparisons[0].layer->diff_id, &layer->diff_id)))
			pass++;
		c = &pass->comparisons[pass->len];
		found = comparison_open(c, reader->storefd, layer, reader->identity,
					reader->job->deep, &failure);
		if (found <= 0)
			comparison_release(c);
		if (found < 0)
			report_send(reader->reportfd, REPORT_SKIPPED, i, 0, NULL, failure.message);
		if (found <= 0)
			continue;
		pass->reader = reader;
		pass->layers[pass->len++] = i;
		n_passes += pass == passes + n_passes;
	}
	return n_passes;
}

static void report_fault(const struct reader *reader, enum blob_fault fault,
			 const struct error *failure)
{
	report_send(reader->reportfd, REPORT_BLOB, 0, fault, NULL, failure->message);
}

/* A wrong diff ID is told once, and does not spare the layers of another one. */
static void compare_layers(const struct reader *reader, struct pass *passes, size_t n_passes)
{
	enum blob_fault worst = BLOB_FAULT_NONE;
	struct error failure = { 0 };

	for (size_t i = 0; i < n_passes; i++) {
		struct error err = { 0 };
		enum blob_fault fault = run_pass(&passes[i], &err);

		for (size_t j = 0; fault == BLOB_FAULT_NONE && j < passes[i].len; j++)
			report_comparison(&passes[i], j);
		if (fault != BLOB_FAULT_NONE) {
			worst = fault;
			failure = err;
		}
		if (fault == BLOB_FAULT_DIGEST || fault == BLOB_FAULT_READ)
			break;
	}
	report_fault(reader, worst, &failure);
}

/* No layer is there any more. */
static void hash_alone(const struct reader *reader)
{
	struct error failure = { 0 };
	enum blob_fault fault = blob_file_hash(reader->blobfd, &reader->blob->digest, &failure);

	report_fault(reader, fault, &failure);
}

int reader_run(const struct reader *reader, struct error *err)
{
	const struct confine_place place = { .writable = -1, .readable = reader->layersfd };
	autofree struct pass *passes = xcalloc(reader->blob->n_layers, sizeof(*passes));
	size_t n_passes = open_layers(reader, passes);

	/* A directory from which ".." would lead out. */
	close(reader->storefd);
	if (confine(&reader_profile, &place, err) < 0)
		return -1;
	if (n_passes)
		compare_layers(reader, passes, n_passes);
	else
		hash_alone(reader);
	for (size_t i = 0; i < n_passes; i++)
		pass_release(&passes[i]);
	return 0;
}
