/* SPDX-License-Identifier: Apache-2.0 */
#include "check/recovery.h"

#include "collect/inventory.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "store/bundle.h"
#include "store/image.h"
#include "store/refcache.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void recovery_release(struct recovery *recovery)
{
	json_free(&recovery->manifests);
	strlist_release(&recovery->names);
	strlist_release(&recovery->unnamed);
	strlist_release(&recovery->lost);
}

struct recovering {
	const struct scope *scope;
	const struct salvage *salvage;
	struct recovery *recovery;
	json_t *wanted; /* names, a set; NULL: all */
	json_t *candidates; /* name: { "descriptor", "time" } */
};

/* Is the document of a descriptor there, and one? */
static bool is_readable(const struct layout *layout, const struct descriptor *descriptor)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autoindex struct index index = INDEX_INIT;

	if (media_type_kind(descriptor->media_type) == MEDIA_INDEX)
		return layout_read_nested_index(layout, descriptor, &index, NULL) == 0;
	return layout_read_manifest(layout, descriptor, &manifest, NULL) == 0;
}

/* Of two candidates for a name the younger one counts. */
static void add_candidate(struct recovering *recovering, const char *ref,
			  const struct descriptor *from, int64_t time)
{
	const json_t *other = json_object_get(recovering->candidates, ref);
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;
	json_t *candidate;

	if ((recovering->wanted && !json_object_get(recovering->wanted, ref)) ||
	    (other && json_integer_value(json_object_get(other, "time")) >= time) ||
	    !is_readable(&recovering->scope->layout, from))
		return;
	descriptor_copy(from, &descriptor);
	descriptor_set_annotation(&descriptor, ANNOTATION_REF_NAME, ref);
	candidate = json_object();
	json_object_set_new(candidate, "descriptor", descriptor_to_json(&descriptor));
	json_object_set_new(candidate, "time", json_integer(time));
	json_object_set_new(recovering->candidates, ref, candidate);
}

static int add_remembered(const struct refcache_entry *entry, void *data, struct error *err)
{
	(void)err;
	add_candidate(data, entry->ref, entry->descriptor, entry->time);
	return 0;
}

/* What cache/refs/ knows of a name is younger than a bundle: a bundle keeps what its image was called. */
static int add_image_of_bundle(const struct bundle *bundle, void *data, struct error *err)
{
	(void)err;
	/* Also of an image in another layout: the store may have been elsewhere. */
	if (bundle->image.layout && bundle->image.ref)
		add_candidate(data, bundle->image.ref, &bundle->image.descriptor, 0);
	return 0;
}

static void take_candidates(struct recovering *recovering)
{
	const char *ref;
	json_t *candidate;

	json_object_foreach (recovering->candidates, ref, candidate) {
		json_array_append(recovering->recovery->manifests,
				  json_object_get(candidate, "descriptor"));
		strlist_append(&recovering->recovery->names, ref);
	}
}

static void add_reached(struct reach *reach, const json_t *manifests)
{
	for (size_t i = 0; i < json_array_size(manifests); i++) {
		struct jnode node = jnode_root(json_array_get(manifests, i), LAYOUT_INDEX_FILE);
		autodescriptor struct descriptor entry = DESCRIPTOR_INIT;

		if (descriptor_from_json(&node, &entry, NULL) == 0)
			reach_add(reach, &entry);
	}
}

/* Images that no entry reaches. Of one that was converted both forms are there: Docker's is looked at last, when
 * its config is known to be another one's. */
struct unnamed_search {
	struct recovering *recovering;
	struct reach reach;
	bool is_docker;
};

/* Read a blob that begins as a document does. */
static bool read_document(const struct layout *layout, const struct descriptor *descriptor,
			  struct str *ret)
{
	autoclose int fd = layout_open_blob(layout, descriptor, NULL);
	char first;

	return fd >= 0 && pread(fd, &first, 1, 0) == 1 && first == '{' &&
	       fd_read_rest(fd, MANIFEST_MAX, ret, NULL) == 0;
}

/* Is a blob of that size the manifest of an image that is looked for? Then descriptor becomes its own. */
static bool read_unnamed(const struct unnamed_search *search, struct descriptor *descriptor)
{
	const struct layout *layout = &search->recovering->scope->layout;
	automanifest struct manifest manifest = MANIFEST_INIT;
	autostr struct str text = STR_INIT;

	if (descriptor->size > MANIFEST_MAX || !read_document(layout, descriptor, &text) ||
	    manifest_parse(text.data, text.len, NULL, &manifest, NULL) < 0 ||
	    media_type_kind(manifest.config.media_type) != MEDIA_CONFIG ||
	    media_type_is_docker(manifest.media_type ? manifest.media_type : "") !=
		    search->is_docker ||
	    (search->is_docker && reach_has(&search->reach, manifest.config.digest.text)))
		return false;
	descriptor->media_type =
		xstrdup(manifest.media_type && *manifest.media_type ? manifest.media_type
								    : MEDIA_TYPE_MANIFEST);
	image_fill_platform(layout, descriptor);
	return true;
}

static int add_unnamed(const struct inventory_blob *blob, void *data, struct error *err)
{
	struct unnamed_search *search = data;
	struct recovery *recovery = search->recovering->recovery;
	autodescriptor struct descriptor descriptor = {
		.digest = blob->digest,
		.size = (uint64_t)blob->stat.st_size,
	};

	(void)err;
	if (blob->is_aside || reach_has(&search->reach, blob->digest.text) ||
	    !read_unnamed(search, &descriptor))
		return 0;
	json_array_append_new(recovery->manifests, descriptor_to_json(&descriptor));
	strlist_append(&recovery->unnamed, blob->digest.text);
	return 0;
}

static void add_all_unnamed(struct recovering *recovering)
{
	struct unnamed_search search = { .recovering = recovering };

	reach_init(&search.reach, &recovering->scope->layout);
	add_reached(&search.reach, recovering->recovery->manifests);
	inventory_each_blob(&recovering->scope->layout, add_unnamed, &search, NULL);
	add_reached(&search.reach, recovering->recovery->manifests);
	search.is_docker = true;
	inventory_each_blob(&recovering->scope->layout, add_unnamed, &search, NULL);
	reach_release(&search.reach);
}

/* The valid entries as they are, and those of algorithms that are not known here. */
static void take_salvaged(struct recovering *recovering)
{
	const json_t *manifests = json_object_get(recovering->salvage->document, "manifests");

	for (size_t i = 0; i < json_array_size(manifests); i++) {
		json_t *entry = json_array_get(manifests, i);
		struct jnode node = jnode_root(entry, LAYOUT_INDEX_FILE);
		autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

		if (descriptor_from_index(&node, &descriptor, NULL) >= 0)
			json_array_append(recovering->recovery->manifests, entry);
	}
}

static void note_lost(const struct recovering *recovering)
{
	const struct strlist *names = &recovering->salvage->lost_names;

	for (size_t i = 0; i < names->len; i++)
		if (!json_object_get(recovering->candidates, names->items[i]))
			strlist_append(&recovering->recovery->lost, names->items[i]);
}

/* Of an index.json that could be read the names are known that it has lost, and no others. */
static json_t *wanted_names(const struct salvage *salvage)
{
	json_t *wanted;

	if (!salvage->document)
		return NULL;
	wanted = json_object();
	for (size_t i = 0; i < salvage->lost_names.len; i++)
		json_object_set_new(wanted, salvage->lost_names.items[i], json_true());
	return wanted;
}

void recovery_make(const struct scope *scope, const struct salvage *salvage, struct recovery *ret)
{
	struct recovering recovering = {
		.scope = scope,
		.salvage = salvage,
		.recovery = ret,
		.wanted = wanted_names(salvage),
		.candidates = json_object(),
	};

	*ret = (struct recovery)RECOVERY_INIT;
	ret->manifests = json_array();
	take_salvaged(&recovering);
	refcache_each(scope->store, add_remembered, &recovering, NULL);
	bundle_each(scope->store, add_image_of_bundle, &recovering, NULL);
	take_candidates(&recovering);
	note_lost(&recovering);
	/* Otherwise what has no name is waiting for a collector. */
	if (!salvage->document || ret->lost.len)
		add_all_unnamed(&recovering);
	json_free(&recovering.wanted);
	json_free(&recovering.candidates);
}
