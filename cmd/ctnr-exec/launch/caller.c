/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/caller.h"

#include "launch/keeper.h"
#include "launch/signal.h"
#include "launch/source.h"
#include "launch/watch.h"

#include "system/fd.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void launch_release(struct launch *launch)
{
	fd_close(&launch->parent);
	fd_close(&launch->sync[0]);
	fd_close(&launch->sync[1]);
	if (launch->page)
		munmap(steal(&launch->page), sizeof(*launch->page));
}
#define autolaunch autocleanup(launch_release)

static int connect_processes(struct launch *l, struct error *err)
{
	const struct container *c = l->container;
	void *page = mmap(NULL, sizeof(*l->page), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_errno(err, "cannot map a page");
	l->page = page;
	l->parent = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (l->parent < 0)
		return error_errno(err, "cannot make a pidfd");
	l->hands_sources = sources_are_needed(c);
	if ((c->config.process.terminal || l->hands_sources ||
	     c->namespaces.userns == USERNS_HELPED) &&
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, l->sync) < 0)
		return error_errno(err, "cannot make a socket pair");
	return 0;
}

/* Let newuidmap and newgidmap write the keeper's maps, and the keeper go on. */
static int map_keeper(const struct launch *l, pid_t keeper, struct error *err)
{
	if (identity_write_maps(&l->container->namespaces.identity, keeper, err) < 0) {
		kill(keeper, SIGKILL);
		return error_prefix(err, "config.json: linux.uidMappings, linux.gidMappings");
	}
	if (fd_write_all(l->sync[0], "", 1) < 0 && errno != EPIPE)
		return error_errno(err, "cannot start the keeper");
	return 0;
}

/* Start the keeper; *ret_pid is written also when only its maps could not be. */
static int start_keeper(struct launch *l, pid_t *ret_pid, struct error *err)
{
	pid_t pid = keeper_start(l, err);

	if (pid < 0)
		return -1;
	*ret_pid = pid;
	fd_close(&l->sync[1]);
	streams_close_inside(l->streams);
	if (l->container->namespaces.userns == USERNS_HELPED)
		return map_keeper(l, pid, err);
	if (l->hands_sources && sources_hand_over(l, err) < 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	return 0;
}

static int run_processes(struct launch *l, struct error *err)
{
	struct watch watch = { .launch = l };
	autoclose int signals = -EBADF;
	struct error lost = { 0 };
	int started, status;

	if (connect_processes(l, err) < 0)
		return -1;
	signals = signals_take(l->streams->has_terminal, err);
	if (signals < 0)
		return -1;
	watch.signals = signals;
	started = start_keeper(l, &watch.keeper, err);
	watch_until_end(&watch);
	status = watch_status(&watch, err);
	if (started < 0)
		return -1;
	streams_check_output(l->streams, &lost);
	return container_status_after(status, &lost, err);
}

static int open_streams(struct streams *s, const struct container *c, enum terminal_input input,
			struct error *err)
{
	return c->config.process.terminal ? streams_open_terminal(s, c, input, err)
					  : streams_open(s, c, err);
}

int launch_container(const struct container *container, enum terminal_input input,
		     struct error *err)
{
	autostreams struct streams streams = STREAMS_INIT;
	autolaunch struct launch launch = LAUNCH_INIT(container, &streams);
	struct error cleaning = { 0 };
	int status = open_streams(&streams, container, input, err);

	if (status == 0)
		status = run_processes(&launch, err);
	if (launch.page && launch.page->cleaned)
		return status;
	/* The keeper was killed, or was never started. From outside the user namespace not all can
	 * be deleted that is the container's; the rest waits in trash/ for the next command. */
	container_clean_up(container, &cleaning);
	return container_status_after(status, &cleaning, err);
}
