/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How this machine has its control groups, and in which this process is (cgroups(7)).
 *
 *	if (cgroup_is_unified())
 *		path = cgroup_own_path(NULL);
 */
#ifndef SYSTEM_CGROUP_H
#define SYSTEM_CGROUP_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

enum cgroup_layout {
	CGROUP_NONE, /* nothing is mounted there */
	CGROUP_LEGACY, /* version 1: a directory for each hierarchy */
	CGROUP_HYBRID, /* the same, and version 2 without controllers in "unified" */
	CGROUP_UNIFIED, /* version 2 alone */
	CGROUP_LAYOUT_MAX,
};

/* Which of them this machine has: two system calls at most. */
enum cgroup_layout cgroup_layout(void);

/* Is it CGROUP_UNIFIED? One system call. */
bool cgroup_is_unified(void);

/* Append /proc/self/cgroup, this process's cgroup in each hierarchy, to ret. */
int cgroup_read_own(struct str *ret, struct error *err);

/* One line of /proc/self/cgroup, "4:cpu,cpuacct:/path", or "0::/path" of version 2. */
struct cgroup_line {
	char *controllers; /* "cpu,cpuacct", "name=systemd", or "" of version 2 */
	const char *path;
};

/* Take a line, without its line feed, apart in place. False when it is none. */
bool cgroup_line_split(char *line, struct cgroup_line *ret);

/* This process's cgroup for a controller of version 1, or (NULL) that of version 2: a path below
 * the hierarchy's root, new; NULL when there is none. */
char *cgroup_own_path(const char *controller);

#endif
