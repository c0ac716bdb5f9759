/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/launch.h"

#include "launch/hook_runner.h"
#include "launch/idmaps.h"
#include "launch/keeper.h"
#include "launch/source.h"

#include "system/fd.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

void launch_release(struct launch *launch)
{
	if (!launch)
		return;
	fd_close(&launch->parent);
	fd_close(&launch->fifo);
	fd_close(&launch->sync[0]);
	fd_close(&launch->sync[1]);
	hook_runner_release(&launch->hooks);
	seccomp_listener_release(&launch->listener);
	idmaps_release(steal(&launch->idmaps), &launch->container->config);
	if (launch->page)
		munmap(steal(&launch->page), sizeof(*launch->page));
}

/* Does anything go over the socket pair? */
static bool needs_sync(const struct launch *l)
{
	const struct container *c = l->container;

	return l->mode != LAUNCH_FOREGROUND || c->config.process.terminal || l->hands_sources ||
	       l->maps_ids || c->namespaces.userns == USERNS_HELPED;
}

/* Connect to the agent of the seccomp filter, which has to be there. It gets its message when the payload is
 * about to be executed. */
static int connect_listener(struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	const struct state_view view = {
		.id = c->id,
		.status = c->first                    ? STATE_RUNNING
			  : l->mode == LAUNCH_CREATED ? STATE_CREATED
						      : STATE_CREATING,
		.pid = c->first,
		.bundle = c->bundle.path,
		.annotations = json_object_get(c->config.document, "annotations"),
	};

	return seccomp_listener_open(&c->filter, c->bundle.dirfd, &view, &l->listener, err);
}

int launch_connect(struct launch *l, struct error *err)
{
	void *page = mmap(NULL, sizeof(*l->page), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_errno(err, "cannot map a page");
	l->page = page;
	if (l->mode == LAUNCH_FOREGROUND) {
		l->parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
		if (l->parent < 0)
			return error_errno(err, "cannot make a pidfd");
	}
	l->hands_sources = sources_are_needed(l->container);
	l->maps_ids = idmaps_are_served(l->container);
	if (idmaps_are_made_by_caller(&l->container->namespaces) &&
	    idmaps_make(&l->container->config, &l->idmaps, err) < 0)
		return -1;
	if (needs_sync(l) && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, l->sync) < 0)
		return error_errno(err, "cannot make a socket pair");
	return connect_listener(l, err);
}

/* Let newuidmap and newgidmap write the keeper's maps, and the keeper go on. */
static int map_keeper(const struct launch *l, pid_t keeper, struct error *err)
{
	if (identity_write_maps(&l->container->namespaces.identity, keeper, err) < 0) {
		kill(keeper, SIGKILL);
		return error_prefix(err, "config.json: linux.uidMappings, linux.gidMappings");
	}
	if (fd_write_all(l->sync[0], "", 1) == 0 || errno == EPIPE)
		return 0;
	error_errno(err, "cannot start the keeper");
	kill(keeper, SIGKILL);
	return -1;
}

int launch_start(struct launch *l, pid_t *ret_pid, struct error *err)
{
	pid_t pid = keeper_start(l, err);

	if (pid < 0)
		return -1;
	*ret_pid = pid;
	fd_close(&l->sync[1]);
	fd_close(&l->fifo);
	hook_runner_leave_to_init(l);
	/* Init has the connection: the agent sees its end when the message was sent. */
	fd_close(&l->listener.socket);
	streams_close_inside(l->streams);
	if (l->container->namespaces.userns == USERNS_HELPED)
		return map_keeper(l, pid, err);
	return 0;
}
