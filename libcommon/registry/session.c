/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/session.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "registry/authorization.h"
#include "registry/endpoint.h"
#include "registry/retry.h"
#include "registry/secret.h"

#include <pthread.h>
#include <sys/random.h>
#include <unistd.h>

#define AUTHORIZATIONS_MAX 2 /* times that one request may ask for a new authorization */

struct session {
	const struct place *place; /* borrowed */
	struct endpoint endpoint;
	const char *insecure_host; /* the endpoint's, or NULL */
	struct session_options options;
	struct authorization authorization;
	pthread_mutex_t lock; /* of what follows */
	bool has_certificates; /* below, which stay as they are then */
	struct certificates certificates; /* found for the registry */
	struct str authorities; /* all that the options and the certificates say */
	struct http_identity identity; /* its host NULL: there is no client certificate */
	bool answered;
};

/* May the place be anybody? It says so itself, or the command does of the registry that it names. */
static bool place_is_insecure(const struct place *place, const struct session_options *options)
{
	return place->is_insecure || (options->tls == SESSION_TLS_INSECURE && !place->is_elsewhere);
}

static struct authorization_wants session_wants(const struct session_options *options)
{
	return (struct authorization_wants) {
		.actions = options->rights == SESSION_PUSH ? "pull,push" : "pull",
		.sources = options->sources,
	};
}

struct session *session_open(const struct place *place, const struct session_options *options,
			     struct error *err)
{
	autosession struct session *session = xcalloc(1, sizeof(*session));
	const struct authorization_wants wants = session_wants(options);

	session->endpoint = (struct endpoint)ENDPOINT_INIT;
	pthread_mutex_init(&session->lock, NULL);
	session->certificates = (struct certificates)CERTIFICATES_INIT;
	session->authorities = (struct str)STR_INIT;
	session->options = *options;
	session->place = place;
	authorization_init(&session->authorization, place, options->logins, &wants);
	if (endpoint_init(&session->endpoint, place->registry,
			  place_is_insecure(place, options) ? ENDPOINT_INSECURE : ENDPOINT_SECURE,
			  err) < 0)
		return NULL;
	if (place_is_insecure(place, options))
		session->insecure_host = session->endpoint.host;
	return steal(&session);
}

void session_free(struct session *session)
{
	if (!session)
		return;
	endpoint_release(&session->endpoint);
	pthread_mutex_destroy(&session->lock);
	authorization_release(&session->authorization);
	certificates_release(&session->certificates);
	str_release(&session->authorities);
	free(session);
}

void session_cleanup(struct session **session)
{
	session_free(*session);
	*session = NULL;
}

/* The certificates of --cert-dir are for the registry that the command names: a mirror is another server. */
static const struct certificates *given_certificates(const struct session *session)
{
	return session->place->is_elsewhere ? NULL : session->options.certificates;
}

/* Find out whom to trust, and what to show. The lock is held. */
static int find_certificates(struct session *session, struct error *err)
{
	const struct certificates *certificates = given_certificates(session);
	const struct str *ca = session->options.ca;

	if (session->has_certificates)
		return 0;
	if (!certificates) {
		certificates = &session->certificates;
		if (certificates_find(session->place->registry, &session->certificates, err) < 0) {
			certificates_release(&session->certificates);
			return -1;
		}
	}
	if (ca) {
		str_append_bytes(&session->authorities, ca->data, ca->len);
		str_append_char(&session->authorities, '\n');
	}
	str_append(&session->authorities, certificates->authorities.data);
	if (certificates->client.len)
		session->identity = (struct http_identity) {
			session->endpoint.host,
			&certificates->client,
			&certificates->key,
		};
	session->has_certificates = true;
	return 0;
}

static struct http *connect_heeding(struct session *session, const struct interrupt *interrupt,
				    unsigned timeout, struct error *err)
{
	const struct session_options *options = &session->options;
	struct http_options http = {
		.insecure_host = session->insecure_host,
		.timeout = timeout,
		.low_speed = options->low_speed,
		.interrupt = interrupt,
	};
	int result;

	pthread_mutex_lock(&session->lock);
	result = find_certificates(session, err);
	pthread_mutex_unlock(&session->lock);
	if (result < 0)
		return NULL;
	http.ca = session->authorities.len ? &session->authorities : NULL;
	http.identity = session->identity.host ? &session->identity : NULL;
	return http_new(&http, err);
}

struct http *session_connect(struct session *session, struct error *err)
{
	return connect_heeding(session, session->options.interrupt, session->options.timeout, err);
}

struct http *session_connect_deaf(struct session *session, unsigned timeout, struct error *err)
{
	return connect_heeding(session, NULL, timeout, err);
}

enum session_rights session_rights(const struct session *session)
{
	return session->options.rights;
}

bool session_has_url(const struct session *session, const struct http *http, const char *url)
{
	autofree char *own = endpoint_url(&session->endpoint, "");
	autourl struct url there = URL_INIT;
	autourl struct url here = URL_INIT;

	return http_parse_url(http, url, &there, NULL) == 0 &&
	       http_parse_url(http, own, &here, NULL) == 0 &&
	       strcmp(there.origin, here.origin) == 0;
}

const char *session_authority(const struct session *session)
{
	return session->endpoint.authority;
}

char *session_login_origin(struct session *session)
{
	return authorization_origin(&session->authorization);
}

/* A repository that strangers may not see is 403 or 404 to them. */
static bool may_be_hidden(const struct http_response *response)
{
	return response->status == 403 || response->status == 404;
}

/* Find another authorization for a request that was refused: 1, 0 when there is none, -1. */
static int authorize_again(struct session *session, struct http *http, const char *url,
			   const struct http_response *response, unsigned generation,
			   struct error *err)
{
	autofree char *base = NULL;

	if (response->foreign)
		return 0;
	if (response->status == 401)
		return authorization_answer(&session->authorization, http, url, response,
					    generation, err);
	if (!may_be_hidden(response))
		return 0;
	base = endpoint_url(&session->endpoint, "");
	return authorization_offer(&session->authorization, http, base, generation, err);
}

/* Send once, and again with a new authorization when the registry asks for one. */
static int send_authorized(struct session *session, struct http *http,
			   struct session_request *outer, struct http_response *ret,
			   struct error *err)
{
	struct http_request *request = &outer->http;

	if (outer->is_elsewhere)
		return http_send(http, request, ret, err);
	for (int authorizations = 0;; authorizations++) {
		unsigned generation;
		autosecrettext char *value = NULL;
		int result;

		if (authorization_get(&session->authorization, http, &value, &generation, err) < 0)
			return -1;
		request->authorization = value;
		result = http_send(http, request, ret, err);
		request->authorization = NULL;
		if (result < 0 || outer->takes_any_answer || authorizations == AUTHORIZATIONS_MAX)
			return result;
		result = authorize_again(session, http, request->url, ret, generation, err);
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

bool session_is_temporary(struct session *session, const struct http *http, int result,
			  const struct http_response *response, const struct error *failure)
{
	bool answered = was_answered(session, http);

	if (result == 0)
		return retry_is_temporary(response->status);
	return failure->code == ERROR_TEMPORARY && answered;
}

static bool is_worth_retrying(struct session *session, const struct http *http,
			      const struct session_request *request, int result,
			      const struct http_response *response, const struct error *failure)
{
	bool is_temporary = session_is_temporary(session, http, result, response, failure);
	bool is_final = request->is_optional || request->takes_any_answer;

	return is_temporary && !request->is_single && !(result == 0 && is_final);
}

static uint32_t random_number(void)
{
	uint32_t number = 0;

	/* Without one, all is as it was before there was chance. */
	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		return 0;
	return number;
}

int session_back_off(const struct session *session, unsigned attempt,
		     const struct http_response *response, struct error *err)
{
	const struct retry_advice advice = {
		.retry_after = http_header(response, "retry-after", 0),
		.date = http_header(response, "date", 0),
		.now = clock_wall_ns() / CLOCK_NS,
	};
	int delay;

	if (attempt >= session->options.retries)
		return 0;
	delay = retry_delay(attempt, &advice, random_number());
	if (!session->options.interrupt) {
		usleep((unsigned)delay * 1000);
		return 1;
	}
	return interrupt_wait(session->options.interrupt, delay) ? interrupt_error(err) : 1;
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
	for (unsigned attempt = 0;;) {
		bool was_without_range = request->without_range;
		struct error failure = { 0 };
		int result;
		int waited;

		request->http.offset = resume_offset(request);
		result = send_authorized(session, http, request, ret, &failure);
		if (has_refused_range(request, result, ret))
			request->without_range = true;
		if (request->without_range && !was_without_range && request->http.offset)
			continue;
		if (!is_worth_retrying(session, http, request, result, ret, &failure))
			return result < 0 ? error_move(err, &failure) : result;
		waited = session_back_off(session, attempt++, ret, err);
		if (waited < 0)
			return -1;
		if (waited == 0)
			return result < 0 ? error_move(err, &failure) : result;
	}
}

char *session_url(const struct session *session, const char *path)
{
	const char *repository = session->place->repository;
	autofree char *whole = xasprintf("%s%s%s", repository, *repository ? "/" : "", path);

	return endpoint_url(&session->endpoint, whole);
}

static int add_tls_hint(struct error *err)
{
	/* The second is libcurl's, of a machine that has no bundle of authorities. */
	if ((error_is(err, ERROR_VERIFY) &&
	     (error_mentions(err, "SSL") || error_mentions(err, "certificate"))) ||
	    error_mentions(err, "error setting certificate file"))
		error_default_hint(
			err,
			"name the authority with --ca-file FILE, or, for this host alone, give up verification with --tls-verify=false");
	return -1;
}

int session_send(struct session *session, struct http *http, struct session_request *request,
		 struct http_response *ret, struct error *err)
{
	autofree char *url = NULL;
	int result;

	if (endpoint_decide_scheme(&session->endpoint, http, session->options.interrupt, err) < 0)
		return add_tls_hint(err);
	url = request->url ? xstrdup(request->url) : session_url(session, request->path);
	request->http.url = url;
	result = send_with_retries(session, http, request, ret, err);
	request->http.url = NULL;
	return result < 0 ? add_tls_hint(err) : 0;
}
