/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_sending.h"

#include "base/alloc.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SEND_BUFFER (256L << 10)
#define UNSENT_MAX (512 << 10) /* bytes that the connection takes before it has sent others */

static const char *const method_names[] = {
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
};

bool http_sending_is_form(const struct http_request *request)
{
	return request->method == HTTP_POST && request->form;
}

static bool sends_body(const struct http_request *request)
{
	return request->method > HTTP_HEAD && !http_sending_is_form(request) && request->body;
}

/* Let the kernel take no more of the body than goes soon. */
static void limit_unsent(CURL *easy)
{
	curl_socket_t fd = CURL_SOCKET_BAD;
	int limit = UNSENT_MAX;

	if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &limit, sizeof(limit));
}

/* The next bytes of the body: CURLOPT_READFUNCTION. */
static size_t read_body(char *buffer, size_t size, size_t count, void *opaque)
{
	struct http_exchange *x = opaque;
	const struct http_body *body = x->request->body;
	uint64_t left = body->length - x->sent;
	size_t room = size * count;
	ssize_t len = 0;

	if (left == 0)
		return 0;
	if (x->sent == 0)
		limit_unsent(x->http->easy);
	len = body->read(body->data, buffer, left < room ? (size_t)left : room, x->sent,
			 &x->failure);
	if (len == 0)
		error_set(&x->failure, ERROR_FAILED, "what is sent ended after %llu of %llu bytes",
			  (unsigned long long)x->sent, (unsigned long long)body->length);
	if (len <= 0)
		return CURL_READFUNC_ABORT;
	x->sent += (uint64_t)len;
	patience_enter(x->patience, http_sending_phase(x));
	patience_count(x->patience, (uint64_t)len);
	return (size_t)len;
}

/* libcurl begins anew, over another connection: CURLOPT_SEEKFUNCTION. Nobody knows what of the body was heard
 * over the first one. */
static int seek_body(void *opaque, curl_off_t offset, int origin)
{
	struct http_exchange *x = opaque;

	if (origin != SEEK_SET || (x->sent && x->request->body->is_taken_in_parts))
		return CURL_SEEKFUNC_FAIL;
	x->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

/* Out of memory while adding means a request without that header: the server then refuses. */
static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
	autofree char *line = value ? xasprintf("%s: %s", name, value) : NULL;
	struct curl_slist *longer = line ? curl_slist_append(list, line) : NULL;

	return longer ? longer : list;
}

/* The form stays where it is: libcurl copies nothing of it, and names its type. */
static void set_form(CURL *easy, const char *form)
{
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(form));
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, form);
}

/* To libcurl every body is an upload, which it calls as it is told. Returns the headers with those of the
 * body. */
static struct curl_slist *set_body(struct http_exchange *x, struct curl_slist *headers)
{
	const struct http_body *body = x->request->body;
	CURL *easy = x->http->easy;

	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BUFFER);
	curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)body->length);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_body);
	curl_easy_setopt(easy, CURLOPT_READDATA, x);
	curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek_body);
	curl_easy_setopt(easy, CURLOPT_SEEKDATA, x);
	headers = add_header(headers, "Expect", ""); /* a name without a value takes it out */
	headers = add_header(headers, "Content-Type", body->type);
	return add_header(headers, "Content-Range", body->range);
}

/* With its end: some registries understand no range without one. */
static void set_range(CURL *easy, const struct http_request *request)
{
	char range[48];

	snprintf(range, sizeof(range), "%llu-%llu", (unsigned long long)request->offset,
		 (unsigned long long)request->max - 1);
	curl_easy_setopt(easy, CURLOPT_RANGE, range);
}

struct curl_slist *http_sending_prepare(struct http_exchange *x, const char *authorization)
{
	const struct http_request *request = x->request;
	struct curl_slist *headers = NULL;
	CURL *easy = x->http->easy;

	headers = add_header(headers, "Accept", request->accept);
	headers = add_header(headers, "Authorization", authorization);
	curl_easy_setopt(easy, CURLOPT_URL, x->url->text);
	if (request->method == HTTP_HEAD)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	if (http_sending_is_form(request))
		set_form(easy, request->form);
	if (sends_body(request))
		headers = set_body(x, headers);
	if (!http_sending_is_form(request) && request->method > HTTP_HEAD)
		curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method_names[request->method]);
	if (request->offset)
		set_range(easy, request);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	return headers;
}

enum patience_phase http_sending_phase(const struct http_exchange *x)
{
	bool is_sending = sends_body(x->request) && x->sent < x->request->body->length;

	return is_sending ? PATIENCE_SEND : PATIENCE_HEAD;
}
