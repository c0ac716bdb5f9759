// SPDX-License-Identifier: Apache-2.0
// Looks at every process that comes into the container while it is still ctnr-exec's: "spy SECRET" prints
// what it got hold of, one line each, until it is killed. SECRET is in the environment of ctnr-exec, and in
// the name of a file that ctnr-exec's caller has open.
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *secret;

static void tell(const char *pid, const char *what)
{
	printf("%s %s\n", what, pid);
	fflush(stdout);
}

static void read_file(const char *pid, const char *name)
{
	char path[64], text[65536];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	if (n > 0 && memmem(text, (size_t)n, secret, strlen(secret)))
		tell(pid, name);
	close(fd);
}

static void read_descriptors(const char *pid)
{
	char path[64], target[512];

	for (int i = 0; i < 16; i++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%s/fd/%d", pid, i);
		n = readlink(path, target, sizeof(target));
		if (n > 0 && memmem(target, (size_t)n, secret, strlen(secret)))
			tell(pid, "fd");
	}
}

static void write_executable(const char *pid)
{
	char path[64], target[512];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	if (!strstr(target, "ctnr-exec"))
		return;
	tell(pid, "exe");
	fd = open(path, O_RDWR);
	if (fd >= 0)
		tell(pid, "writable");
}

static void look_at(const char *pid)
{
	read_file(pid, "environ");
	read_descriptors(pid);
	write_executable(pid);
}

int main(int argc, char **argv)
{
	secret = argc > 1 ? argv[1] : "";
	puts("up");
	fflush(stdout);
	for (;;) {
		DIR *proc = opendir("/proc");
		struct dirent *entry;

		while (proc && (entry = readdir(proc)))
			if (isdigit((unsigned char)entry->d_name[0]) && atoi(entry->d_name) > 1)
				look_at(entry->d_name);
		if (proc)
			closedir(proc);
	}
}
