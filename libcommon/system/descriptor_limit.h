/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many descriptors this process may open (RLIMIT_NOFILE). The soft limit that people have is
 * low for the sake of programs that use select(2); what an image decides, as the number of its
 * layers, may need more.
 *
 * Children inherit it: a process raises it whose children are ours, or newuidmap and newgidmap,
 * never one that becomes, or starts, a program of the user or of a container.
 */
#ifndef SYSTEM_DESCRIPTOR_LIMIT_H
#define SYSTEM_DESCRIPTOR_LIMIT_H

/* Layers, or other things with descriptors of their own, that any usable limit allows: with more of
 * them it is to be raised. */
#define DESCRIPTOR_LIMIT_FREE 8

/* Raise the soft limit to the hard one. What cannot be raised stays: opening one too many says so. */
void descriptor_limit_raise(void);

#endif
