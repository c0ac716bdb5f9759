// SPDX-License-Identifier: Apache-2.0
// Tries to type into the terminal that stdin is (bubblewrap's CVE-2017-5226), and to take it away
// from its session: NAME ERRNO, one a line.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void tell(const char *name, int result)
{
	printf("%s %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno));
	fflush(stdout);
}

int main(void)
{
	int linux_paste = 3;

	for (const char *p = "pushed\n"; *p; p++)
		ioctl(STDIN_FILENO, TIOCSTI, p);
	tell("TIOCSTI", ioctl(STDIN_FILENO, TIOCSTI, "x"));
	tell("TIOCLINUX", ioctl(STDIN_FILENO, TIOCLINUX, &linux_paste));
	setsid();
	open("/proc/self/fd/0", O_RDWR); /* a session leader that opens a terminal may get it */
	tell("TIOCSCTTY", ioctl(STDIN_FILENO, TIOCSCTTY, 1));
	tell("TIOCSTI", ioctl(STDIN_FILENO, TIOCSTI, "x"));
	tell("/dev/tty", open("/dev/tty", O_RDWR));
	return 0;
}
