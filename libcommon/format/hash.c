/* SPDX-License-Identifier: Apache-2.0 */
#include "format/hash.h"

#include <openssl/evp.h>

void hash_release(struct hash *hash)
{
	if (!hash)
		return;
	EVP_MD_CTX_free(hash->context);
	hash->context = NULL;
}

int hash_start(struct hash *hash, enum digest_algorithm algorithm, struct error *err)
{
	const EVP_MD *type = algorithm == DIGEST_SHA512 ? EVP_sha512() : EVP_sha256();

	if (!hash->context)
		hash->context = EVP_MD_CTX_new();
	if (!hash->context || EVP_DigestInit_ex(hash->context, type, NULL) != 1) {
		hash_release(hash);
		return error_set(err, ERROR_FAILED, "libcrypto cannot compute %s",
				 digest_algorithm_name(algorithm));
	}
	hash->algorithm = algorithm;
	return 0;
}

void hash_update(struct hash *hash, const void *data, size_t len)
{
	EVP_DigestUpdate(hash->context, data, len);
}

void hash_finish(struct hash *hash, struct digest *ret)
{
	/* Zeros, should libcrypto fail: no content that anybody finds has that digest. */
	unsigned char raw[EVP_MAX_MD_SIZE] = { 0 };

	EVP_DigestFinal_ex(hash->context, raw, NULL);
	digest_from_raw(hash->algorithm, raw, ret);
}

int hash_buffer(enum digest_algorithm algorithm, const void *data, size_t len, struct digest *ret,
		struct error *err)
{
	autohash struct hash hash = HASH_INIT;

	if (hash_start(&hash, algorithm, err) < 0)
		return -1;
	hash_update(&hash, data, len);
	hash_finish(&hash, ret);
	return 0;
}
