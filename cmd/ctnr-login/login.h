/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctnr-login login: order of operations
 *  1. check the options; nothing is asked of anybody before they are right
 *  2. have the password: --password, the first line of stdin, else of the terminal, without echo
 *  3. ask the registry whether it takes them (/v2/, by the token server that it names)
 *  4. give them to the helper that the file names for the host, else write them into the file
 * Signals are watched from the moment on when a person or a server is waited for.
 */
#ifndef CTNR_LOGIN_LOGIN_H
#define CTNR_LOGIN_LOGIN_H

#include "registry/access_opts.h"

struct login_opts {
	const char *username;
	const char *password;
	bool password_stdin;
	bool get_login;
	struct access_opts access;
	int progress; /* enum progress_mode */
};

extern const struct option login_options[];
extern const struct login_opts login_defaults;

/* Run of the command. */
int login_run(const void *opts, const struct strlist *operands, struct error *err);

#endif
