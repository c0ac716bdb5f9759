/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A URL that a request may go to, taken apart, and the rules for where a request may go at all.
 * No connection is made here: everything follows from the text.
 *
 *	autourl struct url url = URL_INIT;
 *	autourl struct url next = URL_INIT;
 *
 *	if (url_parse("https://Example.org/v2/", &url, err) < 0) ...
 *	... url.host is "example.org", url.origin is "https://example.org:443"
 *	if (url_redirect(&url, "../blobs/x", &next, err) < 0) ...
 *
 * What holds for every struct url that a function here filled:
 *  - the scheme is https, or http to a loopback host (127.0.0.0/8, ::1, localhost) or to the one host
 *    that the caller was told to speak it with (plain_host, as in struct url; NULL: none);
 *  - no user or password stands in it;
 *  - a redirect never leads from https to http.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

struct url {
	char *text; /* the whole, ready to be sent */
	char *host; /* lower case, without [] and port */
	char *port; /* always written */
	char *origin; /* "https://host:443": lower case, the port always written */
	bool is_encrypted; /* https */
};

#define URL_INIT \
	{ \
		0 \
	}

void url_release(struct url *url);
#define autourl autocleanup(url_release)

/* Take a URL apart. ERROR_FAILED when the text is none, ERROR_VERIFY when a request may not go
 * there. */
int url_parse(const char *text, struct url *ret, struct error *err);

/* The same where plain HTTP may be spoken with one host more. */
int url_parse_allowing(const char *text, const char *plain_host, struct url *ret,
		       struct error *err);

/* Where a Location header of an answer from that URL leads; location may be relative. The host of a URL of
 * plain HTTP may lead to itself by plain HTTP. ERROR_FAILED when it is no URL, ERROR_VERIFY when the request
 * may not go there. What may be secret in it, a login, is not in the message. */
int url_redirect(const struct url *from, const char *location, struct url *ret, struct error *err);

/* The host of any URL, also of one that no request may go to: as in struct url, new. NULL when the
 * text is no URL. */
char *url_host(const char *text);

/* Is that host (a name or an address, with or without [], no port) this machine itself? No name is
 * looked up. */
bool url_host_is_loopback(const char *host);

/* Append a value as it stands in a query or a form (RFC 3986, section 2.1): everything becomes %XX but
 * letters, digits, "-._~" and the characters of plain. */
void url_append_escaped(struct str *text, const char *value, const char *plain);

#endif
