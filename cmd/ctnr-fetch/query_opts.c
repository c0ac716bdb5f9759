/* SPDX-License-Identifier: Apache-2.0 */
#include "query_opts.h"

#include <string.h>

#define FIELD(name) offsetof(struct query_opts, name)
const struct option query_options[] = {
	{ "list-tags", 0, NULL, "print the tags of a repository, and copy nothing", OPTION_BOOL,
	  FIELD(list_tags) },
	{ "inspect", 0, NULL, "print manifest, config and sizes, and copy nothing", OPTION_BOOL,
	  FIELD(inspect) },
	{ "raw", 0, NULL, "with --inspect: print what the registry gave, byte by byte", OPTION_BOOL,
	  FIELD(raw) },
	{ "referrers", 0, NULL, "print what refers to the image, and copy nothing", OPTION_BOOL,
	  FIELD(referrers) },
	OPTION_END
};

enum query_kind query_kind(const struct query_opts *opts)
{
	if (opts->list_tags)
		return QUERY_TAGS;
	if (opts->inspect)
		return QUERY_INSPECT;
	return opts->referrers ? QUERY_REFERRERS : QUERY_NONE;
}

int query_check_options(const struct query_opts *opts, struct error *err)
{
	if (opts->list_tags + opts->inspect + opts->referrers > 1)
		return error_set(err, ERROR_USAGE,
				 "--list-tags, --inspect and --referrers exclude each other");
	if (opts->raw && !opts->inspect)
		return error_set(err, ERROR_USAGE, "--raw is for --inspect");
	return 0;
}

/* Where tag and digest of a reference begin, in its last component, or NULL. */
static const char *find_version(const char *reference)
{
	const char *slash = strrchr(reference, '/');

	return strpbrk(slash ? slash : reference, ":@");
}

int query_check_source(const struct query_opts *opts, const char *source, struct error *err)
{
	const char *reference = strstr(source, "://");
	const char *version = reference ? find_version(reference + strlen("://")) : NULL;

	if (!opts->list_tags || !version)
		return 0;
	error_set(err, ERROR_USAGE,
		  "--list-tags: '%s' has a tag or a digest, expected a repository", source);
	return error_hint(err, "leave '%s' away", version);
}

int query_check_address(const struct query_opts *opts, const struct address *address,
			struct error *err)
{
	if (!opts->list_tags)
		return 0;
	if (address->transport != TRANSPORT_DOCKER)
		return error_set(err, ERROR_USAGE, "--list-tags is for registries, '%s' is none",
				 address->path);
	return 0;
}
