/* SPDX-License-Identifier: Apache-2.0 */
/* Extended headers of the pax format: records "LENGTH KEY=VALUE\n" (POSIX pax, "Extended Header"),
 * with the keys of star, libarchive and GNU tar. */
#include "base/cleanup.h"
#include "format/tar_acl.h"
#include "format/tar_header.h"

#include <stdlib.h>
#include <string.h>

int tar_decimal(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value = 0;

	if (len == 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, text[i] - '0', &value))
			return -1;
	}
	*ret = value;
	return 0;
}

/* One record: its key and value are in the header's text, each NUL-terminated. */
struct record {
	char *key;
	char *value;
	size_t len; /* of the value, which may hold NULs */
};

static int bad_value(const struct record *record, struct error *err)
{
	return error_set(err, ERROR_FAILED,
			 "damaged archive: extended header: the value of '%s' makes no sense",
			 record->key);
}

static int take_number(const struct record *record, uint64_t *ret, struct error *err)
{
	if (tar_decimal(record->value, record->len, ret) < 0)
		return bad_value(record, err);
	return 0;
}

static int take_name(const struct record *record, const char **ret, struct error *err)
{
	if (memchr(record->value, 0, record->len) || record->len > TAR_NAME_MAX)
		return bad_value(record, err);
	*ret = record->len ? record->value : NULL;
	return 0;
}

/* "[-]SECONDS[.FRACTION]"; digits beyond nanoseconds are cut. */
static int take_time(const struct record *record, struct timespec *ret, struct error *err)
{
	const char *text = record->value;
	bool is_negative = *text == '-';
	const char *seconds = text + is_negative;
	size_t n_seconds = strspn(seconds, "0123456789");
	const char *fraction = seconds + n_seconds;
	uint64_t value;
	long nanoseconds = 0;
	long unit = 100000000;

	if (tar_decimal(seconds, n_seconds, &value) < 0 || value > INT64_MAX / 2)
		return bad_value(record, err);
	if (*fraction == '.')
		for (fraction++; *fraction >= '0' && *fraction <= '9'; fraction++, unit /= 10)
			nanoseconds += (*fraction - '0') * unit;
	if (fraction != text + record->len)
		return bad_value(record, err);
	ret->tv_sec = is_negative ? -(time_t)value : (time_t)value;
	ret->tv_nsec = nanoseconds;
	if (is_negative && nanoseconds) {
		ret->tv_sec--;
		ret->tv_nsec = 1000000000 - nanoseconds;
	}
	return 0;
}

/* A later record of the same name replaces an earlier one; of the two notations star's wins,
 * because it is exact. */
static int add_xattr(struct tar_extension *ext, const char *name, const void *value, size_t len,
		     bool is_exact, struct error *err)
{
	size_t i = 0;

	while (i < ext->n_xattrs && strcmp(ext->xattrs[i].name, name) != 0)
		i++;
	if (i < ext->n_xattrs && !is_exact)
		return 0;
	if (i == TAR_XATTRS_MAX)
		return error_set(err, ERROR_FAILED, "an entry has more than %d extended attributes",
				 TAR_XATTRS_MAX);
	if (i == ext->n_xattrs)
		ext->n_xattrs++;
	ext->xattrs[i] = (struct tar_xattr) { name, value, len };
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* %XX in place; false when a byte would be NUL. */
static bool decode_percent(char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		int high = *in == '%' ? hex_digit(in[1]) : -1;
		int low = high >= 0 ? hex_digit(in[2]) : -1;

		if (low < 0) {
			*out++ = *in;
			continue;
		}
		if (high == 0 && low == 0)
			return false;
		*out++ = (char)(high * 16 + low);
		in += 2;
	}
	*out = '\0';
	return true;
}

/* Base64 in place, with or without padding. Returns the length, or -1. */
static ssize_t decode_base64(char *text, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned int n_bits = 0;
	size_t out = 0;

	while (len && text[len - 1] == '=')
		len--;
	for (size_t i = 0; i < len; i++) {
		const char *digit = text[i] ? strchr(digits, text[i]) : NULL;

		if (!digit)
			return -1;
		bits = (bits << 6 | (uint32_t)(digit - digits)) & 0xffffff;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			text[out++] = (char)(bits >> n_bits);
		}
	}
	return (ssize_t)out;
}

static int take_libarchive_xattr(struct tar_extension *ext, const struct record *record, char *name,
				 struct error *err)
{
	ssize_t len = decode_base64(record->value, record->len);

	if (len < 0 || !decode_percent(name))
		return bad_value(record, err);
	return add_xattr(ext, name, record->value, (size_t)len, false, err);
}

/* The list becomes the kernel's attribute. One that cannot is handed on by its own name, which nobody
 * sets and somebody tells of. */
static int take_acl(struct tar_extension *ext, const struct record *record, enum tar_acl which,
		    struct error *err)
{
	static const char *const names[] = {
		[TAR_ACL_ACCESS] = "system.posix_acl_access",
		[TAR_ACL_DEFAULT] = "system.posix_acl_default",
	};
	autostr struct str value = STR_INIT;
	int n_entries = tar_acl_convert(record->value, record->len, &value);
	size_t len = value.len;

	if (ext->acls[which])
		return bad_value(record, err);
	if (n_entries < 0)
		return add_xattr(ext, record->key, record->value, record->len, false, err);
	if (which == TAR_ACL_ACCESS && n_entries <= TAR_ACL_ENTRIES_OF_MODE)
		return 0;
	ext->acls[which] = str_steal(&value);
	return add_xattr(ext, names[which], ext->acls[which], len, false, err);
}

/* GNU.sparse.map: "OFFSET,LENGTH,OFFSET,LENGTH..." */
static int take_map(struct tar_extension *ext, const struct record *record, struct error *err)
{
	const char *p = record->value;

	ext->segments.len = 0;
	while (*p) {
		uint64_t pair[2];

		for (int i = 0; i < 2; i++) {
			size_t digits = strcspn(p, ",");

			if (tar_decimal(p, digits, &pair[i]) < 0)
				return bad_value(record, err);
			p += digits + (p[digits] == ',');
		}
		if (tar_segments_add(&ext->segments, pair[0], pair[1], err) < 0)
			return -1;
	}
	ext->sparse = TAR_SPARSE_HEADER;
	return 0;
}

/* The keys behind "GNU.sparse.": versions 0.0 (offset and numbytes, repeated), 0.1 (map), 1.0. */
static int take_sparse(struct tar_extension *ext, const struct record *record, const char *key,
		       struct error *err)
{
	uint64_t value;

	if (strcmp(key, "name") == 0)
		return take_name(record, &ext->sparse_path, err);
	if (strcmp(key, "map") == 0)
		return take_map(ext, record, err);
	if (take_number(record, &value, err) < 0)
		return -1;
	if (strcmp(key, "size") == 0 || strcmp(key, "realsize") == 0) {
		ext->has_sparse_size = true;
		ext->sparse_size = value;
	} else if (strcmp(key, "major") == 0) {
		if (value > 1)
			return bad_value(record, err);
		if (value == 1)
			ext->sparse = TAR_SPARSE_DATA;
	} else if (strcmp(key, "minor") == 0) {
		if (ext->sparse == TAR_SPARSE_DATA && value != 0)
			return bad_value(record, err);
	} else if (strcmp(key, "numblocks") == 0) {
		ext->sparse = TAR_SPARSE_HEADER;
	} else if (strcmp(key, "offset") == 0) {
		return tar_segments_add(&ext->segments, value, 0, err);
	} else if (strcmp(key, "numbytes") == 0) {
		if (ext->segments.len == 0)
			return bad_value(record, err);
		ext->segments.items[ext->segments.len - 1].len = value;
	}
	return 0;
}

static int take_record(struct tar_extension *ext, const struct record *record, struct error *err)
{
	if (str_starts_with(record->key, TAR_KEY_XATTR))
		return add_xattr(ext, record->key + strlen(TAR_KEY_XATTR), record->value,
				 record->len, true, err);
	if (str_starts_with(record->key, "LIBARCHIVE.xattr."))
		return take_libarchive_xattr(ext, record, record->key + strlen("LIBARCHIVE.xattr."),
					     err);
	if (strcmp(record->key, "SCHILY.acl.access") == 0)
		return take_acl(ext, record, TAR_ACL_ACCESS, err);
	if (strcmp(record->key, "SCHILY.acl.default") == 0)
		return take_acl(ext, record, TAR_ACL_DEFAULT, err);
	/* NFSv4's, as of FreeBSD and Solaris, mean nothing here. */
	if (strcmp(record->key, "SCHILY.acl.ace") == 0)
		return add_xattr(ext, record->key, record->value, record->len, false, err);
	if (str_starts_with(record->key, TAR_KEY_SPARSE))
		return take_sparse(ext, record, record->key + strlen(TAR_KEY_SPARSE), err);
	if (strcmp(record->key, "path") == 0)
		return take_name(record, &ext->path, err);
	if (strcmp(record->key, "linkpath") == 0)
		return take_name(record, &ext->link, err);
	/* An empty value takes back what was said before; the header block then holds. */
	if (strcmp(record->key, "size") == 0) {
		ext->has_size = record->len != 0;
		return ext->has_size ? take_number(record, &ext->size, err) : 0;
	}
	if (strcmp(record->key, "uid") == 0) {
		ext->has_uid = record->len != 0;
		return ext->has_uid ? take_number(record, &ext->uid, err) : 0;
	}
	if (strcmp(record->key, "gid") == 0) {
		ext->has_gid = record->len != 0;
		return ext->has_gid ? take_number(record, &ext->gid, err) : 0;
	}
	if (strcmp(record->key, "mtime") == 0) {
		ext->has_mtime = record->len != 0;
		return ext->has_mtime ? take_time(record, &ext->mtime, err) : 0;
	}
	return 0;
}

void tar_extension_clear(struct tar_extension *ext)
{
	if (!ext)
		return;
	free(ext->segments.items);
	for (size_t i = 0; i < TAR_ACL_MAX; i++)
		free(ext->acls[i]);
	*ext = (struct tar_extension) { 0 };
}

int tar_extension_parse(char *text, size_t len, struct tar_extension *ret, struct error *err)
{
	char *end = text + len;

	while (text < end) {
		size_t digits = strspn(text, "0123456789");
		uint64_t record_len;
		char *equals;
		struct record record;

		if (tar_decimal(text, digits, &record_len) < 0 || text[digits] != ' ' ||
		    record_len <= digits + 2 || record_len > (size_t)(end - text) ||
		    text[record_len - 1] != '\n')
			return error_set(
				err, ERROR_FAILED,
				"damaged archive: an extended header's record is malformed");
		record.key = text + digits + 1;
		equals = memchr(record.key, '=', record_len - digits - 2);
		if (!equals || equals == record.key ||
		    memchr(record.key, 0, (size_t)(equals - record.key)))
			return error_set(
				err, ERROR_FAILED,
				"damaged archive: an extended header's record is malformed");
		*equals = '\0';
		record.value = equals + 1;
		record.len = (size_t)(text + record_len - 1 - record.value);
		text[record_len - 1] = '\0';
		if (take_record(ret, &record, err) < 0)
			return -1;
		text += record_len;
	}
	return 0;
}
