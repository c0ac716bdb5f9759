/* SPDX-License-Identifier: Apache-2.0 */
#include "present.h"

#include "oci/media_type.h"
#include "oci/tag.h"

#include <string.h>

/* Most documents that are looked at: a larger image is fetched again, which looks at them all. */
#define DOCUMENTS_MAX 1024

/* What is looked at below a descriptor. */
struct wholeness {
	const struct layout *layout;
	enum request_format format;
	size_t n_documents;
};

static bool has_blob(const struct wholeness *w, const struct descriptor *blob)
{
	return layout_has_blob(w->layout, &blob->digest, blob->size);
}

static bool manifest_is_whole(const struct wholeness *w, const struct descriptor *descriptor)
{
	automanifest struct manifest manifest = MANIFEST_INIT;

	if (w->format == REQUEST_OCI && media_type_is_docker(descriptor->media_type))
		return false;
	if (layout_read_manifest(w->layout, descriptor, &manifest, NULL) < 0 ||
	    !has_blob(w, &manifest.config))
		return false;
	for (size_t i = 0; i < manifest.n_layers; i++)
		if (!has_blob(w, &manifest.layers[i]))
			return false;
	return true;
}

static bool document_is_whole(struct wholeness *w, const struct descriptor *descriptor, int depth)
{
	autoindex struct index index = INDEX_INIT;
	enum media_kind kind = media_type_kind(descriptor->media_type);

	if (++w->n_documents > DOCUMENTS_MAX || depth > INDEX_NESTING_MAX)
		return false;
	if (kind == MEDIA_MANIFEST)
		return manifest_is_whole(w, descriptor);
	/* What is of another type is left out of a copy. */
	if (kind != MEDIA_INDEX)
		return true;
	if (layout_read_nested_index(w->layout, descriptor, &index, NULL) < 0)
		return false;
	for (size_t i = 0; i < index.n_manifests; i++)
		if (!document_is_whole(w, &index.manifests[i], depth + 1))
			return false;
	return true;
}

/* Does the entry stand for what has that digest? What was converted is not what --format keep asks for. */
static bool entry_is_of_digest(const struct request *request, const struct descriptor *entry)
{
	const char *source = descriptor_annotation(entry, ANNOTATION_SOURCE);

	if (strcmp(entry->digest.text, request->digest) == 0)
		return true;
	return request->opts->format == REQUEST_OCI && source &&
	       strcmp(source, request->digest) == 0;
}

/* The image of the name in the layout, when it is the one of the digest; a new descriptor. */
static int find_entry(const struct request *request, const struct layout *layout,
		      struct descriptor *ret)
{
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;

	if (tag_find_raw(layout, request->name, &entry, NULL) < 0 ||
	    !entry_is_of_digest(request, &entry))
		return -1;
	if (!request->wants_all)
		return layout_resolve(layout, &entry, &request->platform, ret, NULL);
	*ret = entry;
	entry = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

static int find_by_digest(const struct request *request, struct image *ret)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	struct wholeness wholeness = { &layout, (enum request_format)request->opts->format, 0 };

	/* What is wrong with the layout is for the fetch to say. */
	if (request_open_layout(request, LAYOUT_READ, &layout, NULL) < 0 ||
	    find_entry(request, &layout, &found) < 0 || !request_is_wanted(request, &found) ||
	    !document_is_whole(&wholeness, &found, 0))
		return 0;
	request_describe(request, &layout, &found, ret);
	return 1;
}

int present_find(const struct request *request, struct image *ret, struct error *err)
{
	if (request->opts->if_missing)
		return request_find_present(request, ret, err);
	/* What refers to an image is not known for ever, and a policy that is named may be another one than that
	 * by which the image came. */
	if (request->opts->with_referrers || request->opts->policy.policy)
		return 0;
	return request->digest ? find_by_digest(request, ret) : 0;
}
