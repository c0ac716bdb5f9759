/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of ctnr-spec. Each noun owns the struct and the rows of its options; here they are put
 * together, with those that no single noun owns.
 */
#ifndef CTNR_SPEC_OPTS_H
#define CTNR_SPEC_OPTS_H

#include "capability.h"
#include "environment.h"
#include "etc.h"
#include "mounts.h"
#include "namespace.h"
#include "process.h"
#include "seccomp.h"

#include "base/option.h"
#include "system/sync.h"

struct spec_opts {
	struct environment_opts environment;
	struct mounts_opts mounts;
	struct process_opts process;
	struct etc_opts etc;
	struct namespace_opts namespace;
	struct capability_opts capability;
	struct seccomp_opts seccomp;
	enum option_state read_only; /* the root filesystem, and the files mounted over /etc */
	bool privileged; /* capabilities, devices, mounts, masks and seccomp all look at it */
	bool check; /* check the options only */
	const char *edit;
	const char *image_config;
	const char *rootfs;
	const char *store;
	struct sync_opts sync;
};

#endif
