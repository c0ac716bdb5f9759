/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/authorization.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "registry/secret.h"

#include <string.h>

#define STATUS_FORBIDDEN 403

void authorization_init(struct authorization *ret, const struct place *place,
			const struct credential_search *logins,
			const struct authorization_wants *wants)
{
	size_t n_sources = wants->sources ? wants->sources->len : 0;

	*ret = (struct authorization) { .place = place, .logins = logins };
	ret->scopes = xcalloc(1 + n_sources, sizeof(*ret->scopes));
	ret->n_scopes = 1 + n_sources;
	ret->scopes[0] = (struct token_scope) { "repository", place->repository, wants->actions };
	for (size_t i = 0; i < n_sources; i++)
		ret->scopes[1 + i] =
			(struct token_scope) { "repository", wants->sources->items[i], "pull" };
	pthread_mutex_init(&ret->lock, NULL);
}

void authorization_release(struct authorization *authorization)
{
	pthread_mutex_destroy(&authorization->lock);
	free(authorization->scopes);
	credentials_release(&authorization->login);
	secret_free(authorization->value);
	challenge_release(&authorization->challenge);
	free(authorization->challenger);
}

/* Look for the login, once. The lock is held, here and below. */
static int find_login(struct authorization *authorization, struct error *err)
{
	if (authorization->has_looked)
		return 0;
	if (credential_search(authorization->logins, authorization->place, &authorization->login,
			      err) < 0)
		return -1;
	authorization->has_looked = true;
	return 0;
}

/* The value is taken. */
static void set_value(struct authorization *authorization, char *value)
{
	secret_free(authorization->value);
	authorization->value = value;
	authorization->has_login = authorization->login.user != NULL;
	authorization->generation++;
}

/* Fetch a token. A server may refuse all scopes for the sake of a repository that it does not show to that login,
 * which is good: then the token is for the place's repository alone, and nothing is mounted. */
static int fetch_token(struct authorization *authorization, struct http *http,
		       struct token_request *request, struct token *ret, struct error *err)
{
	struct error failure = { 0 };

	if (token_fetch(http, request, ret, &failure) == 0)
		return 0;
	if (ret->status != STATUS_FORBIDDEN || request->n_scopes == 1)
		return error_move(err, &failure);
	authorization->n_scopes = request->n_scopes = 1;
	return token_fetch(http, request, ret, err);
}

/* Get a token for the challenge. */
static int renew_token(struct authorization *authorization, struct http *http, struct error *err)
{
	autourl struct url registry = URL_INIT;
	autotoken struct token token = TOKEN_INIT;
	struct token_request request = { .challenge = &authorization->challenge,
					 .registry = &registry,
					 .scopes = authorization->scopes,
					 .n_scopes = authorization->n_scopes,
					 .credentials = &authorization->login };
	int64_t asked_at = clock_monotonic_ms();

	if (http_parse_url(http, authorization->challenger, &registry, err) < 0 ||
	    fetch_token(authorization, http, &request, &token, err) < 0)
		return -1;
	authorization->expires_at = asked_at + token.lifetime * INT64_C(1000);
	set_value(authorization, steal(&token.authorization));
	return 0;
}

/* The challenge is taken. */
static int answer_bearer(struct authorization *authorization, struct http *http, const char *url,
			 struct challenge *challenge, struct error *err)
{
	challenge_release(&authorization->challenge);
	free(authorization->challenger);
	authorization->challenge = *challenge;
	*challenge = (struct challenge)CHALLENGE_INIT;
	authorization->challenger = xstrdup(url);
	return renew_token(authorization, http, err) < 0 ? -1 : 1;
}

static bool has_password(const struct credentials *login)
{
	return login->user && login->password && (*login->password || !login->identity_token);
}

/* Send user and password, unless they were sent before. */
static int answer_basic(struct authorization *authorization)
{
	char *value;

	if (!has_password(&authorization->login))
		return 0;
	value = credentials_basic(&authorization->login);
	if (authorization->value && strcmp(authorization->value, value) == 0) {
		secret_free(value);
		return 0;
	}
	challenge_release(&authorization->challenge);
	set_value(authorization, value);
	return 1;
}

/* Answer one WWW-Authenticate header of the registry at that URL: 1, 0 when there is nothing to offer, -1;
 * malformed says so where the header cannot be read. */
static int answer_header(struct authorization *authorization, struct http *http, const char *url,
			 const char *header, struct error *malformed, struct error *err)
{
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	int found = challenge_find(header, "Bearer", &challenge, malformed);

	if (found > 0 && (!challenge.realm || !*challenge.realm)) {
		autofree char *host = url_host(url);

		error_set(malformed, ERROR_FAILED, "'%s' asks for a token and names no server",
			  host);
		return 0;
	}
	if (found > 0)
		return answer_bearer(authorization, http, url, &challenge, err);
	if (found == 0 && challenge_find(header, "Basic", &challenge, malformed) > 0)
		return answer_basic(authorization);
	return 0;
}

/* A header that cannot be read hinders none of the others. */
static int answer_headers(struct authorization *authorization, struct http *http, const char *url,
			  const struct http_response *response, struct error *err)
{
	struct error malformed = { 0 };
	const char *header;

	if (find_login(authorization, err) < 0)
		return -1;
	/* Some registries forget to say it again when a token is not good any more. */
	if (authorization->challenge.realm && authorization->value &&
	    !http_header(response, "www-authenticate", 0))
		return renew_token(authorization, http, err) < 0 ? -1 : 1;
	for (size_t i = 0; (header = http_header(response, "www-authenticate", i)); i++) {
		int result = answer_header(authorization, http, url, header, &malformed, err);

		if (result)
			return result;
	}
	return malformed.code ? error_move(err, &malformed) : 0;
}

/* Ask the registry's base URL, as a stranger, what it wants to see; a registry that asks for nothing gets
 * user and password. */
static int offer_login(struct authorization *authorization, struct http *http, const char *base,
		       struct error *err)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	const struct http_request request = { .method = HTTP_GET,
					      .url = base,
					      .max = HTTP_ERROR_BODY_MAX };
	int result = 0;

	if (authorization->has_login || authorization->has_offered)
		return 0;
	authorization->has_offered = true;
	if (find_login(authorization, err) < 0)
		return -1;
	if (!authorization->login.user)
		return 0;
	if (http_send(http, &request, &response, err) < 0)
		return -1;
	if (response.status == 401 && !response.foreign)
		result = answer_headers(authorization, http, base, &response, err);
	return result ? result : answer_basic(authorization);
}

int authorization_get(struct authorization *authorization, struct http *http, char **ret_value,
		      unsigned *ret_generation, struct error *err)
{
	int result = 0;

	pthread_mutex_lock(&authorization->lock);
	if (authorization->challenge.realm && authorization->value &&
	    clock_monotonic_ms() >= authorization->expires_at)
		result = renew_token(authorization, http, err);
	*ret_generation = authorization->generation;
	*ret_value = result == 0 && authorization->value ? xstrdup(authorization->value) : NULL;
	pthread_mutex_unlock(&authorization->lock);
	return result;
}

int authorization_answer(struct authorization *authorization, struct http *http, const char *url,
			 const struct http_response *response, unsigned generation,
			 struct error *err)
{
	int result = 1;

	pthread_mutex_lock(&authorization->lock);
	/* Another thread may have had the answer meanwhile. */
	if (authorization->generation == generation)
		result = answer_headers(authorization, http, url, response, err);
	pthread_mutex_unlock(&authorization->lock);
	return result;
}

int authorization_offer(struct authorization *authorization, struct http *http, const char *base,
			unsigned generation, struct error *err)
{
	int result = 1;

	pthread_mutex_lock(&authorization->lock);
	if (authorization->generation == generation)
		result = offer_login(authorization, http, base, err);
	pthread_mutex_unlock(&authorization->lock);
	return result;
}

char *authorization_origin(struct authorization *authorization)
{
	char *origin = NULL;

	pthread_mutex_lock(&authorization->lock);
	if (authorization->has_login && authorization->login.origin)
		origin = xstrdup(authorization->login.origin);
	pthread_mutex_unlock(&authorization->lock);
	return origin;
}
