/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person logs in to: a registry, or a namespace of one, in any of the spellings that files of logins
 * have (registry/auth_file.h).
 *
 *	autoaccount struct account account = ACCOUNT_INIT;
 *
 *	if (account_parse("https://quay.io/v1/", &account, err) < 0) ...
 *	... account.name is "quay.io", and so is account.registry
 */
#ifndef CTNR_LOGIN_ACCOUNT_H
#define CTNR_LOGIN_ACCOUNT_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct account {
	char *name; /* "quay.io/team": the entry of the file */
	char *registry; /* "quay.io" */
	bool is_namespace; /* the name is more than the registry */
};

#define ACCOUNT_INIT \
	{ \
		0 \
	}

void account_release(struct account *account);
#define autoaccount autocleanup(account_release)

/* ERROR_USAGE for what is no registry's HOST[:PORT][/NAMESPACE]. */
int account_parse(const char *text, struct account *ret, struct error *err);

/* The account that the operands of a command name: one at most; none is docker.io. */
int account_of_operands(const struct strlist *operands, struct account *ret, struct error *err);

#endif
