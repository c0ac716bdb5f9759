/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to servers on 127.0.0.1 that answer by a script: one answer for each request, over a
 * connection of its own. What a registry does is in tests/ctnr-fetch; this is what the client does
 * whoever asks.
 */
#include "tap.h"

#include "base/alloc.h"
#include "net/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWERS_MAX 8

struct server {
	int fd;
	unsigned port;
	pthread_t thread;
	const char *answers[ANSWERS_MAX]; /* NULL: no more */
	char requests[ANSWERS_MAX][2048]; /* their heads */
	size_t n_requests;
	bool is_deaf; /* bodies are not read */
	uint64_t body_bytes[ANSWERS_MAX];
	unsigned char body_sums[ANSWERS_MAX]; /* of all bytes */
};

static void read_head(int fd, char *buffer, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(fd, buffer + len, size - 1 - len)) > 0) {
		len += (size_t)n;
		buffer[len] = '\0';
		if (strstr(buffer, "\r\n\r\n"))
			return;
	}
}

/* Read the body, of which the end of the head may have brought the beginning. */
static void read_body(struct server *server, int fd, size_t i)
{
	const char *head = server->requests[i];
	const char *length = strcasestr(head, "\r\nContent-Length: ");
	const char *p = strstr(head, "\r\n\r\n");
	uint64_t left = length ? strtoull(length + 18, NULL, 10) : 0;
	unsigned char buffer[65536];
	ssize_t n = p ? (ssize_t)strlen(p + 4) : 0;

	memcpy(buffer, p + 4, (size_t)n);
	while (left && n >= 0) {
		for (ssize_t k = 0; k < n; k++)
			server->body_sums[i] = (unsigned char)(server->body_sums[i] + buffer[k]);
		server->body_bytes[i] += (uint64_t)n;
		left -= (uint64_t)n;
		if (left && (n = read(fd, buffer, sizeof(buffer))) <= 0)
			return;
	}
}

static void *serve(void *data)
{
	struct server *server = data;

	for (size_t i = 0; server->answers[i]; i++) {
		int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return NULL;
		read_head(fd, server->requests[i], sizeof(server->requests[i]));
		server->n_requests++;
		if (!server->is_deaf)
			read_body(server, fd, i);
		/* The client may have heard enough before the end. */
		(void)send(fd, server->answers[i], strlen(server->answers[i]), MSG_NOSIGNAL);
		close(fd);
	}
	return NULL;
}

/* Bind only: the port is known before the answers are. */
static void server_init(struct server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	*server = (struct server) { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address, len) < 0 ||
	    listen(server->fd, ANSWERS_MAX) < 0 ||
	    getsockname(server->fd, (struct sockaddr *)&address, &len) < 0) {
		perror("# cannot listen on 127.0.0.1");
		exit(EXIT_FAILURE);
	}
	server->port = ntohs(address.sin_port);
}

static void server_start(struct server *server)
{
	pthread_create(&server->thread, NULL, serve, server);
}

/* Ends the wait for requests that did not come. */
static void server_stop(struct server *server)
{
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->fd);
}

static struct http *client(void)
{
	const struct http_options options = { .timeout = 10 };

	return http_new(&options, NULL);
}

#define END "Connection: close\r\n\r\n"
#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Two: a\r\nx-two: b\r\n" END "hello"

static void test_get(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct http_request request = { .method = HTTP_GET,
					.accept = "text/a, text/b",
					.authorization = "Basic c2VjcmV0",
					.offset = 7,
					.max = 12 };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.answers[0] = OK_HELLO;
	server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/x?y", server.port);
	ok(!http_was_answered(http), "nobody has answered yet");
	ok(http_send(http, &request, &response, &err) == 0, "a GET is answered");
	is_int(response.status, 200, "... with a status");
	is_str(response.body.data, "hello", "... and a body");
	is_str(http_header(&response, "x-two", 0), "a", "... and headers, whatever their case");
	is_str(http_header(&response, "x-two", 1), "b", "... each of those of one name");
	is_str(http_header(&response, "x-two", 2), NULL, "... and no more");
	ok(!response.foreign && http_was_answered(http), "... by whom it was asked");
	server_stop(&server);
	ok(strncmp(server.requests[0], "GET /x?y HTTP/1.1\r\n", 19) == 0, "it was a GET");
	ok(strstr(server.requests[0], "\r\nAccept: text/a, text/b\r\n"), "... with Accept");
	ok(strstr(server.requests[0], "\r\nAuthorization: Basic c2VjcmV0\r\n"), "... a login");
	ok(strstr(server.requests[0], "\r\nRange: bytes=7-11\r\n"), "... and a range");
}

static void test_head(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct http_request request = { .method = HTTP_HEAD };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.answers[0] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n" END;
	server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
	ok(http_send(http, &request, &response, &err) == 0, "a HEAD is answered");
	is_str(http_header(&response, "content-length", 0), "1000000", "... with the headers");
	is_int((intmax_t)response.body.len, 0, "... and without a body, whatever its limit");
	server_stop(&server);
	ok(strncmp(server.requests[0], "HEAD / HTTP/1.1\r\n", 17) == 0, "it was a HEAD");
}

static void test_post(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct http_request request = { .method = HTTP_POST, .form = "a=1&b=2", .max = 5 };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.answers[0] = OK_HELLO;
	server.answers[1] = "HTTP/1.1 307 X\r\nLocation: /a\r\nContent-Length: 0\r\n" END;
	server.answers[2] = OK_HELLO;
	server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
	ok(http_send(http, &request, &response, &err) == 0, "a POST is answered");
	is_str(response.body.data, "hello", "... with a body");
	ok(http_send(http, &request, &response, &err) == 0, "a POST may be redirected");
	is_int(response.status, 307, "... which is an answer");
	request.method = HTTP_GET;
	ok(http_send(http, &request, &response, &err) == 0, "a GET may follow");
	server_stop(&server);
	is_int((intmax_t)server.n_requests, 3, "... and no form was sent anywhere else");
	ok(strncmp(server.requests[0], "POST / HTTP/1.1\r\n", 17) == 0, "it was a POST");
	ok(strstr(server.requests[0], "\r\nContent-Type: application/x-www-form-urlencoded\r\n"),
	   "... of a form");
	ok(strstr(server.requests[0], "\r\nContent-Length: 7\r\n"), "... of that length");
	ok(strncmp(server.requests[2], "GET / HTTP/1.1\r\n", 16) == 0, "the GET was a GET again");
}

static bool has_login(const char *request)
{
	return strstr(request, "\r\nAuthorization:") != NULL;
}

/* From home to another origin (the port differs) and back. */
static void test_redirects(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct http_request request = { .authorization = "Basic c2VjcmV0", .max = 5 };
	struct error err = { 0 };
	struct server home;
	struct server away;
	autofree char *url = NULL;
	autofree char *to_away = NULL;
	autofree char *to_home = NULL;

	server_init(&home);
	server_init(&away);
	to_away = xasprintf("HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:%u/b\r\n" END, away.port);
	to_home = xasprintf("HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:%u/c\r\n" END, home.port);
	home.answers[0] = "HTTP/1.1 301 X\r\nLocation: /a\r\n" END;
	home.answers[1] = to_away;
	home.answers[2] = OK_HELLO;
	away.answers[0] = to_home;
	server_start(&home);
	server_start(&away);
	request.url = url = xasprintf("http://127.0.0.1:%u/", home.port);
	ok(http_send(http, &request, &response, &err) == 0, "redirects are followed");
	is_str(response.body.data, "hello", "... to the answer");
	ok(response.foreign, "... which counts as another's");
	server_stop(&home);
	server_stop(&away);
	ok(has_login(home.requests[0]), "the login goes to the first origin");
	ok(has_login(home.requests[1]), "... also to another path of it");
	ok(!has_login(away.requests[0]), "... not to another");
	ok(!has_login(home.requests[2]), "... and not to the first one when a redirect leads back");
}

static void test_harmless(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n" END "hello",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: identity\r\n" END
		"hello",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding:\r\n" END "hello",
		/* RFC 9112, section 6.3: chunks override a length. */
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n" END
		"5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" END "hello",
	};

	for (size_t i = 0; i < array_size(answers); i++) {
		autohttp struct http *http = client();
		autoresponse struct http_response response = HTTP_RESPONSE_INIT;
		struct http_request request = { .max = 5 };
		struct server server;
		autofree char *url = NULL;

		server_init(&server);
		server.answers[0] = answers[i];
		server_start(&server);
		request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
		ok(http_send(http, &request, &response, NULL) == 0 &&
			   strcmp(response.body.data, "hello") == 0,
		   "an odd answer with one meaning is taken");
		server_stop(&server);
	}
}

/* A body of bytes that are not 0, so that a head can be read as text. */
struct source {
	uint64_t reads_from_zero;
	uint64_t ends_at; /* 0: nowhere early */
	bool fails;
};

static ssize_t read_source(void *data, void *buffer, size_t len, uint64_t offset, struct error *err)
{
	struct source *source = data;

	if (source->fails)
		return error_set(err, ERROR_VERIFY, "the source is spoiled");
	source->reads_from_zero += offset == 0;
	if (source->ends_at && offset >= source->ends_at)
		return 0;
	for (size_t i = 0; i < len; i++)
		((unsigned char *)buffer)[i] = (unsigned char)(1 + (offset + i) % 251);
	return (ssize_t)len;
}

static unsigned char source_sum(uint64_t length)
{
	unsigned char sum = 0;

	for (uint64_t i = 0; i < length; i++)
		sum = (unsigned char)(sum + 1 + i % 251);
	return sum;
}

#define BODY_LENGTH 3000000
#define CREATED "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n" END

static void test_body(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct source source = { 0 };
	struct http_body body = { .length = BODY_LENGTH,
				  .type = "application/octet-stream",
				  .range = "0-2999999",
				  .read = read_source,
				  .data = &source };
	struct http_request request = { .method = HTTP_PATCH, .body = &body };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	for (int i = 0; i < 4; i++)
		server.answers[i] = CREATED;
	server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
	if (!ok(http_send(http, &request, &response, &err) == 0, "a body is sent"))
		printf("# %s\n", err.message);
	is_int(response.status, 201, "... and answered");
	is_str(response.url, url, "... by that URL");
	request.method = HTTP_PUT;
	body = (struct http_body) { .length = 0 };
	ok(http_send(http, &request, &response, &err) == 0, "so is one without a byte");
	request.method = HTTP_POST;
	ok(http_send(http, &request, &response, &err) == 0, "... by POST");
	request = (struct http_request) { .method = HTTP_DELETE, .url = url };
	ok(http_send(http, &request, &response, &err) == 0, "and a DELETE has none");
	server_stop(&server);
	ok(strncmp(server.requests[0], "PATCH / HTTP/1.1\r\n", 18) == 0, "it was a PATCH");
	ok(strstr(server.requests[0], "\r\nContent-Length: 3000000\r\n"), "... of that length");
	ok(strstr(server.requests[0], "\r\nContent-Range: 0-2999999\r\n"), "... and range");
	ok(strstr(server.requests[0], "\r\nContent-Type: application/octet-stream\r\n"),
	   "... and type");
	ok(!strcasestr(server.requests[0], "\r\nExpect:"), "... sent without asking first");
	is_int((intmax_t)server.body_bytes[0], BODY_LENGTH, "all of it came");
	is_int(server.body_sums[0], source_sum(BODY_LENGTH), "... as it is");
	ok(strncmp(server.requests[1], "PUT / HTTP/1.1\r\n", 16) == 0 &&
		   strstr(server.requests[1], "\r\nContent-Length: 0\r\n"),
	   "an empty PUT says so");
	ok(strncmp(server.requests[2], "POST / HTTP/1.1\r\n", 17) == 0 &&
		   strstr(server.requests[2], "\r\nContent-Length: 0\r\n") &&
		   !strcasestr(server.requests[2], "\r\nContent-Type:"),
	   "... and so does a POST");
	ok(strncmp(server.requests[3], "DELETE / HTTP/1.1\r\n", 19) == 0, "a DELETE was one");
}

/* From home to another origin by 307, where 303 is an answer. */
static void test_body_redirected(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct source source = { 0 };
	const struct http_body body = { .length = 100000, .read = read_source, .data = &source };
	struct http_request request = { .method = HTTP_PUT,
					.body = &body,
					.authorization = "Basic c2VjcmV0" };
	struct error err = { 0 };
	struct server home;
	struct server away;
	autofree char *url = NULL;
	autofree char *to_away = NULL;

	server_init(&home);
	server_init(&away);
	to_away = xasprintf("HTTP/1.1 307 X\r\nContent-Length: 0\r\n"
			    "Location: http://127.0.0.1:%u/b\r\n" END,
			    away.port);
	home.answers[0] = to_away;
	away.answers[0] = "HTTP/1.1 303 X\r\nLocation: /c\r\nContent-Length: 0\r\n" END;
	server_start(&home);
	server_start(&away);
	request.url = url = xasprintf("http://127.0.0.1:%u/", home.port);
	ok(http_send(http, &request, &response, &err) == 0, "a body follows a 307");
	is_int(response.status, 303, "... and no 303, which is an answer");
	ok(response.foreign && str_ends_with(response.url, "/b"), "... of the other one");
	server_stop(&home);
	server_stop(&away);
	is_int((intmax_t)away.n_requests, 1, "... who was asked once");
	is_int((intmax_t)away.body_bytes[0], 100000, "all of it came there");
	is_int(away.body_sums[0], source_sum(100000), "... from the beginning");
	is_int((intmax_t)source.reads_from_zero, 2, "... once more");
	ok(has_login(home.requests[0]) && !has_login(away.requests[0]), "... without the login");
}

static void body_fails(struct source *source, bool is_deaf, const char *answer,
		       enum error_code code, const char *why, const char *title)
{
	const struct http_options options = { .timeout = 10, .low_speed = { 1000, 1 } };
	autohttp struct http *http = http_new(&options, NULL);
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	const struct http_body body = { .length = UINT64_C(1) << 40,
					.read = read_source,
					.data = source };
	struct http_request request = { .method = HTTP_PUT, .body = &body };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.is_deaf = is_deaf;
	server.answers[0] = answer;
	/* Nobody answers but the kernel, which takes what it has room for. */
	if (answer)
		server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
	ok(http_send(http, &request, &response, &err) < 0, title);
	is_int(err.code, code, "... with that status");
	if (!ok(strstr(err.message, why) != NULL, why))
		printf("# %s\n", err.message);
	if (answer)
		server_stop(&server);
	else
		close(server.fd);
}

static void test_body_failures(void)
{
	struct source early = { .ends_at = 1000000 };
	struct source spoiled = { .fails = true };
	struct source endless = { 0 };

	body_fails(&early, false, CREATED, ERROR_FAILED, "of 1099511627776 bytes",
		   "a body that ends early is a failure");
	body_fails(&spoiled, false, CREATED, ERROR_VERIFY, "the source is spoiled",
		   "so is one that cannot be read");
	body_fails(&endless, true, NULL, ERROR_TEMPORARY, " in 1 seconds",
		   "... and one that nobody takes");
}

/* An answer that comes before the server has read the body ends the sending. */
static void test_early_answer(void)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct source source = { 0 };
	const struct http_body body = { .length = UINT64_C(1) << 40,
					.read = read_source,
					.data = &source };
	struct http_request request = { .method = HTTP_PUT, .body = &body };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.is_deaf = true;
	server.answers[0] = "HTTP/1.1 413 X\r\nContent-Length: 5\r\n" END "large";
	server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
	/* The connection's end may come first: the kernel that closes it with bytes unread resets it. */
	if (http_send(http, &request, &response, &err) == 0)
		is_int(response.status, 413, "an answer before the end ends the sending");
	else
		is_int(err.code, ERROR_TEMPORARY, "a reset before the end ends the sending");
	server_stop(&server);
}

/* What one answer sets, the next request does not say. */
static void test_cookies(void)
{
	autohttp struct http *http = client();
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.answers[0] = "HTTP/1.1 307 X\r\nSet-Cookie: a=b\r\nLocation: /x\r\n" END;
	server.answers[1] = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n" END;
	server.answers[2] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" END;
	server_start(&server);
	url = xasprintf("http://127.0.0.1:%u/", server.port);
	for (int i = 0; i < 2; i++) {
		autoresponse struct http_response response = HTTP_RESPONSE_INIT;
		struct http_request request = { .url = url, .max = 5 };

		ok(http_send(http, &request, &response, NULL) == 0, "a server that sets a cookie");
	}
	server_stop(&server);
	is_int((intmax_t)server.n_requests, 3, "... was asked three times");
	ok(!strcasestr(server.requests[1], "\r\nCookie:") &&
		   !strcasestr(server.requests[2], "\r\nCookie:"),
	   "... and never hears of the cookie again");
}

static void fails(const char *answer, enum error_code code, const char *why, const char *title)
{
	autohttp struct http *http = client();
	autoresponse struct http_response response = HTTP_RESPONSE_INIT;
	struct http_request request = { .max = 4 };
	struct error err = { 0 };
	struct server server;
	autofree char *url = NULL;

	server_init(&server);
	server.answers[0] = answer;
	server_start(&server);
	request.url = url = xasprintf("http://127.0.0.1:%u/", server.port);
	ok(http_send(http, &request, &response, &err) < 0, title);
	server_stop(&server);
	is_int(err.code, code, "... with that status");
	if (!ok(strstr(err.message, why) != NULL, why))
		printf("# %s\n", err.message);
}

static void test_limits(void)
{
	autostr struct str headers = STR_INIT;

	str_append(&headers, "HTTP/1.1 200 OK\r\n");
	while (headers.len <= HTTP_HEADERS_MAX)
		str_append(&headers, "X: 0123456789abcdef0123456789abcdef\r\n");
	str_append(&headers, END);
	fails(OK_HELLO, ERROR_VERIFY, "has 5 bytes, at most 4", "a body above the limit");
	fails("HTTP/1.1 200 OK\r\n" END "hello", ERROR_VERIFY, "larger than the 4 bytes",
	      "... that was not announced");
	fails(headers.data, ERROR_VERIFY, "bytes of headers", "headers above the limit");
	fails("HTTP/1.1 307 X\r\nLocation: http://192.0.2.1/\r\n" END, ERROR_VERIFY,
	      "loopback hosts only", "a redirect to plain HTTP elsewhere");
	fails("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 2\r\n" END "hehe",
	      ERROR_VERIFY, "two lengths, '4' and '2'", "two lengths");
	fails("HTTP/1.1 404 X\r\nContent-Length: 4\r\nContent-Length: 2\r\n" END "hehe",
	      ERROR_VERIFY, "two lengths", "... of an error too");
	fails("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n" END "hehe",
	      ERROR_VERIFY, "content coding 'gzip'", "a content coding");
	fails("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: identity\r\n"
	      "Content-Encoding: br\r\n" END "hehe",
	      ERROR_VERIFY, "content coding 'br'", "... behind one that is none");
	fails("HTTP/1.1 307 X\r\nLocation: https://me:secret@192.0.2.1/\r\n" END, ERROR_VERIFY,
	      "a login in it", "a redirect with a login");
	fails("HTTP/1.1 307 X\r\nLocation: file:///etc/passwd\r\n" END, ERROR_VERIFY,
	      "neither https nor http", "a redirect to a file");
	fails("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" END "he", ERROR_TEMPORARY, "127.0.0.1",
	      "a body that breaks off");
}

int main(void)
{
	test_get();
	test_head();
	test_post();
	test_body();
	test_body_redirected();
	test_body_failures();
	test_early_answer();
	test_redirects();
	test_limits();
	test_harmless();
	test_cookies();
	return done_testing();
}
