// SPDX-License-Identifier: Apache-2.0
// Renames directories and swaps links all the time: /d/work is now a directory, now a link to a place that
// leads out of a container where something is left open; /d has another name at times.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	static const char *const targets[] = { "/proc/self/fd/3", "/proc/self/fd/5",
					       "/proc/self/fd/7", "/proc/self/fd/9",
					       "/proc/1/root/..", "/..",
					       "/proc/self/cwd",  "/proc/thread-self/root/../.." };
	unsigned n = 0;

	mkdir("/d", 0755);
	mkdir("/d/directory", 0755);
	puts("up");
	fflush(stdout);
	for (;;) {
		rename("/d/directory", "/d/work");
		usleep(n % 3 * 400);
		rename("/d/work", "/d/directory");
		symlink(targets[n++ % (sizeof(targets) / sizeof(*targets))], "/d/work");
		usleep(n % 3 * 100);
		unlink("/d/work");
		rename("/d", "/moved");
		rename("/moved", "/d");
	}
}
