/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal whose keys all belong to another terminal behind it: raw mode, and the settings that it
 * had before, whatever stops this process meanwhile.
 *
 *	struct raw_terminal terminal = { .fd = STDIN_FILENO, .has_keys = true };
 *
 *	raw_terminal_resume(&terminal);
 *	...
 *	raw_terminal_pause(&terminal);
 */
#ifndef SYSTEM_RAW_TERMINAL_H
#define SYSTEM_RAW_TERMINAL_H

#include <errno.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>

struct raw_terminal {
	int fd; /* borrowed; -EBADF: there is none, and nothing is done */
	bool has_keys; /* its keys are read; without that Ctrl-C has to stay a signal */
	bool is_raw;
	struct termios saved; /* where it is raw: the settings of before */
};

#define RAW_TERMINAL_INIT \
	{ \
		.fd = -EBADF \
	}

/* Its size; zeros when it is not known. */
struct winsize raw_terminal_size(const struct raw_terminal *terminal);

/* Raw mode on, and off again with the settings of before. A second call does nothing. */
void raw_terminal_resume(struct raw_terminal *terminal);
void raw_terminal_pause(struct raw_terminal *terminal);

/* Somebody else had this process stopped and continued: raw mode again, if it was raw. */
void raw_terminal_continue(const struct raw_terminal *terminal);

#endif
