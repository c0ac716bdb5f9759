/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names without a registry, as people type them, and what registries.conf makes of them.
 *
 *	autoshortname struct short_name name = SHORT_NAME_INIT;
 *
 *	if (short_name_resolve(&conf, "alpine:3.20", &name, err) < 0 || short_name_choose(&name, err) < 0) ...
 *	... name.candidates.items[0] is "docker.io/library/alpine:3.20"
 *
 *  1. An alias of that name says what it is: that of short-name-aliases.conf, where podman keeps what was
 *     chosen, before those of registries.conf.
 *  2. Else each registry of unqualified-search-registries may have it, in their order.
 *  3. Where nothing says which registries are searched, it is docker.io's.
 *
 * With several candidates the image of one registry may have the name that another's is known by, and
 * everybody can have names there. So somebody at a terminal is asked, and where nobody is there, the mode
 * enforcing makes it an error.
 */
#ifndef REGISTRY_SHORT_NAME_H
#define REGISTRY_SHORT_NAME_H

#include "registry/registries_conf.h"

struct short_name {
	char *text; /* as it was typed */
	struct strlist
		candidates; /* whole references, in the order in which they are tried; at least one */
	int mode; /* enum short_name_mode */
	char *reason; /* what says so, "FILE:LINE"; NULL: nothing does, it is docker.io's */
	char *mode_reason; /* likewise; NULL: the mode is the default */
};

#define SHORT_NAME_INIT \
	{ \
		.candidates = STRLIST_INIT \
	}

void short_name_release(struct short_name *name);
#define autoshortname autocleanup(short_name_release)

/* Add the aliases that were chosen by somebody who was asked by podman to a configuration. */
int short_name_read_chosen(struct registries_conf *conf, struct error *err);

/* What a name without a registry may be; ret is new. ERROR_USAGE when it cannot be a name, ERROR_NOT_FOUND
 * when no registry is searched. */
int short_name_resolve(const struct registries_conf *conf, const char *text, struct short_name *ret,
		       struct error *err);

/* May the candidates be tried one after the other where nobody is asked? ERROR_USAGE that lists them when the
 * mode says that one must be chosen. */
int short_name_check(const struct short_name *name, struct error *err);

/* Leave the candidate that somebody at the terminal chooses; without a terminal short_name_check() decides. */
int short_name_choose(struct short_name *name, struct error *err);

#endif
