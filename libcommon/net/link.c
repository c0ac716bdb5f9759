/* SPDX-License-Identifier: Apache-2.0 */
#include "net/link.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "net/header_value.h"

#include <string.h>
#include <strings.h>

static const char *skip_link_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* One parameter of a link; ret_relations becomes the value of the first that is called rel. */
static const char *parse_link_parameter(const char *p, char **ret_relations)
{
	autofree char *value = NULL;
	size_t len = strcspn(p, " \t=;,");
	const char *rest = skip_link_blanks(p + len);

	if (*rest != '=')
		return rest;
	rest = header_value_parse(skip_link_blanks(rest + 1), ",;", &value);
	if (rest && len == strlen("rel") && strncasecmp(p, "rel", len) == 0 && !*ret_relations)
		*ret_relations = steal(&value);
	return rest ? skip_link_blanks(rest) : NULL;
}

/* Is the relation one of the words of relations? (RFC 8288, section 3.3) */
static bool has_relation(const char *relations, const char *relation)
{
	size_t wanted = strlen(relation);

	while (relations && *relations) {
		size_t len;

		relations = skip_link_blanks(relations);
		len = strcspn(relations, " \t");
		if (len == wanted && strncasecmp(relations, relation, len) == 0)
			return true;
		relations += len;
	}
	return false;
}

/* The link at p: its target, and what its parameter rel says. Returns what follows, NULL when malformed. */
static const char *parse_link(const char *p, char **ret_target, char **ret_relations)
{
	const char *end = *p == '<' ? strchr(p, '>') : NULL;

	if (!end)
		return NULL;
	*ret_target = xstrndup(p + 1, (size_t)(end - p - 1));
	p = skip_link_blanks(end + 1);
	while (p && *p == ';')
		p = parse_link_parameter(skip_link_blanks(p + 1), ret_relations);
	return p && (*p == ',' || !*p) ? p : NULL;
}

int link_find(const char *value, const char *relation, char **ret_target, struct error *err)
{
	const char *p = value + strspn(value, " \t,");

	while (*p) {
		autofree char *target = NULL;
		autofree char *relations = NULL;

		p = parse_link(p, &target, &relations);
		if (!p)
			return error_set(err, ERROR_FAILED, "malformed Link '%s'", value);
		if (has_relation(relations, relation)) {
			*ret_target = steal(&target);
			return 1;
		}
		p += strspn(p, " \t,");
	}
	return 0;
}
