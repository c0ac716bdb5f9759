/* SPDX-License-Identifier: Apache-2.0 */
#include "df/usage.h"

#include "df/bundles.h"
#include "df/images.h"
#include "df/layers.h"
#include "df/leftovers.h"
#include "df/reclaimable.h"
#include "df/volumes.h"

#include "base/alloc.h"
#include "base/message.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/tree_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

void usage_init(struct usage *usage, const struct store *store)
{
	*usage = (struct usage) {
		.store = store,
		.layout = LAYOUT_INIT,
		.doomed = json_object(),
		.bundles = json_object(),
		.volume_users = json_object(),
		.bundle_images = json_object(),
		.blob_bytes = json_object(),
		.chain_bytes = json_object(),
	};
	for (enum usage_kind kind = 0; kind < USAGE_KIND_MAX; kind++)
		usage->objects[kind] = json_array();
	usage->scope = (struct roots_scope) { .layout = &usage->layout, .store = store };
	roots_init(&usage->roots, &usage->scope);
}

void usage_release(struct usage *usage)
{
	if (!usage)
		return;
	for (enum usage_kind kind = 0; kind < USAGE_KIND_MAX; kind++)
		json_free(&usage->objects[kind]);
	inode_set_release(&usage->seen);
	roots_release(&usage->roots);
	layout_release(&usage->layout);
	json_free(&usage->doomed);
	json_free(&usage->bundles);
	json_free(&usage->volume_users);
	json_free(&usage->bundle_images);
	json_free(&usage->blob_bytes);
	json_free(&usage->chain_bytes);
}

void usage_report(struct usage *usage, const char *where, struct error *failure)
{
	error_prefix(failure, "'%s/%s'", usage->store->path, where);
	/* An index.json that is damaged hinders twice. */
	if (strcmp(usage->failure.message, failure->message) == 0)
		return;
	message_error(failure);
	if (!usage->failure.code)
		usage->failure = *failure;
}

/* Files of subordinate IDs can only be looked at from inside. */
void usage_enter_namespace(struct usage *usage)
{
	const struct identity *identity = &usage->identity;
	struct error failure = { 0 };

	if (usage->is_inside)
		return;
	usage->is_inside = true;
	if (identity->rung != IDENTITY_SUBORDINATE && identity->rung != IDENTITY_SINGLE)
		return;
	if (identity_enter(identity, &failure) < 0)
		message_warning("%s, files of other users are not counted", failure.message);
}

void usage_add(struct usage *usage, int dirfd, const char *name, const char *where, uint64_t *bytes)
{
	struct error failure = { 0 };

	if (tree_usage_add(dirfd, name, &usage->seen, bytes, &failure) < 0)
		usage_report(usage, where, &failure);
}

/* Open a folder and count it. Returns the descriptor, or -1 when there is nothing in it to be counted. */
static int open_folder(struct usage *usage, int dirfd, const char *name, const char *where,
		       uint64_t *bytes)
{
	autoclose int fd =
		openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		/* Whatever it is, it says itself what hinders. */
		usage_add(usage, dirfd, name, where, bytes);
		return -1;
	}
	if (inode_set_has(&usage->seen, st.st_dev, st.st_ino))
		return -1;
	*bytes += tree_usage_of(&st, &usage->seen);
	return fd_steal(&fd);
}

void usage_add_folder(struct usage *usage, int dirfd, const char *name, const char *where,
		      uint64_t *bytes, usage_entry *each, void *data)
{
	autoclose int fd = open_folder(usage, dirfd, name, where, bytes);
	autostrlist struct strlist names = STRLIST_INIT;
	struct error failure = { 0 };

	if (fd < 0)
		return;
	if (dir_list_at(fd, ".", &names, &failure) < 0 && failure.saved_errno != ENOENT)
		usage_report(usage, where, &failure);
	strlist_sort(&names);
	for (size_t i = 0; i < names.len; i++)
		each(usage, fd, names.items[i], data);
}

void usage_add_object(struct usage *usage, enum usage_kind kind, json_t *record)
{
	json_array_append_new(usage->objects[kind], record);
}

uint64_t usage_number(const json_t *numbers, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(numbers, name));
}

void usage_add_number(json_t *numbers, const char *name, uint64_t add)
{
	uint64_t sum = usage_number(numbers, name) + add;

	json_object_set_new(numbers, name, json_integer((json_int_t)sum));
}

/* Open what is asked all the time. */
static void open_parts(struct usage *usage)
{
	autofree char *images = xasprintf("%s/images", usage->store->path);
	struct error failure = { 0 };

	if (layout_open(images, LAYOUT_READ, &usage->layout, &failure) < 0 &&
	    failure.code != ERROR_NOT_FOUND)
		usage_report(usage, "images", &failure);
	failure = (struct error) { 0 };
	if (identity_probe(&usage->identity, &failure) < 0)
		usage_report(usage, "", &failure);
}

static void count_cache_entry(struct usage *usage, int dirfd, const char *name, void *data)
{
	struct usage_row *row = &usage->rows[USAGE_CACHE];

	(void)data;
	row->count++;
	usage_add(usage, dirfd, name, "cache", &row->bytes);
}

static void measure_cache(struct usage *usage)
{
	struct usage_row *row = &usage->rows[USAGE_CACHE];

	usage_add_folder(usage, usage->store->dirfd, "cache", "cache", &row->bytes,
			 count_cache_entry, NULL);
	row->reclaimable =
		usage->stale_cache_bytes < row->bytes ? usage->stale_cache_bytes : row->bytes;
}

/* The folders that the store is made of. */
static const struct {
	const char *name;
	void (*measure)(struct usage *usage);
} folders[] = {
	{ "trash", leftovers_measure }, /* first: they lie in the other folders too */
	{ "layers", layers_measure },   { "images", images_measure },
	{ "bundles", bundles_measure }, { "volumes", volumes_measure },
	{ "cache", measure_cache },
};

/* In the directory of the store. */
static void count_other(struct usage *usage, int dirfd, const char *name, void *data)
{
	struct usage_row *row = &usage->rows[USAGE_OTHER];

	(void)data;
	for (size_t i = 0; i < array_size(folders); i++)
		if (strcmp(name, folders[i].name) == 0)
			return;
	row->count++;
	usage_add(usage, dirfd, name, name, &row->bytes);
}

int usage_measure(struct usage *usage, struct error *err)
{
	if (!usage->store->path)
		return 0;
	open_parts(usage);
	bundles_look(usage);
	reclaimable_find(usage);
	for (size_t i = 0; i < array_size(folders); i++)
		folders[i].measure(usage);
	usage_add_folder(usage, usage->store->dirfd, ".", "", &usage->rows[USAGE_OTHER].bytes,
			 count_other, NULL);
	return usage->failure.code ? error_silent(err, usage->failure.code) : 0;
}
