/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities (capabilities(7), linux/capability.h): their names, and what this process has. Sets
 * of them are bit masks: bit N is capability number N.
 *
 *	struct capability_sets sets;
 *
 *	if (capability_get(&sets, err) < 0)
 *		return -1;
 *	sets.effective &= ~(UINT64_C(1) << CAP_SYS_ADMIN);
 *	return capability_set(&sets, err);
 */
#ifndef SYSTEM_CAPABILITY_H
#define SYSTEM_CAPABILITY_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* How many this project knows by name; a kernel may know fewer or more. */
#define CAPABILITY_NAMES 41

/* "CAP_CHOWN" for 0; number is below CAPABILITY_NAMES. Static text. */
const char *capability_name(int number);

/* The number of a name, with or without CAP_, in either case; -1 when nobody knows it. */
int capability_number(const char *name);

/* The capabilities that the running kernel knows, of those that have a name here. */
uint64_t capability_known_set(void);

/* Those of them that this process's bounding set holds. */
uint64_t capability_bounding_set(void);

/* What capget(2) and capset(2) speak of; the bounding and the ambient set are prctl(2)'s. */
struct capability_sets {
	uint64_t effective;
	uint64_t permitted;
	uint64_t inheritable;
};

/* Read or replace the sets of this process (of the calling thread). Only capability_set() says no
 * for want of a right. */
int capability_get(struct capability_sets *ret, struct error *err);
int capability_set(const struct capability_sets *sets, struct error *err);

/* Is that capability (CAP_SYS_ADMIN) effective in this process? */
bool capability_has(int number);

#endif
