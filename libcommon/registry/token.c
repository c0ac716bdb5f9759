/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/token.h"

#include "base/alloc.h"
#include "base/str.h"
#include "format/json.h"
#include "net/url.h"
#include "registry/retry.h"
#include "registry/secret.h"

#include <string.h>
#include <strings.h>

#define TOKEN_TIMEOUT 60 /* seconds */
#define TOKEN_FORM_REST 4096 /* bytes that the other parameters may take */

char *token_scope_format(const struct token_scope *scope)
{
	return xasprintf("%s:%s:%s", scope->type, scope->name, scope->actions);
}

/* Append KEY=VALUE, percent-encoded, as it stands in a query and in a form alike. */
static void append_parameter(struct str *text, char separator, const char *key, const char *value)
{
	str_appendf(text, "%c%s=", separator, key);
	url_append_escaped(text, value, ":/,");
}

static void append_query(struct str *url, const char *key, const char *value)
{
	append_parameter(url, strchr(url->data, '?') ? '&' : '?', key, value);
}

/* Take the realm apart. */
static int parse_realm(const struct token_request *request, struct url *ret, struct error *err)
{
	const char *host = request->registry->host;
	const char *plain_host = request->registry->is_encrypted ? NULL : host;
	autourl struct url url = URL_INIT;

	if (url_parse_allowing(request->challenge->realm, plain_host, &url, err) < 0)
		return error_prefix(err, "the token server that '%s' names", host);
	if (!url.is_encrypted && !plain_host && !url_host_is_loopback(host))
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

void token_release(struct token *token)
{
	if (!token)
		return;
	secret_free(token->authorization);
	*token = (struct token)TOKEN_INIT;
}

static unsigned token_lifetime(const json_t *answer)
{
	json_int_t seconds = json_integer_value(json_object_get(answer, "expires_in"));

	if (seconds <= 0)
		return TOKEN_LIFETIME;
	return seconds < TOKEN_LIFETIME_MAX ? (unsigned)seconds : TOKEN_LIFETIME_MAX;
}

int token_read_answer(const struct str *answer, struct token *ret, struct error *err)
{
	autosecretjson json_t *json = secret_json_parse(answer, "token answer", err);
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
	ret->authorization = xasprintf("Bearer %s", text);
	ret->lifetime = token_lifetime(json);
	return 0;
}

static int check_token_status(const struct http_response *response,
			      const struct credentials *credentials, struct error *err)
{
	long status = response->status;

	if (status / 100 == 2)
		return 0;
	/* RFC 6749, section 5.2: an identity token that is not good enough is 400. */
	if (status == 401 || status == 403 || (status == 400 && credentials->identity_token)) {
		error_set(err, ERROR_FAILED, "access denied (HTTP status %ld)%s%s", status,
			  credentials->origin ? ", with " : "",
			  credentials->origin ? credentials->origin : "");
		return error_hint(err, "log in with ctnr login, or with --creds USER[:PASSWORD]");
	}
	return error_set(err, retry_is_temporary(status) ? ERROR_TEMPORARY : ERROR_FAILED,
			 "HTTP status %ld", status);
}

/* An empty parameter says nothing: a token of an empty scope would open nothing. */
static bool is_given(const char *parameter)
{
	return parameter && *parameter;
}

/* In a query each scope has a parameter of its own. */
static void append_query_scope(struct str *url, const struct token_scope *scope)
{
	autofree char *text = token_scope_format(scope);

	if (is_given(scope->name))
		append_query(url, "scope", text);
}

/* In a form they are in one, with blanks between (RFC 6749, section 3.3). New. */
static char *join_scopes(const struct token_request *request)
{
	autostr struct str text = STR_INIT;

	for (size_t i = 0; i < request->n_scopes; i++) {
		autofree char *scope = token_scope_format(&request->scopes[i]);

		if (is_given(request->scopes[i].name))
			str_appendf(&text, "%s%s", text.len ? " " : "", scope);
	}
	return str_steal(&text);
}

char *token_url(const struct token_request *request)
{
	const struct challenge *challenge = request->challenge;
	autostr struct str url = STR_INIT;

	str_append(&url, challenge->realm);
	if (is_given(challenge->service))
		append_query(&url, "service", challenge->service);
	for (size_t i = 0; i < request->n_scopes; i++)
		append_query_scope(&url, &request->scopes[i]);
	if (request->credentials->user)
		append_query(&url, "account", request->credentials->user);
	return str_steal(&url);
}

char *token_form(const struct token_request *request)
{
	const char *service = request->challenge->service;
	const char *secret = request->credentials->identity_token;
	autofree char *scope = join_scopes(request);
	autosecret struct str form = STR_INIT;

	/* A text that grows leaves its bytes where it was before. */
	str_reserve(&form, 3 * strlen(secret) + strlen(scope) * 3 + TOKEN_FORM_REST);
	str_append(&form, "grant_type=refresh_token&client_id=ctnr");
	if (is_given(service))
		append_parameter(&form, '&', "service", service);
	if (*scope)
		append_parameter(&form, '&', "scope", scope);
	append_parameter(&form, '&', "refresh_token", secret);
	return xstrdup(form.data);
}

/* May the realm see the credentials, when there are any? */
static int check_realm(const struct token_request *request, const struct url *realm,
		       struct error *err)
{
	const char *host = request->registry->host;
	bool is_same = strcmp(host, realm->host) == 0;

	if (!request->credentials->user ||
	    credentials_belong_to(request->credentials, request->registry, realm))
		return 0;
	error_set(err, ERROR_VERIFY, "'%s' wants the credentials to be sent to '%s:%s', another %s",
		  host, realm->host, realm->port,
		  is_same ? "port of this machine, which any user may have" : "host");
	return error_hint(err, "if they belong there too, add --token-host %s",
			  strchr(realm->origin, '/') + 2);
}

/* The answer holds the token. */
static void release_answer(struct http_response *response)
{
	secret_release(&response->body);
	http_response_release(response);
}

/* Ask the realm as the credentials are: by POST with an identity token, else by GET. */
static int ask_realm(struct http *http, const struct token_request *request,
		     struct http_response *ret, struct error *err)
{
	autosecrettext char *authorization = NULL;
	autosecrettext char *form = NULL;
	autofree char *url = NULL;
	struct http_request ask = { .method = HTTP_GET,
				    .max = TOKEN_ANSWER_MAX,
				    .total_timeout = TOKEN_TIMEOUT };

	if (request->credentials->identity_token) {
		ask.method = HTTP_POST;
		ask.url = request->challenge->realm;
		ask.form = form = token_form(request);
	} else {
		ask.url = url = token_url(request);
		if (request->credentials->user)
			ask.authorization = authorization = credentials_basic(request->credentials);
	}
	return http_send(http, &ask, ret, err);
}

int token_fetch(struct http *http, const struct token_request *request, struct token *ret,
		struct error *err)
{
	autocleanup(release_answer) struct http_response response = HTTP_RESPONSE_INIT;
	autourl struct url realm = URL_INIT;

	if (parse_realm(request, &realm, err) < 0 || check_realm(request, &realm, err) < 0)
		return -1;
	if (ask_realm(http, request, &response, err) < 0)
		return error_prefix(err, "token server '%s'", realm.host);
	ret->status = response.status;
	if (check_token_status(&response, request->credentials, err) < 0 ||
	    token_read_answer(&response.body, ret, err) < 0)
		return error_prefix(err, "token server '%s'", realm.host);
	return 0;
}
