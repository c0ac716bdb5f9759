/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "base/alloc.h"
#include "oci/reference.h"

#include <string.h>

#define JOBS_DEFAULT 4
#define JOBS_MAX 64
#define CHUNK_MIN 4096 /* bytes: each is a request of its own */

/* By enum image_format; skopeo's and podman's word for Docker's comes behind. */
static const char *const format_names[] = { "keep", "oci", "docker", "v2s2", NULL };

const struct push_opts push_defaults = {
	.access = ACCESS_OPTS_DEFAULT,
	.jobs = JOBS_DEFAULT,
};

#define FIELD(name) offsetof(struct push_opts, name)
const struct option push_options[] = {
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store) },
	{ "platform", 0, "PLATFORM", "copy the image for OS/ARCHITECTURE[/VARIANT] of an index",
	  OPTION_STRING, FIELD(platform) },
	{ "all-platforms", 0, NULL, "copy the whole index that the image was chosen from",
	  OPTION_BOOL, FIELD(all_platforms) },
	{ "format", 0, "FORMAT",
	  "keep: as it is; oci; docker, or v2s2: convert what is of another format", OPTION_CHOICE,
	  FIELD(format), format_names },
	{ "referrers", 0, NULL, "copy signatures and other artifacts that refer to the image too",
	  OPTION_BOOL, FIELD(with_referrers) },
	{ "digestfile", 0, "FILE", "write the digest of what was copied to FILE", OPTION_STRING,
	  FIELD(digestfile) },
	{ "chunk-size", 0, "SIZE", "send blobs in pieces of that size", OPTION_SIZE,
	  FIELD(chunk_size) },
	OPTION_INCLUDE(access_options, FIELD(access)),
	OPTION_INCLUDE(registries_conf_file_options, FIELD(registries)),
	{ "jobs", 'j', "N", "copy N blobs at a time", OPTION_NUMBER, FIELD(jobs) },
	OPTION_INCLUDE(sync_options, FIELD(sync)),
	{ "check", 0, NULL, "check the options and the operands' spelling, and do nothing",
	  OPTION_BOOL, FIELD(check) },
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  FIELD(progress), progress_mode_names },
	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE, FIELD(print),
	  image_print_names },
	OPTION_END
};

void push_request_release(struct push_request *request)
{
	strlist_release(&request->images);
	address_release(&request->address);
}

/* DESTINATION: an address, or the name of an image that says its registry itself, as podman takes it. */
static int read_destination(const char *text, struct push_request *ret, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	struct error as_address = { 0 };
	struct error as_name = { 0 };

	ret->has_address = true;
	if (address_parse_destination(text, &ret->address, &as_address) == 0)
		return 0;
	if (!strstr(text, "://") && !address_is_path(text, NULL) && reference_has_registry(text) &&
	    reference_parse(text, &reference, &as_name) == 0) {
		ret->address = (struct address) { .transport = TRANSPORT_DOCKER,
						  .reference = xstrdup(text) };
		return 0;
	}
	/* What begins with a domain cannot have been meant as a transport. */
	error_move(err,
		   as_name.code && memchr(text, '.', strcspn(text, ":/")) ? &as_name : &as_address);
	return error_prefix(err, "DESTINATION");
}

static int check_options(const struct push_opts *opts, struct error *err)
{
	if (opts->platform && opts->all_platforms)
		return error_set(err, ERROR_USAGE,
				 "--platform and --all-platforms exclude each other");
	if (opts->chunk_size.is_stated && opts->chunk_size.value < CHUNK_MIN)
		return error_set(err, ERROR_USAGE, "option --chunk-size: at least %d bytes",
				 CHUNK_MIN);
	return option_check_range("jobs", opts->jobs, 1, JOBS_MAX, err);
}

/* What is said about registries, or about several images, has no meaning elsewhere. */
static int check_destination(const struct push_request *request, struct error *err)
{
	const struct push_opts *opts = request->opts;
	const struct destination_type *type = destination_type_of(&request->address);
	bool is_registry = request->address.transport == TRANSPORT_DOCKER;
	const char *option = opts->access.creds           ? "--creds"
			     : opts->access.token_host    ? "--token-host"
			     : opts->chunk_size.is_stated ? "--chunk-size"
							  : NULL;

	if (!is_registry && option)
		return error_set(err, ERROR_USAGE, "%s is for registries, DESTINATION is none",
				 option);
	if (opts->with_referrers && !type->put_referrer)
		return error_set(err, ERROR_USAGE,
				 "--referrers: DESTINATION has no place for them");
	if (type->takes_docker_only && opts->all_platforms)
		return error_set(err, ERROR_USAGE, "--all-platforms: DESTINATION has no index");
	if (request->images.len > 1 && !type->takes_several_images) {
		error_set(err, ERROR_USAGE, "%zu images for one DESTINATION", request->images.len);
		return is_registry ? error_hint(err, "push one after the other") : -1;
	}
	if (request->images.len > 1 && request->address.reference)
		return error_set(err, ERROR_USAGE, "DESTINATION: one name for %zu images",
				 request->images.len);
	return 0;
}

/* A FILE or a layout is no image that could be sent to where its name says. */
static int check_lonely(const char *word, struct error *err)
{
	autoaddress struct address address = ADDRESS_INIT;

	if (address_parse_destination(word, &address, NULL) < 0 ||
	    address.transport == TRANSPORT_DOCKER || address.transport == TRANSPORT_OCI)
		return 0;
	return error_set(err, ERROR_USAGE, "expected an IMAGE before the DESTINATION '%s'", word);
}

int push_request_read(const struct push_opts *opts, const struct strlist *operands,
		      struct push_request *ret, struct error *err)
{
	size_t n_images = operands->len > 1 ? operands->len - 1 : operands->len;

	ret->opts = opts;
	if (operands->len == 0)
		return error_set(err, ERROR_USAGE, "expected an IMAGE, got none");
	for (size_t i = 0; i < n_images; i++) {
		if (strcmp(operands->items[i], "-") == 0 && strlist_contains(&ret->images, "-"))
			return error_set(err, ERROR_USAGE, "standard input has one record alone");
		strlist_append(&ret->images, operands->items[i]);
	}
	if (check_options(opts, err) < 0 ||
	    (opts->platform && platform_parse(opts->platform, &ret->platform, err) < 0))
		return -1;
	if (opts->digestfile && n_images > 1)
		return error_set(err, ERROR_USAGE, "option --digestfile: one file for %zu images",
				 n_images);
	if (operands->len == 1)
		return check_lonely(operands->items[0], err);
	if (read_destination(operands->items[n_images], ret, err) < 0)
		return -1;
	return check_destination(ret, err);
}

static int name_no_registry(const char *ref, struct error *err)
{
	error_set(err, ERROR_USAGE, "'%s' names no registry", ref);
	return error_hint(err, "name the DESTINATION behind it: docker://REGISTRY/NAME");
}

int push_request_address(struct push_request *request, const char *ref, struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (request->has_address)
		return 0;
	if (!ref) {
		error_set(err, ERROR_USAGE, "the image has no name that says where it goes");
		return error_hint(err, "name the DESTINATION behind it: docker://REGISTRY/NAME");
	}
	if (!reference_has_registry(ref) || reference_parse(ref, &reference, NULL) < 0 ||
	    strcmp(reference.registry, REFERENCE_LOCAL) == 0)
		return name_no_registry(ref, err);
	request->address =
		(struct address) { .transport = TRANSPORT_DOCKER, .reference = xstrdup(ref) };
	request->has_address = true;
	return check_destination(request, err);
}

int push_request_name(const struct push_request *request, const char *ref, char **ret,
		      struct error *err)
{
	const struct address *address = &request->address;
	const char *name = address->reference ? address->reference : ref;
	autoreference struct reference reference = REFERENCE_INIT;

	if (address->transport == TRANSPORT_DOCKER ||
	    (address->transport == TRANSPORT_DOCKER_ARCHIVE && address->reference)) {
		if (reference_parse(address->reference, &reference, err) < 0)
			return -1;
		*ret = reference_format(&reference);
		return 0;
	}
	if (name)
		*ret = xstrdup(name);
	if (name || destination_type_of(address)->takes_nameless)
		return 0;
	error_set(err, ERROR_USAGE, "nothing says what the image is called there");
	return error_hint(err, "name it in DESTINATION, as in oci:DIR:NAME");
}

int push_request_format(const struct push_request *request, enum image_format *ret,
			struct error *err)
{
	const struct destination_type *type = destination_type_of(&request->address);
	enum image_format wanted = request->opts->format < IMAGE_FORMAT_MAX
					   ? (enum image_format)request->opts->format
					   : IMAGE_FORMAT_DOCKER;
	enum image_format only = type->takes_oci_only      ? IMAGE_FORMAT_OCI
				 : type->takes_docker_only ? IMAGE_FORMAT_DOCKER
							   : IMAGE_FORMAT_KEEP;

	if (only != IMAGE_FORMAT_KEEP && wanted != IMAGE_FORMAT_KEEP && wanted != only)
		return error_set(err, ERROR_USAGE, "--format %s: DESTINATION has the format %s",
				 format_names[wanted], format_names[only]);
	*ret = only != IMAGE_FORMAT_KEEP ? only : wanted;
	return 0;
}

bool push_request_is_stream(const struct push_request *request)
{
	return address_is_stdout(&request->address);
}
