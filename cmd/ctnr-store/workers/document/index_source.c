/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/index_source.h"

#include "target.h"
#include "workers/document/entry_platform.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/media_type.h"

#include <stdlib.h>

void index_source_release(struct index_source *source)
{
	for (size_t i = 0; i < source->n_entries; i++)
		descriptor_release(&source->entries[i]);
	free(source->entries);
}

/* Append an entry, which is taken. */
static void append_entry(struct index_source *source, struct descriptor *entry)
{
	source->entries = xgrow(source->entries, source->n_entries, sizeof(*source->entries));
	source->entries[source->n_entries++] = *entry;
	*entry = (struct descriptor)DESCRIPTOR_INIT;
}

/* The manifest of an image, or of an artifact: of what index.json says of it nothing is kept. */
static int describe_manifest(const struct naming *naming, const struct descriptor *there,
			     struct descriptor *ret, struct error *err)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	json_t *type;

	if (layout_read_manifest(&naming->layout, there, &manifest, err) < 0)
		return -1;
	*ret = (struct descriptor) {
		.media_type = xstrdup(there->media_type),
		.digest = there->digest,
		.size = there->size,
		.json = json_object(),
	};
	type = json_object_get(manifest.json, "artifactType");
	if (json_text(type))
		json_object_set(ret->json, "artifactType", type);
	return entry_platform_read(&naming->layout, &manifest, ret, err);
}

static int add_manifest(const struct naming *naming, const struct index_opts *opts,
			const struct descriptor *there, struct index_source *ret, struct error *err)
{
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;

	if (describe_manifest(naming, there, &entry, err) < 0 ||
	    entry_platform_apply(&opts->platform, &entry, err) < 0)
		return -1;
	append_entry(ret, &entry);
	return 0;
}

/* All entries as they stand; an index among them stays one. */
static int add_all(const struct naming *naming, const struct descriptor *there,
		   struct index_source *ret, struct error *err)
{
	autoindex struct index index = INDEX_INIT;
	size_t n_left_out;

	if (layout_read_nested_index(&naming->layout, there, &index, err) < 0)
		return -1;
	n_left_out = index.n_unusable;
	for (size_t i = 0; i < index.n_manifests; i++) {
		autodescriptor struct descriptor entry = DESCRIPTOR_INIT;
		enum media_kind kind = media_type_kind(index.manifests[i].media_type);

		if (kind != MEDIA_MANIFEST && kind != MEDIA_INDEX) {
			n_left_out++;
			continue;
		}
		if (naming_keep_blob(naming, &index.manifests[i], err) < 0)
			return -1;
		descriptor_copy(&index.manifests[i], &entry);
		append_entry(ret, &entry);
	}
	if (n_left_out)
		message_warning(
			"index %s: %zu of its entries are of types or have digests that are not known, leaving them out",
			there->digest.text, n_left_out);
	return 0;
}

/* The one image of an index that is for the platform. */
static int add_chosen(const struct naming *naming, const struct index_opts *opts,
		      const struct descriptor *there, struct index_source *ret, struct error *err)
{
	autodescriptor struct descriptor chosen = DESCRIPTOR_INIT;
	struct platform platform;
	int is_wanted = entry_platform_wanted(&opts->platform, &platform, err);

	if (is_wanted < 0 ||
	    layout_resolve(&naming->layout, there, is_wanted ? &platform : NULL, &chosen, err) < 0)
		return -1;
	if (naming_keep_blob(naming, &chosen, err) < 0 ||
	    entry_platform_apply(&opts->platform, &chosen, err) < 0)
		return -1;
	append_entry(ret, &chosen);
	return 0;
}

static int check_place(const struct target *target, struct error *err)
{
	if (target->in_store)
		return 0;
	error_set(err, ERROR_FAILED, "it is not in the store but in '%s'", target->layout);
	return error_hint(err, "'ctnr pull oci:%s:REF' copies it into the store", target->layout);
}

static int add_target(const struct naming *naming, const struct index_opts *opts,
		      const struct target *target, struct index_source *ret, struct error *err)
{
	const struct descriptor *there = &target->entry;

	if (check_place(target, err) < 0 || naming_keep_blob(naming, there, err) < 0)
		return -1;
	if (media_type_kind(there->media_type) != MEDIA_INDEX)
		return add_manifest(naming, opts, there, ret, err);
	return opts->all ? add_all(naming, there, ret, err)
			 : add_chosen(naming, opts, there, ret, err);
}

int index_source_add(const struct naming *naming, const struct index_opts *opts, const char *word,
		     struct index_source *ret, struct error *err)
{
	autotarget struct target target = TARGET_INIT;

	if (target_find(&naming->store, word, &target, err) < 0)
		return -1;
	if (add_target(naming, opts, &target, ret, err) < 0)
		return error_prefix(err, "image '%s'", word);
	return 0;
}

int index_source_digest(const struct naming *naming, const char *word, struct digest *ret,
			struct error *err)
{
	autotarget struct target target = TARGET_INIT;

	if (digest_parse(word, ret, NULL) == 0)
		return 0;
	if (target_find(&naming->store, word, &target, err) < 0)
		return -1;
	*ret = target.entry.digest;
	return 0;
}
