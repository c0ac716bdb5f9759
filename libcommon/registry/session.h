/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session with one repository of a registry: where it answers, who asks, and what is tried again.
 *
 *	autosession struct session *session = session_open(&place, &options, err);
 *	autohttp struct http *http = session ? session_connect(session, err) : NULL;
 *	struct session_request request = { .path = "manifests/3.20",
 *					   .http = { .method = HTTP_GET, .max = MANIFEST_MAX } };
 *
 *	if (!http || session_send(session, http, &request, &response, err) < 0) ...
 *
 *  - Several threads may use one session, each with a connection of its own; the authorization is
 *    shared (registry/authorization.h).
 *  - Credentials are sent only to the registry that asked for them (registry/credentials.h), and
 *    never to where it redirects: nobody there may ask for any.
 *  - What fails for a moment (network, 429, 5xx) is tried again a bounded number of times
 *    (registry/retry.h); a registry that never answered is not asked twice.
 */
#ifndef REGISTRY_SESSION_H
#define REGISTRY_SESSION_H

#include "net/http.h"
#include "registry/certificates.h"
#include "registry/credential_search.h"
#include "registry/place.h"

enum session_tls {
	SESSION_TLS_VERIFY,
	/* Asked for: the certificate of the name's own registry is not verified, and it may speak plain
	 * HTTP. */
	SESSION_TLS_INSECURE,
};

/* What is to be done in the repository. */
enum session_rights {
	SESSION_PULL,
	SESSION_PUSH, /* and to pull, because what is there is asked for first */
};

/* Everything is borrowed, and must outlive the session. */
struct session_options {
	const struct credential_search *logins; /* asked once the registry asks who is there */
	enum session_tls tls;
	const struct str *ca; /* PEM, to trust everywhere; NULL: none beside the system's */
	/* For the name's own registry; NULL: what certificates_find() says, as for mirrors. */
	const struct certificates *certificates;
	unsigned timeout; /* seconds; 0: the default of net/http.h */
	struct http_low_speed low_speed;
	unsigned retries;
	const struct interrupt *interrupt; /* or NULL */
	enum session_rights rights;
	/* Other repositories of the registry that its tokens shall be good for reading, so that blobs can be
	 * mounted from there (registry/upload.h); or NULL. */
	const struct strlist *sources;
};

struct session;

/* No server is asked yet. The place is borrowed too. ERROR_USAGE when its registry cannot be one. */
struct session *session_open(const struct place *place, const struct session_options *options,
			     struct error *err);
void session_free(struct session *session);
void session_cleanup(struct session **session);
#define autosession autocleanup(session_cleanup)

/* A connection for one thread, to be freed with http_free(). The session outlives it. The first one reads
 * the certificates that are there for the registry. */
struct http *session_connect(struct session *session, struct error *err);

/* The same for what is undone at the end: signals do not end its requests, so the server, and one that gives
 * tokens, is waited for no longer than so many seconds in each phase. */
struct http *session_connect_deaf(struct session *session, unsigned timeout, struct error *err);

/* What the session was opened for. */
enum session_rights session_rights(const struct session *session);

/* Is the URL one of the session's server: of that scheme, host and port? A request must have been sent
 * before. */
bool session_has_url(const struct session *session, const struct http *http, const char *url);

/* The server's HOST[:PORT], for messages. Borrowed. */
const char *session_authority(const struct session *session);

/* Where the login was found that the registry was last shown, for messages: new. NULL when it was shown
 * none. */
char *session_login_origin(struct session *session);

/* The URL of a path below the repository, new; of one below /v2/ for a place without a repository. A request
 * must have been sent before: the scheme is known then. */
char *session_url(const struct session *session, const char *path);

struct session_request {
	const char *path; /* as of session_url(): "manifests/3.20" */
	const char *url; /* NULL: that of path; else a whole URL in its stead, which must be of this
			  * session's server, or is_elsewhere */
	bool is_elsewhere; /* another server's: nobody there is told who asks, or may ask for it */
	struct http_request http; /* url, authorization and offset are the session's to fill */
	/* How many bytes of the body are there already, looked at before each attempt, which then
	 * asks for the rest. NULL: each attempt asks for all. */
	const uint64_t *received;
	/* The server's ranges are of no use: further attempts ask for all. Set at status 416, and by
	 * a sink that was given another range (it fails with ERROR_TEMPORARY then). The attempt that showed
	 * it does not count. */
	bool without_range;
	bool is_optional; /* the caller can do without: no status is a reason to try again */
	/* Whatever is answered is final, also a 401: the caller can do without, and goes on in another way. */
	bool takes_any_answer;
	/* It is made once, and again only where the server asked who is there: what has failed for a moment is
	 * the caller's to try again, in another way (session_is_temporary(), session_back_off()). */
	bool is_single;
};

/* Send the request. Succeeds with whatever status is final; fails as http_send() does. */
int session_send(struct session *session, struct http *http, struct session_request *request,
		 struct http_response *ret, struct error *err);

/* May what session_send() has returned (result, and one of response and failure) be another thing later? */
bool session_is_temporary(struct session *session, const struct http *http, int result,
			  const struct http_response *response, const struct error *failure);

/* Wait before something is tried for the attempt-th time again, from 0 on, as the options and the response say:
 * 1 when it is time, 0 when all tries have been made, -1 when the interrupt was asked to stop. */
int session_back_off(const struct session *session, unsigned attempt,
		     const struct http_response *response, struct error *err);

#endif
