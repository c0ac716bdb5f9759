/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/sweep.h"

#include "collect/inventory.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/message.h"
#include "store/layer.h"
#include "store/trash.h"
#include "system/fd.h"
#include "system/lock.h"
#include "system/tree_usage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void sweep_init(struct sweep *sweep, const struct sweep_scope *scope)
{
	*sweep = (struct sweep) { .scope = scope };
}

void sweep_release(struct sweep *sweep)
{
	if (!sweep)
		return;
	for (size_t i = 0; i < sweep->n_objects; i++) {
		free(sweep->objects[i].path);
		free(sweep->objects[i].name);
	}
	free(sweep->objects);
	*sweep = (struct sweep) { 0 };
}

/* The directory that an object's path is in. */
static int object_place(const struct sweep *sweep, const struct sweep_object *object)
{
	const struct roots_scope *roots = &sweep->scope->roots;

	return object->kind == SWEEP_LAYER ? roots->store->dirfd : roots->layout->dirfd;
}

static char *aside_path(const struct sweep_object *object)
{
	return xasprintf("%s" ASIDE_SUFFIX, object->path);
}

static bool is_rooted(const struct roots *roots, const struct sweep_object *object)
{
	return object->kind == SWEEP_LAYER ? roots_have_layer(roots, object->path)
					   : roots_have_blob(roots, object->name);
}

/* Take an object's path and name. */
static void add_object(struct sweep *sweep, const struct sweep_object *object)
{
	if (sweep->n_objects % 64 == 0)
		sweep->objects =
			xrealloc(sweep->objects, sweep->n_objects + 64, sizeof(*sweep->objects));
	sweep->objects[sweep->n_objects++] = *object;
}

/* What is looked for while the roots are those of the first reading. */
struct search {
	struct sweep *sweep;
	const struct roots *roots;
};

/* May an object go that lies where it belongs? is_released: a root that is none any more has reached it. */
static bool may_go(const struct sweep_scope *scope, bool is_rooted, bool is_released,
		   const struct stat *st)
{
	if (is_rooted || is_released)
		return !is_rooted;
	return !scope->released_only &&
	       clock_ns(st->st_mtim.tv_sec, st->st_mtim.tv_nsec) <= scope->cutoff;
}

/* What lies aside is finished by any collector: put back, or deleted. */
static enum sweep_fate found_fate(bool is_aside, bool is_rooted)
{
	if (!is_aside)
		return SWEEP_FOUND;
	return is_rooted ? SWEEP_STRAYED : SWEEP_ASIDE;
}

static uint64_t blob_bytes(const struct inventory_blob *blob)
{
	return blob->stat.st_nlink == 1 ? tree_usage_blocks(&blob->stat) : 0;
}

/* The store keeps a list of chain IDs for a config that was unpacked, which goes with it. */
static uint64_t derived_bytes(const struct store *store, const struct inventory_blob *blob)
{
	autofree char *list = store ? layer_chain_path(&blob->digest) : NULL;
	struct stat st;

	return list && fstatat(store->dirfd, list, &st, AT_SYMLINK_NOFOLLOW) == 0
		       ? tree_usage_blocks(&st)
		       : 0;
}

static int find_blob(const struct inventory_blob *blob, void *data, struct error *err)
{
	const struct search *search = data;
	const struct sweep_scope *scope = search->sweep->scope;
	const char *name = blob->digest.text;
	bool is_rooted = roots_have_blob(search->roots, name);
	char path[LAYOUT_BLOB_PATH_MAX];

	(void)err;
	/* A directory that is called so is nothing that anybody here has made. */
	if (S_ISDIR(blob->stat.st_mode))
		return 0;
	if (!may_go(scope, is_rooted, scope->released && roots_have_blob(scope->released, name),
		    &blob->stat) &&
	    !blob->is_aside)
		return 0;
	add_object(search->sweep, &(struct sweep_object) {
					  .kind = SWEEP_BLOB,
					  .fate = found_fate(blob->is_aside, is_rooted),
					  .path = xstrdup(layout_blob_path(&blob->digest, path)),
					  .name = xstrdup(name),
					  .bytes = blob_bytes(blob),
					  .derived_bytes = derived_bytes(scope->roots.store, blob),
				  });
	return 0;
}

static int find_layer(const struct inventory_layer *layer, void *data, struct error *err)
{
	const struct search *search = data;
	const struct sweep_scope *scope = search->sweep->scope;
	bool is_rooted = roots_have_layer(search->roots, layer->path);

	(void)err;
	if (strcmp(layer->idmap, scope->idmap) != 0)
		return 0;
	if (!may_go(scope, is_rooted,
		    scope->released && roots_have_layer(scope->released, layer->path),
		    &layer->stat) &&
	    !layer->is_aside)
		return 0;
	add_object(search->sweep, &(struct sweep_object) {
					  .kind = SWEEP_LAYER,
					  .fate = found_fate(layer->is_aside, is_rooted),
					  .path = xstrdup(layer->path),
					  .name = xstrdup(layer->chain_id.text),
				  });
	return 0;
}

static struct sweep_object *find_object(const struct sweep *sweep, json_t *positions,
					const char *name)
{
	const json_t *position = json_object_get(positions, name);

	return position ? &sweep->objects[json_integer_value(position)] : NULL;
}

/* Tell documents from other blobs, and let them stand first, in an order in which no document stands before
 * one that names it. */
static void order_objects(struct sweep *sweep)
{
	autojson json_t *positions = json_object();
	autoreach struct reach reach;
	struct sweep_object *ordered = xcalloc(sweep->n_objects + 1, sizeof(*sweep->objects));
	size_t n = 0;

	reach_init(&reach, sweep->scope->roots.layout);
	reach.follows_leaves = true;
	for (size_t i = 0; i < sweep->n_objects; i++) {
		struct digest digest;

		if (sweep->objects[i].kind == SWEEP_LAYER ||
		    digest_parse(sweep->objects[i].name, &digest, NULL) < 0)
			continue;
		json_object_set_new(positions, digest.text, json_integer((json_int_t)i));
		reach_add_digest(&reach, &digest);
	}
	for (size_t i = json_array_size(reach.documents); i-- > 0;) {
		const char *name = json_string_value(json_array_get(reach.documents, i));
		struct sweep_object *object = find_object(sweep, positions, name);

		if (!object)
			continue;
		object->kind = SWEEP_DOCUMENT;
		ordered[n++] = *object;
	}
	for (size_t i = 0; i < sweep->n_objects; i++)
		if (sweep->objects[i].kind != SWEEP_DOCUMENT)
			ordered[n++] = sweep->objects[i];
	free(sweep->objects);
	sweep->objects = ordered;
}

int sweep_find(struct sweep *sweep, const struct roots *roots, struct error *err)
{
	const struct roots_scope *scope = &sweep->scope->roots;
	struct search search = { sweep, roots };

	if (inventory_each_blob(scope->layout, find_blob, &search, err) < 0 ||
	    (scope->store && inventory_each_layer(scope->store, find_layer, &search, err) < 0))
		return -1;
	order_objects(sweep);
	return 0;
}

int sweep_look(struct sweep *sweep, struct error *err)
{
	autoroots struct roots roots;

	roots_init(&roots, &sweep->scope->roots);
	return roots_read(&roots, err) < 0 ? -1 : sweep_find(sweep, &roots, err);
}

/* Everybody who can read the layout can hold the lock: who waits for longer than a second is told so. */
static int wait_for_lock(int fd, const struct layout *layout)
{
	unsigned int tries = 0;

	while (lock_fd(fd, LOCK_EXCLUSIVE, LOCK_TRY) < 0) {
		if (errno != EWOULDBLOCK)
			return -1;
		if (lock_pause(&tries))
			continue;
		message_warning("another process holds '%s/" LAYOUT_FILE "', waiting for it",
				layout->path);
		return lock_fd(fd, LOCK_EXCLUSIVE, LOCK_WAIT_HEARING);
	}
	return 0;
}

/* A file that every layout has. */
static int lock_version_file(const struct layout *layout)
{
	autoclose int fd = openat(layout->dirfd, LAYOUT_FILE, O_RDWR | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && (errno == EACCES || errno == EROFS))
		fd = openat(layout->dirfd, LAYOUT_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 || wait_for_lock(fd, layout) < 0 ? -1 : fd_steal(&fd);
}

/* A directory that every layout has: the kernel locks directories where the filesystem has no locks of files. */
static int lock_blobs_directory(const struct layout *layout)
{
	autoclose int fd =
		openat(layout->dirfd, "blobs", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || wait_for_lock(fd, layout) < 0 ? -1 : fd_steal(&fd);
}

/* Nothing is made, because locking must need no room on a full disk. */
int sweep_lock(const struct layout *layout, struct error *err)
{
	autoclose int fd = lock_version_file(layout);

	if (fd < 0 && lock_is_unsupported(errno))
		fd = lock_blobs_directory(layout);
	if (fd < 0)
		return error_errno(err, "cannot lock '%s/" LAYOUT_FILE "'", layout->path);
	return fd_steal(&fd);
}

bool sweep_has_layers(const struct sweep *sweep)
{
	for (size_t i = 0; i < sweep->n_objects; i++)
		if (sweep->objects[i].kind == SWEEP_LAYER)
			return true;
	return false;
}

static int move_object(const struct sweep *sweep, struct sweep_object *object, struct error *err)
{
	autofree char *aside = aside_path(object);
	int place = object_place(sweep, object);

	object->fate = SWEEP_ASIDE;
	if (renameat(place, object->path, place, aside) == 0)
		return 0;
	object->fate = SWEEP_KEPT;
	return errno == ENOENT ? 0 : error_errno(err, "cannot move '%s'", object->path);
}

/* Let an object be where it was. Another one may be there already, which is the same: then what is aside
 * goes. */
static void put_back(const struct sweep *sweep, struct sweep_object *object)
{
	autofree char *aside = aside_path(object);
	int place = object_place(sweep, object);

	if (object->fate != SWEEP_ASIDE && object->fate != SWEEP_STRAYED)
		return;
	if (renameat2(place, aside, place, object->path, RENAME_NOREPLACE) == 0 || errno != EEXIST)
		object->fate = SWEEP_KEPT;
	else
		object->fate = SWEEP_ASIDE;
}

int sweep_move(struct sweep *sweep, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < sweep->n_objects; i++) {
		struct sweep_object *object = &sweep->objects[i];

		if (object->fate == SWEEP_STRAYED)
			put_back(sweep, object);
		else if (object->fate == SWEEP_FOUND && move_object(sweep, object, err) < 0)
			result = -1;
	}
	return result;
}

void sweep_restore(struct sweep *sweep, const struct roots *roots)
{
	for (size_t i = 0; i < sweep->n_objects; i++)
		if (!roots || is_rooted(roots, &sweep->objects[i]))
			put_back(sweep, &sweep->objects[i]);
}

static int look_again(struct sweep *sweep, struct error *err)
{
	autoroots struct roots roots;
	int result;

	roots_init(&roots, &sweep->scope->roots);
	result = roots_read(&roots, err);
	sweep_restore(sweep, result < 0 ? NULL : &roots);
	return result;
}

static void delete_chain_list(const struct store *store, const char *config)
{
	autofree char *path = NULL;
	struct digest digest;

	if (!store || digest_parse(config, &digest, NULL) < 0)
		return;
	path = layer_chain_path(&digest);
	unlinkat(store->dirfd, path, 0);
}

/* Delete what is aside. *ret_taken: somebody has taken it back. */
static int delete_blob(const struct sweep *sweep, struct sweep_object *object, bool *ret_taken,
		       struct error *err)
{
	autofree char *aside = aside_path(object);

	*ret_taken = false;
	if (unlinkat(object_place(sweep, object), aside, 0) == 0) {
		object->fate = SWEEP_DELETED;
		delete_chain_list(sweep->scope->roots.store, object->name);
		return 0;
	}
	object->fate = SWEEP_KEPT;
	*ret_taken = errno == ENOENT;
	return *ret_taken ? 0 : error_errno(err, "cannot remove blob %s", object->name);
}

static int delete_layer(const struct sweep *sweep, struct sweep_object *object, struct error *err)
{
	const struct store *store = sweep->scope->roots.store;
	autofree char *aside = aside_path(object);
	struct error cause = { 0 };

	if (trash_discard(store, store->dirfd, aside, FILE_SYNC, &cause) == 0) {
		object->fate = SWEEP_DELETED;
		return 0;
	}
	object->fate = SWEEP_KEPT;
	return cause.saved_errno == ENOENT ? 0 : error_move(err, &cause);
}

/* A document was taken back: what it reaches stays, and everything where that cannot be read. */
static void keep_content(struct sweep *sweep, const struct sweep_object *document)
{
	autoreach struct reach reach;
	struct digest digest;

	reach_init(&reach, sweep->scope->roots.layout);
	if (digest_parse(document->name, &digest, NULL) == 0)
		reach_add_digest(&reach, &digest);
	for (size_t i = 0; i < sweep->n_objects; i++)
		if (sweep->objects[i].kind != SWEEP_LAYER &&
		    (reach.failure.code || reach_has(&reach, sweep->objects[i].name)))
			put_back(sweep, &sweep->objects[i]);
}

int sweep_delete_documents(struct sweep *sweep, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < sweep->n_objects; i++) {
		struct sweep_object *object = &sweep->objects[i];
		bool taken = false;

		if (object->kind != SWEEP_DOCUMENT || object->fate != SWEEP_ASIDE)
			continue;
		if (delete_blob(sweep, object, &taken, err) < 0)
			result = -1;
		if (taken)
			keep_content(sweep, object);
	}
	return result;
}

int sweep_delete_rest(struct sweep *sweep, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < sweep->n_objects; i++) {
		struct sweep_object *object = &sweep->objects[i];
		bool taken = false;

		if (object->kind == SWEEP_DOCUMENT || object->fate != SWEEP_ASIDE)
			continue;
		if ((object->kind == SWEEP_LAYER ? delete_layer(sweep, object, err)
						 : delete_blob(sweep, object, &taken, err)) < 0)
			result = -1;
	}
	return result;
}

int sweep_run(struct sweep *sweep, struct error *err)
{
	int result;

	lease_remove_dead(sweep->scope->roots.layout->dirfd);
	if (sweep->n_objects == 0)
		return 0;
	result = sweep_move(sweep, err);
	if (look_again(sweep, err) < 0)
		return -1;
	if (sweep_delete_documents(sweep, err) < 0)
		result = -1;
	return sweep_delete_rest(sweep, err) < 0 ? -1 : result;
}
