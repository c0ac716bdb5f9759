/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/run.h"

#include "launch/caller.h"

#include "base/message.h"
#include "store/bundle_status.h"

const struct option run_options[] = {
	{ "rm", 0, NULL, "remove the bundle at the end", OPTION_BOOL,
	  offsetof(struct run_opts, remove), NULL },
	OPTION_INCLUDE(claim_options, offsetof(struct run_opts, claim)),
	OPTION_END,
};

/* Where the input of the container's terminal comes from, if it has one. */
static enum terminal_input find_terminal_input(const struct container *c,
					       const struct run_opts *opts, const char *word)
{
	if (claim_is_from_stdin(&opts->claim, word))
		return TERMINAL_TTY;
	return c->stdin_closed ? TERMINAL_NO_INPUT : TERMINAL_STDIN;
}

/* Is the bundle one of our own making, of which ps tells how its container ended? A bundle that was
 * made by hand gets no file. */
static bool keeps_status(const struct container *c)
{
	return !c->remove && c->bundle.image.layout;
}

/* Run the container, and write down how it ended. */
static int run_and_record(const struct container *c, enum terminal_input input, struct error *err)
{
	struct error cause = { 0 };
	int status;

	if (keeps_status(c))
		bundle_status_clear(&c->bundle);
	status = launch_container(c, input, err);
	if (status >= 0 && keeps_status(c) && bundle_status_write(&c->bundle, status, &cause) < 0)
		message_warning("%s, ps will not know how the container ended", cause.message);
	return status;
}

int run_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct run_opts *opts = opts_;
	autocontainer struct container c = CONTAINER_INIT;
	const char *word = operands->len == 1 ? operands->items[0] : NULL;

	if (!word)
		return error_set(err, ERROR_USAGE,
				 operands->len ? "more than one operand" : "no bundle given");
	c.remove = opts->remove;
	if (claim_open(&c, &opts->claim, word, err) < 0 || claim_take(&c, &opts->claim, err) < 0)
		return -1;
	return run_and_record(&c, find_terminal_input(&c, opts, word), err);
}
