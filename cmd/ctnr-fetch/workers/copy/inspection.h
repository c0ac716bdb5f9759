/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image looked at where it is, without its layers:
 *
 *	{"reference":"docker.io/library/alpine:3.20","digest":"sha256:...","mediaType":...,
 *	 "platforms":["linux/amd64",...],"descriptor":{...},"manifest":{...},"config":{...},
 *	 "sizes":{"manifest":528,"config":1472,"layers":3623807,"total":3625807}}
 *
 * digest and mediaType are those of what the source gave, the rest is of the image for the platform. For all
 * platforms "index" stands in place of that.
 */
#ifndef CTNR_FETCH_WORKERS_COPY_INSPECTION_H
#define CTNR_FETCH_WORKERS_COPY_INSPECTION_H

#include "request.h"
#include "workers/copy/source.h"

/* Print that object. connection is the calling thread's. */
int inspection_print(const struct request *request, const struct source *source, void *connection,
		     struct error *err);

/* Print the bytes of what the source gave; where a platform was asked for by name, of the manifest for
 * that. On a terminal control characters are escaped. */
int inspection_print_raw(const struct request *request, const struct source *source,
			 void *connection, struct error *err);

/* The digest of the document whose bytes inspection_print_raw() prints. A reference that states it is asked
 * for nothing. */
int inspection_find_digest(const struct request *request, const struct source *source,
			   void *connection, struct digest *ret, struct error *err);

#endif
