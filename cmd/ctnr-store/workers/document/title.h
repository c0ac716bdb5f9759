/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The title of a file in an artifact: what the file is called where it is extracted. Strangers write it, and so it is
 * checked both where an artifact is made and where one is extracted: it names an entry of a directory, and nothing
 * above or below that.
 */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_TITLE_H
#define CTNR_STORE_WORKERS_DOCUMENT_TITLE_H

#include "oci/manifest.h"

/* Can a file have that title? ERROR_VERIFY when not. */
int title_check(const char *title, struct error *err);

/* What a file is called by its descriptor: its title, or "sha256-9f86...", its digest; new. ERROR_VERIFY. */
char *title_of(const struct descriptor *file, struct error *err);

/* "sha256-9f86...", new. */
char *title_of_digest(const struct digest *digest);

/* Have all files of an artifact names of their own? ERROR_VERIFY. */
int titles_check(const struct manifest *manifest, struct error *err);

#endif
