/* SPDX-License-Identifier: Apache-2.0 */
/* The job of the verifier: the blobs of a scope, each with the layers that were unpacked from it. */
#ifndef CTNR_STORE_CHECK_VERIFY_JOB_H
#define CTNR_STORE_CHECK_VERIFY_JOB_H

#include "check/look.h"
#include "check/part.h"
#include "check/verifier.h"

struct verify_job {
	struct verifier_job job; /* for verifier_run(); borrows from the rest */
	uint64_t bytes; /* of all blobs */
	json_t *positions; /* of a digest's blob in the job */
	json_t *paths; /* keys: what has a layer's path in the job, which lives here */
	struct verifier_blob *blobs;
};

/* part NULL: all; only NULL: all, else a set of digests. -1 when the blobs cannot be listed. */
int verify_job_make(const struct look *look, const struct part *part, const json_t *only,
		    struct verify_job *ret, struct error *err);
void verify_job_release(struct verify_job *job);
#define autoverifyjob autocleanup(verify_job_release)

#endif
