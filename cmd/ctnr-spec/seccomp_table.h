/* SPDX-License-Identifier: Apache-2.0 */
/* The default seccomp profile as a table: which calls, under which condition. */
#ifndef CTNR_SPEC_SECCOMP_TABLE_H
#define CTNR_SPEC_SECCOMP_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define SECCOMP_NEVER UINT64_MAX

/* A comparison of one argument; mask 0: none. True when (argument & mask) == value. Masks end at
 * bit 31 where the kernel reads an int and ignores the bits above. */
struct seccomp_argument {
	unsigned index;
	uint64_t mask;
	uint64_t value;
};

/* System calls that are allowed with one of the capabilities (0: always; SECCOMP_NEVER: never, they
 * fail with EPERM). Names are separated by blanks, and need no escape in JSON; those that an
 * architecture lacks do no harm. */
struct seccomp_row {
	const char *names;
	uint64_t capabilities;
	struct seccomp_argument argument;
	int otherwise; /* errno without the capability; 0: EPERM */
};

extern const struct seccomp_row seccomp_rows[];
extern const size_t seccomp_rows_len;

#endif
