/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/comparison.h"

#include "workers/verify/deletion.h"
#include "workers/verify/object.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "system/fd.h"
#include "system/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

const char *comparison_kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFIFO:
		return "FIFO";
	case S_IFCHR:
		return "character device";
	case S_IFBLK:
		return "block device";
	default:
		return "socket";
	}
}

/* Open DIR/diff of a layer; *ret_dirfd (may be NULL) is DIR. -EBADF: it is not there. */
static int open_diff(int storefd, const char *path, int *ret_dirfd, struct error *err)
{
	autoclose int dirfd = path_open(storefd, path, O_RDONLY | O_DIRECTORY, 0, PATH_NO_SYMLINKS);
	int fd = dirfd < 0 ? -1 : openat(dirfd, "diff", DIR_FLAGS);

	if (fd < 0 && errno == ENOENT)
		return -EBADF;
	if (fd < 0)
		return error_errno(err, "cannot open it");
	if (ret_dirfd)
		*ret_dirfd = fd_steal(&dirfd);
	return fd;
}

/* By IDMAP in "layers/IDMAP/ALG/HEX". Another user's owners cannot be told here. */
static int choose_owner(struct comparison *c, struct error *err)
{
	const char *name = c->layer->path + strlen("layers/");
	size_t len = strcspn(name, "/");
	char ours[IDMAP_NAME_MAX];

	identity_idmap_name(c->identity, ours);
	c->owner = COMPARISON_OWNER_ON_DISK;
	if (strncmp(name, "1/", 2) == 0)
		c->owner = COMPARISON_OWNER_AS_DATA;
	else if (strlen(ours) != len || strncmp(name, ours, len) != 0)
		return error_set(err, ERROR_FAILED, "its ID mapping is not this user's");
	return 0;
}

int comparison_open(struct comparison *c, int storefd, const struct job_layer *layer,
		    const struct identity *identity, bool is_deep, struct error *err)
{
	*c = (struct comparison) { .layer = layer,
				   .identity = identity,
				   .is_deep = is_deep,
				   .dirfd = -EBADF,
				   .top = -EBADF,
				   .lowers = fd_array(layer->lowers.len),
				   .n_lowers = layer->lowers.len,
				   .view = { .links = &c->ways },
				   .owners = OWNERS_TABLE_INIT,
				   .named = STR_INIT,
				   .path = STR_INIT,
				   .ways = STRLIST_INIT,
				   .targets = STRLIST_INIT,
				   .message = STR_INIT,
				   .content = { .fd = -EBADF } };
	if (choose_owner(c, err) < 0)
		return -1;
	c->top = open_diff(storefd, layer->path, &c->dirfd, err);
	if (c->top < 0)
		return c->top == -EBADF ? 0 : -1;
	for (size_t i = 0; i < c->n_lowers; i++) {
		c->lowers[i] = open_diff(storefd, layer->lowers.items[i], NULL, err);
		if (c->lowers[i] < 0)
			return c->lowers[i] == -EBADF ? 0 : -1;
	}
	return 1;
}

static int read_owners(struct comparison *c, struct error *err)
{
	autoclose int fd = openat(c->dirfd, OWNERS_FILE,
				  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT ? 0 : error_errno(err, "cannot open '%s'", OWNERS_FILE);
	return owners_table_read(&c->owners, fd, err);
}

int comparison_start(struct comparison *c, struct error *err)
{
	struct error failure = { 0 };
	struct stat st;

	c->xattr_rules =
		xattr_image_rules(XATTR_IMAGE_TO_LAYER, c->owner == COMPARISON_OWNER_AS_DATA);
	/* The kernel that unpacked the layer may have been another one. */
	c->xattr_rules.can_escape = true;
	if (fstat(c->dirfd, &st) < 0)
		return error_errno(err, "cannot stat it");
	c->disk_uid = st.st_uid;
	/* The key is no path of an entry. */
	if (read_owners(c, &failure) < 0)
		comparison_add_difference(c, DIFFERENCE_APART, "", "../" OWNERS_FILE,
					  failure.message);
	return view_init_finished(&c->view, c->top, c->lowers, c->n_lowers, err);
}

void comparison_release(struct comparison *c)
{
	if (!c)
		return;
	view_release(&c->view);
	fd_close(&c->content.fd);
	fd_close(&c->dirfd);
	fd_close(&c->top);
	for (size_t i = 0; i < c->n_lowers; i++)
		fd_close(&c->lowers[i]);
	free(c->lowers);
	owners_table_release(&c->owners);
	path_set_release(&c->own);
	path_set_release(&c->made);
	path_set_release(&c->replaced);
	path_set_release(&c->passed);
	path_set_release(&c->counted);
	link_counts_release(&c->link_counts);
	differences_release(&c->differences);
	strlist_release(&c->ways);
	strlist_release(&c->targets);
	str_release(&c->named);
	str_release(&c->path);
	str_release(&c->message);
}

bool comparison_is_there(const struct comparison *c, int layersfd)
{
	const char *path = c->layer->path + strlen("layers/");
	struct stat now, then;

	return fstatat(layersfd, path, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstat(c->dirfd, &then) == 0 && now.st_ino == then.st_ino &&
	       now.st_dev == then.st_dev;
}

void comparison_tell(struct comparison *c, const char *format, ...)
{
	autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	str_appendf(&c->message, "%s%s", c->message.len ? "; " : "", text);
}

void comparison_end_tell(struct comparison *c)
{
	const struct difference difference = { .kind = DIFFERENCE_OF_ENTRY,
					       .path = c->path.data,
					       .message = c->message.data,
					       .named = c->named.data,
					       .ways = c->ways,
					       .targets = c->targets };

	if (c->message.len)
		differences_add(&c->differences, &difference);
	str_clear(&c->message);
}

void comparison_add_difference(struct comparison *c, enum difference_kind kind, const char *path,
			       const char *key, const char *message)
{
	const struct difference difference = {
		.kind = kind, .path = path, .message = message, .named = key
	};

	differences_add(&c->differences, &difference);
}

/* Has a layer below something at that name that is no directory? */
static bool replaces_lower(struct comparison *c, struct view_dir *dir, const char *name)
{
	autofree char *path = view_path(dir, name);
	struct stat st;

	if (view_know_lowers(&c->view, dir, NULL) < 0)
		return false;
	for (size_t i = 0; i < dir->n_lowers; i++)
		if (fstatat(c->lowers[dir->lowers[i].layer], path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			return !S_ISDIR(st.st_mode);
	return false;
}

void comparison_note_way(struct comparison *c, const char *path)
{
	c->differences.has_lost_ways |= path_set_has(&c->passed, path);
}

static int note_links(struct comparison *c, struct error *err)
{
	for (size_t i = 0; i < c->ways.len; i++)
		if (path_set_add_alone(&c->passed, c->ways.items[i], err) < 0)
			return -1;
	return 0;
}

/* The entry states its path anew. */
static void forget_replaced(struct comparison *c, const struct name_parts *name,
			    const struct tar_entry *entry, struct view_dir *dir)
{
	struct differences *differences = &c->differences;
	bool is_directory = entry->type == TAR_DIRECTORY;

	comparison_note_way(c, c->path.data);
	if (differences->len == 0)
		return;
	differences_forget_above(differences, c->path.data);
	if (!is_directory) {
		differences_forget_through(differences, name->path);
		differences_forget_through(differences, c->path.data);
		return;
	}
	differences_forget_at(differences, name->path);
	differences_forget_at(differences, c->path.data);
	/* What was below led through a symlink until now. */
	if (path_set_has(&c->replaced, c->path.data) ||
	    (dir && replaces_lower(c, dir, name->last))) {
		differences_forget_below(differences, name->path);
		differences_forget_below(differences, c->path.data);
	}
}

static int note_statement(struct comparison *c, const struct tar_entry *entry, struct error *err)
{
	if (path_set_add(&c->made, c->path.data, err) < 0)
		return -1;
	if (c->n_lowers && path_set_add(&c->own, c->path.data, err) < 0)
		return -1;
	return entry->type == TAR_DIRECTORY ? 0
					    : path_set_add_alone(&c->replaced, c->path.data, err);
}

/* A way that ends where a layer below has a symlink led through that before, be it until the entry itself
 * took its place. */
static void note_dead_end(struct comparison *c)
{
	const char *end = c->ways.len ? c->ways.items[c->ways.len - 1] : NULL;
	struct stat st;

	for (size_t i = 0; end && i < c->n_lowers; i++)
		if (fstatat(c->lowers[i], end, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			c->differences.has_lost_ways = true;
}

/* The directory of a name in the finished tree; NULL: it is told that there is none, and the path is the
 * name. */
static struct view_dir *find_directory(struct comparison *c, const struct name_parts *name)
{
	struct error failure = { 0 };
	struct view_dir *dir;

	str_clear(&c->path);
	if (view_dir(&c->view, name->path, name->parent_len, VIEW_LOOK, &dir, &failure) < 0) {
		str_append(&c->path, name->path);
		note_dead_end(c);
		if (error_errno_is(&failure, ENOENT) || error_errno_is(&failure, ENOTDIR))
			comparison_tell(c, "is missing");
		else
			comparison_tell(c, "cannot be found: %s", failure.message);
		return NULL;
	}
	str_appendf(&c->path, "%s%s%s", dir->path, dir->path[0] ? "/" : "", name->last);
	return dir;
}

/* Find what is there. False: it is told that nothing is. */
static bool find_object(struct comparison *c, struct view_dir *dir, const char *name,
			struct place *ret)
{
	*ret = (struct place) { .dir = dir, .name = name };
	if (dir->fd < 0 || fstatat(dir->fd, name, &ret->stat, AT_SYMLINK_NOFOLLOW) < 0) {
		if (dir->fd < 0 || errno == ENOENT)
			comparison_tell(c, "is missing");
		else
			comparison_tell(c, "cannot be looked at: %s", strerror(errno));
		return false;
	}
	if (mark_is_whiteout(&ret->stat)) {
		comparison_tell(c, "is deleted, though the layer has it");
		return false;
	}
	return true;
}

/* One name of what is there, where it has several; each path counts once. */
static int count_name(struct comparison *c, const struct stat *st, const char *path,
		      struct error *err)
{
	if (S_ISDIR(st->st_mode) || st->st_nlink == 1 || path_set_has(&c->counted, path))
		return 0;
	link_counts_add(&c->link_counts, st, path);
	return path_set_add_alone(&c->counted, path, err);
}

/* The owner of what can have no attribute is a line for each name. */
static void compare_target_record(struct comparison *c, const char *target, const struct stat *st)
{
	struct owners_record of_target, of_name;

	/* The unpacker copies no line of a file that has content. */
	if (S_ISREG(st->st_mode) && st->st_size)
		return;
	if (owners_table_find(&c->owners, target, &of_target) &&
	    owners_record_fits(&of_target, st) &&
	    (!owners_table_find(&c->owners, c->path.data, &of_name) ||
	     of_name.type != of_target.type || of_name.owner.uid != of_target.owner.uid ||
	     of_name.owner.gid != of_target.owner.gid || of_name.major != of_target.major ||
	     of_name.minor != of_target.minor))
		comparison_tell(c, "has not the line of '%s' in '%s'", target, OWNERS_FILE);
}

/* The target is in a layer below, or stated by the archive; either way it is on top now. */
static int note_target(struct comparison *c, const char *path, const struct stat *st,
		       struct error *err)
{
	if (count_name(c, st, path, err) < 0)
		return -1;
	if (path_set_has(&c->made, path))
		return 0;
	return path_set_add(&c->made, path, err) < 0 ||
			       path_set_add_alone(&c->replaced, path, err) < 0
		       ? -1
		       : 0;
}

/* place: of the new name; its directory may be forgotten meanwhile. */
static int compare_hardlink(struct comparison *c, const struct place *place,
			    const struct tar_entry *entry, struct error *err)
{
	autostr struct str link = STR_INIT;
	autofree char *path = NULL;
	struct view_dir *dir;
	struct name_parts target;
	struct stat st;

	if (name_clean(entry->link, &link, err) < 0)
		return -1;
	if (!link.len)
		return error_set(err, ERROR_FAILED, "hardlink to the root directory");
	/* The name replaced the way to its target. */
	if (path_is_below(link.data, c->path.data) && strcmp(link.data, c->path.data) != 0) {
		c->differences.has_lost_ways = true;
		return 0;
	}
	target = name_split(link.data);
	strlist_append(&c->targets, link.data);
	if (view_dir(&c->view, target.path, target.parent_len, VIEW_LOOK, &dir, NULL) == 0) {
		path = view_path(dir, target.last);
		strlist_append(&c->targets, path);
	}
	if (!path || dir->fd < 0 || fstatat(dir->fd, target.last, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		comparison_tell(c, "the file that it is a name of, '%s', is missing", link.data);
		return 0;
	}
	if (st.st_ino != place->stat.st_ino || st.st_dev != place->stat.st_dev) {
		comparison_tell(c, "is not another name of '%s'", link.data);
		return 0;
	}
	compare_target_record(c, path, &st);
	return note_target(c, path, &st, err);
}

static int compare_ordinary(struct comparison *c, const struct name_parts *name,
			    const struct tar_entry *entry, struct error *err)
{
	struct view_dir *dir = find_directory(c, name);
	struct place place;
	int result = 0;

	forget_replaced(c, name, entry, dir);
	/* Where the way is lost, so is what the entry made. */
	if (dir && (note_statement(c, entry, err) < 0 || note_links(c, err) < 0))
		return -1;
	if (dir && find_object(c, dir, name->last, &place)) {
		if (count_name(c, &place.stat, c->path.data, err) < 0)
			return -1;
		if (entry->type == TAR_HARDLINK)
			result = compare_hardlink(c, &place, entry, err);
		else
			object_compare(c, &place, entry);
	}
	comparison_end_tell(c);
	return result;
}

static int compare_root(struct comparison *c, const struct tar_entry *entry, struct error *err)
{
	if (entry->type != TAR_DIRECTORY)
		return error_set(err, ERROR_FAILED, "the root directory cannot be replaced");
	str_clear(&c->path);
	differences_forget_at(&c->differences, "");
	object_compare_root(c, entry);
	comparison_end_tell(c);
	return 0;
}

int comparison_entry(struct comparison *c, const struct tar_entry *entry, struct error *err)
{
	struct name_parts name;

	strlist_release(&c->ways);
	strlist_release(&c->targets);
	if (name_clean(entry->path, &c->named, err) < 0)
		return -1;
	if (!c->named.len)
		return compare_root(c, entry, err);
	name = name_split(c->named.data);
	switch (name_classify(&name)) {
	case NAME_AUFS:
		return 0;
	case NAME_INVALID:
		return error_set(err, ERROR_FAILED, "not a valid whiteout");
	case NAME_ORDINARY:
		return compare_ordinary(c, &name, entry, err);
	case NAME_OPAQUE:
		return deletion_compare_opaque(c, &name, err);
	default:
		return deletion_compare(c, &name, err);
	}
}

static void compare_link_counts(struct comparison *c)
{
	for (size_t i = 0; i < c->link_counts.files.len; i++) {
		const struct link_count *count = &c->link_counts.items[i];

		if (count->n_names == count->n_links)
			continue;
		str_clear(&c->message);
		str_appendf(&c->message, "has %llu names on the disk, the layer says %llu",
			    (unsigned long long)count->n_links, (unsigned long long)count->n_names);
		comparison_add_difference(c, DIFFERENCE_OF_ENTRY, count->path, count->path,
					  c->message.data);
	}
}

void comparison_finish(struct comparison *c)
{
	/* Not all names are known where an entry's way was lost. */
	if (!c->differences.has_lost_ways)
		compare_link_counts(c);
	differences_settle(&c->differences);
}
