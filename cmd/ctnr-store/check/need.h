/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who needs what is damaged: which names a blob, which bundles a blob or a layer; and so, what mends it.
 *
 * Without damage nothing is read.
 */
#ifndef CTNR_STORE_CHECK_NEED_H
#define CTNR_STORE_CHECK_NEED_H

#include "check/finding.h"
#include "check/scope.h"

/* Fill in needed_by and the remedy of blobs and layers that are damaged. */
void need_find(const struct scope *scope, struct findings *findings);

/* Where a registry has the image of an entry: "docker://HOST/NAME@DIGEST", new. NULL: it is not known to
 * have come from one. */
char *need_source(const struct descriptor *entry);

#endif
