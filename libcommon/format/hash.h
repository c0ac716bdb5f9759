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

/* Begin a digest; one that was begun before is forgotten. -1 when libcrypto cannot. */
int hash_start(struct hash *hash, enum digest_algorithm algorithm, struct error *err);

/* Add bytes. */
void hash_update(struct hash *hash, const void *data, size_t len);

/* The digest of all bytes since hash_start(), which may be called again then. */
void hash_finish(struct hash *hash, struct digest *ret);

/* The digest of one buffer. */
int hash_buffer(enum digest_algorithm algorithm, const void *data, size_t len, struct digest *ret,
		struct error *err);

#endif
