/* SPDX-License-Identifier: Apache-2.0 */
/* What ps tells of a bundle beside its record: what it runs, whether it runs, how it ended. */
#ifndef CTNR_STORE_BUNDLE_LIFE_H
#define CTNR_STORE_BUNDLE_LIFE_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "format/json.h"
#include "store/bundle.h"
#include "store/bundle_status.h"

#include <stdbool.h>
#include <time.h>

struct bundle_life {
	const char *status; /* static text: the container's (store/state.h), "exited" when end is
			       known, or "unpacked" without a config */
	bool running;
	bool exited; /* end is known */
	struct bundle_status end;
	time_t created;
	json_t *command; /* process.args of the config, strings; NULL: not known */
};

void bundle_life_release(struct bundle_life *life);
#define autolife autocleanup(bundle_life_release)

/* Never fails: what cannot be read is not known. */
void bundle_life_read(const struct bundle *bundle, struct bundle_life *ret);

/* Append the command as a person would have typed it, cut to a few words: "sh -c 'echo a b'". */
void bundle_life_append_command(const struct bundle_life *life, struct str *out);

/* "exited (7) 3 minutes ago", new. */
char *bundle_life_status_text(const struct bundle_life *life, time_t now);

/* The config of the bundle, new. NULL without an error: there is none. */
json_t *bundle_config_read(const struct bundle *bundle, struct error *err);

#endif
