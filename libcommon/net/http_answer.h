/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is received in an exchange: its headers and its body, with their limits. Both functions are callbacks
 * of libcurl, which get the struct http_exchange as their last argument. What they refuse ends the exchange,
 * and its failure says why.
 */
#ifndef NET_HTTP_ANSWER_H
#define NET_HTTP_ANSWER_H

#include <stddef.h>

/* A header with its line's end: CURLOPT_HEADERFUNCTION. */
size_t http_answer_take_header(char *data, size_t size, size_t count, void *exchange);

/* Bytes of the body: CURLOPT_WRITEFUNCTION. */
size_t http_answer_take_body(char *data, size_t size, size_t count, void *exchange);

#endif
