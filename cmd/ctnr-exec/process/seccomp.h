/* SPDX-License-Identifier: Apache-2.0 */
/*
 * linux.seccomp as a filter. Compiling a profile of 400 rules takes milliseconds and libseccomp, so
 * that is done by ctnr-exec-profile, and the result is kept in STORE/cache/seccomp/HASH together
 * with the profile's text: a cached filter is used only when the text is the same byte for byte.
 *
 * A filter that notifies (SCMP_ACT_NOTIFY) is loaded with a listener: seccomp_listener.h.
 */
#ifndef CTNR_EXEC_PROCESS_SECCOMP_H
#define CTNR_EXEC_PROCESS_SECCOMP_H

#include "base/error.h"
#include "format/json.h"
#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

struct seccomp_filter {
	char *data; /* the whole cache file, owned; NULL: no filter */
	uint32_t flags; /* SECCOMP_FILTER_FLAG_*; with NEW_LISTENER where it notifies */
	const void *instructions; /* struct sock_filter[], within data */
	size_t len;
	const char *listener_path; /* within data; NULL: the filter does not notify */
	const char *listener_metadata; /* within data, or NULL */
};

#define SECCOMP_FILTER_INIT \
	{ \
		NULL, 0, NULL, 0, NULL, NULL \
	}

void seccomp_filter_release(struct seccomp_filter *filter);

/* The filter of a profile (the text of linux.seccomp), from the cache of store (path NULL: no
 * cache) or compiled now. */
int seccomp_filter_prepare(const struct store *store, const char *text, size_t len,
			   struct seccomp_filter *ret, struct error *err);

/* The words that a profile may have: a new object, whose "actions", "operators", "archs", "knownFlags" and
 * "supportedFlags" are those of the features document; "libseccomp" is the version of that library. */
json_t *seccomp_vocabulary(struct error *err);

/* Confine this process for good. Returns the descriptor of the listener, close-on-exec, where the filter
 * notifies, else 0. */
int seccomp_filter_load(const struct seccomp_filter *filter, struct error *err);

#endif
