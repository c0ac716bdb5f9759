/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the words of a command line to a container that is claimed and can be launched: what the verbs
 * run and create do first.
 *
 *	autocontainer struct container c = CONTAINER_INIT;
 *
 *	if (claim_open(&c, &opts->claim, word, err) < 0 || claim_take(&c, &opts->claim, err) < 0)
 *		return -1;
 */
#ifndef CTNR_EXEC_VERBS_CLAIM_H
#define CTNR_EXEC_VERBS_CLAIM_H

#include "container.h"
#include "verbs/global.h"
#include "verbs/handover.h"
#include "verbs/operand.h"

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct claim_opts {
	struct global_opts global;
	struct operand_opts operand;
	struct handover_opts handover;
	bool no_new_keyring;
	bool no_pivot;
};

/* Rows for a struct claim_opts. */
extern const struct option claim_options[];

/* The one operand; NULL with ERROR_USAGE when there is none or more than one. Borrowed. */
const char *claim_operand(const struct strlist *operands, struct error *err);

/* Open the store and the bundle, and decide the container's ID. word: the operand. */
int claim_open(struct container *c, const struct claim_opts *opts, const char *word,
	       struct error *err);

/* Lock the bundle, read its config.json whole, decide what can be decided before any process exists, and
 * claim the ID. On failure nothing is left of the container. */
int claim_take(struct container *c, const struct claim_opts *opts, struct error *err);

#endif
