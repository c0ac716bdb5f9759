/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime specification (1.2, and 1.3 as far as it is known) has and this runtime has not,
 * in one table: a property of it that asks for something is refused by name, or a warning tells that
 * it changes nothing. ctnr-exec(1) has the same table, and tests/ctnr-exec/properties.tsv every
 * property.
 *
 * A value asks for nothing when it is null or empty ("", [], {}), or says what is so anyhow: a limit
 * of 0 or -1, a switch that is off.
 */
#ifndef CTNR_EXEC_CONFIG_REFUSAL_H
#define CTNR_EXEC_CONFIG_REFUSAL_H

#include "base/error.h"
#include "base/str.h"
#include "format/json.h"

#include <stdbool.h>

/* Fail when the root node asks for anything that is refused, and when a value of the table has a
 * wrong type. Prints the warnings. */
int refusal_check(const struct jnode *root, struct error *err);

/* The same of the members of "process" alone. */
int refusal_check_process(const struct jnode *root, struct error *err);

/* Is a property refused, whatever its value? "process.selinuxLabel"; a name is enough that stands in the
 * table. */
bool refusal_is_refused(const char *property);

/* Append the members of a section ("hooks") that the specification has, and that are not refused, in its
 * order. */
void refusal_list_accepted(const char *section, struct strlist *ret);

/* Print "config.json: PROPERTY: WHAT" as a warning. */
void refusal_warn(const struct jnode *node, const char *what);

#endif
