/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the words of run and create name: a bundle, and the ID of the container that is made of it.
 *
 *	-b DIR ID	the bundle DIR (or of that ID in the store), for a container ID
 *	-		the bundle of the record on stdin, and its own ID; likewise:
 *	{...}		that of the record
 *	., ./DIR	a directory; a word with a slash is one
 *	WORD		the bundle of that ID in the store
 *	ID		where the store has none: the container ID, made of the bundle in the working directory,
 *			as runc and crun have it, where config.json or that of --config is there
 *
 * With --config the bundle's config.json is another file.
 */
#ifndef CTNR_EXEC_VERBS_OPERAND_H
#define CTNR_EXEC_VERBS_OPERAND_H

#include "base/error.h"
#include "base/option.h"
#include "store/bundle.h"

#include <stdbool.h>

struct operand_opts {
	const char *bundle; /* NULL: the operand names the bundle */
	const char *config; /* NULL: BUNDLE/config.json */
};

/* Rows for a struct operand_opts. */
extern const struct option operand_options[];

/* Does the operand say that the bundle's record comes on stdin? */
bool operand_is_stdin(const struct operand_opts *opts, const char *word);

/* Open the bundle. *ret_id is the container's ID, valid (store/state.h), and borrowed from word or the
 * bundle. ERROR_USAGE where the ID is none, ERROR_NOT_FOUND where there is no such bundle. */
int operand_open(const struct operand_opts *opts, const struct store *store, const char *word,
		 struct bundle *ret_bundle, const char **ret_id, struct error *err);

#endif
