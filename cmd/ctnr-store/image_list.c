/* SPDX-License-Identifier: Apache-2.0 */
/* image ls and image show. */
#include "content.h"
#include "operand.h"
#include "opts.h"
#include "table.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "store/image_resolve.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST_SHOWN 12 /* digits in a table */
#define GO_ZERO_TIME INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */

static int compare_entries(const void *a, const void *b)
{
	const struct descriptor *const *left = a;
	const struct descriptor *const *right = b;
	const char *left_name = descriptor_annotation(*left, ANNOTATION_REF_NAME);
	const char *right_name = descriptor_annotation(*right, ANNOTATION_REF_NAME);
	int order = strcmp(left_name ? left_name : "~", right_name ? right_name : "~");

	return order ? order : strcmp((*left)->digest.text, (*right)->digest.text);
}

/* The entries of an index by name, those without a name last: new array of borrowed pointers. */
static const struct descriptor **sorted_entries(const struct index *index)
{
	const struct descriptor **entries =
		xcalloc(index->n_manifests ? index->n_manifests : 1, sizeof(const void *));

	for (size_t i = 0; i < index->n_manifests; i++)
		entries[i] = &index->manifests[i];
	if (index->n_manifests)
		qsort(entries, index->n_manifests, sizeof(const void *), compare_entries);
	return entries;
}

/* "HOST/NAME", and "TAG" or "" behind the last colon of the last component. */
static void split_name(const char *name, char **ret_repository, const char **ret_tag)
{
	const char *slash = strrchr(name, '/');
	const char *last = slash ? slash : name;
	size_t len = (size_t)(last - name) + strcspn(last, ":@");

	*ret_repository = xstrndup(name, len);
	*ret_tag = name[len] == ':' ? name + len + 1 : "";
}

/* What the list tells of an image beside its record. */
struct image_facts {
	uint64_t size; /* bytes of its blobs that are there */
	bool dated;
	int64_t created; /* seconds since 1970, when dated */
};

/* When the config says that the image was made. An index has no config, and the zero time of Go's
 * programs says nothing. */
static bool read_created(const struct layout *layout, const struct descriptor *entry, int64_t *ret)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autojson json_t *config = NULL;
	const char *created;

	if (media_type_kind(entry->media_type) != MEDIA_MANIFEST ||
	    layout_read_manifest(layout, entry, &manifest, NULL) < 0)
		return false;
	config = image_config_read_json(layout, &manifest.config, NULL);
	created = json_string_value(json_object_get(config, "created"));
	return created && clock_parse_rfc3339(created, ret) && *ret != GO_ZERO_TIME;
}

static void read_facts(const struct layout *layout, const struct descriptor *entry,
		       struct image_facts *ret)
{
	autocontent struct content content = { 0 };

	content_init(&content);
	content_add(&content, layout, entry);
	ret->size = content_size(&content, layout);
	ret->dated = read_created(layout, entry, &ret->created);
}

static void add_age(struct table *table, const struct image_facts *facts)
{
	autofree char *age = facts->dated ? table_age((time_t)facts->created,
						      (time_t)(clock_wall_ns() / CLOCK_NS))
					  : NULL;

	table_add(table, age);
}

static void add_row(struct table *table, const struct image *image, const struct image_facts *facts)
{
	autofree char *repository = NULL;
	autostr struct str size = STR_INIT;
	autofree char *tag_alone = NULL;
	autofree char *digest = xstrndup(digest_hex(&image->descriptor.digest), DIGEST_SHOWN);
	char platform[PLATFORM_TEXT_MAX];
	const char *tag = "";

	if (image->ref) {
		split_name(image->ref, &repository, &tag);
		tag_alone = xstrndup(tag, strcspn(tag, "@"));
	}
	table_add(table, repository);
	table_add(table, tag_alone);
	table_add(table, digest);
	if (media_type_kind(image->descriptor.media_type) == MEDIA_INDEX)
		table_add(table, "(index)");
	else if (image->descriptor.platform.os[0])
		table_add(table, platform_format(&image->descriptor.platform, platform));
	else
		table_add(table, NULL);
	add_age(table, facts);
	str_append_size(&size, facts->size);
	table_add(table, size.data);
}

static int print_record(const struct image *image, const struct image_facts *facts,
			struct error *err)
{
	autojson json_t *record = image_to_json(image);
	char when[CLOCK_TEXT_MAX];

	json_object_set_new(record, "size", json_integer((json_int_t)facts->size));
	if (facts->dated && *clock_rfc3339(facts->created, when))
		json_object_set_new(record, "created", json_string(when));
	return json_print(stdout, record, err);
}

/* A name that others wrote may hold anything; one name is one line, and gives a terminal no orders. */
static bool is_line(const char *name)
{
	const char *end = name + strlen(name);

	while (name < end) {
		uint32_t code;
		size_t len = str_utf8(name, (size_t)(end - name), &code);

		if (!len || !str_is_printable(code))
			return false;
		name += len;
	}
	return true;
}

static int list_entry(const struct layout *layout, const struct descriptor *entry,
		      enum list_form form, struct table *table, struct error *err)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	autoimage struct image image = IMAGE_INIT;
	struct image_facts facts = { 0 };

	if (form == LIST_NAMES) {
		puts(name && is_line(name) ? name : entry->digest.text);
		return 0;
	}
	image.layout = xstrdup(layout->path);
	image.ref = name ? xstrdup(name) : NULL;
	descriptor_copy(entry, &image.descriptor);
	image_fill_platform(layout, &image.descriptor);
	read_facts(layout, entry, &facts);
	if (form == LIST_RECORDS)
		return print_record(&image, &facts, err);
	add_row(table, &image, &facts);
	return 0;
}

/* The images of a store; of one that is not there: none. */
static int read_images(const struct store_opts *opts, struct layout *ret_layout,
		       struct index *ret_index, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autofree char *path = NULL;
	struct error cause = { 0 };
	int there = opts_open_store(opts, &store, err);

	if (there <= 0)
		return there;
	path = xasprintf("%s/images", store.path);
	if (layout_open(path, LAYOUT_READ, ret_layout, &cause) == 0)
		return layout_read_index(ret_layout, ret_index, err);
	if (cause.code == ERROR_NOT_FOUND)
		return 0;
	return error_move(err, &cause);
}

int image_ls(const void *opts_, const struct strlist *operands, struct error *err)
{
	static const char *const headings[] = { "REPOSITORY", "TAG",  "DIGEST", "PLATFORM",
						"CREATED",    "SIZE", NULL };
	const struct store_opts *opts = opts_;
	enum list_form form = opts_list_form(opts);
	autolayout struct layout layout = LAYOUT_INIT;
	autoindex struct index index = INDEX_INIT;
	autotable struct table table = { 0 };
	autofree const struct descriptor **entries = NULL;

	if (operands->len) {
		error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
		return error_hint(err, "the list has all; '%s NAME' shows one",
				  message_verb() ? "ctnr inspect" : "ctnr-store image show");
	}
	if (read_images(opts, &layout, &index, err) < 0)
		return -1;
	table_init(&table, headings);
	entries = sorted_entries(&index);
	for (size_t i = 0; i < index.n_manifests; i++) {
		if (opts->unnamed == OPTION_FALSE &&
		    !descriptor_annotation(entries[i], ANNOTATION_REF_NAME))
			continue;
		if (list_entry(&layout, entries[i], form, &table, err) < 0)
			return -1;
	}
	if (form == LIST_TABLE)
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
