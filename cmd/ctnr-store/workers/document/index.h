/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that make an index: one function each, as base/tool.h calls them. opts is a struct index_opts. */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_INDEX_H
#define CTNR_STORE_WORKERS_DOCUMENT_INDEX_H

#include "base/error.h"
#include "base/str.h"

int index_create(const void *opts, const struct strlist *operands, struct error *err);
int index_add(const void *opts, const struct strlist *operands, struct error *err);
int index_annotate(const void *opts, const struct strlist *operands, struct error *err);
int index_remove(const void *opts, const struct strlist *operands, struct error *err);

#endif
