/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bundle.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/str.h"
#include "store/bundle_stack.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ID_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789_.-"

const char *const bundle_driver_names[] = { "auto", "overlay", "copy", NULL };

void bundle_release(struct bundle *bundle)
{
	if (!bundle)
		return;
	free(bundle->path);
	free(bundle->id);
	image_release(&bundle->image);
	fd_close(&bundle->dirfd);
	*bundle = (struct bundle)BUNDLE_INIT;
}

const char *bundle_word(void)
{
	const char *verb = message_verb();

	return verb && !str_starts_with(verb, "bundle") ? "container" : "bundle";
}

bool bundle_id_is_valid(const char *id)
{
	size_t len = strspn(id, ID_CHARACTERS);

	return len > 0 && len <= BUNDLE_ID_MAX && id[len] == '\0' && !strchr("_.-", id[0]);
}

static bool is_path(const char *word)
{
	return strchr(word, '/') || strcmp(word, ".") == 0 || strcmp(word, "..") == 0;
}

/* STORE/bundles/ID when that is there, else NULL. New. */
static char *existing_path(const struct store *store, const char *id)
{
	autofree char *name = xasprintf("bundles/%s", id);
	struct stat st;

	if (!store || fstatat(store->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NULL;
	return xasprintf("%s/%s", store->path, name);
}

/* Where a directory is whose bundle ID is at path: the length of path without "/bundles/ID", or 0 when it
 * ends otherwise. */
static size_t home_length(const char *path)
{
	static const char folder[] = "/bundles";
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	const size_t tail = strlen(folder);

	return len > tail && strncmp(slash - tail, folder, tail) == 0 ? len - tail : 0;
}

bool bundle_is_inside(const struct bundle *bundle, const struct store *store)
{
	size_t len = home_length(bundle->path);

	return len && len == strlen(store->path) && memcmp(bundle->path, store->path, len) == 0;
}

char *bundle_relative_path(const struct bundle *bundle, const char *path)
{
	size_t len = strlen(bundle->path);
	size_t home = home_length(bundle->path);

	if (strncmp(path, bundle->path, len) == 0 && path[len] == '/')
		return xstrdup(path + len + 1);
	if (home && strncmp(path, bundle->path, home) == 0 &&
	    str_starts_with(path + home, "/volumes/"))
		return xasprintf("../..%s", path + home);
	return xstrdup(path);
}

char *bundle_path(const struct store *store, const char *name, struct error *err)
{
	autostore struct store home = STORE_INIT;
	autofree char *path = NULL;

	if (is_path(name)) {
		path = path_absolute(name, err);
		if (!path || json_check_text(path, err) == 0)
			return steal(&path);
		error_prefix(err, "%s", bundle_word());
		return NULL;
	}
	if (!bundle_id_is_valid(name)) {
		error_set(err, ERROR_USAGE, "invalid name of a %s '%s'", bundle_word(), name);
		error_hint(err,
			   "up to %d letters, digits, '_', '.' and '-', a letter or digit first",
			   BUNDLE_ID_MAX);
		return NULL;
	}
	if (store_for_writing(store, &home, err) < 0)
		return NULL;
	path = existing_path(&home, name);
	if (!path)
		path = existing_path(store, name);
	return path ? steal(&path) : xasprintf("%s/bundles/%s", home.path, name);
}

/* Read what a record says into what is still unknown in ret. */
static int read_record(const struct jnode *node, struct bundle *ret, struct error *err)
{
	struct jnode id_node = jnode_member(node, "id");
	struct jnode image_node = jnode_member(node, "image");
	struct jnode stdin_node = jnode_member(node, "stdin");
	const char *id = NULL;
	bool stdin_open = false;

	if (jnode_string_opt(&id_node, &id, err) < 0 ||
	    jnode_bool_opt(&stdin_node, &stdin_open, err) < 0)
		return -1;
	if (id && !bundle_id_is_valid(id))
		return jnode_error(&id_node, err, "invalid name of a %s '%s'", bundle_word(), id);
	if (!ret->image.layout && jnode_is_present(&image_node) &&
	    image_from_json(&image_node, &ret->image, err) < 0)
		return -1;
	if (!ret->id && id)
		ret->id = xstrdup(id);
	if (ret->stdin_mode == BUNDLE_STDIN_UNSTATED && jnode_is_present(&stdin_node))
		ret->stdin_mode = stdin_open ? BUNDLE_STDIN_OPEN : BUNDLE_STDIN_CLOSED;
	return 0;
}

static int open_record(const char *text, struct bundle *ret, struct error *err)
{
	bool from_stdin = strcmp(text, "-") == 0;
	autojson json_t *document =
		from_stdin ? record_read_stdin(err) : json_parse(text, strlen(text), "record", err);
	struct jnode root = jnode_root(document, "record");
	struct jnode path_node = jnode_member(&root, "bundle");
	const char *path;

	if (!document)
		return -1;
	if (!jnode_is_present(&path_node) && json_object_get(document, "layout")) {
		jnode_error(&root, err, "expected a bundle record, got an image record");
		return error_hint(err, "'ctnr bundle' makes a bundle of an image");
	}
	if (jnode_string(&path_node, &path, err) < 0 || read_record(&root, ret, err) < 0)
		return -1;
	if (*path != '/')
		return jnode_error(&path_node, err, "expected an absolute path");
	ret->path = xstrdup(path);
	return 0;
}

/* A bundle that was made by hand may have a name that is no ID: what can be kept of it. */
static char *id_of_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	autofree char *id = xstrdup(slash ? slash + 1 : path);
	char *start;

	for (char *c = id; *c; c++)
		if (!strchr(ID_CHARACTERS, *c))
			*c = '_';
	start = id + strspn(id, "_.-");
	if (strlen(start) > BUNDLE_ID_MAX)
		start[BUNDLE_ID_MAX] = '\0';
	return xstrdup(*start ? start : "bundle");
}

/* former: where the bundle was when its record was written. When its layout was in the same store, and the
 * bundle is in another place, the store was moved, or is reached by another path. */
static void follow_layout(struct bundle *ret, const char *former)
{
	size_t before = home_length(former);
	size_t now = home_length(ret->path);
	const char *layout = ret->image.layout;

	if (!layout || !before || !now || strcmp(former, ret->path) == 0 ||
	    strncmp(layout, former, before) != 0 || strcmp(layout + before, "/images") != 0)
		return;
	free(ret->image.layout);
	ret->image.layout = xasprintf("%.*s/images", (int)now, ret->path);
}

/* What record.json in the bundle says, where there is one. */
static int read_record_file(struct bundle *ret, struct error *err)
{
	autostr struct str text = STR_INIT;
	autojson json_t *document = NULL;
	struct error cause = { 0 };
	bool is_given = ret->image.layout;
	const char *former;
	struct jnode root;

	if (file_read_at(ret->dirfd, BUNDLE_RECORD_FILE, RECORD_MAX, &text, &cause) < 0) {
		if (cause.code == ERROR_NOT_FOUND)
			return 0;
		return error_move(err, &cause);
	}
	document = json_parse(text.data, text.len, BUNDLE_RECORD_FILE, err);
	if (!document)
		return -1;
	root = jnode_root(document, BUNDLE_RECORD_FILE);
	if (read_record(&root, ret, err) < 0)
		return -1;
	former = json_text(json_object_get(document, "bundle"));
	if (former && !is_given)
		follow_layout(ret, former);
	return 0;
}

/* Open the directory at ret->path. */
static int open_directory(struct bundle *ret, struct error *err)
{
	autofree char *given = steal(&ret->path);

	ret->path = realpath(given, NULL);
	if (!ret->path)
		return error_errno(err, "cannot open '%s'", given);
	if (json_check_text(ret->path, err) < 0)
		return -1;
	ret->dirfd = dir_open_at(AT_FDCWD, ret->path, err);
	if (ret->dirfd < 0)
		return -1;
	ret->driver = faccessat(ret->dirfd, "lower", F_OK, AT_SYMLINK_NOFOLLOW) == 0
			      ? BUNDLE_OVERLAY
			      : BUNDLE_COPY;
	return 0;
}

enum tolerance {
	RECORD_MUST_BE_RIGHT,
	RECORD_MUST_BE_READ, /* and may be damaged */
	RECORD_MAY_BE_DAMAGED, /* or cannot be read */
};

/* Does a failure to read a record hinder? One that has no number is of what the record says. */
static bool record_hinders(enum tolerance tolerance, const struct error *failure)
{
	return tolerance == RECORD_MUST_BE_RIGHT ||
	       (tolerance == RECORD_MUST_BE_READ && failure->saved_errno);
}

static int open_bundle(const struct store *store, const char *word, enum tolerance tolerance,
		       struct bundle *ret, struct error *err)
{
	autobundle struct bundle bundle = BUNDLE_INIT;
	autofree char *shown = NULL;
	struct error cause = { 0 };

	if (!*word)
		return error_set(err, ERROR_USAGE, "the name of the %s is empty", bundle_word());
	if (*word == '{' || strcmp(word, "-") == 0) {
		if (open_record(word, &bundle, err) < 0)
			return -1;
		shown = xstrdup(bundle.path);
	} else {
		bundle.path = bundle_path(store, word, err);
		if (!bundle.path)
			return -1;
		if (!is_path(word))
			bundle.id = xstrdup(word);
		shown = xstrdup(word);
	}
	if (open_directory(&bundle, err) < 0) {
		if (error_errno_is(err, ENOENT) || error_errno_is(err, ENOTDIR))
			return error_set(err, ERROR_NOT_FOUND, "there is no %s '%s'", bundle_word(),
					 shown);
		return error_prefix(err, "%s '%s'", bundle_word(), shown);
	}
	if (read_record_file(&bundle, &cause) < 0 && record_hinders(tolerance, &cause)) {
		error_move(err, &cause);
		store_damaged(err);
		return error_prefix(err, "%s '%s'", bundle_word(), shown);
	}
	if (!bundle.id)
		bundle.id = id_of_path(bundle.path);
	*ret = bundle;
	bundle = (struct bundle)BUNDLE_INIT;
	return 0;
}

int bundle_open(const struct store *store, const char *word, struct bundle *ret, struct error *err)
{
	return open_bundle(store, word, RECORD_MUST_BE_RIGHT, ret, err);
}

int bundle_open_damaged(const struct store *store, const char *word, struct bundle *ret,
			struct error *err)
{
	return open_bundle(store, word, RECORD_MAY_BE_DAMAGED, ret, err);
}

json_t *bundle_to_json(const struct bundle *bundle)
{
	json_t *record = json_object();
	json_t *rootfs = json_object();
	autofree char *rootfs_path = xasprintf("%s/rootfs", bundle->path);

	json_object_set_new(record, "bundle", json_string(bundle->path));
	json_object_set_new(record, "id", json_string(bundle->id));
	if (bundle->image.layout)
		json_object_set_new(record, "image", image_to_json(&bundle->image));
	json_object_set_new(rootfs, "path", json_string(rootfs_path));
	json_object_set_new(rootfs, "driver", json_string(bundle_driver_names[bundle->driver]));
	json_object_set_new(record, "rootfs", rootfs);
	if (bundle->stdin_mode != BUNDLE_STDIN_UNSTATED)
		json_object_set_new(record, "stdin",
				    json_boolean(bundle->stdin_mode == BUNDLE_STDIN_OPEN));
	return record;
}

int bundle_save(const struct bundle *bundle, enum file_sync sync, struct error *err)
{
	autojson json_t *record = bundle_to_json(bundle);
	autostr struct str text = STR_INIT;
	autofree char *line = json_format(record);

	if (bundle_stack_check(bundle, err) < 0)
		return -1;
	str_append(&text, line);
	str_append_char(&text, '\n');
	if (file_write_at(bundle->dirfd, BUNDLE_RECORD_FILE, text.data, text.len, 0600, sync, err) <
	    0)
		return error_prefix(err, "%s '%s'", bundle_word(), bundle->id);
	return 0;
}

/* Append the valid IDs in a folder of the store, unsorted. A folder that is not there has none. */
static int list_ids(const struct store *store, const char *folder, struct strlist *ret,
		    struct error *err)
{
	autostrlist struct strlist names = STRLIST_INIT;
	struct error cause = { 0 };
	int result = dir_list_at(store->dirfd, folder, &names, &cause);

	for (size_t i = 0; i < names.len; i++)
		if (bundle_id_is_valid(names.items[i]))
			strlist_append(ret, names.items[i]);
	if (result == 0 || cause.saved_errno == ENOENT)
		return 0;
	error_move(err, &cause);
	return error_prefix(err, "'%s/%s'", store->path, folder);
}

/* Sorted. Two stores may have one ID. *ret_failed: there may be more. -1: there is no place for bundles. */
static int list_all_ids(const struct store *store, struct strlist *ret, bool *ret_failed,
			struct error *err)
{
	autostore struct store home = STORE_INIT;

	*ret_failed = false;
	/* A store that can only be read has its own bundles too, and they can be listed when there
	 * is no place for others. */
	if (store_for_writing(store, &home, err) == 0)
		*ret_failed = list_ids(&home, "bundles", ret, err) < 0;
	else if (!store || store->writable)
		return -1;
	if (store && !store->writable && list_ids(store, "bundles", ret, err) < 0)
		*ret_failed = true;
	strlist_sort(ret);
	return 0;
}

static int each_bundle(const struct store *store, enum tolerance tolerance,
		       int (*each)(const struct bundle *bundle, void *data, struct error *err),
		       void *data, struct error *err)
{
	autostrlist struct strlist ids = STRLIST_INIT;
	struct error failure = { 0 };
	bool failed;

	if (list_all_ids(store, &ids, &failed, &failure) < 0)
		return error_move(err, &failure);
	for (size_t i = 0; i < ids.len; i++) {
		autobundle struct bundle bundle = BUNDLE_INIT;
		struct error cause = { 0 };

		/* In both stores: the first one's is what an ID means. */
		if (i && strcmp(ids.items[i], ids.items[i - 1]) == 0)
			continue;
		if (open_bundle(store, ids.items[i], tolerance, &bundle, &cause) < 0) {
			if (!failed && cause.code != ERROR_NOT_FOUND) {
				failure = cause;
				failed = true;
			}
			continue;
		}
		if (each(&bundle, data, err) < 0)
			return -1;
	}
	return failed && tolerance == RECORD_MUST_BE_READ ? error_move(err, &failure) : 0;
}

int bundle_each(const struct store *store,
		int (*each)(const struct bundle *bundle, void *data, struct error *err), void *data,
		struct error *err)
{
	return each_bundle(store, RECORD_MAY_BE_DAMAGED, each, data, err);
}

int bundle_each_surely(const struct store *store,
		       int (*each)(const struct bundle *bundle, void *data, struct error *err),
		       void *data, struct error *err)
{
	return each_bundle(store, RECORD_MUST_BE_READ, each, data, err);
}
