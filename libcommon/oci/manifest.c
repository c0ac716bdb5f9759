/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/manifest.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/media_type.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PLATFORMS_SHOWN 12 /* in the message of a platform that is not there */

void manifest_release(struct manifest *manifest)
{
	if (!manifest)
		return;
	free(manifest->media_type);
	descriptor_release(&manifest->config);
	for (size_t i = 0; i < manifest->n_layers; i++)
		descriptor_release(&manifest->layers[i]);
	free(manifest->layers);
	json_free(&manifest->json);
	*manifest = (struct manifest)MANIFEST_INIT;
}

void index_release(struct index *index)
{
	if (!index)
		return;
	free(index->media_type);
	for (size_t i = 0; i < index->n_manifests; i++)
		descriptor_release(&index->manifests[i]);
	free(index->manifests);
	json_free(&index->json);
	*index = (struct index)INDEX_INIT;
}

static int verify_error(const struct jnode *node, struct error *err, const char *what)
{
	jnode_error(node, err, "%s", what);
	return error_recode(err, ERROR_VERIFY);
}

/*
 * What both documents have in common: the parser must not be able to see another kind of document
 * in the same bytes than the next program does (CVE-2021-41190). A member that is null is none.
 */
static int check_kind(const struct jnode *root, const char *said, enum media_kind kind,
		      const char *const *foreign_members, char **ret_media_type, struct error *err)
{
	struct jnode version_node = jnode_member(root, "schemaVersion");
	struct jnode type_node = jnode_member(root, "mediaType");
	const char *type = NULL;
	int64_t version = 2;

	if (!json_is_object(root->value))
		return verify_error(root, err, "expected object");
	if (jnode_integer_opt(&version_node, 0, INT_MAX, &version, err) < 0 ||
	    jnode_string_opt(&type_node, &type, err) < 0)
		return -1;
	if (version == 1)
		return verify_error(&version_node, err, "Docker schema 1 is not supported");
	if (version != 2)
		return verify_error(&version_node, err, "expected 2");
	/* What Go's programs write for none. */
	if (type && !*type)
		type = NULL;
	if (said && type && strcmp(said, type) != 0)
		return verify_error(&type_node, err, "not the media type it was announced with");
	if (!type)
		type = said;
	if (!type)
		type = kind == MEDIA_INDEX ? MEDIA_TYPE_INDEX : MEDIA_TYPE_MANIFEST;
	if (media_type_kind(type) != kind)
		return verify_error(root, err,
				    kind == MEDIA_INDEX
					    ? "the media type is not that of an index"
					    : "the media type is not that of a manifest");
	for (; *foreign_members; foreign_members++) {
		struct jnode foreign = jnode_member(root, *foreign_members);

		if (jnode_is_present(&foreign))
			return verify_error(&foreign, err,
					    kind == MEDIA_INDEX ? "does not belong in an index"
								: "does not belong in a manifest");
	}
	*ret_media_type = xstrdup(type);
	return 0;
}

/* No array is an empty one, as Go's programs write it. A descriptor for which read returns 1 is passed
 * over. */
static int read_descriptors(const struct jnode *array, size_t max,
			    int (*read)(const struct jnode *node, struct descriptor *ret,
					struct error *err),
			    struct descriptor **ret, size_t *ret_len, struct error *err)
{
	size_t len = 0;

	if (jnode_array(array, &len, err) < 0)
		return -1;
	if (len > max)
		return jnode_error(array, err, "%zu entries are too many (at most %zu)", len, max);
	*ret = xcalloc(len ? len : 1, sizeof(**ret));
	*ret_len = 0;
	for (size_t i = 0; i < len; i++) {
		struct jnode element = jnode_element(array, i);
		int status = read(&element, &(*ret)[*ret_len], err);

		if (status < 0)
			return -1;
		*ret_len += status == 0;
	}
	return 0;
}

int manifest_parse(const char *text, size_t len, const char *media_type, struct manifest *ret,
		   struct error *err)
{
	static const char *const of_an_index[] = { "manifests", "fsLayers", NULL };
	automanifest struct manifest m = MANIFEST_INIT;
	struct jnode root;
	struct jnode config;
	struct jnode layers;

	if (len > MANIFEST_MAX)
		return error_set(err, ERROR_VERIFY, "manifest: larger than %u bytes", MANIFEST_MAX);
	m.json = json_parse(text, len, "manifest", err);
	if (!m.json)
		return -1;
	root = jnode_root(m.json, "manifest");
	config = jnode_member(&root, "config");
	layers = jnode_member(&root, "layers");
	if (check_kind(&root, media_type, MEDIA_MANIFEST, of_an_index, &m.media_type, err) < 0 ||
	    descriptor_from_json(&config, &m.config, err) < 0 ||
	    read_descriptors(&layers, MANIFEST_LAYERS_MAX, descriptor_from_json, &m.layers,
			     &m.n_layers, err) < 0)
		return -1;
	*ret = m;
	m = (struct manifest)MANIFEST_INIT;
	return 0;
}

int index_parse(const char *text, size_t len, const char *media_type, struct index *ret,
		struct error *err)
{
	static const char *const of_a_manifest[] = { "config", "layers", "fsLayers", NULL };
	autoindex struct index index = INDEX_INIT;
	struct jnode root;
	struct jnode manifests;

	index.json = json_parse(text, len, "index", err);
	if (!index.json)
		return -1;
	root = jnode_root(index.json, "index");
	manifests = jnode_member(&root, "manifests");
	if (check_kind(&root, media_type, MEDIA_INDEX, of_a_manifest, &index.media_type, err) < 0 ||
	    read_descriptors(&manifests, INDEX_MANIFESTS_MAX, descriptor_from_index,
			     &index.manifests, &index.n_manifests, err) < 0)
		return -1;
	index.n_unusable = json_array_size(manifests.value) - index.n_manifests;
	*ret = index;
	index = (struct index)INDEX_INIT;
	return 0;
}

bool index_entry_is_no_image(const struct descriptor *descriptor)
{
	enum media_kind kind = media_type_kind(descriptor->media_type);

	return (kind != MEDIA_MANIFEST && kind != MEDIA_INDEX) ||
	       descriptor_annotation(descriptor, ANNOTATION_DOCKER_REFERENCE_TYPE) ||
	       (strcmp(descriptor->platform.os, platform_unknown.os) == 0 &&
		strcmp(descriptor->platform.architecture, platform_unknown.architecture) == 0);
}

/* "no image for linux/arm64: there is linux/amd64, linux/s390x" */
static void no_such_platform(const struct index *index, const struct platform *want,
			     struct error *err)
{
	autostr struct str there = STR_INIT;
	char text[PLATFORM_TEXT_MAX];
	size_t shown = 0;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *d = &index->manifests[i];

		if (index_entry_is_no_image(d) || !d->platform.os[0])
			continue;
		if (shown == PLATFORMS_SHOWN) {
			str_append(&there, ", ...");
			break;
		}
		str_appendf(&there, "%s%s", shown++ ? ", " : "",
			    platform_format(&d->platform, text));
	}
	error_set(err, ERROR_NOT_FOUND, "no image for %s%s%s%s", platform_format(want, text),
		  index->n_unusable ? " with a digest that can be verified" : "",
		  there.len ? ", there is " : "", there.data);
	if (there.len)
		error_hint(err, "choose one of them with --platform");
}

const struct descriptor *index_choose(const struct index *index, const struct platform *want,
				      struct error *err)
{
	const struct descriptor *best = NULL;
	const struct descriptor *unstated = NULL;
	struct platform host;
	int best_distance = INT_MAX;

	if (!want) {
		platform_host(&host);
		want = &host;
	}
	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *d = &index->manifests[i];
		int distance = platform_distance(&d->platform, want);

		if (index_entry_is_no_image(d))
			continue;
		if (!d->platform.os[0] && !unstated)
			unstated = d;
		if (distance >= 0 && distance < best_distance) {
			best = d;
			best_distance = distance;
		}
	}
	if (!best && !unstated)
		no_such_platform(index, want, err);
	return best ? best : unstated;
}

int index_resolve(const struct descriptor *descriptor, const struct platform *platform,
		  int (*read_index)(void *data, const struct descriptor *descriptor,
				    struct index *ret, struct error *err),
		  void *data, struct descriptor *ret, struct error *err)
{
	autodescriptor struct descriptor current = DESCRIPTOR_INIT;

	descriptor_copy(descriptor, &current);
	for (int depth = 0; depth <= INDEX_NESTING_MAX; depth++) {
		autoindex struct index index = INDEX_INIT;
		const struct descriptor *chosen;
		enum media_kind kind = media_type_kind(current.media_type);

		if (kind == MEDIA_MANIFEST) {
			*ret = current;
			current = (struct descriptor)DESCRIPTOR_INIT;
			return 0;
		}
		if (kind != MEDIA_INDEX)
			return error_set(err, ERROR_FAILED, "%s is not an image but '%s'",
					 current.digest.text, current.media_type);
		if (read_index(data, &current, &index, err) < 0)
			return -1;
		chosen = index_choose(&index, platform, err);
		if (!chosen)
			return -1;
		descriptor_release(&current);
		descriptor_copy(chosen, &current);
	}
	return error_set(err, ERROR_FAILED, "%s: more than %d indexes within each other",
			 descriptor->digest.text, INDEX_NESTING_MAX);
}
