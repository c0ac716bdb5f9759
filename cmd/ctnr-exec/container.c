/* SPDX-License-Identifier: Apache-2.0 */
#include "container.h"

#include "process/capability.h"
#include "process/process.h"

#include "base/message.h"
#include "store/bundle_lock.h"
#include "system/fd.h"

void container_release(struct container *c)
{
	if (!c)
		return;
	namespaces_release(&c->namespaces);
	config_release(&c->config);
	listen_fds_release(&c->listen_fds);
	free(steal(&c->overlay_options));
	free(steal(&c->cgroups));
	free(steal(&c->pid_file));
	free(steal(&c->pidfd_socket));
	seccomp_filter_release(&c->filter);
	state_claim_release(&c->state);
	state_root_release(&c->state_root);
	fd_close(&c->lock);
	bundle_release(&c->bundle);
	store_release(&c->store);
}

bool container_keeps_state(const struct container *c)
{
	return c->keeps_state && c->state.fd >= 0 && state_is_written(&c->state);
}

void container_remove_state(const struct container *c)
{
	if (c->state.fd >= 0 && !container_keeps_state(c))
		state_remove(&c->state_root, &c->state);
}

int container_remove_bundle(const struct container *c, struct error *err)
{
	struct error cause = { 0 };

	if (c->lock < 0)
		return 0;
	/* This also takes the container's name out of the bundle's lock. */
	if (bundle_lock_again(&c->bundle, c->lock, &cause) == 0)
		return c->remove && c->store.path ? bundle_remove(&c->store, &c->bundle, err) : 0;
	/* What another command has removed is what --rm wants. */
	if (!c->remove || cause.code == ERROR_NOT_FOUND)
		return 0;
	error_move(err, &cause);
	return error_prefix(err, "%s '%s' was not removed", bundle_word(), c->bundle.id);
}

int container_prepare_process(struct container *c, struct error *err)
{
	const struct str *seccomp = &c->config.seccomp;

	if (process_prepare(&c->config.process, err) < 0)
		return -1;
	if (c->namespaces.userns == USERNS_NONE &&
	    capabilities_check(&c->config.process.capabilities, err) < 0)
		return -1;
	if (!seccomp->len)
		return 0;
	return seccomp_filter_prepare(&c->store, seccomp->data, seccomp->len, &c->filter, err);
}

int container_clean_up(const struct container *c, struct error *err)
{
	container_remove_state(c);
	return container_remove_bundle(c, err);
}

struct hook_subject container_hooks(const struct container *c)
{
	return (struct hook_subject) { &c->config.hooks, c->id, c->bundle.path,
				       json_object_get(c->config.document, "annotations") };
}

int container_status_after(int status, const struct error *failure, struct error *err)
{
	if (!failure->code)
		return status;
	if (status == 0)
		return error_move(err, failure);
	message_error(failure);
	return status;
}
