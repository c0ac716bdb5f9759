/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/delete.h"

#include "members.h"
#include "verbs/kept_hooks.h"
#include "verbs/select.h"

#include "base/message.h"

const struct option delete_options[] = {
	{ "force", 'f', NULL, "kill the container first, where it runs", OPTION_BOOL,
	  offsetof(struct delete_opts, force), NULL },
	{ "regex", 'r', NULL, "the operand is a regular expression that IDs match", OPTION_BOOL,
	  offsetof(struct delete_opts, regex), NULL },
	OPTION_INCLUDE(global_options, offsetof(struct delete_opts, global)),
	OPTION_END,
};

struct delete_request {
	const struct state_root *states;
	bool force;
};

static int refuse_running(const char *id, const struct state *state, struct error *err)
{
	error_set(err, ERROR_FAILED, "cannot delete container '%s': it is %s, and not stopped", id,
		  state_status_names[state->status]);
	return error_hint(err, "--force kills it first");
}

/* Delete a container with the hooks that follow that. What is wrong with these keeps no container. */
static int delete_with_hooks(const struct state_root *states, const struct state_claim *container,
			     struct error *err)
{
	autokepthooks struct kept_hooks hooks = { 0 };
	struct error cause = { 0 };
	int known = kept_hooks_read(states, container, &hooks, &cause);

	if (state_delete(states, container, err) < 0)
		return -1;
	if (known < 0)
		message_warning("container '%s': %s, its hooks are not executed", container->id,
				cause.message);
	else
		hook_run_after(&hooks.subject, HOOK_POSTSTOP, 0);
	return 0;
}

/* Under the lock of the state: the container cannot be started meanwhile. */
static int delete_locked(const struct delete_request *request, const struct state_claim *container,
			 const struct state *state, struct error *err)
{
	if (state->status != STATE_STOPPED) {
		if (!request->force)
			return refuse_running(container->id, state, err);
		if (members_kill(state->mark, err) < 0)
			return error_prefix(err, "container '%s'", container->id);
	}
	/* A run executes the hooks of its own container. */
	if (state->has_hooks && !state->foreground)
		return delete_with_hooks(request->states, container, err);
	return state_delete(request->states, container, err);
}

static int delete_one(const char *id, void *data, struct error *err)
{
	const struct delete_request *request = data;
	autostateclaim struct state_claim container = STATE_CLAIM_INIT;
	struct error cause = { 0 };
	struct state state;

	if (state_lock(request->states, id, &container, &state, &cause) == 0)
		return delete_locked(request, &container, &state, err);
	if (request->force && cause.code == ERROR_NOT_FOUND)
		return 0;
	return error_move(err, &cause);
}

int delete_container(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct delete_opts *opts = opts_;
	autostateroot struct state_root states = STATE_ROOT_INIT;
	struct delete_request request = { .states = &states, .force = opts->force };
	const char *word = select_operand(operands, err);

	if (!word || global_find_states(&opts->global, &states, err) < 0)
		return -1;
	return select_containers(&states, word, opts->regex, delete_one, &request, err);
}
