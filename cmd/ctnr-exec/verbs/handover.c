/* SPDX-License-Identifier: Apache-2.0 */
#include "verbs/handover.h"

#include "system/path.h"

#include <fcntl.h>

/* The descriptors from 3 on that a process may be given. */
#define PRESERVE_FDS_MAX 1024

const struct option handover_options[] = {
	{ "pid-file", 0, "FILE", "write the pid of the process to FILE", OPTION_STRING,
	  offsetof(struct handover_opts, pid_file), NULL },
	{ "pidfd-socket", 0, "PATH", "send a pidfd of the process over the socket PATH",
	  OPTION_STRING, offsetof(struct handover_opts, pidfd_socket), NULL },
	{ "console-socket", 0, "PATH", "send the terminal of the process over the socket PATH",
	  OPTION_STRING, offsetof(struct handover_opts, console_socket), NULL },
	{ "preserve-fds", 0, "N", "give the process N descriptors from 3 on too", OPTION_NUMBER,
	  offsetof(struct handover_opts, preserve_fds), NULL },
	OPTION_END,
};

/* n descriptors more than there are already. */
static int take_descriptors(struct container *c, const char *asked_by, uint64_t n,
			    struct error *err)
{
	const int first = 3 + (int)c->preserve_fds;

	if (n > PRESERVE_FDS_MAX)
		return error_set(err, ERROR_USAGE, "%s: more than %d", asked_by, PRESERVE_FDS_MAX);
	for (int fd = first; fd < first + (int)n; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return error_set(err, ERROR_USAGE, "%s: fd %d is not open", asked_by, fd);
	c->preserve_fds += (unsigned)n;
	return 0;
}

int handover_take_listening(struct container *c, struct error *err)
{
	if (listen_fds_read(&c->listen_fds, err) < 0)
		return -1;
	return take_descriptors(c, "LISTEN_FDS", c->listen_fds.count, err);
}

static int take_path(const char *path, char **ret, struct error *err)
{
	if (path)
		*ret = path_absolute(path, err);
	return path && !*ret ? -1 : 0;
}

int handover_take(const struct handover_opts *opts, struct container *c, struct error *err)
{
	c->console_socket = opts->console_socket;
	if (take_descriptors(c, "--preserve-fds", opts->preserve_fds, err) < 0 ||
	    take_path(opts->pid_file, &c->pid_file, err) < 0)
		return -1;
	return take_path(opts->pidfd_socket, &c->pidfd_socket, err);
}
