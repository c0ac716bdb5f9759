/* SPDX-License-Identifier: Apache-2.0 */
#include "system/pty_input.h"

#include "base/clock.h"
#include "system/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define INTERVAL_MIN 20 /* ms */
#define INTERVAL_RAW 200
#define INTERVAL_MAX 1000

/* Does the program read lines? *ret_end: the character that ends its input. The settings that a
 * master shows are those of the other end. */
static bool reads_lines(int master, char *ret_end)
{
	struct termios settings;
	bool is_known = tcgetattr(master, &settings) == 0;
	bool lines = is_known && settings.c_lflag & ICANON && settings.c_cc[VEOF];

	*ret_end = lines ? (char)settings.c_cc[VEOF] : '\004';
	return lines;
}

/* Is something there that was not read yet? FIONREAD counts no end of input, poll(2) at the other
 * end sees it. The other end is opened for this moment only, so that its last user's leaving shows. */
static bool is_unread(int master)
{
	autoclose int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct pollfd fd = { slave, POLLIN, 0 };

	return slave < 0 || poll(&fd, 1, 0) != 0;
}

static void write_ends(int master, unsigned count)
{
	char ends[2];

	reads_lines(master, &ends[0]);
	ends[1] = ends[0];
	/* What cannot be written now, because nobody reads, is tried again. */
	if (write(master, ends, count) < 0)
		return;
}

static void look_after(struct pty_input *input, int interval)
{
	input->interval = interval < INTERVAL_MAX ? interval : INTERVAL_MAX;
	input->next = clock_monotonic_ms() + input->interval;
}

void pty_input_end(struct pty_input *input, int master, bool is_line_open)
{
	write_ends(master, is_line_open ? 2 : 1);
	look_after(input, INTERVAL_MIN);
}

int pty_input_timeout(const struct pty_input *input)
{
	int64_t now = clock_monotonic_ms();

	if (!input->interval)
		return -1;
	return input->next > now ? (int)(input->next - now) : 0;
}

bool pty_input_continue(struct pty_input *input, int master)
{
	char end;

	if (!input->interval || clock_monotonic_ms() < input->next)
		return true;
	if (input->raw_ends == PTY_INPUT_RAW_ENDS) {
		look_after(input, INTERVAL_MAX);
		return false;
	}
	if (is_unread(master)) {
		look_after(input, 2 * input->interval);
		return true;
	}
	if (reads_lines(master, &end)) {
		input->raw_ends = 0;
		look_after(input, INTERVAL_MIN);
	} else {
		input->raw_ends++;
		look_after(input, INTERVAL_RAW);
	}
	write_ends(master, 1);
	return true;
}

static bool is_key(const struct termios *settings, int key, char c)
{
	return settings->c_cc[key] != _POSIX_VDISABLE && (char)settings->c_cc[key] == c;
}

int pty_input_signal(int master, char before, const char *text, size_t len)
{
	struct termios settings;

	if (tcgetattr(master, &settings) < 0 || !(settings.c_lflag & ISIG))
		return 0;
	for (size_t i = 0; i < len; before = text[i++]) {
		if (settings.c_lflag & IEXTEN && is_key(&settings, VLNEXT, before))
			continue;
		if (is_key(&settings, VINTR, text[i]))
			return SIGINT;
		if (is_key(&settings, VQUIT, text[i]))
			return SIGQUIT;
	}
	return 0;
}
