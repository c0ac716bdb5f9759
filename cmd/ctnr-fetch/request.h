/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one call of ctnr-fetch asks for: its options, and each SOURCE with the name that its image gets.
 * The tool reads a request to see whether all is there; what is not, its worker reads again and fetches.
 */
#ifndef CTNR_FETCH_REQUEST_H
#define CTNR_FETCH_REQUEST_H

#include "query_opts.h"

#include "base/option.h"
#include "base/tool.h"
#include "oci/address.h"
#include "oci/layout.h"
#include "oci/platform.h"
#include "registry/access_opts.h"
#include "registry/policy_opts.h"
#include "registry/registries_conf_opts.h"
#include "store/image.h"
#include "store/image_print.h"
#include "system/sync.h"

enum request_format {
	REQUEST_OCI, /* Docker schema 2 becomes OCI */
	REQUEST_KEEP, /* everything stays as it is */
};

struct fetch_opts {
	const char *store;
	const char *layout;
	const char *platform;
	bool all_platforms;
	bool with_referrers;
	const char *artifact_type;
	int format; /* enum request_format */
	const char *tag;
	bool if_missing;
	struct query_opts query;
	struct access_opts access;
	struct registries_conf_opts registries;
	bool short_name;
	struct policy_opts policy;
	uint64_t jobs;
	struct sync_opts sync;
	bool check;
	bool explain;
	int progress; /* enum progress_mode */
	int print; /* enum image_print */
};

/* The command, whose run is the caller's. */
#define REQUEST_COMMAND(run_it) \
	{ \
		.synopsis = "[OPTIONS] SOURCE...", \
		.summary = "Copy images from registries or layouts into a layout.", \
		.options = request_options, .opts_size = sizeof(struct fetch_opts), \
		.defaults = &request_defaults, .run = (run_it) \
	}

#define REQUEST_TOOL_NAME "ctnr-fetch"
#define REQUEST_TOOL_SUMMARY "copy images into an OCI layout"

extern const struct option request_options[];
extern const struct fetch_opts request_defaults;

/* One SOURCE. */
struct request {
	const struct fetch_opts *opts; /* borrowed */
	struct address address;
	char *name; /* the reference that the image gets */
	char *digest; /* the one that SOURCE states, or NULL */
	struct platform platform;
	bool wants_all; /* platforms */
};

#define REQUEST_INIT \
	{ \
		.address = ADDRESS_INIT \
	}

void request_release(struct request *request);
#define autorequest autocleanup(request_release)

/* Check what the options say together, for so many sources. ERROR_USAGE. */
int request_check_options(const struct fetch_opts *opts, size_t n_sources, struct error *err);

/* Read a SOURCE. ERROR_USAGE when it is none. */
int request_read(const struct fetch_opts *opts, const char *source, struct request *ret,
		 struct error *err);

/* Is an image that is there one for the platform that is wanted, or an index where all are? */
bool request_is_wanted(const struct request *request, const struct descriptor *present);

/* The platform that is wanted (borrowed), NULL: all of them. */
const struct platform *request_platform(const struct request *request);

/* Open the layout that is copied into. */
int request_open_layout(const struct request *request, enum layout_mode mode, struct layout *ret,
			struct error *err);

/* The image that the name stands for in that layout; descriptor is taken. */
void request_describe(const struct request *request, const struct layout *layout,
		      struct descriptor *descriptor, struct image *ret);

/* Is the image there under its name? Returns 1 and fills ret when it is, 0 when not. Nothing is written, so
 * that this works in a store that nothing can be added to. */
int request_find_present(const struct request *request, struct image *ret, struct error *err);

#endif
