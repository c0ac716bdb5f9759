/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A credential helper: a program docker-credential-NAME that keeps logins for other programs, in a key ring
 * or a cloud (github.com/docker/docker-credential-helpers).
 *
 *	const struct credential_helper helper = { .name = "pass", .interrupt = interrupt, .progress = progress };
 *	autocredentials struct credentials found = CREDENTIALS_INIT;
 *	int result = credential_helper_get(&helper, "quay.io", &found, err);
 *
 *  - NAME has letters, digits, '.', '_' and '-', and begins with a letter or digit: it names a program in
 *    PATH and no other file.
 *  - The program is asked by its argument (get, store, erase), hears the rest on its stdin, and answers
 *    on its stdout; stderr is ours, so that a person sees what it asks for.
 *  - It has as long as it likes, because some open a browser: progress says whom the wait is for, and a
 *    signal ends it.
 *  - Each failure names the program. That it knows no login is none.
 */
#ifndef REGISTRY_CREDENTIAL_HELPER_H
#define REGISTRY_CREDENTIAL_HELPER_H

#include "base/progress.h"
#include "base/str.h"
#include "registry/credentials.h"
#include "system/interrupt.h"

#include <stdbool.h>

#define CREDENTIAL_HELPER_NAME_MAX 64 /* bytes */
#define CREDENTIAL_HELPER_ANSWER_MAX (256U << 10) /* bytes: a token has some thousand */

/* Everything is borrowed. */
struct credential_helper {
	const char *name; /* "pass" of docker-credential-pass */
	const struct interrupt *interrupt; /* or NULL */
	struct progress *progress; /* or NULL */
};

/* Is that a helper's NAME? */
bool credential_helper_name_is_valid(const char *name);

/* Ask for the login at a server, which is named as docker does: a host, or https://index.docker.io/v1/.
 * Returns 1 and fills ret, but for its origin and token_host; 0 when the helper knows none; -1 on
 * failure. */
int credential_helper_get(const struct credential_helper *helper, const char *server,
			  struct credentials *ret, struct error *err);

/* Read what a helper answers to get: user and password, or, for the user "<token>", an identity token.
 * 0 when it has neither user nor secret, else 1. */
int credential_helper_read_answer(const struct str *answer, struct credentials *ret,
				  struct error *err);

/* Let the helper keep a login: user and password. */
int credential_helper_store(const struct credential_helper *helper, const char *server,
			    const struct credentials *credentials, struct error *err);

/* Let the helper forget the login at a server. That it knows none is no failure. */
int credential_helper_erase(const struct credential_helper *helper, const char *server,
			    struct error *err);

#endif
