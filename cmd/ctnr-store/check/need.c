/* SPDX-License-Identifier: Apache-2.0 */
#include "check/need.h"

#include "check/salvage.h"

#include "base/alloc.h"
#include "oci/reference.h"
#include "store/bundle.h"
#include "store/bundle_stack.h"
#include "system/fd.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Findings by the name of what is damaged: a digest, or the path of a layer. */
struct need_search {
	const struct scope *scope;
	struct findings *findings;
	json_t *blobs; /* positions of findings */
	json_t *layers;
	bool *has_source; /* of each finding: can a name that needs it be fetched? */
	bool *has_name;
};

static bool is_about_blob(const struct finding *finding)
{
	return finding->kind == FINDING_MANIFEST || finding->kind == FINDING_CONFIG ||
	       finding->kind == FINDING_BLOB;
}

static struct finding *found_at(const struct need_search *search, const json_t *position)
{
	return &search->findings->items[json_integer_value(position)];
}

char *need_source(const struct descriptor *entry)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	const char *source = descriptor_annotation(entry, ANNOTATION_SOURCE);
	autoreference struct reference reference = REFERENCE_INIT;
	struct digest digest;

	if (!name || !reference_has_registry(name) || reference_parse(name, &reference, NULL) < 0 ||
	    strcmp(reference.registry, REFERENCE_LOCAL) == 0)
		return NULL;
	if (!source || digest_parse(source, &digest, NULL) < 0)
		digest = entry->digest;
	return xasprintf("docker://%s/%s@%s", reference.registry, reference.repository,
			 digest.text);
}

static void note_need(struct need_search *search, const json_t *position, const char *who)
{
	struct finding *finding = found_at(search, position);

	if (!strlist_contains(&finding->needed_by, who))
		strlist_append(&finding->needed_by, who);
}

/* Note what of the damaged blobs an image reaches. */
static void note_reached(struct need_search *search, const struct reach *reach, const char *who,
			 const struct descriptor *entry)
{
	autofree char *source = entry ? need_source(entry) : NULL;
	const char *digest;
	json_t *position;

	json_object_foreach (search->blobs, digest, position) {
		if (!reach_has(reach, digest))
			continue;
		note_need(search, position, who);
		if (!entry)
			continue;
		search->has_name[json_integer_value(position)] = true;
		if (source)
			search->has_source[json_integer_value(position)] = true;
	}
}

static void note_entry(struct need_search *search, const struct descriptor *entry)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	autoreach struct reach reach;

	reach_init(&reach, &search->scope->layout);
	reach_add(&reach, entry);
	note_reached(search, &reach, name ? name : entry->digest.text, entry);
}

static void note_entries(struct need_search *search)
{
	autosalvage struct salvage salvage;

	salvage_read(&search->scope->layout, &salvage);
	for (size_t i = 0; i < salvage.index.n_manifests; i++)
		note_entry(search, &salvage.index.manifests[i]);
}

static void note_links(struct need_search *search, const struct bundle *bundle, const char *who)
{
	autostrlist struct strlist layers = STRLIST_INIT;

	bundle_stack_list_layers(bundle->dirfd, &layers);
	for (size_t i = 0; i < layers.len; i++) {
		autofree char *path = xasprintf("layers/%s", layers.items[i]);
		const json_t *position = json_object_get(search->layers, path);

		if (position)
			note_need(search, position, who);
	}
}

static int note_bundle(const struct bundle *bundle, void *data, struct error *err)
{
	struct need_search *search = data;
	autofree char *who = xasprintf("bundle %s", bundle->id);
	autoreach struct reach reach;

	(void)err;
	reach_init(&reach, &search->scope->layout);
	if (bundle->image.layout)
		reach_add(&reach, &bundle->image.descriptor);
	note_reached(search, &reach, who, NULL);
	note_links(search, bundle, who);
	return 0;
}

/* Which findings there are to be asked about. */
static void list_damage(struct need_search *search)
{
	for (size_t i = 0; i < search->findings->len; i++) {
		const struct finding *finding = &search->findings->items[i];
		json_t *position = json_integer((json_int_t)i);

		if (finding->is_damage && is_about_blob(finding))
			json_object_set(search->blobs, finding->name, position);
		else if (finding->is_damage && finding->kind == FINDING_LAYER)
			json_object_set(search->layers, finding->name, position);
		json_decref(position);
	}
}

static void decide_about_blob(const struct need_search *search, size_t i)
{
	struct finding *finding = &search->findings->items[i];

	if (search->has_source[i]) {
		finding->remedy = REMEDY_FETCH;
		return;
	}
	if (search->has_name[i]) {
		finding->remedy = REMEDY_NONE;
		free(finding->reason);
		finding->reason =
			xstrdup("no registry is known to have it: make or pull the image again");
		return;
	}
	finding->remedy = REMEDY_REMOVE;
}

static void decide(const struct need_search *search)
{
	for (size_t i = 0; i < search->findings->len; i++) {
		struct finding *finding = &search->findings->items[i];

		if (!finding->is_damage)
			continue;
		if (is_about_blob(finding))
			decide_about_blob(search, i);
		else if (finding->kind == FINDING_LAYER && finding->needed_by.len)
			finding->remedy = REMEDY_UNPACK;
	}
}

void need_find(const struct scope *scope, struct findings *findings)
{
	struct need_search search = {
		.scope = scope,
		.findings = findings,
		.blobs = json_object(),
		.layers = json_object(),
		.has_source = xcalloc(findings->len + 1, sizeof(bool)),
		.has_name = xcalloc(findings->len + 1, sizeof(bool)),
	};

	list_damage(&search);
	if (json_object_size(search.blobs) && scope->layout.dirfd >= 0)
		note_entries(&search);
	if (scope->store && json_object_size(search.blobs) + json_object_size(search.layers))
		bundle_each(scope->store, note_bundle, &search, NULL);
	decide(&search);
	json_decref(search.blobs);
	json_decref(search.layers);
	free(search.has_source);
	free(search.has_name);
}
