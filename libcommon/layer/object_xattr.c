/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/object_xattr.h"

#include "base/alloc.h"
#include "layer/mark.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/limits.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <string.h>
#include <sys/xattr.h>

#define NAMES_COMMON 1024 /* bytes: more names than most objects have */

void object_xattrs_release(struct object_xattrs *xattrs)
{
	str_release(&xattrs->bytes);
}

void object_xattrs_clear(struct object_xattrs *xattrs)
{
	xattrs->n = 0;
	xattrs->has_owner = false;
	xattrs->is_opaque = false;
	str_clear(&xattrs->bytes);
}

/* A value that is the last of bytes. */
struct value {
	struct str *bytes;
	size_t at;
};

static unsigned char *value_data(const struct value *value)
{
	return (unsigned char *)value->bytes->data + value->at;
}

static size_t value_len(const struct value *value)
{
	return value->bytes->len - value->at;
}

/* Of revision 3, the file's root user is left out. Whatever else is none that the kernel made. */
static int convert_capability(const struct value *value, struct error *err)
{
	struct vfs_ns_cap_data data;
	uint32_t magic;

	if (value_len(value) == XATTR_CAPS_SZ_2)
		return 0;
	if (value_len(value) != XATTR_CAPS_SZ_3)
		return error_set(err, ERROR_FAILED, "its capabilities are damaged");
	memcpy(&data, value_data(value), sizeof(data));
	magic = le32toh(data.magic_etc);
	magic = VFS_CAP_REVISION_2 | (magic & ~(uint32_t)VFS_CAP_REVISION_MASK);
	data.magic_etc = htole32(magic);
	memcpy(value_data(value), &data, XATTR_CAPS_SZ_2);
	value->bytes->len = value->at + XATTR_CAPS_SZ_2;
	return 0;
}

/* The ID of an entry of an ACL, where it has one. */
static int convert_acl_id(const struct id_view *ids, struct posix_acl_xattr_entry *entry,
			  struct error *err)
{
	uint16_t tag = le16toh(entry->e_tag);
	uint32_t id = le32toh(entry->e_id);
	bool is_mapped = true;

	if (tag == ACL_USER)
		is_mapped = id_view_uid(ids, id, &id);
	else if (tag == ACL_GROUP)
		is_mapped = id_view_gid(ids, id, &id);
	entry->e_id = htole32(id);
	return is_mapped ? 0 : error_set(err, ERROR_FAILED, "its ACL has an ID that is not mapped");
}

static int convert_acl(const struct value *value, const struct id_view *ids, struct error *err)
{
	for (size_t at = sizeof(struct posix_acl_xattr_header);
	     at + sizeof(struct posix_acl_xattr_entry) <= value_len(value);
	     at += sizeof(struct posix_acl_xattr_entry)) {
		struct posix_acl_xattr_entry entry;

		memcpy(&entry, value_data(value) + at, sizeof(entry));
		if (convert_acl_id(ids, &entry, err) < 0)
			return -1;
		memcpy(value_data(value) + at, &entry, sizeof(entry));
	}
	return 0;
}

/* Append the value of an attribute. 1, or 0 when it is gone. */
static int append_value(struct str *bytes, int fd, const char *name, struct error *err)
{
	ssize_t len;

	str_reserve(bytes, XATTR_SIZE_MAX);
	len = fgetxattr(fd, name, bytes->data + bytes->len, XATTR_SIZE_MAX);
	if (len < 0)
		return errno == ENODATA ? 0
					: error_errno(err, "cannot read its attribute '%s'", name);
	bytes->len += (size_t)len;
	bytes->data[bytes->len] = '\0';
	return 1;
}

static int take_owner(struct object_xattrs *xattrs, const struct value *value, struct error *err)
{
	if (owner_decode(value_data(value), value_len(value), &xattrs->owner) < 0)
		return error_set(err, ERROR_FAILED, "its attribute '%s' is damaged", OWNER_XATTR);
	xattrs->has_owner = true;
	return 0;
}

/* An attribute that the entry has, called there at its place in bytes. */
static int add_item(struct object_xattrs *xattrs, size_t name_at, const struct value *value,
		    struct error *err)
{
	if (xattrs->n == TAR_XATTRS_MAX || xattrs->bytes.len > TAR_EXTENSION_MAX)
		return error_set(err, ERROR_FAILED, "it has more attributes than a layer can hold");
	xattrs->offsets[xattrs->n] = name_at;
	xattrs->items[xattrs->n].len = value_len(value);
	xattrs->n++;
	/* The next name is not to be taken for more of this value. */
	str_append_bytes(&xattrs->bytes, "", 1);
	return 0;
}

/* What is asked of an object. */
struct xattr_query {
	int fd;
	enum xattr_route route;
	const struct id_view *ids;
};

static int read_one(struct object_xattrs *xattrs, const struct xattr_query *query, const char *name,
		    struct error *err)
{
	enum xattr_kind kind = xattr_kind(name);
	char buffer[XATTR_BUFFER_SIZE];
	const char *there = xattr_name_there(query->route, name, buffer);
	bool is_owner = kind == XATTR_OWNER && query->ids->has_one_id;
	size_t name_at = xattrs->bytes.len;
	struct value value;
	int found;

	if (!there)
		return 0;
	str_append_bytes(&xattrs->bytes, there, strlen(there) + 1);
	value = (struct value) { &xattrs->bytes, xattrs->bytes.len };
	found = append_value(&xattrs->bytes, query->fd, name, err);
	if (found > 0 && kind == XATTR_CAPABILITY)
		found = convert_capability(&value, err) < 0 ? -1 : 1;
	if (found > 0 && kind == XATTR_ACL)
		found = convert_acl(&value, query->ids, err) < 0 ? -1 : 1;
	if (found > 0 && !is_owner)
		return add_item(xattrs, name_at, &value, err);
	if (found > 0)
		found = take_owner(xattrs, &value, err);
	xattrs->bytes.len = name_at;
	return found < 0 ? -1 : 0;
}

static int compare_items(const void *a, const void *b)
{
	const struct tar_xattr *x = a;
	const struct tar_xattr *y = b;

	return strcmp(x->name, y->name);
}

/* bytes does not grow any more. */
static void point_items(struct object_xattrs *xattrs)
{
	for (size_t i = 0; i < xattrs->n; i++) {
		xattrs->items[i].name = xattrs->bytes.data + xattrs->offsets[i];
		xattrs->items[i].value = xattrs->items[i].name + strlen(xattrs->items[i].name) + 1;
	}
	if (xattrs->n)
		qsort(xattrs->items, xattrs->n, sizeof(xattrs->items[0]), compare_items);
}

int object_xattrs_read(struct object_xattrs *xattrs, int fd, enum xattr_route route,
		       const struct id_view *ids, struct error *err)
{
	const struct xattr_query query = { fd, route, ids };
	char common[NAMES_COMMON];
	autofree char *many = NULL;
	const char *names = common;
	ssize_t size = flistxattr(fd, common, sizeof(common));

	object_xattrs_clear(xattrs);
	if (size < 0 && errno == ERANGE) {
		names = many = xmalloc(XATTR_LIST_MAX);
		size = flistxattr(fd, many, XATTR_LIST_MAX);
	}
	if (size < 0)
		return errno == ENOTSUP ? 0 : error_errno(err, "cannot list its attributes");
	for (const char *name = names; name < names + size; name += strlen(name) + 1)
		if (read_one(xattrs, &query, name, err) < 0)
			return -1;
	xattrs->is_opaque = size > 0 && route == XATTR_LAYER_TO_PLAIN && mark_is_opaque(fd);
	point_items(xattrs);
	return 0;
}

static bool is_same_item(const struct tar_xattr *a, const struct tar_xattr *b)
{
	return strcmp(a->name, b->name) == 0 && a->len == b->len &&
	       memcmp(a->value, b->value, a->len) == 0;
}

static bool is_same_owner(const struct object_xattrs *a, const struct object_xattrs *b)
{
	const struct owner none = { 0, 0 };
	struct owner x = a->has_owner ? a->owner : none;
	struct owner y = b->has_owner ? b->owner : none;

	return x.uid == y.uid && x.gid == y.gid;
}

bool object_xattrs_equal(const struct object_xattrs *a, const struct object_xattrs *b)
{
	if (a->n != b->n || !is_same_owner(a, b))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!is_same_item(&a->items[i], &b->items[i]))
			return false;
	return true;
}
