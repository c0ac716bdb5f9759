/* SPDX-License-Identifier: Apache-2.0 */
#include "mount_candidates.h"

#include "base/alloc.h"
#include "oci/document.h"
#include "oci/index_list.h"
#include "oci/media_type.h"

#include <string.h>

void mount_candidates_release(struct mount_candidates *candidates)
{
	strlist_release(&candidates->repositories);
	json_free(&candidates->by_blob);
}

/* The repository that a name is in, new, where that is another one on the same server; else NULL. */
static char *repository_of(const struct mount_search *search, const char *name)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autoplacelist struct place_list places = PLACE_LIST_INIT;
	struct place *origin;

	if (!reference_has_registry(name) || reference_parse(name, &reference, NULL) < 0 ||
	    registries_conf_places(search->conf, &reference, REGISTRIES_BY_TAG, &places, NULL) < 0)
		return NULL;
	origin = &places.items[places.len - 1];
	if (strcmp(origin->registry, search->place->registry) != 0 ||
	    strcmp(origin->repository, search->place->repository) == 0)
		return NULL;
	return steal(&origin->repository);
}

/* The position of a repository in the list, where it is put. -1: the list is full. */
static int position_of_repository(struct mount_candidates *candidates, const char *repository)
{
	struct strlist *list = &candidates->repositories;

	for (size_t i = 0; i < list->len; i++)
		if (strcmp(list->items[i], repository) == 0)
			return (int)i;
	if (list->len == MOUNT_REPOSITORIES_MAX)
		return -1;
	strlist_append(list, repository);
	return (int)list->len - 1;
}

static bool has_position(const json_t *positions, int wanted)
{
	json_t *position;
	size_t i;

	json_array_foreach (positions, i, position)
		if (json_integer_value(position) == wanted)
			return true;
	return false;
}

static void add_blob(const struct mount_search *search, struct mount_candidates *candidates,
		     const char *repository, const struct descriptor *blob)
{
	json_t *positions = json_object_get(candidates->by_blob, blob->digest.text);
	int position;

	if (!json_object_get(search->blobs, blob->digest.text))
		return;
	position = position_of_repository(candidates, repository);
	if (position < 0 || has_position(positions, position))
		return;
	if (!positions) {
		positions = json_array();
		json_object_set_new(candidates->by_blob, blob->digest.text, positions);
	}
	json_array_append_new(positions, json_integer(position));
}

/* What cannot be read is no candidate. */
static void add_image(const struct mount_search *search, struct mount_candidates *candidates,
		      const char *repository, const struct descriptor *image)
{
	autodocument struct document document = { .media_type = xstrdup(image->media_type),
						  .digest = image->digest,
						  .bytes = STR_INIT };
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (layout_read_blob(search->layout, image, MANIFEST_MAX, &document.bytes, NULL) < 0 ||
	    document_parse_manifest(&document, &manifest, NULL) < 0)
		return;
	for (size_t i = 0; i < manifest.n_layers; i++)
		add_blob(search, candidates, repository, &manifest.layers[i]);
	add_blob(search, candidates, repository, &manifest.config);
}

int mount_candidates_find(const struct mount_search *search, struct mount_candidates *ret,
			  struct error *err)
{
	autoindexlist struct index_list list = INDEX_LIST_INIT;
	size_t n_images = 0;

	if (index_list_read(search->layout, &list, err) < 0)
		return -1;
	ret->by_blob = json_object();
	for (size_t i = 0; i < list.n_entries && n_images < MOUNT_IMAGES_MAX; i++) {
		autoindexentry struct index_entry entry = INDEX_ENTRY_INIT;
		autofree char *repository = NULL;

		index_list_get(&list, i, &entry);
		if (!entry.name || media_type_kind(entry.descriptor.media_type) != MEDIA_MANIFEST)
			continue;
		repository = repository_of(search, entry.name);
		if (!repository)
			continue;
		n_images++;
		add_image(search, ret, repository, &entry.descriptor);
	}
	return 0;
}

void mount_candidates_of(const struct mount_candidates *candidates, const struct digest *digest,
			 struct strlist *ret)
{
	const json_t *positions = json_object_get(candidates->by_blob, digest->text);
	json_t *position;
	size_t i;

	json_array_foreach (positions, i, position)
		strlist_append(ret, candidates->repositories.items[json_integer_value(position)]);
}
