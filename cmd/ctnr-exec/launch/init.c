/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/init.h"

#include "launch/alone.h"
#include "launch/detached.h"
#include "launch/hook_runner.h"
#include "launch/namespace_path.h"
#include "launch/source.h"
#include "process/label.h"
#include "process/oom_score.h"
#include "process/process.h"
#include "process/sysctl.h"
#include "process/terminal.h"
#include "rootfs/bind.h"
#include "rootfs/device.h"
#include "rootfs/enter.h"
#include "rootfs/mask.h"
#include "rootfs/mount.h"
#include "rootfs/rootfs.h"

#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/process.h"

#include <sys/prctl.h>
#include <unistd.h>

/* Wait for the maps of our own user namespace, which the keeper writes. */
static int take_maps(const struct container *c, int go, struct error *err)
{
	char byte;

	if (fd_read_full(go, &byte, 1) != 1)
		return error_set(err, ERROR_FAILED, "the user namespace got no maps");
	return namespaces_become_root(&c->namespaces, err);
}

/* Become root of a user namespace that the keeper does not become root of. */
static int take_ids(const struct container *c, int go, struct error *err)
{
	if (go >= 0)
		return take_maps(c, go, err);
	return c->namespaces.userns == USERNS_PATH ? namespaces_become_root(&c->namespaces, err)
						   : 0;
}

/* What belongs to namespaces and is done through the host's /proc. */
static int fill_namespaces(const struct container *c, struct error *err)
{
	if (namespaces_join(&c->namespaces, NAMESPACE_IN_INIT, err) < 0 ||
	    namespaces_set_names(&c->namespaces, err) < 0 ||
	    namespaces_raise_loopback(&c->namespaces, err) < 0 ||
	    sysctls_apply(&c->config.sysctls, err) < 0)
		return -1;
	/* Where we are in a user namespace and the keeper is not, the keeper has done that. */
	if (c->namespaces.userns != USERNS_INNER && oom_score_apply(&c->config.process, 0, err) < 0)
		return -1;
	if (labels_apply(&c->config.process, err) < 0)
		return -1;
	/* From here on nobody may look into this process, which still knows the host. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_errno(err, "cannot hide from the container");
	return 0;
}

/* Open the container's terminal and send its master to the caller. Returns the slave. */
static int open_terminal(const struct launch *l, struct rootfs *r, struct error *err)
{
	autoclose int master = -EBADF;
	autoclose int slave = terminal_open(r, &l->streams->window,
					    l->container->config.process.uid, &master, err);

	if (slave < 0)
		return -1;
	if (fd_pass_send(l->sync[1], master) < 0)
		return error_errno(err, "cannot hand over the terminal");
	return fd_steal(&slave);
}

/* *ret_slave: of the container's terminal, if it has one. */
static int fill_root(const struct launch *l, struct rootfs *r, int *ret_slave, struct error *err)
{
	const struct container *c = l->container;

	r->mknod = c->namespaces.userns == USERNS_NONE;
	r->idmaps = l->idmaps;
	r->idmapper = l->maps_ids ? l->sync[1] : -EBADF;
	if (l->hands_sources && sources_take(l, &r->sources, err) < 0)
		return -1;
	if (bind_clone_early(c, r, err) < 0 || rootfs_mount(c, r, err) < 0)
		return -1;
	if (mounts_make(c, r, err) < 0 || devices_make(c, r, err) < 0)
		return -1;
	if (c->config.process.terminal) {
		*ret_slave = open_terminal(l, r, err);
		if (*ret_slave < 0)
			return -1;
	} else if (streams_take(l->streams, err) < 0 ||
		   devices_open_null(r, l->streams->is_null, err) < 0) {
		return -1;
	}
	return mounts_mask(c, r, err);
}

/* The hooks between the making of the mounts and the change of the root directory. */
static int run_create_hooks(const struct launch *l, struct error *err)
{
	/* In the foreground, the caller's death ends this process and its hooks. */
	const int *caller = l->mode == LAUNCH_FOREGROUND ? NULL : &l->sync[1];
	struct hook_run run = { .subject = container_hooks(l->container),
				.point = HOOK_CREATE_CONTAINER,
				.stop = caller };

	if (hook_runner_ask(l, caller, err) < 0)
		return -1;
	if (!l->container->config.hooks.points[HOOK_CREATE_CONTAINER].len)
		return 0;
	run.pid = getpid();
	return hook_withhold_descriptors(err) < 0 ? -1 : hook_run_point(&run, err);
}

/* The hooks of the container before its command. The programs are the container's, and have its filter. */
struct start_hooks {
	const struct launch *launch;
	const struct payload *payload;
	struct hook_run run;
};

static int run_confined_hooks(void *data, struct error *err)
{
	const struct start_hooks *hooks = data;

	if (hook_withhold_descriptors(err) < 0 || process_load_filter(hooks->payload, err) < 0)
		return -1;
	return hook_run_point(&hooks->run, err);
}

static int run_start_hooks(void *data, struct error *err)
{
	struct start_hooks *hooks = data;
	const struct launch *l = hooks->launch;

	hooks->run.pid = getpid();
	if (l->container->config.hooks.points[HOOK_START_CONTAINER].len &&
	    process_call(run_confined_hooks, hooks, err) < 0)
		return error_recode(err, ERROR_RUNTIME);
	if (l->mode == LAUNCH_FOREGROUND)
		l->page->init_executes = true;
	return 0;
}

/* Become the container, up to the rights of its payload. */
static int become_container(const struct launch *l, const struct payload *payload, int *listener,
			    int go, struct error *err)
{
	const struct container *c = l->container;
	struct rootfs r = ROOTFS_INIT;
	int slave = -EBADF;

	if (alone_become(l, err) < 0 || take_ids(c, go, err) < 0 ||
	    (!c->keeps_keyring && alone_leave_keyring(err) < 0) || fill_namespaces(c, err) < 0 ||
	    fill_root(l, &r, &slave, err) < 0 || run_create_hooks(l, err) < 0 ||
	    rootfs_enter(c, &r, err) < 0 || (slave >= 0 && terminal_take(slave, err) < 0) ||
	    (l->mode != LAUNCH_FOREGROUND && detached_close_others(l, listener, err) < 0))
		return -1;
	return process_confine(payload, err);
}

/* Returns only on failure. */
static int become_payload(const struct launch *l, int go, struct error *err)
{
	const struct container *c = l->container;
	struct seccomp_listener listener = l->listener;
	struct listen_fds listen_fds = c->listen_fds;
	struct start_hooks hooks = {
		.launch = l,
		.run = { .subject = container_hooks(c), .point = HOOK_START_CONTAINER },
	};
	const struct payload payload = {
		.process = &c->config.process,
		.filter = &c->filter,
		.memory_policy = &c->config.memory_policy,
		.personality = &c->config.personality,
		.listener = &listener,
		.pid = l->page->init_pid,
		.keeps_groups = c->namespaces.userns == USERNS_SELF,
		.listen_fds = &listen_fds,
		.preserve_fds = c->preserve_fds,
		.waits = l->mode == LAUNCH_CREATED,
		.dies_with_parent = l->mode == LAUNCH_FOREGROUND,
		.prepare = run_start_hooks,
		.prepare_data = &hooks,
	};
	char *file;

	hooks.payload = &payload;
	if (become_container(l, &payload, &listener.socket, go, err) < 0)
		return -1;
	file = process_find_command(&payload, err);
	if (!file)
		return -1;
	if (l->mode != LAUNCH_FOREGROUND)
		detached_await_record(l);
	if (l->mode == LAUNCH_CREATED)
		detached_await_start(l);
	process_execute(&payload, file, err);
	if (l->mode == LAUNCH_CREATED)
		detached_end(l, err);
	return -1;
}

void init_main(const struct launch *launch, int go)
{
	struct error err = { 0 };

	become_payload(launch, go, &err);
	if (!err.code)
		err.code = ERROR_FAILED;
	launch->page->init_error = err;
	_exit(ERROR_RUNTIME);
}
