/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/owners_writer.h"

#include "system/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BUFFER_MAX (64U << 10) /* bytes of lines that wait for being written */

void owners_writer_init(struct owners_writer *writer, const struct identity *identity, int fd)
{
	struct stat st;

	*writer = (struct owners_writer)OWNERS_WRITER_INIT;
	writer->identity = identity;
	writer->fd = fd;
	writer->has_records = fstat(fd, &st) == 0 && st.st_size > 0;
	writer->is_for_all = writer->has_records && identity_has_one_id(identity) &&
			     fgetxattr(fd, OWNER_XATTR, NULL, 0) < 0 && errno == ENOTSUP;
}

void owners_writer_release(struct owners_writer *writer)
{
	if (!writer)
		return;
	str_release(&writer->buffer);
	owners_table_release(&writer->table);
}

int owners_writer_flush(struct owners_writer *writer, struct error *err)
{
	if (writer->buffer.len &&
	    fd_write_all(writer->fd, writer->buffer.data, writer->buffer.len) < 0)
		return error_errno(err, "cannot write '%s'", OWNERS_FILE);
	str_clear(&writer->buffer);
	return 0;
}

int owners_writer_add(struct owners_writer *writer, const struct owners_record *record,
		      const char *path, struct error *err)
{
	struct str *buffer = &writer->buffer;
	size_t start = buffer->len;

	owners_format(buffer, record, path);
	writer->has_records = true;
	if (writer->has_table)
		owners_table_add(&writer->table, buffer->data + start, buffer->len - start);
	/* Memory has a limit; the next look-up will say so. */
	if (writer->table.text.len > OWNERS_MAX) {
		owners_table_release(&writer->table);
		writer->has_table = false;
	}
	return buffer->len > BUFFER_MAX ? owners_writer_flush(writer, err) : 0;
}

int owners_writer_find(struct owners_writer *writer, const char *path, struct owners_record *ret,
		       struct error *err)
{
	if (!writer->has_records)
		return 0;
	if (!writer->has_table && (owners_writer_flush(writer, err) < 0 ||
				   owners_table_read(&writer->table, writer->fd, err) < 0))
		return -1;
	writer->has_table = true;
	return owners_table_find(&writer->table, path, ret);
}

static int add_object(struct owners_writer *writer, const struct owned_object *object,
		      struct error *err)
{
	const struct owners_record record = { .type = object->type, .owner = object->owner };

	return owners_writer_add(writer, &record, object->path, err);
}

static bool is_root_owned(const struct owned_object *object)
{
	return object->owner.uid == 0 && object->owner.gid == 0;
}

/* Does the owner on disk have to be changed? */
static bool needs_chown(const struct owned_object *object)
{
	return !is_root_owned(object) || object->before == OWNER_BEFORE_UNKNOWN;
}

/* A line that is there may be about something that stood at this path before. */
static bool may_have_stale_record(const struct owners_writer *writer,
				  const struct owned_object *object)
{
	return object->before == OWNER_BEFORE_UNKNOWN && writer->has_records;
}

/* The IDs are mapped: were they not, the kernel would say EINVAL. */
static int cannot_set_owner(struct error *err)
{
	error_errno(err, "cannot set the owner");
	if (errno != EPERM)
		return -1;
	return error_hint(
		err,
		"this filesystem gives no file to another user: use one that does (--store, CTNR_STORE)");
}

/* Is there a line about what stood at the object's path before, and was removed since? 1, 0 or -1. */
static int has_record(struct owners_writer *writer, const struct owned_object *object,
		      struct error *err)
{
	struct owners_record record;

	return owners_writer_find(writer, object->path, &record, err);
}

int owners_writer_apply(struct owners_writer *writer, int fd, const struct owned_object *object,
			struct error *err)
{
	int needs_record = 0;

	if (!identity_has_one_id(writer->identity)) {
		if (needs_chown(object) && fchown(fd, object->owner.uid, object->owner.gid) < 0)
			return cannot_set_owner(err);
	} else if (!is_root_owned(object)) {
		needs_record = owner_set_xattr(fd, object->owner) < 0;
		writer->is_for_all |= needs_record && errno == ENOTSUP;
	} else if (writer->is_for_all) {
		needs_record = has_record(writer, object, err);
	} else if (object->before == OWNER_BEFORE_UNKNOWN) {
		fremovexattr(fd, OWNER_XATTR);
	}
	if (needs_record < 0)
		return -1;
	return needs_record || may_have_stale_record(writer, object)
		       ? add_object(writer, object, err)
		       : 0;
}

int owners_writer_apply_at(struct owners_writer *writer, int dirfd, const char *name,
			   const struct owned_object *object, struct error *err)
{
	/* With one ID no line means 0:0, unless there may be one of something that was removed. */
	if (identity_has_one_id(writer->identity))
		return is_root_owned(object) && !writer->has_records
			       ? 0
			       : add_object(writer, object, err);
	if (needs_chown(object) &&
	    fchownat(dirfd, name, object->owner.uid, object->owner.gid, AT_SYMLINK_NOFOLLOW) < 0)
		return cannot_set_owner(err);
	return may_have_stale_record(writer, object) ? add_object(writer, object, err) : 0;
}
