/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/create.h"

#include "launch/detached.h"

const struct option create_options[] = {
	OPTION_INCLUDE(claim_options, offsetof(struct create_opts, claim)),
	OPTION_END,
};

int create_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct create_opts *opts = opts_;
	autocontainer struct container c = CONTAINER_INIT;
	const char *word = claim_operand(operands, err);

	if (!word || claim_open(&c, &opts->claim, word, err) < 0 ||
	    claim_take(&c, &opts->claim, err) < 0)
		return -1;
	return detached_launch(&c, LAUNCH_CREATED, err);
}
