/* SPDX-License-Identifier: Apache-2.0 */
#include "check/look.h"
#include "collect/inventory.h"

#include "base/alloc.h"
#include "store/leftover.h"
#include "system/fd.h"
#include "system/tree_usage.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const leftover_problems[LEFTOVER_KIND_MAX] = {
	[LEFTOVER_TRASH] = "what a killed command was deleting",
	[LEFTOVER_BUNDLE] = "a bundle for a run that has ended",
	[LEFTOVER_ROOTFS] = "a root filesystem that was not finished",
	[LEFTOVER_LAYER] = "a layer that was not finished",
	[LEFTOVER_BLOB] = "a blob that was not finished",
	[LEFTOVER_VOLUME] = "a volume that was not finished",
	[LEFTOVER_FILE] = "a file that was not finished",
};

static void add_leftover(struct look *look, const char *path, const char *problem, uint64_t bytes)
{
	struct finding *finding = findings_add(&look->findings, FINDING_LEFTOVER, path, path);

	finding_describe(finding, "%s", problem);
	finding_set_remark(finding, REMEDY_COLLECT);
	finding->bytes = bytes;
}

/* The blocks of a file that come back; those of a tree are not counted. */
static uint64_t file_bytes(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1 ? tree_usage_blocks(st) : 0;
}

static int look_at_leftover(const struct leftover *leftover, void *data, struct error *err)
{
	struct look *look = data;
	struct stat st = { 0 };

	(void)err;
	if (leftover->in_use)
		return 0;
	fstatat(look->scope->store->dirfd, leftover->path, &st, AT_SYMLINK_NOFOLLOW);
	add_leftover(look, leftover->path, leftover_problems[leftover->kind], file_bytes(&st));
	return 0;
}

/* What the names need was looked at, and what else there is needs nothing but leases, sources and bundles:
 * the documents are not read again. */
static int read_roots(const struct look *look, struct roots *roots)
{
	const char *text;
	json_t *value;

	if (!look->has_names || roots_add_leases(roots, NULL) < 0)
		return -1;
	json_object_foreach (look->sources, text, value) {
		struct digest digest;

		if (digest_parse(text, &digest, NULL) == 0)
			reach_add_digest(&roots->reach, &digest);
	}
	if (roots_add_bundles(roots, NULL) < 0)
		return -1;
	for (size_t i = 0; i < look->n_images; i++)
		json_object_set_new(roots->reach.configs, look->images[i].config.text, json_true());
	return roots_know_layers(roots, NULL);
}

static void look_at_unneeded_blob(struct look *look, const struct roots *roots,
				  const struct inventory_blob *blob)
{
	char buffer[LAYOUT_BLOB_PATH_MAX];
	autofree char *path = NULL;

	if (json_object_get(look->seen, blob->digest.text) ||
	    roots_have_blob(roots, blob->digest.text))
		return;
	path = scope_layout_path(look->scope, blob->is_aside
						      ? layout_aside_path(&blob->digest, buffer)
						      : layout_blob_path(&blob->digest, buffer));
	add_leftover(look, path, "a blob that nothing needs", file_bytes(&blob->stat));
}

/* What no root reaches, while the roots are those that were read. */
struct unneeded_search {
	struct look *look;
	const struct roots *roots;
};

static int look_at_unneeded_layer(const struct inventory_layer *layer, void *data,
				  struct error *err)
{
	const struct unneeded_search *search = data;

	(void)err;
	if (!roots_have_layer(search->roots, layer->path))
		add_leftover(search->look, layer->path, "a layer that nothing needs", 0);
	return 0;
}

static void look_at_unneeded(struct look *look)
{
	const struct scope *scope = look->scope;
	const struct roots_scope roots_scope = { .layout = &scope->layout, .store = scope->store };
	autoroots struct roots roots;
	struct unneeded_search search = { look, &roots };

	roots_init(&roots, &roots_scope);
	/* When the roots cannot be read, everything may be needed. */
	if (read_roots(look, &roots) < 0)
		return;
	for (size_t i = 0; i < look->n_blobs; i++)
		look_at_unneeded_blob(look, &roots, &look->blobs[i]);
	inventory_each_layer(scope->store, look_at_unneeded_layer, &search, NULL);
}

/* Asked ahead of the roots, whose reading removes them. */
static void look_at_leases(struct look *look)
{
	autostrlist struct strlist names = STRLIST_INIT;

	lease_list_dead(look->scope->layout.dirfd, &names);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *name = xasprintf(LEASE_DIR "/%s", names.items[i]);
		autofree char *path = scope_layout_path(look->scope, name);

		add_leftover(look, path, "a lease of a killed command", 0);
	}
}

/* Files in images/ that are no layout's, nor in the making. */
static void look_at_strangers(struct look *look)
{
	static const char *const known[] = { LAYOUT_FILE,      LAYOUT_INDEX_FILE, "blobs",
					     LAYOUT_LOCK_FILE, LEASE_DIR,         NULL };
	const struct scope *scope = look->scope;
	autostrlist struct strlist names = STRLIST_INIT;

	dir_list_at(scope->layout.dirfd, ".", &names, NULL);
	for (size_t i = 0; i < names.len; i++) {
		autofree char *path = scope_layout_path(scope, names.items[i]);
		size_t k = 0;

		while (known[k] && strcmp(known[k], names.items[i]) != 0)
			k++;
		if (strstr(names.items[i], ".damaged-"))
			add_leftover(look, path, "a damaged file that a repair has set aside", 0);
		else if (!known[k] && !str_ends_with(names.items[i], ".part"))
			add_leftover(look, path, "a file that is no part of an image layout", 0);
	}
}

void look_at_leftovers(struct look *look)
{
	const struct scope *scope = look->scope;

	if (scope->layout.dirfd >= 0) {
		look_at_strangers(look);
		look_at_leases(look);
		look_at_unneeded(look);
	}
	leftovers_each(scope->store, look_at_leftover, look, NULL);
}
