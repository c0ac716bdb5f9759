/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/run.h"

#include "config/config.h"
#include "container.h"
#include "launch/caller.h"
#include "process/capability.h"
#include "rootfs/cgroup_view.h"
#include "rootfs/overlay.h"

#include "base/message.h"
#include "store/bundle_lock.h"
#include "store/bundle_status.h"
#include "store/ephemeral.h"
#include "system/path.h"

#include <string.h>
#include <unistd.h>

const struct option run_options[] = {
	{ "bundle", 'b', "DIR", "the bundle; the operand is then the container's ID", OPTION_STRING,
	  offsetof(struct run_opts, bundle), NULL },
	{ "pid-file", 0, "FILE", "write the pid of the container's first process to FILE",
	  OPTION_STRING, offsetof(struct run_opts, pid_file), NULL },
	{ "rm", 0, NULL, "remove the bundle at the end", OPTION_BOOL,
	  offsetof(struct run_opts, remove), NULL },
	OPTION_INCLUDE(global_options, offsetof(struct run_opts, global)),
	OPTION_END,
};

static int open_store(const char *option, struct store *ret, struct error *err)
{
	struct error cause = { 0 };

	if (store_open(option, STORE_TRY_WRITE, ret, &cause) == 0)
		return 0;
	/* A bundle outside of the store can run without one. */
	return option ? error_move(err, &cause) : 0;
}

static bool is_record_on_stdin(const struct run_opts *opts, const char *word)
{
	return !opts->bundle && strcmp(word, "-") == 0;
}

static int open_bundle(struct container *c, const struct run_opts *opts, const char *word,
		       struct error *err)
{
	if (bundle_open(&c->store, opts->bundle ? opts->bundle : word, &c->bundle, err) < 0)
		return -1;
	c->id = opts->bundle ? word : c->bundle.id;
	if (!c->id || !state_id_is_valid(c->id))
		return error_set(err, ERROR_USAGE, "'%s' is no container ID", c->id ? c->id : "");
	c->stdin_closed =
		c->bundle.stdin_mode == BUNDLE_STDIN_CLOSED || is_record_on_stdin(opts, word);
	return 0;
}

static int open_container(struct container *c, const struct run_opts *opts, const char *word,
			  struct error *err)
{
	c->remove = opts->remove;
	/* The keeper writes the pid file, and works in another directory. */
	if (opts->pid_file) {
		c->pid_file = path_absolute(opts->pid_file, err);
		if (!c->pid_file)
			return -1;
	}
	if (open_store(opts->global.store, &c->store, err) < 0)
		return -1;
	return open_bundle(c, opts, word, err);
}

/* Decide what can be decided before any process of the container exists. */
static int prepare_container(struct container *c, struct error *err)
{
	const struct str *seccomp = &c->config.seccomp;
	const struct document_place place = { c->bundle.dirfd, RUNTIME_CONFIG_FILE, bundle_word(),
					      c->bundle.path };

	if (config_read(&place, &c->config, err) < 0 ||
	    namespaces_prepare(&c->config, &c->namespaces, err) < 0 ||
	    overlay_prepare(c, err) < 0 || cgroup_view_prepare(c, err) < 0)
		return -1;
	if (c->namespaces.userns == USERNS_NONE &&
	    capabilities_check(&c->config.process.capabilities, err) < 0)
		return -1;
	if (!seccomp->len)
		return 0;
	return seccomp_filter_prepare(&c->store, seccomp->data, seccomp->len, &c->filter, err);
}

/* Claim the ID, and the bundle of --rm: nobody else runs, updates or removes them. */
static int claim_container(struct container *c, const struct run_opts *opts, struct error *err)
{
	if (state_root_open(opts->global.run_dir, &c->store, &c->state_root, err) < 0 ||
	    state_claim(&c->state_root, c->id, &c->state, err) < 0 ||
	    state_write_config(&c->state, &c->config.text, err) < 0)
		return -1;
	if (c->remove && c->store.path && c->store.writable)
		return ephemeral_set_owner(&c->store, c->bundle.id, getpid(), err);
	return 0;
}

/* Where the input of the container's terminal comes from, if it has one. */
static enum terminal_input find_terminal_input(const struct container *c,
					       const struct run_opts *opts, const char *word)
{
	if (is_record_on_stdin(opts, word))
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
	struct error cleaning = { 0 };
	const char *word = operands->len == 1 ? operands->items[0] : NULL;

	if (!word)
		return error_set(err, ERROR_USAGE,
				 operands->len ? "more than one operand" : "no bundle given");
	if (open_container(&c, opts, word, err) < 0)
		return -1;
	/* The lock comes first, so that the config that is read is the one that is run. */
	c.lock = bundle_lock(&c.bundle, err);
	if (c.lock < 0 || prepare_container(&c, err) < 0 || claim_container(&c, opts, err) < 0) {
		container_clean_up(&c, &cleaning);
		if (c.lock >= 0)
			bundle_discard_lock(&c.bundle, c.lock);
		return container_status_after(-1, &cleaning, err);
	}
	return run_and_record(&c, find_terminal_input(&c, opts, word), err);
}
