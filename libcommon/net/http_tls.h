/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom an HTTP client trusts over TLS, and as whom it answers.
 *
 * The authorities that this machine trusts, as libcurl was built to find them: a bundle (one file of all)
 * and often a directory (the same, one file each, named by the hash of the subject). OpenSSL parses a
 * bundle whole for each connection, 25 to 40 ms for the 140 authorities of Debian; in a directory the
 * one file is looked up that a server's chain ends in. So the directory is asked first, and the bundle
 * too once a server could not be verified by it alone: what is trusted is the same, and nothing but
 * handshakes was sent before.
 *
 *	http_tls_init(&tls, &options);
 *	http_tls_prepare(&tls, easy, "quay.io");
 *	... the handshake failed with that result
 *	if (http_tls_may_know_better(&tls, result))
 *		http_tls_use_all(&tls, easy);
 */
#ifndef NET_HTTP_TLS_H
#define NET_HTTP_TLS_H

#include "net/http.h"

#include <curl/curl.h>

enum http_authorities {
	HTTP_AUTHORITIES_DIRECTORY,
	HTTP_AUTHORITIES_ALL, /* and the bundle */
};

struct http_tls {
	const struct http_options *options; /* borrowed */
	enum http_authorities authorities; /* where servers are looked up */
	struct str bundle; /* and the caller's authorities: both in memory; empty: not read */
};

/* The options are borrowed. */
void http_tls_init(struct http_tls *ret, const struct http_options *options);
void http_tls_release(struct http_tls *tls);

/* Set what holds for a connection to that host, as in struct url, and to a proxy on the way. */
void http_tls_prepare(struct http_tls *tls, CURL *easy, const char *host);

/* Failed a request so that the bundle may know better? A file of the directory that is damaged ends the
 * handshake, where the bundle would have been read first. */
bool http_tls_may_know_better(const struct http_tls *tls, CURLcode result);

/* Look servers up in the bundle too from now on. */
void http_tls_use_all(struct http_tls *tls, CURL *easy);

#endif
