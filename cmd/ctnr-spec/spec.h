/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One runtime config in the making, and what every stage of making it needs to know. The same
 * stages serve a new config (image is set) and an existing one that is edited (image is NULL):
 * a stage changes what the options say, and for a new config it writes the defaults before.
 */
#ifndef CTNR_SPEC_SPEC_H
#define CTNR_SPEC_SPEC_H

#include "base/error.h"
#include "base/option.h"
#include "base/str.h"
#include "format/json.h"
#include "layer/stack.h"
#include "oci/image_config.h"
#include "store/bundle.h"
#include "system/identity.h"

enum network_mode {
	NETWORK_UNSTATED = -1,
	NETWORK_HOST, /* no network namespace */
	NETWORK_NONE, /* an empty one */
};

struct spec_opts {
	const char *edit;
	const char *image_config;
	const char *rootfs;
	const char *store;
	struct strlist env;
	struct strlist env_file;
	struct strlist volume;
	struct strlist mount;
	struct strlist tmpfs;
	const char *workdir;
	const char *user;
	struct strlist group_add;
	const char *entrypoint;
	const char *hostname;
	enum option_state read_only;
	struct strlist cap_add;
	struct strlist cap_drop;
	bool privileged;
	struct strlist security;
	int network; /* enum network_mode */
	enum option_state tty;
	bool interactive;
};

struct spec {
	const struct spec_opts *opts;
	char *const *command; /* CMD ARG..., NULL-terminated; NULL: none */
	const struct image_config *image; /* NULL: an existing config is edited */
	const struct bundle *bundle; /* NULL: a filter, without a bundle */
	json_t *config; /* owned */
	struct identity identity; /* who will run it; when editing, what the config's maps say */
	bool has_user_namespace;
	struct merged root; /* empty: no root filesystem at hand */
	bool has_root;
	char *home; /* of the user that was resolved; owned, NULL: not resolved */
	uint64_t capabilities; /* the bounding set */
};

#define SPEC_INIT \
	{ \
		.root = MERGED_INIT \
	}

void spec_release(struct spec *spec);
#define autospec autocleanup(spec_release)

/* Run all stages over spec->config (made when it is NULL). */
int spec_apply(struct spec *spec, struct error *err);

/* The member of an object, made with that type when absent or null. Borrowed; an error when it
 * is there with another type. where names the object in the message ("process"). */
json_t *spec_member(json_t *object, const char *where, const char *key, json_type type,
		    struct error *err);

#endif
