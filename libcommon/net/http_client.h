/* SPDX-License-Identifier: Apache-2.0 */
/* What an HTTP client (net/http.h) is inside: for the files that its requests are made in. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "net/http.h"
#include "net/http_tls.h"
#include "net/proxy.h"

#include <curl/curl.h>

struct http {
	CURLM *multi; /* keeps the connections */
	CURL *easy;
	struct http_options options;
	struct http_tls tls;
	struct proxy_rules proxies;
	long version; /* CURL_HTTP_VERSION_ of what is offered over TLS */
	bool answered;
};

#endif
