/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sent in an exchange: its method, its headers, its form or its body.
 *
 *	struct curl_slist *headers = http_sending_prepare(&x, authorization);
 *
 *	... run the exchange
 *	curl_slist_free_all(headers);
 *
 * How much of the body went is what libcurl has asked for, and its connection holds back but little of that:
 * so time without progress is the server's, or the network's.
 */
#ifndef NET_HTTP_SENDING_H
#define NET_HTTP_SENDING_H

#include "net/http_exchange.h"

/* Tell libcurl what to send, after all its options were reset. The headers are new, and libcurl's until the
 * exchange has ended. */
struct curl_slist *http_sending_prepare(struct http_exchange *x, const char *authorization);

/* Does the request send a form? */
bool http_sending_is_form(const struct http_request *request);

/* The phase that begins once there is a connection. */
enum patience_phase http_sending_phase(const struct http_exchange *x);

#endif
