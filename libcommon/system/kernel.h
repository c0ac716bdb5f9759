/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The version of the running kernel, for what cannot be probed by trying. 5.15 is the oldest that
 * this project is written for, so nobody has to ask for less.
 *
 *	if (kernel_is_at_least((struct kernel_version) { 6, 7 })) ...
 */
#ifndef SYSTEM_KERNEL_H
#define SYSTEM_KERNEL_H

#include <stdbool.h>

struct kernel_version {
	unsigned major;
	unsigned minor;
};

/* Read "6.1.0-13-amd64", "5.15" or "6"; -1 when text does not begin with a number. */
int kernel_version_parse(const char *text, struct kernel_version *ret);

/* Is the running kernel (uname(2)) of that version or newer? False when it does not say. */
bool kernel_is_at_least(struct kernel_version version);

#endif
