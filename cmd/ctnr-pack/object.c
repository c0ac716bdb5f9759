/* SPDX-License-Identifier: Apache-2.0 */
#include "object.h"

#include "base/alloc.h"
#include "layer/name.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FILE_FLAGS (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define ROOT_PATH "./" /* as archives name the root */

void object_writer_init(struct object_writer *writer, const struct object_source *source,
			struct tar_writer *tar)
{
	*writer = (struct object_writer) { .source = *source,
					   .tar = tar,
					   .links = LINK_NAMES_INIT,
					   .xattrs = OBJECT_XATTRS_INIT };
}

void object_writer_release(struct object_writer *writer)
{
	link_names_release(&writer->links);
	object_xattrs_release(&writer->xattrs);
	content_release(&writer->content);
}

/* An object while its entry is made. */
struct draft {
	const struct object *object;
	struct stat stat; /* of what was opened, if anything */
	bool has_record;
	struct owners_record record;
	struct tar_entry entry;
};

static bool is_placeholder(const struct draft *draft)
{
	return draft->has_record && draft->record.is_placeholder;
}

/* Records matter where the disk does not say all: not of most objects, so that most are not looked up. */
static bool needs_record(const struct object_writer *writer, const struct stat *st)
{
	if (writer->source.ids->has_one_id && !writer->xattrs.has_owner)
		return true;
	return S_ISREG(st->st_mode) && st->st_size == 0;
}

static int find_record(struct object_writer *writer, struct draft *draft, struct error *err)
{
	const struct object *object = draft->object;
	int found = 0;

	if (needs_record(writer, &draft->stat))
		found = records_find(writer->source.records, object->path, object->layer,
				     &draft->stat, &draft->record, err);
	draft->has_record = found > 0;
	return found < 0 ? -1 : 0;
}

static struct owner owner_as_data(const struct object_writer *writer, const struct draft *draft)
{
	if (writer->xattrs.has_owner)
		return writer->xattrs.owner;
	return draft->has_record ? draft->record.owner : (struct owner) { 0, 0 };
}

static int find_owner(const struct object_writer *writer, struct draft *draft, struct error *err)
{
	const struct id_view *ids = writer->source.ids;
	struct owner owner = owner_as_data(writer, draft);

	if (!ids->has_one_id && (!id_view_uid(ids, draft->stat.st_uid, &owner.uid) ||
				 !id_view_gid(ids, draft->stat.st_gid, &owner.gid))) {
		error_set(err, ERROR_FAILED, "its owner is not in the ID map");
		return error_hint(err, "somebody else made it, or /etc/subuid has changed since");
	}
	draft->entry.uid = owner.uid;
	draft->entry.gid = owner.gid;
	return 0;
}

static struct timespec clamp_time(struct timespec time, int64_t latest)
{
	return time.tv_sec >= latest ? (struct timespec) { (time_t)latest, 0 } : time;
}

/* What all entries have. The draft's stat, and the writer's attributes, are the object's. */
static int begin_draft(struct object_writer *writer, struct draft *draft, enum tar_type type,
		       struct error *err)
{
	const struct stat *st = &draft->stat;

	draft->entry = (struct tar_entry) {
		.type = type,
		.path = draft->object->path[0] ? draft->object->path : ROOT_PATH,
		.mode = st->st_mode & 07777,
		.mtime = clamp_time(st->st_mtim, writer->source.latest),
		.xattrs = writer->xattrs.items,
		.n_xattrs = writer->xattrs.n,
	};
	return find_record(writer, draft, err) < 0 ? -1 : find_owner(writer, draft, err);
}

/* Readers that set the owner of a link anew take a capability away by it, so that the link has it too. */
static void keep_capability_alone(struct tar_entry *entry)
{
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		if (xattr_kind(entry->xattrs[i].name) != XATTR_CAPABILITY)
			continue;
		entry->xattrs += i;
		entry->n_xattrs = 1;
		return;
	}
	entry->n_xattrs = 0;
}

static int write_entry(struct object_writer *writer, const struct tar_entry *entry,
		       struct error *err)
{
	writer->names_object = tar_write_entry(writer->tar, entry, err) < 0;
	if (writer->names_object)
		return -1;
	writer->n_entries++;
	return 0;
}

/* Another name of something that was written becomes a link. 1: it was done. */
static int write_link(struct object_writer *writer, const struct draft *draft, struct error *err)
{
	struct tar_entry entry = draft->entry;

	if (draft->stat.st_nlink < 2)
		return 0;
	entry.link = link_names_find(&writer->links, &draft->stat);
	if (!entry.link)
		return 0;
	entry.type = TAR_HARDLINK;
	entry.size = 0;
	keep_capability_alone(&entry);
	return write_entry(writer, &entry, err) < 0 ? -1 : 1;
}

/* The entry is written: other names of it are links to this one. */
static void note_name(struct object_writer *writer, const struct draft *draft)
{
	if (draft->stat.st_nlink > 1)
		link_names_add(&writer->links, &draft->stat, draft->object->path);
}

/* The whole of what has no content. */
static int write_without_content(struct object_writer *writer, const struct draft *draft,
				 struct error *err)
{
	int result = write_link(writer, draft, err);

	if (result != 0)
		return result < 0 ? -1 : 0;
	if (write_entry(writer, &draft->entry, err) < 0)
		return -1;
	note_name(writer, draft);
	return 0;
}

static int write_directory(struct object_writer *writer, const struct object *object,
			   struct error *err)
{
	struct draft draft = { .object = object };

	if (fstat(object->dirfd, &draft.stat) < 0)
		return error_errno(err, "cannot stat");
	if (object_xattrs_read(&writer->xattrs, object->dirfd, writer->source.route,
			       writer->source.ids, err) < 0 ||
	    begin_draft(writer, &draft, TAR_DIRECTORY, err) < 0)
		return -1;
	return write_entry(writer, &draft.entry, err);
}

/* Read a symlink. 1, or 0 when it is gone. */
static int read_target(const struct object *object, char target[PATH_MAX], struct error *err)
{
	ssize_t len = readlinkat(object->dirfd, object->name, target, PATH_MAX);

	if (len < 0 && errno == ENOENT)
		return 0;
	if (len == PATH_MAX)
		errno = ENAMETOOLONG;
	if (len < 0 || len == PATH_MAX)
		return error_errno(err, "cannot read the symlink");
	target[len] = '\0';
	return 1;
}

/* Symlinks, FIFOs and devices are not opened. */
static int write_special(struct object_writer *writer, const struct object *object,
			 enum tar_type type, struct error *err)
{
	struct draft draft = { .object = object, .stat = *object->stat };
	char target[PATH_MAX];

	object_xattrs_clear(&writer->xattrs);
	if (begin_draft(writer, &draft, type, err) < 0)
		return -1;
	if (type == TAR_SYMLINK) {
		int found = read_target(object, target, err);

		if (found <= 0)
			return found;
		draft.entry.link = target;
	} else if (type != TAR_FIFO) {
		draft.entry.major = major(draft.stat.st_rdev);
		draft.entry.minor = minor(draft.stat.st_rdev);
	}
	return write_without_content(writer, &draft, err);
}

static int write_placeholder(struct object_writer *writer, struct draft *draft, struct error *err)
{
	draft->entry.type = draft->record.type == 'c' ? TAR_CHAR : TAR_BLOCK;
	draft->entry.major = draft->record.major;
	draft->entry.minor = draft->record.minor;
	draft->entry.n_xattrs = 0;
	return write_without_content(writer, draft, err);
}

/* A file that is in the buffer, the way it was before and after it was read. */
static int write_small_file(struct object_writer *writer, const struct draft *draft,
			    struct error *err)
{
	if (write_entry(writer, &draft->entry, err) < 0)
		return -1;
	note_name(writer, draft);
	return draft->entry.size ? tar_write_data(writer->tar, writer->content.buffer,
						  (size_t)draft->entry.size, err)
				 : 0;
}

static int write_large_file(struct object_writer *writer, int fd, const struct draft *draft,
			    struct error *err)
{
	struct content *content = &writer->content;
	int is_sparse = content_find_holes(content, fd, &draft->stat, err);
	int result;

	if (is_sparse < 0)
		return -1;
	if (is_sparse)
		report_warning(
			writer->source.reporter,
			"'%s' has large holes: it becomes a sparse entry, which not every reader understands",
			draft->object->path);
	result = is_sparse ? tar_write_sparse_entry(writer->tar, &draft->entry, content->segments,
						    content->n_segments, err)
			   : tar_write_entry(writer->tar, &draft->entry, err);
	writer->names_object = result < 0;
	if (result < 0)
		return -1;
	writer->n_entries++;
	note_name(writer, draft);
	return content_write_large(content, fd, &draft->stat, is_sparse, writer->tar, err);
}

/* 1, or 0 when it changed meanwhile and nothing was written. */
static int try_file(struct object_writer *writer, const struct object *object, int fd,
		    struct error *err)
{
	struct draft draft = { .object = object };
	bool is_small;
	int result = content_stat(fd, &draft.stat, err);

	if (result <= 0)
		return result;
	if (!S_ISREG(draft.stat.st_mode))
		return error_set(err, ERROR_FAILED, "it was replaced while it was read");
	if (object_xattrs_read(&writer->xattrs, fd, writer->source.route, writer->source.ids, err) <
		    0 ||
	    begin_draft(writer, &draft, TAR_FILE, err) < 0)
		return -1;
	draft.entry.size = (uint64_t)draft.stat.st_size;
	if (is_placeholder(&draft))
		return write_placeholder(writer, &draft, err) < 0 ? -1 : 1;
	result = write_link(writer, &draft, err);
	if (result != 0)
		return result;
	is_small = content_is_small(&draft.stat);
	result = is_small ? content_read_small(&writer->content, fd, &draft.stat, err) : 1;
	if (result > 0)
		result = content_is_unchanged(fd, &draft.stat, err);
	if (result <= 0)
		return result;
	result = is_small ? write_small_file(writer, &draft, err)
			  : write_large_file(writer, fd, &draft, err);
	return result < 0 ? -1 : 1;
}

static int write_file(struct object_writer *writer, const struct object *object, struct error *err)
{
	autoclose int fd = openat(object->dirfd, object->name, FILE_FLAGS);
	int result;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return error_errno(err, "cannot open");
	result = try_file(writer, object, fd, err);
	if (result == 0)
		result = try_file(writer, object, fd, err);
	if (result == 0)
		return error_set(err, ERROR_FAILED, "it changed while it was read, twice");
	return result < 0 ? -1 : 0;
}

static int write_by_type(struct object_writer *writer, const struct object *object,
			 struct error *err)
{
	switch (object->stat->st_mode & S_IFMT) {
	case S_IFDIR:
		return write_directory(writer, object, err);
	case S_IFREG:
		return write_file(writer, object, err);
	case S_IFLNK:
		return write_special(writer, object, TAR_SYMLINK, err);
	case S_IFIFO:
		return write_special(writer, object, TAR_FIFO, err);
	case S_IFCHR:
		return write_special(writer, object, TAR_CHAR, err);
	case S_IFBLK:
		return write_special(writer, object, TAR_BLOCK, err);
	default:
		report_warning(writer->source.reporter, "'%s' is a socket, leaving it out",
			       object->path);
		return 0;
	}
}

/* A long path leaves room for what is wrong with it. */
static int object_error(const struct object_writer *writer, const char *path, struct error *err)
{
	return writer->names_object ? -1 : error_prefix(err, "'%.300s'", path[0] ? path : "/");
}

int object_write(struct object_writer *writer, const struct object *object, struct error *err)
{
	if (str_starts_with(object->name, NAME_WHITEOUT_PREFIX)) {
		error_set(err, ERROR_FAILED, "a layer cannot hold names that begin with '%s'",
			  NAME_WHITEOUT_PREFIX);
		error_hint(err, "in a layer they delete what is called so without it: rename it");
		return object_error(writer, object->path, err);
	}
	return write_by_type(writer, object, err) < 0 ? object_error(writer, object->path, err) : 0;
}

static int write_mark(struct object_writer *writer, const char *path, struct error *err)
{
	const struct tar_entry entry = { .type = TAR_FILE, .path = path };

	return write_entry(writer, &entry, err);
}

int object_write_whiteout(struct object_writer *writer, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	size_t dir_len = slash ? (size_t)(slash - path) + 1 : 0;
	autofree char *mark =
		xasprintf("%.*s" NAME_WHITEOUT_PREFIX "%s", (int)dir_len, path, path + dir_len);

	if (write_mark(writer, mark, err) < 0)
		return error_prefix(err, "deletion of '%.300s'", path);
	return 0;
}

int object_write_opaque(struct object_writer *writer, const char *path, struct error *err)
{
	autofree char *mark = xasprintf("%s%s" NAME_OPAQUE_MARK, path, path[0] ? "/" : "");

	return write_mark(writer, mark, err) < 0 ? object_error(writer, path, err) : 0;
}
