/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/object.h"

#include "workers/verify/acl.h"
#include "workers/verify/deletion.h"
#include "workers/verify/object_xattr.h"

#include "base/cleanup.h"
#include "layer/mark.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static const mode_t formats[] = {
	[TAR_FILE] = S_IFREG, [TAR_HARDLINK] = S_IFREG, [TAR_SYMLINK] = S_IFLNK,
	[TAR_CHAR] = S_IFCHR, [TAR_BLOCK] = S_IFBLK,    [TAR_DIRECTORY] = S_IFDIR,
	[TAR_FIFO] = S_IFIFO,
};

/* The mode that the entry gives: an access ACL sets the permissions after the mode. False: an ACL that
 * the kernel may have refused, or one of the directory, leaves more than one. */
static bool wanted_mode(const struct tar_entry *entry, const struct object_xattrs *xattrs,
			mode_t *ret)
{
	*ret = entry->mode & 07777;
	if (xattrs->has_inherited_acl)
		return false;
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		const struct tar_xattr *x = &entry->xattrs[i];
		bool is_extended, has_ids;
		mode_t permissions;

		if (strcmp(x->name, ACL_ACCESS_XATTR) != 0)
			continue;
		if (!acl_mode(x->value, x->len, &permissions, &is_extended, &has_ids) || has_ids)
			return false;
		*ret = (*ret & 07000) | permissions;
	}
	return true;
}

static void compare_mode(struct comparison *c, const struct stat *st, const struct tar_entry *entry,
			 const struct object_xattrs *xattrs)
{
	mode_t wanted;
	mode_t compared = wanted_mode(entry, xattrs, &wanted) ? 07777 : 07000;

	if ((st->st_mode & compared) != (wanted & compared))
		comparison_tell(c, "mode is %04o, the layer says %04o", st->st_mode & 07777,
				wanted);
}

/* Was the time cut to what the filesystem can have? Its grain shows in the time of the last change,
 * which is the kernel's own. */
static bool is_cut_time(const struct stat *st, const struct timespec *wanted)
{
	static const long grains[] = { 100, 1000, 1000000, 1000000000 };

	for (size_t i = 0; i < array_size(grains); i++)
		if (st->st_ctim.tv_nsec % grains[i] == 0 && st->st_mtim.tv_sec == wanted->tv_sec &&
		    st->st_mtim.tv_nsec == wanted->tv_nsec - wanted->tv_nsec % grains[i])
			return true;
	if (st->st_mtim.tv_nsec != 0)
		return false;
	return wanted->tv_sec < 0
		       ? st->st_mtim.tv_sec > wanted->tv_sec && st->st_mtim.tv_sec <= INT32_MIN
		       : st->st_mtim.tv_sec < wanted->tv_sec && st->st_mtim.tv_sec >= INT32_MAX;
}

static void compare_time(struct comparison *c, const struct stat *st, const struct timespec *wanted)
{
	if ((st->st_mtim.tv_sec != wanted->tv_sec || st->st_mtim.tv_nsec != wanted->tv_nsec) &&
	    !is_cut_time(st, wanted))
		comparison_tell(c, "time is %lld.%09ld, the layer says %lld.%09ld",
				(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec,
				(long long)wanted->tv_sec, wanted->tv_nsec);
}

/* The owner that the tree gives an object. xattrs NULL: it can have no attributes. */
static struct owner find_owner(const struct comparison *c, const struct stat *st,
			       const struct object_xattrs *xattrs)
{
	struct owners_record record;

	if (c->owner == COMPARISON_OWNER_ON_DISK)
		return (struct owner) { st->st_uid, st->st_gid };
	if (xattrs && xattrs->has_owner)
		return xattrs->owner;
	if (owners_table_find(&c->owners, c->path.data, &record) && owners_record_fits(&record, st))
		return record.owner;
	return (struct owner) { 0, 0 };
}

static void compare_owner(struct comparison *c, const struct stat *st,
			  const struct tar_entry *entry, const struct object_xattrs *xattrs)
{
	struct owner owner = find_owner(c, st, xattrs);

	if (owner.uid != entry->uid || owner.gid != entry->gid)
		comparison_tell(c, "owner is %u:%u, the layer says %u:%u", owner.uid, owner.gid,
				entry->uid, entry->gid);
	if (c->owner == COMPARISON_OWNER_AS_DATA && st->st_uid != c->disk_uid)
		comparison_tell(c, "owner on the disk is %u, not %u", st->st_uid, c->disk_uid);
}

/* An empty file may stand for a device, and a line says so. */
static bool find_placeholder(const struct comparison *c, const struct stat *st,
			     struct owners_record *ret)
{
	return S_ISREG(st->st_mode) && st->st_size == 0 &&
	       owners_table_find(&c->owners, c->path.data, ret) && ret->is_placeholder;
}

static bool is_device_of(const struct owners_record *record, const struct tar_entry *entry)
{
	return record->type == (entry->type == TAR_CHAR ? 'c' : 'b') &&
	       record->major == entry->major && record->minor == entry->minor &&
	       record->owner.uid == entry->uid && record->owner.gid == entry->gid;
}

static void compare_target(struct comparison *c, const struct place *place,
			   const struct tar_entry *entry)
{
	char target[PATH_MAX];
	ssize_t len = readlinkat(place->dir->fd, place->name, target, sizeof(target) - 1);

	if (len < 0) {
		comparison_tell(c, "cannot be read: %s", strerror(errno));
		return;
	}
	target[len] = '\0';
	if (strcmp(target, entry->link) != 0)
		comparison_tell(c, "target is '%.200s', the layer says '%.200s'", target,
				entry->link);
}

/* Of a file: what cannot be seen without opening it. */
static void compare_opened(struct comparison *c, const struct place *place,
			   const struct tar_entry *entry, struct object_xattrs *ret)
{
	autoclose int fd = openat(place->dir->fd, place->name,
				  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	*ret = (struct object_xattrs) { 0 };
	if (fd < 0) {
		comparison_tell(c, "cannot be opened: %s", strerror(errno));
		return;
	}
	object_xattr_compare(c, fd, place->dir->fd, entry, ret);
	if (ret->is_opaque)
		comparison_tell(c, "extended attribute '%s' is not the layer's", MARK_OPAQUE);
	if (c->is_deep && entry->type == TAR_FILE && place->stat.st_size == (off_t)entry->size)
		c->content = (struct content) { .fd = fd_steal(&fd), .size = entry->size };
}

static void compare_file(struct comparison *c, const struct place *place,
			 const struct tar_entry *entry)
{
	const struct stat *st = &place->stat;
	struct object_xattrs xattrs;
	struct owners_record record;

	if ((uint64_t)st->st_size != entry->size)
		comparison_tell(c, "size is %llu, the layer says %llu",
				(unsigned long long)st->st_size, (unsigned long long)entry->size);
	if (find_placeholder(c, st, &record))
		comparison_tell(c, "stands for a device, the layer says file");
	compare_opened(c, place, entry, &xattrs);
	compare_mode(c, st, entry, &xattrs);
	compare_owner(c, st, entry, &xattrs);
	compare_time(c, st, &entry->mtime);
}

/* The unpacker gives a placeholder no attribute but its owner's. */
static void compare_placeholder(struct comparison *c, const struct place *place,
				const struct tar_entry *entry, const struct owners_record *record)
{
	struct tar_entry bare = *entry;
	struct object_xattrs xattrs;

	bare.n_xattrs = 0;
	if (!is_device_of(record, entry))
		comparison_tell(c, "its line in '%s' is '%c %u %u %u:%u', the layer says otherwise",
				OWNERS_FILE, record->type, record->owner.uid, record->owner.gid,
				record->major, record->minor);
	compare_opened(c, place, &bare, &xattrs);
	compare_mode(c, &place->stat, &bare, &xattrs);
	compare_owner(c, &place->stat, &bare, &xattrs);
	compare_time(c, &place->stat, &entry->mtime);
}

/* A symlink, FIFO or device: what is never opened. */
static void compare_special(struct comparison *c, const struct place *place,
			    const struct tar_entry *entry)
{
	const struct object_xattrs none = { 0 };
	const struct stat *st = &place->stat;
	struct tar_entry bare = *entry;

	bare.n_xattrs = 0;
	if (entry->type == TAR_SYMLINK)
		compare_target(c, place, entry);
	else
		compare_mode(c, st, &bare, &none);
	if ((entry->type == TAR_CHAR || entry->type == TAR_BLOCK) &&
	    st->st_rdev != makedev(entry->major, entry->minor))
		comparison_tell(c, "device is %u:%u, the layer says %u:%u", major(st->st_rdev),
				minor(st->st_rdev), entry->major, entry->minor);
	compare_owner(c, st, entry, NULL);
	compare_time(c, st, &entry->mtime);
}

static void compare_directory_metadata(struct comparison *c, struct view_dir *dir, int parent,
				       const struct stat *st, const struct tar_entry *entry)
{
	struct object_xattrs xattrs;

	object_xattr_compare(c, dir->fd, parent, entry, &xattrs);
	compare_mode(c, st, entry, &xattrs);
	compare_owner(c, st, entry, &xattrs);
	compare_time(c, st, &entry->mtime);
	if (path_set_has(&c->replaced, c->path.data))
		deletion_compare_hidden(c, dir);
	else if (xattrs.is_opaque)
		deletion_tell_opaque(c, c->path.data);
}

static void compare_directory(struct comparison *c, const struct place *place,
			      const struct tar_entry *entry)
{
	struct error failure = { 0 };
	int parent = place->dir->fd;
	struct view_dir *dir;

	if (view_child(&c->view, place->dir, place->name, &dir, &failure) < 0)
		comparison_tell(c, "cannot be opened: %s", failure.message);
	else
		compare_directory_metadata(c, dir, parent, &place->stat, entry);
}

void object_compare(struct comparison *c, const struct place *place, const struct tar_entry *entry)
{
	struct owners_record record;

	if ((entry->type == TAR_CHAR || entry->type == TAR_BLOCK) &&
	    find_placeholder(c, &place->stat, &record)) {
		compare_placeholder(c, place, entry, &record);
	} else if ((place->stat.st_mode & S_IFMT) != formats[entry->type]) {
		comparison_tell(c, "is a %s, the layer says %s",
				comparison_kind(place->stat.st_mode),
				comparison_kind(formats[entry->type]));
	} else if (entry->type == TAR_DIRECTORY) {
		compare_directory(c, place, entry);
	} else if (entry->type == TAR_FILE) {
		compare_file(c, place, entry);
	} else {
		compare_special(c, place, entry);
	}
}

void object_compare_root(struct comparison *c, const struct tar_entry *entry)
{
	struct view_dir *root = &c->view.dirs[0];
	struct stat st;

	if (fstat(root->fd, &st) < 0)
		comparison_tell(c, "cannot be looked at: %s", strerror(errno));
	else
		compare_directory_metadata(c, root, root->fd, &st, entry);
}
