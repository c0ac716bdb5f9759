/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which proxy a request goes through, as the environment says. Chosen here and not by libcurl, whose rules
 * differ between versions (7.88 matches IPv6 networks wrongly, and knows no ports in no_proxy), and which
 * repeats a proxy's password in messages.
 *
 *	struct proxy_rules rules;
 *	autoproxy struct proxy proxy = PROXY_INIT;
 *
 *	proxy_rules_from_environment(&rules);
 *	if (proxy_choose(&rules, &url, &proxy, err) < 0) ...
 *	... proxy.address is "http://proxy.example:3128", or NULL: none
 *
 *  - The variable of the URL's scheme (https_proxy, http_proxy) counts, then all_proxy. Each is also known
 *    in upper case, and then behind the one in lower case. An empty one counts as not set. HTTP_PROXY is not
 *    read where REQUEST_METHOD is set: in a CGI program it is a header of the client's.
 *  - A proxy is [SCHEME://][USER[:PASSWORD]@]HOST[:PORT]; SCHEME is http (which stands in for none), https,
 *    socks4, socks4a, socks5 or socks5h. A variable that is something else is an error: going around a proxy
 *    may be what it is there to prevent.
 *  - no_proxy is a list with commas or blanks: a host with all below it (example.org, .example.org,
 *    *.example.org), an address, a network (10.0.0.0/8, fd00::/8), each with or without :PORT but for
 *    networks; * is everything. No name is looked up for it.
 *  - Loopback hosts are never asked through a proxy.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include "base/cleanup.h"
#include "base/error.h"
#include "net/url.h"

#include <stdbool.h>

/* Everything is borrowed; NULL: not set. */
struct proxy_rules {
	const char *http;
	const char *https;
	const char *all;
	const char *except; /* no_proxy */
};

/* ret borrows from the environment. */
void proxy_rules_from_environment(struct proxy_rules *ret);

struct proxy {
	char *address; /* SCHEME://HOST:PORT, which may be shown; NULL: there is no proxy */
	char *user; /* decoded; NULL: none; likewise below */
	char *password; /* a secret, which the environment has too */
};

#define PROXY_INIT \
	{ \
		0 \
	}

void proxy_release(struct proxy *proxy);
#define autoproxy autocleanup(proxy_release)

/* Is that URL one of those that the list of no_proxy (may be NULL) says? */
bool proxy_is_excepted(const char *list, const struct url *url);

/* The proxy for a request to that URL. ERROR_FAILED when the variable is none; the message does not repeat
 * it. */
int proxy_choose(const struct proxy_rules *rules, const struct url *url, struct proxy *ret,
		 struct error *err);

#endif
