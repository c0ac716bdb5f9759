/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running the worker that reads blobs and compares unpacked layers with their archives: a program of its
 * own (workers/verify/main.c), because it loads what this tool does without and reads what strangers
 * wrote. What goes over the pipes is in workers/verify/job.h.
 *
 *	const struct verifier_layer layer = { "layers/1/sha256/..", "sha256:..", NULL, 0 };
 *	const struct verifier_blob blob = { "sha256:..", 1234, &layer, 1 };
 *	const struct verifier_job job = { .store = store->path, .layout = layout, .blobs = &blob,
 *					  .n_blobs = 1 };
 *
 *	if (verifier_run(&job, take_finding, &report, err) < 0) ...
 */
#ifndef CTNR_STORE_CHECK_VERIFIER_H
#define CTNR_STORE_CHECK_VERIFIER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A layer that was unpacked from a blob. All is borrowed. */
struct verifier_layer {
	const char *path; /* layer_path() of store/layer.h */
	const char *diff_id;
	const char *const *lowers; /* paths of the layers below, top first; none: it is a base */
	size_t n_lowers;
};

struct verifier_blob {
	const char *digest;
	uint64_t size; /* bytes */
	const struct verifier_layer *layers; /* to be compared with it */
	size_t n_layers;
};

struct verifier_job {
	const char *store; /* absolute */
	const char *layout; /* absolute: where the blobs are */
	bool deep; /* compare the content of files too */
	const struct verifier_blob *blobs; /* each digest once */
	size_t n_blobs;
};

enum verifier_kind {
	VERIFIER_BLOB_RIGHT, /* count: its bytes */
	VERIFIER_BLOB_MISSING,
	VERIFIER_BLOB_SIZE,
	VERIFIER_BLOB_DIGEST,
	VERIFIER_BLOB_READ, /* the disk failed, or the archive in it cannot be read */
	VERIFIER_BLOB_DIFF_ID, /* it is not the archive that the image's config names: the image is wrong */
	VERIFIER_LAYER_RIGHT,
	VERIFIER_LAYER_DIFFERS, /* path and message: one difference */
	VERIFIER_LAYER_MORE, /* count: differences that are not told */
	VERIFIER_LAYER_SKIPPED, /* message: why it could not be compared; that is no damage */
	VERIFIER_KIND_MAX,
};

/* Texts are borrowed for the time of the call. */
struct verifier_finding {
	enum verifier_kind kind;
	const char *blob; /* digest, or NULL */
	const char *layer; /* path in the store, or NULL */
	const char *path; /* in the layer, escaped; NULL: it is about the whole layer */
	const char *message; /* or NULL */
	uint64_t count;
};

/* Have it all looked at; take gets each finding. Of the layers of a blob that is not right nothing is
 * said, nor of those that went away meanwhile. SIGINT, SIGTERM and SIGHUP end the worker, and are an
 * error. Returns 0 when all was looked at, whatever was found. */
int verifier_run(const struct verifier_job *job,
		 void (*take)(void *data, const struct verifier_finding *finding), void *data,
		 struct error *err);

#endif
