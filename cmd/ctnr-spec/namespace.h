/* SPDX-License-Identifier: Apache-2.0 */
/* linux.namespaces, linux.uidMappings and gidMappings, and linux.sysctl for a new network namespace. */
#ifndef CTNR_SPEC_NAMESPACE_H
#define CTNR_SPEC_NAMESPACE_H

#include "spec.h"

#include "base/option.h"

enum network_mode {
	NETWORK_UNSTATED = -1,
	NETWORK_HOST, /* no network namespace */
	NETWORK_NONE, /* an empty one */
};

struct namespace_opts {
	int network; /* enum network_mode */
};

#define NAMESPACE_OPTS_DEFAULT \
	{ \
		.network = NETWORK_UNSTATED \
	}

extern const struct option namespace_options[];

/* Does the config have a namespace of that type ("network")? */
bool namespace_is_present(const json_t *config, const char *type);

/* When editing: what the config says about users goes into spec->identity. */
int namespace_read_identity(struct spec *spec, struct error *err);

/* The namespaces, the network as --network says, the maps as the identity says; in a new network
 * namespace linux.sysctl lets the container's groups ping. */
int namespace_apply(struct spec *spec, struct error *err);

#endif
