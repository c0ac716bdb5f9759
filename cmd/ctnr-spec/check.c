/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include "mount_request.h"
#include "mount_source.h"
#include "opts.h"
#include "volume.h"

#include "base/alloc.h"

/* Is the source there, or is it the name of a volume? */
static int check_source(const struct mount_request *request, const struct identity *identity,
			struct error *err)
{
	autofree char *source = NULL;

	if (request->kind == MOUNT_REQUEST_VOLUME && request->source)
		return volume_check_name(request->source, err);
	if (request->kind != MOUNT_REQUEST_BIND)
		return 0;
	source = mount_source_resolve(identity, request->source, err);
	return source ? 0 : -1;
}

/* destinations: of the mounts before, and then of these too. */
static int check_mounts(const struct strlist *texts, const char *option,
			mount_request_parser *parse, const struct identity *identity,
			struct strlist *destinations, struct error *err)
{
	for (size_t i = 0; i < texts->len; i++) {
		automountrequest struct mount_request request = MOUNT_REQUEST_INIT;
		int status = parse(texts->items[i], identity, &request, err);

		if (status == 0)
			status = check_source(&request, identity, err);
		if (status == 0 && strlist_contains(destinations, request.destination))
			status = error_set(err, ERROR_USAGE, "two mounts for '%s'",
					   request.destination);
		if (status < 0)
			return error_prefix(err, "option --%s '%s'", option, texts->items[i]);
		strlist_append(destinations, request.destination);
	}
	return 0;
}

static int check_all_mounts(const struct mounts_opts *opts, const struct identity *identity,
			    struct error *err)
{
	autostrlist struct strlist destinations = STRLIST_INIT;

	if (check_mounts(&opts->volume, "volume", mount_request_parse_volume, identity,
			 &destinations, err) < 0 ||
	    check_mounts(&opts->mount, "mount", mount_request_parse_mount, identity, &destinations,
			 err) < 0)
		return -1;
	return check_mounts(&opts->tmpfs, "tmpfs", mount_request_parse_tmpfs, identity,
			    &destinations, err);
}

int check_options(const struct spec *spec, struct error *err)
{
	const struct spec_opts *opts = spec->opts;

	for (char *const *word = spec->command; word && *word; word++)
		if (json_check_text(*word, err) < 0)
			return -1;
	if (process_check(&opts->process, err) < 0 || etc_check(&opts->etc, err) < 0 ||
	    environment_check(&opts->environment, err) < 0 ||
	    capability_check(&opts->capability, err) < 0 || seccomp_check(&opts->seccomp, err) < 0)
		return -1;
	return check_all_mounts(&opts->mounts, &spec->identity, err);
}
