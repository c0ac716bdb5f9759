/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/object_xattr.h"

#include "workers/verify/acl.h"

#include "base/alloc.h"
#include "layer/mark.h"
#include "layer/owner.h"

#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/xattr.h>

#define NAMES_COMMON 1024 /* bytes: more names than most objects have */
#define VALUE_COMMON 256 /* bytes: longer than most values */

/* A value that was read, or is to be set. */
struct value {
	const void *bytes;
	size_t len;
};

/* Values of file capabilities in their two versions: that of root has no owner on disk in one of them. */
static bool are_capabilities_equal(struct value a, struct value b)
{
	struct vfs_ns_cap_data x = { 0 }, y = { 0 };

	if (a.len > sizeof(x) || b.len > sizeof(y))
		return false;
	memcpy(&x, a.bytes, a.len);
	memcpy(&y, b.bytes, b.len);
	return (le32toh(x.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE) ==
		       (le32toh(y.magic_etc) & VFS_CAP_FLAGS_EFFECTIVE) &&
	       memcmp(x.data, y.data, sizeof(x.data)) == 0 && x.rootid == y.rootid;
}

static bool are_values_equal(enum xattr_kind kind, struct value a, struct value b)
{
	if (a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0)
		return true;
	if (kind == XATTR_CAPABILITY)
		return are_capabilities_equal(a, b);
	return kind == XATTR_ACL && acl_equal(a.bytes, a.len, b.bytes, b.len);
}

/* Would the kernel take the value for sure, and keep it as an attribute? */
static bool is_kept_for_sure(const struct tar_xattr *x, const char *name)
{
	bool is_extended, has_ids;
	mode_t mode;

	if (x->len > XATTR_SIZE_MAX || strlen(name) > XATTR_NAME_MAX)
		return false;
	switch (xattr_kind(x->name)) {
	case XATTR_CAPABILITY:
		return x->len == XATTR_CAPS_SZ_2;
	case XATTR_ACL:
		return acl_mode(x->value, x->len, &mode, &is_extended, &has_ids) && is_extended &&
		       !has_ids;
	case XATTR_ESCAPED:
	case XATTR_OVERLAY:
		return false;
	default:
		return name[strlen("user.")] != '\0';
	}
}

/* The entry's attribute that has that name in the layer: of several the last one counts. */
static const struct tar_xattr *find_stated(const struct comparison *c,
					   const struct tar_entry *entry, const char *name)
{
	char buffer[XATTR_BUFFER_SIZE];
	enum xattr_loss loss;

	for (size_t i = entry->n_xattrs; i-- > 0;) {
		const char *there = xattr_name_from_image(&c->xattr_rules, entry->xattrs[i].name,
							  buffer, &loss);

		if (there && strcmp(there, name) == 0)
			return &entry->xattrs[i];
	}
	return NULL;
}

/* One object while its attributes are compared. */
struct xattr_object {
	struct comparison *comparison;
	int fd;
	int parent;
	const struct tar_entry *entry;
	const char *names; /* as flistxattr(2) gives them */
	size_t names_size;
	struct object_xattrs *ret;
};

/* *ret_large is what the value may be in; to be freed. */
static int read_value(int fd, const char *name, char common[VALUE_COMMON], char **ret_large,
		      struct value *ret)
{
	ssize_t len = fgetxattr(fd, name, common, VALUE_COMMON);

	ret->bytes = common;
	if (len < 0 && errno == ERANGE) {
		ret->bytes = *ret_large = xmalloc(XATTR_SIZE_MAX);
		len = fgetxattr(fd, name, *ret_large, XATTR_SIZE_MAX);
	}
	ret->len = len < 0 ? 0 : (size_t)len;
	return len < 0 ? -1 : 0;
}

static void take_owner(struct xattr_object *object, struct value value)
{
	object->ret->has_owner = owner_decode(value.bytes, value.len, &object->ret->owner) == 0;
	if (!object->ret->has_owner)
		comparison_tell(object->comparison, "the attribute '%s' is damaged", OWNER_XATTR);
}

/* An attribute that the entry does not have. */
static void take_unstated(struct xattr_object *object, enum xattr_kind kind, const char *name)
{
	if (kind == XATTR_ACL && fgetxattr(object->parent, ACL_DEFAULT_XATTR, NULL, 0) > 0) {
		object->ret->has_inherited_acl = true;
		return;
	}
	comparison_tell(object->comparison, "extended attribute '%s' is not the layer's", name);
}

static void compare_present(struct xattr_object *object, const char *name)
{
	struct comparison *c = object->comparison;
	enum xattr_kind kind = xattr_kind(name);
	char common[VALUE_COMMON];
	autofree char *large = NULL;
	const struct tar_xattr *stated;
	struct value value;

	if (kind == XATTR_FOREIGN)
		return;
	if (read_value(object->fd, name, common, &large, &value) < 0) {
		comparison_tell(c, "cannot read extended attribute '%s': %s", name,
				strerror(errno));
		return;
	}
	if (kind == XATTR_OWNER && c->owner == COMPARISON_OWNER_AS_DATA) {
		take_owner(object, value);
		return;
	}
	if (strcmp(name, MARK_OPAQUE) == 0) {
		object->ret->is_opaque = value.len == 1 && *(const char *)value.bytes == 'y';
		return;
	}
	stated = find_stated(c, object->entry, name);
	if (!stated)
		take_unstated(object, kind, name);
	else if (!are_values_equal(kind, value, (struct value) { stated->value, stated->len }))
		comparison_tell(c, "extended attribute '%s' differs", name);
}

static bool has_name(const struct xattr_object *object, const char *wanted)
{
	const char *end = object->names + object->names_size;

	for (const char *name = object->names; name < end; name += strlen(name) + 1)
		if (strcmp(name, wanted) == 0)
			return true;
	return false;
}

static void compare_stated(struct xattr_object *object, const struct tar_xattr *x)
{
	struct comparison *c = object->comparison;
	char buffer[XATTR_BUFFER_SIZE];
	enum xattr_loss loss;
	const char *name = xattr_name_from_image(&c->xattr_rules, x->name, buffer, &loss);

	if (!name || has_name(object, name) || !is_kept_for_sure(x, name))
		return;
	if (fgetxattr(object->fd, name, NULL, 0) < 0 && errno == ENODATA)
		comparison_tell(c, "extended attribute '%s' is missing", name);
}

void object_xattr_compare(struct comparison *comparison, int fd, int parent,
			  const struct tar_entry *entry, struct object_xattrs *ret)
{
	char common[NAMES_COMMON];
	autofree char *many = NULL;
	struct xattr_object object = { comparison, fd, parent, entry, common, 0, ret };
	ssize_t size = flistxattr(fd, common, sizeof(common));

	*ret = (struct object_xattrs) { 0 };
	if (size < 0 && errno == ERANGE) {
		object.names = many = xmalloc(XATTR_LIST_MAX);
		size = flistxattr(fd, many, XATTR_LIST_MAX);
	}
	if (size < 0) {
		if (errno != ENOTSUP)
			comparison_tell(comparison, "cannot list extended attributes: %s",
					strerror(errno));
		return;
	}
	object.names_size = (size_t)size;
	for (const char *name = object.names; name < object.names + size; name += strlen(name) + 1)
		compare_present(&object, name);
	for (size_t i = 0; i < entry->n_xattrs; i++)
		compare_stated(&object, &entry->xattrs[i]);
}
