/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/signed_identity.h"

#include "base/alloc.h"
#include "base/nearest.h"

#include <stdlib.h>
#include <string.h>

/* The types, and the members of each. */
static const struct match_type {
	const char *name;
	const char *keys[4];
} match_types[MATCH_MAX] = {
	[MATCH_REPO_DIGEST_OR_EXACT] = { "matchRepoDigestOrExact", { "type" } },
	[MATCH_EXACT] = { "matchExact", { "type" } },
	[MATCH_REPOSITORY] = { "matchRepository", { "type" } },
	[MATCH_EXACT_REFERENCE] = { "exactReference", { "type", "dockerReference" } },
	[MATCH_EXACT_REPOSITORY] = { "exactRepository", { "type", "dockerRepository" } },
	[MATCH_DIGEST] = { "matchDigest", { "type" } },
	[MATCH_REMAP_IDENTITY] = { "remapIdentity", { "type", "prefix", "signedPrefix" } },
};

void signed_identity_release(struct signed_identity *identity)
{
	if (!identity)
		return;
	reference_release(&identity->reference);
	free(identity->prefix);
	free(identity->signed_prefix);
	*identity = (struct signed_identity)SIGNED_IDENTITY_INIT;
}

/* Does a reference as somebody wrote it say neither tag nor digest? */
static bool is_name_only(const char *text)
{
	const char *slash = strrchr(text, '/');

	return !strpbrk(slash ? slash : text, ":@");
}

static int refuse_match(const struct config_node *node, const char *type, struct error *err)
{
	struct nearest nearest = nearest_to(type);

	for (size_t i = 0; i < MATCH_MAX; i++)
		nearest_offer(&nearest, match_types[i].name);
	config_node_error(node, err, "unknown type '%s'", type);
	return nearest_hint(&nearest, "", err);
}

static int read_match(const struct config_node *table, enum signed_identity_match *ret,
		      struct error *err)
{
	const char *type = NULL;

	if (config_node_string(table, "type", &type, err) < 0)
		return -1;
	if (!type)
		return config_node_error(table, err, "has no 'type'");
	for (size_t i = 0; i < MATCH_MAX; i++)
		if (strcmp(match_types[i].name, type) == 0) {
			*ret = (enum signed_identity_match)i;
			return 0;
		}
	return refuse_match(config_node_find(table, "type"), type, err);
}

/* A member that must be there; ret_node is for messages about it. */
static const char *required_string(const struct config_node *table, const char *key,
				   const struct config_node **ret_node, struct error *err)
{
	const char *text = NULL;

	if (config_node_string(table, key, &text, err) < 0)
		return NULL;
	if (!text)
		config_node_error(table, err, "has no '%s'", key);
	*ret_node = config_node_find(table, key);
	return text;
}

static int read_exact(const struct config_node *table, struct signed_identity *ret,
		      struct error *err)
{
	bool wants_repository = ret->match == MATCH_EXACT_REPOSITORY;
	const struct config_node *node;
	const char *text = required_string(
		table, wants_repository ? "dockerRepository" : "dockerReference", &node, err);
	struct error cause = { 0 };

	if (!text)
		return -1;
	if (reference_parse(text, &ret->reference, &cause) < 0)
		return config_node_error(node, err, "%s", cause.message);
	if (wants_repository && !is_name_only(text))
		return config_node_error(node, err,
					 "a repository has neither tag nor digest, '%s' has", text);
	if (!wants_repository && is_name_only(text))
		return config_node_error(node, err, "'%s' has neither tag nor digest", text);
	return 0;
}

/* A prefix is a host, or a namespace or repository with its host: what makes a whole name when something
 * stands behind it. */
static char *read_prefix(const struct config_node *table, const char *key, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	const struct config_node *node;
	const char *text = required_string(table, key, &node, err);
	autofree char *wanted = NULL;
	autofree char *whole = NULL;

	if (!text)
		return NULL;
	wanted = xasprintf("%s/x/x:t", text);
	if (reference_parse(wanted, &reference, NULL) == 0)
		whole = reference_format(&reference);
	if (whole && strcmp(whole, wanted) == 0)
		return xstrdup(text);
	config_node_error(node, err, "'%s' is no host and no repository or namespace with its host",
			  text);
	return NULL;
}

static int read_prefixes(const struct config_node *table, struct signed_identity *ret,
			 struct error *err)
{
	ret->prefix = read_prefix(table, "prefix", err);
	ret->signed_prefix = ret->prefix ? read_prefix(table, "signedPrefix", err) : NULL;
	return ret->signed_prefix ? 0 : -1;
}

int signed_identity_read(const struct config_node *table, struct signed_identity *ret,
			 struct error *err)
{
	autosignedidentity struct signed_identity identity = SIGNED_IDENTITY_INIT;
	int result = 0;

	if (read_match(table, &identity.match, err) < 0 ||
	    config_node_check_keys(table, match_types[identity.match].keys, err) < 0)
		return -1;
	if (identity.match == MATCH_EXACT_REFERENCE || identity.match == MATCH_EXACT_REPOSITORY)
		result = read_exact(table, &identity, err);
	else if (identity.match == MATCH_REMAP_IDENTITY)
		result = read_prefixes(table, &identity, err);
	if (result < 0)
		return -1;
	*ret = identity;
	identity = (struct signed_identity)SIGNED_IDENTITY_INIT;
	return 0;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool is_same_repository(const struct reference *a, const struct reference *b)
{
	return strcmp(a->registry, b->registry) == 0 && strcmp(a->repository, b->repository) == 0;
}

static bool is_same_reference(const struct reference *a, const struct reference *b)
{
	return is_same_repository(a, b) && is_same_text(a->tag, b->tag) &&
	       is_same_text(a->digest, b->digest);
}

/* The default rule. What a reference with tag and digest is signed as is that tag: the signature is about
 * the digest anyway. */
static bool is_same_tag_or_repository(const struct reference *image,
				      const struct reference *claimed)
{
	return is_same_repository(image, claimed) &&
	       (!image->tag || is_same_text(image->tag, claimed->tag));
}

/* The image's name with its prefix replaced; ret is new. */
static int remap_name(const struct signed_identity *identity, const struct reference *image,
		      struct reference *ret, struct error *err)
{
	autofree char *whole = reference_format(image);
	size_t len = strlen(identity->prefix);
	size_t name_len = strlen(image->registry) + 1 + strlen(image->repository);
	autofree char *remapped = NULL;

	if (strncmp(whole, identity->prefix, len) == 0 && (whole[len] == '/' || name_len == len))
		remapped = xasprintf("%s%s", identity->signed_prefix, whole + len);
	return reference_parse(remapped ? remapped : whole, ret, err);
}

static bool is_match_of_remapped(const struct signed_identity *identity,
				 const struct reference *image, const struct reference *claimed)
{
	autoreference struct reference remapped = REFERENCE_INIT;

	return remap_name(identity, image, &remapped, NULL) == 0 &&
	       is_same_tag_or_repository(&remapped, claimed);
}

/* is_whole: the signature claims a tag or a digest too. */
static bool is_match(const struct signed_identity *identity, const struct reference *image,
		     const struct reference *claimed, bool is_whole)
{
	switch (identity->match) {
	case MATCH_EXACT_REFERENCE:
		return is_whole && is_same_reference(&identity->reference, claimed);
	case MATCH_EXACT_REPOSITORY:
		return is_same_repository(&identity->reference, claimed);
	case MATCH_EXACT:
		return image && is_whole && is_same_reference(image, claimed);
	case MATCH_REPOSITORY:
		return image && is_same_repository(image, claimed);
	case MATCH_REMAP_IDENTITY:
		return image && is_whole && is_match_of_remapped(identity, image, claimed);
	default:
		return image && is_whole && is_same_tag_or_repository(image, claimed);
	}
}

int signed_identity_check(const struct signed_identity *identity, const struct reference *reference,
			  const char *claimed, struct error *err)
{
	const char *type = match_types[identity->match].name;
	autoreference struct reference claim = REFERENCE_INIT;
	autofree char *image = reference ? reference_format(reference) : NULL;

	if (identity->match == MATCH_DIGEST)
		return 0;
	if (!claimed)
		return error_set(err, ERROR_VERIFY, "it names no image, as %s wants", type);
	if (reference_parse(claimed, &claim, err) < 0)
		return error_recode(err, ERROR_VERIFY);
	if (is_match(identity, reference, &claim, !is_name_only(claimed)))
		return 0;
	return error_set(err, ERROR_VERIFY, "it is for '%s', which is not '%s' by %s", claimed,
			 image ? image : "an image without a reference", type);
}
