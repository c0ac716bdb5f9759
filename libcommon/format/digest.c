/* SPDX-License-Identifier: Apache-2.0 */
#include "format/digest.h"

#include "base/cleanup.h"

#include <string.h>

static const struct {
	const char *name;
	size_t raw_size;
} algorithms[DIGEST_ALGORITHM_MAX] = {
	[DIGEST_SHA256] = { "sha256", 32 },
	[DIGEST_SHA512] = { "sha512", 64 },
};

int digest_parse(const char *text, struct digest *ret, struct error *err)
{
	for (size_t i = 0; i < array_size(algorithms); i++) {
		size_t name_len = strlen(algorithms[i].name);
		size_t hex_len = 2 * algorithms[i].raw_size;

		if (strncmp(text, algorithms[i].name, name_len) != 0 || text[name_len] != ':')
			continue;
		if (strspn(text + name_len + 1, "0123456789abcdef") != hex_len ||
		    text[name_len + 1 + hex_len])
			break;
		ret->algorithm = (enum digest_algorithm)i;
		memcpy(ret->text, text, name_len + 1 + hex_len + 1);
		return 0;
	}
	return error_set(err, ERROR_VERIFY, "invalid digest '%s'", text);
}

bool digest_is_known_algorithm(const char *name, size_t len)
{
	for (size_t i = 0; i < array_size(algorithms); i++)
		if (strlen(algorithms[i].name) == len &&
		    strncmp(algorithms[i].name, name, len) == 0)
			return true;
	return false;
}

const char *digest_algorithm_name(enum digest_algorithm algorithm)
{
	return algorithms[algorithm].name;
}

const char *digest_hex(const struct digest *digest)
{
	return digest->text + strlen(algorithms[digest->algorithm].name) + 1;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return strcmp(a->text, b->text) == 0;
}

void digest_from_raw(enum digest_algorithm algorithm, const unsigned char *raw, struct digest *ret)
{
	static const char hex[] = "0123456789abcdef";
	size_t name_len = strlen(algorithms[algorithm].name);
	char *out = ret->text;

	ret->algorithm = algorithm;
	memcpy(out, algorithms[algorithm].name, name_len);
	out += name_len;
	*out++ = ':';
	for (size_t i = 0; i < algorithms[algorithm].raw_size; i++) {
		*out++ = hex[raw[i] >> 4];
		*out++ = hex[raw[i] & 15];
	}
	*out = '\0';
}
