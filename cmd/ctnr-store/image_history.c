/* SPDX-License-Identifier: Apache-2.0 */
/* image history: what an image's config says of how it was made, beside the layers that came of it. */
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/table.h"
#include "oci/image_config.h"
#include "oci/image_history.h"
#include "store/image_resolve.h"

#include <string.h>

#define COMMAND_SHOWN 48 /* bytes of a command in a table */
#define DIGEST_SHOWN 12 /* digits */

/* One step, and its layer where it made one. Both may be unknown: an image may tell of more steps than it has
 * layers, and of fewer. */
struct history_row {
	const json_t *told; /* of the config, borrowed; NULL: nothing */
	struct image_history_entry entry;
	const struct descriptor *layer; /* borrowed; NULL: none */
	const struct digest *diff_id;
};

/* An image as the rows are made of it. */
struct history_source {
	struct layout layout;
	struct manifest manifest;
	struct image_config config;
	struct image_history history;
};

static void history_source_release(struct history_source *source)
{
	layout_release(&source->layout);
	manifest_release(&source->manifest);
	image_config_release(&source->config);
	image_history_release(&source->history);
}
#define autohistorysource autocleanup(history_source_release)

static void set_layer(const struct history_source *source, size_t index, struct history_row *row)
{
	if (index < source->manifest.n_layers)
		row->layer = &source->manifest.layers[index];
	if (index < source->config.n_diff_ids)
		row->diff_id = &source->config.diff_ids[index];
}

/* The rows, oldest first: new. Layers that the history does not tell of come last. */
static struct history_row *make_rows(const struct history_source *source, size_t *ret_len)
{
	const struct image_history *history = &source->history;
	const json_t *told = json_object_get(source->config.json, "history");
	struct history_row *rows =
		xcalloc(history->n_entries + source->manifest.n_layers + 1, sizeof(*rows));
	size_t layer = 0;
	size_t n;

	for (n = 0; n < history->n_entries; n++) {
		rows[n].told = json_array_get(told, n);
		rows[n].entry = history->entries[n];
		if (!history->entries[n].empty_layer)
			set_layer(source, layer++, &rows[n]);
	}
	while (layer < source->manifest.n_layers)
		set_layer(source, layer++, &rows[n++]);
	*ret_len = n;
	return rows;
}

/* What the config says, with the layer's digest, diff ID and size. */
static int print_record(const struct history_row *row, struct error *err)
{
	autojson json_t *record = row->told ? json_deep_copy(row->told) : json_object();

	if (row->layer)
		json_object_set_new(record, "digest", json_string(row->layer->digest.text));
	if (row->diff_id)
		json_object_set_new(record, "diff_id", json_string(row->diff_id->text));
	if (row->layer || row->entry.empty_layer)
		json_object_set_new(record, "size",
				    json_integer(row->layer ? (json_int_t)row->layer->size : 0));
	return json_print(stdout, record, err);
}

static void add_created(struct table *table, const char *created)
{
	autofree char *age = NULL;
	int64_t seconds;

	if (created && clock_parse_rfc3339(created, &seconds))
		age = table_age((time_t)seconds, (time_t)(clock_wall_ns() / CLOCK_NS));
	table_add(table, age);
}

/* One command is one line of the table, and short unless it is to be whole. */
static void add_command(struct table *table, const char *command, bool is_whole)
{
	autofree char *text = command ? xstrdup(command) : NULL;
	size_t len = text ? strlen(text) : 0;

	for (size_t i = 0; i < len; i++)
		if (strchr("\t\n\r", text[i]))
			text[i] = ' ';
	if (!is_whole && len > COMMAND_SHOWN) {
		size_t cut = COMMAND_SHOWN - 3;

		/* Not within a character. */
		while (cut && ((unsigned char)text[cut] & 0xc0) == 0x80)
			cut--;
		memcpy(text + cut, "...", 4);
	}
	table_add(table, text);
}

static void add_row(struct table *table, const struct history_row *row, bool is_whole)
{
	autofree char *digest =
		row->layer ? xstrndup(digest_hex(&row->layer->digest), DIGEST_SHOWN) : NULL;
	autostr struct str size = STR_INIT;

	if (row->layer || row->entry.empty_layer)
		str_append_size(&size, row->layer ? row->layer->size : 0);
	table_add(table, digest);
	add_created(table, row->entry.created);
	add_command(table, row->entry.created_by, is_whole);
	table_add(table, size.data);
	add_command(table, row->entry.comment, is_whole);
}

static int print_rows(const struct store_opts *opts, const struct history_row *rows, size_t n,
		      struct error *err)
{
	static const char *const headings[] = { "LAYER", "CREATED", "CREATED BY",
						"SIZE",  "COMMENT", NULL };
	enum list_form form = opts_list_form(opts);
	autotable struct table table = { 0 };

	table_init(&table, headings);
	while (n-- > 0) {
		if (form == LIST_RECORDS && print_record(&rows[n], err) < 0)
			return -1;
		if (form == LIST_TABLE)
			add_row(&table, &rows[n], opts->no_trunc);
		if (form == LIST_NAMES && rows[n].layer)
			puts(rows[n].layer->digest.text);
	}
	if (form == LIST_TABLE)
		table_print(stdout, &table);
	return 0;
}

static int print_history(const struct store_opts *opts, const struct image *image,
			 struct error *err)
{
	autohistorysource struct history_source source = { .layout = LAYOUT_INIT };
	autofree struct history_row *rows = NULL;
	size_t n;

	if (image_open(image, &source.layout, &source.manifest, err) < 0 ||
	    image_config_read(&source.layout, &source.manifest.config, &source.config, err) < 0 ||
	    image_history_read(source.config.json, &source.history, err) < 0) {
		image_found_unfit(err);
		return error_prefix(err, "image '%s'", image_name(image));
	}
	rows = make_rows(&source, &n);
	return print_rows(opts, rows, n, err);
}

int image_history(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	autoimage struct image image = IMAGE_INIT;
	struct platform platform;
	int there;

	if (operands->len != 1)
		return error_set(err, ERROR_USAGE, "expected one IMAGE, got %zu", operands->len);
	if (opts->platform && platform_parse(opts->platform, &platform, err) < 0)
		return error_prefix(err, "option --platform");
	there = opts_open_store(opts, &store, err);
	if (there < 0 || image_resolve(there ? &store : NULL, operands->items[0],
				       opts->platform ? &platform : NULL, &image, err) < 0)
		return -1;
	return print_history(opts, &image, err);
}
