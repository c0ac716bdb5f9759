/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/streams.h"

#include "launch/stream_access.h"
#include "rootfs/device.h"

#include "base/message.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOREGROUND_MSEC 250 /* between two looks whether the caller is in the foreground */

/* Put a pipe and a relay in the place of the caller's descriptor. */
static int relay_stream(struct streams *s, const struct container *c, int fd, struct error *err)
{
	int mode = fd == STDIN_FILENO ? O_RDONLY : O_WRONLY;
	int inner = mode == O_RDONLY ? 0 : 1;
	int ends[2];
	int outside;
	struct stat st;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(err, "cannot make a pipe");
	s->inside[fd] = ends[inner];
	outside = relay_borrow(fd, mode);
	if (mode == O_RDONLY)
		relay_open(&s->relays[fd], outside, ends[1]);
	else
		relay_open(&s->relays[fd], ends[0], outside);
	s->is_relayed = true;
	if (outside < 0 || fcntl(ends[1 - inner], F_SETFL, O_NONBLOCK) < 0 ||
	    fstat(s->inside[fd], &st) < 0)
		return error_errno(err, "cannot relay fd %d", fd);
	stream_is_accessible(c, s->inside[fd], &st, mode);
	return 0;
}

/* A file as stdin has a position that others share. */
static int keep_unread(struct streams *s, const struct stat *st, struct error *err)
{
	if (!S_ISREG(st->st_mode))
		return 0;
	s->began = lseek(STDIN_FILENO, 0, SEEK_CUR);
	s->unread = fcntl(s->inside[STDIN_FILENO], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return s->unread < 0 ? error_errno(err, "cannot relay fd 0") : 0;
}

static int share_stream(struct streams *s, int fd, int with, struct error *err)
{
	s->inside[fd] = fcntl(s->inside[with], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return s->inside[fd] < 0 ? error_errno(err, "cannot relay fd %d", fd) : 0;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* As root outside of a user namespace, a container could change the mode and owner of a device. */
static bool is_device_kept(const struct container *c, int fd)
{
	return c->namespaces.userns != USERNS_NONE && !isatty(fd);
}

/* What stdin is too belongs to a service for one connection, as inetd starts it. Any other socket is
 * a log that takes text, and the kernel lets nobody open it again. */
static bool is_socket_kept(int fd, const struct stat st[STREAMS_MAX], bool has_stdin)
{
	return fd == STDIN_FILENO || (has_stdin && is_same_file(&st[STDIN_FILENO], &st[fd]));
}

/* Through a descriptor for reading, too, root outside of a user namespace could open a file of the host
 * for writing, and change its mode and owner. A directory would lead to everything below it. */
static bool is_of_host(const struct container *c, int fd, const struct stat *st)
{
	if (c->namespaces.userns != USERNS_NONE)
		return S_ISDIR(st->st_mode);
	return !stream_is_pipe(fd, st);
}

static bool is_kept(const struct streams *s, const struct container *c, int fd,
		    const struct stat st[STREAMS_MAX])
{
	if (S_ISCHR(st[fd].st_mode))
		return is_device_kept(c, fd);
	if (S_ISSOCK(st[fd].st_mode))
		return is_socket_kept(fd, st, !s->is_null[STDIN_FILENO]);
	if (is_of_host(c, fd, &st[fd]))
		return false;
	return stream_is_accessible(c, fd, &st[fd], fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
}

static int open_stream(struct streams *s, const struct container *c, int fd, struct stat *st,
		       struct error *err)
{
	s->is_null[fd] = fd == STDIN_FILENO && c->stdin_closed;
	if (s->is_null[fd])
		return 0;
	if (fstat(fd, &st[fd]) < 0)
		return error_errno(err, "cannot read what fd %d is", fd);
	s->is_null[fd] = device_is_null(&st[fd]);
	if (s->is_null[fd] || is_kept(s, c, fd, st))
		return 0;
	if (fd == STDERR_FILENO && s->inside[STDOUT_FILENO] >= 0 &&
	    is_same_file(&st[STDOUT_FILENO], &st[fd]))
		return share_stream(s, fd, STDOUT_FILENO, err);
	if (relay_stream(s, c, fd, err) < 0)
		return -1;
	if (fd != STDIN_FILENO)
		return 0;
	s->reads_terminal = isatty(fd);
	return keep_unread(s, &st[fd], err);
}

int streams_open(struct streams *s, const struct container *c, struct error *err)
{
	struct stat st[STREAMS_MAX];

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (open_stream(s, c, fd, st, err) < 0)
			return -1;
	return 0;
}

/* Files and pipes are passed as they are. A directory would lead out of the container, and the mode of a
 * device is the machine's. */
static int open_detached_stream(struct streams *s, const struct container *c, int fd,
				struct error *err)
{
	struct stat st;

	s->is_null[fd] = fd == STDIN_FILENO && c->stdin_closed;
	if (s->is_null[fd])
		return 0;
	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot read what fd %d is", fd);
	s->is_null[fd] = device_is_null(&st) || isatty(fd);
	if (s->is_null[fd]) {
		if (isatty(fd))
			message_warning(
				"fd %d is a terminal, which a container that outlives it cannot have, using the null device",
				fd);
		return 0;
	}
	if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) ||
	    (S_ISCHR(st.st_mode) && !is_device_kept(c, fd)))
		return error_set(err, ERROR_FAILED,
				 "fd %d is a directory or a device, which no container is given",
				 fd);
	stream_is_accessible(c, fd, &st, fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
	return 0;
}

int streams_open_detached(struct streams *s, const struct container *c, struct error *err)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (open_detached_stream(s, c, fd, err) < 0)
			return -1;
	return 0;
}

static int open_tty(struct error *err)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	error_errno(err, "the config asks for a terminal, and there is none");
	return error_hint(err, "give the bundle as an argument, or leave out --tty");
}

/* The source and the target of the pty's side come with its master. */
int streams_open_terminal(struct streams *s, const struct container *c, enum terminal_input input,
			  struct error *err)
{
	int in = STDIN_FILENO;

	s->has_terminal = s->is_relayed = true;
	s->has_input = input != TERMINAL_NO_INPUT;
	if (input == TERMINAL_TTY) {
		in = s->tty = open_tty(err);
		if (in < 0)
			return -1;
	}
	if (s->has_input)
		s->relays[STDIN_FILENO].from = relay_borrow(in, O_RDONLY);
	s->relays[STDOUT_FILENO].to = relay_borrow(STDOUT_FILENO, O_WRONLY);
	s->caller.has_keys = s->has_input && isatty(in);
	if (s->caller.has_keys)
		s->caller.fd = in;
	else if (isatty(STDOUT_FILENO))
		s->caller.fd = STDOUT_FILENO;
	s->window = raw_terminal_size(&s->caller);
	if (!s->window.ws_row)
		s->window = c->config.process.console_size;
	return 0;
}

void streams_release(struct streams *s)
{
	if (!s)
		return;
	raw_terminal_pause(&s->caller);
	streams_close_inside(s);
	streams_close_outside(s);
	fd_close(&s->unread);
	fd_close(&s->tty);
	fd_close(&s->master);
}

void streams_close_outside(struct streams *s)
{
	for (int i = 0; i < STREAMS_MAX; i++)
		relay_release(&s->relays[i]);
}

void streams_close_inside(struct streams *s)
{
	for (int i = 0; i < STREAMS_MAX; i++)
		fd_close(&s->inside[i]);
}

int streams_take(const struct streams *s, struct error *err)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (s->inside[fd] >= 0 && dup2(s->inside[fd], fd) < 0)
			return error_errno(err, "cannot use a pipe as fd %d", fd);
	return 0;
}

void streams_start_terminal(struct streams *s, int master)
{
	struct relay *in = &s->relays[STDIN_FILENO];
	struct relay *out = &s->relays[STDOUT_FILENO];

	fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	s->master = master;
	if (s->has_input)
		relay_open(in, in->from, fcntl(master, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
	relay_open(out, fcntl(master, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), out->to);
	in->defers = true;
	out->discards = true;
	streams_resize_terminal(s);
	raw_terminal_resume(&s->caller);
}

void streams_resize_terminal(const struct streams *s)
{
	struct winsize size = raw_terminal_size(&s->caller);

	if (s->master >= 0 && size.ws_row)
		ioctl(s->master, TIOCSWINSZ, &size);
}

/* A job in the background that reads from its terminal is stopped by the kernel. The relay cannot know
 * whether the container wants to read: it leaves what is typed to the shell. No signal tells that a
 * job that runs has come to the front. */
static bool leaves_input(const struct streams *s)
{
	pid_t group = s->reads_terminal ? tcgetpgrp(STDIN_FILENO) : -1;

	return group >= 0 && group != getpgrp();
}

void streams_prepare(const struct streams *s, struct pollfd fds[STREAMS_POLLS])
{
	for (int i = 0; i < STREAMS_MAX; i++)
		relay_prepare(&s->relays[i], fds + (ptrdiff_t)i * RELAY_POLLS);
	if (leaves_input(s))
		fds[0].fd = -1;
}

void streams_hang_up(struct streams *s)
{
	fd_close(&s->relays[STDIN_FILENO].to);
	fd_close(&s->relays[STDOUT_FILENO].from);
	fd_close(&s->master);
	s->input.interval = 0;
}

/* Pass on what is typed, and note what it will mean to the terminal. */
static void move_typed(struct streams *s, const struct pollfd *fds)
{
	struct relay *in = &s->relays[STDIN_FILENO];
	bool is_empty = relay_is_empty(in);
	char before = in->last;

	/* Bytes are there again only where they were read now. */
	if (is_empty)
		in->start = in->end = 0;
	relay_move(in, fds);
	if (is_empty && in->end && s->master >= 0)
		s->typed = pty_input_signal(s->master, before, in->data, in->end);
}

int streams_take_typed(struct streams *s, pid_t *ret_group)
{
	int typed = s->typed;

	s->typed = 0;
	*ret_group = typed && s->master >= 0 ? tcgetpgrp(s->master) : -1;
	return typed;
}

void streams_move(struct streams *s, struct pollfd fds[STREAMS_POLLS])
{
	const struct relay *in = &s->relays[STDIN_FILENO];

	if (leaves_input(s))
		fds[0].revents = 0;
	if (s->has_terminal)
		move_typed(s, fds);
	for (int i = s->has_terminal ? STDOUT_FILENO : STDIN_FILENO; i < STREAMS_MAX; i++)
		relay_move(&s->relays[i], fds + (ptrdiff_t)i * RELAY_POLLS);
	if (s->master < 0)
		return;
	if (s->relays[STDOUT_FILENO].from < 0)
		streams_hang_up(s); /* nobody has the other end open any more */
	else if (s->has_input && in->to < 0 && !s->input.interval)
		pty_input_end(&s->input, s->master, in->last != '\n' && in->last != '\r');
}

int streams_timeout(const struct streams *s)
{
	if (leaves_input(s))
		return FOREGROUND_MSEC;
	return s->master >= 0 ? pty_input_timeout(&s->input) : -1;
}

bool streams_continue(struct streams *s)
{
	return s->master < 0 || pty_input_continue(&s->input, s->master);
}

/* Step back in the file by what the container has not read. It may have written to its pipe itself. */
static void return_input(struct streams *s)
{
	const struct relay *in = &s->relays[STDIN_FILENO];
	int unread = 0;
	off_t next;

	if (s->unread < 0 || ioctl(s->unread, FIONREAD, &unread) < 0)
		return;
	next = lseek(STDIN_FILENO, 0, SEEK_CUR) - unread - (off_t)(in->end - in->start);
	lseek(STDIN_FILENO, next < s->began ? s->began : next, SEEK_SET);
}

void streams_finish(struct streams *s)
{
	return_input(s);
	relay_release(&s->relays[STDIN_FILENO]);
	/* A pty loses its other users when the container's first process, which leads the session,
	 * ends; a pipe does not. */
	for (int i = STDOUT_FILENO; i < STREAMS_MAX && !s->has_terminal; i++)
		relay_finish(&s->relays[i]);
}

bool streams_have_rest(struct streams *s)
{
	bool has_rest = false;

	for (int i = STDOUT_FILENO; i < STREAMS_MAX; i++)
		has_rest |= relay_has_rest(&s->relays[i]);
	return has_rest;
}

int streams_check_output(const struct streams *s, struct error *err)
{
	for (int fd = STDOUT_FILENO; fd < STREAMS_MAX; fd++) {
		int failure = s->relays[fd].failure;
		struct stat st;

		/* A reader that has gone, or a terminal that was closed, wants no more. */
		if (!failure || failure == EPIPE ||
		    (failure == EIO && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode)))
			continue;
		errno = failure;
		return error_errno(err, "cannot write what the container wrote to fd %d", fd);
	}
	return 0;
}
