/* SPDX-License-Identifier: Apache-2.0 */
/* What registries.conf makes of a reference (registry/registries_conf.h). */
#include "base/alloc.h"
#include "registry/registries_conf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The whole reference as prefixes are compared with: hosts have no case. New. */
static char *comparable_name(const struct reference *reference)
{
	char *name = reference_format(reference);

	for (char *p = name; *p != '/'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return name;
}

/* A prefix ends where a component, the host's name, or the repository ends. */
static bool is_boundary(char c)
{
	return c == '\0' || c == '/' || c == ':' || c == '@';
}

/* How much of the name "*.DOMAIN" takes: the whole host, without its port. 0: it is another domain. */
static size_t match_domain(const char *domain, const char *name)
{
	size_t host_len = strcspn(name, "/:");
	size_t len = strlen(domain);

	if (host_len <= len || strncmp(name + host_len - len, domain, len) != 0)
		return 0;
	return host_len;
}

/* How much of the name a prefix takes; 0: it is about other ones. */
static size_t match_prefix(const char *prefix, const char *name)
{
	size_t len = strlen(prefix);

	if (prefix[0] == '*')
		return match_domain(prefix + 1, name);
	return strncmp(name, prefix, len) == 0 && is_boundary(name[len]) ? len : 0;
}

/* How much of itself a prefix says. */
static size_t literal_len(const char *prefix)
{
	return strlen(prefix) - (prefix[0] == '*');
}

static const struct registries_entry *find_entry(const struct registries_conf *conf,
						 const char *name, size_t *ret_len)
{
	const struct registries_entry *found = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < conf->n_entries; i++) {
		const struct registries_entry *entry = &conf->entries[i];
		size_t len = match_prefix(entry->prefix, name);

		if (len > longest || (len && len == longest &&
				      literal_len(entry->prefix) > literal_len(found->prefix))) {
			found = entry;
			longest = len;
		}
	}
	*ret_len = longest;
	return found;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A location stands in for the part of the name that the prefix takes. It cannot make another tag or digest
 * of a name. */
static int rewrite(const struct registries_line *line, const char *location, const char *rest,
		   const struct reference *reference, struct reference *ret, struct error *err)
{
	autofree char *text = xasprintf("%s%s", location, rest);

	if (!reference_has_registry(text) || reference_parse(text, ret, NULL) < 0)
		return error_set(err, ERROR_FAILED, "%s:%u: the location makes '%s' of the name",
				 line->file, line->line, text);
	if (!is_same_text(ret->tag, reference->tag) ||
	    !is_same_text(ret->digest, reference->digest))
		return error_set(err, ERROR_FAILED, "%s:%u: the location changes the tag: '%s'",
				 line->file, line->line, text);
	return 0;
}

/* What is added to the list. */
struct location {
	const char *text; /* NULL: as the name says */
	bool is_insecure;
	bool is_mirror;
	const struct registries_line *line;
};

static int add_location(const struct location *location, const char *rest,
			const struct reference *reference, struct place_list *ret,
			struct error *err)
{
	autoreference struct reference there = REFERENCE_INIT;
	const struct reference *from = reference;
	struct place place = { .is_insecure = location->is_insecure,
			       .is_mirror = location->is_mirror };

	if (location->text) {
		if (rewrite(location->line, location->text, rest, reference, &there, err) < 0)
			return -1;
		from = &there;
	}
	place.registry = xstrdup(from->registry);
	place.repository = xstrdup(from->repository);
	place.is_elsewhere = strcasecmp(from->registry, reference->registry) != 0;
	place.reason = registries_line_format(location->line);
	place_list_add(ret, &place);
	return 0;
}

static bool is_for(const struct registries_mirror *mirror, enum registries_pull pull)
{
	return mirror->use == REGISTRIES_MIRROR_ALL ||
	       (mirror->use == REGISTRIES_MIRROR_DIGEST_ONLY) == (pull == REGISTRIES_BY_DIGEST);
}

int registries_conf_places(const struct registries_conf *conf, const struct reference *reference,
			   enum registries_pull pull, struct place_list *ret, struct error *err)
{
	autofree char *name = comparable_name(reference);
	size_t len;
	const struct registries_entry *entry = find_entry(conf, name, &len);

	if (!entry) {
		place_list_add_origin(ret, reference);
		return 0;
	}
	if (entry->is_blocked)
		return error_set(err, ERROR_VERIFY, "'%s' is blocked by %s:%u", entry->prefix,
				 entry->line.file, entry->line.line);
	for (size_t i = 0; i < entry->n_mirrors; i++) {
		const struct registries_mirror *mirror = &entry->mirrors[i];
		const struct location location = { mirror->location, mirror->is_insecure, true,
						   &mirror->line };

		if (is_for(mirror, pull) &&
		    add_location(&location, name + len, reference, ret, err) < 0)
			return -1;
	}
	return add_location(&(struct location) { entry->location, entry->is_insecure, false,
						 &entry->line },
			    name + len, reference, ret, err);
}

bool registries_conf_blocks(const struct registries_conf *conf, const char *text)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *name = NULL;
	const struct registries_entry *entry;
	size_t len;

	if (reference_parse(text, &reference, NULL) < 0)
		return false;
	name = comparable_name(&reference);
	entry = find_entry(conf, name, &len);
	return entry && entry->is_blocked;
}

int registries_places_of(const struct registries_conf_opts *opts, const struct reference *reference,
			 struct place_list *ret, struct error *err)
{
	autoregistriesconf struct registries_conf conf = REGISTRIES_CONF_INIT;
	bool by_digest = reference->digest || opts->verify_tag;

	if (registries_conf_load(opts, &conf, err) < 0)
		return -1;
	ret->origin_has_tags = opts->verify_tag;
	return registries_conf_places(
		&conf, reference, by_digest ? REGISTRIES_BY_DIGEST : REGISTRIES_BY_TAG, ret, err);
}
