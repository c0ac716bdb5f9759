/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving up everything but what applying a layer takes, before the first byte of it is read.
 *
 * The root directory becomes the one that holds the layers, or the target, so that no path leads
 * out. Landlock (Linux 5.19: before, it forbids hardlinks between directories): the target may be
 * written, the layers below may be read, nothing else can be opened. Capabilities: those over
 * files. seccomp: files, memory and threads; no sockets, no execution, no signals to others, no
 * other processes, no namespaces, no mounts. no_new_privs. stdin and stderr lead nowhere, so that a
 * terminal is out of reach. What the kernel does not have is left out.
 */
#ifndef SYSTEM_CONFINE_H
#define SYSTEM_CONFINE_H

#include "base/error.h"

/* target: directory to write below. readable: directory to read below, or -1. Only while
 * single-threaded, and for good. */
int confine(int target, int readable, struct error *err);

#endif
