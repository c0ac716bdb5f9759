/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/acl.h"

#include <endian.h>
#include <string.h>

#define ACL_VERSION 2

enum acl_tag {
	ACL_USER_OBJ = 0x01,
	ACL_USER = 0x02,
	ACL_GROUP_OBJ = 0x04,
	ACL_GROUP = 0x08,
	ACL_MASK = 0x10,
	ACL_OTHER = 0x20,
};

/* As in linux/posix_acl_xattr.h; little-endian. */
struct acl_entry {
	uint16_t tag;
	uint16_t permissions;
	uint32_t id;
};

/* The number of entries, or 0 when it is no ACL. */
static size_t count_entries(const void *value, size_t len)
{
	uint32_t version;

	if (len < sizeof(version) || (len - sizeof(version)) % sizeof(struct acl_entry))
		return 0;
	memcpy(&version, value, sizeof(version));
	return le32toh(version) == ACL_VERSION ? (len - sizeof(version)) / sizeof(struct acl_entry)
					       : 0;
}

static struct acl_entry get_entry(const void *value, size_t index)
{
	struct acl_entry entry;

	memcpy(&entry,
	       (const unsigned char *)value + sizeof(uint32_t) + index * sizeof(struct acl_entry),
	       sizeof(entry));
	entry.tag = le16toh(entry.tag);
	entry.permissions = le16toh(entry.permissions);
	entry.id = le32toh(entry.id);
	return entry;
}

static bool has_id(const struct acl_entry *entry)
{
	return entry->tag == ACL_USER || entry->tag == ACL_GROUP;
}

bool acl_equal(const void *a, size_t a_len, const void *b, size_t b_len)
{
	size_t n = count_entries(a, a_len);

	if (n == 0 || n != count_entries(b, b_len))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct acl_entry x = get_entry(a, i);
		struct acl_entry y = get_entry(b, i);

		if (x.tag != y.tag || x.permissions != y.permissions ||
		    (has_id(&x) && x.id != y.id))
			return false;
	}
	return true;
}

bool acl_mode(const void *value, size_t len, mode_t *ret, bool *ret_is_extended, bool *ret_has_ids)
{
	size_t n = count_entries(value, len);
	unsigned int tags = 0;
	mode_t user = 0, group = 0, mask = 0, other = 0;

	for (size_t i = 0; i < n; i++) {
		struct acl_entry entry = get_entry(value, i);
		mode_t permissions = entry.permissions & 07;

		tags |= entry.tag;
		if (entry.tag == ACL_USER_OBJ)
			user = permissions;
		else if (entry.tag == ACL_GROUP_OBJ)
			group = permissions;
		else if (entry.tag == ACL_MASK)
			mask = permissions;
		else if (entry.tag == ACL_OTHER)
			other = permissions;
	}
	*ret_has_ids = tags & (ACL_USER | ACL_GROUP);
	*ret_is_extended = tags & (ACL_USER | ACL_GROUP | ACL_MASK);
	*ret = user << 6 | (tags & ACL_MASK ? mask : group) << 3 | other;
	return (tags & (ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER)) ==
	       (ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER);
}
