/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-login logout: the login is taken out of the file that ctnr-login writes, and out of the helper that the
 * file names for the host. Other files keep theirs, which is told.
 */
#ifndef CTNR_LOGIN_LOGOUT_H
#define CTNR_LOGIN_LOGOUT_H

#include "base/option.h"

struct logout_opts {
	const char *authfile;
	bool all;
	int progress; /* enum progress_mode */
};

extern const struct option logout_options[];

/* Run of the command. */
int logout_run(const void *opts, const struct strlist *operands, struct error *err);

#endif
