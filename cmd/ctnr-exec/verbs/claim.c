/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/claim.h"

#include "launch/idmaps.h"
#include "process/sysctl.h"
#include "rootfs/cgroup_view.h"
#include "rootfs/overlay.h"
#include "verbs/debug.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "store/bundle_lock.h"
#include "store/ephemeral.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const struct option claim_options[] = {
	OPTION_INCLUDE(operand_options, offsetof(struct claim_opts, operand)),
	OPTION_INCLUDE(handover_options, offsetof(struct claim_opts, handover)),
	{ "no-new-keyring", 0, NULL, "keep the caller's session keyring", OPTION_BOOL,
	  offsetof(struct claim_opts, no_new_keyring), NULL },
	{ "no-pivot", 0, NULL, "move the root over the host's where pivot_root cannot", OPTION_BOOL,
	  offsetof(struct claim_opts, no_pivot), NULL },
	OPTION_INCLUDE(global_options, offsetof(struct claim_opts, global)),
	OPTION_END,
};

const char *claim_operand(const struct strlist *operands, struct error *err)
{
	if (operands->len == 1)
		return operands->items[0];
	error_set(err, ERROR_USAGE, operands->len ? "more than one operand" : "no bundle given");
	return NULL;
}

static int open_bundle(struct container *c, const struct claim_opts *opts, const char *word,
		       struct error *err)
{
	if (operand_open(&opts->operand, &c->store, word, &c->bundle, &c->id, err) < 0)
		return -1;
	c->stdin_closed = c->bundle.stdin_mode == BUNDLE_STDIN_CLOSED ||
			  operand_is_stdin(&opts->operand, word);
	return 0;
}

int claim_open(struct container *c, const struct claim_opts *opts, const char *word,
	       struct error *err)
{
	if (handover_take(&opts->handover, c, err) < 0 || handover_take_listening(c, err) < 0)
		return -1;
	c->keeps_keyring = opts->no_new_keyring;
	c->no_pivot = opts->no_pivot;
	if (global_open_store(&opts->global, &c->store, err) < 0)
		return -1;
	return open_bundle(c, opts, word, err);
}

/* Where the config lies: in the bundle, or where --config says. */
static struct document_place find_config(const struct container *c, const char *file)
{
	if (file)
		return (struct document_place) { AT_FDCWD, file, "config", file };
	return (struct document_place) { c->bundle.dirfd, RUNTIME_CONFIG_FILE, bundle_word(),
					 c->bundle.path };
}

/* Decide what can be decided before any process of the container exists. */
static int prepare_container(struct container *c, const struct claim_opts *opts, struct error *err)
{
	const struct document_place place = find_config(c, opts->operand.config);
	enum cgroup_policy policy;

	if (global_cgroup_policy(&opts->global, &policy, err) < 0 ||
	    config_read(&place, policy, &c->config, err) < 0 ||
	    namespaces_prepare(&c->config, &c->namespaces, err) < 0 ||
	    idmaps_prepare(&c->config, &c->namespaces, err) < 0 || overlay_prepare(c, err) < 0 ||
	    cgroup_view_prepare(c, err) < 0 ||
	    sysctls_check(&c->config.sysctls, &c->config.namespaces, err) < 0)
		return -1;
	return container_prepare_process(c, err);
}

/* Claim the ID, and the bundle of --rm: nobody else runs, updates or removes them. */
static int claim_container(struct container *c, const struct claim_opts *opts, struct error *err)
{
	if (global_open_states(&opts->global, &c->store, &c->state_root, err) < 0 ||
	    state_claim(&c->state_root, c->id, &c->state, err) < 0 ||
	    state_write_config(&c->state, &c->config.text, err) < 0)
		return -1;
	if (c->remove && c->store.path && c->store.writable)
		return ephemeral_set_owner(&c->store, c->bundle.id, getpid(), err);
	return 0;
}

/* Lock the bundle. Where its container runs, and has the ID that was asked for, the ID is what is said. */
static int lock_bundle(struct container *c, const struct claim_opts *opts, struct error *err)
{
	struct error cause = { 0 };

	c->lock = bundle_lock(&c->bundle, &cause);
	if (c->lock >= 0)
		return 0;
	if (global_open_states(&opts->global, &c->store, &c->state_root, NULL) == 0 &&
	    state_check_free(&c->state_root, c->id, err) < 0)
		return -1;
	return error_move(err, &cause);
}

int claim_take(struct container *c, const struct claim_opts *opts, struct error *err)
{
	struct error cleaning = { 0 };

	/* The lock comes first, so that the config that is read is the one that is run. */
	if (lock_bundle(c, opts, err) < 0)
		return -1;
	if (prepare_container(c, opts, err) == 0 && claim_container(c, opts, err) == 0) {
		debug_container(c);
		return 0;
	}
	container_clean_up(c, &cleaning);
	bundle_discard_lock(&c->bundle, c->lock);
	return container_status_after(-1, &cleaning, err);
}
