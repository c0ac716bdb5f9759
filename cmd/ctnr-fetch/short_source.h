/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The addresses that one SOURCE may mean: itself, or with --short-name what registries.conf makes of a name
 * without a registry.
 *
 *	autoshortname struct short_name name = SHORT_NAME_INIT;
 *	autostrlist struct strlist addresses = STRLIST_INIT;
 *
 *	if (short_source_read(opts, "docker://alpine", &name, err) < 0) ...
 *	short_source_addresses("docker://alpine", &name, &addresses);
 *	... addresses.items[0] is "docker://quay.io/org/alpine:latest" where an alias says so
 */
#ifndef CTNR_FETCH_SHORT_SOURCE_H
#define CTNR_FETCH_SHORT_SOURCE_H

#include "request.h"

#include "registry/short_name.h"

/* Read registries.conf when source is a short name: ret is new, and else stays empty. */
int short_source_read(const struct fetch_opts *opts, const char *source, struct short_name *ret,
		      struct error *err);

/* Add the addresses, in the order in which they are tried. */
void short_source_addresses(const char *source, const struct short_name *name, struct strlist *ret);

#endif
