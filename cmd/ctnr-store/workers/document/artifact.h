/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of artifacts that read or make blobs: one function each, as base/tool.h calls them. opts is a struct
 * artifact_opts. */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_ARTIFACT_H
#define CTNR_STORE_WORKERS_DOCUMENT_ARTIFACT_H

#include "base/error.h"
#include "base/str.h"

int artifact_add(const void *opts, const struct strlist *operands, struct error *err);
int artifact_extract(const void *opts, const struct strlist *operands, struct error *err);

#endif
