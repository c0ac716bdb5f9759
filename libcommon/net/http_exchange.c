/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_exchange.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "net/http_answer.h"
#include "net/http_sending.h"

#include <stdio.h>

#define RECEIVE_BUFFER (128L << 10)

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
static int wait_for_server(const struct http_exchange *x, struct error *err)
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
		patience_enter(x->patience, http_sending_phase(x));
	return 0;
}

/* Run the prepared easy handle to its end. */
static int run_exchange(struct http_exchange *x, CURLcode *ret_result, struct error *err)
{
	CURLM *multi = x->http->multi;
	int running = 1;
	CURLMsg *message;
	int left;

	patience_enter(x->patience, PATIENCE_CONNECT);
	x->sent = 0;
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

/* Through that proxy (none: directly), whatever libcurl thinks of the environment. */
static void set_proxy(struct http *http, const struct proxy *proxy)
{
	CURL *easy = http->easy;

	curl_easy_setopt(easy, CURLOPT_PROXY, proxy->address ? proxy->address : "");
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, proxy->user);
	curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, proxy->password);
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
	http_tls_prepare(&http->tls, easy, host);
}

static void cleanup_slist(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* Who gets what is received. */
static void set_callbacks(struct http_exchange *x)
{
	CURL *easy = x->http->easy;

	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, http_answer_take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, http_answer_take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, x);
}

/* Does the server want HTTP/2? It may refuse the handshake, end the connection, or begin to speak it. What
 * was sent may have been heard, but not understood; what changes something is not sent twice on such a guess. */
static bool version_failed(const struct http_exchange *x, CURLcode result)
{
	if (x->http->version != CURL_HTTP_VERSION_1_1 || x->header_bytes || !x->url->is_encrypted)
		return false;
	if (result == CURLE_SSL_CONNECT_ERROR)
		return true;
	return x->request->method <= HTTP_HEAD &&
	       (result == CURLE_GOT_NOTHING || result == CURLE_UNSUPPORTED_PROTOCOL ||
		result == CURLE_RECV_ERROR || result == CURLE_SEND_ERROR);
}

/* Offer HTTP/2 too from now on. */
static void offer_all_versions(struct http *http)
{
	http->version = CURL_HTTP_VERSION_2TLS;
	curl_easy_setopt(http->easy, CURLOPT_HTTP_VERSION, http->version);
}

/* Run the exchange, and again where it failed for a reason that is not the server's: once for each such
 * reason. Nothing but handshakes was sent by then, or nothing that was understood. */
static int run_prepared(struct http_exchange *x, CURLcode *ret_result, struct error *err)
{
	bool was_stopped = false;

	for (;;) {
		if (run_exchange(x, ret_result, err) < 0)
			return -1;
		if (http_tls_may_know_better(&x->http->tls, *ret_result)) {
			http_tls_use_all(&x->http->tls, x->http->easy);
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

static int send_prepared(struct http_exchange *x, struct error *err)
{
	char reason[CURL_ERROR_SIZE] = "";
	CURL *easy = x->http->easy;
	CURLcode result = CURLE_OK;
	int ended;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, reason);
	http_response_clear(x->response);
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

int http_exchange_send(struct http_exchange *x, const char *authorization, struct error *err)
{
	autocleanup(cleanup_slist) struct curl_slist *headers = NULL;
	autoproxy struct proxy proxy = PROXY_INIT;

	if (proxy_choose(&x->http->proxies, x->url, &proxy, err) < 0)
		return -1;
	curl_easy_reset(x->http->easy);
	set_policy(x->http, x->url->host);
	set_proxy(x->http, &proxy);
	set_callbacks(x);
	headers = http_sending_prepare(x, authorization);
	if (send_prepared(x, err) == 0)
		return 0;
	return proxy.address ? error_prefix(err, "through the proxy %s", proxy.address) : -1;
}
