/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities by name (capabilities(7), linux/capability.h). Sets of them are bit masks: bit N is
 * capability number N.
 */
#ifndef SYSTEM_CAPABILITY_H
#define SYSTEM_CAPABILITY_H

#include <stdint.h>

/* How many this project knows by name; a kernel may know fewer or more. */
#define CAPABILITY_NAMES 41

/* "CAP_CHOWN" for 0; number is below CAPABILITY_NAMES. Static text. */
const char *capability_name(int number);

/* The number of a name, with or without CAP_, in either case; -1 when nobody knows it. */
int capability_number(const char *name);

/* The capabilities that the running kernel knows, of those that have a name here. */
uint64_t capability_known_set(void);

#endif
