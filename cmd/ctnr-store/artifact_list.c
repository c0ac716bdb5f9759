/* SPDX-License-Identifier: Apache-2.0 */
/*
 * artifact ls and artifact show. An artifact has a name as an image has, and is listed by both: what it is, its
 * manifest says, which is read here.
 */
#include "image_kind.h"
#include "listed_entry.h"
#include "operand.h"
#include "opts.h"
#include "verbs.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/media_type.h"
#include "store/image_resolve.h"

#include <inttypes.h>

/* What the list says of an artifact. */
struct artifact {
	struct manifest manifest;
	const char *type; /* borrowed from the manifest; "" when none is stated */
	const char *created; /* likewise */
	uint64_t size; /* bytes of its blobs */
};

static void artifact_release(struct artifact *artifact)
{
	manifest_release(&artifact->manifest);
}

/* A text of the manifest, or "". */
static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_text(json_object_get(object, key));

	return text ? text : "";
}

/* Read an entry. False when it is no artifact, or nothing that can be read: check tells of that. */
static bool read_artifact(const struct layout *layout, const struct descriptor *entry,
			  struct artifact *ret)
{
	const struct manifest *manifest = &ret->manifest;

	if (entry->platform.os[0] || media_type_kind(entry->media_type) != MEDIA_MANIFEST ||
	    layout_read_manifest(layout, entry, &ret->manifest, NULL) < 0 ||
	    image_kind_of(manifest) != IMAGE_KIND_ARTIFACT)
		return false;
	ret->type = text_of(manifest->json, "artifactType");
	if (!*ret->type)
		ret->type = manifest->config.media_type;
	ret->created = text_of(json_object_get(manifest->json, "annotations"), ANNOTATION_CREATED);
	ret->size = entry->size + manifest->config.size;
	for (size_t i = 0; i < manifest->n_layers; i++)
		ret->size += manifest->layers[i].size;
	return true;
}

static int print_record(const struct layout *layout, const struct index_entry *entry,
			const struct artifact *artifact, struct error *err)
{
	autostr struct str record = STR_INIT;

	listed_entry_append_record(entry, layout, &record);
	str_append(&record, ",\"artifactType\":");
	str_append_json(&record, artifact->type);
	str_appendf(&record, ",\"size\":%" PRIu64, artifact->size);
	if (*artifact->created) {
		str_append(&record, ",\"created\":");
		str_append_json(&record, artifact->created);
	}
	str_append_char(&record, '}');
	return json_print_text(stdout, record.data, err);
}

static void add_row(struct table *table, const struct index_entry *entry,
		    const struct artifact *artifact)
{
	autostr struct str size = STR_INIT;
	autofree char *age = NULL;
	int64_t created;

	listed_entry_add_name(entry, table);
	table_add(table, artifact->type);
	if (clock_parse_rfc3339(artifact->created, &created))
		age = table_age((time_t)created, (time_t)(clock_wall_ns() / CLOCK_NS));
	table_add(table, age);
	str_append_size(&size, artifact->size);
	table_add(table, size.data);
}

static int list_entry(const struct layout *layout, const struct index_entry *entry,
		      enum list_form form, struct table *table, struct error *err)
{
	autocleanup(artifact_release) struct artifact artifact = { .manifest = MANIFEST_INIT };

	if (entry->is_referrer || !read_artifact(layout, &entry->descriptor, &artifact))
		return 0;
	if (form == LIST_RECORDS)
		return print_record(layout, entry, &artifact, err);
	if (form == LIST_TABLE)
		add_row(table, entry, &artifact);
	else
		puts(listed_entry_name(entry));
	return 0;
}

static int list_artifacts(const struct store_opts *opts, struct table *table, struct error *err)
{
	autostore struct store store = STORE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	autoindexlist struct index_list list = INDEX_LIST_INIT;
	int there = opts_open_store(opts, &store, err);

	if (there > 0)
		there = opts_open_images(&store, &layout, err);
	if (there <= 0)
		return there;
	if (index_list_read(&layout, &list, err) < 0)
		return store_damaged(err);
	for (size_t i = 0; i < list.n_entries; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;

		index_list_get(&list, i, &entry);
		if (list_entry(&layout, &entry, opts_list_form(opts), table, err) < 0)
			return -1;
	}
	return 0;
}

int artifact_ls(const void *opts_, const struct strlist *operands, struct error *err)
{
	static const char *const headings[] = { "REPOSITORY", "TAG",  "DIGEST", "TYPE",
						"CREATED",    "SIZE", NULL };
	const struct store_opts *opts = opts_;
	autotable struct table table = { 0 };

	if (operands->len) {
		error_set(err, ERROR_USAGE, "unexpected operand '%s'", operands->items[0]);
		return error_hint(err, "the list has all");
	}
	table_init(&table, headings);
	if (list_artifacts(opts, &table, err) < 0)
		return -1;
	if (opts_list_form(opts) == LIST_TABLE)
		table_print(stdout, &table);
	return 0;
}

static int show_word(const char *word, void *data, struct error *err)
{
	autoimage struct image image = IMAGE_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	autojson json_t *record = NULL;

	if (image_resolve(data, word, NULL, &image, err) < 0)
		return -1;
	if (image_open(&image, &layout, &manifest, err) < 0) {
		image_found_unfit(err);
		return error_prefix(err, "artifact '%s'", word);
	}
	if (image_kind_of(&manifest) != IMAGE_KIND_ARTIFACT) {
		error_set(err, ERROR_FAILED, "'%s' is no artifact but an image", word);
		return error_hint(err, "'ctnr inspect' shows it");
	}
	record = image_to_json(&image);
	json_object_set(record, "manifest", manifest.json);
	return json_show(stdout, record, err);
}

int artifact_show(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct store_opts *opts = opts_;
	autostore struct store store = STORE_INIT;
	int there;

	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "no artifact given");
	there = opts_open_store(opts, &store, err);
	if (there < 0)
		return -1;
	return operand_each(operands, show_word, there ? &store : NULL, err);
}
