/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns for people: a heading and rows, each column as wide as its widest cell, and the small
 * phrases that stand in them. What came from images is escaped.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

struct table {
	size_t n_columns;
	struct strlist cells; /* row by row, the heading first */
};

/* headings ends with NULL. */
void table_init(struct table *table, const char *const *headings);
void table_release(struct table *table);
#define autotable autocleanup(table_release)

/* Add a cell; NULL or empty is shown as "-". */
void table_add(struct table *table, const char *text);
void table_print(FILE *out, const struct table *table);

/* "3 minutes ago": new string. */
char *table_age(time_t then, time_t now);

#endif
