/* SPDX-License-Identifier: Apache-2.0 */
/* image ls and image show. */
#include "listed_entry.h"
#include "operand.h"
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "store/image_facts.h"
#include "store/image_resolve.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_age(struct table *table, const struct image_facts *facts)
{
	autofree char *age = facts->dated ? table_age((time_t)facts->created,
						      (time_t)(clock_wall_ns() / CLOCK_NS))
					  : NULL;

	table_add(table, age);
}

static void add_row(struct table *table, const struct index_entry *entry,
		    const struct image_facts *facts)
{
	const struct descriptor *descriptor = &entry->descriptor;
	autostr struct str size = STR_INIT;
	char platform[PLATFORM_TEXT_MAX];

	listed_entry_add_name(entry, table);
	if (media_type_kind(descriptor->media_type) == MEDIA_INDEX)
		table_add(table, "(index)");
	else if (facts->is_artifact)
		table_add(table, "(artifact)");
	else if (descriptor->platform.os[0])
		table_add(table, platform_format(&descriptor->platform, platform));
	else
		table_add(table, NULL);
	add_age(table, facts);
	str_append_size(&size, facts->size);
	table_add(table, size.data);
}

/* Append what a list's record has beside what every image record has, and the record's end. */
static void append_facts(const struct image_facts *facts, struct str *out)
{
	char when[CLOCK_TEXT_MAX];

	str_appendf(out, ",\"size\":%" PRIu64, facts->size);
	if (facts->dated && *clock_rfc3339(facts->created, when))
		str_appendf(out, ",\"created\":\"%s\"", when);
	str_append_char(out, '}');
}

/* The image record (store/image.h) of an entry, written as text: ten thousand trees cost too much. */
static int print_record(const struct layout *layout, const struct index_entry *entry,
			const struct image_facts *facts, struct error *err)
{
	autostr struct str record = STR_INIT;

	listed_entry_append_record(entry, layout, &record);
	append_facts(facts, &record);
	return json_print_text(stdout, record.data, err);
}

static int list_entry(const struct layout *layout, struct image_facts_memory *memory,
		      struct index_entry *entry, enum list_form form, struct table *table,
		      struct error *err)
{
	struct image_facts facts;

	if (form == LIST_NAMES) {
		puts(listed_entry_name(entry));
		return 0;
	}
	image_facts_find(memory, &entry->descriptor, entry->source, &facts);
	if (!entry->descriptor.platform.os[0])
		entry->descriptor.platform = facts.platform;
	if (form == LIST_RECORDS)
		return print_record(layout, entry, &facts, err);
	add_row(table, entry, &facts);
	return 0;
}

struct listing {
	enum list_form form;
	bool unnamed; /* images without a name are listed, too */
};

static int list_layout(const struct store *store, const struct layout *layout,
		       const struct listing *listing, struct table *table, struct error *err)
{
	autoimagefacts struct image_facts_memory *memory =
		listing->form == LIST_NAMES ? NULL : image_facts_open(store, layout);
	autoindexlist struct index_list list = INDEX_LIST_INIT;

	if (index_list_read(layout, &list, err) < 0)
		return store_damaged(err);
	for (size_t i = 0; i < list.n_entries; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;

		index_list_get(&list, i, &entry);
		if (entry.is_referrer || (!entry.name && !listing->unnamed))
			continue;
		if (list_entry(layout, memory, &entry, listing->form, table, err) < 0)
			return -1;
	}
	index_list_release(&list); /* makes room for the text that is saved */
	/* After a part of the list, facts about the other images would be forgotten. */
	if (memory && listing->unnamed)
		image_facts_save(memory);
	return 0;
}

/* A store that is not there has no images. */
static int list_images(const struct store_opts *opts, const struct listing *listing,
		       struct table *table, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	int there = opts_open_store(opts, &store, err);

	if (there > 0)
		there = opts_open_images(&store, &layout, err);
	return there > 0 ? list_layout(&store, &layout, listing, table, err) : there;
}

int image_ls(const void *opts_, const struct strlist *operands, struct error *err)
{
	static const char *const headings[] = { "REPOSITORY", "TAG",  "DIGEST", "PLATFORM",
						"CREATED",    "SIZE", NULL };
	const struct store_opts *opts = opts_;
	struct listing listing = { opts_list_form(opts), opts->unnamed != OPTION_FALSE };
	autotable struct table table = { 0 };

	if (operands->len) {
		error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
		return error_hint(err, "the list has all; '%s NAME' shows one",
				  message_verb() ? "ctnr inspect" : "ctnr-store image show");
	}
	table_init(&table, headings);
	if (list_images(opts, &listing, &table, err) < 0)
		return -1;
	if (listing.form == LIST_TABLE)
		table_print(stdout, &table);
	return 0;
}

static int show_image(const struct image *image, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	autojson json_t *record = image_to_json(image);
	json_t *config;

	if (image_open(image, &layout, &manifest, err) < 0)
		return -1;
	json_object_set(record, "manifest", manifest.json);
	config = image_config_read_json(&layout, &manifest.config, err);
	if (!config)
		return -1;
	json_object_set_new(record, "config", config);
	return json_show(stdout, record, err);
}

struct show {
	const struct store *store;
	const struct platform *platform;
};

static int show_word(const char *word, void *data, struct error *err)
{
	const struct show *show = data;
	autoimage struct image image = IMAGE_INIT;

	if (image_resolve(show->store, word, show->platform, &image, err) < 0)
		return -1;
	if (show_image(&image, err) == 0)
		return 0;
	image_found_unfit(err);
	return error_prefix(err, "image '%s'", image_name(&image));
}

int image_show(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	struct show show = { 0 };
	struct platform platform;
	int there;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no image given");
	if (opts->platform) {
		if (platform_parse(opts->platform, &platform, err) < 0)
			return -1;
		show.platform = &platform;
	}
	there = opts_open_store(opts, &store, err);
	if (there < 0)
		return -1;
	/* Without a store there are still records and oci:DIR. */
	show.store = there ? &store : NULL;
	return operand_each(operands, show_word, &show, err);
}
