/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The content of blobs and of unpacked layers: which blob made which layer is known from the images that a
 * look has read, and the worker (check/verifier.h) reads them.
 */
#ifndef CTNR_STORE_CHECK_VERIFY_H
#define CTNR_STORE_CHECK_VERIFY_H

#include "check/look.h"
#include "check/part.h"

#include "base/progress.h"

struct verify_opts {
	const struct part *part; /* borrowed; only these blobs, and what was unpacked from them */
	bool deep; /* the content of files in layers too */
	enum progress_mode progress;
};

/* Read all blobs in the look's scope that it has found no damage of, and compare the layers of this identity.
 * What is wrong, at a second reading too, is added to the look's findings; counts.blobs is then the number of
 * blobs that were read. -1 when it could not be done to the end. */
int verify_content(struct look *look, const struct verify_opts *opts, struct error *err);

#endif
