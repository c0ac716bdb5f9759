/* SPDX-License-Identifier: Apache-2.0 */
#include "check/selection.h"

#include "base/alloc.h"
#include "oci/address.h"
#include "store/bundle.h"
#include "store/image_resolve.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void scope_free(struct scope *scope)
{
	if (scope)
		scope_release(scope);
	free(scope);
}

static void scope_cleanup(struct scope **scope)
{
	scope_free(*scope);
}

void selection_release(struct selection *selection)
{
	for (size_t i = 0; i < selection->n_scopes; i++)
		scope_free(selection->scopes[i]);
	free(selection->scopes);
}

static char *own_layout_path(const struct selection *selection)
{
	return selection->store->path ? xasprintf("%s/images", selection->store->path) : NULL;
}

/* The scope of the layout at an absolute path, borrowed. */
static struct scope *open_scope(struct selection *selection, const char *path, struct error *err)
{
	autofree char *own = own_layout_path(selection);
	bool is_own = own && strcmp(own, path) == 0;
	autocleanup(scope_cleanup) struct scope *scope = NULL;

	for (size_t i = 0; i < selection->n_scopes; i++)
		if (strcmp(selection->scopes[i]->layout.path, path) == 0)
			return selection->scopes[i];
	scope = xcalloc(1, sizeof(*scope));
	if (scope_init(scope, is_own ? selection->store : NULL, path, err) < 0)
		return NULL;
	selection->scopes =
		xgrow(selection->scopes, selection->n_scopes, sizeof(*selection->scopes));
	selection->scopes[selection->n_scopes++] = scope;
	return steal(&scope);
}

static struct scope *open_own_scope(struct selection *selection, struct error *err)
{
	autofree char *path = own_layout_path(selection);

	return open_scope(selection, path, err);
}

static void select_member(json_t *set, const char *name)
{
	json_object_set_new(set, name, json_true());
}

int selection_add_store(struct selection *selection, struct error *err)
{
	struct scope *scope;

	if (!selection->store->path)
		return 0;
	scope = open_own_scope(selection, err);
	if (!scope)
		return -1;
	scope->is_whole = true;
	return 0;
}

/* oci:DIR[:REF]; a layout without REF is meant as a whole. */
static int add_layout(struct selection *selection, const char *word, struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;
	autofree char *path = NULL;
	struct scope *scope;

	if (address_parse(word, &address, err) < 0)
		return -1;
	path = realpath(address.path, NULL);
	if (!path) {
		error_errno(err, "cannot open '%s'", address.path);
		return error_recode(err, ERROR_NOT_FOUND);
	}
	scope = open_scope(selection, path, err);
	if (!scope)
		return -1;
	if (address.reference)
		select_member(scope->entries, address.reference);
	else
		scope->is_whole = true;
	return 0;
}

static int add_image_record(struct selection *selection, const json_t *document, struct error *err)
{
	struct jnode root = jnode_root(document, "record");
	autoimage struct image image = IMAGE_INIT;
	struct scope *scope;

	if (image_from_json(&root, &image, err) < 0)
		return -1;
	scope = open_scope(selection, image.layout, err);
	if (!scope)
		return -1;
	select_member(scope->entries, image.descriptor.digest.text);
	return 0;
}

/* Is there a bundle of that name? Then it is selected. */
static int add_bundle(struct selection *selection, const char *word, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	struct error cause = { 0 };
	struct scope *scope;

	if (bundle_open_damaged(selection->store, word, &bundle, &cause) < 0)
		return cause.code == ERROR_NOT_FOUND || cause.code == ERROR_USAGE
			       ? 0
			       : error_move(err, &cause);
	scope = open_own_scope(selection, err);
	if (!scope)
		return -1;
	select_member(scope->bundles, bundle.id);
	return 1;
}

static int add_record(struct selection *selection, const char *word, struct error *err)
{
	autojson json_t *document = strcmp(word, "-") == 0
					    ? record_read_stdin(err)
					    : json_parse(word, strlen(word), "record", err);
	autofree char *text = NULL;
	int found;

	if (!document)
		return -1;
	if (json_object_get(document, "layout"))
		return add_image_record(selection, document, err);
	text = json_format(document);
	found = selection->store->path ? add_bundle(selection, text, err) : 0;
	if (found < 0)
		return -1;
	return found ? 0 : error_set(err, ERROR_NOT_FOUND, "there is no such bundle");
}

static int add_image(struct selection *selection, const char *word, struct error *err)
{
	autodescriptor struct descriptor entry = DESCRIPTOR_INIT;
	enum image_match match;
	struct error cause = { 0 };
	struct scope *scope;
	const char *name;

	if (image_find_entry(selection->store, word, &entry, &match, &cause) < 0 &&
	    (cause.code == ERROR_NOT_FOUND || cause.code == ERROR_USAGE))
		return 0;
	scope = open_own_scope(selection, err);
	if (!scope)
		return -1;
	/* Names cannot be read when index.json is damaged, which is looked at in any case. */
	if (cause.code)
		return 1;
	name = descriptor_annotation(&entry, ANNOTATION_REF_NAME);
	select_member(scope->entries, name && match == IMAGE_BY_NAME ? name : entry.digest.text);
	return 1;
}

static int add_volume(struct selection *selection, const char *word, struct error *err)
{
	autofree char *path = xasprintf("volumes/%s", word);
	struct scope *scope;
	struct stat st;

	if (!bundle_id_is_valid(word) ||
	    fstatat(selection->store->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	scope = open_own_scope(selection, err);
	if (!scope)
		return -1;
	select_member(scope->volumes, word);
	return 1;
}

int selection_add_word(const char *word, void *data, struct error *err)
{
	static int (*const kinds[])(struct selection * selection, const char *word,
				    struct error *err) = { add_image, add_bundle, add_volume };
	struct selection *selection = data;
	int n_found = 0;

	if (str_starts_with(word, "oci:"))
		return add_layout(selection, word, err);
	if (*word == '{' || strcmp(word, "-") == 0)
		return add_record(selection, word, err);
	for (size_t i = 0; selection->store->path && i < array_size(kinds); i++) {
		int found = kinds[i](selection, word, err);

		if (found < 0)
			return -1;
		n_found += found;
	}
	if (n_found)
		return 0;
	error_set(err, ERROR_NOT_FOUND, "there is no image, bundle or volume '%s'", word);
	return error_hint(err, "see 'ctnr images' and 'ctnr ps --all'");
}

void selection_close(struct selection *selection)
{
	for (size_t i = 0; i < selection->n_scopes; i++)
		scope_close(selection->scopes[i]);
}
