/* SPDX-License-Identifier: Apache-2.0 */
/* A file of the command line on its way into an artifact: it is hashed and stored as it is read. */
#ifndef CTNR_STORE_WORKERS_DOCUMENT_ARTIFACT_FILE_H
#define CTNR_STORE_WORKERS_DOCUMENT_ARTIFACT_FILE_H

#include "artifact_opts.h"

#include "oci/layout.h"
#include "system/interrupt.h"

/* What is said of all files of one call. Everything is borrowed. */
struct artifact_files {
	const struct artifact_opts *opts;
	const json_t *annotations; /* those that the options state */
};

/* Can that be a file of an artifact, and is it there? "-" is standard input, whose title an annotation states.
 * ERROR_USAGE, ERROR_NOT_FOUND. */
int artifact_file_check(const struct artifact_files *files, const char *path, struct error *err);

/* Store the file's bytes, which may come from a pipe; ret (new) is the descriptor that the artifact has of it. */
int artifact_file_store(const struct artifact_files *files, const char *path,
			const struct layout *layout, const struct interrupt *interrupt,
			struct descriptor *ret, struct error *err);

#endif
