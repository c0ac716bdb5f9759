/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/exec.h"

#include "config/config.h"
#include "container.h"
#include "launch/joined.h"

#include "base/alloc.h"
#include "oci/runtime.h"

#include <fcntl.h>
#include <linux/sched.h>

const struct option exec_options[] = {
	OPTION_INCLUDE(process_option_rows, offsetof(struct exec_opts, process)),
	{ "detach", 'd', NULL, "return once the command was executed", OPTION_BOOL,
	  offsetof(struct exec_opts, detach), NULL },
	OPTION_INCLUDE(handover_options, offsetof(struct exec_opts, handover)),
	OPTION_INCLUDE(global_options, offsetof(struct exec_opts, global)),
	OPTION_END,
};

static int check_usage(const struct exec_opts *opts, const struct strlist *operands,
		       struct error *err)
{
	if (!operands->len)
		return error_set(err, ERROR_USAGE, "no container given");
	if (opts->process.file && operands->len > 1)
		return error_set(err, ERROR_USAGE, "a command and --process are given");
	if (!opts->process.file && operands->len < 2)
		return error_set(err, ERROR_USAGE, "no command given");
	if (!opts->detach && opts->handover.console_socket)
		return error_set(err, ERROR_USAGE,
				 "--console-socket: the terminal is the caller's without --detach");
	return 0;
}

/* What the container was made from, with the process that is asked for in the place of its own. */
static int read_config(struct container *c, const struct exec_opts *opts,
		       const struct strlist *operands, struct error *err)
{
	autofree char *file = xasprintf("%s/" STATE_CONFIG, c->id);
	const struct document_place place = { c->state_root.fd, file, "container", c->id };
	const char *name = opts->process.file ? opts->process.file : RUNTIME_CONFIG_FILE;
	json_t *process;

	if (config_load(&place, &c->config, err) < 0)
		return -1;
	process = process_options_apply(&opts->process, operands->items + 1, operands->len - 1,
					c->config.document, err);
	if (!process)
		return -1;
	json_object_set_new(c->config.document, "process", process);
	return config_read_joined(&c->config, name, err);
}

/* The user namespace of a container that has joined another's has maps that are not in its config. */
static void find_namespaces(struct container *c, const struct joined *joined)
{
	struct namespaces *n = &c->namespaces;

	n->config = &c->config.namespaces;
	n->identity.uids = n->config->uids;
	n->identity.gids = n->config->gids;
	if (!(joined->namespaces & CLONE_NEWUSER))
		n->userns = USERNS_NONE;
	else
		n->userns = n->config->uids.len ? USERNS_INNER : USERNS_PATH;
}

/* What an agent that is notified of the process's calls is told of the container. */
static int describe_container(struct container *c, struct error *err)
{
	autojson json_t *document = NULL;
	struct state state;
	const char *bundle;

	if (state_load(c->state_root.fd, c->id, NULL, &state, &document, err) < 0)
		return -1;
	bundle = json_text(json_object_get(document, "bundle"));
	c->first = state.pid;
	c->bundle.path = xstrdup(bundle ? bundle : "/");
	/* A bundle that is gone has no relative path of a socket. */
	c->bundle.dirfd = open(c->bundle.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return 0;
}

static int prepare_process(struct container *c, const struct joined *joined, struct error *err)
{
	find_namespaces(c, joined);
	if (container_prepare_process(c, err) < 0)
		return -1;
	return c->filter.listener_path ? describe_container(c, err) : 0;
}

int exec_in_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct exec_opts *opts = opts_;
	autocontainer struct container c = CONTAINER_INIT;
	autojoined struct joined joined = JOINED_INIT;

	if (check_usage(opts, operands, err) < 0 || handover_take(&opts->handover, &c, err) < 0)
		return -1;
	c.id = operands->items[0];
	if (global_open_store(&opts->global, &c.store, err) < 0 ||
	    global_open_states(&opts->global, &c.store, &c.state_root, err) < 0 ||
	    joined_open(c.state_root.fd, c.id, &joined, err) < 0 ||
	    read_config(&c, opts, operands, err) < 0 || joined_check(&joined, err) < 0 ||
	    prepare_process(&c, &joined, err) < 0)
		return -1;
	return joined_launch(&c, &joined, opts->detach ? LAUNCH_DETACHED : LAUNCH_FOREGROUND, err);
}
