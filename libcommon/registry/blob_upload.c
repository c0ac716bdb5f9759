/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/blob_upload.h"

#include "base/alloc.h"
#include "base/number.h"
#include "net/url.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define BLOB_TYPE "application/octet-stream"
#define ANSWER_MAX (64U << 10) /* bytes; nothing in them is of interest */
#define STORE_RATE (8U << 20) /* bytes that a registry puts away in a second, at least */
#define STORE_TIME_MAX 3600 /* seconds */

void blob_upload_release(struct blob_upload *u)
{
	if (!u)
		return;
	free(u->location);
	u->location = NULL;
}

void blob_upload_forget(struct blob_upload *u)
{
	blob_upload_release(u);
	u->is_elsewhere = false;
	u->offset = 0;
	u->least_chunk = 0;
}

bool blob_upload_range(const struct http_response *response, uint64_t *ret_bytes)
{
	static const char unit[] = "bytes=";
	const char *value = http_header(response, "range", 0);
	uint64_t last;

	if (!value)
		return false;
	/* The specification has no unit here, some registries have. */
	if (strncasecmp(value, unit, sizeof(unit) - 1) == 0)
		value += sizeof(unit) - 1;
	if (!str_starts_with(value, "0-") ||
	    number_parse(value + 2, UINT64_MAX - 1, &last, NULL) < 0)
		return false;
	/* "0-0" is what registries say of nothing too; and the first byte alone is sent by nobody. */
	*ret_bytes = last ? last + 1 : 0;
	return true;
}

static int location_error(const struct url *from, struct error *err)
{
	error_prefix(err, "%s says where the upload goes on", from->origin);
	if (!error_mentions(err, "not encrypted"))
		return -1;
	return error_hint(
		err,
		"the registry does not know that it is reached by https: the proxy before it must say so (X-Forwarded-Proto)");
}

int blob_upload_follow(struct blob_upload *u, const struct http_response *response,
		       struct error *err)
{
	const char *location = http_header(response, "location", 0);
	autourl struct url from = URL_INIT;
	autourl struct url next = URL_INIT;

	if (!location)
		return 0;
	if (http_parse_url(u->http, response->url, &from, err) < 0)
		return -1;
	if (url_redirect(&from, location, &next, err) < 0)
		return location_error(&from, err);
	next.text[strcspn(next.text, "#")] = '\0';
	free(u->location);
	u->location = steal(&next.text);
	u->is_elsewhere = u->is_elsewhere || response->foreign ||
			  !session_has_url(u->session, u->http, u->location);
	return 0;
}

/* What the session is asked with, new: below the repository. */
static char *begin_path(const struct blob_upload *u, const char *mount_from)
{
	const struct digest *digest = &u->blob->digest;
	autostr struct str path = STR_INIT;

	str_append(&path, "blobs/uploads/");
	if (mount_from) {
		str_append(&path, "?mount=");
		url_append_escaped(&path, digest->text, "");
		str_append(&path, "&from=");
		url_append_escaped(&path, mount_from, "");
	} else if (digest->algorithm != DIGEST_SHA256) {
		str_appendf(&path, "?digest-algorithm=%s",
			    digest_algorithm_name(digest->algorithm));
	}
	return str_steal(&path);
}

/* The least size of a piece, where the registry names one. */
static uint64_t read_least_chunk(const struct http_response *response)
{
	const char *value = http_header(response, "oci-chunk-min-length", 0);
	uint64_t least = 0;

	return value && number_parse(value, UINT64_MAX, &least, NULL) == 0 ? least : 0;
}

int blob_upload_begin(struct blob_upload *u, const char *mount_from, struct http_response *response,
		      struct error *err)
{
	autofree char *path = begin_path(u, mount_from);
	const struct http_body nothing = { .length = 0 };
	struct session_request request = {
		.path = path,
		.http = { .method = HTTP_POST, .body = &nothing, .max = ANSWER_MAX },
		.takes_any_answer = mount_from != NULL,
	};

	if (session_send(u->session, u->http, &request, response, err) < 0)
		return -1;
	if (response->status == 201 && mount_from)
		return BLOB_UPLOAD_MOUNTED;
	if (response->status != 202)
		return BLOB_UPLOAD_REFUSED;
	if (!http_header(response, "location", 0))
		return error_set(err, ERROR_FAILED, "%s does not say where the upload goes on",
				 session_authority(u->session));
	u->least_chunk = read_least_chunk(response);
	return blob_upload_follow(u, response, err);
}

static ssize_t read_blob(void *data, void *buffer, size_t len, uint64_t offset, struct error *err)
{
	const struct blob_upload *u = data;
	uint64_t position = u->offset + offset;
	ssize_t n = pread(u->fd, buffer, len, (off_t)position);

	if (n < 0)
		return error_errno(err, "cannot read blob %s", u->blob->digest.text);
	progress_update(u->progress, u->task, position + (uint64_t)n);
	return n;
}

/* Seconds that a registry may take to put so many bytes away, beside the usual ones. */
static unsigned store_time(uint64_t bytes)
{
	uint64_t seconds = bytes / STORE_RATE;

	return seconds < STORE_TIME_MAX ? (unsigned)seconds : STORE_TIME_MAX;
}

/* Send a request by which the upload goes on, at that URL. */
static int send_on(struct blob_upload *u, struct http_request *http, const char *url,
		   struct http_response *response, struct error *err)
{
	struct session_request request = { .url = url,
					   .is_elsewhere = u->is_elsewhere,
					   .is_single = true };

	http->max = ANSWER_MAX;
	request.http = *http;
	return session_send(u->session, u->http, &request, response, err);
}

int blob_upload_send(struct blob_upload *u, uint64_t len, struct http_response *response,
		     struct error *err)
{
	char range[48];
	const struct http_body body = { .length = len,
					.type = BLOB_TYPE,
					.range = range,
					.read = read_blob,
					.data = u,
					.is_taken_in_parts = true };
	struct http_request request = { .method = HTTP_PATCH,
					.body = &body,
					.answer_time = store_time(len) };

	snprintf(range, sizeof(range), "%" PRIu64 "-%" PRIu64, u->offset, u->offset + len - 1);
	return send_on(u, &request, u->location, response, err);
}

/* The location with the digest in its query, new. */
static char *finish_url(const struct blob_upload *u)
{
	autostr struct str url = STR_INIT;

	str_append(&url, u->location);
	str_append(&url, strchr(u->location, '?') ? "&digest=" : "?digest=");
	url_append_escaped(&url, u->blob->digest.text, "");
	return str_steal(&url);
}

int blob_upload_finish(struct blob_upload *u, struct http_response *response, struct error *err)
{
	autofree char *url = finish_url(u);
	const struct http_body body = { .length = u->offset ? 0 : u->blob->size,
					.type = BLOB_TYPE,
					.read = read_blob,
					.data = u,
					.is_taken_in_parts = true };
	/* All of the blob is put together now, even when all of it came before. */
	struct http_request request = { .method = HTTP_PUT,
					.body = &body,
					.answer_time = store_time(u->blob->size) };

	return send_on(u, &request, url, response, err);
}

int blob_upload_ask(struct blob_upload *u, struct http_response *response, struct error *err)
{
	struct http_request request = { .method = HTTP_GET };

	return send_on(u, &request, u->location, response, err);
}

void blob_upload_cancel(struct blob_upload *u)
{
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct blob_upload deaf = *u;
	struct http_request request = { .method = HTTP_DELETE,
					.total_timeout = BLOB_UPLOAD_CANCEL_TIME };

	if (!u->location)
		return;
	deaf.http = session_connect_deaf(u->session, BLOB_UPLOAD_CANCEL_TIME, NULL);
	if (deaf.http)
		send_on(&deaf, &request, u->location, &response, NULL);
	http_free(deaf.http);
	blob_upload_forget(u);
}
