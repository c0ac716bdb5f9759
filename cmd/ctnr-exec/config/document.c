/* SPDX-License-Identifier: Apache-2.0 */
#include "config/document.h"

#include "oci/runtime.h"
#include "system/fd.h"

#include <string.h>

/* A range of the text. */
struct span {
	const char *start;
	const char *end;
};

static const char *skip_blank(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p;
}

/* p is at the opening quote; returns what follows the closing one, or end. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '\\')
			p++;
		else if (*p == '"')
			return p + 1;
	}
	return end;
}

static const char *skip_value(const char *p, const char *end)
{
	int depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
		} else if (*p == '{' || *p == '[') {
			depth++;
			p++;
		} else if (*p == '}' || *p == ']') {
			if (depth-- == 0)
				return p;
			p++;
		} else if (*p == ',' && depth == 0) {
			return p;
		} else {
			p++;
			continue;
		}
		if (depth == 0)
			return p;
	}
	return end;
}

/* Find the value of a member written literally as key. Broken text finds nothing: the parser will say
 * what is wrong. Neither does an object with a key that is there twice or written with escapes, which
 * may be the same one: the parser knows which of them counts. */
static bool find_member(struct span object, const char *key, struct span *ret)
{
	size_t key_len = strlen(key);
	const char *p = skip_blank(object.start, object.end);
	int found = 0;

	if (p == object.end || *p != '{')
		return false;
	for (p = skip_blank(p + 1, object.end); p < object.end && *p == '"';) {
		const char *name = p + 1;
		bool match;

		p = skip_string(p, object.end);
		if (memchr(name, '\\', (size_t)(p - name)))
			return false;
		match = (size_t)(p - name) == key_len + 1 && memcmp(name, key, key_len) == 0;
		p = skip_blank(p, object.end);
		if (p == object.end || *p != ':')
			return false;
		p = skip_blank(p + 1, object.end);
		name = p;
		p = skip_value(p, object.end);
		if (match) {
			*ret = (struct span) { name, p };
			found++;
		}
		p = skip_blank(p, object.end);
		if (p < object.end && *p == ',')
			p = skip_blank(p + 1, object.end);
	}
	return found == 1;
}

/* Move the value of linux.seccomp out of the text, where null takes its place. */
static void cut_seccomp(struct str *text, struct str *ret)
{
	struct span whole = { text->data, text->data + text->len };
	struct span section, value;
	size_t cut;

	if (!find_member(whole, "linux", &section) || !find_member(section, "seccomp", &value))
		return;
	while (value.end > value.start && strchr(" \t\r\n", value.end[-1]))
		value.end--;
	/* An empty profile asks for nothing. */
	if (value.end - value.start <= (ptrdiff_t)strlen("null") || *value.start != '{' ||
	    *skip_blank(value.start + 1, value.end) == '}')
		return;
	str_append_bytes(ret, value.start, (size_t)(value.end - value.start));
	cut = (size_t)(value.start - text->data);
	memcpy(text->data + cut, "null", 4);
	cut += 4;
	memmove(text->data + cut, value.end, (size_t)(text->data + text->len - value.end) + 1);
	text->len = cut + (size_t)(whole.end - value.end);
}

/* The profile was written in a way that the text did not show ("\u0073eccomp"). */
static void take_parsed_seccomp(const json_t *document, struct str *ret)
{
	json_t *linux_object = json_object_get(document, "linux");
	json_t *seccomp = json_object_get(linux_object, "seccomp");

	if (json_is_object(seccomp) && json_object_size(seccomp) > 0) {
		autofree char *text = json_format(seccomp);

		str_append(ret, text);
	}
}

static int read_text(const struct document_place *place, struct str *ret, struct error *err)
{
	if (file_read_at(place->dirfd, place->file, RUNTIME_CONFIG_MAX, ret, err) == 0)
		return 0;
	error_prefix(err, "%s '%s'", place->noun, place->path);
	if (error_errno_is(err, ENOENT))
		error_hint(
			err,
			"'ctnr bundle' makes a bundle with one, and 'ctnr-exec spec' writes one");
	return -1;
}

json_t *document_read(const struct document_place *place, struct str *ret_text,
		      struct str *ret_seccomp, struct error *err)
{
	autostr struct str text = STR_INIT;
	json_t *document;

	if (read_text(place, ret_text, err) < 0)
		return NULL;
	str_append_bytes(&text, ret_text->data, ret_text->len);
	cut_seccomp(&text, ret_seccomp);
	document = json_parse_last(text.data, text.len, RUNTIME_CONFIG_FILE, err);
	if (document)
		take_parsed_seccomp(document, ret_seccomp);
	else
		error_prefix(err, "%s '%s'", place->noun, place->path);
	return document;
}
