/* SPDX-License-Identifier: Apache-2.0 */
#include "net/header_value.h"

#include "base/alloc.h"
#include "base/str.h"

#include <string.h>

static const char *parse_word(const char *p, const char *ends, char **ret)
{
	size_t len = 0;

	while (p[len] && !strchr(" \t\"", p[len]) && !strchr(ends, p[len]))
		len++;
	*ret = xstrndup(p, len);
	return p[len] == '"' ? NULL : p + len;
}

const char *header_value_parse(const char *p, const char *ends, char **ret)
{
	autostr struct str value = STR_INIT;

	if (*p != '"')
		return parse_word(p, ends, ret);
	for (p++; *p && *p != '"'; p++) {
		if (*p == '\\' && !*++p)
			return NULL;
		str_append_char(&value, *p);
	}
	if (*p != '"')
		return NULL;
	*ret = str_steal(&value);
	return p + 1;
}
