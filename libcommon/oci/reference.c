/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/reference.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/digest.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_LENGTH_MAX 255 /* registry and repository together (Docker's limit) */
#define TAG_LENGTH_MAX 128

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

#define DEFAULT_NAMESPACE "library/"
#define DEFAULT_TAG "latest"

void reference_release(struct reference *reference)
{
	if (!reference)
		return;
	free(reference->registry);
	free(reference->repository);
	free(reference->tag);
	free(reference->digest);
	*reference = (struct reference)REFERENCE_INIT;
}

/* What else docker.io is called. */
static const char *const docker_names[] = {
	REFERENCE_DEFAULT_REGISTRY,
	"index.docker.io",
	"registry-1.docker.io",
};

const char *reference_registry(const char *registry)
{
	for (size_t i = 0; i < array_size(docker_names); i++)
		if (strcasecmp(registry, docker_names[i]) == 0)
			return REFERENCE_DEFAULT_REGISTRY;
	return registry;
}

/* How many of the first characters are lower-case letters and digits; of either case, or '-'. Sets of
 * strspn(3) as large as these cost more than all the rest: files of thousands of names are checked. */
static size_t span_lower(const char *text)
{
	size_t len = 0;

	while ((text[len] >= 'a' && text[len] <= 'z') || (text[len] >= '0' && text[len] <= '9'))
		len++;
	return len;
}

static size_t span_label(const char *text)
{
	size_t len = 0;

	while ((text[len] >= 'a' && text[len] <= 'z') || (text[len] >= 'A' && text[len] <= 'Z') ||
	       (text[len] >= '0' && text[len] <= '9') || text[len] == '-')
		len++;
	return len;
}

/* HOST[:PORT] or [IPv6][:PORT]: enough of a grammar that it can be put into a URL. */
static bool registry_is_valid(const char *registry)
{
	const char *rest = registry;

	if (*rest == '[') {
		size_t len = strspn(rest + 1, DIGITS "abcdefABCDEF:.");

		if (len < 2 || rest[1 + len] != ']')
			return false;
		rest += len + 2;
	} else {
		do {
			size_t len;

			rest += rest != registry;
			len = span_label(rest);
			if (len == 0 || rest[0] == '-' || rest[len - 1] == '-')
				return false;
			rest += len;
		} while (*rest == '.');
	}
	if (*rest == ':') {
		size_t len = strspn(rest + 1, DIGITS);

		if (len == 0 || len > 5)
			return false;
		rest += 1 + len;
	}
	return *rest == '\0';
}

/* Components of [a-z0-9]+ joined by one '.', one or two '_', or any number of '-', separated by
 * '/'. */
static bool repository_is_valid(const char *repository)
{
	const char *rest = repository;

	for (;;) {
		size_t len = span_lower(rest);

		if (len == 0)
			return false;
		rest += len;
		if (*rest == '\0')
			return true;
		if (strncmp(rest, "__", 2) == 0)
			rest += 2;
		else if (*rest == '-')
			rest += strspn(rest, "-");
		else if (*rest == '/' || *rest == '.' || *rest == '_')
			rest++;
		else
			return false;
	}
}

bool reference_is_tag(const char *tag)
{
	size_t len = strspn(tag, LOWER UPPER DIGITS "_.-");

	return len > 0 && len <= TAG_LENGTH_MAX && tag[len] == '\0' && tag[0] != '.' &&
	       tag[0] != '-';
}

/* Is a first component of that length a registry, and not a part of the repository? */
static bool names_registry(const char *text, size_t len)
{
	if (len == strlen(REFERENCE_LOCAL) && strncmp(text, REFERENCE_LOCAL, len) == 0)
		return true;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '.' || text[i] == ':' || (text[i] >= 'A' && text[i] <= 'Z'))
			return true;
	return false;
}

/* The length of the registry that text names itself, 0 for none. */
static size_t registry_length(const char *text)
{
	size_t len = strcspn(text, "/");

	return text[len] == '/' && names_registry(text, len) ? len : 0;
}

bool reference_has_registry(const char *text)
{
	return registry_length(text) > 0;
}

bool reference_is_namespace(const char *text)
{
	size_t len = strcspn(text, "/");
	char registry[NAME_LENGTH_MAX + 1];

	if (strlen(text) > NAME_LENGTH_MAX || !names_registry(text, len))
		return false;
	memcpy(registry, text, len);
	registry[len] = '\0';
	return registry_is_valid(registry) && (!text[len] || repository_is_valid(text + len + 1));
}

/* Cut "@DIGEST" and then ":TAG" off the name. */
static int cut_suffixes(char *name, size_t registry_len, struct reference *r, struct error *err)
{
	char *at = strchr(name, '@');
	char *colon;

	if (at) {
		struct digest digest;

		*at = '\0';
		if (digest_parse(at + 1, &digest, err) < 0)
			return error_recode(err, ERROR_USAGE);
		r->digest = xstrdup(digest.text);
	}
	colon = strchr(name + registry_len, ':');
	if (colon) {
		*colon = '\0';
		if (!reference_is_tag(colon + 1))
			return error_set(err, ERROR_USAGE, "invalid tag '%s'", colon + 1);
		r->tag = xstrdup(colon + 1);
	}
	return 0;
}

static void apply_defaults(const char *name, size_t registry_len, struct reference *r)
{
	const char *repository = name + registry_len + (registry_len ? 1 : 0);
	autofree char *registry = registry_len ? xstrndup(name, registry_len) : NULL;

	r->registry = xstrdup(registry ? reference_registry(registry) : REFERENCE_DEFAULT_REGISTRY);
	if (strcmp(r->registry, REFERENCE_DEFAULT_REGISTRY) == 0 && !strchr(repository, '/'))
		r->repository = xasprintf(DEFAULT_NAMESPACE "%s", repository);
	else
		r->repository = xstrdup(repository);
	if (!r->tag && !r->digest)
		r->tag = xstrdup(DEFAULT_TAG);
}

int reference_parse(const char *text, struct reference *ret, struct error *err)
{
	autoreference struct reference r = REFERENCE_INIT;
	autofree char *name = xstrdup(text);
	size_t registry_len = registry_length(text);

	if (cut_suffixes(name, registry_len, &r, err) < 0)
		return error_prefix(err, "invalid reference '%s'", text);
	apply_defaults(name, registry_len, &r);
	/* With the defaults: what is accepted can be written out and read again. */
	if (strlen(r.registry) + 1 + strlen(r.repository) > NAME_LENGTH_MAX)
		return error_set(err, ERROR_USAGE,
				 "invalid reference '%s': longer than %d characters", text,
				 NAME_LENGTH_MAX);
	if (!registry_is_valid(r.registry))
		return error_set(err, ERROR_USAGE, "invalid reference '%s': invalid registry '%s'",
				 text, r.registry);
	if (!repository_is_valid(r.repository)) {
		error_set(err, ERROR_USAGE, "invalid reference '%s': invalid name", text);
		if (strpbrk(r.repository, UPPER))
			error_hint(err, "names of images are lower case");
		return -1;
	}
	*ret = r;
	r = (struct reference)REFERENCE_INIT;
	return 0;
}

char *reference_format(const struct reference *reference)
{
	return xasprintf("%s/%s%s%s%s%s", reference->registry, reference->repository,
			 reference->tag ? ":" : "", reference->tag ? reference->tag : "",
			 reference->digest ? "@" : "", reference->digest ? reference->digest : "");
}

char *reference_localize(const char *name)
{
	return reference_has_registry(name) ? xstrdup(name)
					    : xasprintf(REFERENCE_LOCAL "/%s", name);
}

char *reference_new_name(const char *name, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *local = reference_localize(name);

	if (reference_parse(local, &reference, err) < 0)
		return NULL;
	if (str_starts_with(name, "sha256:") || str_starts_with(name, "sha512:")) {
		error_set(err, ERROR_USAGE, "'%s' cannot be a name: it reads as a digest", name);
		return NULL;
	}
	if (reference.digest) {
		error_set(err, ERROR_USAGE, "a new name cannot have a digest: '%s'", name);
		return NULL;
	}
	return reference_format(&reference);
}
