/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of the host's procfs, which are written on the way into a container. What lies there is checked to
 * be procfs: another file system may have been mounted at /proc or below (runc 2019-16884), and a write that
 * goes elsewhere leaves the process unconfined without a word.
 */
#ifndef CTNR_EXEC_PROCESS_PROCFS_H
#define CTNR_EXEC_PROCESS_PROCFS_H

#include "base/error.h"

/* Open "/proc/PATH" and write text in one call. -1 with saved_errno where that fails, and 0 in it where the
 * file is not of procfs. A file of /proc/self or /proc/thread-self can be opened only while this process is
 * dumpable. */
int procfs_write(const char *path, const char *text, struct error *err);

#endif
