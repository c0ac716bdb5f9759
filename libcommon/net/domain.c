/* SPDX-License-Identifier: Apache-2.0 */
#include "net/domain.h"

#include "base/alloc.h"
#include "base/cleanup.h"

#include <libpsl.h>

#include <string.h>

static void cleanup_list(psl_ctx_t **list)
{
	psl_free(*list);
}

static void cleanup_psl_string(char **text)
{
	psl_free_string(*text);
}

/* No top-level domain consists of digits: what ends in such a label is an address, if anything. */
static bool is_address(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last ? last + 1 : host;
	return strchr(host, ':') || last[strspn(last, "0123456789")] == '\0';
}

char *domain_registered(const char *host)
{
	autocleanup(cleanup_list) psl_ctx_t *list = psl_latest(NULL);
	autocleanup(cleanup_psl_string) char *lower = NULL;
	autofree char *name = xstrdup(host);
	const char *domain;
	size_t len = strlen(name);

	if (len > 0 && name[len - 1] == '.')
		name[len - 1] = '\0';
	if (!list || is_address(name) ||
	    psl_str_to_utf8lower(name, "utf-8", NULL, &lower) != PSL_SUCCESS)
		return NULL;
	domain = psl_registrable_domain(list, lower);
	return domain ? xstrdup(domain) : NULL;
}

bool domain_is_shared(const char *host, const char *other)
{
	autofree char *domain = domain_registered(host);
	autofree char *other_domain = domain_registered(other);

	return domain && other_domain && strcmp(domain, other_domain) == 0;
}
