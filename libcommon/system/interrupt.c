/* SPDX-License-Identifier: Apache-2.0 */
#include "system/interrupt.h"

#include "system/fd.h"

#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int stopping_signals[] = { SIGINT, SIGTERM, SIGHUP };

void interrupt_release(struct interrupt *interrupt)
{
	if (!interrupt || interrupt->signal_fd < 0)
		return;
	fd_close(&interrupt->fd);
	fd_close(&interrupt->stop_fd);
	fd_close(&interrupt->signal_fd);
	pthread_sigmask(SIG_SETMASK, &interrupt->old_mask, NULL);
}

static int watch_fd(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

int interrupt_init(struct interrupt *ret, struct error *err)
{
	autoclose int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	autoclose int stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	autoclose int signal_fd = -EBADF;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < array_size(stopping_signals); i++) {
		struct sigaction action;

		/* nohup and shells' background jobs: a blocked signal would be seen all the same.
		 */
		if (sigaction(stopping_signals[i], NULL, &action) == 0 &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, stopping_signals[i]);
	}
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (epoll_fd < 0 || stop_fd < 0 || signal_fd < 0 || watch_fd(epoll_fd, stop_fd) < 0 ||
	    watch_fd(epoll_fd, signal_fd) < 0)
		return error_errno(err, "cannot watch for signals");
	if (pthread_sigmask(SIG_BLOCK, &set, &ret->old_mask) != 0)
		return error_set(err, ERROR_FAILED, "cannot block signals");
	ret->fd = fd_steal(&epoll_fd);
	ret->stop_fd = fd_steal(&stop_fd);
	ret->signal_fd = fd_steal(&signal_fd);
	return 0;
}

void interrupt_stop(const struct interrupt *interrupt)
{
	static const uint64_t one = 1;

	/* Nothing to do about a failure: the counter can't overflow, and the work just goes on. */
	(void)fd_write_all(interrupt->stop_fd, &one, sizeof(one));
}

bool interrupt_wait(const struct interrupt *interrupt, int milliseconds)
{
	struct pollfd watched = { .fd = interrupt->fd, .events = POLLIN };

	return poll(&watched, 1, milliseconds) > 0;
}

bool interrupt_is_pending(void)
{
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < array_size(stopping_signals); i++)
		if (sigismember(&pending, stopping_signals[i]) == 1)
			return true;
	return false;
}

int interrupt_error(struct error *err)
{
	return error_set(err, ERROR_FAILED, "interrupted");
}
