/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-fetch copies an image from a registry or a layout into a layout, the store's by default,
 * and prints its image record.
 *
 * Order of operations:
 *  1. name the image: --tag, or what the source calls it
 *  2. with --if-missing, look whether that name is there already
 *  3. copy manifests and blobs (copy.c), each verified before it is visible
 *  4. let the name stand for the image, last: it never names what is not there
 *  5. print the record, or the ref
 * SIGINT, SIGTERM and SIGHUP are blocked meanwhile and looked for wherever something is waited
 * for; the process dies of them at the end, when everything half-made is gone.
 */
#include "copy.h"
#include "credential.h"

#include "base/alloc.h"
#include "base/tool.h"
#include "oci/media_type.h"
#include "oci/tag.h"
#include "store/image_print.h"

#include <errno.h>
#include <unistd.h>

#define JOBS_DEFAULT 4
#define JOBS_MAX 64
#define RETRIES_DEFAULT 3
#define RETRIES_MAX 100
#define TIMEOUT_DEFAULT 30 /* seconds */
#define TIMEOUT_MAX 86400

struct fetch_opts {
	const char *store;
	const char *layout;
	const char *platform;
	bool all_platforms;
	int format;
	const char *tag;
	bool if_missing;
	const char *creds;
	const char *token_host;
	bool tls_verify;
	const char *ca_file;
	uint64_t jobs;
	uint64_t timeout;
	uint64_t retries;
	int progress;
	int print; /* enum image_print */
};

static const struct fetch_opts defaults = {
	.tls_verify = true,
	.jobs = JOBS_DEFAULT,
	.timeout = TIMEOUT_DEFAULT,
	.retries = RETRIES_DEFAULT,
};

#define FIELD(name) offsetof(struct fetch_opts, name)
static const struct option options[] = {
	{ "store", 0, "DIR", "the store", OPTION_STRING, FIELD(store) },
	{ "layout", 0, "DIR", "copy into the OCI layout DIR instead of the store's", OPTION_STRING,
	  FIELD(layout) },
	{ "platform", 0, "PLATFORM", "choose OS/ARCHITECTURE[/VARIANT] of an index", OPTION_STRING,
	  FIELD(platform) },
	{ "all-platforms", 0, NULL, "copy the whole index", OPTION_BOOL, FIELD(all_platforms) },
	{ "format", 0, "FORMAT", "oci: convert Docker schema 2; keep: leave everything as it is",
	  OPTION_CHOICE, FIELD(format), copy_format_names },
	{ "tag", 't', "NAME", "the name that the image gets", OPTION_STRING, FIELD(tag) },
	{ "if-missing", 0, NULL, "do nothing when the name is there already", OPTION_BOOL,
	  FIELD(if_missing) },
	{ "creds", 0, "USER[:PASSWORD]", "log in to the registry", OPTION_STRING, FIELD(creds) },
	{ "token-host", 0, "HOST", "a token server that may see the credentials too", OPTION_STRING,
	  FIELD(token_host) },
	{ "tls-verify", 0, NULL,
	  "verify the registry's certificate (the default); =false: take any", OPTION_BOOL,
	  FIELD(tls_verify) },
	{ "ca-file", 0, "FILE", "trust the authorities in FILE too", OPTION_STRING,
	  FIELD(ca_file) },
	{ "jobs", 'j', "N", "transfer N blobs at a time", OPTION_NUMBER, FIELD(jobs) },
	{ "timeout", 0, "SECONDS", "give up after that long without an answer", OPTION_NUMBER,
	  FIELD(timeout) },
	{ "retries", 0, "N", "try N times again what fails for a moment", OPTION_NUMBER,
	  FIELD(retries) },
	{ "progress", 0, "MODE", "show progress: auto, tty, plain, json or none", OPTION_CHOICE,
	  FIELD(progress), progress_mode_names },
	{ "print", 0, "WHAT", "print the image's record or its ref", OPTION_CHOICE, FIELD(print),
	  image_print_names },
	OPTION_END
};

static int check_range(const char *name, uint64_t value, uint64_t min, uint64_t max,
		       struct error *err)
{
	if (value >= min && value <= max)
		return 0;
	return error_set(err, ERROR_USAGE,
			 "option --%s: expected a number from %llu to %llu, got %llu", name,
			 (unsigned long long)min, (unsigned long long)max,
			 (unsigned long long)value);
}

static int check_options(const struct fetch_opts *opts, struct error *err)
{
	if (opts->platform && opts->all_platforms)
		return error_set(err, ERROR_USAGE,
				 "--platform and --all-platforms exclude each other");
	if (opts->layout && opts->store)
		return error_set(err, ERROR_USAGE, "--layout and --store exclude each other");
	if (check_range("jobs", opts->jobs, 1, JOBS_MAX, err) < 0 ||
	    check_range("timeout", opts->timeout, 1, TIMEOUT_MAX, err) < 0)
		return -1;
	if (check_range("retries", opts->retries, 0, RETRIES_MAX, err) < 0)
		return -1;
	/* It would only be missed when TLS is spoken. */
	if (opts->ca_file && access(opts->ca_file, R_OK) < 0)
		return error_errno(err, "option --ca-file: cannot read '%s'", opts->ca_file);
	return 0;
}

/* The reference that the image gets, new. A name without a registry is one of ours. */
static char *choose_name(const struct fetch_opts *opts, const struct address *address,
			 struct error *err)
{
	autoreference struct reference reference = REFERENCE_INIT;
	autofree char *text = NULL;

	if (!opts->tag)
		return source_name(address, err);
	text = reference_has_registry(opts->tag) ? xstrdup(opts->tag)
						 : xasprintf("localhost/%s", opts->tag);
	if (reference_parse(text, &reference, err) < 0) {
		error_prefix(err, "--tag");
		return NULL;
	}
	if (reference.digest) {
		error_set(err, ERROR_USAGE, "--tag: a digest cannot be given to an image");
		return NULL;
	}
	return reference_format(&reference);
}

static int open_layout(const struct fetch_opts *opts, enum layout_mode mode, struct layout *ret,
		       struct error *err)
{
	autostore struct store store = STORE_INIT;
	autofree char *path = NULL;

	if (opts->layout)
		return layout_open(opts->layout, mode, ret, err);
	if (store_open(opts->store, mode == LAYOUT_CREATE ? STORE_WRITE : STORE_READ, &store, err) <
	    0)
		return -1;
	path = xasprintf("%s/images", store.path);
	return layout_open(path, mode, ret, err);
}

/* Is what we would fetch there under that name? Returns 1 and fills ret when it is. Read-only, so
 * that it works in a store that nothing can be added to. */
static int find_present(const struct fetch_opts *opts, const char *name,
			const struct platform *platform, struct image *ret, struct error *err)
{
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor found = DESCRIPTOR_INIT;
	struct error cause = { 0 };
	int result;

	result = open_layout(opts, LAYOUT_READ, &layout, &cause);
	if (result == 0)
		result = platform ? tag_find(&layout, name, platform, &found, &cause)
				  : tag_find_raw(&layout, name, &found, &cause);
	if (result < 0 && cause.code == ERROR_NOT_FOUND)
		return 0;
	if (result < 0) {
		if (err)
			*err = cause;
		return -1;
	}
	if (platform ? found.platform.os[0] && !platform_matches(&found.platform, platform)
		     : media_type_kind(found.media_type) != MEDIA_INDEX)
		return 0;
	ret->layout = xstrdup(layout.path);
	ret->ref = xstrdup(name);
	ret->descriptor = found;
	found = (struct descriptor)DESCRIPTOR_INIT;
	return 1;
}

/* Where the credentials go, for the prompt. */
static char *registry_name(const struct address *address)
{
	autoreference struct reference reference = REFERENCE_INIT;

	if (!address->reference || reference_parse(address->reference, &reference, NULL) < 0)
		return xstrdup("the registry");
	return xstrdup(reference.registry);
}

static int copy(const struct fetch_opts *opts, const struct address *address,
		const struct platform *platform, const struct interrupt *interrupt,
		const struct layout *layout, struct descriptor *ret, struct error *err)
{
	autocredential struct credential credential = CREDENTIAL_INIT;
	autoprogress struct progress *progress = NULL;
	autosource struct source source = SOURCE_INIT;
	autofree char *place = registry_name(address);
	struct registry_options registry = {
		.tls = opts->tls_verify ? REGISTRY_TLS_VERIFY : REGISTRY_TLS_INSECURE,
		.ca_file = opts->ca_file,
		.timeout = (unsigned)opts->timeout,
		.retries = (unsigned)opts->retries,
		.interrupt = interrupt,
	};
	const struct copy_options how = { platform, (enum copy_format)opts->format };
	autotransfer struct transfer transfer = { .source = &source,
						  .layout = layout,
						  .interrupt = interrupt,
						  .jobs = (unsigned)opts->jobs };
	void *connection;
	int result;

	if (credential_parse(opts->creds, place, interrupt, &credential, err) < 0)
		return -1;
	registry.credentials =
		(struct credentials) { credential.user, credential.password, opts->token_host };
	if (source_open(address, &registry, platform, &source, err) < 0)
		return -1;
	connection = source.type->connect(&source, err);
	if (!connection)
		return -1;
	transfer.progress = progress = progress_new((enum progress_mode)opts->progress);
	result = copy_image(&transfer, connection, &how, ret, err);
	source.type->disconnect(connection);
	return result;
}

/* Fetch what is not there, and name it. */
static int fetch_image(const struct fetch_opts *opts, const struct address *address,
		       const char *name, const struct platform *platform, struct image *ret,
		       struct error *err)
{
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autolayout struct layout layout = LAYOUT_INIT;
	autodescriptor struct descriptor descriptor = DESCRIPTOR_INIT;

	if (interrupt_init(&interrupt, err) < 0 ||
	    open_layout(opts, LAYOUT_CREATE, &layout, err) < 0)
		return -1;
	if (copy(opts, address, platform, &interrupt, &layout, &descriptor, err) < 0) {
		if (err->saved_errno == ENOSPC || err->saved_errno == EDQUOT)
			error_hint(err, "free some space below '%s'", layout.path);
		return -1;
	}
	if (tag_set(&layout, name, &descriptor, err) < 0)
		return -1;
	ret->layout = xstrdup(layout.path);
	ret->ref = xstrdup(name);
	ret->descriptor = descriptor;
	descriptor = (struct descriptor)DESCRIPTOR_INIT;
	return 0;
}

static int fetch(const void *opts_, const struct strlist *operands, struct error *err)
{
	const struct fetch_opts *opts = opts_;
	autoaddress struct address address = ADDRESS_INIT;
	autoimage struct image image = IMAGE_INIT;
	autofree char *name = NULL;
	struct platform platform;
	const struct platform *wanted = opts->all_platforms ? NULL : &platform;
	int present = 0;

	if (operands->len != 1)
		return error_set(err, ERROR_USAGE, "expected one SOURCE, got %zu", operands->len);
	platform_host(&platform);
	if (check_options(opts, err) < 0 || address_parse(operands->items[0], &address, err) < 0 ||
	    (opts->platform && platform_parse(opts->platform, &platform, err) < 0))
		return -1;
	if (address.transport != TRANSPORT_DOCKER && (opts->creds || opts->token_host))
		return error_set(err, ERROR_USAGE,
				 "--creds and --token-host are for registries, '%s' is none",
				 operands->items[0]);
	name = choose_name(opts, &address, err);
	if (!name)
		return -1;
	if (opts->if_missing)
		present = find_present(opts, name, wanted, &image, err);
	if (present < 0 || (!present && fetch_image(opts, &address, name, wanted, &image, err) < 0))
		return error_prefix(err, "%s", operands->items[0]);
	return image_print(stdout, &image, (enum image_print)opts->print, err);
}

static const struct command commands[] = {
	{ .synopsis = "[OPTIONS] SOURCE",
	  .summary = "Copy an image from a registry or a layout into a layout.",
	  .options = options,
	  .opts_size = sizeof(struct fetch_opts),
	  .defaults = &defaults,
	  .run = fetch },
	COMMAND_END
};

static const struct tool tool = { "ctnr-fetch", "copy an image into an OCI layout", commands };

int main(int argc, char **argv)
{
	return tool_main(&tool, argc, argv);
}
