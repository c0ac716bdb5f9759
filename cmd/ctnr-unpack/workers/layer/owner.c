/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/owner.h"

#include "base/alloc.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BUFFER_MAX (64U << 10)

static bool is_single(const struct owners *owners)
{
	return identity_has_one_id(owners->identity);
}

int owner_check(const struct owners *owners, struct owner owner, struct error *err)
{
	const struct identity *id = owners->identity;
	bool has_uid = idmap_has_inside(&id->uids, owner.uid);

	if (is_single(owners) || (has_uid && idmap_has_inside(&id->gids, owner.gid)))
		return 0;
	error_set(err, ERROR_FAILED, "%s %u is not in the ID map", has_uid ? "gid" : "uid",
		  has_uid ? owner.gid : owner.uid);
	return error_hint(err, "a range of at least %u IDs is needed: usermod --add-%s FIRST-LAST",
			  has_uid ? owner.gid : owner.uid, has_uid ? "subgids" : "subuids");
}

static size_t put_varint(unsigned char *to, unsigned char field, uint32_t value)
{
	size_t len = 0;

	to[len++] = (unsigned char)(field << 3);
	while (value >= 0x80) {
		to[len++] = (unsigned char)(value | 0x80);
		value >>= 7;
	}
	to[len++] = (unsigned char)value;
	return len;
}

/* Both fields are always written, zeros too: other readers take an absent one for "unchanged". */
static int set_attribute(int fd, struct owner owner)
{
	unsigned char value[16];
	size_t len = put_varint(value, 1, owner.uid);

	len += put_varint(value + len, 2, owner.gid);
	return fsetxattr(fd, XATTR_ROOTLESS, value, len, 0);
}

int owner_set(struct owners *owners, int fd, char type, const char *path, struct owner owner,
	      bool may_differ, struct error *err)
{
	bool is_root = owner.uid == 0 && owner.gid == 0;

	if (!is_single(owners)) {
		if ((!is_root || may_differ) && fchown(fd, owner.uid, owner.gid) < 0)
			return error_errno(err, "cannot set the owner");
		return may_differ && owners->has_records
			       ? owner_record(owners, type, path, owner, NULL, err)
			       : 0;
	}
	if (!is_root && set_attribute(fd, owner) == 0) {
		is_root = true;
	} else if (is_root && may_differ) {
		/* An earlier entry's. */
		fremovexattr(fd, XATTR_ROOTLESS);
	}
	if (is_root && !(may_differ && owners->has_records))
		return 0;
	return owner_record(owners, type, path, owner, NULL, err);
}

int owner_set_at(struct owners *owners, int dirfd, const char *name, char type, const char *path,
		 struct owner owner, bool may_differ, struct error *err)
{
	bool is_root = owner.uid == 0 && owner.gid == 0;

	if (is_single(owners)) {
		/* A line may be there of what stood there once and was removed since. */
		if (is_root && !owners->has_records)
			return 0;
		return owner_record(owners, type, path, owner, NULL, err);
	}
	if ((!is_root || may_differ) &&
	    fchownat(dirfd, name, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_errno(err, "cannot set the owner");
	return may_differ && owners->has_records
		       ? owner_record(owners, type, path, owner, NULL, err)
		       : 0;
}

static void append_path(struct str *s, const char *path)
{
	str_append_char(s, '/');
	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if (*p <= 32 || *p > 126 || *p == '\\')
			str_appendf(s, "\\%03o", *p);
		else
			str_append_char(s, (char)*p);
	}
}

int owners_flush(struct owners *owners, struct error *err)
{
	if (owners->buffer.len &&
	    fd_write_all(owners->fd, owners->buffer.data, owners->buffer.len) < 0)
		return error_errno(err, "cannot write '%s'", OWNERS_FILE);
	str_clear(&owners->buffer);
	return 0;
}

int owner_record(struct owners *owners, char type, const char *path, struct owner owner,
		 const uint32_t device[2], struct error *err)
{
	struct str *s = &owners->buffer;

	str_appendf(s, "%c %u %u ", type, owner.uid, owner.gid);
	if (device)
		str_appendf(s, "%u:%u ", device[0], device[1]);
	else
		str_append(s, "- ");
	append_path(s, path);
	str_append_char(s, '\n');
	owners->has_records = true;
	return s->len > BUFFER_MAX ? owners_flush(owners, err) : 0;
}

/* The line for a path in text: the last one that ends in its notation. */
static const char *find_line(const char *text, const char *path, size_t *ret_len)
{
	autostr struct str suffix = STR_INIT;
	const char *found = NULL;
	const char *next;

	str_append_char(&suffix, ' ');
	append_path(&suffix, path);
	str_append_char(&suffix, '\n');
	while ((next = strstr(found ? found + 1 : text, suffix.data)))
		found = next;
	if (!found)
		return NULL;
	*ret_len = (size_t)(found - text);
	while (found > text && found[-1] != '\n')
		found--;
	*ret_len -= (size_t)(found - text);
	return found;
}

#define OWNERS_MAX (64U << 20) /* bytes of a file of owners that is searched */

int owner_carry(struct owners *owners, int file, const char *from, const char *to,
		struct error *err)
{
	autostr struct str text = STR_INIT;
	const char *line;
	struct stat st;
	size_t len;

	if (file == owners->fd && owners_flush(owners, err) < 0)
		return -1;
	if (fstat(file, &st) < 0)
		return error_errno(err, "cannot stat '%s'", OWNERS_FILE);
	if (st.st_size == 0)
		return 0;
	if (st.st_size > OWNERS_MAX)
		return error_set(err, ERROR_FAILED, "'%s' is larger than %u bytes", OWNERS_FILE,
				 OWNERS_MAX);
	str_reserve(&text, (size_t)st.st_size);
	text.len = (size_t)st.st_size;
	if (pread(file, text.data, text.len, 0) != (ssize_t)text.len)
		return error_errno(err, "cannot read '%s'", OWNERS_FILE);
	text.data[text.len] = '\0';
	line = find_line(text.data, from, &len);
	if (!line)
		return 0;
	str_append_bytes(&owners->buffer, line, len);
	str_append_char(&owners->buffer, ' ');
	append_path(&owners->buffer, to);
	str_append_char(&owners->buffer, '\n');
	owners->has_records = true;
	return 1;
}
