/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the reading of seccomp profiles, as ctnr-exec-profile does it: the input is the text of linux.seccomp.
 * A profile is compiled or refused with a message that names its place, and what is said of a listener is
 * said of all its actions.
 */
#include "workers/profile/profile.h"
#include "workers/profile/profile_facts.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "format/json.h"
#include "system/fd.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libseccomp's time grows with the square of the conditions. */
#define TEXT_MAX 8192

static void check_message(const struct error *err)
{
	if (!err->code || strncmp(err->message, "profile", strlen("profile")) != 0)
		abort();
}

static void check_facts(const struct profile_facts *facts)
{
	bool notifies = facts->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER;

	if (notifies != (facts->listener_path != NULL))
		abort();
	if (facts->listener_path && !*facts->listener_path)
		abort();
}

static void compile(const struct jnode *profile)
{
	autoclose int file = memfd_create("filter", MFD_CLOEXEC);
	struct error err = { 0 };
	struct stat st;

	if (file < 0)
		return;
	if (profile_compile(profile, file, &err) < 0)
		check_message(&err);
	else if (fstat(file, &st) < 0 || !st.st_size || st.st_size % sizeof(struct sock_filter))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = { 0 };
	struct profile_facts facts;
	autojson json_t *document = NULL;
	struct jnode profile;

	if (size > TEXT_MAX)
		return 0;
	document = json_parse((const char *)data, size, "profile", &err);
	if (!document) {
		check_message(&err);
		return 0;
	}
	profile = jnode_root(document, "profile");
	if (profile_read_facts(&profile, &facts, &err) < 0)
		check_message(&err);
	else
		check_facts(&facts);
	compile(&profile);
	return 0;
}
