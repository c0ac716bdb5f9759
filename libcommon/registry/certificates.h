/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom TLS trusts for one registry beside the system, and what is shown to a registry that asks for a
 * certificate: the directories of containers-certs.d(5), which docker has too.
 *
 *	registry.example:5000/			the name as references have it, so with a port or without
 *		ca.crt				an authority in PEM; any number of *.crt
 *		client.cert, client.key		the certificate and its key in PEM; one pair at most
 *
 *	autocertificates struct certificates certificates = CERTIFICATES_INIT;
 *
 *	if (certificates_find("registry.example:5000", &certificates, err) < 0) ...
 *
 *  - The first of these that has a directory of that name counts alone: $XDG_CONFIG_HOME/containers/certs.d
 *    (~/.config when it is not set), /etc/containers/certs.d, /etc/docker/certs.d. None is no error, and
 *    costs a failed open(2) each; so does one that this user may not read.
 *  - A certificate without its key, or a key without its certificate, is an error: the registry would
 *    refuse, and say nothing about the reason. Files with other names mean nothing.
 *  - What is read here is kept in memory, because libcurl would read files for each connection.
 */
#ifndef REGISTRY_CERTIFICATES_H
#define REGISTRY_CERTIFICATES_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#define CERTIFICATES_FILE_MAX \
	(4U << 20) /* bytes: the system's own authorities are a quarter of a million */

struct certificates {
	struct str authorities; /* PEM; empty: none */
	struct str client; /* PEM, with the rest of its chain; empty: none */
	struct str key; /* PEM, a secret; not empty where client is not */
};

#define CERTIFICATES_INIT \
	{ \
		.authorities = STR_INIT, .client = STR_INIT, .key = STR_INIT \
	}

/* The key is wiped. */
void certificates_release(struct certificates *certificates);
#define autocertificates autocleanup(certificates_release)

/* Read what a directory has into ret. A directory that is not there is an error. */
int certificates_read(const char *dir, struct certificates *ret, struct error *err);

/* Read what there is for a registry, HOST[:PORT] as references have it. ret stays as it is when there is
 * nothing. */
int certificates_find(const char *registry, struct certificates *ret, struct error *err);

/* Append the authorities in a PEM file, which may be a FIFO. A file without any is an error. */
int certificates_read_authorities(const char *path, struct str *ret, struct error *err);

#endif
