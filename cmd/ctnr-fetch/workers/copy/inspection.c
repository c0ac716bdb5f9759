/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/copy/inspection.h"

#include "base/alloc.h"
#include "oci/image_config.h"
#include "oci/media_type.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct inspection {
	const struct request *request;
	const struct source *source;
	void *connection;
	struct document top; /* what the source gave */
	struct document chosen; /* the manifest for the platform, where that is another document */
};

static void inspection_release(struct inspection *inspection)
{
	document_release(&inspection->top);
	document_release(&inspection->chosen);
}
#define autoinspection autocleanup(inspection_release)

static bool is_index(const struct document *document)
{
	return media_type_kind(document->media_type) == MEDIA_INDEX;
}

static int inspection_begin(const struct request *request, const struct source *source,
			    void *connection, struct inspection *ret, struct error *err)
{
	*ret = (struct inspection) { .request = request,
				     .source = source,
				     .connection = connection,
				     .top = DOCUMENT_INIT,
				     .chosen = DOCUMENT_INIT };
	return source_get_document(source, connection, NULL, &ret->top, err);
}

static int read_inspected_index(void *data, const struct descriptor *want, struct index *ret,
				struct error *err)
{
	const struct inspection *inspection = data;
	autodocument struct document document = DOCUMENT_INIT;

	if (digest_equal(&want->digest, &inspection->top.digest))
		return document_parse_index(&inspection->top, ret, err);
	if (source_get_document(inspection->source, inspection->connection, want, &document, err) <
	    0)
		return -1;
	return document_parse_index(&document, ret, err);
}

/* Get the manifest for the platform. ret_platform is what an index says of it, without an os when there is
 * none. */
static int choose_document(struct inspection *inspection, struct platform *ret_platform,
			   struct error *err)
{
	autodescriptor struct descriptor top = DESCRIPTOR_INIT;
	autodescriptor struct descriptor chosen = DESCRIPTOR_INIT;

	document_describe(&inspection->top, &top);
	if (index_resolve(&top, &inspection->request->platform, read_inspected_index, inspection,
			  &chosen, err) < 0)
		return -1;
	*ret_platform = chosen.platform;
	if (digest_equal(&chosen.digest, &top.digest))
		return 0;
	return source_get_document(inspection->source, inspection->connection, &chosen,
				   &inspection->chosen, err);
}

static const struct document *chosen_document(const struct inspection *inspection)
{
	return inspection->chosen.media_type ? &inspection->chosen : &inspection->top;
}

/* The texts of the platforms that an index has images for, each once: a new array. */
static json_t *list_platforms(const struct index *index)
{
	autojson json_t *known = json_object();
	json_t *platforms = json_array();

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct platform *platform = &index->manifests[i].platform;
		char text[PLATFORM_TEXT_MAX];

		if (!platform->os[0] || index_entry_is_no_image(&index->manifests[i]) ||
		    json_object_get(known, platform_format(platform, text)))
			continue;
		json_object_set_new(known, text, json_true());
		json_array_append_new(platforms, json_string(text));
	}
	return platforms;
}

static int add_index(const struct inspection *inspection, json_t *record, struct error *err)
{
	autoindex struct index index = INDEX_INIT;

	if (!is_index(&inspection->top))
		return 0;
	if (document_parse_index(&inspection->top, &index, err) < 0)
		return -1;
	json_object_set_new(record, "platforms", list_platforms(&index));
	if (inspection->request->wants_all)
		json_object_set(record, "index", index.json);
	return 0;
}

/* The config of an image, new; of other artifacts there is none, which is NULL without an error. */
static json_t *get_config(const struct inspection *inspection, const struct manifest *manifest,
			  struct error *err)
{
	autostr struct str text = STR_INIT;

	if (media_type_kind(manifest->config.media_type) != MEDIA_CONFIG)
		return NULL;
	if (source_get_bytes(inspection->source, inspection->connection, &manifest->config,
			     IMAGE_CONFIG_MAX, &text, err) < 0)
		return NULL;
	if (json_check_values(text.data, text.len, IMAGE_CONFIG_VALUES_MAX, "image config", err) <
	    0)
		return NULL;
	return json_parse(text.data, text.len, "image config", err);
}

/* A size that is no number of JSON is none of anything that could be fetched. */
static json_t *describe_sizes(const struct document *document, const struct manifest *manifest)
{
	json_int_t own = (json_int_t)document->bytes.len;
	json_int_t config = (json_int_t)manifest->config.size;
	json_int_t layers = 0;
	json_int_t total;

	for (size_t i = 0; i < manifest->n_layers; i++)
		if (__builtin_add_overflow(layers, (json_int_t)manifest->layers[i].size, &layers))
			return NULL;
	if (__builtin_add_overflow(layers, own, &total) ||
	    __builtin_add_overflow(total, config, &total))
		return NULL;
	return json_pack("{sI sI sI sI}", "manifest", own, "config", config, "layers", layers,
			 "total", total);
}

/* The platform of an image without an index is what its config says. */
static void set_platform(const json_t *config, struct platform *platform, json_t *record)
{
	struct jnode root = jnode_root(config, "image config");
	char text[PLATFORM_TEXT_MAX];

	if (platform->os[0] || !config || platform_from_json(&root, platform, NULL) < 0 ||
	    !platform->os[0])
		return;
	json_object_set_new(record, "platforms", json_pack("[s]", platform_format(platform, text)));
}

static int add_image(struct inspection *inspection, json_t *record, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	autojson json_t *config = NULL;
	const struct document *document;
	struct platform platform = { 0 };
	struct error cause = { 0 };

	if (choose_document(inspection, &platform, err) < 0)
		return -1;
	document = chosen_document(inspection);
	if (document_parse_manifest(document, &manifest, err) < 0)
		return -1;
	config = get_config(inspection, &manifest, &cause);
	if (cause.code)
		return error_move(err, &cause);
	set_platform(config, &platform, record);
	document_describe(document, &descriptor);
	descriptor.platform = platform;
	json_object_set_new(record, "descriptor", descriptor_to_json(&descriptor));
	json_object_set(record, "manifest", manifest.json);
	if (config)
		json_object_set(record, "config", config);
	json_object_set_new(record, "sizes", describe_sizes(document, &manifest));
	return 0;
}

int inspection_print(const struct request *request, const struct source *source, void *connection,
		     struct error *err)
{
	autoinspection struct inspection inspection = { 0 };
	autojson json_t *record = NULL;

	if (inspection_begin(request, source, connection, &inspection, err) < 0)
		return -1;
	record = json_pack("{ss ss ss}", "reference", request->name, "digest",
			   inspection.top.digest.text, "mediaType", inspection.top.media_type);
	if (add_index(&inspection, record, err) < 0)
		return -1;
	if (!(request->wants_all && is_index(&inspection.top)) &&
	    add_image(&inspection, record, err) < 0)
		return -1;
	return json_show(stdout, record, err);
}

/* What was asked for without a platform is what the source gave. */
static int begin_raw(const struct request *request, const struct source *source, void *connection,
		     struct inspection *ret, struct error *err)
{
	struct platform ignored;

	if (inspection_begin(request, source, connection, ret, err) < 0)
		return -1;
	return request->opts->platform ? choose_document(ret, &ignored, err) : 0;
}

/* A terminal gets lines, whose other control characters are escaped. */
static void print_escaped(const struct str *bytes)
{
	const char *end = bytes->data + bytes->len;

	for (const char *line = bytes->data; line < end;) {
		const char *feed = memchr(line, '\n', (size_t)(end - line));
		autofree char *text = xstrndup(line, (size_t)((feed ? feed : end) - line));
		autostr struct str out = STR_INIT;

		str_append_escaped(&out, text);
		puts(out.data ? out.data : "");
		line = feed ? feed + 1 : end;
	}
}

int inspection_print_raw(const struct request *request, const struct source *source,
			 void *connection, struct error *err)
{
	autoinspection struct inspection inspection = { 0 };
	const struct str *bytes;

	if (begin_raw(request, source, connection, &inspection, err) < 0)
		return -1;
	bytes = &chosen_document(&inspection)->bytes;
	if (isatty(STDOUT_FILENO))
		print_escaped(bytes);
	else
		fwrite(bytes->data, 1, bytes->len, stdout);
	return 0;
}

int inspection_find_digest(const struct request *request, const struct source *source,
			   void *connection, struct digest *ret, struct error *err)
{
	autoinspection struct inspection inspection = { 0 };

	if (request->digest && !request->opts->platform)
		return digest_parse(request->digest, ret, err);
	if (begin_raw(request, source, connection, &inspection, err) < 0)
		return -1;
	*ret = chosen_document(&inspection)->digest;
	return 0;
}
