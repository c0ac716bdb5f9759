/* SPDX-License-Identifier: Apache-2.0 */
#include "net/url.h"

#include "base/alloc.h"
#include "base/str.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void cleanup_handle(CURLU **handle)
{
	curl_url_cleanup(*handle);
}

static void cleanup_curl_string(char **text)
{
	curl_free(*text);
}
#define autohandle autocleanup(cleanup_handle)
#define autocurl autocleanup(cleanup_curl_string)

void url_release(struct url *url)
{
	if (!url)
		return;
	free(url->text);
	free(url->host);
	free(url->port);
	free(url->origin);
	*url = (struct url)URL_INIT;
}

/* New: the host without the [] around an IPv6 address. */
static char *without_brackets(const char *host)
{
	size_t len = strlen(host);

	return host[0] == '[' && host[len - 1] == ']' ? xstrndup(host + 1, len - 2) : xstrdup(host);
}

bool url_host_is_loopback(const char *host)
{
	autofree char *bare = without_brackets(host);
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, bare, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, bare, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return strcasecmp(bare, "localhost") == 0;
}

static char *handle_host(const CURLU *handle)
{
	autocurl char *host = NULL;
	autofree char *bare = NULL;

	if (curl_url_get((CURLU *)handle, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return NULL;
	bare = without_brackets(host);
	for (char *p = bare; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return steal(&bare);
}

char *url_host(const char *text)
{
	autohandle CURLU *handle = curl_url();

	if (!handle || curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK)
		return NULL;
	return handle_host(handle);
}

static char *format_origin(const char *scheme, const char *host, const char *port)
{
	return strchr(host, ':') ? xasprintf("%s://[%s]:%s", scheme, host, port)
				 : xasprintf("%s://%s:%s", scheme, host, port);
}

/* Fill ret from a handle. Returns -1 without an error when a part is missing. */
static int take_apart(const CURLU *handle, struct url *ret)
{
	CURLU *parts = (CURLU *)handle;
	autocurl char *scheme = NULL;
	autocurl char *port = NULL;
	autocurl char *text = NULL;

	ret->host = handle_host(handle);
	if (!ret->host || curl_url_get(parts, CURLUPART_URL, &text, 0) != CURLUE_OK ||
	    curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
		return -1;
	ret->text = xstrdup(text);
	ret->port = xstrdup(port);
	ret->origin = format_origin(scheme, ret->host, port);
	ret->is_encrypted = strcmp(scheme, "https") == 0;
	return 0;
}

static int check_scheme(const struct url *url, const char *plain_host, struct error *err)
{
	if (url->is_encrypted || url_host_is_loopback(url->host) ||
	    (plain_host && strcasecmp(plain_host, url->host) == 0))
		return 0;
	return error_set(err, ERROR_VERIFY, "'%s': plain HTTP is for loopback hosts only",
			 url->origin);
}

/* Is it a scheme that requests are made with? */
static bool has_http_scheme(const CURLU *handle)
{
	autocurl char *scheme = NULL;

	return curl_url_get((CURLU *)handle, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	       (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
}

int url_parse_allowing(const char *text, const char *plain_host, struct url *ret, struct error *err)
{
	autohandle CURLU *handle = curl_url();
	autourl struct url url = URL_INIT;

	if (!handle || curl_url_set(handle, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK)
		return error_set(err, ERROR_FAILED, "'%s' is no URL", text);
	if (!has_http_scheme(handle))
		return error_set(err, ERROR_VERIFY, "'%s' is neither https nor http", text);
	if (take_apart(handle, &url) < 0)
		return error_set(err, ERROR_FAILED, "'%s' is no URL", text);
	if (check_scheme(&url, plain_host, err) < 0)
		return -1;
	*ret = url;
	url = (struct url)URL_INIT;
	return 0;
}

int url_parse(const char *text, struct url *ret, struct error *err)
{
	return url_parse_allowing(text, NULL, ret, err);
}

/* Is what a server called a URL one that a request may be made of? */
static int set_location(CURLU *handle, const char *location, struct error *err)
{
	CURLUcode result = curl_url_set(handle, CURLUPART_URL, location,
					CURLU_URLENCODE | CURLU_DISALLOW_USER);

	if (result == CURLUE_USER_NOT_ALLOWED)
		return error_set(err, ERROR_VERIFY, "redirected to a URL with a login in it");
	if (result == CURLUE_UNSUPPORTED_SCHEME ||
	    (result == CURLUE_OK && !has_http_scheme(handle)))
		return error_set(err, ERROR_VERIFY,
				 "redirected to '%s', which is neither https nor http", location);
	if (result != CURLUE_OK)
		return error_set(err, ERROR_FAILED, "redirected to '%s', which is no URL",
				 location);
	return 0;
}

int url_redirect(const struct url *from, const char *location, struct url *ret, struct error *err)
{
	const char *plain_host = from->is_encrypted ? NULL : from->host;
	autohandle CURLU *handle = curl_url();
	autourl struct url url = URL_INIT;

	if (!handle || curl_url_set(handle, CURLUPART_URL, from->text, 0) != CURLUE_OK)
		return error_set(err, ERROR_FAILED, "'%s' is no URL", from->text);
	if (set_location(handle, location, err) < 0)
		return -1;
	if (take_apart(handle, &url) < 0)
		return error_set(err, ERROR_FAILED, "redirected to '%s', which is no URL",
				 location);
	if (from->is_encrypted && !url.is_encrypted)
		return error_set(err, ERROR_VERIFY,
				 "redirected from https to '%s', which is not encrypted", location);
	if (check_scheme(&url, plain_host, err) < 0)
		return -1;
	*ret = url;
	url = (struct url)URL_INIT;
	return 0;
}

void url_append_escaped(struct str *text, const char *value, const char *plain)
{
	for (const char *p = value; *p; p++) {
		if (isalnum((unsigned char)*p) || strchr("-._~", *p) || strchr(plain, *p))
			str_append_char(text, *p);
		else
			str_appendf(text, "%%%02X", (unsigned char)*p);
	}
}
