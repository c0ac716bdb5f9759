/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/token.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"
#include "net/url.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TOKEN_TIMEOUT 60 /* seconds */

char *token_scope_format(const struct token_scope *scope)
{
	return xasprintf("%s:%s:%s", scope->type, scope->name, scope->actions);
}

/* Append KEY=VALUE to a URL's query, percent-encoded; value has len bytes. */
static void append_query_bytes(struct str *url, const char *key, const char *value, size_t len)
{
	str_appendf(url, "%c%s=", strchr(url->data, '?') ? '&' : '?', key);
	for (const char *p = value; p < value + len; p++) {
		if (isalnum((unsigned char)*p) || strchr("-._~:/,", *p))
			str_append_char(url, *p);
		else
			str_appendf(url, "%%%02X", (unsigned char)*p);
	}
}

static void append_query(struct str *url, const char *key, const char *value)
{
	append_query_bytes(url, key, value, strlen(value));
}

/* A challenge has several scopes in one parameter, with blanks between them; a token server takes each
 * as a parameter of its own. */
static void append_scopes(struct str *url, const char *scopes)
{
	for (const char *p = scopes + strspn(scopes, " "); *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		append_query_bytes(url, "scope", p, len);
		p += len;
	}
}

/* Take the realm apart. */
static int parse_realm(const struct token_request *request, struct url *ret, struct error *err)
{
	const char *host = request->registry->host;
	autourl struct url url = URL_INIT;

	if (url_parse(request->challenge->realm, &url, err) < 0)
		return error_prefix(err, "the token server that '%s' names", host);
	if (!url.is_encrypted && !url_host_is_loopback(host))
		return error_set(err, ERROR_VERIFY,
				 "'%s' names the token server '%s', which is not https", host,
				 url.text);
	*ret = url;
	url = (struct url)URL_INIT;
	return 0;
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

/* The text of a member, NULL when there is none or it is empty: registries that know both names of the
 * token may leave one of them so. */
static const char *token_member(const json_t *answer, const char *name)
{
	const char *text = json_string_value(json_object_get(answer, name));

	return text && *text ? text : NULL;
}

int token_read_answer(const struct str *answer, char **ret_authorization, struct error *err)
{
	autojson json_t *json = json_parse(answer->data, answer->len, "token answer", err);
	struct jnode root = jnode_root(json, "token answer");
	const char *text;

	if (!json || jnode_object(&root, err) < 0)
		return -1;
	text = token_member(json, "token");
	if (!text)
		text = token_member(json, "access_token");
	if (!text)
		return error_set(err, ERROR_FAILED, "token answer: there is no token in it");
	if (!token_is_valid(text))
		return error_set(err, ERROR_FAILED, "token answer: the token is malformed");
	*ret_authorization = xasprintf("Bearer %s", text);
	return 0;
}

static int check_token_status(long status, struct error *err)
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

/* An empty parameter says nothing: a token of an empty scope would open nothing. */
static bool is_given(const char *parameter)
{
	return parameter && *parameter;
}

char *token_url(const struct token_request *request)
{
	const struct challenge *challenge = request->challenge;
	autofree char *scope = token_scope_format(&request->scope);
	autostr struct str url = STR_INIT;

	str_append(&url, challenge->realm);
	if (is_given(challenge->service))
		append_query(&url, "service", challenge->service);
	append_scopes(&url, is_given(challenge->scope) ? challenge->scope : scope);
	if (request->credentials->user)
		append_query(&url, "account", request->credentials->user);
	return str_steal(&url);
}

/* The credentials as a header, new; NULL without an error when there are none to send. */
static int authorize_request(const struct token_request *request, const struct url *realm,
			     char **ret, struct error *err)
{
	const char *host = request->registry->host;
	bool is_same = strcmp(host, realm->host) == 0;

	*ret = NULL;
	if (!request->credentials->user)
		return 0;
	if (!credentials_belong_to(request->credentials, request->registry, realm)) {
		error_set(err, ERROR_VERIFY,
			  "'%s' wants the credentials to be sent to '%s:%s', another %s", host,
			  realm->host, realm->port,
			  is_same ? "port of this machine, which any user may have" : "host");
		return error_hint(err, "if they belong there too, add --token-host %s",
				  strchr(realm->origin, '/') + 2);
	}
	*ret = credentials_basic(request->credentials);
	return 0;
}

int token_fetch(struct http *http, const struct token_request *request, char **ret_authorization,
		struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	autourl struct url realm = URL_INIT;
	autofree char *authorization = NULL;
	autofree char *url = NULL;
	struct http_request get = { .method = HTTP_GET,
				    .max = TOKEN_ANSWER_MAX,
				    .total_timeout = TOKEN_TIMEOUT };

	if (parse_realm(request, &realm, err) < 0 ||
	    authorize_request(request, &realm, &authorization, err) < 0)
		return -1;
	url = token_url(request);
	get.url = url;
	get.authorization = authorization;
	if (http_send(http, &get, &response, err) < 0 ||
	    check_token_status(response.status, err) < 0 ||
	    token_read_answer(&response.body, ret_authorization, err) < 0)
		return error_prefix(err, "token server '%s'", realm.host);
	return 0;
}
