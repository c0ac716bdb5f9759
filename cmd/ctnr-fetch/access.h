/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a registry is reached: the login, whom TLS trusts, and how long is waited.
 *
 *	1. access_check() when the options were parsed: mistakes show before anything is done
 *	2. access_read_files() before signals are watched: what is read may be a FIFO that lets wait
 *	3. access_session() once signals are watched: a password that is still missing is asked for
 */
#ifndef CTNR_FETCH_ACCESS_H
#define CTNR_FETCH_ACCESS_H

#include "base/option.h"
#include "registry/session.h"

struct access_opts {
	const char *creds;
	const char *token_host;
	bool tls_verify;
	const char *ca_file;
	uint64_t timeout;
	const char *low_speed;
	uint64_t retries;
};

/* 1 KiB a second: slow links of real people are faster, also when several transfers share one. */
#define ACCESS_OPTS_DEFAULT \
	{ \
		.tls_verify = true, .timeout = 30, .low_speed = "1k/30", .retries = 3 \
	}

extern const struct option access_options[];

struct access {
	const struct access_opts *opts; /* borrowed */
	struct http_low_speed low_speed;
	struct str authorities; /* of --ca-file */
	struct credentials credentials;
};

#define ACCESS_INIT \
	{ \
		.authorities = STR_INIT, .credentials = CREDENTIALS_INIT \
	}

void access_release(struct access *access);

/* A number option within its range, else ERROR_USAGE. */
int access_check_range(const char *option, uint64_t value, uint64_t min, uint64_t max,
		       struct error *err);

/* Check the options, and read those that are texts into ret, which borrows them. */
int access_check(const struct access_opts *opts, struct access *ret, struct error *err);

/* Read --ca-file and the password of --creds, which is taken out of the command line. */
int access_read_files(struct access *access, struct error *err);

/* The session that the options ask for, at the registry of that reference; ret borrows access. */
int access_session(struct access *access, const char *reference, const struct interrupt *interrupt,
		   struct session_options *ret, struct error *err);

#endif
