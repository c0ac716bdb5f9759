/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The copying worker of ctnr-fetch: a program of its own because of what it loads.
 *
 * Order of operations, for one SOURCE after the other:
 *  1. name the image: --tag, or what the source calls it; a short name may be one of several, which are
 *     tried in turn
 *  2. look whether it is there already (present.h)
 *  3. read the files that the options name, as that of a password (registry/access.h), and the policy; take
 *     the password out of the command line
 *  4. ask the policy whether an image of that name can be let in, before anybody else is asked, and then
 *     whether this one is (admission.c); copy manifests and blobs (copy.c), each verified before it is
 *     visible
 *  5. let the name stand for the image, last: it never names what is not there, and what it names is
 *     on the disk
 *  6. print the record, or the ref
 * SIGINT, SIGTERM and SIGHUP are blocked from step 4 on and looked for wherever something is waited
 * for; the process dies of them at the end, when everything half-made is gone.
 */
#include "present.h"
#include "request.h"
#include "short_source.h"
#include "workers/copy/admission.h"
#include "workers/copy/copy.h"
#include "workers/copy/query.h"

#include "base/alloc.h"
#include "oci/reference.h"
#include "oci/tag.h"
#include "registry/access.h"
#include "registry/policy_file.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>

/* What one run has. */
struct fetch {
	const struct fetch_opts *opts; /* borrowed */
	struct access access;
	struct policy policy;
	struct interrupt interrupt;
	bool has_read; /* the files that access options name */
	bool has_begun; /* the policy was read too, and signals are watched */
	bool was_refused_by_name; /* the last address: nobody was asked */
};

#define FETCH_INIT \
	{ \
		.access = ACCESS_INIT, .policy = POLICY_INIT, .interrupt = INTERRUPT_INIT \
	}

static void fetch_release(struct fetch *fetch)
{
	access_release(&fetch->access);
	policy_release(&fetch->policy);
	interrupt_release(&fetch->interrupt);
}
#define autofetch autocleanup(fetch_release)

/* What came from a source. */
struct copied {
	struct descriptor image;
	struct referrer_copy referrers;
};

static void copied_release(struct copied *copied)
{
	descriptor_release(&copied->image);
	referrer_copy_release(&copied->referrers);
}

/* Connect to an open source and copy from it. */
static int copy_from_source(struct fetch *fetch, const struct request *request,
			    struct transfer *transfer, struct copied *ret, struct error *err)
{
	const struct fetch_opts *opts = request->opts;
	autodescriptor struct descriptor named = DESCRIPTOR_INIT;
	bool has_name = tag_find_raw(transfer->layout, request->name, &named, NULL) == 0;
	struct session_options options;
	const struct policy_judge judge = { &fetch->policy, opts->policy.registries_d, &options };
	void *connection = source_connect(transfer->source, err);
	struct admission admission = { &judge, transfer->source, connection };
	const struct copy_options how = {
		.platform = request_platform(request),
		.format = (enum request_format)opts->format,
		.named = has_name ? &named : NULL,
		.referrers = opts->with_referrers ? &ret->referrers : NULL,
		.artifact_type = opts->artifact_type,
		.admit = admission_ask,
		.data = &admission,
	};
	autoprogress struct progress *progress = NULL;
	int result;

	if (!connection)
		return -1;
	if (admission_ask_name(&admission, err) < 0) {
		fetch->was_refused_by_name = true;
		source_disconnect(transfer->source, connection);
		return -1;
	}
	access_session_options(&fetch->access, &options);
	transfer->progress = progress = progress_new((enum progress_mode)request->opts->progress);
	access_set_progress(&fetch->access, progress);
	result = copy_image(transfer, connection, &how, &ret->image, err);
	access_set_progress(&fetch->access, NULL);
	source_disconnect(transfer->source, connection);
	return result;
}

static int copy_into_layout(struct fetch *fetch, const struct request *request,
			    const struct layout *layout, struct copied *ret, struct error *err)
{
	autosource struct source source = SOURCE_INIT;
	autofree char *registry = address_registry(&request->address);
	const struct source_request wanted = { &request->address, request_platform(request),
					       &fetch->access, &fetch->opts->registries,
					       &fetch->interrupt };
	autotransfer struct transfer transfer = { .source = &source,
						  .layout = layout,
						  .interrupt = &fetch->interrupt,
						  .jobs = (unsigned)fetch->opts->jobs };

	if (access_begin(&fetch->access, registry, &fetch->interrupt, err) < 0 ||
	    source_open(&wanted, &source, err) < 0)
		return -1;
	return copy_from_source(fetch, request, &transfer, ret, err);
}

/* Read the files that access options name, once for all sources. */
static int read_files(struct fetch *fetch, struct error *err)
{
	if (fetch->has_read)
		return 0;
	if (access_read_files(&fetch->access, err) < 0)
		return -1;
	fetch->has_read = true;
	return 0;
}

/* Read the policy and watch signals, once for all sources. */
static int begin_fetch(struct fetch *fetch, struct error *err)
{
	if (fetch->has_begun)
		return 0;
	if (policy_file_open(&fetch->opts->policy, &fetch->policy, err) < 0 ||
	    interrupt_init(&fetch->interrupt, err) < 0)
		return -1;
	fetch->has_begun = true;
	return 0;
}

/* Answer what is asked about a source. */
static int query_source(struct fetch *fetch, const struct request *request, struct error *err)
{
	autosource struct source source = SOURCE_INIT;
	autofree char *registry = address_registry(&request->address);
	const struct source_request wanted = { &request->address, request_platform(request),
					       &fetch->access, &fetch->opts->registries,
					       &fetch->interrupt };
	void *connection;
	int result;

	if (begin_fetch(fetch, err) < 0 ||
	    access_begin(&fetch->access, registry, &fetch->interrupt, err) < 0 ||
	    source_open(&wanted, &source, err) < 0)
		return -1;
	connection = source_connect(&source, err);
	if (!connection)
		return -1;
	result = query_run(request, &source, connection, err);
	source_disconnect(&source, connection);
	return result;
}

/* Fetch what is not there, and name it. */
static int fetch_image(struct fetch *fetch, const struct request *request, struct image *ret,
		       struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autocleanup(copied_release) struct copied copied = { .image = DESCRIPTOR_INIT };

	if (begin_fetch(fetch, err) < 0 ||
	    request_open_layout(request, LAYOUT_CREATE, &layout, err) < 0)
		return -1;
	if (copy_into_layout(fetch, request, &layout, &copied, err) < 0) {
		if (error_errno_is(err, ENOSPC) || error_errno_is(err, EDQUOT))
			error_hint(err, "free some space below '%s'", layout.path);
		return -1;
	}
	if (tag_set_with(&layout, request->name, &copied.image, copied.referrers.entries,
			 copied.referrers.len, err) < 0)
		return fetch->opts->layout ? -1 : store_damaged(err);
	request_describe(request, &layout, &copied.image, ret);
	return 0;
}

/* What is there already under one of the addresses: 1 when something is. */
static int find_present(const struct fetch *fetch, const struct strlist *addresses,
			struct image *ret, struct error *err)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < addresses->len; i++) {
		autorequest struct request request = REQUEST_INIT;

		if (request_read(fetch->opts, addresses->items[i], &request, err) < 0)
			return -1;
		result = present_find(&request, ret, err);
		if (result < 0)
			error_prefix(err, "%s", addresses->items[i]);
	}
	return result;
}

static bool is_query(const struct fetch *fetch)
{
	return query_kind(&fetch->opts->query) != QUERY_NONE;
}

/* Fetch the image, or answer what is asked about it. */
static int fetch_address(struct fetch *fetch, const char *address, struct image *ret,
			 struct error *err)
{
	autorequest struct request request = REQUEST_INIT;

	if (request_read(fetch->opts, address, &request, err) < 0)
		return -1;
	if ((is_query(fetch) ? query_source(fetch, &request, err)
			     : fetch_image(fetch, &request, ret, err)) < 0)
		return error_prefix(err, "%s", address);
	return 0;
}

/* May another registry's image of the same short name be what is meant? Not where this one failed to say:
 * everybody can have the name there. Nor where this machine failed. A registry that the policy refuses cannot be
 * what is meant. */
static bool may_search_on(const struct fetch *fetch, const struct error *failure)
{
	if (fetch->was_refused_by_name)
		return true;
	return (failure->code == ERROR_NOT_FOUND || failure->code == ERROR_FAILED) &&
	       failure->saved_errno == 0;
}

/* Fetch from the first of the addresses that has it. The failure is what they all say. */
static int fetch_first(struct fetch *fetch, const struct strlist *addresses, struct image *ret,
		       struct error *err)
{
	autostr struct str messages = STR_INIT;
	struct error failure = { 0 };

	for (size_t i = 0; i < addresses->len; i++) {
		failure = (struct error) { 0 };
		fetch->was_refused_by_name = false;
		if (fetch_address(fetch, addresses->items[i], ret, &failure) == 0)
			return 0;
		str_appendf(&messages, "%s%s", messages.len ? "; " : "", failure.message);
		if (!may_search_on(fetch, &failure))
			break;
	}
	error_move(err, &failure);
	if (messages.len > strlen(failure.message))
		error_set(err, (enum error_code)failure.code, "%s", messages.data);
	return failure.hint[0] ? error_hint(err, "%s", failure.hint) : -1;
}

/* A login is for one registry. */
static int check_credentials(const struct fetch_opts *opts, const struct short_name *name,
			     struct error *err)
{
	if (!opts->access.creds || name->candidates.len < 2)
		return 0;
	error_set(err, ERROR_USAGE, "option --creds: '%s' may be of %zu registries", name->text,
		  name->candidates.len);
	return error_hint(err, "write the one that is meant: %s", name->candidates.items[0]);
}

static int fetch_source(struct fetch *fetch, const char *source, struct error *err)
{
	autoshortname struct short_name name = SHORT_NAME_INIT;
	autostrlist struct strlist addresses = STRLIST_INIT;
	autoimage struct image image = IMAGE_INIT;
	int present = 0;

	if (fetch->opts->check)
		return 0;
	if (short_source_read(fetch->opts, source, &name, err) < 0)
		return -1;
	short_source_addresses(source, &name, &addresses);
	if (!is_query(fetch))
		present = find_present(fetch, &addresses, &image, err);
	if (present < 0)
		return -1;
	if (!present) {
		strlist_release(&addresses);
		/* A password is out of the command line before somebody is asked which image is meant. */
		if (read_files(fetch, err) < 0 || short_name_choose(&name, err) < 0 ||
		    check_credentials(fetch->opts, &name, err) < 0)
			return -1;
		short_source_addresses(source, &name, &addresses);
		if (fetch_first(fetch, &addresses, &image, err) < 0)
			return -1;
	}
	if (is_query(fetch))
		return 0;
	return image_print(stdout, &image, (enum image_print)fetch->opts->print, err);
}

/* Mistakes in any of the sources show before the first is fetched. Of which registry a short name is shows
 * later. */
static int check_sources(const struct fetch_opts *opts, const struct strlist *sources,
			 struct error *err)
{
	autofree char *first = NULL;

	for (size_t i = 0; i < sources->len; i++) {
		autorequest struct request request = REQUEST_INIT;
		autofree char *registry = NULL;

		if (query_check_source(&opts->query, sources->items[i], err) < 0 ||
		    request_read(opts, sources->items[i], &request, err) < 0)
			return -1;
		if (request.address.transport != TRANSPORT_DOCKER ||
		    (opts->short_name && !reference_has_registry(request.address.reference)))
			continue;
		registry = address_registry(&request.address);
		if (access_check_registry(&opts->access, first, registry, err) < 0)
			return -1;
		if (!first)
			first = steal(&registry);
	}
	return 0;
}

static int fetch_sources(const void *opts_, const struct strlist *sources, struct error *err)
{
	autofetch struct fetch fetch = FETCH_INIT;

	fetch.opts = opts_;
	sync_apply(&fetch.opts->sync);
	if (request_check_options(fetch.opts, sources->len, err) < 0 ||
	    access_check(&fetch.opts->access, &fetch.access, err) < 0 ||
	    access_check_logins(&fetch.access, err) < 0 ||
	    check_sources(fetch.opts, sources, err) < 0)
		return -1;
	for (size_t i = 0; i < sources->len; i++)
		if (fetch_source(&fetch, sources->items[i], err) < 0)
			return -1;
	return 0;
}

static const struct command commands[] = { REQUEST_COMMAND(fetch_sources), COMMAND_END };

static const struct tool tool = { REQUEST_TOOL_NAME, REQUEST_TOOL_SUMMARY, commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
