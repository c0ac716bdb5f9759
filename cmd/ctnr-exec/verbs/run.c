/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/run.h"

#include "launch/caller.h"
#include "launch/detached.h"

#include "base/message.h"
#include "store/bundle_status.h"
#include "store/reclaim.h"

#include <sys/prctl.h>

const struct option run_options[] = {
	{ "rm", 0, NULL, "remove the bundle at the end", OPTION_BOOL,
	  offsetof(struct run_opts, remove), NULL },
	{ "detach", 'd', NULL, "leave the container alone once it runs", OPTION_BOOL,
	  offsetof(struct run_opts, detach), NULL },
	{ "keep", 0, NULL, "keep the state at the end, for the verb delete", OPTION_BOOL,
	  offsetof(struct run_opts, keep), NULL },
	{ "no-subreaper", 0, NULL, "adopt no process that the container leaves", OPTION_BOOL,
	  offsetof(struct run_opts, no_subreaper), NULL },
	OPTION_INCLUDE(claim_options, offsetof(struct run_opts, claim)),
	OPTION_END,
};

/* Where the input of the container's terminal comes from, if it has one. */
static enum terminal_input find_terminal_input(const struct container *c,
					       const struct run_opts *opts, const char *word)
{
	if (operand_is_stdin(&opts->claim.operand, word))
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
	if (status >= 0)
		message_debug("the container has ended with status %d", status);
	if (status >= 0 && keeps_status(c) && bundle_status_write(&c->bundle, status, &cause) < 0)
		message_warning("%s, ps will not know how the container ended", cause.message);
	/* What other commands left when they were killed. */
	if (c->store.path && c->store.writable && reclaim_is_needed(&c->store))
		reclaim_start(&c->store);
	return status;
}

static int check_run_options(const struct run_opts *opts, struct error *err)
{
	if (opts->detach && opts->remove)
		return error_set(
			err, ERROR_USAGE,
			"--rm: nobody is there at the end of a container that is detached");
	if (!opts->detach && opts->claim.handover.console_socket)
		return error_set(err, ERROR_USAGE,
				 "--console-socket: the terminal is the caller's without --detach");
	return 0;
}

/* What a container leaves that shares our pid namespace comes to us, and is waited for, instead of to
 * a process above that does not know of it. */
static void adopt_orphans(const struct container *c, const struct run_opts *opts)
{
	if (!opts->no_subreaper && !namespaces_config_is_new(&c->config.namespaces, NAMESPACE_PID))
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

int run_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct run_opts *opts = opts_;
	autocontainer struct container c = CONTAINER_INIT;
	const char *word = claim_operand(operands, err);

	if (!word || check_run_options(opts, err) < 0)
		return -1;
	c.remove = opts->remove;
	/* What is detached stays for the verb delete once it runs, and is not kept where it never does. */
	c.keeps_state = opts->keep && !opts->detach;
	if (claim_open(&c, &opts->claim, word, err) < 0 || claim_take(&c, &opts->claim, err) < 0)
		return -1;
	if (opts->detach)
		return detached_launch(&c, LAUNCH_DETACHED, err);
	adopt_orphans(&c, opts);
	return run_and_record(&c, find_terminal_input(&c, opts, word), err);
}
