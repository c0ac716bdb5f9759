/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_answer.h"

#include "base/alloc.h"
#include "net/http_exchange.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Two lengths that differ mean two ends of one answer, and each reader chooses its own (RFC 9112, section
 * 6.3). */
static int check_length(struct http_exchange *x)
{
	const char *first = http_header(x->response, "content-length", 0);
	const char *other;

	for (size_t i = 1; (other = http_header(x->response, "content-length", i)); i++)
		if (strcmp(first, other) != 0)
			return error_set(&x->failure, ERROR_VERIFY,
					 "the answer has two lengths, '%s' and '%s'", first, other);
	return 0;
}

/* The empty line behind headers: those of an answer, or of a 1xx before it. */
static int end_head(struct http_exchange *x)
{
	long status = 0;

	curl_easy_getinfo(x->http->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return 0;
	patience_enter(x->patience, PATIENCE_BODY);
	return check_length(x);
}

size_t http_answer_take_header(char *data, size_t size, size_t count, void *exchange)
{
	struct http_exchange *x = exchange;
	size_t len = size * count;
	autofree char *line = NULL;
	char *colon;

	x->http->answered = true;
	x->header_bytes += len;
	if (x->header_bytes > HTTP_HEADERS_MAX) {
		error_set(&x->failure, ERROR_VERIFY, "the answer has more than %u bytes of headers",
			  HTTP_HEADERS_MAX);
		return 0;
	}
	/* A new status line: what came before was 1xx. */
	if (len > 5 && strncmp(data, "HTTP/", 5) == 0)
		http_response_clear(x->response);
	line = xstrndup(data, len);
	line[strcspn(line, "\r\n")] = '\0';
	if (!*line)
		return end_head(x) < 0 ? 0 : len;
	colon = strchr(line, ':');
	if (!colon)
		return len;
	for (char *p = line; p < colon; p++)
		*p = (char)tolower((unsigned char)*p);
	strlist_take(&x->response->headers, steal(&line));
	return len;
}

/* What was asked for are the bytes as they are stored. */
static int check_coding(struct http_exchange *x)
{
	const char *coding;

	for (size_t i = 0; (coding = http_header(x->response, "content-encoding", i)); i++)
		if (*coding && strcasecmp(coding, "identity") != 0)
			return error_set(
				&x->failure, ERROR_VERIFY,
				"the answer has the content coding '%s', which nobody asked for",
				coding);
	return 0;
}

static int begin_body(struct http_exchange *x)
{
	curl_off_t announced = -1;

	x->begun = true;
	if (check_coding(x) < 0)
		return -1;
	curl_easy_getinfo(x->http->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
	if (announced > 0 && (uint64_t)announced > x->request->max)
		return error_set(&x->failure, ERROR_VERIFY,
				 "the answer has %lld bytes, at most %llu were expected",
				 (long long)announced, (unsigned long long)x->request->max);
	if (x->request->sink && x->request->sink->begin)
		return x->request->sink->begin(x->request->sink->data, x->response, &x->failure);
	return 0;
}

size_t http_answer_take_body(char *data, size_t size, size_t count, void *exchange)
{
	struct http_exchange *x = exchange;
	size_t len = size * count;

	patience_count(x->patience, len);
	curl_easy_getinfo(x->http->easy, CURLINFO_RESPONSE_CODE, &x->response->status);
	if (x->response->status / 100 != 2) {
		size_t room = HTTP_ERROR_BODY_MAX - x->response->body.len;

		str_append_bytes(&x->response->body, data, len < room ? len : room);
		x->enough = len >= room;
		return x->enough ? 0 : len;
	}
	if (!x->begun && begin_body(x) < 0)
		return 0;
	if (len > x->request->max - x->received) {
		error_set(&x->failure, ERROR_VERIFY, "the answer is larger than the %llu bytes %s",
			  (unsigned long long)x->request->max,
			  x->request->sink ? "stated" : "allowed");
		return 0;
	}
	x->received += len;
	if (!x->request->sink)
		str_append_bytes(&x->response->body, data, len);
	else if (x->request->sink->write(x->request->sink->data, data, len, &x->failure) < 0)
		return 0;
	return len;
}
