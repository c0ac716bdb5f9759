/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about a SOURCE in place of copying it: its options. Loads nothing: workers/copy/query.h answers
 * them.
 */
#ifndef CTNR_FETCH_QUERY_OPTS_H
#define CTNR_FETCH_QUERY_OPTS_H

#include "base/error.h"
#include "base/option.h"
#include "oci/address.h"

struct query_opts {
	bool list_tags;
	bool inspect;
	bool raw;
	bool referrers;
};

extern const struct option query_options[];

enum query_kind {
	QUERY_NONE, /* copy it */
	QUERY_TAGS,
	QUERY_INSPECT,
	QUERY_REFERRERS,
};

/* What is asked; one of them, when query_check_options() succeeded. */
enum query_kind query_kind(const struct query_opts *opts);

/* ERROR_USAGE when the options exclude each other. */
int query_check_options(const struct query_opts *opts, struct error *err);

/* Can that be asked about a SOURCE, as it was typed? ERROR_USAGE when not. */
int query_check_source(const struct query_opts *opts, const char *source, struct error *err);

/* Can it be asked about the address? ERROR_USAGE when not. */
int query_check_address(const struct query_opts *opts, const struct address *address,
			struct error *err);

#endif
