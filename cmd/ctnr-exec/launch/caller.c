/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/caller.h"

#include "launch/hook_runner.h"
#include "launch/idmaps.h"
#include "launch/keeper.h"
#include "launch/signal.h"
#include "launch/source.h"
#include "launch/watch.h"

#include "system/fd.h"

#include <signal.h>
#include <unistd.h>

/* Start the keeper; *ret_pid is written also when a later step fails. */
static int start_keeper(struct launch *l, pid_t *ret_pid, struct error *err)
{
	if (launch_start(l, ret_pid, err) < 0)
		return -1;
	if ((!l->hands_sources || sources_hand_over(l, err) == 0) &&
	    (!l->maps_ids || idmaps_serve(l, err) == 0))
		return 0;
	kill(*ret_pid, SIGKILL);
	return -1;
}

static int run_processes(struct launch *l, struct error *err)
{
	struct watch watch = {
		.launch = l,
		.guards_first = l->container->config.namespaces.wanted[NAMESPACE_PID],
	};
	autoclose int signals = -EBADF;
	struct error lost = { 0 };
	int started, status;

	if (launch_connect(l, err) < 0 || hook_runner_start(l, err) < 0)
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
	autolaunch struct launch launch = LAUNCH_INIT(container, LAUNCH_FOREGROUND, &streams);
	struct error cleaning = { 0 };
	int status = open_streams(&streams, container, input, err);

	if (status == 0)
		status = run_processes(&launch, err);
	if (launch.page && launch.page->cleaned)
		return status;
	/* The keeper was killed, or was never started. From outside the user namespace not all can
	 * be deleted that is the container's; the rest waits in trash/ for the next command. */
	keeper_remove_container(&launch, &cleaning);
	return container_status_after(status, &cleaning, err);
}
