/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_facts.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "oci/image_config.h"
#include "oci/media_type.h"
#include "store/image_facts_file.h"
#include "store/image_facts_memory.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>

/* Of the fields of a platform in the file. */
#define PLATFORM_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789_.-"

#define GO_ZERO_TIME INT64_C(-62135596800) /* 0001-01-01T00:00:00Z: of Go's programs, no time */

/* Is a blob there, and not of the size that a descriptor states? Then it is remembered as damaged. */
static bool blob_is_damaged(struct image_facts_memory *memory, uint32_t number, uint64_t size)
{
	if (!facts_blob_is_there(memory, number) || memory->blobs[number].size == size)
		return false;
	memory->blobs[number].is_damaged = true;
	return true;
}

/* Add what a member of a document names, a descriptor, to its children. Returns false when that is
 * damaged. */
static bool learn_child(struct image_facts_memory *memory, const json_t *descriptor, uint32_t kind)
{
	const char *text = json_text(json_object_get(descriptor, "digest"));
	json_int_t size = json_integer_value(json_object_get(descriptor, "size"));
	struct digest digest;
	uint32_t number;

	if (!text || digest_parse(text, &digest, NULL) < 0)
		return true;
	number = facts_blob_number(memory, &digest);
	facts_child_add(memory, number | kind);
	return !blob_is_damaged(memory, number, (uint64_t)size);
}

/* Add what a document names to its children. Returns false when some of that is damaged. */
static bool learn_children(struct image_facts_memory *memory, const json_t *json)
{
	const json_t *config = json_object_get(json, "config");
	bool whole = !config || learn_child(memory, config, 0);
	size_t i;
	json_t *entry;

	json_array_foreach (json_object_get(json, "layers"), i, entry)
		whole = learn_child(memory, entry, 0) && whole;
	json_array_foreach (json_object_get(json, "manifests"), i, entry)
		whole = learn_child(memory, entry, FACTS_CHILD_IS_DOCUMENT) && whole;
	return whole;
}

/* "linux/arm/v7/" for the file, new; "-" for what has no os, NULL where a field has characters that the
 * file cannot have. */
static char *platform_to_field(const struct platform *platform)
{
	autofree char *field = xasprintf("%s/%s/%s/%s", platform->os, platform->architecture,
					 platform->variant, platform->os_version);
	size_t slashes = 0;

	if (!platform->os[0])
		return xstrdup("-");
	for (const char *c = field; *c; c++)
		if (*c == '/')
			slashes++;
		else if (!strchr(PLATFORM_CHARACTERS, *c))
			return NULL;
	return slashes == 3 ? steal(&field) : NULL;
}

static void learn_created(struct facts_document *document, const char *created)
{
	document->dated = created && clock_parse_rfc3339(created, &document->created) &&
			  document->created != GO_ZERO_TIME;
}

/* The config of an artifact may be anything; of what made it the manifest tells. */
static bool learn_artifact(const struct manifest *manifest, struct facts_document *document)
{
	const json_t *annotations = json_object_get(manifest->json, "annotations");

	learn_created(document, json_text(json_object_get(annotations, ANNOTATION_CREATED)));
	document->platform = FACTS_ARTIFACT;
	return true;
}

/* What the config of an image's manifest says. Returns false when it should be asked again. */
static bool learn_config(struct image_facts_memory *memory, const struct descriptor *descriptor,
			 struct facts_document *document)
{
	autoimageconfig struct image_config config = IMAGE_CONFIG_INIT;
	autojson json_t *other = NULL;
	const json_t *json;
	char *platform;

	if (image_config_read(memory->layout, descriptor, &config, NULL) < 0)
		other = image_config_read_json(memory->layout, descriptor, NULL);
	json = config.json ? config.json : other;
	if (!json)
		return false;
	learn_created(document, json_text(json_object_get(json, "created")));
	platform = platform_to_field(&config.platform);
	if (!platform)
		return false;
	strlist_take(&memory->strings, platform);
	document->platform = platform;
	return true;
}

/* Read the document of that number. */
static void learn_document(struct image_facts_memory *memory, uint32_t number)
{
	char path[LAYOUT_BLOB_PATH_MAX];
	autostr struct str text = STR_INIT;
	automanifest struct manifest manifest = MANIFEST_INIT;
	struct facts_document *document = facts_document_add(memory, number);
	autojson json_t *other = NULL;
	struct digest digest;

	if (digest_parse(memory->blobs[number].digest, &digest, NULL) < 0 ||
	    file_read_at(memory->layout->dirfd, layout_blob_path(&digest, path), MANIFEST_MAX,
			 &text, NULL) < 0)
		return;
	if (manifest_parse(text.data, text.len, NULL, &manifest, NULL) == 0)
		document->whole = image_config_is_type(manifest.config.media_type)
					  ? learn_config(memory, &manifest.config, document)
					  : learn_artifact(&manifest, document);
	else
		document->whole = (other = json_parse(text.data, text.len, path, NULL));
	if (!learn_children(memory, manifest.json ? manifest.json : other) ||
	    memory->blobs[number].is_damaged)
		document->whole = false;
	memory->n_learned += document->whole;
}

/* Bytes of a blob, and of all that it reaches where it is a document, of what this round has not counted
 * yet. */
static uint64_t count_bytes(struct image_facts_memory *memory, uint32_t child, int depth)
{
	uint32_t number = child & ~FACTS_CHILD_IS_DOCUMENT;
	uint32_t document;
	uint64_t size;

	if (memory->blobs[number].round == memory->round)
		return 0;
	memory->blobs[number].round = memory->round;
	if (!facts_blob_is_there(memory, number))
		return 0;
	size = memory->blobs[number].size;
	if (!(child & FACTS_CHILD_IS_DOCUMENT) || depth > INDEX_NESTING_MAX)
		return size;
	if (memory->blobs[number].document == FACTS_NO_DOCUMENT)
		learn_document(memory, number);
	document = memory->blobs[number].document;
	memory->documents[document].used = true;
	for (uint32_t i = 0; i < memory->documents[document].n_children; i++) {
		uint32_t place = memory->documents[document].first_child + i;

		size += count_bytes(memory, memory->children[place], depth + 1);
	}
	return size;
}

/* What platform_to_field() made, or a word for none. */
static void platform_from_field(const char *field, struct platform *ret)
{
	struct {
		char *text;
		size_t size;
	} fields[] = {
		{ ret->os, sizeof(ret->os) },
		{ ret->architecture, sizeof(ret->architecture) },
		{ ret->variant, sizeof(ret->variant) },
		{ ret->os_version, sizeof(ret->os_version) },
	};

	*ret = (struct platform) { .os = "" };
	for (size_t i = 0; i < array_size(fields) && strchr(field, '/'); i++) {
		size_t len = strcspn(field, "/");

		snprintf(fields[i].text, fields[i].size, "%.*s", (int)len, field);
		field += len + (field[len] == '/');
	}
}

void image_facts_find(struct image_facts_memory *memory, const struct descriptor *descriptor,
		      const char *source, struct image_facts *ret)
{
	uint32_t number = facts_blob_number(memory, &descriptor->digest);
	const struct facts_document *document;
	struct digest digest;

	*ret = (struct image_facts) { .dated = false };
	memory->round++;
	/* Before it is read. */
	blob_is_damaged(memory, number, descriptor->size);
	ret->size = count_bytes(memory, number | FACTS_CHILD_IS_DOCUMENT, 0);
	if (source && digest_parse(source, &digest, NULL) == 0)
		ret->size += count_bytes(
			memory, facts_blob_number(memory, &digest) | FACTS_CHILD_IS_DOCUMENT, 0);
	if (memory->blobs[number].document == FACTS_NO_DOCUMENT ||
	    memory->blobs[number].presence != FACTS_THERE ||
	    memory->blobs[number].size != descriptor->size ||
	    media_type_kind(descriptor->media_type) != MEDIA_MANIFEST)
		return;
	document = &memory->documents[memory->blobs[number].document];
	ret->dated = document->dated;
	ret->created = document->created;
	ret->is_artifact = strcmp(document->platform, FACTS_ARTIFACT) == 0;
	platform_from_field(document->platform, &ret->platform);
}

struct image_facts_memory *image_facts_open(const struct store *store, const struct layout *layout)
{
	struct image_facts_memory *memory = facts_new(store, layout);

	facts_file_read(memory);
	facts_see_blobs(memory);
	return memory;
}

void image_facts_save(struct image_facts_memory *memory)
{
	facts_file_write(memory);
}

void image_facts_free(struct image_facts_memory *memory)
{
	if (!memory)
		return;
	str_release(&memory->text);
	strlist_release(&memory->strings);
	free(memory->blobs);
	free(memory->slots);
	free(memory->documents);
	free(memory->children);
	free(memory);
}
