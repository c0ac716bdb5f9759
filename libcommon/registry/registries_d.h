/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where signatures of images are kept beside their registry: the YAML files of registries.d
 * (containers-registries.d(5)).
 *
 *	autoregistriesd struct registries_d registries = REGISTRIES_D_INIT;
 *	struct signature_places places;
 *
 *	if (registries_d_read(NULL, &registries, err) < 0) ...
 *	registries_d_find(&registries, &reference, &places);
 *	... places.lookaside is "https://sigs.example.org/store" or NULL
 *
 *  - Read are the files *.yaml of one folder: the one that is named, else the user's
 *    (~/.config/containers/registries.d) when it is there, else /etc/containers/registries.d.
 *  - What is said about the most specific scope that says something counts, for each of the three things by
 *    itself; a scope stands once in all files.
 */
#ifndef REGISTRY_REGISTRIES_D_H
#define REGISTRY_REGISTRIES_D_H

#include "format/config_node.h"
#include "oci/reference.h"

#define REGISTRIES_D_FILE_MAX (4U << 20) /* bytes of one file */
#define REGISTRIES_D_FILES_MAX 1024

/* What is said about one scope. Borrowed from registries_d; NULL, or not said: the next scope says it. */
struct signature_places {
	const char *lookaside; /* URL of a folder tree of signatures */
	const char *lookaside_staging; /* where they are written to */
	bool has_attachments; /* signatures are asked of the registry itself, as cosign has them */
	bool says_attachments;
};

struct registries_d_scope {
	char *name; /* its host in lower case; NULL: the default of all */
	const struct config_node *node; /* borrowed from the file */
	struct signature_places places;
};

struct registries_d {
	char *folder; /* NULL: none is there */
	struct registries_d_file *files;
	size_t n_files;
	struct registries_d_scope *scopes;
	size_t n_scopes;
};

#define REGISTRIES_D_INIT \
	{ \
		0 \
	}

void registries_d_release(struct registries_d *registries);
#define autoregistriesd autocleanup(registries_d_release)

/* Read a folder, which must be there when it is named (NULL: the user's or the system's). */
int registries_d_read(const char *folder, struct registries_d *ret, struct error *err);

/* Add what the text of one file says; file names it in messages. */
int registries_d_add(struct registries_d *registries, const char *text, size_t len,
		     const char *file, struct error *err);

/* Where the signatures of an image are. ret borrows from registries. */
void registries_d_find(const struct registries_d *registries, const struct reference *reference,
		       struct signature_places *ret);

#endif
