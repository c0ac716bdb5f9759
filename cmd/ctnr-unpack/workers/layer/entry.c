/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/entry.h"

#include "system/fd.h"
#include "system/sync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ZEROS_MIN 4096 /* bytes: a piece of zeros of that size becomes a hole */

static bool is_zeros(const unsigned char *bytes, size_t len)
{
	return len >= ZEROS_MIN && bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

static int write_at(int fd, const unsigned char *bytes, size_t len, uint64_t offset)
{
	while (len) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		offset += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Zeros are left out, so that a bomb of them costs no disk. */
static int write_content(int fd, const struct tar_entry *entry, struct tar_reader *tar,
			 struct error *err)
{
	struct tar_data data;
	uint64_t end = 0;
	int more;

	while ((more = tar_data(tar, &data, err)) > 0) {
		if (is_zeros(data.bytes, data.len))
			continue;
		if (write_at(fd, data.bytes, data.len, data.offset) < 0)
			return error_errno(err, "cannot write");
		end = data.offset + data.len;
	}
	if (more < 0)
		return -1;
	if (end < entry->size && ftruncate(fd, (off_t)entry->size) < 0)
		return error_errno(err, "cannot write");
	/* The layer is synced as a whole at the end; the disk may as well begin. */
	if (entry->size >= SYNC_BEGIN_MIN)
		sync_begin(fd, 0, 0);
	return 0;
}

/* Does the mode need to be set once more, behind what open(2) or mkdir(2) made of it? */
static bool needs_mode(const struct layer *layer, const struct place *place,
		       const struct tar_entry *entry)
{
	return (entry->mode & 07000) || (place->dir->mode & S_ISGID) || layer->xattrs.has_acl;
}

/* Open a new file for writing. *ret_before: unknown where something else was there, or where the
 * directory hands on its group. */
static int open_new_file(struct layer *layer, const struct place *place, mode_t mode,
			 enum owner_before *ret_before, struct error *err)
{
	int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(place->dir->fd, place->name, flags, mode);

	*ret_before = place->dir->mode & S_ISGID ? OWNER_BEFORE_UNKNOWN : OWNER_BEFORE_OURS;
	if (fd < 0 && errno == EEXIST) {
		*ret_before = OWNER_BEFORE_UNKNOWN;
		if (view_remove(&layer->view, place->dir, place->name, err) < 0)
			return -1;
		fd = openat(place->dir->fd, place->name, flags, mode);
	}
	return fd < 0 ? error_errno(err, "cannot create") : fd;
}

static struct owned_object owned_by(const struct tar_entry *entry, char type, const char *path,
				    enum owner_before before)
{
	return (struct owned_object) { type, path, { entry->uid, entry->gid }, before };
}

static int make_file(struct layer *layer, const struct place *place, const struct tar_entry *entry,
		     struct tar_reader *tar, struct error *err)
{
	const struct timespec times[2] = { entry->mtime, entry->mtime };
	enum owner_before before;
	autoclose int fd = open_new_file(layer, place, entry->mode & 0777, &before, err);
	struct owned_object object;

	if (fd < 0 || write_content(fd, entry, tar, err) < 0)
		return -1;
	/* An empty file could be taken for the placeholder of a device that stood there once. */
	if (entry->size == 0 && layer->owners.has_records)
		before = OWNER_BEFORE_UNKNOWN;
	object = owned_by(entry, 'f', place->path, before);
	if (owners_writer_apply(&layer->owners, fd, &object, err) < 0)
		return -1;
	if (needs_mode(layer, place, entry) && fchmod(fd, entry->mode) < 0)
		return error_errno(err, "cannot set the mode");
	if (entry->n_xattrs &&
	    entry_xattrs_set(&layer->xattrs, fd, entry, ENTRY_XATTR_NONE, err) < 0)
		return -1;
	if (futimens(fd, times) < 0)
		return error_errno(err, "cannot set the time");
	return 0;
}

/* A device that may not be made: an empty file stands there, and its line says what it is. */
static int make_placeholder(struct layer *layer, const struct place *place,
			    const struct tar_entry *entry, struct error *err)
{
	const struct timespec times[2] = { entry->mtime, entry->mtime };
	const struct owners_record record = {
		.type = entry->type == TAR_CHAR ? 'c' : 'b',
		.owner = { entry->uid, entry->gid },
		.is_placeholder = true,
		.major = entry->major,
		.minor = entry->minor,
	};
	enum owner_before before;
	autoclose int fd = open_new_file(layer, place, entry->mode & 0777, &before, err);
	const struct owned_object object = owned_by(entry, 'f', place->path, before);

	if (fd < 0 || owners_writer_apply(&layer->owners, fd, &object, err) < 0)
		return -1;
	if (fchmod(fd, entry->mode) < 0 || futimens(fd, times) < 0)
		return error_errno(err, "cannot set mode and time");
	return owners_writer_add(&layer->owners, &record, place->path, err);
}

static int make_node(const struct place *place, const struct tar_entry *entry)
{
	switch (entry->type) {
	case TAR_SYMLINK:
		return symlinkat(entry->link, place->dir->fd, place->name);
	case TAR_CHAR:
		return mknodat(place->dir->fd, place->name, S_IFCHR | (entry->mode & 0777),
			       makedev(entry->major, entry->minor));
	case TAR_BLOCK:
		return mknodat(place->dir->fd, place->name, S_IFBLK | (entry->mode & 0777),
			       makedev(entry->major, entry->minor));
	default:
		return mknodat(place->dir->fd, place->name, S_IFIFO | (entry->mode & 0777), 0);
	}
}

/* A symlink, FIFO or device: what is made without being opened. */
static int make_special(struct layer *layer, const struct place *place,
			const struct tar_entry *entry, struct error *err)
{
	static const char types[] = {
		[TAR_SYMLINK] = 'l', [TAR_CHAR] = 'c', [TAR_BLOCK] = 'b', [TAR_FIFO] = 'p'
	};
	const struct timespec times[2] = { entry->mtime, entry->mtime };
	bool hands_on_group = place->dir->mode & S_ISGID;
	struct owned_object object =
		owned_by(entry, types[entry->type], place->path,
			 hands_on_group ? OWNER_BEFORE_UNKNOWN : OWNER_BEFORE_OURS);
	int dirfd = place->dir->fd;
	int result = make_node(place, entry);

	if (result < 0 && errno == EEXIST) {
		object.before = OWNER_BEFORE_UNKNOWN;
		if (view_remove(&layer->view, place->dir, place->name, err) < 0)
			return -1;
		result = make_node(place, entry);
	}
	if (result < 0 && errno == EPERM && (entry->type == TAR_CHAR || entry->type == TAR_BLOCK))
		return make_placeholder(layer, place, entry, err);
	if (result < 0)
		return error_errno(err, "cannot create");
	entry_xattrs_drop(&layer->xattrs, entry);
	if (owners_writer_apply_at(&layer->owners, dirfd, place->name, &object, err) < 0)
		return -1;
	if (entry->type != TAR_SYMLINK && needs_mode(layer, place, entry) &&
	    fchmodat(dirfd, place->name, entry->mode, 0) < 0)
		return error_errno(err, "cannot set the mode");
	if (utimensat(dirfd, place->name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set the time");
	return 0;
}

/* What a directory has when it gets the metadata of its entry. */
enum directory_before {
	DIRECTORY_NEW, /* 0:0, and the mode that mkdir(2) was given */
	DIRECTORY_NEW_UNSET, /* it may have another owner, or mode */
	DIRECTORY_OLD, /* and attributes of its own */
};

/* Give a directory all that its entry says. */
static int set_directory(struct layer *layer, struct view_dir *dir, const struct tar_entry *entry,
			 enum directory_before before, struct error *err)
{
	bool is_old = before == DIRECTORY_OLD;
	const struct owned_object object =
		owned_by(entry, 'd', dir->path,
			 before == DIRECTORY_NEW ? OWNER_BEFORE_OURS : OWNER_BEFORE_UNKNOWN);

	if (owners_writer_apply(&layer->owners, dir->fd, &object, err) < 0)
		return -1;
	if (before != DIRECTORY_NEW && fchmod(dir->fd, entry->mode) < 0)
		return error_errno(err, "cannot set the mode");
	if ((is_old || entry->n_xattrs) &&
	    entry_xattrs_set(&layer->xattrs, dir->fd, entry,
			     is_old ? ENTRY_XATTR_OTHERS : ENTRY_XATTR_NONE, err) < 0)
		return -1;
	dir->mode = S_IFDIR | entry->mode;
	dir->mtime = entry->mtime;
	dir->is_changed = true;
	return 0;
}

static int make_directory(struct layer *layer, const struct place *place,
			  const struct tar_entry *entry, struct error *err)
{
	struct view *view = &layer->view;
	enum directory_before before =
		needs_mode(layer, place, entry) ? DIRECTORY_NEW_UNSET : DIRECTORY_NEW;
	enum view_below below = VIEW_BELOW_SHOWS;
	mode_t mode = entry->mode & 0777;
	struct view_dir *dir;
	struct stat st;

	if (mkdirat(place->dir->fd, place->name, mode) < 0) {
		if (errno != EEXIST)
			return error_errno(err, "cannot create directory");
		if (fstatat(place->dir->fd, place->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return error_errno(err, "cannot stat");
		if (S_ISDIR(st.st_mode)) {
			if (view_child(view, place->dir, place->name, &dir, err) < 0)
				return -1;
			return set_directory(layer, dir, entry, DIRECTORY_OLD, err);
		}
		before = DIRECTORY_NEW_UNSET;
		below = VIEW_BELOW_HIDDEN;
		if (view_remove(view, place->dir, place->name, err) < 0)
			return -1;
		if (mkdirat(place->dir->fd, place->name, mode) < 0)
			return error_errno(err, "cannot create directory");
	}
	dir = view_add_dir(view, place->dir, place->name, S_IFDIR | mode, below, err);
	if (!dir)
		return -1;
	return set_directory(layer, dir, entry, before, err);
}

int entry_make(struct layer *layer, const struct place *place, const struct tar_entry *entry,
	       struct tar_reader *tar, struct error *err)
{
	bool is_device = entry->type == TAR_CHAR || entry->type == TAR_BLOCK;
	/* A device 0:0 is how the overlay marks a deletion. */
	bool is_whiteout = entry->type == TAR_CHAR && entry->major == 0 && entry->minor == 0;
	int result;

	if (entry->type == TAR_DIRECTORY)
		return make_directory(layer, place, entry, err);
	if (entry->type == TAR_FILE)
		result = make_file(layer, place, entry, tar, err);
	else if (is_device && (!layer->can_make_devices || is_whiteout))
		result = make_placeholder(layer, place, entry, err);
	else
		result = make_special(layer, place, entry, err);
	place->dir->is_changed = true;
	view_shadow(&layer->view, place->dir, place->name);
	return result;
}

int entry_set_root(struct layer *layer, const struct tar_entry *entry, struct error *err)
{
	struct view_dir *root;

	if (entry->type != TAR_DIRECTORY)
		return error_set(err, ERROR_FAILED, "the root directory cannot be replaced");
	if (view_dir(&layer->view, "", 0, VIEW_MAKE, &root, err) < 0)
		return -1;
	return set_directory(layer, root, entry, DIRECTORY_OLD, err);
}
