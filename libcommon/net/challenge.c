/* SPDX-License-Identifier: Apache-2.0 */
#include "net/challenge.h"

#include "net/header_value.h"

#include <ctype.h>
#include <strings.h>

void challenge_release(struct challenge *challenge)
{
	if (!challenge)
		return;
	free(challenge->realm);
	free(challenge->service);
	free(challenge->scope);
	*challenge = (struct challenge)CHALLENGE_INIT;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

static const char *skip_commas(const char *p)
{
	return p + strspn(p, " \t,");
}

/* RFC 9110, section 5.6.2 */
static size_t token_length(const char *p)
{
	size_t len = 0;

	while (p[len] && (isalnum((unsigned char)p[len]) || strchr("!#$%&'*+-.^_`|~", p[len])))
		len++;
	return len;
}

/* The first of a repeated parameter counts. */
static void keep_parameter(struct challenge *challenge, const char *name, size_t len, char **value)
{
	const struct {
		const char *name;
		char **field;
	} fields[] = {
		{ "realm", &challenge->realm },
		{ "service", &challenge->service },
		{ "scope", &challenge->scope },
	};

	for (size_t i = 0; i < array_size(fields); i++)
		if (strlen(fields[i].name) == len && strncasecmp(fields[i].name, name, len) == 0 &&
		    !*fields[i].field)
			*fields[i].field = steal(value);
}

/* Parameters up to the end or the next scheme: a token that no '=' follows. */
static const char *parse_parameters(const char *p, struct challenge *ret)
{
	for (;;) {
		autofree char *value = NULL;
		const char *name = skip_commas(p);
		size_t len = token_length(name);
		const char *rest = skip_blanks(name + len);

		if (!len || *rest != '=')
			return name;
		p = header_value_parse(skip_blanks(rest + 1), ",", &value);
		if (!p)
			return NULL;
		keep_parameter(ret, name, len, &value);
		if (*p && !strchr(" \t,", *p))
			return NULL;
	}
}

/* "Negotiate YII=": credentials of other schemes, of no interest. */
static const char *skip_token68(const char *p)
{
	size_t len =
		strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/");
	const char *end = p + len + strspn(p + len, "=");
	const char *rest = skip_blanks(end);

	return len && (*rest == '\0' || *rest == ',') ? rest : p;
}

int challenge_find(const char *value, const char *scheme, struct challenge *ret, struct error *err)
{
	const char *p = skip_commas(value);

	while (*p) {
		autochallenge struct challenge found = CHALLENGE_INIT;
		const char *name = p;
		size_t len = token_length(p);

		if (!len)
			return error_set(err, ERROR_FAILED, "malformed WWW-Authenticate '%s'",
					 value);
		p = parse_parameters(skip_token68(skip_blanks(p + len)), &found);
		if (!p)
			return error_set(err, ERROR_FAILED, "malformed WWW-Authenticate '%s'",
					 value);
		if (strlen(scheme) == len && strncasecmp(scheme, name, len) == 0) {
			*ret = found;
			found = (struct challenge)CHALLENGE_INIT;
			return 1;
		}
	}
	return 0;
}
