/* SPDX-License-Identifier: Apache-2.0 */
#include "format/base64.h"

#include "base/cleanup.h"

#include <string.h>

static const char base64_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* A group of four characters on its way. */
struct base64_group {
	uint32_t bits;
	unsigned n_characters; /* with the padding */
	unsigned n_padding;
};

static int refuse_base64(struct error *err)
{
	return error_set(err, ERROR_FAILED, "it is not base64");
}

/* Append the bytes of a whole group; the bits that padding cuts off must be 0. */
static int append_group(const struct base64_group *group, struct str *ret, struct error *err)
{
	static const uint32_t cut_bits[] = { 0, 0xff, 0xffff };

	if (group->n_padding >= array_size(cut_bits) || (group->bits & cut_bits[group->n_padding]))
		return refuse_base64(err);
	for (unsigned i = 0; i < 3 - group->n_padding; i++)
		str_append_char(ret, (char)(group->bits >> (16 - 8 * i)));
	return 0;
}

static int add_character(struct base64_group *group, char c, struct error *err)
{
	const char *digit = c ? strchr(base64_alphabet, c) : NULL;

	if (c == '=')
		group->n_padding++;
	else if (!digit || group->n_padding)
		return refuse_base64(err);
	group->bits = group->bits << 6 | (digit ? (uint32_t)(digit - base64_alphabet) : 0);
	group->n_characters++;
	return 0;
}

int base64_decode(const char *text, size_t len, struct str *ret, struct error *err)
{
	struct base64_group group = { 0 };
	bool is_over = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n' || text[i] == '\r')
			continue;
		if (is_over || add_character(&group, text[i], err) < 0)
			return refuse_base64(err);
		if (group.n_characters < 4)
			continue;
		if (append_group(&group, ret, err) < 0)
			return -1;
		is_over = group.n_padding > 0;
		group = (struct base64_group) { 0 };
	}
	return group.n_characters ? refuse_base64(err) : 0;
}
