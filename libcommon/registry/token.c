/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/token.h"

#include "base/alloc.h"
#include "format/json.h"

#include <openssl/evp.h>

#include <ctype.h>
#include <strings.h>

#define TOKEN_TIMEOUT 60 /* seconds */

char *credentials_basic(const struct credentials *credentials)
{
	autofree char *pair = xasprintf("%s:%s", credentials->user, credentials->password);
	size_t len = strlen(pair);
	autofree char *encoded = xmalloc(len / 3 * 4 + 8);

	EVP_EncodeBlock((unsigned char *)encoded, (unsigned char *)pair, (int)len);
	return xasprintf("Basic %s", encoded);
}

static bool is_address(const char *host)
{
	return strchr(host, ':') || host[strspn(host, "0123456789.")] == '\0';
}

/* Is that a domain in which everybody can have a name, as co.uk? A guess instead of a long list: a
 * short label below a country. Where it is wrong, token_host helps. */
static bool is_public_domain(const char *domain)
{
	size_t len = strcspn(domain, ".");

	return len <= 3 && domain[len] && strlen(domain + len + 1) == 2;
}

bool credentials_belong_to(const struct credentials *credentials, const char *registry_host,
			   const char *host)
{
	const char *domain;
	size_t host_len = strlen(host);
	size_t domain_len;

	if (strcasecmp(registry_host, host) == 0)
		return true;
	if (credentials->token_host && strcasecmp(credentials->token_host, host) == 0)
		return true;
	if (is_address(registry_host) || is_address(host))
		return false;
	/* The domain without its first label, when at least two labels are left. */
	domain = strchr(registry_host, '.');
	if (!domain || !strchr(domain + 1, '.') || is_public_domain(domain + 1))
		return false;
	domain_len = strlen(domain + 1);
	if (host_len < domain_len || strcasecmp(host + host_len - domain_len, domain + 1) != 0)
		return false;
	return host_len == domain_len || host[host_len - domain_len - 1] == '.';
}

/* Append KEY=VALUE to a URL's query, percent-encoded. */
static void append_query(struct str *url, const char *key, const char *value)
{
	str_appendf(url, "%c%s=", strchr(url->data, '?') ? '&' : '?', key);
	for (const char *p = value; *p; p++) {
		if (isalnum((unsigned char)*p) || strchr("-._~:/,", *p))
			str_append_char(url, *p);
		else
			str_appendf(url, "%%%02X", (unsigned char)*p);
	}
}

static int check_realm(const char *realm, const char *registry_host, const char *realm_host,
		       struct error *err)
{
	if (strncasecmp(realm, "https://", 8) == 0)
		return 0;
	if (strncasecmp(realm, "http://", 7) == 0 && http_host_is_loopback(registry_host) &&
	    http_host_is_loopback(realm_host))
		return 0;
	return error_set(err, ERROR_VERIFY, "'%s' names the token server '%s', which is not https",
			 registry_host, realm);
}

/* A token goes into a header as it is: nothing but visible characters (RFC 6750's b64token and
 * what registries really send). */
static bool token_is_valid(const char *token)
{
	for (const char *p = token; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return *token != '\0';
}

static int parse_answer(const struct http_response *response, char **ret, struct error *err)
{
	autojson json_t *json =
		json_parse(response->body.data, response->body.len, "token answer", err);
	struct jnode root = jnode_root(json, "token answer");
	struct jnode token = jnode_member(&root, "token");
	struct jnode access_token = jnode_member(&root, "access_token");
	const char *text = NULL;

	if (!json || jnode_object(&root, err) < 0 ||
	    jnode_string(jnode_is_present(&token) ? &token : &access_token, &text, err) < 0)
		return -1;
	if (!token_is_valid(text))
		return error_set(err, ERROR_FAILED, "token answer: the token is malformed");
	*ret = xasprintf("Bearer %s", text);
	return 0;
}

static int check_status(long status, struct error *err)
{
	if (status / 100 == 2)
		return 0;
	if (status == 401 || status == 403) {
		error_set(err, ERROR_FAILED, "access denied (HTTP status %ld)", status);
		return error_hint(err, "log in with --creds USER[:PASSWORD]");
	}
	return error_set(err, status == 429 || status >= 500 ? ERROR_TEMPORARY : ERROR_FAILED,
			 "HTTP status %ld", status);
}

int token_fetch(struct http *http, const struct challenge *challenge, const char *registry_host,
		const char *scope, const struct credentials *credentials, char **ret_authorization,
		struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autofree char *realm_host = challenge->realm ? http_url_host(challenge->realm) : NULL;
	autofree char *authorization = NULL;
	autostr struct str url = STR_INIT;
	struct http_request request = { .max = TOKEN_ANSWER_MAX, .total_timeout = TOKEN_TIMEOUT };

	if (!realm_host)
		return error_set(err, ERROR_FAILED, "'%s' asks for a token and names no server",
				 registry_host);
	if (check_realm(challenge->realm, registry_host, realm_host, err) < 0)
		return -1;
	if (credentials->user) {
		if (!credentials_belong_to(credentials, registry_host, realm_host)) {
			error_set(err, ERROR_VERIFY,
				  "'%s' wants the credentials to be sent to '%s', another host",
				  registry_host, realm_host);
			return error_hint(err, "if they belong there too, add --token-host %s",
					  realm_host);
		}
		authorization = credentials_basic(credentials);
		request.authorization = authorization;
	}
	str_append(&url, challenge->realm);
	if (challenge->service)
		append_query(&url, "service", challenge->service);
	append_query(&url, "scope", challenge->scope ? challenge->scope : scope);
	if (credentials->user)
		append_query(&url, "account", credentials->user);
	request.url = url.data;
	if (http_get(http, &request, &response, err) < 0 ||
	    check_status(response.status, err) < 0 ||
	    parse_answer(&response, ret_authorization, err) < 0)
		return error_prefix(err, "token server '%s'", realm_host);
	return 0;
}
