/* SPDX-License-Identifier: Apache-2.0 */
#include "check/scope.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>

static bool keeps_entry(const struct descriptor *entry, void *data)
{
	return scope_has_entry(data, entry);
}

static bool keeps_bundle(const struct bundle *bundle, void *data)
{
	return scope_has_bundle(data, bundle->id);
}

int scope_init(struct scope *scope, const struct store *store, const char *path, struct error *err)
{
	struct error cause = { 0 };

	*scope = (struct scope) {
		.store = store,
		.layout = LAYOUT_INIT,
		.entries = json_object(),
		.bundles = json_object(),
		.volumes = json_object(),
		.roots_scope = { &scope->layout, store, keeps_entry, keeps_bundle, scope },
	};
	roots_init(&scope->selected, &scope->roots_scope);
	scope->layout.path = xstrdup(path);
	scope->layout.dirfd = dir_open_at(AT_FDCWD, path, &cause);
	if (scope->layout.dirfd >= 0 || cause.saved_errno == ENOENT)
		return 0;
	return error_move(err, &cause);
}

void scope_release(struct scope *scope)
{
	layout_release(&scope->layout);
	json_free(&scope->entries);
	json_free(&scope->bundles);
	json_free(&scope->volumes);
	roots_release(&scope->selected);
}

void scope_close(struct scope *scope)
{
	struct roots *selected = &scope->selected;

	if (scope->is_whole)
		return;
	/* What cannot be read is found to be so later. */
	if (scope->layout.dirfd >= 0)
		roots_add_names(selected, NULL);
	roots_add_bundles(selected, NULL);
	if (scope->store)
		roots_know_layers(selected, NULL);
}

static bool has_member(const struct scope *scope, const json_t *set, const char *name)
{
	return scope->is_whole || (name && json_object_get(set, name));
}

bool scope_has_entry(const struct scope *scope, const struct descriptor *entry)
{
	return has_member(scope, scope->entries, entry->digest.text) ||
	       has_member(scope, scope->entries, descriptor_annotation(entry, ANNOTATION_REF_NAME));
}

bool scope_has_bundle(const struct scope *scope, const char *id)
{
	return has_member(scope, scope->bundles, id);
}

bool scope_has_volume(const struct scope *scope, const char *name)
{
	return has_member(scope, scope->volumes, name);
}

bool scope_has_blob(const struct scope *scope, const char *digest)
{
	return scope->is_whole || roots_have_blob(&scope->selected, digest);
}

bool scope_has_layer(const struct scope *scope, const char *path)
{
	return scope->is_whole || roots_have_layer(&scope->selected, path);
}

char *scope_layout_path(const struct scope *scope, const char *path)
{
	return xasprintf("%s%s", scope->store ? "images/" : "", path);
}
