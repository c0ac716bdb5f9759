/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/owners.h"

#include <string.h>

#define TYPES "fdlpcb"

static bool is_escaped_byte(unsigned char byte)
{
	return byte <= 32 || byte > 126 || byte == '\\';
}

void owners_format_path(struct str *s, const char *path)
{
	str_append_char(s, '/');
	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if (is_escaped_byte(*p))
			str_appendf(s, "\\%03o", *p);
		else
			str_append_char(s, (char)*p);
	}
}

void owners_format(struct str *to, const struct owners_record *record, const char *path)
{
	str_appendf(to, "%c %u %u ", record->type, record->owner.uid, record->owner.gid);
	if (record->is_placeholder)
		str_appendf(to, "%u:%u ", record->major, record->minor);
	else
		str_append(to, "- ");
	owners_format_path(to, path);
	str_append_char(to, '\n');
}

/* What is left of a line. */
struct rest {
	const char *at;
	const char *end;
};

static bool take_char(struct rest *rest, char wanted)
{
	if (rest->at == rest->end || *rest->at != wanted)
		return false;
	rest->at++;
	return true;
}

static bool take_id(struct rest *rest, uint32_t *ret)
{
	const char *start = rest->at;
	uint64_t value = 0;

	while (rest->at < rest->end && *rest->at >= '0' && *rest->at <= '9') {
		value = value * 10 + (uint64_t)(*rest->at++ - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*ret = (uint32_t)value;
	return rest->at > start && (*start != '0' || rest->at == start + 1);
}

static bool take_device(struct rest *rest, struct owners_record *record)
{
	if (take_char(rest, '-'))
		return true;
	record->is_placeholder = record->type == 'c' || record->type == 'b';
	return record->is_placeholder && take_id(rest, &record->major) && take_char(rest, ':') &&
	       take_id(rest, &record->minor);
}

/* The byte that is written as three octal digits, or -1. */
static int take_escaped_byte(struct rest *rest)
{
	int byte = 0;

	if (rest->end - rest->at < 3)
		return -1;
	for (int i = 0; i < 3; i++) {
		char digit = *rest->at++;

		if (digit < '0' || digit > '7')
			return -1;
		byte = byte * 8 + (digit - '0');
	}
	return byte > 0 && byte < 256 && is_escaped_byte((unsigned char)byte) ? byte : -1;
}

static bool take_path(struct rest *rest, struct str *ret)
{
	if (!take_char(rest, '/'))
		return false;
	while (rest->at < rest->end) {
		int byte = (unsigned char)*rest->at++;

		if (byte == '\\')
			byte = take_escaped_byte(rest);
		else if (is_escaped_byte((unsigned char)byte))
			return false;
		if (byte < 0)
			return false;
		if (ret)
			str_append_char(ret, (char)byte);
	}
	return true;
}

/* All of a line but its path. */
static bool take_fields(struct rest *rest, struct owners_record *ret)
{
	if (rest->at == rest->end || !*rest->at || !strchr(TYPES, *rest->at))
		return false;
	ret->type = *rest->at++;
	return take_char(rest, ' ') && take_id(rest, &ret->owner.uid) && take_char(rest, ' ') &&
	       take_id(rest, &ret->owner.gid) && take_char(rest, ' ') && take_device(rest, ret) &&
	       take_char(rest, ' ');
}

int owners_parse(const char *line, size_t len, struct owners_record *ret, struct str *ret_path)
{
	struct rest rest = { line, line + len };
	struct owners_record record = { 0 };

	if (ret_path)
		str_clear(ret_path);
	if (!take_fields(&rest, &record) || !take_path(&rest, ret_path))
		return -1;
	*ret = record;
	return 0;
}

bool owners_record_fits(const struct owners_record *record, const struct stat *st)
{
	if (record->is_placeholder)
		return S_ISREG(st->st_mode) && st->st_size == 0;
	switch (record->type) {
	case 'f':
		return S_ISREG(st->st_mode);
	case 'd':
		return S_ISDIR(st->st_mode);
	case 'l':
		return S_ISLNK(st->st_mode);
	case 'p':
		return S_ISFIFO(st->st_mode);
	case 'c':
		return S_ISCHR(st->st_mode);
	default:
		return S_ISBLK(st->st_mode);
	}
}
