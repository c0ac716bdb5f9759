/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the options say about how registries are reached: the login, whom TLS trusts, and how long is
 * waited.
 *
 *	1. access_check() and access_check_logins() when the options were parsed: mistakes show before anything
 *	   is done
 *	2. access_read_files() before signals are watched: what is read may be a FIFO that lets wait
 *	3. access_begin() once signals are watched: a password that is still missing is asked for
 *	4. session_open() with the options of access_session_options()
 */
#ifndef REGISTRY_ACCESS_H
#define REGISTRY_ACCESS_H

#include "registry/access_opts.h"
#include "registry/session.h"

struct access {
	const struct access_opts *opts; /* borrowed */
	struct http_low_speed low_speed;
	struct str authorities; /* of --ca-file */
	struct certificates certificates; /* of --cert-dir */
	struct credentials credentials; /* of --creds */
	char *registry; /* the last one that they were for */
	struct credential_search logins;
	const struct interrupt *interrupt; /* borrowed */
};

#define ACCESS_INIT \
	{ \
		.authorities = STR_INIT, .certificates = CERTIFICATES_INIT, \
		.credentials = CREDENTIALS_INIT \
	}

void access_release(struct access *access);

/* Check the options, and read those that are texts into ret, which borrows them. */
int access_check(const struct access_opts *opts, struct access *ret, struct error *err);

/* Are the files of logins there that somebody named (registry/auth_places.h)? */
int access_check_logins(const struct access *access, struct error *err);

/* Read --ca-file, --cert-dir and the password of --creds, which is taken out of the command line. */
int access_read_files(struct access *access, struct error *err);

/* --creds is for one registry: when it is given, the other must be the first (NULL: there was none yet). */
int access_check_registry(const struct access_opts *opts, const char *first, const char *other,
			  struct error *err);

/* From now on it is about this registry, which --creds is for (NULL: none at all): a password that is
 * missing is asked for. Fails when --creds was for another one. The interrupt is borrowed, or NULL. */
int access_begin(struct access *access, const char *registry, const struct interrupt *interrupt,
		 struct error *err);

/* From now on this progress, borrowed, says what is waited for; NULL: none does. Not while a session is
 * used. */
void access_set_progress(struct access *access, struct progress *progress);

/* What all sessions have in common; ret borrows access. */
void access_session_options(const struct access *access, struct session_options *ret);

#endif
