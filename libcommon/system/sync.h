/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bringing to the disk what a loss of power must not take. All syncing of this project is done here;
 * ctnr-store(5), DURABILITY, says what is synced and when.
 *
 *	if (sync_file(fd, SYNC_CONTENT) < 0 || renameat(dirfd, "x.part", dirfd, "x") < 0 ||
 *	    sync_folder(dirfd) < 0) ...
 *
 *  - A file is synced before the rename that publishes it, its folder after that. A name in a folder may
 *    be lost until the folder is synced, whoever renamed it.
 *  - A tree of many files is synced by one sync_filesystem() before its rename: 160 MB take 0.4 s so, and
 *    4 s file by file.
 *  - What is derived, and what is made for one run, is never synced.
 *  - After a failed sync the kernel may have dropped what it could not write, and says so once: what was
 *    to be published is given up. Nothing here is tried again but after a signal.
 *
 * The option --no-sync makes all functions here do nothing, for the whole process. That switch, the
 * program's name and the level of its log are the only things that a process of ours has instead of
 * handing them down: no function's result or order depends on it, and what syncs lies far below what
 * knows the options. The environment never switches it.
 */
#ifndef SYSTEM_SYNC_H
#define SYSTEM_SYNC_H

#include "base/error.h"
#include "base/option.h"

#include <stdbool.h>
#include <sys/types.h>

struct sync_opts {
	bool no_sync;
};

/* --no-sync, for the table of whatever writes to a store, a layout or a bundle. */
extern const struct option sync_options[];

/* Follow the option: before anything is written, and before there are threads. */
void sync_apply(const struct sync_opts *opts);

/* The switch itself, for a worker whose job says so. */
void sync_set_enabled(bool enabled);
bool sync_is_enabled(void);

enum sync_extent {
	SYNC_CONTENT, /* what it takes to read the content again: fdatasync(2) */
	SYNC_WHOLE, /* owner, mode and times too: fsync(2) */
};

/* A file that was written. -1 with errno on failure. */
int sync_file(int fd, enum sync_extent extent);

/* A directory in which names were made, renamed or removed. Filesystems that cannot sync a directory say
 * EINVAL or ENOTSUP, and are let pass: there is nothing better to do there. -1 with errno on failure. */
int sync_folder(int fd);

/* The same of a path below dirfd. A folder that may be written to and not
 * read cannot be opened for syncing, and is let pass. */
int sync_folder_at(int dirfd, const char *path, struct error *err);

/* The folders that hold the last n components of path: what was just made there, n deep, by
 * dir_make_at(), or renamed (n is 1). */
int sync_parents(int dirfd, const char *path, int n, struct error *err);

/* All of the filesystem that the file fd is in. A write that failed since fd was opened is a failure: open
 * it before the first write. -1 with errno on failure. */
int sync_filesystem(int fd);

/* Whoever writes a tree begins with files that large: of smaller ones the filesystem makes more. */
#define SYNC_BEGIN_MIN (1U << 20) /* bytes */

/* Let the disk begin with len bytes at offset (len 0: all from there on), so that a later sync finds
 * less to do. A hint, which cannot fail. */
void sync_begin(int fd, off_t offset, off_t len);

#endif
