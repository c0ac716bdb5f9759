/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"
#include "check/salvage.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Is it there, of whatever kind? */
static bool is_there(const struct layout *layout, const char *name)
{
	struct stat st;

	return fstatat(layout->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct finding *add_index_finding(struct look *look, const char *name)
{
	autofree char *path = scope_layout_path(look->scope, name);
	struct finding *finding = findings_add(&look->findings, FINDING_INDEX, name, path);

	finding->remedy = look->scope->store ? REMEDY_REWRITE : REMEDY_NONE;
	return finding;
}

/* The files of a layout are made before its first blob, oci-layout last. A kill in between is made good by the
 * next fetch. */
static bool is_unfinished(const struct layout *layout)
{
	autostrlist struct strlist blobs = STRLIST_INIT;

	if (is_there(layout, LAYOUT_FILE))
		return false;
	dir_list_at(layout->dirfd, "blobs/sha256", &blobs, NULL);
	return blobs.len == 0;
}

static void look_at_version(struct look *look)
{
	struct error cause = { 0 };

	if (layout_check_version(look->scope->layout.dirfd, &cause) < 0)
		finding_describe_error(add_index_finding(look, LAYOUT_FILE), &cause);
}

/* Several entries may have one name, one for each platform. Of two for one platform the first is hidden. */
static void look_for_hidden_entry(struct look *look, json_t *names, const struct descriptor *entry)
{
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	char platform[PLATFORM_TEXT_MAX];
	autofree char *key = NULL;
	const char *other;
	struct finding *finding;

	if (!name)
		return;
	key = xasprintf("%s %s", name, platform_format(&entry->platform, platform));
	other = json_string_value(json_object_get(names, key));
	if (other && strcmp(other, entry->digest.text) != 0) {
		finding = findings_add(&look->findings, FINDING_NAME, name, NULL);
		finding_describe(finding, "stands for %s too, which the last entry hides", other);
		finding_set_remark(finding, REMEDY_NONE);
	}
	json_object_set_new(names, key, json_string(entry->digest.text));
}

static void look_at_entries(struct look *look, const struct index *index)
{
	autojson json_t *names = json_object();
	autojson json_t *images = json_object();

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *entry = &index->manifests[i];

		if (!scope_has_entry(look->scope, entry))
			continue;
		look_for_hidden_entry(look, names, entry);
		json_object_set_new(images, entry->digest.text, json_true());
		look_at_image(look, entry);
	}
	/* One with several names is one image. */
	look->counts.images += json_object_size(images);
}

/* index.json is damaged: what is valid in it is looked at all the same. */
static void look_at_rest(struct look *look, const struct error *cause)
{
	autosalvage struct salvage salvage;

	finding_describe_error(add_index_finding(look, LAYOUT_INDEX_FILE), cause);
	salvage_read(&look->scope->layout, &salvage);
	look_at_entries(look, &salvage.index);
}

void look_at_layout(struct look *look)
{
	const struct layout *layout = &look->scope->layout;
	autoindex struct index index = INDEX_INIT;
	struct error cause = { 0 };
	bool unfinished = is_unfinished(layout);

	if (!unfinished)
		look_at_version(look);
	look->has_names = layout_read_index(layout, &index, &cause) == 0;
	if (look->has_names)
		look_at_entries(look, &index);
	else if (!unfinished || cause.code != ERROR_NOT_FOUND)
		look_at_rest(look, &cause);
}
