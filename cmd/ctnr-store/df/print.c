/* SPDX-License-Identifier: Apache-2.0 */
#include "df/print.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/str.h"
#include "base/table.h"
#include "store/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGEST_SHOWN 12 /* digits in a table */

/* How a member of a record is shown in a column. */
enum column_form {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_BYTES,
	COLUMN_DIGEST,
	COLUMN_FIRST, /* of an array of texts */
	COLUMN_QUESTION,
};

struct column {
	const char *heading; /* NULL: there are no more */
	const char *member;
	enum column_form form;
};

#define COLUMNS_MAX 7

/* The kinds in the order in which they are printed. */
static const struct {
	enum usage_kind kind;
	const char *name; /* in records */
	const char *label; /* in the table */
	struct column columns[COLUMNS_MAX + 1]; /* of its objects; none: it has none */
} sections[] = {
	{ USAGE_IMAGES,
	  "images",
	  "Images",
	  { { "IMAGE", "names", COLUMN_FIRST },
	    { "DIGEST", "digest", COLUMN_DIGEST },
	    { "SIZE", "bytes", COLUMN_BYTES },
	    { "OWN", "own", COLUMN_BYTES },
	    { "SHARED", "shared", COLUMN_BYTES },
	    { "USED BY", "bundles", COLUMN_NUMBER } } },
	{ USAGE_LAYERS, "layers", "Layers", { { 0 } } },
	{ USAGE_BUNDLES,
	  "bundles",
	  NULL, /* as people call them */
	  { { "ID", "id", COLUMN_TEXT },
	    { "IMAGE", "image", COLUMN_TEXT },
	    { "STATUS", "status", COLUMN_TEXT },
	    { "SIZE", "bytes", COLUMN_BYTES },
	    { "UPPER", "upper", COLUMN_BYTES },
	    { "VOLUMES", "volumes", COLUMN_BYTES },
	    { "LOGS", "logs", COLUMN_BYTES } } },
	{ USAGE_VOLUMES,
	  "volumes",
	  "Volumes",
	  { { "VOLUME", "name", COLUMN_TEXT },
	    { "SIZE", "bytes", COLUMN_BYTES },
	    { "USED BY", "bundles", COLUMN_NUMBER } } },
	{ USAGE_CACHE, "cache", "Cache", { { 0 } } },
	{ USAGE_LEFTOVERS,
	  "leftovers",
	  "Leftovers",
	  { { "LEFTOVER", "path", COLUMN_TEXT },
	    { "SIZE", "bytes", COLUMN_BYTES },
	    { "IN USE", "active", COLUMN_QUESTION } } },
	{ USAGE_OTHER, "other", "Other", { { 0 } } },
};

static const char *section_label(size_t section)
{
	if (sections[section].label)
		return sections[section].label;
	return strcmp(bundle_word(), "container") == 0 ? "Containers" : "Bundles";
}

static void add_number(struct table *table, uint64_t number)
{
	autofree char *text = xasprintf("%" PRIu64, number);

	table_add(table, text);
}

static void add_bytes(struct table *table, uint64_t bytes)
{
	autostr struct str text = STR_INIT;

	str_append_size(&text, bytes);
	table_add(table, text.data);
}

static void add_reclaimable(struct table *table, const struct usage_row *row)
{
	autostr struct str text = STR_INIT;

	str_append_size(&text, row->reclaimable);
	if (row->bytes)
		str_appendf(&text, " (%.0f%%)",
			    100.0 * (double)row->reclaimable / (double)row->bytes);
	table_add(table, text.data);
}

static void print_rows(const struct usage *usage)
{
	static const char *const headings[] = { "TYPE", "TOTAL",       "ACTIVE",
						"SIZE", "RECLAIMABLE", NULL };
	autotable struct table table = { 0 };

	table_init(&table, headings);
	for (size_t i = 0; i < array_size(sections); i++) {
		const struct usage_row *row = &usage->rows[sections[i].kind];

		table_add(&table, section_label(i));
		add_number(&table, row->count);
		add_number(&table, row->active);
		add_bytes(&table, row->bytes);
		add_reclaimable(&table, row);
	}
	table_print(stdout, &table);
}

static void add_cell(struct table *table, const json_t *value, enum column_form form)
{
	autofree char *digits = NULL;

	switch (form) {
	case COLUMN_TEXT:
		table_add(table, json_string_value(value));
		break;
	case COLUMN_NUMBER:
		add_number(table, (uint64_t)json_integer_value(value));
		break;
	case COLUMN_BYTES:
		add_bytes(table, (uint64_t)json_integer_value(value));
		break;
	case COLUMN_DIGEST:
		digits = xstrndup(strchr(json_string_value(value), ':') + 1, DIGEST_SHOWN);
		table_add(table, digits);
		break;
	case COLUMN_FIRST:
		table_add(table, json_string_value(json_array_get(value, 0)));
		break;
	case COLUMN_QUESTION:
		table_add(table, json_is_true(value) ? "yes" : "no");
		break;
	}
}

static void print_objects(const struct column *columns, const json_t *objects)
{
	const char *headings[COLUMNS_MAX + 1] = { NULL };
	autotable struct table table = { 0 };
	size_t i;
	json_t *record;

	for (size_t c = 0; columns[c].heading; c++)
		headings[c] = columns[c].heading;
	table_init(&table, headings);
	json_array_foreach (objects, i, record)
		for (size_t c = 0; columns[c].heading; c++)
			add_cell(&table, json_object_get(record, columns[c].member),
				 columns[c].form);
	table_print(stdout, &table);
}

void usage_print_tables(const struct usage *usage)
{
	print_rows(usage);
	for (size_t i = 0; usage->is_detailed && i < array_size(sections); i++) {
		const json_t *objects = usage->objects[sections[i].kind];

		if (!sections[i].columns[0].heading || json_array_size(objects) == 0)
			continue;
		putchar('\n');
		print_objects(sections[i].columns, objects);
	}
}

static int print_row(const char *name, const struct usage_row *row, struct error *err)
{
	autojson json_t *record =
		json_pack("{sssIsIsIsI}", "kind", name, "count", (json_int_t)row->count, "active",
			  (json_int_t)row->active, "bytes", (json_int_t)row->bytes, "reclaimable",
			  (json_int_t)row->reclaimable);

	return json_print(stdout, record, err);
}

int usage_print_records(const struct usage *usage, struct error *err)
{
	size_t j;
	json_t *record;

	for (size_t i = 0; i < array_size(sections); i++)
		if (print_row(sections[i].name, &usage->rows[sections[i].kind], err) < 0)
			return -1;
	for (size_t i = 0; usage->is_detailed && i < array_size(sections); i++)
		json_array_foreach (usage->objects[sections[i].kind], j, record)
			if (json_print(stdout, record, err) < 0)
				return -1;
	return 0;
}
