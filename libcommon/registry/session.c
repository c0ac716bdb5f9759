/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/session.h"

#include "base/alloc.h"
#include "net/challenge.h"
#include "net/url.h"
#include "registry/endpoint.h"
#include "registry/retry.h"
#include "registry/token.h"

#include <pthread.h>
#include <unistd.h>

#define AUTHORIZATIONS_MAX 2 /* times that one request may ask for a new authorization */

struct session {
	const struct place *place; /* borrowed */
	struct endpoint endpoint;
	struct token_scope scope; /* its name is the place's repository */
	struct session_options options;
	pthread_mutex_t lock; /* of what follows */
	struct credentials login;
	bool has_looked; /* for the login */
	char *authorization; /* header value, or NULL */
	unsigned generation; /* of the authorization: how many there have been */
	bool answered;
};

struct session *session_open(const struct place *place, const struct session_options *options,
			     struct error *err)
{
	autosession struct session *session = xcalloc(1, sizeof(*session));

	session->endpoint = (struct endpoint)ENDPOINT_INIT;
	pthread_mutex_init(&session->lock, NULL);
	session->options = *options;
	session->place = place;
	session->scope = (struct token_scope) { "repository", place->repository, "pull" };
	if (endpoint_init(&session->endpoint, place->registry, err) < 0)
		return NULL;
	return steal(&session);
}

void session_free(struct session *session)
{
	if (!session)
		return;
	endpoint_release(&session->endpoint);
	pthread_mutex_destroy(&session->lock);
	credentials_release(&session->login);
	free(session->authorization);
	free(session);
}

void session_cleanup(struct session **session)
{
	session_free(*session);
	*session = NULL;
}

struct http *session_connect(struct session *session, struct error *err)
{
	const struct session_options *options = &session->options;
	bool is_insecure = session->place->is_insecure ||
			   (options->tls == SESSION_TLS_INSECURE && !session->place->is_mirror);
	const struct http_options http = {
		.insecure_host = is_insecure ? session->endpoint.host : NULL,
		.ca = options->ca,
		.timeout = options->timeout,
		.low_speed = options->low_speed,
		.interrupt = options->interrupt,
	};

	return http_new(&http, err);
}

const char *session_authority(const struct session *session)
{
	return session->endpoint.authority;
}

/* Look for the login, once. The lock is held. */
static int find_login(struct session *session, struct error *err)
{
	if (session->has_looked)
		return 0;
	if (credential_search(session->options.logins, session->place, &session->login, err) < 0)
		return -1;
	session->has_looked = true;
	return 0;
}

/* Answer one WWW-Authenticate header of the registry at that URL. ret_authorization becomes a header's
 * value, new, or stays NULL when there is nothing to offer; malformed says so where the header cannot
 * be read. */
static int answer_challenge(const struct session *session, struct http *http,
			    const struct url *registry, const char *value, char **ret_authorization,
			    struct error *malformed, struct error *err)
{
	const struct credentials *credentials = &session->login;
	autochallenge struct challenge challenge = CHALLENGE_INIT;
	const struct token_request request = { .challenge = &challenge,
					       .registry = registry,
					       .scope = session->scope,
					       .credentials = credentials };
	int found = challenge_find(value, "Bearer", &challenge, malformed);

	if (found > 0 && (!challenge.realm || !*challenge.realm)) {
		error_set(malformed, ERROR_FAILED, "'%s' asks for a token and names no server",
			  registry->host);
		return 0;
	}
	if (found > 0)
		return token_fetch(http, &request, ret_authorization, err);
	if (found == 0 && credentials->user &&
	    challenge_find(value, "Basic", &challenge, malformed) > 0)
		*ret_authorization = credentials_basic(credentials);
	return 0;
}

/* Answer the challenges of a 401 from that URL. Returns 1 when there is a new authorization to try
 * with, 0 when there is nothing to offer. A header that cannot be read hinders none of the others. */
static int renew_locked(struct session *session, struct http *http, const char *url,
			const struct http_response *response, struct error *err)
{
	autourl struct url registry = URL_INIT;
	struct error malformed = { 0 };
	const char *value;

	if (url_parse(url, &registry, err) < 0 || find_login(session, err) < 0)
		return -1;
	for (size_t i = 0; (value = http_header(response, "www-authenticate", i)); i++) {
		char *authorization = NULL;

		if (answer_challenge(session, http, &registry, value, &authorization, &malformed,
				     err) < 0)
			return -1;
		if (!authorization)
			continue;
		free(session->authorization);
		session->authorization = authorization;
		session->generation++;
		return 1;
	}
	return malformed.code ? error_move(err, &malformed) : 0;
}

/* generation is that of the authorization that was refused: when the session has a newer one,
 * another thread has asked for it meanwhile, and that one is tried. */
static int renew_authorization(struct session *session, struct http *http, const char *url,
			       const struct http_response *response, unsigned generation,
			       struct error *err)
{
	int result = 1;

	pthread_mutex_lock(&session->lock);
	if (session->generation == generation)
		result = renew_locked(session, http, url, response, err);
	pthread_mutex_unlock(&session->lock);
	return result;
}

/* The present authorization, new, or NULL. */
static char *copy_authorization(struct session *session, unsigned *ret_generation)
{
	char *authorization = NULL;

	pthread_mutex_lock(&session->lock);
	*ret_generation = session->generation;
	if (session->authorization)
		authorization = xstrdup(session->authorization);
	pthread_mutex_unlock(&session->lock);
	return authorization;
}

/* Send once, and again with a new authorization when the registry asks for one. */
static int send_authorized(struct session *session, struct http *http, struct http_request *request,
			   struct http_response *ret, struct error *err)
{
	for (int authorizations = 0;; authorizations++) {
		unsigned generation;
		autofree char *authorization = copy_authorization(session, &generation);
		int result;

		request->authorization = authorization;
		result = http_send(http, request, ret, err);
		request->authorization = NULL;
		if (result < 0 || ret->status != 401 || ret->foreign ||
		    authorizations == AUTHORIZATIONS_MAX)
			return result;
		result = renew_authorization(session, http, request->url, ret, generation, err);
		if (result <= 0)
			return result;
	}
}

/* Has the registry ever answered anybody? */
static bool was_answered(struct session *session, const struct http *http)
{
	bool answered;

	pthread_mutex_lock(&session->lock);
	session->answered = session->answered || http_was_answered(http);
	answered = session->answered;
	pthread_mutex_unlock(&session->lock);
	return answered;
}

static bool is_worth_retrying(struct session *session, const struct http *http, int result,
			      const struct http_response *response, const struct error *failure)
{
	bool answered = was_answered(session, http);

	if (result == 0)
		return retry_is_temporary(response->status);
	return failure->code == ERROR_TEMPORARY && answered;
}

/* Wait before the next attempt. Fails when the interrupt was asked to stop. */
static int back_off(const struct session *session, unsigned attempt,
		    const struct http_response *response, struct error *err)
{
	int delay = retry_delay(attempt, http_header(response, "retry-after", 0));

	if (!session->options.interrupt) {
		usleep((unsigned)delay * 1000);
		return 0;
	}
	return interrupt_wait(session->options.interrupt, delay) ? interrupt_error(err) : 0;
}

/* Where the next attempt shall begin. A body that is there up to its last byte, but was not
 * accepted, comes again as a whole: no server has a range behind the last byte. */
static uint64_t resume_offset(const struct session_request *request)
{
	if (!request->received || request->without_range || *request->received >= request->http.max)
		return 0;
	return *request->received;
}

/* The server does not have the range that was asked for, or says so of any. */
static bool has_refused_range(const struct session_request *request, int result,
			      const struct http_response *response)
{
	return result == 0 && response->status == 416 && request->http.offset;
}

static int send_with_retries(struct session *session, struct http *http,
			     struct session_request *request, struct http_response *ret,
			     struct error *err)
{
	for (unsigned attempt = 0;; attempt++) {
		struct error failure = { 0 };
		int result;

		request->http.offset = resume_offset(request);
		result = send_authorized(session, http, &request->http, ret, &failure);
		if (has_refused_range(request, result, ret))
			request->without_range = true;
		else if (!is_worth_retrying(session, http, result, ret, &failure))
			return result < 0 ? error_move(err, &failure) : result;
		if (attempt == session->options.retries)
			return result < 0 ? error_move(err, &failure) : result;
		if (back_off(session, attempt, ret, err) < 0)
			return -1;
	}
}

char *session_url(const struct session *session, const char *path)
{
	autofree char *whole = xasprintf("%s/%s", session->place->repository, path);

	return endpoint_url(&session->endpoint, whole);
}

int session_send(struct session *session, struct http *http, struct session_request *request,
		 struct http_response *ret, struct error *err)
{
	autofree char *url = NULL;
	int result;

	if (endpoint_decide_scheme(&session->endpoint, http, session->options.interrupt, err) < 0)
		return -1;
	url = request->url ? xstrdup(request->url) : session_url(session, request->path);
	request->http.url = url;
	result = send_with_retries(session, http, request, ret, err);
	request->http.url = NULL;
	return result;
}
