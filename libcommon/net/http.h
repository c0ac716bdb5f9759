/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP client (libcurl): blocking requests over connections that are kept. One struct http
 * belongs to one thread.
 *
 * What holds for every request, whatever the server says:
 *  - only http and https; plain http for loopback hosts alone (127.0.0.0/8, ::1, localhost), and
 *    these are never reached through a proxy;
 *  - redirects are followed here, not by libcurl: at most HTTP_REDIRECTS_MAX, never from https to
 *    http, and Authorization stays with the scheme, host and port that it was given for;
 *  - TLS is verified, but for the one host that the caller named;
 *  - bodies and headers have a limit, connections and silence a timeout;
 *  - a readable interrupt descriptor ends the request at once.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "system/interrupt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_REDIRECTS_MAX 5
#define HTTP_HEADERS_MAX (64U << 10) /* bytes of all headers of one answer */
#define HTTP_ERROR_BODY_MAX (16U << 10) /* bytes kept of the body of an answer that is not 2xx */

struct http_options {
	const char *insecure_host; /* host whose certificate is not verified, or NULL */
	const char *ca_file; /* PEM file of authorities to trust beside the system's, or NULL */
	unsigned timeout; /* seconds for connecting, and of silence; 0: 30 */
	const struct interrupt *interrupt; /* borrowed, or NULL */
};

struct http;
struct http_response;

struct http *http_new(const struct http_options *options, struct error *err);
void http_free(struct http *http);
void http_cleanup(struct http **http);
#define autohttp autocleanup(http_cleanup)

struct http_request {
	const char *url;
	const char *const *headers; /* "Accept: ...", NULL-terminated, or NULL */
	const char *authorization; /* value of that header, or NULL */
	uint64_t offset; /* ask for the bytes from here on (Range); 0: all */
	uint64_t max; /* most bytes of a 2xx body: more is ERROR_VERIFY */
	unsigned total_timeout; /* seconds for the whole request; 0: none */
	/* Gets the body of a 2xx answer as it comes; NULL: it goes to the response. */
	int (*sink)(void *data, const void *bytes, size_t len, struct error *err);
	void *sink_data;
	/* Called before the first byte goes to the sink; < 0 ends the request. May be NULL. */
	int (*begin)(void *data, const struct http_response *response, struct error *err);
};

struct http_response {
	long status;
	bool foreign; /* a redirect led to another origin: no one there may ask for credentials */
	struct strlist headers; /* "name: value", names in lower case */
	struct str body; /* NUL-terminated */
};

#define HTTP_RESPONSE_INIT \
	{ \
		.headers = STRLIST_INIT, .body = STR_INIT \
	}

void http_response_release(struct http_response *response);
#define autoresponse autocleanup(http_response_release)

/* The value of a header (borrowed), the nth of that name, or NULL. name is in lower case. */
const char *http_header(const struct http_response *response, const char *name, size_t nth);

/* Send a GET and receive the answer, whatever its status. Fails with ERROR_TEMPORARY when the
 * network or the server failed, ERROR_VERIFY when TLS or a limit did, or as the sink did.
 * ret must be initialised; it is meaningful after a failure too (status 0: no answer came). */
int http_get(struct http *http, const struct http_request *request, struct http_response *ret,
	     struct error *err);

/* Was a server ever reached (connected, and it answered something)? */
bool http_was_answered(const struct http *http);

/* Is that host (a name or address, [] around IPv6 or not, no port) this machine itself? */
bool http_host_is_loopback(const char *host);

/* The host of a URL, lower case and without [] and port, new; NULL when it is no URL. */
char *http_url_host(const char *url);

#endif
