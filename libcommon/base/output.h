/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that a person names to write to (--log FILE, --pid-file FILE), opened so that nobody else on the machine
 * decides where that leads, and so that opening never waits.
 *
 *	int fd = output_open("/tmp/ctnr.log", err);
 *
 *  - In a directory where everybody may make files (sticky and writable by all, as /tmp is) a
 *    symlink is followed, and a file or FIFO opened, only when the caller or the owner of the
 *    directory owns it. The kernel does so where fs.protected_symlinks, fs.protected_regular and
 *    fs.protected_fifos are set, which they are not everywhere.
 *  - What may stand there: a regular file, a terminal or another character device, and a FIFO or
 *    pipe that has a reader (/dev/stderr, /dev/fd/3).
 */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

#include "base/error.h"

/* Open for appending; a file that is not there is made with mode 0600. Returns a new descriptor
 * whose writes block; -1 on failure. The error does not name the path. */
int output_open(const char *path, struct error *err);

/* For a file that is replaced as a whole: open (O_PATH) the directory that it lies in, by the same
 * rule. *ret_name is its name there, new. */
int output_open_directory(const char *path, char **ret_name, struct error *err);

#endif
