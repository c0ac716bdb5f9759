/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of config.json, and the JSON in it.
 *
 * The seccomp profile is most of a config.json, and is looked at only when its filter has not been
 * compiled before. Its text is therefore cut out before the rest is parsed.
 *
 * Of duplicate keys the last counts, as in runc: engines append to objects that they do not read (Slurm).
 * crun 1.8 takes the first.
 */
#ifndef CTNR_EXEC_CONFIG_DOCUMENT_H
#define CTNR_EXEC_CONFIG_DOCUMENT_H

#include "base/str.h"
#include "format/json.h"

/* Where a config.json lies. */
struct document_place {
	int dirfd; /* of the directory; or AT_FDCWD */
	const char *file; /* its name there, or a path */
	const char *noun; /* what messages call the directory or the file: "bundle" */
	const char *path; /* ... and its path */
};

/* Read a config.json: a new document, without linux.seccomp, whose text is appended to ret_seccomp
 * (nothing: there is none). The text of the whole file is appended to ret_text. NULL on failure. */
json_t *document_read(const struct document_place *place, struct str *ret_text,
		      struct str *ret_seccomp, struct error *err);

#endif
