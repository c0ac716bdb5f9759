/* SPDX-License-Identifier: Apache-2.0 */
#include "store/image_query.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "oci/address.h"
#include "oci/reference.h"
#include "oci/tag.h"

#include <string.h>

#define HEX "0123456789abcdef"

void image_query_release(struct image_query *query)
{
	if (query)
		strlist_release(&query->names);
}

/* name, and name:latest when it has no tag. */
static void add_name(struct strlist *names, const char *name)
{
	const char *last = strrchr(name, '/');

	if (!strlist_contains(names, name))
		strlist_append(names, name);
	if (!strchr(last ? last : name, ':')) {
		autofree char *tagged = xasprintf("%s:latest", name);

		if (!strlist_contains(names, tagged))
			strlist_append(names, tagged);
	}
}

/* The names that name may be short for. */
static void add_names(struct image_query *query, const char *name)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *local = reference_localize(name);

	add_name(&query->names, name);
	add_name(&query->names, local);
	if (reference_parse(name, &reference, NULL) == 0) {
		autofree char *full = reference_format(&reference);

		add_name(&query->names, full);
	}
}

/* The digits of a digest's beginning, borrowed from word; NULL when it is none. */
static const char *find_prefix_digits(const char *word)
{
	const char *hex = str_starts_with(word, "sha256:") ? word + strlen("sha256:") : word;

	return strlen(hex) >= IMAGE_QUERY_PREFIX_MIN && strspn(hex, HEX) == strlen(hex) ? hex
											: NULL;
}

void image_query_init(struct image_query *ret, const char *word)
{
	const char *at = strchr(word, '@');
	autofree char *name = at ? xstrndup(word, (size_t)(at - word)) : xstrdup(word);

	*ret = (struct image_query) { .word = word, .names = STRLIST_INIT };
	ret->is_digest = digest_parse(word, &ret->digest, NULL) == 0;
	ret->has_digest = ret->is_digest || (at && digest_parse(at + 1, &ret->digest, NULL) == 0);
	ret->prefix = ret->is_digest ? NULL : find_prefix_digits(word);
	/* NAME@ and no digest is no name: without its end it would name another image than the one
	 * that was pinned. */
	if (at && !ret->has_digest)
		return;
	if (str_starts_with(word, "docker://")) {
		autoreference struct reference reference = REFERENCE_INIT;

		if (reference_parse(name + strlen("docker://"), &reference, NULL) == 0)
			strlist_take(&ret->names, reference_format(&reference));
	} else {
		add_names(ret, name);
	}
}

/* Are both names of one repository: equal without their tags and digests? */
static bool is_same_repository(const char *entry_name, const char *wanted)
{
	const char *slash = strrchr(wanted, '/');
	size_t len = (size_t)(slash ? slash - wanted : 0);

	len += strcspn(wanted + len, ":@");
	return strncmp(entry_name, wanted, len) == 0 &&
	       (entry_name[len] == '\0' || entry_name[len] == ':' || entry_name[len] == '@');
}

static bool entry_has_digest(const struct descriptor *entry, const void *data)
{
	const struct image_query *query = data;
	const char *name = descriptor_annotation(entry, ANNOTATION_REF_NAME);
	const char *source = descriptor_annotation(entry, ANNOTATION_SOURCE);

	if (!digest_equal(&entry->digest, &query->digest) &&
	    (!source || strcmp(source, query->digest.text) != 0))
		return false;
	if (query->is_digest)
		return true;
	for (size_t i = 0; name && i < query->names.len; i++)
		if (is_same_repository(name, query->names.items[i]))
			return true;
	return false;
}

static bool entry_has_prefix(const struct descriptor *entry, const void *prefix)
{
	return str_starts_with(digest_hex(&entry->digest), prefix);
}

/* The entry whose digest begins with the prefix; different digests are an error. */
static const struct descriptor *find_prefix(const struct index *index, const char *prefix,
					    struct error *err)
{
	const struct descriptor *found = NULL;

	for (size_t i = 0; i < index->n_manifests; i++) {
		const struct descriptor *entry = &index->manifests[i];

		if (!entry_has_prefix(entry, prefix))
			continue;
		if (found && !digest_equal(&found->digest, &entry->digest)) {
			error_set(err, ERROR_FAILED, "several digests begin with it");
			error_hint(err, "write more digits");
			return NULL;
		}
		found = entry;
	}
	if (!found)
		error_set(err, ERROR_NOT_FOUND, "no such image");
	return found;
}

/* As tag_choose(), but that images are there and none of them is for the platform is ERROR_FAILED:
 * what was found is not missing, and nothing may go elsewhere to look for it. */
static const struct descriptor *choose_matching(const struct index *index,
						bool (*matches)(const struct descriptor *entry,
								const void *data),
						const void *data, const struct platform *platform,
						struct error *err)
{
	struct error cause = { 0 };
	const struct descriptor *entry = tag_choose(index, matches, data, platform, &cause);

	if (entry)
		return entry;
	/* Only that failure has a hint. */
	if (cause.hint[0])
		error_recode(&cause, ERROR_FAILED);
	error_move(err, &cause);
	return NULL;
}

/* The entry with the first of the query's names that is there. */
static const struct descriptor *choose_by_name(const struct image_query *query,
					       const struct index *index,
					       const struct platform *platform, struct error *err)
{
	struct error cause = { 0 };

	for (size_t i = 0; i < query->names.len; i++) {
		struct error attempt = { 0 };
		const struct descriptor *entry = choose_matching(
			index, tag_is_name_of, query->names.items[i], platform, &attempt);

		if (entry)
			return entry;
		/* That a name has no image for the platform says more than that another name is
		 * not there. */
		if (!cause.code || cause.code == ERROR_NOT_FOUND)
			cause = attempt;
	}
	if (!cause.code)
		error_set(&cause, ERROR_NOT_FOUND, "no such image");
	error_move(err, &cause);
	return NULL;
}

const struct descriptor *image_query_choose(const struct image_query *query,
					    const struct index *index,
					    const struct platform *platform,
					    enum image_match *ret_match, struct error *err)
{
	struct error cause = { 0 };
	const struct descriptor *entry;

	*ret_match = IMAGE_BY_NAME;
	entry = choose_matching(index, tag_is_name_of, query->word, platform, &cause);
	if (entry)
		return entry;
	if (query->has_digest) {
		*ret_match = query->is_digest ? IMAGE_BY_DIGEST : IMAGE_BY_NAME;
		return choose_matching(index, entry_has_digest, query, platform, err);
	}
	/* The word itself has no image for the platform: as above. */
	entry = choose_by_name(query, index, platform,
			       cause.code == ERROR_NOT_FOUND ? &cause : NULL);
	if (!entry && query->prefix) {
		*ret_match = IMAGE_BY_DIGEST;
		return find_prefix(index, query->prefix, err);
	}
	if (!entry)
		error_move(err, &cause);
	return entry;
}

/* The name as a person writes it: without what it has by default. New. */
static char *short_name(const char *name)
{
	static const char *const defaults[] = { REFERENCE_LOCAL "/", "docker.io/library/",
						"docker.io/" };
	size_t len = strlen(name);

	if (str_ends_with(name, ":latest"))
		len -= strlen(":latest");
	for (size_t i = 0; i < array_size(defaults); i++) {
		size_t skipped = strlen(defaults[i]);

		if (str_starts_with(name, defaults[i]))
			return xstrndup(name + skipped, len - skipped);
	}
	return xstrndup(name, len);
}

/* The name in the index that is a typing mistake or two away from the word, in short; NULL when there is none. New. */
static char *find_near_name(const char *word, const struct index *index)
{
	autofree char *wanted = short_name(word);
	autostrlist struct strlist names = STRLIST_INIT;
	struct nearest nearest = nearest_to(wanted);

	for (size_t i = 0; index && i < index->n_manifests; i++) {
		const char *name = descriptor_annotation(&index->manifests[i], ANNOTATION_REF_NAME);

		if (name)
			strlist_take(&names, short_name(name));
	}
	for (size_t i = 0; i < names.len; i++)
		nearest_offer(&nearest, names.items[i]);
	return nearest.best ? xstrdup(nearest.best) : NULL;
}

/* How to get what is not there, for a word that can be got, and what else may have been meant. */
static void hint_at_pulling(const struct image_query *query, const struct index *index,
			    struct error *err)
{
	const char *word = query->word;
	const char *name = str_starts_with(word, "docker://") ? word + strlen("docker://") : word;
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *near = NULL;
	struct error why = { 0 };

	if (query->prefix || query->is_digest)
		return;
	if (!query->has_digest)
		near = find_near_name(name, index);
	if (str_starts_with(word, "sha256:"))
		error_default_hint(err, "a digest, or its first %d digits or more, name an image",
				   IMAGE_QUERY_PREFIX_MIN);
	else if (near && str_starts_with(word, REFERENCE_LOCAL "/"))
		error_default_hint(err, "did you mean '%s'?", near);
	else if (str_starts_with(word, REFERENCE_LOCAL "/"))
		return;
	else if (reference_parse(name, &reference, &why) < 0 && why.hint[0])
		error_default_hint(err, "%s", why.hint);
	else if (near && reference.repository)
		error_default_hint(err, "did you mean '%s'? Otherwise fetch it with 'ctnr pull %s'",
				   near, word);
	else if (reference.repository)
		error_default_hint(err, "fetch it with 'ctnr pull %s'", word);
}

int image_query_failed(const struct image_query *query, const struct index *index,
		       struct error *err)
{
	autofree char *hint = NULL;

	if (error_is(err, ERROR_NOT_FOUND) && address_is_path(query->word, &hint)) {
		error_recode(err, ERROR_USAGE);
		error_default_hint(err, "%s", hint);
	} else if (error_is(err, ERROR_NOT_FOUND)) {
		hint_at_pulling(query, index, err);
	}
	return error_prefix(err, "image '%s'", query->word);
}
