/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --explain: where a SOURCE would be fetched from, in the order in which places are asked, and what says so.
 * Nobody is asked, and nothing is written.
 *
 *	{"reference":"docker.io/library/alpine:3","place":"mirror.example/hub/library/alpine:3",
 *	 "asked_for":"image","mirror":true,"insecure":false,"reason":"/etc/containers/registries.conf:7"}
 */
#ifndef CTNR_FETCH_EXPLAIN_H
#define CTNR_FETCH_EXPLAIN_H

#include "request.h"

/* Print the places of each source to out: one JSON object a line, or columns with --print=ref. ERROR_USAGE
 * for a layout; ERROR_VERIFY for a name that is blocked. */
int explain_sources(FILE *out, const struct fetch_opts *opts, const struct strlist *sources,
		    struct error *err);

#endif
