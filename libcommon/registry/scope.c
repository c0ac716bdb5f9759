/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/scope.h"

#include "base/alloc.h"
#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>

char *scope_normal(const char *scope)
{
	char *normal = xstrdup(scope);

	for (char *c = normal; *c && *c != '/'; c++)
		*c = (char)tolower((unsigned char)*c);
	return normal;
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
	autofree char *registry = scope_normal(reference->registry);
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
