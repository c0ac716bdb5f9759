/* SPDX-License-Identifier: Apache-2.0 */
#include "net/proxy.h"

#include "base/alloc.h"
#include "base/number.h"
#include "base/str.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Which libcurl is told, and the port where none is written. */
static const struct proxy_scheme {
	const char *name;
	const char *port;
} schemes[] = {
	{ "http", "1080" },    { "https", "443" },   { "socks4", "1080" },
	{ "socks4a", "1080" }, { "socks5", "1080" }, { "socks5h", "1080" },
};

void proxy_release(struct proxy *proxy)
{
	if (!proxy)
		return;
	free(proxy->address);
	free(proxy->user);
	free(proxy->password);
	*proxy = (struct proxy)PROXY_INIT;
}

static const char *variable(const char *lower, const char *upper)
{
	const char *value = getenv(lower);

	if (!value || !*value)
		value = upper ? getenv(upper) : NULL;
	return value && *value ? value : NULL;
}

void proxy_rules_from_environment(struct proxy_rules *ret)
{
	*ret = (struct proxy_rules) {
		.http = variable("http_proxy", getenv("REQUEST_METHOD") ? NULL : "HTTP_PROXY"),
		.https = variable("https_proxy", "HTTPS_PROXY"),
		.all = variable("all_proxy", "ALL_PROXY"),
		.except = variable("no_proxy", "NO_PROXY"),
	};
}

/* The bytes of an address in text form, and how many they are; 0: it is none. */
static size_t parse_address(const char *text, unsigned char ret[16])
{
	if (inet_pton(AF_INET, text, ret) == 1)
		return 4;
	return inet_pton(AF_INET6, text, ret) == 1 ? 16 : 0;
}

static bool address_is_within(const unsigned char *address, const unsigned char *network,
			      unsigned bits)
{
	unsigned whole = bits / CHAR_BIT;
	unsigned rest = bits % CHAR_BIT;

	if (memcmp(address, network, whole) != 0)
		return false;
	return rest == 0 || (address[whole] ^ network[whole]) >> (CHAR_BIT - rest) == 0;
}

/* Does an entry ADDRESS/BITS have the host in it? */
static bool network_has_host(const char *entry, const char *host)
{
	size_t len = strcspn(entry, "/");
	autofree char *text = xstrndup(entry, len);
	unsigned char address[16];
	unsigned char network[16];
	size_t size = parse_address(host, address);
	uint64_t bits;

	return size && parse_address(text, network) == size &&
	       number_parse(entry + len + 1, size * CHAR_BIT, &bits, NULL) == 0 &&
	       address_is_within(address, network, (unsigned)bits);
}

/* Is the host that name, or below it? */
static bool name_has_host(const char *name, const char *host)
{
	size_t host_len = strlen(host);
	size_t len;

	name += str_starts_with(name, "*.") ? 1 : 0;
	name += *name == '.' ? 1 : 0;
	len = strlen(name);
	/* A dot at the end makes no other name. */
	host_len -= host_len > 0 && host[host_len - 1] == '.' ? 1 : 0;
	len -= len > 0 && name[len - 1] == '.' ? 1 : 0;
	if (len == 0 || len > host_len || strncasecmp(host + host_len - len, name, len) != 0)
		return false;
	return len == host_len || host[host_len - len - 1] == '.';
}

static bool addresses_are_equal(const char *text, const char *host)
{
	unsigned char first[16];
	unsigned char second[16];
	size_t size = parse_address(text, first);

	return size && parse_address(host, second) == size && memcmp(first, second, size) == 0;
}

/* Split HOST:PORT, [HOST]:PORT or [HOST] into host (new) and port (borrowed, NULL: none). */
static char *split_port(const char *entry, const char **ret_port)
{
	const char *colon = strrchr(entry, ':');
	const char *bracket = *entry == '[' ? strchr(entry, ']') : NULL;

	*ret_port = NULL;
	if (bracket) {
		*ret_port = bracket[1] == ':' ? bracket + 2 : NULL;
		return xstrndup(entry + 1, (size_t)(bracket - entry - 1));
	}
	/* With two colons it is an address of IPv6. */
	if (!colon || strchr(entry, ':') != colon)
		return xstrdup(entry);
	*ret_port = colon + 1;
	return xstrndup(entry, (size_t)(colon - entry));
}

static bool entry_has_url(const char *entry, const struct url *url)
{
	const char *port;
	autofree char *host = split_port(entry, &port);
	unsigned char unused[16];

	if (strcmp(entry, "*") == 0)
		return true;
	if (strchr(entry, '/'))
		return network_has_host(entry, url->host);
	if (port && strcmp(port, url->port) != 0)
		return false;
	/* An address has nothing below it. */
	return parse_address(url->host, unused) ? addresses_are_equal(host, url->host)
						: name_has_host(host, url->host);
}

bool proxy_is_excepted(const char *list, const struct url *url)
{
	static const char separators[] = ", \t";

	for (const char *p = list; p && *p;) {
		size_t len = strcspn(p, separators);
		autofree char *entry = xstrndup(p, len);

		if (*entry && entry_has_url(entry, url))
			return true;
		p += len;
		p += strspn(p, separators);
	}
	return false;
}

static void cleanup_handle(CURLU **handle)
{
	curl_url_cleanup(*handle);
}

/* A part of a URL, new, decoded where flags say so; NULL: it has none. */
static char *url_part(CURLU *handle, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	char *copy = NULL;

	if (curl_url_get(handle, part, &text, flags) == CURLUE_OK && *text)
		copy = xstrdup(text);
	curl_free(text);
	return copy;
}

static const struct proxy_scheme *find_scheme(const char *name)
{
	for (size_t i = 0; name && i < array_size(schemes); i++)
		if (strcmp(schemes[i].name, name) == 0)
			return &schemes[i];
	return NULL;
}

/* Take the proxy apart that a variable says. Returns -1 without an error when it is none. */
static int parse_proxy(const char *text, struct proxy *ret)
{
	autocleanup(cleanup_handle) CURLU *handle = curl_url();
	autofree char *whole = strstr(text, "://") ? xstrdup(text) : xasprintf("http://%s", text);
	autofree char *scheme = NULL;
	autofree char *host = NULL;
	autofree char *port = NULL;
	const struct proxy_scheme *known;

	if (!handle ||
	    curl_url_set(handle, CURLUPART_URL, whole, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		return -1;
	scheme = url_part(handle, CURLUPART_SCHEME, 0);
	host = url_part(handle, CURLUPART_HOST, 0);
	port = url_part(handle, CURLUPART_PORT, 0);
	known = find_scheme(scheme);
	if (!known || !host)
		return -1;
	ret->address = xasprintf("%s://%s:%s", scheme, host, port ? port : known->port);
	ret->user = url_part(handle, CURLUPART_USER, CURLU_URLDECODE);
	ret->password = url_part(handle, CURLUPART_PASSWORD, CURLU_URLDECODE);
	return 0;
}

int proxy_choose(const struct proxy_rules *rules, const struct url *url, struct proxy *ret,
		 struct error *err)
{
	const char *text = url->is_encrypted ? rules->https : rules->http;

	if (!text)
		text = rules->all;
	if (!text || url_host_is_loopback(url->host) || proxy_is_excepted(rules->except, url))
		return 0;
	if (parse_proxy(text, ret) < 0)
		return error_set(
			err, ERROR_FAILED,
			"the proxy that the environment names for %s is none: it should be [SCHEME://][USER[:PASSWORD]@]HOST[:PORT]",
			url->is_encrypted ? "https" : "http");
	return 0;
}
