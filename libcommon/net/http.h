/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP client (libcurl): blocking requests over connections that are kept. One struct http
 * belongs to one thread.
 *
 *	autohttp struct http *http = http_new(&options, err);
 *	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
 *	const struct http_request request = { .method = HTTP_GET,
 *					      .url = "https://quay.io/v2/",
 *					      .max = 4096 };
 *
 *	if (!http || http_send(http, &request, &response, err) < 0) ...
 *	... response.status, http_header(&response, "www-authenticate", 0), response.body.data
 *
 * What holds for every request, whatever the server says:
 *  - HTTP/1.1 is spoken, also over TLS: a client has one request at a time, so HTTP/2 has nothing to
 *    multiplex, and its frames make a large body a fifth slower. HTTP/2 is offered too, for the life of
 *    the client, once a server has refused to go on without it;
 *  - only https, and http for loopback hosts (net/url.h), which are never reached through a proxy,
 *    and for the one host that the caller named;
 *  - redirects are followed here, not by libcurl: at most HTTP_REDIRECTS_MAX, never from https to http,
 *    and Authorization stays with the scheme, host and port that it was given for. What changes something
 *    goes where 307 and 308 lead, with its body from the beginning; 301 to 303, which would make a GET of
 *    it, are answers, and so is every redirect of a form;
 *  - TLS is verified, but for that host;
 *  - bodies and headers have a limit, and so has the time that a server is waited for, in all
 *    phases (net/patience.h);
 *  - a body is sent without asking first (Expect: 100-continue), which proxies get wrong; a server that
 *    answers with an error before it has all gets no more;
 *  - no content coding is asked for, and a 2xx answer with one is refused: the bytes are those that
 *    were sent; so is an answer with two lengths;
 *  - cookies are not kept;
 *  - nothing is read from ~/.netrc, and TLS secrets are written nowhere: net/http.c says which
 *    variables of the environment count, and http_new() takes the others out of it;
 *  - a readable interrupt descriptor ends the request at once.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "net/url.h"
#include "system/interrupt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define HTTP_REDIRECTS_MAX 5
#define HTTP_HEADERS_MAX (64U << 10) /* bytes of all headers of one answer */
#define HTTP_ERROR_BODY_MAX (16U << 10) /* bytes kept of the body of an answer that is not 2xx */

/* The slowest body that is waited for. */
struct http_low_speed {
	uint64_t rate; /* least bytes in a second; 0: any will do */
	unsigned window; /* seconds over which the rate is taken; not 0 when there is a rate */
};

/* The certificate that is shown to one host when it asks for one. */
struct http_identity {
	const char *host; /* as in struct url */
	const struct str *certificate; /* PEM, with its chain */
	const struct str *key; /* PEM, without a passphrase */
};

/* Pointers are borrowed for the life of the client. */
struct http_options {
	/* The one host, as in struct url, whose certificate is not verified, and with which plain HTTP
	 * may be spoken; or NULL. */
	const char *insecure_host;
	const struct str *ca; /* authorities in PEM to trust beside the system's, or NULL */
	const struct http_identity *identity; /* NULL: no server is shown a certificate */
	unsigned timeout; /* seconds for connecting, for all headers, and without a body; 0: 30 */
	struct http_low_speed low_speed;
	const struct interrupt *interrupt; /* borrowed, or NULL */
};

struct http;
struct http_response;

/* New: no connection is made yet. NULL when libcurl cannot be set up. */
struct http *http_new(const struct http_options *options, struct error *err);
void http_free(struct http *http);
void http_cleanup(struct http **http);
#define autohttp autocleanup(http_cleanup)

enum http_method {
	/* What only reads comes first. */
	HTTP_GET,
	HTTP_HEAD, /* the headers of what GET would give */
	HTTP_POST, /* a body; or a form, whose redirect is an answer, because the form may be secret */
	HTTP_PUT,
	HTTP_PATCH,
	HTTP_DELETE,
};

/* What is sent, read from wherever it is as it goes, and again from the beginning where a server wants it
 * again: behind a redirect, or over a new connection. Everything is borrowed. */
struct http_body {
	uint64_t length; /* bytes */
	const char *type; /* Content-Type; NULL: none is stated */
	const char *range; /* Content-Range, or NULL */
	/* Read up to len bytes, from that offset of the body on. Returns how many, 0 only where it ends before
	 * its length, which is a failure; -1 ends the request. May be NULL when the length is 0. */
	ssize_t (*read)(void *data, void *buffer, size_t len, uint64_t offset, struct error *err);
	void *data;
	/* A server may have taken a part for good when a connection breaks: nothing of the body is sent twice
	 * but after an answer. */
	bool is_taken_in_parts;
};

/* Where the body of a 2xx answer goes as it comes. */
struct http_sink {
	/* Called before the first byte; < 0 ends the request. May be NULL. */
	int (*begin)(void *data, const struct http_response *response, struct error *err);
	/* < 0 ends the request. */
	int (*write)(void *data, const void *bytes, size_t len, struct error *err);
	void *data;
};

/* Everything is borrowed. */
struct http_request {
	enum http_method method;
	const char *url;
	const char *accept; /* value of that header, or NULL: libcurl's */
	const char *authorization; /* value of that header, or NULL */
	const char *form; /* POST: the body, application/x-www-form-urlencoded; NULL: body is */
	const struct http_body *body; /* POST, PUT, PATCH */
	uint64_t offset; /* ask for the bytes from here to max (Range); 0: all */
	uint64_t max; /* most bytes of a 2xx body: more is ERROR_VERIFY */
	unsigned total_timeout; /* seconds for the whole request, with its redirects; 0: none */
	unsigned
		answer_time; /* seconds more than usual for the headers of the answer, which the server
			       * may have to work for */
	const struct http_sink *sink; /* NULL: a 2xx body goes to the response */
};

struct http_response {
	long status;
	bool foreign; /* a redirect led to another origin: no one there may ask for credentials */
	char *url; /* what gave it, behind redirects; NULL before */
	struct strlist headers; /* "name: value", names in lower case */
	struct str body; /* NUL-terminated */
};

#define HTTP_RESPONSE_INIT \
	{ \
		.headers = STRLIST_INIT, .body = STR_INIT \
	}

void http_response_release(struct http_response *response);
void http_response_clear(struct http_response *response); /* as new; memory is kept */
#define autoresponse autocleanup(http_response_release)

/* The value of a header (borrowed), the nth of that name, or NULL. name is in lower case. */
const char *http_header(const struct http_response *response, const char *name, size_t nth);

/* Is it HTML, which people read and no program asks for? */
bool http_is_web_page(const struct http_response *response);

/* Send the request and receive the answer, whatever its status. Fails with ERROR_TEMPORARY when the
 * network or the server failed, ERROR_VERIFY when TLS, a limit or a rule of net/url.h did, or as
 * the sink did. ret must be initialised; it is meaningful after a failure too (status 0: no answer
 * came). */
int http_send(struct http *http, const struct http_request *request, struct http_response *ret,
	      struct error *err);

/* As url_parse(), of a URL that this client may send requests to. */
int http_parse_url(const struct http *http, const char *text, struct url *ret, struct error *err);

/* Was a server ever reached (connected, and it answered something)? */
bool http_was_answered(const struct http *http);

#endif
