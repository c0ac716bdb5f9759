/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of CPUs or of memory nodes, written as cpuset(7) writes it ("List format"): "0-3,7". Blanks,
 * strides and an empty element are errors.
 */
#ifndef CTNR_EXEC_CONFIG_NUMBER_LIST_H
#define CTNR_EXEC_CONFIG_NUMBER_LIST_H

#include "base/error.h"
#include "format/json.h"

#include <limits.h>
#include <stdbool.h>

/* Numbers are below this: no kernel of Linux has more CPUs, or as many nodes. */
#define NUMBER_LIST_MAX 8192
#define NUMBER_LIST_WORDS (NUMBER_LIST_MAX / (sizeof(unsigned long) * CHAR_BIT))

/* {0} is the empty set. */
struct number_list {
	unsigned long
		bits[NUMBER_LIST_WORDS]; /* as system calls take it: bit 0 of word 0 is number 0 */
	bool is_stated; /* at least one number is in it */
};

/* Read a string; an absent or empty one is the empty set. */
int number_list_read(const struct jnode *node, struct number_list *ret, struct error *err);

#endif
