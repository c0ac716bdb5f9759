/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 (RFC 4648, section 4), read strictly: whole groups, padded, without stray bits, so that bytes have
 * one spelling. Line feeds and carriage returns between the characters do not count.
 *
 *	autostr struct str key = STR_INIT;
 *
 *	if (base64_decode("aGVsbG8=", 8, &key, err) < 0) ...
 */
#ifndef FORMAT_BASE64_H
#define FORMAT_BASE64_H

#include "base/error.h"
#include "base/str.h"

/* Append the bytes that the text stands for. What was appended before a failure stays. */
int base64_decode(const char *text, size_t len, struct str *ret, struct error *err);

#endif
