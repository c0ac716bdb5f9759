/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/alloc.h"

#include <curl/curl.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <pthread.h>
#include <strings.h>

#define DEFAULT_TIMEOUT 30 /* seconds */
#define RECEIVE_BUFFER (128L << 10)

struct http {
	CURLM *multi; /* keeps the connections */
	CURL *easy;
	struct http_options options;
	bool answered;
};

/* One request to one URL: redirects are new exchanges. */
struct exchange {
	struct http *http;
	const struct http_request *request;
	struct http_response *response;
	size_t header_bytes;
	uint64_t received;
	bool begun;
	bool enough; /* ended by us: the rest of an error's body is of no interest */
	struct error failure; /* why a callback ended it */
};

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct http *http_new(const struct http_options *options, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	autohttp struct http *http = xcalloc(1, sizeof(*http));

	pthread_once(&once, global_init);
	http->options = *options;
	if (!http->options.timeout)
		http->options.timeout = DEFAULT_TIMEOUT;
	http->multi = curl_multi_init();
	http->easy = curl_easy_init();
	if (!http->multi || !http->easy) {
		error_set(err, ERROR_FAILED, "cannot start libcurl");
		return NULL;
	}
	return steal(&http);
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->easy);
	curl_multi_cleanup(http->multi);
	free(http);
}

void http_cleanup(struct http **http)
{
	http_free(*http);
	*http = NULL;
}

bool http_was_answered(const struct http *http)
{
	return http->answered;
}

void http_response_release(struct http_response *response)
{
	if (!response)
		return;
	strlist_release(&response->headers);
	str_release(&response->body);
}

static void response_clear(struct http_response *response)
{
	response->status = 0;
	strlist_release(&response->headers);
	response->headers = (struct strlist)STRLIST_INIT;
	str_clear(&response->body);
}

const char *http_header(const struct http_response *response, const char *name, size_t nth)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < response->headers.len; i++) {
		const char *line = response->headers.items[i];

		if (strncmp(line, name, len) != 0 || line[len] != ':' || nth-- > 0)
			continue;
		line += len + 1;
		return line + strspn(line, " \t");
	}
	return NULL;
}

bool http_host_is_loopback(const char *host)
{
	size_t len = strlen(host);
	autofree char *bare = host[0] == '[' && host[len - 1] == ']' ? xstrndup(host + 1, len - 2)
								     : xstrdup(host);
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, bare, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, bare, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6);
	return strcasecmp(bare, "localhost") == 0;
}

static void cleanup_url(CURLU **url)
{
	curl_url_cleanup(*url);
}

static void cleanup_curl_string(char **text)
{
	curl_free(*text);
}
#define autourl autocleanup(cleanup_url)
#define autocurl autocleanup(cleanup_curl_string)

static char *url_host(const CURLU *url)
{
	autocurl char *host = NULL;
	autofree char *bare = NULL;
	size_t len;

	if (curl_url_get((CURLU *)url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		return NULL;
	len = strlen(host);
	bare = host[0] == '[' && host[len - 1] == ']' ? xstrndup(host + 1, len - 2) : xstrdup(host);
	for (char *p = bare; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return steal(&bare);
}

char *http_url_host(const char *text)
{
	autourl CURLU *url = curl_url();

	if (!url || curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK)
		return NULL;
	return url_host(url);
}

/* "https://host:443", lower case, the port always written. New; NULL when it is no URL. */
static char *url_origin(const CURLU *url)
{
	autofree char *host = url_host(url);
	autocurl char *scheme = NULL;
	autocurl char *port = NULL;

	if (!host || curl_url_get((CURLU *)url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get((CURLU *)url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK)
		return NULL;
	return strchr(host, ':') ? xasprintf("%s://[%s]:%s", scheme, host, port)
				 : xasprintf("%s://%s:%s", scheme, host, port);
}

/* The rules for where a request may go at all. */
static int check_origin(const char *origin, const char *host, struct error *err)
{
	if (str_starts_with(origin, "https://"))
		return 0;
	if (!str_starts_with(origin, "http://"))
		return error_set(err, ERROR_VERIFY, "'%s' is neither https nor http", origin);
	if (!http_host_is_loopback(host))
		return error_set(err, ERROR_VERIFY, "'%s': plain HTTP is for loopback hosts only",
				 origin);
	return 0;
}

static size_t on_header(char *data, size_t size, size_t count, void *opaque)
{
	struct exchange *x = opaque;
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
		response_clear(x->response);
	line = xstrndup(data, len);
	line[strcspn(line, "\r\n")] = '\0';
	colon = strchr(line, ':');
	if (!colon)
		return len;
	for (char *p = line; p < colon; p++)
		*p = (char)tolower((unsigned char)*p);
	strlist_take(&x->response->headers, steal(&line));
	return len;
}

static int begin_body(struct exchange *x)
{
	curl_off_t announced = -1;

	x->begun = true;
	curl_easy_getinfo(x->http->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
	if (announced > 0 && (uint64_t)announced > x->request->max)
		return error_set(&x->failure, ERROR_VERIFY,
				 "the answer has %lld bytes, at most %llu were expected",
				 (long long)announced, (unsigned long long)x->request->max);
	if (x->request->begin)
		return x->request->begin(x->request->sink_data, x->response, &x->failure);
	return 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *opaque)
{
	struct exchange *x = opaque;
	size_t len = size * count;

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
	else if (x->request->sink(x->request->sink_data, data, len, &x->failure) < 0)
		return 0;
	return len;
}

static enum error_code code_of(CURLcode result)
{
	switch (result) {
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_ENGINE_NOTFOUND:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return ERROR_VERIFY;
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_OUT_OF_MEMORY:
		return ERROR_FAILED;
	default:
		return ERROR_TEMPORARY;
	}
}

/* Run the prepared easy handle to its end. */
static int run_exchange(struct exchange *x, CURLcode *ret_result, struct error *err)
{
	const struct interrupt *interrupt = x->http->options.interrupt;
	struct curl_waitfd extra = { .fd = interrupt ? interrupt->fd : -1,
				     .events = CURL_WAIT_POLLIN };
	CURLM *multi = x->http->multi;
	int running = 1;
	CURLMsg *message;
	int left;

	if (curl_multi_add_handle(multi, x->http->easy) != CURLM_OK)
		return error_set(err, ERROR_FAILED, "libcurl refuses the request");
	for (;;) {
		if (curl_multi_perform(multi, &running) != CURLM_OK || !running)
			break;
		curl_multi_poll(multi, &extra, interrupt ? 1 : 0, 1000, NULL);
		if (extra.revents) {
			/* A resolver thread would be waited for, however long that takes. */
			curl_easy_setopt(x->http->easy, CURLOPT_QUICK_EXIT, 1L);
			curl_multi_remove_handle(multi, x->http->easy);
			return interrupt_error(err);
		}
	}
	*ret_result = CURLE_RECV_ERROR;
	while ((message = curl_multi_info_read(multi, &left)))
		if (message->msg == CURLMSG_DONE)
			*ret_result = message->data.result;
	curl_multi_remove_handle(multi, x->http->easy);
	return 0;
}

static void set_policy(struct http *http, const char *host)
{
	CURL *easy = http->easy;
	bool loopback = http_host_is_loopback(host);
	const char *insecure = http->options.insecure_host;
	long timeout = (long)http->options.timeout;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "ctnr/" CTNR_VERSION);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, timeout);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, timeout);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (loopback)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	if (http->options.ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, http->options.ca_file);
	if (insecure && strcasecmp(insecure, host) == 0) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static void cleanup_slist(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* Out of memory while adding means a request without that header: the server then refuses. */
static struct curl_slist *request_headers(const struct http_request *request,
					  const char *authorization)
{
	struct curl_slist *list = NULL;
	autofree char *line = authorization ? xasprintf("Authorization: %s", authorization) : NULL;

	for (size_t i = 0; request->headers && request->headers[i]; i++)
		list = curl_slist_append(list, request->headers[i]);
	if (line)
		list = curl_slist_append(list, line);
	return list;
}

static int exchange(struct exchange *x, const char *url, const char *host,
		    const char *authorization, struct error *err)
{
	autocleanup(cleanup_slist) struct curl_slist *headers =
		request_headers(x->request, authorization);
	char reason[CURL_ERROR_SIZE] = "";
	char range[32];
	CURL *easy = x->http->easy;
	CURLcode result = CURLE_OK;
	int ended;

	curl_easy_reset(easy);
	set_policy(x->http, host);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)x->request->total_timeout);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	if (x->request->offset) {
		snprintf(range, sizeof(range), "%llu-", (unsigned long long)x->request->offset);
		curl_easy_setopt(easy, CURLOPT_RANGE, range);
	}
	response_clear(x->response);
	ended = run_exchange(x, &result, err);
	/* The buffer goes out of scope. */
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
	if (ended < 0)
		return -1;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &x->response->status);
	if (x->failure.code) {
		if (err)
			*err = x->failure;
		return -1;
	}
	if (result == CURLE_OK || x->enough)
		return 0;
	return error_set(err, code_of(result), "%s",
			 reason[0] ? reason : curl_easy_strerror(result));
}

static bool is_redirect(long status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Move url to where the answer points. Returns 1 when it moved, 0 when the answer is no redirect.
 */
static int follow(CURLU *url, const struct http_response *response, struct error *err)
{
	const char *location = http_header(response, "location", 0);
	autocurl char *scheme = NULL;
	autocurl char *next = NULL;

	if (!is_redirect(response->status) || !location)
		return 0;
	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_set(url, CURLUPART_URL, location, CURLU_URLENCODE | CURLU_DISALLOW_USER) !=
		    CURLUE_OK ||
	    curl_url_get(url, CURLUPART_SCHEME, &next, 0) != CURLUE_OK)
		return error_set(err, ERROR_FAILED, "redirected to '%s', which is no URL",
				 location);
	if (strcmp(next, "https") != 0 && strcmp(next, "http") != 0)
		return error_set(err, ERROR_VERIFY,
				 "redirected to '%s', which is neither https nor http", location);
	if (strcmp(scheme, "https") == 0 && strcmp(next, "https") != 0)
		return error_set(err, ERROR_VERIFY,
				 "redirected from https to '%s', which is not encrypted", location);
	return 1;
}

int http_get(struct http *http, const struct http_request *request, struct http_response *ret,
	     struct error *err)
{
	autourl CURLU *url = curl_url();
	autofree char *first_origin = NULL;
	const char *authorization = request->authorization;

	if (!url ||
	    curl_url_set(url, CURLUPART_URL, request->url, CURLU_DISALLOW_USER) != CURLUE_OK)
		return error_set(err, ERROR_FAILED, "'%s' is no URL", request->url);
	first_origin = url_origin(url);
	ret->foreign = false;
	for (int hops = 0; hops <= HTTP_REDIRECTS_MAX; hops++) {
		struct exchange x = { .http = http, .request = request, .response = ret };
		autofree char *origin = url_origin(url);
		autofree char *host = url_host(url);
		autocurl char *text = NULL;
		int moved;

		if (!origin || !host || curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK)
			return error_set(err, ERROR_FAILED, "'%s' leads to no URL", request->url);
		if (check_origin(origin, host, err) < 0)
			return -1;
		/* Once away from home the credentials stay away, also on the way back. */
		if (strcmp(origin, first_origin) != 0) {
			authorization = NULL;
			ret->foreign = true;
		}
		if (exchange(&x, text, host, authorization, err) < 0)
			return error_prefix(err, "%s", origin);
		moved = follow(url, ret, err);
		if (moved < 0)
			return error_prefix(err, "%s", origin);
		if (!moved)
			return 0;
	}
	return error_set(err, ERROR_FAILED, "%s: redirected more than %d times", first_origin,
			 HTTP_REDIRECTS_MAX);
}
