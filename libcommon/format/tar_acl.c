/* SPDX-License-Identifier: Apache-2.0 */
#include "format/tar_acl.h"

#include "base/alloc.h"
#include "format/tar_header.h"

#include <endian.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX 4

struct acl_entry {
	uint16_t tag; /* ACL_* */
	uint16_t permissions;
	uint32_t id;
};

struct acl {
	struct acl_entry entries[TAR_ACL_ENTRIES_MAX];
	size_t len;
};

struct field {
	const char *text;
	size_t len;
};

static bool field_is(const struct field *field, const char *word)
{
	return field->len == strlen(word) && memcmp(field->text, word, field->len) == 0;
}

static int parse_tag(const struct field *field, bool is_named, uint16_t *ret)
{
	static const struct {
		const char *word;
		const char *letter;
		uint16_t tag;
		uint16_t named; /* 0: it takes no name */
	} tags[] = {
		{ "user", "u", ACL_USER_OBJ, ACL_USER },
		{ "group", "g", ACL_GROUP_OBJ, ACL_GROUP },
		{ "mask", "m", ACL_MASK, 0 },
		{ "other", "o", ACL_OTHER, 0 },
	};

	for (size_t i = 0; i < array_size(tags); i++) {
		if (!field_is(field, tags[i].word) && !field_is(field, tags[i].letter))
			continue;
		*ret = is_named ? tags[i].named : tags[i].tag;
		return *ret ? 0 : -1;
	}
	return -1;
}

static int parse_permissions(const struct field *field, uint16_t *ret)
{
	static const char letters[] = "xwr";

	*ret = 0;
	for (size_t i = 0; i < field->len; i++) {
		const char *letter = field->text[i] ? strchr(letters, field->text[i]) : NULL;

		if (letter)
			*ret |= (uint16_t)(1U << (letter - letters));
		else if (field->text[i] != '-')
			return -1;
	}
	return field->len ? 0 : -1;
}

/* The number behind the permissions, or in the name's place. */
static int parse_id(const struct field *fields, size_t n_fields, uint32_t *ret)
{
	const struct field *field = n_fields == FIELDS_MAX ? &fields[3] : &fields[1];
	uint64_t id;

	if (tar_decimal(field->text, field->len, &id) < 0 || id >= UINT32_MAX)
		return -1;
	*ret = (uint32_t)id;
	return 0;
}

/* "user:lisa:r-x:1000", "mask::rwx" or, as old ones have it, "mask:rwx". */
static int parse_entry(const char *text, size_t len, struct acl_entry *ret)
{
	struct field fields[FIELDS_MAX];
	const char *end = text + len;
	size_t n = 0;
	bool is_named;

	for (;; text++) {
		const char *colon = memchr(text, ':', (size_t)(end - text));

		if (n == FIELDS_MAX)
			return -1;
		fields[n++] = (struct field) { text, (size_t)((colon ? colon : end) - text) };
		if (!colon)
			break;
		text = colon;
	}
	if (n < 2)
		return -1;
	is_named = n > 2 && fields[1].len;
	*ret = (struct acl_entry) { .id = (uint32_t)ACL_UNDEFINED_ID };
	if (parse_tag(&fields[0], is_named, &ret->tag) < 0 ||
	    parse_permissions(&fields[n == 2 ? 1 : 2], &ret->permissions) < 0)
		return -1;
	return is_named ? parse_id(fields, n, &ret->id) : 0;
}

static int parse_list(const char *text, size_t len, struct acl *ret)
{
	const char *end = text + len;

	while (text < end) {
		size_t n = 0;

		while (text + n < end && !strchr(", \t\n", text[n]))
			n++;
		if (n && (ret->len == TAR_ACL_ENTRIES_MAX ||
			  parse_entry(text, n, &ret->entries[ret->len++]) < 0))
			return -1;
		text += n + 1;
	}
	return ret->len ? 0 : -1;
}

/* Named users and groups need a mask: where none is stated, it lets everything through. */
static void add_mask(struct acl *acl)
{
	uint16_t permissions = 0;

	if (acl->len <= TAR_ACL_ENTRIES_OF_MODE || acl->len == TAR_ACL_ENTRIES_MAX)
		return;
	for (size_t i = 0; i < acl->len; i++) {
		const struct acl_entry *e = &acl->entries[i];

		if (e->tag == ACL_MASK)
			return;
		if (e->tag != ACL_USER_OBJ && e->tag != ACL_OTHER)
			permissions |= e->permissions;
	}
	acl->entries[acl->len++] = (struct acl_entry) { .tag = ACL_MASK,
							.permissions = permissions,
							.id = (uint32_t)ACL_UNDEFINED_ID };
}

/* The kernel's order. */
static int compare_entries(const void *a_, const void *b_)
{
	const struct acl_entry *a = a_;
	const struct acl_entry *b = b_;

	if (a->tag != b->tag)
		return a->tag < b->tag ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

int tar_acl_convert(const char *text, size_t len, struct str *ret)
{
	const struct posix_acl_xattr_header header = { htole32(POSIX_ACL_XATTR_VERSION) };
	autofree struct acl *acl = xcalloc(1, sizeof(*acl));

	if (parse_list(text, len, acl) < 0)
		return -1;
	add_mask(acl);
	qsort(acl->entries, acl->len, sizeof(acl->entries[0]), compare_entries);
	str_append_bytes(ret, &header, sizeof(header));
	for (size_t i = 0; i < acl->len; i++) {
		const struct acl_entry *e = &acl->entries[i];
		const struct posix_acl_xattr_entry entry = { htole16(e->tag),
							     htole16(e->permissions),
							     htole32(e->id) };

		str_append_bytes(ret, &entry, sizeof(entry));
	}
	return (int)acl->len;
}
