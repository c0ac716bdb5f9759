/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests: the grammar only (image-spec descriptor.md, "Digests"). Computing them is
 * format/hash.h, which needs libcrypto.
 *
 * A struct digest is always valid: sha256 with 64 or sha512 with 128 lower-case hex digits. Its
 * text is therefore safe as a file name.
 */
#ifndef FORMAT_DIGEST_H
#define FORMAT_DIGEST_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum digest_algorithm {
	DIGEST_SHA256,
	DIGEST_SHA512,
	DIGEST_ALGORITHM_MAX,
};

#define DIGEST_TEXT_MAX 136 /* "sha512:" + 128 + NUL */

struct digest {
	enum digest_algorithm algorithm;
	char text[DIGEST_TEXT_MAX]; /* "sha256:9f86..." */
};

/* Anything but the grammar above is ERROR_VERIFY ("invalid digest 'TEXT'"). */
int digest_parse(const char *text, struct digest *ret, struct error *err);

/* Is name[0..len) the name of an algorithm above? */
bool digest_is_known_algorithm(const char *name, size_t len);

const char *digest_algorithm_name(enum digest_algorithm algorithm); /* "sha256" */
const char *digest_hex(const struct digest *digest); /* borrowed: behind the colon */
bool digest_equal(const struct digest *a, const struct digest *b);

/* From raw bytes: 32 of sha256, 64 of sha512. */
void digest_from_raw(enum digest_algorithm algorithm, const unsigned char *raw, struct digest *ret);

#endif
