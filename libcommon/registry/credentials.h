/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A login at a registry: user, password, and where they may be sent.
 *
 *	autocredentials struct credentials credentials = CREDENTIALS_INIT;
 *
 *	if (credentials_parse("user:secret", &credentials, err) < 0 ||
 *	    (!credentials.password &&
 *	     credentials_ask_password(&credentials, "quay.io", interrupt, err) < 0)) ...
 *
 * Credentials belong to one registry. The password leaves only for
 *  - that registry's own host: there any port, because who has the host's certificate has them all
 *    (a registry on :5050, its tokens on :443); but on this machine, where every user may listen on
 *    a port, the registry's own port alone;
 *  - a host in the same registered domain (net/domain.h): registry-1.docker.io and auth.docker.io,
 *    but not two names in co.uk or github.io;
 *  - the one host that the user named;
 * never after a redirect to another origin (net/http.h). It is overwritten in memory when it is
 * released, and no message repeats it.
 */
#ifndef REGISTRY_CREDENTIALS_H
#define REGISTRY_CREDENTIALS_H

#include "base/cleanup.h"
#include "base/error.h"
#include "net/url.h"
#include "system/interrupt.h"

#include <stdbool.h>

#define PASSWORD_MAX (64U << 10) /* bytes; some registries take a whole file of keys for one */

/* The user of an identity token that came without one, in files of logins and from helpers alike. */
#define CREDENTIALS_TOKEN_USER "<token>"

struct credentials {
	char *user; /* NULL: anonymous */
	char *password; /* NULL: not known yet */
	char *identity_token; /* an OAuth2 refresh token in place of the password, or NULL */
	char *token_host; /* HOST[:PORT] that may have them too, or NULL; for a loopback host the port
			   * must be there */
	char *origin; /* where they were found, for messages: "entry 'quay.io' of '/root/auth.json'" */
};

#define CREDENTIALS_INIT \
	{ \
		0 \
	}

void credentials_release(struct credentials *credentials);
#define autocredentials autocleanup(credentials_release)

/* ret is new. */
void credentials_copy(const struct credentials *credentials, struct credentials *ret);

/* Read a login into user and password. ERROR_USAGE when the user is missing.
 *
 *	USER			the password stays NULL
 *	USER:PASSWORD		it may be empty and may have colons
 *	USER:@FILE		it is what FILE has, without the line feed at its end
 *	USER:-			it is the first line of stdin, of which no more is read; NULL when
 *				that is a terminal
 *
 * A password that is read has 1 to PASSWORD_MAX bytes. FILE may be a FIFO, and reading waits: signals
 * must not be blocked yet. */
int credentials_parse(const char *text, struct credentials *ret, struct error *err);

/* Take the password of USER:PASSWORD out of an argument of this process, where ps shows it to
 * everybody: it becomes as many x. What credentials_parse() made of it stays. */
void credentials_hide(char *argument);

/* Ask for the password on the terminal, without echo: "Password for USER at PLACE: ". ERROR_USAGE
 * when there is no terminal. */
int credentials_ask_password(struct credentials *credentials, const char *place,
			     const struct interrupt *interrupt, struct error *err);

/* Ask for the user on the terminal: "User at PLACE: ". ERROR_USAGE when there is no terminal, or no answer. */
int credentials_ask_user(struct credentials *credentials, const char *place,
			 const struct interrupt *interrupt, struct error *err);

/* "Basic dXNlcjpwYXNz", new. */
char *credentials_basic(const struct credentials *credentials);

/* May the credentials for a registry, which gave a challenge from that URL, go to another one? */
bool credentials_belong_to(const struct credentials *credentials, const struct url *registry,
			   const struct url *url);

#endif
