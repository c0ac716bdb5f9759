/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/refusal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "format/json.h"
#include "registry/rate_limit.h"
#include "registry/retry.h"

#include <string.h>

#define STATUS_TOO_MANY 429

/* What the registry says about its refusal: errors[0].message, or nothing. */
static const char *refusal_message(const json_t *body)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(body, "errors"), 0), "message"));
}

/* What to look at when access is denied to that login (NULL: to nobody in particular). */
static const char *denied_hint(enum session_rights rights, const char *login)
{
	static const char log_in_to_push[] =
		"check the name, and log in with ctnr login, or with --creds USER[:PASSWORD]";

	if (rights == SESSION_PUSH)
		return login ? "check the name, and whether that login may write there"
			     : log_in_to_push;
	return login ? "check the name, and whether that login may read the image"
		     : "check the name; if the image is private, log in with "
		       "ctnr login, or with --creds USER[:PASSWORD]";
}

/* The registry denies access, or the image to whom it takes us for. */
static int denied_error(struct session *session, long status, const char *message,
			struct error *err)
{
	autofree char *origin = session_login_origin(session);
	const char *host = session_authority(session);
	const char *colon = *message ? ": " : "";
	const char *with = origin ? ", with " : "";

	if (status == 404)
		return error_set(err, ERROR_NOT_FOUND, "not found on %s%s%s%s%.200s", host, with,
				 origin ? origin : "", colon, message);
	error_set(err, ERROR_FAILED, "%s denies access (HTTP status %ld)%s%s%s%.200s", host, status,
		  with, origin ? origin : "", colon, message);
	return error_hint(err, "%s", denied_hint(session_rights(session), origin));
}

/* The registry has had enough: what it says about when and how much. */
static int rate_error(struct session *session, const struct http_response *response,
		      const char *message, struct error *err)
{
	const struct retry_advice advice = {
		.retry_after = http_header(response, "retry-after", 0),
		.date = http_header(response, "date", 0),
		.now = clock_wall_ns() / CLOCK_NS,
	};
	autofree char *origin = session_login_origin(session);
	int64_t wanted = retry_wanted(&advice);
	struct rate_limit limit;
	autostr struct str text = STR_INIT;

	if (rate_limit_read(response, &limit)) {
		autofree char *left = rate_limit_describe(&limit);

		str_appendf(&text, "; %s", left);
	}
	if (wanted > 0)
		str_appendf(&text, "; it wants to be asked again in %lld seconds",
			    (long long)wanted);
	error_set(err, ERROR_TEMPORARY,
		  "%s allows no more requests for now (HTTP status 429)%s%.200s%s",
		  session_authority(session), *message ? ": " : "", message, text.data);
	return error_hint(
		err, "%s",
		origin ? session_rights(session) == SESSION_PUSH
				 ? "wait, and push again"
				 : "wait, or ask another registry that has the image"
		       : "wait, or log in: most registries allow more to those whom they know");
}

int refusal_error(struct session *session, const struct http_response *response, struct error *err)
{
	autojson json_t *body = json_parse(response->body.data, response->body.len, "error", NULL);
	const char *message = refusal_message(body);
	long status = response->status;

	message = message ? message : "";
	if (status == 401 || status == 403 || status == 404)
		return denied_error(session, status, message, err);
	if (status == STATUS_TOO_MANY)
		return rate_error(session, response, message, err);
	return error_set(err, retry_is_temporary(status) ? ERROR_TEMPORARY : ERROR_FAILED,
			 "%s answered with HTTP status %ld%s%.200s", session_authority(session),
			 status, *message ? ": " : "", message);
}

bool refusal_misses_blob(const struct http_response *response)
{
	autojson json_t *body = json_parse(response->body.data, response->body.len, "error", NULL);
	const char *code = json_string_value(
		json_object_get(json_array_get(json_object_get(body, "errors"), 0), "code"));

	return code &&
	       (strcmp(code, "MANIFEST_BLOB_UNKNOWN") == 0 || strcmp(code, "BLOB_UNKNOWN") == 0);
}
