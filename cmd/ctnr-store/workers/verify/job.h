/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tool asks for, one JSON object on stdin, and what the worker answers, one JSON object a line
 * on stdout.
 *
 *	{"store":"/abs","layout":"/abs","deep":false,"blobs":[BLOB, ...]}
 *
 *	BLOB	{"digest":"sha256:..","size":N,"layers":[LAYER, ...]}
 *	LAYER	{"path":"layers/IDMAP/ALG/HEX","diffId":"sha256:..","lowers":["layers/..", ...]}
 *
 * A blob's layers are those that were unpacked from it, lowers the layers below one, top first: a
 * base has none. The digest of each blob is computed, and each of its layers compared with the archive in
 * the same pass; with deep also the content of files.
 *
 *	{"blob":"sha256:..","bytes":N}				it is right
 *	{"blob":"sha256:..","error":"..","kind":"KIND"}		it is not
 *	{"layer":"layers/..","path":"usr/bin/x","error":"mode is 0644, the layer says 0755"}
 *	{"layer":"layers/..","more":N}				differences that are not told
 *	{"layer":"layers/..","skipped":".."}			it could not be compared: why
 *	{"layer":"layers/.."}					it is as its archive says
 *
 * KIND is "missing", "size", "digest", "read" (an error of the disk, or an archive that cannot be read)
 * or "diff-id": the blob is what its digest says, and not what the image's config says, so that the
 * config is wrong and layers are not judged by it.
 *
 * Lines come in any order, but those of a layer stand together and before that of its blob. Nothing is
 * said of the layers of a blob that is not right, nor of a layer that is not there or goes away
 * meanwhile. A path is the one in the layer, as people may see it (str_append_escaped()) and cut to
 * FINDING_PATH_MAX bytes; "" is the layer's root.
 *
 * The exit status is 0 when all was looked at, whatever was found. Else it is an enum error_code, and the
 * last line is {"failed":"..","hint":".."}.
 */
#ifndef CTNR_STORE_WORKERS_VERIFY_JOB_H
#define CTNR_STORE_WORKERS_VERIFY_JOB_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "format/digest.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOB_MAX (256U << 20) /* bytes of a job */
#define FINDING_PATH_MAX 1000 /* bytes of a path in a line */
#define FINDINGS_MAX 20 /* differences of one layer that are told */

struct job_layer {
	char *path; /* relative to the store */
	struct digest diff_id;
	struct strlist lowers; /* relative to the store, top first */
};

struct job_blob {
	struct digest digest;
	uint64_t size;
	struct job_layer *layers;
	size_t n_layers;
};

struct job {
	char *store;
	char *layout;
	bool deep;
	struct job_blob *blobs;
	size_t n_blobs;
};

#define JOB_INIT \
	{ \
		0 \
	}

void job_release(struct job *job);
#define autojob autocleanup(job_release)

/* Read the job on stdin. Layers have paths of that form only. */
int job_read(struct job *ret, struct error *err);

/* Has any blob a layer? */
bool job_has_layers(const struct job *job);

#endif
