/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One runtime config in the making, and what every stage of making it needs to know. The same
 * stages (stages.h) serve a new config (image is set) and an existing one that is edited (image is
 * NULL): a stage changes what the options say, and for a new config it writes the defaults before.
 *
 * The default seccomp profile has 400 names and is three quarters of a config. It is made as text,
 * default_profile, and linux.seccomp of the config is a string that keeps its place until spec_format().
 *
 * The header of every noun includes this one, which includes none of theirs.
 */
#ifndef CTNR_SPEC_SPEC_H
#define CTNR_SPEC_SPEC_H

#include "base/error.h"
#include "base/str.h"
#include "format/json.h"
#include "layer/stack.h"
#include "oci/image_config.h"
#include "store/bundle.h"
#include "system/fd.h"
#include "system/identity.h"

struct spec_opts; /* opts.h */

struct spec {
	const struct spec_opts *opts;
	char *const *command; /* CMD ARG..., NULL-terminated; NULL: none */
	const struct image_config *image; /* NULL: an existing config is edited */
	const struct bundle *bundle; /* NULL: a filter, without a bundle */
	enum file_sync sync; /* of the bundle's files; FILE_NO_SYNC: it is for one run */
	json_t *config; /* owned */
	struct str default_profile; /* what linux.seccomp stands for; empty: for itself */
	struct identity identity; /* who will run it; when editing, what the config's maps say */
	bool has_user_namespace;
	struct stack root; /* empty: no root filesystem at hand */
	bool has_root;
	char *home; /* of the user that was resolved; owned, NULL: not resolved */
	uint64_t capabilities; /* the bounding set */
};

#define SPEC_INIT \
	{ \
		.default_profile = STR_INIT, .root = STACK_INIT \
	}

/* Free what spec owns; it is then as after SPEC_INIT. NULL is allowed. */
void spec_release(struct spec *spec);
#define autospec autocleanup(spec_release)

/* The config as text, a new string: what config.json and the filters' output are. */
char *spec_format(const struct spec *spec);

/* The member of an object, made with that type when absent or null. Borrowed; an error when it
 * is there with another type. where names the object in the message ("process"; NULL: the config itself). */
json_t *spec_member(json_t *object, const char *where, const char *key, json_type type,
		    struct error *err);

/* The same for a member of the config itself. */
json_t *spec_config_member(struct spec *spec, const char *key, json_type type, struct error *err);

#endif
