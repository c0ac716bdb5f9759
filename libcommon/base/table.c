/* SPDX-License-Identifier: Apache-2.0 */
#include "base/table.h"

#include "base/alloc.h"

#include <string.h>

#define GAP 3 /* blanks between columns */

void table_init(struct table *table, const char *const *headings)
{
	*table = (struct table) { 0 };
	for (; *headings; headings++) {
		table_add(table, *headings);
		table->n_columns++;
	}
}

void table_release(struct table *table)
{
	strlist_release(&table->cells);
}

void table_add(struct table *table, const char *text)
{
	struct str escaped = STR_INIT;

	str_append_escaped(&escaped, text && *text ? text : "-");
	strlist_take(&table->cells, str_steal(&escaped));
}

static size_t column_width(const struct table *table, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < table->cells.len; i += table->n_columns) {
		size_t len = strlen(table->cells.items[i]);

		if (len > width)
			width = len;
	}
	return width;
}

void table_print(FILE *out, const struct table *table)
{
	autofree size_t *widths = xcalloc(table->n_columns, sizeof(*widths));

	for (size_t i = 0; i < table->n_columns; i++)
		widths[i] = column_width(table, i);
	for (size_t i = 0; i < table->cells.len; i++) {
		size_t column = i % table->n_columns;

		if (column + 1 == table->n_columns)
			fprintf(out, "%s\n", table->cells.items[i]);
		else
			fprintf(out, "%-*s", (int)widths[column] + GAP, table->cells.items[i]);
	}
}

char *table_age(time_t then, time_t now)
{
	static const struct {
		const char *name;
		intmax_t seconds;
	} units[] = {
		{ "year", 31557600 }, { "month", 2629800 }, { "week", 604800 }, { "day", 86400 },
		{ "hour", 3600 },     { "minute", 60 },     { "second", 1 },
	};
	intmax_t age = now > then ? (intmax_t)(now - then) : 0;

	for (size_t i = 0; i < array_size(units); i++) {
		intmax_t n = age / units[i].seconds;

		if (n > 0)
			return xasprintf("%jd %s%s ago", n, units[i].name, n == 1 ? "" : "s");
	}
	return xstrdup("now");
}
