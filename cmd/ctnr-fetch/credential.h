/* SPDX-License-Identifier: Apache-2.0 */
/* What --creds says: USER:PASSWORD, or USER with the password asked for on the terminal. */
#ifndef CTNR_FETCH_CREDENTIAL_H
#define CTNR_FETCH_CREDENTIAL_H

#include "registry/token.h"
#include "system/interrupt.h"

struct credential {
	char *user; /* NULL: none */
	char *password;
};

#define CREDENTIAL_INIT \
	{ \
		NULL, NULL \
	}

void credential_release(struct credential *credential);
#define autocredential autocleanup(credential_release)

/* text NULL: no credentials. prompt names the registry in "Password for USER at ...: ". */
int credential_parse(const char *text, const char *prompt, const struct interrupt *interrupt,
		     struct credential *ret, struct error *err);

#endif
