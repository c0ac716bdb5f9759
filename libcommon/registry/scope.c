/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/scope.h"

#include "base/alloc.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

#define HTTPS_PORT ":443"

/* What one registry is called: no upper case, no port that is meant anyway, one name of several. New. */
static char *normal_registry(const char *text, size_t len)
{
	autofree char *normal = NULL;

	if (len > strlen(HTTPS_PORT) &&
	    memcmp(text + len - strlen(HTTPS_PORT), HTTPS_PORT, strlen(HTTPS_PORT)) == 0)
		len -= strlen(HTTPS_PORT);
	normal = xstrndup(text, len);
	for (char *c = normal; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return xstrdup(reference_registry(normal));
}

char *scope_normal(const char *scope)
{
	size_t len = strcspn(scope, "/");
	autofree char *registry = normal_registry(scope, len);

	return xasprintf("%s%s", registry, scope + len);
}

/* Append "*.DOMAIN" of every domain above the host, whose port does not count. */
static void append_domains(const char *registry, struct strlist *ret)
{
	autofree char *host = xstrndup(registry, strcspn(registry, ":"));

	for (const char *dot = strchr(host, '.'); dot; dot = strchr(dot + 1, '.'))
		strlist_take(ret, xasprintf("*%s", dot));
}

/* Append a name, and what is left of it without its last component, down to the first one. */
static void append_namespaces(const char *name, struct strlist *ret)
{
	autofree char *rest = xstrdup(name);
	char *slash;

	for (;;) {
		strlist_append(ret, rest);
		slash = strrchr(rest, '/');
		if (!slash || slash == rest)
			return;
		*slash = '\0';
	}
}

void scope_list_of_reference(const struct reference *reference, struct strlist *ret)
{
	autofree char *registry = normal_registry(reference->registry, strlen(reference->registry));
	autofree char *name = xasprintf("%s/%s", registry, reference->repository);

	if (reference->digest)
		strlist_take(ret, xasprintf("%s@%s", name, reference->digest));
	if (reference->tag)
		strlist_take(ret, xasprintf("%s:%s", name, reference->tag));
	append_namespaces(name, ret);
	append_domains(registry, ret);
}

void scope_list_of_layout(const char *path, const char *name, struct strlist *ret)
{
	if (name)
		strlist_take(ret, xasprintf("%s:%s", path, name));
	if (strcmp(path, "/") != 0)
		append_namespaces(path, ret);
}
