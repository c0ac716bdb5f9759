// SPDX-License-Identifier: Apache-2.0
// disk record|replay IMAGE LOG FILE: mount a disk over FILE, whose content is that of IMAGE, until stdin ends.
//
// record logs what is written, in order, to the new file LOG. replay makes the disk that a power cut would
// have left of LOG. Says "ready" when the file is there, then reads a line and answers "ok":
//
//	mark TEXT              put TEXT into the log, behind what has been written by now
//	point COUNT NUMBER...  become what the first COUNT records of LOG make, but for those NUMBERs (ascending)
//
// What is told on a line is done between two requests, never in the middle of one.
#include "disk.h"
#include "fuse.h"

#include "base/alloc.h"
#include "base/message.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static int replay_point(struct disk *disk, char *words, struct error *err)
{
	autofree size_t *numbers = NULL;
	size_t n = 0;
	char *end;

	for (; *words; words = end) {
		numbers = xgrow(numbers, n, sizeof(*numbers));
		numbers[n++] = strtoul(words, &end, 10);
		if (end == words)
			return error_set(err, ERROR_USAGE, "expected numbers, got '%s'", words);
	}
	if (n == 0)
		return error_set(err, ERROR_USAGE, "point without a number");
	disk_replay(disk, numbers[0], numbers + 1, n - 1);
	return 0;
}

static int obey_line(struct disk *disk, char *line, struct error *err)
{
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "mark ", 5) == 0) {
		if (disk_mark(disk, line + 5) < 0)
			return error_errno(err, "cannot log a mark");
	} else if (strncmp(line, "point ", 6) == 0 && disk->past.data) {
		if (replay_point(disk, line + 6, err) < 0)
			return -1;
	} else {
		return error_set(err, ERROR_USAGE, "unknown words '%s'", line);
	}
	puts("ok");
	fflush(stdout);
	return 0;
}

/* Requests and lines, until there are no more of one of them. */
static int serve_both(struct disk *disk, const struct fuse_file *file, struct error *err)
{
	struct pollfd files[] = { { file->fd, POLLIN, 0 }, { STDIN_FILENO, POLLIN, 0 } };
	autofree char *line = NULL;
	size_t line_size = 0;

	for (;;) {
		int served = 1;

		if (poll(files, 2, -1) < 0 && errno != EINTR)
			return error_errno(err, "cannot wait");
		if (files[0].revents)
			served = fuse_file_serve(file, disk, err);
		if (served <= 0)
			return served;
		if (!files[1].revents)
			continue;
		if (getline(&line, &line_size, stdin) < 0)
			return 0;
		if (obey_line(disk, line, err) < 0)
			return -1;
	}
}

static int open_disk(char **argv, struct disk *disk, struct error *err)
{
	if (strcmp(argv[1], "record") == 0)
		return disk_record(disk, argv[2], argv[3], err);
	return disk_open_past(disk, argv[2], argv[3], err);
}

static int be_disk(char **argv, struct disk *disk, struct fuse_file *file, struct error *err)
{
	if (open_disk(argv, disk, err) < 0 || fuse_file_mount(file, argv[4], err) < 0)
		return -1;
	puts("ready");
	fflush(stdout);
	return serve_both(disk, file, err);
}

int main(int argc, char **argv)
{
	struct disk disk = { 0 };
	struct fuse_file file = { .fd = -EBADF };
	struct error err = { 0 };
	int result;

	message_init("disk");
	if (argc != 5 || (strcmp(argv[1], "record") != 0 && strcmp(argv[1], "replay") != 0)) {
		message_print("error", "usage: disk record|replay IMAGE LOG FILE", "");
		return ERROR_USAGE;
	}
	result = be_disk(argv, &disk, &file, &err);
	if (result < 0)
		message_error(&err);
	fuse_file_release(&file);
	disk_release(&disk);
	return result < 0 ? 1 : 0;
}
