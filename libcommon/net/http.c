/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/patience.h"
#include "net/proxy.h"
#include "system/fd.h"

#include <curl/curl.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <strings.h>

#define DEFAULT_TIMEOUT 30 /* seconds */
#define RECEIVE_BUFFER (128L << 10)
#define BUNDLE_MAX (16U << 20) /* bytes; that of Debian is a quarter of a million */

/*
 * The authorities that this machine trusts, as libcurl was built to find them: a bundle (one file of all)
 * and often a directory (the same, one file each, named by the hash of the subject). OpenSSL parses a
 * bundle whole for each connection, 25 to 40 ms for the 140 authorities of Debian; in a directory the
 * one file is looked up that a server's chain ends in. So the directory is asked first, and the bundle
 * too once a server could not be verified by it alone: what is trusted is the same, and nothing but
 * handshakes was sent before.
 */
enum authorities {
	AUTHORITIES_DIRECTORY,
	AUTHORITIES_ALL, /* and the bundle */
};

struct http {
	CURLM *multi; /* keeps the connections */
	CURL *easy;
	struct http_options options;
	enum authorities authorities; /* where servers are looked up */
	struct proxy_rules proxies;
	struct str bundle; /* and the caller's authorities: both in memory; empty: not read */
	long version; /* CURL_HTTP_VERSION_ of what is offered over TLS */
	bool answered;
};

/* One request to one URL: redirects are new exchanges. */
struct exchange {
	struct http *http;
	const struct url *url;
	const struct http_request *request;
	struct http_response *response;
	struct patience *patience; /* of all exchanges of this request */
	size_t header_bytes;
	uint64_t received;
	bool begun;
	bool enough; /* ended by us: the rest of an error's body is of no interest */
	struct error failure; /* why a callback ended it */
};

/*
 * What the libraries obey in the environment, and what becomes of it. Taken away is what writes secrets
 * or traffic down: such a variable is set once, for a browser, and forgotten.
 *
 *	SSLKEYLOGFILE			libcurl, GnuTLS, NSS: the keys of every TLS session
 *	QLOGDIR				libcurl with HTTP/3: what was sent when
 *
 * Obeyed is what says how this machine reaches others, and what an administrator sets for all
 * programs. None of it gives anything away by itself, and somebody who can set these variables can
 * set LD_PRELOAD as well:
 *
 *	http_proxy, HTTPS_PROXY, ...	by net/proxy.h; https stays end to end
 *	OPENSSL_CONF, OPENSSL_MODULES	the machine's rules for ciphers, FIPS
 *	RES_OPTIONS, LOCALDOMAIN, ...	glibc's resolver: certificates are verified all the same
 *
 * Not read at all, because the curl command does that and libcurl does not: ~/.netrc, CURL_HOME,
 * CURL_CA_BUNDLE, SSL_CERT_FILE. No child of this project speaks TLS.
 */
static const char *const refused_variables[] = { "SSLKEYLOGFILE", "QLOGDIR" };

/* libcurl looks at them when it is set up, and before there are threads. */
static void global_init(void)
{
	for (size_t i = 0; i < array_size(refused_variables); i++)
		unsetenv(refused_variables[i]);
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
	proxy_rules_from_environment(&http->proxies);
	http->version = CURL_HTTP_VERSION_1_1;
	http->bundle = (struct str)STR_INIT;
	if (!curl_version_info(CURLVERSION_NOW)->capath)
		http->authorities = AUTHORITIES_ALL;
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
	str_release(&http->bundle);
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

bool http_is_web_page(const struct http_response *response)
{
	const char *type = http_header(response, "content-type", 0);

	return type && strncasecmp(type, "text/html", strlen("text/html")) == 0;
}

/* Two lengths that differ mean two ends of one answer, and each reader chooses its own (RFC 9112, section
 * 6.3). */
static int check_length(struct exchange *x)
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
static int end_head(struct exchange *x)
{
	long status = 0;

	curl_easy_getinfo(x->http->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return 0;
	patience_enter(x->patience, PATIENCE_BODY);
	return check_length(x);
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
static int check_coding(struct exchange *x)
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

static int begin_body(struct exchange *x)
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

static size_t on_body(char *data, size_t size, size_t count, void *opaque)
{
	struct exchange *x = opaque;
	size_t len = size * count;

	patience_receive(x->patience, len);
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

/* Wait for the server, or for the interrupt. Fails when either ends the exchange. */
static int wait_for_server(const struct exchange *x, struct error *err)
{
	const struct interrupt *interrupt = x->http->options.interrupt;
	struct curl_waitfd extra = { .fd = interrupt ? interrupt->fd : -1,
				     .events = CURL_WAIT_POLLIN };
	int64_t from = clock_monotonic_ms();
	curl_off_t sent_after = 0;

	/* Before the wait: what ended the last one has been received by now. */
	if (patience_check(x->patience, err) < 0)
		return -1;
	curl_multi_poll(x->http->multi, &extra, interrupt ? 1 : 0, PATIENCE_WAIT_MAX, NULL);
	if (extra.revents)
		return interrupt_error(err);
	patience_wait(x->patience, from, clock_monotonic_ms());
	curl_easy_getinfo(x->http->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_after);
	if (sent_after > 0 && x->patience->phase == PATIENCE_CONNECT)
		patience_enter(x->patience, PATIENCE_HEAD);
	return 0;
}

/* Run the prepared easy handle to its end. */
static int run_exchange(struct exchange *x, CURLcode *ret_result, struct error *err)
{
	CURLM *multi = x->http->multi;
	int running = 1;
	CURLMsg *message;
	int left;

	patience_enter(x->patience, PATIENCE_CONNECT);
	if (curl_multi_add_handle(multi, x->http->easy) != CURLM_OK)
		return error_set(err, ERROR_FAILED, "libcurl refuses the request");
	while (curl_multi_perform(multi, &running) == CURLM_OK && running) {
		if (wait_for_server(x, err) < 0) {
			curl_multi_remove_handle(multi, x->http->easy);
			return -1;
		}
	}
	*ret_result = CURLE_RECV_ERROR;
	while ((message = curl_multi_info_read(multi, &left)))
		if (message->msg == CURLMSG_DONE)
			*ret_result = message->data.result;
	curl_multi_remove_handle(multi, x->http->easy);
	return 0;
}

static void set_blob(CURL *easy, CURLoption option, const struct str *text)
{
	struct curl_blob blob = { text->data, text->len, CURL_BLOB_NOCOPY };

	curl_easy_setopt(easy, option, &blob);
}

/* libcurl takes a bundle in memory instead of the file, so the caller's authorities and the system's go
 * together. A bundle that cannot be read has nothing to say. */
static const struct str *join_bundle(struct http *http)
{
	const char *path = curl_version_info(CURLVERSION_NOW)->cainfo;
	autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -EBADF;

	if (http->bundle.len)
		return &http->bundle;
	if (fd < 0 || fd_read_rest(fd, BUNDLE_MAX, &http->bundle, NULL) < 0)
		str_clear(&http->bundle);
	str_append_char(&http->bundle, '\n');
	str_append_bytes(&http->bundle, http->options.ca->data, http->options.ca->len);
	return &http->bundle;
}

static void set_authorities(struct http *http)
{
	CURL *easy = http->easy;
	bool all = http->authorities == AUTHORITIES_ALL;

	if (http->options.ca)
		set_blob(easy, CURLOPT_CAINFO_BLOB, all ? join_bundle(http) : http->options.ca);
	else
		curl_easy_setopt(easy, CURLOPT_CAINFO,
				 all ? curl_version_info(CURLVERSION_NOW)->cainfo : NULL);
}

/* Whom TLS trusts, and as whom it answers. */
static void set_tls(struct http *http, const char *host)
{
	CURL *easy = http->easy;
	const char *insecure = http->options.insecure_host;
	const struct http_identity *identity = http->options.identity;

	set_authorities(http);
	if (insecure && strcasecmp(insecure, host) == 0) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (identity && strcasecmp(identity->host, host) == 0) {
		set_blob(easy, CURLOPT_SSLCERT_BLOB, identity->certificate);
		set_blob(easy, CURLOPT_SSLKEY_BLOB, identity->key);
	}
}

/* Through that proxy (none: directly), whatever libcurl thinks of the environment. */
static void set_proxy(struct http *http, const struct proxy *proxy)
{
	CURL *easy = http->easy;

	curl_easy_setopt(easy, CURLOPT_PROXY, proxy->address ? proxy->address : "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user);
	curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->password);
	if (http->options.ca)
		set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, http->options.ca);
}

/* What holds for every request. */
static void set_policy(struct http *http, const char *host)
{
	CURL *easy = http->easy;

	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, http->version);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A resolver's thread that was given up is not waited for, however long that takes. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "ctnr/" CTNR_VERSION);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER);
	/* libcurl divides it among the addresses of a host. All other limits of time are those of
	 * struct patience, because libcurl's clock goes on while this process is stopped. */
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)http->options.timeout);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	set_tls(http, host);
}

static void cleanup_slist(struct curl_slist **list)
{
	curl_slist_free_all(*list);
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

/* What this request says. headers is borrowed by libcurl until the exchange has ended. */
static void set_request(struct exchange *x, struct curl_slist *headers)
{
	CURL *easy = x->http->easy;
	char range[48];

	curl_easy_setopt(easy, CURLOPT_URL, x->url->text);
	if (x->request->method == HTTP_HEAD)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	if (x->request->method == HTTP_POST)
		set_form(easy, x->request->form);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
	/* With its end: some registries understand no range without one. */
	if (x->request->offset) {
		snprintf(range, sizeof(range), "%llu-%llu", (unsigned long long)x->request->offset,
			 (unsigned long long)x->request->max - 1);
		curl_easy_setopt(easy, CURLOPT_RANGE, range);
	}
}

/* May the bundle know better? A file of the directory that is damaged ends the handshake, where the bundle
 * would have been read first. */
static bool directory_failed(const struct http *http, CURLcode result)
{
	return http->authorities == AUTHORITIES_DIRECTORY &&
	       (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CONNECT_ERROR);
}

/* Does the server want HTTP/2? It may refuse the handshake, end the connection, or begin to speak it. What
 * was sent may have been heard, but not understood; a form is not sent twice on such a guess. */
static bool version_failed(const struct exchange *x, CURLcode result)
{
	if (x->http->version != CURL_HTTP_VERSION_1_1 || x->header_bytes || !x->url->is_encrypted)
		return false;
	if (result == CURLE_SSL_CONNECT_ERROR)
		return true;
	return x->request->method != HTTP_POST &&
	       (result == CURLE_GOT_NOTHING || result == CURLE_UNSUPPORTED_PROTOCOL ||
		result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR);
}

/* Offer HTTP/2 too from now on. */
static void offer_all_versions(struct http *http)
{
	http->version = CURL_HTTP_VERSION_2TLS;
	curl_easy_setopt(http->easy, CURLOPT_HTTP_VERSION, http->version);
}

/* Look servers up in the bundle too from now on. */
static void use_all_authorities(struct http *http)
{
	http->authorities = AUTHORITIES_ALL;
	set_authorities(http);
}

/* Run the exchange, and again where it failed for a reason that is not the server's: once for each such
 * reason. Nothing but handshakes was sent by then, or nothing that was understood. */
static int run_prepared(struct exchange *x, CURLcode *ret_result, struct error *err)
{
	bool was_stopped = false;

	for (;;) {
		if (run_exchange(x, ret_result, err) < 0)
			return -1;
		if (directory_failed(x->http, *ret_result)) {
			use_all_authorities(x->http);
		} else if (version_failed(x, *ret_result)) {
			offer_all_versions(x->http);
		} else if (*ret_result == CURLE_OPERATION_TIMEDOUT && !was_stopped &&
			   patience_was_stopped(x->patience)) {
			/* The time that libcurl saw pass was no time for the server. */
			was_stopped = true;
		} else {
			return 0;
		}
	}
}

/* What the proxy answered instead of making the connection. */
static int refused_by_proxy(long status, struct error *err)
{
	error_set(err, status >= 500 ? ERROR_TEMPORARY : ERROR_FAILED,
		  "the proxy refuses the connection (HTTP status %ld)", status);
	if (status == 407)
		error_hint(
			err,
			"the proxy wants a login: USER:PASSWORD@ before its host, in the variable that names it");
	return -1;
}

/* Why libcurl failed. */
static int transfer_error(CURL *easy, CURLcode result, const char *reason, struct error *err)
{
	long connect_status = 0;

	curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect_status);
	if (connect_status >= 300)
		return refused_by_proxy(connect_status, err);
	return error_set(err, code_of(result), "%s",
			 reason[0] ? reason : curl_easy_strerror(result));
}

static int send_prepared(struct exchange *x, struct error *err)
{
	char reason[CURL_ERROR_SIZE] = "";
	CURL *easy = x->http->easy;
	CURLcode result = CURLE_OK;
	int ended;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
	response_clear(x->response);
	ended = run_prepared(x, &result, err);
	/* The buffer goes out of scope. */
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, NULL);
	if (ended < 0)
		return -1;
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &x->response->status);
	if (x->failure.code)
		return error_move(err, &x->failure);
	return result == CURLE_OK || x->enough ? 0 : transfer_error(easy, result, reason, err);
}

static int send_once(struct exchange *x, const char *authorization, struct error *err)
{
	autocleanup(cleanup_slist) struct curl_slist *headers = NULL;
	autoproxy struct proxy proxy = PROXY_INIT;

	if (proxy_choose(&x->http->proxies, x->url, &proxy, err) < 0)
		return -1;
	headers = add_header(headers, "Accept", x->request->accept);
	headers = add_header(headers, "Authorization", authorization);
	curl_easy_reset(x->http->easy);
	set_policy(x->http, x->url->host);
	set_proxy(x->http, &proxy);
	set_request(x, headers);
	if (send_prepared(x, err) == 0)
		return 0;
	return proxy.address ? error_prefix(err, "through the proxy %s", proxy.address) : -1;
}

int http_parse_url(const struct http *http, const char *text, struct url *ret, struct error *err)
{
	return url_parse_allowing(text, http->options.insecure_host, ret, err);
}

/* Where the answer points instead of answering (borrowed), or NULL. */
static const char *redirect_location(const struct http_response *response)
{
	switch (response->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return http_header(response, "location", 0);
	default:
		return NULL;
	}
}

int http_send(struct http *http, const struct http_request *request, struct http_response *ret,
	      struct error *err)
{
	autourl struct url url = URL_INIT;
	autofree char *first_origin = NULL;
	const char *authorization = request->authorization;
	const struct patience_rules rules = {
		.silence = http->options.timeout * UINT64_C(1000),
		.total = request->total_timeout * UINT64_C(1000),
		.rate = http->options.low_speed.rate,
		.window = http->options.low_speed.window * UINT64_C(1000),
	};
	struct patience patience = { .rules = &rules };

	if (http_parse_url(http, request->url, &url, err) < 0)
		return -1;
	first_origin = xstrdup(url.origin);
	ret->foreign = false;
	for (int hops = 0; hops <= HTTP_REDIRECTS_MAX; hops++) {
		struct exchange x = { .http = http,
				      .url = &url,
				      .request = request,
				      .response = ret,
				      .patience = &patience };
		struct url next = URL_INIT;
		const char *location;

		/* Once away from the first origin the credentials stay away, also when a later
		 * redirect leads back. */
		if (strcmp(url.origin, first_origin) != 0) {
			authorization = NULL;
			ret->foreign = true;
		}
		if (send_once(&x, authorization, err) < 0)
			return error_prefix(err, "%s", url.origin);
		location = request->method == HTTP_POST ? NULL : redirect_location(ret);
		if (!location)
			return 0;
		if (url_redirect(&url, location, &next, err) < 0)
			return error_prefix(err, "%s", url.origin);
		url_release(&url);
		url = next;
	}
	return error_set(err, ERROR_FAILED, "%s: redirected more than %d times", first_origin,
			 HTTP_REDIRECTS_MAX);
}
