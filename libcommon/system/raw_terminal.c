/* SPDX-License-Identifier: Apache-2.0 */
#include "system/raw_terminal.h"

#include <string.h>

struct winsize raw_terminal_size(const struct raw_terminal *terminal)
{
	struct winsize size = { 0 };

	if (terminal->fd < 0 || ioctl(terminal->fd, TIOCGWINSZ, &size) < 0)
		memset(&size, 0, sizeof(size));
	return size;
}

static bool set_raw(const struct raw_terminal *terminal)
{
	struct termios settings = terminal->saved;

	cfmakeraw(&settings);
	return tcsetattr(terminal->fd, TCSADRAIN, &settings) == 0;
}

void raw_terminal_resume(struct raw_terminal *terminal)
{
	if (terminal->is_raw || terminal->fd < 0 || !terminal->has_keys ||
	    tcgetattr(terminal->fd, &terminal->saved) < 0)
		return;
	terminal->is_raw = set_raw(terminal);
}

void raw_terminal_pause(struct raw_terminal *terminal)
{
	if (!terminal->is_raw)
		return;
	tcsetattr(terminal->fd, TCSADRAIN, &terminal->saved);
	terminal->is_raw = false;
}

void raw_terminal_continue(const struct raw_terminal *terminal)
{
	/* Not from what is set now: a shell may have restored its own settings, or not. */
	if (terminal->is_raw)
		set_raw(terminal);
}
