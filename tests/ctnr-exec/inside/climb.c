/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves a chroot, as who has CAP_SYS_CHROOT can: says whether the root that is found then is the one from
 * before, and how many of the kernel's filesystems are below it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	int root = open("/", O_PATH | O_DIRECTORY);
	struct stat before, after;
	int found = 0;

	mkdir("/tmp/below", 0755);
	if (root < 0 || stat("/", &before) < 0 || chroot("/tmp/below") < 0 || fchdir(root) < 0)
		return 1;
	for (int i = 0; i < 100; i++)
		if (chdir("..") < 0)
			return 1;
	if (chroot(".") < 0 || stat("/", &after) < 0)
		return 1;
	found = (access("/proc/self/status", F_OK) == 0) + (access("/sys/kernel", F_OK) == 0);
	puts(before.st_ino == after.st_ino && before.st_dev == after.st_dev ? "inside" : "outside");
	printf("%d\n", found);
	return 0;
}
