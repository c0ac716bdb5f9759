/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tool asks for, one JSON object on stdin:
 *
 *	{"store":"/abs","image":{...image record...},"bundle":"/abs","sync":false}
 *
 * Without "bundle", the image's layers go into the store in overlay form; with it, all of them go
 * into that directory's rootfs/ in plain form. "sync" is true when it is not there: false when what is
 * made need not outlast a loss of power.
 */
#ifndef CTNR_UNPACK_WORKERS_LAYER_JOB_H
#define CTNR_UNPACK_WORKERS_LAYER_JOB_H

#include "oci/layout.h"
#include "oci/manifest.h"
#include "store/image.h"
#include "store/store.h"
#include "system/identity.h"

struct job {
	struct store store;
	struct image image;
	char *bundle; /* NULL: overlay form */
	struct layout layout;
	struct manifest manifest;
	struct digest *diff_ids; /* of the config, as many as the manifest has layers */
	struct digest *chain_ids; /* image-spec config.md, "Layer ChainID"; base first */
	struct identity identity;
};

#define JOB_INIT \
	{ \
		.store = STORE_INIT, .image = IMAGE_INIT, .layout = LAYOUT_INIT \
	}

void job_release(struct job *job);
#define autojob autocleanup(job_release)

/* Read the request, switch syncing as it says, then read manifest and config of the image, both verified
 * against their digests; compute the chain IDs and note them in the store's cache. */
int job_read(struct job *ret, struct error *err);

#endif
