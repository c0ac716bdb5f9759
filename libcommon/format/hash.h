/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Computing digests (libcrypto). Only tools that move content link this.
 *
 *	autohash struct hash hash = HASH_INIT;
 *
 *	if (hash_start(&hash, DIGEST_SHA256, err) < 0) ...
 *	hash_update(&hash, data, len);
 *	hash_finish(&hash, &digest);
 */
#ifndef FORMAT_HASH_H
#define FORMAT_HASH_H

#include "base/cleanup.h"
#include "format/digest.h"

struct hash {
	enum digest_algorithm algorithm;
	void *context; /* EVP_MD_CTX, owned */
};

#define HASH_INIT \
	{ \
		0 \
	}

void hash_release(struct hash *hash);
#define autohash autocleanup(hash_release)

int hash_start(struct hash *hash, enum digest_algorithm algorithm, struct error *err);
void hash_update(struct hash *hash, const void *data, size_t len);
void hash_finish(struct hash *hash, struct digest *ret); /* then hash_start() again, or release */

/* The digest of one buffer. */
int hash_buffer(enum digest_algorithm algorithm, const void *data, size_t len, struct digest *ret,
		struct error *err);

#endif
