/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "base/alloc.h"
#include "base/progress.h"
#include "oci/media_type.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "store/store.h"

#include <stdlib.h>

#define JOBS_DEFAULT 4
#define JOBS_MAX 64

static const char *const format_names[] = { "oci", "keep", NULL };

const struct fetch_opts request_defaults = {
	.access = ACCESS_OPTS_DEFAULT,
	.jobs = JOBS_DEFAULT,
};

#define FIELD(name) offsetof(struct fetch_opts, name)
const struct option request_options[] = {
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store) },
	{ "layout", 0, "DIR", "copy into the OCI layout DIR instead of the store's", OPTION_STRING,
	  FIELD(layout) },
	{ "platform", 0, "PLATFORM", "choose OS/ARCHITECTURE[/VARIANT] of an index", OPTION_STRING,
	  FIELD(platform) },
	{ "all-platforms", 0, NULL, "copy the whole index", OPTION_BOOL, FIELD(all_platforms) },
	{ "with-referrers", 0, NULL,
	  "with --all-platforms: copy signatures and other referrers too", OPTION_BOOL,
	  FIELD(with_referrers) },
	{ "artifact-type", 0, "TYPE", "of referrers, only those of that type", OPTION_STRING,
	  FIELD(artifact_type) },
	{ "format", 0, "FORMAT", "oci: convert Docker schema 2; keep: leave everything as it is",
	  OPTION_CHOICE, FIELD(format), format_names },
	{ "tag", 't', "NAME", "the name that the image gets", OPTION_STRING, FIELD(tag) },
	{ "if-missing", 0, NULL, "do nothing when the name is there already", OPTION_BOOL,
	  FIELD(if_missing) },
	{ "short-name", 0, NULL, "a name without a registry means what registries.conf says",
	  OPTION_BOOL, FIELD(short_name) },
	OPTION_INCLUDE(query_options, FIELD(query)),
	OPTION_INCLUDE(access_options, FIELD(access)),
	OPTION_INCLUDE(registries_conf_options, FIELD(registries)),
	OPTION_INCLUDE(policy_options, FIELD(policy)),
	{ "jobs", 'j', "N", "transfer N blobs at a time", OPTION_NUMBER, FIELD(jobs) },
	OPTION_INCLUDE(sync_options, FIELD(sync)),
	{ "check", 0, NULL, "check the options and SOURCE's spelling, and do nothing", OPTION_BOOL,
	  FIELD(check) },
	{ "explain", 0, NULL, "print which places would be asked, and why, and do nothing",
	  OPTION_BOOL, FIELD(explain) },
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  FIELD(progress), progress_mode_names },
	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE, FIELD(print),
	  image_print_names },
	OPTION_END
};

void request_release(struct request *request)
{
	address_release(&request->address);
	free(request->name);
	free(request->digest);
}

/* What is said about a copy has no meaning where nothing is copied. */
static int check_query(const struct fetch_opts *opts, struct error *err)
{
	const char *option = opts->layout           ? "--layout"
			     : opts->tag            ? "--tag"
			     : opts->if_missing     ? "--if-missing"
			     : opts->with_referrers ? "--with-referrers"
						    : NULL;

	if (query_check_options(&opts->query, err) < 0)
		return -1;
	if (query_kind(&opts->query) == QUERY_NONE || !option)
		return 0;
	return error_set(err, ERROR_USAGE, "%s is for copying, and nothing is copied", option);
}

static int check_referrers(const struct fetch_opts *opts, struct error *err)
{
	if (opts->with_referrers && !opts->all_platforms)
		return error_set(err, ERROR_USAGE, "--with-referrers is for --all-platforms");
	if (opts->artifact_type && !opts->with_referrers && !opts->query.referrers)
		return error_set(err, ERROR_USAGE,
				 "--artifact-type is for --referrers and --with-referrers");
	return 0;
}

int request_check_options(const struct fetch_opts *opts, size_t n_sources, struct error *err)
{
	if (n_sources == 0)
		return error_set(err, ERROR_USAGE, "expected a SOURCE, got none");
	if (opts->tag && n_sources > 1)
		return error_set(err, ERROR_USAGE, "option --tag: one name for %zu images",
				 n_sources);
	if (opts->platform && opts->all_platforms)
		return error_set(err, ERROR_USAGE,
				 "--platform and --all-platforms exclude each other");
	if (opts->layout && opts->store)
		return error_set(err, ERROR_USAGE, "--layout and --store exclude each other");
	if (check_query(opts, err) < 0 || check_referrers(opts, err) < 0)
		return -1;
	return option_check_range("jobs", opts->jobs, 1, JOBS_MAX, err);
}

/* The reference that the image gets, new. */
static char *choose_name(const struct fetch_opts *opts, const struct address *address,
			 struct error *err)
{
	char *name;

	if (!opts->tag)
		return address_image_name(address, err);
	name = reference_new_name(opts->tag, err);
	if (!name)
		error_prefix(err, "option --tag");
	return name;
}

/* The digest that an address states, new, or NULL. */
static char *stated_digest(const struct address *address)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (address->transport != TRANSPORT_DOCKER ||
	    reference_parse(address->reference, &reference, NULL) < 0)
		return NULL;
	return steal(&reference.digest);
}

int request_read(const struct fetch_opts *opts, const char *source, struct request *ret,
		 struct error *err)
{
	ret->opts = opts;
	ret->wants_all = opts->all_platforms;
	platform_host(&ret->platform);
	if (address_parse(source, &ret->address, err) < 0 ||
	    query_check_address(&opts->query, &ret->address, err) < 0 ||
	    (opts->platform && platform_parse(opts->platform, &ret->platform, err) < 0))
		return -1;
	if (ret->address.transport != TRANSPORT_DOCKER &&
	    (opts->access.creds || opts->access.token_host))
		return error_set(err, ERROR_USAGE,
				 "--creds and --token-host are for registries, '%s' is none",
				 source);
	ret->digest = stated_digest(&ret->address);
	ret->name = choose_name(opts, &ret->address, err);
	return ret->name ? 0 : -1;
}

const struct platform *request_platform(const struct request *request)
{
	return request->wants_all ? NULL : &request->platform;
}

int request_open_layout(const struct request *request, enum layout_mode mode, struct layout *ret,
			struct error *err)
{
	const struct fetch_opts *opts = request->opts;
	enum store_mode store_mode = mode == LAYOUT_CREATE ? STORE_WRITE : STORE_READ;
	autostore struct store store = STORE_INIT;
	autofree char *path = NULL;

	if (opts->layout)
		return layout_open(opts->layout, mode, ret, err);
	if (store_open(opts->store, store_mode, &store, err) < 0)
		return -1;
	path = xasprintf("%s/images", store.path);
	return layout_open(path, mode, ret, err) < 0 ? store_damaged(err) : 0;
}

void request_describe(const struct request *request, const struct layout *layout,
		      struct descriptor *descriptor, struct image *ret)
{
	ret->layout = xstrdup(layout->path);
	ret->ref = xstrdup(request->name);
	ret->descriptor = *descriptor;
	*descriptor = (struct descriptor)DESCRIPTOR_INIT;
}

bool request_is_wanted(const struct request *request, const struct descriptor *present)
{
	if (request->wants_all)
		return media_type_kind(present->media_type) == MEDIA_INDEX;
	return !present->platform.os[0] || platform_matches(&present->platform, &request->platform);
}

int request_find_present(const struct request *request, struct image *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	struct error cause = { 0 };
	int result = request_open_layout(request, LAYOUT_READ, &layout, &cause);

	if (result == 0)
		result = request->wants_all ? tag_find_raw(&layout, request->name, &found, &cause)
					    : tag_find(&layout, request->name, &request->platform,
						       &found, &cause);
	if (result < 0 && cause.code == ERROR_NOT_FOUND)
		return 0;
	if (result < 0)
		return error_move(err, &cause);
	if (!request_is_wanted(request, &found))
		return 0;
	request_describe(request, &layout, &found, ret);
	return 1;
}
