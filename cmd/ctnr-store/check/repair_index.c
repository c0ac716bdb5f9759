/* SPDX-License-Identifier: Apache-2.0 */
#include "check/recovery.h"
#include "check/repair.h"

#include "base/alloc.h"
#include "oci/media_type.h"
#include "store/refcache.h"
#include "system/fd.h"
#include "system/lock.h"

#include <string.h>
#include <unistd.h>

/* The damage of that file of the layout, or NULL. */
static struct finding *find_index_damage(const struct repair *repair, const char *name)
{
	for (size_t i = 0; i < repair->findings->len; i++) {
		struct finding *finding = &repair->findings->items[i];

		if (finding->is_damage && finding->kind == FINDING_INDEX &&
		    strcmp(finding->name, name) == 0)
			return finding;
	}
	return NULL;
}

static int write_index(const struct layout *layout, const struct salvage *salvage,
		       const struct recovery *recovery, struct error *err)
{
	autojson json_t *document =
		salvage->document ? json_copy(salvage->document) : json_object();
	autostr struct str text = STR_INIT;
	autofree char *line = NULL;

	json_object_set_new(document, "schemaVersion", json_integer(2));
	json_object_set_new(document, "mediaType", json_string(MEDIA_TYPE_INDEX));
	json_object_set(document, "manifests", recovery->manifests);
	line = json_format(document);
	str_append(&text, line);
	str_append_char(&text, '\n');
	return file_write_locked_at(layout->dirfd, LAYOUT_INDEX_FILE, text.data, text.len, 0644,
				    FILE_SYNC, err);
}

/* Say what the new index.json has, and what it has not. */
static void tell_recovered(struct repair *repair, const struct recovery *recovery)
{
	struct finding *finding;

	for (size_t i = 0; i < recovery->names.len; i++) {
		finding = findings_add(repair->findings, FINDING_NAME, recovery->names.items[i],
				       NULL);
		finding_describe(finding, "is known again");
		finding_set_remark(finding, REMEDY_NONE);
	}
	for (size_t i = 0; i < recovery->unnamed.len; i++) {
		finding = findings_add(repair->findings, FINDING_NAME, recovery->unnamed.items[i],
				       NULL);
		finding_describe(finding, "an image whose name is not known any more; "
					  "'ctnr tag' gives it one");
		finding_set_remark(finding, REMEDY_NONE);
	}
	for (size_t i = 0; i < recovery->lost.len; i++) {
		finding =
			findings_add(repair->findings, FINDING_NAME, recovery->lost.items[i], NULL);
		finding_describe(finding, "which image it stood for is not known any more");
		repair_refuse(finding, "'ctnr pull' gets it anew");
	}
}

/* Under the layout's lock, unless somebody has mended it meanwhile. Returns 1 when it was written. */
static int rewrite_index(struct repair *repair, struct error *err)
{
	const struct layout *layout = &repair->scope->layout;
	autoclose int lock =
		lock_open_at(layout->dirfd, LAYOUT_LOCK_FILE, LOCK_EXCLUSIVE, LOCK_WAIT, err);
	autoindex struct index index = INDEX_INIT;
	autosalvage struct salvage salvage = SALVAGE_INIT;
	autorecovery struct recovery recovery = RECOVERY_INIT;
	struct error cause = { 0 };

	if (lock < 0)
		return -1;
	repair_open_up(layout->dirfd, LAYOUT_INDEX_FILE);
	if (layout_read_index(layout, &index, &cause) == 0)
		return 0;
	/* The names in it would be lost. */
	if (!repair_may_replace(&cause))
		return error_move(err, &cause);
	salvage_read(layout, &salvage);
	recovery_make(repair->scope, &salvage, &recovery);
	if (repair_set_aside(layout->dirfd, LAYOUT_INDEX_FILE, err) < 0 ||
	    write_index(layout, &salvage, &recovery, err) < 0)
		return -1;
	refcache_clear(repair->scope->store);
	tell_recovered(repair, &recovery);
	return 1;
}

/* layout_open() makes it when it is not there. */
static int rewrite_version(const struct layout *layout, struct error *err)
{
	autolayout struct layout made = LAYOUT_INIT;

	if (repair_set_aside(layout->dirfd, LAYOUT_FILE, err) < 0)
		return -1;
	unlinkat(layout->dirfd, LAYOUT_FILE, 0);
	return layout_open(layout->path, LAYOUT_CREATE, &made, err);
}

bool repair_index(struct repair *repair)
{
	struct finding *index = find_index_damage(repair, LAYOUT_INDEX_FILE);
	struct finding *version;
	struct error cause = { 0 };
	int written = 0;

	if (index)
		written = rewrite_index(repair, &cause);
	if (written < 0)
		repair_refuse(find_index_damage(repair, LAYOUT_INDEX_FILE), "%s", cause.message);
	version = find_index_damage(repair, LAYOUT_FILE);
	cause = (struct error) { 0 };
	if (version && rewrite_version(&repair->scope->layout, &cause) < 0)
		repair_refuse(version, "%s", cause.message);
	return written > 0;
}
