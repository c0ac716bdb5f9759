/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of every tool that talks to registries: the login, whom TLS trusts, how long is waited.
 * Loads nothing: registry/access.h makes of them what a session needs.
 */
#ifndef REGISTRY_ACCESS_OPTS_H
#define REGISTRY_ACCESS_OPTS_H

#include "base/option.h"

struct access_opts {
	const char *creds;
	const char *authfile;
	const char *token_host;
	bool tls_verify;
	const char *ca_file;
	const char *cert_dir;
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

/* The same without --creds and --authfile, for a tool that keeps logins. */
extern const struct option access_server_options[];

#endif
