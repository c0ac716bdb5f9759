/* SPDX-License-Identifier: Apache-2.0 */
#include "process/seccomp_listener.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "oci/runtime.h"
#include "system/fd.h"
#include "system/fd_pass.h"
#include "system/socket.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATH_NAME RUNTIME_CONFIG_FILE ": linux.seccomp.listenerPath"

/* How long an agent may let the socket's buffer stay full. */

/* A pid that is not known yet, and as wide as any: no process has that one. A text like that is a member of
 * the message and not part of a string, where quotes have a backslash before them. */
#define PID_GAP INT_MAX
#define PID_KEY "\"pid\":"
#define PID_GAP_TEXT PID_KEY "2147483647"

void seccomp_listener_release(struct seccomp_listener *listener)
{
	fd_close(&listener->socket);
	free(steal(&listener->message));
}

/* The container process state, with gaps for the pid. */
static char *make_message(const struct seccomp_filter *filter, const struct state_view *state)
{
	autojson json_t *message = json_object();
	struct state_view view = *state;

	if (!view.pid)
		view.pid = PID_GAP;
	json_object_set_new(message, "ociVersion", json_string(RUNTIME_SPEC_VERSION));
	json_object_set_new(message, "fds", json_pack("[s]", "seccompFd"));
	json_object_set_new(message, "pid", json_integer(PID_GAP));
	if (filter->listener_metadata)
		json_object_set_new(message, "metadata", json_string(filter->listener_metadata));
	json_object_set_new(message, "state", state_to_json(&view));
	return json_format(message);
}

int seccomp_listener_open(const struct seccomp_filter *filter, int bundle,
			  const struct state_view *state, struct seccomp_listener *ret,
			  struct error *err)
{
	if (!filter->listener_path)
		return 0;
	ret->socket = socket_connect_at(bundle, filter->listener_path, err);
	if (ret->socket < 0)
		return error_prefix(err, PATH_NAME);
	ret->message = make_message(filter, state);
	return 0;
}

/* Write the pid into the gaps of a message: blanks and digits. */
static void fill_gaps(char *message, pid_t pid)
{
	char text[sizeof(PID_GAP_TEXT)];

	snprintf(text, sizeof(text), PID_KEY "%10d", (int)pid);
	for (char *gap = message; (gap = strstr(gap, PID_GAP_TEXT)); gap += strlen(text))
		memcpy(gap, text, strlen(text));
}

#define NO_DESCRIPTOR (-1) /* the filter is not in force yet */
#define FAILED_DESCRIPTOR (-2) /* and will not be */

/* What the process and its helper share. */
struct handover {
	const struct seccomp_listener *listener;
	int fd; /* written by the process */
	int fault; /* errno, written by the helper; 0: the agent has it all */
	pid_t helper; /* the kernel writes 0 when the helper has ended */
};

/* The descriptor, as soon as there is one. */
static int wait_for_descriptor(const struct handover *handover)
{
	const struct timespec interval = { .tv_nsec = 20000 };
	int fd;

	while ((fd = __atomic_load_n(&handover->fd, __ATOMIC_ACQUIRE)) == NO_DESCRIPTOR)
		nanosleep(&interval, NULL);
	return fd;
}

/* The helper. What it closes is closed for the process too: the agent may read until the connection ends
 * before it answers anything. */
static int hand_over(void *data)
{
	struct handover *handover = data;
	const struct seccomp_listener *listener = handover->listener;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	fd = wait_for_descriptor(handover);
	if (fd < 0)
		return 0;
	handover->fault = fd_pass_send_with(listener->socket, fd, listener->message,
					    strlen(listener->message)) < 0
				  ? errno
				  : 0;
	close(listener->socket);
	close(fd);
	return 0;
}

/* stack ends at top. */
static int start_helper(struct handover *handover, char *top, struct error *err)
{
	const struct sigaction no_wait = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	int flags = CLONE_VM | CLONE_FILES | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;

	sigaction(SIGCHLD, &no_wait, NULL);
	if (clone(hand_over, top, flags, handover, &handover->helper, NULL, &handover->helper) < 0)
		return error_errno(err, "cannot start a process that speaks to the seccomp agent");
	return 0;
}

int seccomp_listener_load(const struct seccomp_listener *listener,
			  const struct seccomp_filter *filter, pid_t pid, struct error *err)
{
	_Alignas(16) char stack[32768];
	struct handover handover = { listener, NO_DESCRIPTOR, ECHILD, 0 };
	int fd;

	if (listener->socket < 0)
		return seccomp_filter_load(filter, err);
	fill_gaps(listener->message, pid);
	if (start_helper(&handover, stack + sizeof(stack), err) < 0)
		return -1;
	fd = seccomp_filter_load(filter, err);
	__atomic_store_n(&handover.fd, fd < 0 ? FAILED_DESCRIPTOR : fd, __ATOMIC_RELEASE);
	while (__atomic_load_n(&handover.helper, __ATOMIC_ACQUIRE))
		;
	if (fd < 0 || !handover.fault)
		return fd < 0 ? -1 : 0;
	errno = handover.fault;
	return error_errno(err, PATH_NAME ": cannot send to the agent");
}
