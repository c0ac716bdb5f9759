/* SPDX-License-Identifier: Apache-2.0 */
/* The annotations that a command line states: KEY=VALUE. */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_ANNOTATION_H
#define CTNR_STORE_WORKERS_DOCUMENT_ANNOTATION_H

#include "base/str.h"
#include "format/json.h"

/* Read them into a new object, in their order; of a repeated key the last counts. ERROR_USAGE; NULL then. */
json_t *annotations_read(const struct strlist *texts, struct error *err);

/* Let the object "annotations" of a document or a descriptor have these too. */
void annotations_set(json_t *object, const json_t *annotations);

#endif
