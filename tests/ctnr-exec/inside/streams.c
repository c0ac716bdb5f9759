// SPDX-License-Identifier: Apache-2.0
// Tries what a holder of a terminal can do with it, through every descriptor that it has: a line for
// each that is a terminal, or that is read and written though it should only be one of them.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int main(void)
{
	int found = 0;

	for (int fd = 0; fd < 1024; fd++) {
		struct termios settings;
		char path[32];
		int again;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		again = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
		if (tcgetattr(fd, &settings) == 0 || ioctl(fd, TIOCSTI, "x") == 0 ||
		    (again >= 0 && tcgetattr(again, &settings) == 0)) {
			printf("fd %d is a terminal\n", fd);
			found++;
		}
		if (again >= 0)
			close(again);
	}
	printf("terminals: %d\n", found);
	return 0;
}
