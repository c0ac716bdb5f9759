/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/endpoint.h"

#include "base/alloc.h"
#include "base/str.h"
#include "net/url.h"
#include "oci/reference.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PROBE_TIMEOUT 5 /* seconds */
#define STATUS_WANTS_TLS 400 /* what servers of https answer to plain HTTP, if they answer */

/* Registries that answer under another name than their images have. */
static const struct alias {
	const char *registry;
	const char *authority;
} aliases[] = {
	{ REFERENCE_DEFAULT_REGISTRY, "registry-1.docker.io" },
};

static const char *authority_of(const char *registry)
{
	for (size_t i = 0; i < array_size(aliases); i++)
		if (strcmp(aliases[i].registry, registry) == 0)
			return aliases[i].authority;
	return registry;
}

/* Is the host what was written? An address has more spellings than one (127.1, 2130706433, 0:0:0:0:0:0:0:1), by
 * which no file of logins, rules or certificates knows it. */
static int check_spelling(const char *authority, const char *host, struct error *err)
{
	bool is_bracketed = *authority == '[';
	const char *written = authority + is_bracketed;
	size_t len = strcspn(written, is_bracketed ? "]" : ":");

	if (len == strlen(host) && strncasecmp(written, host, len) == 0)
		return 0;
	error_set(err, ERROR_USAGE, "'%s' is another spelling of '%s'", authority, host);
	return error_hint(err, "write '%s%s%s'", is_bracketed ? "[" : "", host, written + len);
}

int endpoint_init(struct endpoint *ret, const char *registry, enum endpoint_trust trust,
		  struct error *err)
{
	const char *authority = authority_of(registry);
	autofree char *url = xasprintf("https://%s/", authority);

	ret->host = url_host(url);
	if (!ret->host)
		return error_set(err, ERROR_USAGE, "'%s' is not a registry's HOST[:PORT]",
				 registry);
	if (check_spelling(authority, ret->host, err) < 0)
		return -1;
	ret->authority = xstrdup(authority);
	if (!url_host_is_loopback(ret->host) && trust == ENDPOINT_SECURE)
		ret->scheme = "https";
	return 0;
}

void endpoint_release(struct endpoint *endpoint)
{
	if (!endpoint)
		return;
	free(endpoint->authority);
	free(endpoint->host);
	pthread_mutex_destroy(&endpoint->lock);
	*endpoint = (struct endpoint)ENDPOINT_INIT;
}

/* Does it answer by that scheme? */
static bool speaks_scheme(const struct endpoint *endpoint, struct http *http, const char *scheme)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *url = xasprintf("%s://%s/v2/", scheme, endpoint->authority);
	const struct http_request request = { .method = HTTP_GET,
					      .url = url,
					      .max = HTTP_ERROR_BODY_MAX,
					      .total_timeout = PROBE_TIMEOUT };
	struct error ignored = { 0 };

	return http_send(http, &request, &response, &ignored) == 0 &&
	       !(strcmp(scheme, "http") == 0 && response.status == STATUS_WANTS_TLS);
}

/* A loopback host is tried by plain HTTP first, because loading the authorities for TLS costs more than
 * everything else; on any other way somebody may listen. */
static const char *find_scheme(const struct endpoint *endpoint, struct http *http)
{
	if (!url_host_is_loopback(endpoint->host) && speaks_scheme(endpoint, http, "https"))
		return "https";
	return speaks_scheme(endpoint, http, "http") ? "http" : "https";
}

/* One thread asks, and the others wait for it with the lock: they hear signals, because it does. */
int endpoint_decide_scheme(struct endpoint *endpoint, struct http *http,
			   const struct interrupt *interrupt, struct error *err)
{
	int result = 0;

	pthread_mutex_lock(&endpoint->lock);
	if (!endpoint->scheme) {
		const char *scheme = find_scheme(endpoint, http);

		if (interrupt && interrupt_wait(interrupt, 0))
			result = interrupt_error(err);
		else
			endpoint->scheme = scheme;
	}
	pthread_mutex_unlock(&endpoint->lock);
	return result;
}

char *endpoint_url(const struct endpoint *endpoint, const char *path)
{
	return xasprintf("%s://%s/v2/%s", endpoint->scheme, endpoint->authority, path);
}
