/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/alloc.h"
#include "net/http_client.h"
#include "net/http_exchange.h"
#include "net/http_sending.h"
#include "net/patience.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TIMEOUT 30 /* seconds */

/*
 * What the libraries obey in the environment, and what becomes of it. Taken away is what writes secrets
 * or traffic down: such a variable is set once, for a browser, and forgotten.
 *
 *	SSLKEYLOGFILE			libcurl, GnuTLS, NSS: the keys of every TLS session
 *	QLOGDIR				libcurl with HTTP/3: what was sent when
 *
 * Obeyed is what says how this machine reaches others, and what an administrator sets for all
 * programs. None of it gives anything away by itself, and somebody who can set these variables can
 * set LD_PRELOAD as well:
 *
 *	http_proxy, HTTPS_PROXY, ...	by net/proxy.h; https stays end to end
 *	OPENSSL_CONF, OPENSSL_MODULES	the machine's rules for ciphers, FIPS
 *	RES_OPTIONS, LOCALDOMAIN, ...	glibc's resolver: certificates are verified all the same
 *
 * Not read at all, because the curl command does that and libcurl does not: ~/.netrc, CURL_HOME,
 * CURL_CA_BUNDLE, SSL_CERT_FILE. No child of this project speaks TLS.
 */
static const char *const refused_variables[] = { "SSLKEYLOGFILE", "QLOGDIR" };

/* libcurl looks at them when it is set up, and before there are threads. */
static void global_init(void)
{
	for (size_t i = 0; i < array_size(refused_variables); i++)
		unsetenv(refused_variables[i]);
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http *http_new(const struct http_options *options, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	autohttp struct http *http = xcalloc(1, sizeof(*http));

	pthread_once(&once, global_init);
	http->options = *options;
	if (!http->options.timeout)
		http->options.timeout = DEFAULT_TIMEOUT;
	proxy_rules_from_environment(&http->proxies);
	http->version = CURL_HTTP_VERSION_1_1;
	http_tls_init(&http->tls, &http->options);
	http->multi = curl_multi_init();
	http->easy = curl_easy_init();
	if (!http->multi || !http->easy) {
		error_set(err, ERROR_FAILED, "cannot start libcurl");
		return NULL;
	}
	return steal(&http);
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->easy);
	curl_multi_cleanup(http->multi);
	http_tls_release(&http->tls);
	free(http);
}

void http_cleanup(struct http **http)
{
	http_free(*http);
	*http = NULL;
}

bool http_was_answered(const struct http *http)
{
	return http->answered;
}

int http_parse_url(const struct http *http, const char *text, struct url *ret, struct error *err)
{
	return url_parse_allowing(text, http->options.insecure_host, ret, err);
}

/* Where the answer points instead of answering, and where the request may follow (borrowed), or NULL. */
static const char *redirect_location(const struct http_request *request,
				     const struct http_response *response)
{
	bool is_reading = request->method <= HTTP_HEAD;

	switch (response->status) {
	case 301:
	case 302:
	case 303:
		return is_reading ? http_header(response, "location", 0) : NULL;
	case 307:
	case 308:
		return http_sending_is_form(request) ? NULL : http_header(response, "location", 0);
	default:
		return NULL;
	}
}

int http_send(struct http *http, const struct http_request *request, struct http_response *ret,
	      struct error *err)
{
	autourl struct url url = URL_INIT;
	autofree char *first_origin = NULL;
	const char *authorization = request->authorization;
	const struct patience_rules rules = {
		.silence = http->options.timeout * UINT64_C(1000),
		.answer = (http->options.timeout + request->answer_time) * UINT64_C(1000),
		.total = request->total_timeout * UINT64_C(1000),
		.rate = http->options.low_speed.rate,
		.window = http->options.low_speed.window * UINT64_C(1000),
	};
	struct patience patience = { .rules = &rules };

	if (http_parse_url(http, request->url, &url, err) < 0)
		return -1;
	first_origin = xstrdup(url.origin);
	ret->foreign = false;
	for (int hops = 0; hops <= HTTP_REDIRECTS_MAX; hops++) {
		struct http_exchange x = { .http = http,
					   .url = &url,
					   .request = request,
					   .response = ret,
					   .patience = &patience };
		struct url next = URL_INIT;
		const char *location;

		/* Once away from the first origin the credentials stay away, also when a later
		 * redirect leads back. */
		if (strcmp(url.origin, first_origin) != 0) {
			authorization = NULL;
			ret->foreign = true;
		}
		if (http_exchange_send(&x, authorization, err) < 0)
			return error_prefix(err, "%s", url.origin);
		location = redirect_location(request, ret);
		if (!location) {
			free(ret->url);
			ret->url = steal(&url.text);
			return 0;
		}
		if (url_redirect(&url, location, &next, err) < 0)
			return error_prefix(err, "%s", url.origin);
		url_release(&url);
		url = next;
	}
	return error_set(err, ERROR_FAILED, "%s: redirected more than %d times", first_origin,
			 HTTP_REDIRECTS_MAX);
}
