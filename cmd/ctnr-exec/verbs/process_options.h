/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that the verb exec is asked for, as the object "process" of the specification: that of the
 * container's config.json or of a file, changed by options. The readers of config.json then read it as any
 * other, with the same checks.
 */
#ifndef CTNR_EXEC_VERBS_PROCESS_OPTIONS_H
#define CTNR_EXEC_VERBS_PROCESS_OPTIONS_H

#include "base/error.h"
#include "base/option.h"
#include "format/json.h"

struct process_options {
	const char *file; /* NULL: the container's own process is changed */
	bool terminal;
	const char *user; /* UID[:GID] */
	const char *cwd;
	struct strlist env;
	struct strlist capabilities;
	const char *apparmor_profile;
	const char *selinux_label;
	int no_new_privileges; /* enum option_state */
	struct strlist groups;
};

/* Rows for a struct process_options. */
extern const struct option process_option_rows[];

/* A new "process" object: of the file, or a copy of that one in config, with what the options and the command
 * (n words; 0: none) change. ERROR_USAGE when an option's value is no ID, capability or text of a document. */
json_t *process_options_apply(const struct process_options *opts, char *const *command, size_t n,
			      const json_t *config, struct error *err);

#endif
