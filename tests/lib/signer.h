/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys and signatures of sigstore's kinds, made by OpenSSL for unit tests.
 *
 *	autosigner EVP_PKEY *signer = signer_make("EC", "P-256");
 *
 *	signer_trust(signer, &keys);
 *	signer_sign(signer, "SHA256", text, strlen(text), &signature);
 */
#ifndef TESTS_LIB_SIGNER_H
#define TESTS_LIB_SIGNER_H

#include "base/cleanup.h"
#include "base/str.h"
#include "registry/public_keys.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string.h>

static inline void signer_free(EVP_PKEY **signer)
{
	EVP_PKEY_free(*signer);
}
#define autosigner autocleanup(signer_free)

/* A new key: ("EC", "P-256"), ("RSA", "2048"), ("ED25519", NULL). */
static inline EVP_PKEY *signer_make(const char *kind, const char *size)
{
	if (strcmp(kind, "RSA") == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, kind, (size_t)strtoul(size, NULL, 10));
	return EVP_PKEY_Q_keygen(NULL, NULL, kind, size);
}

/* Append its public key in PEM. */
static inline void signer_append_pem(EVP_PKEY *signer, struct str *ret)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	PEM_write_bio_PUBKEY(bio, signer);
	len = BIO_get_mem_data(bio, &text);
	str_append_bytes(ret, text, (size_t)len);
	BIO_free(bio);
}

/* Add its public key. Returns what public_keys_add() does. */
static inline int signer_trust(EVP_PKEY *signer, struct public_keys *keys)
{
	autostr struct str pem = STR_INIT;

	signer_append_pem(signer, &pem);
	return public_keys_add(keys, pem.data, pem.len, NULL);
}

/* Append a signature; hash NULL: of the text itself. */
static inline void signer_sign(EVP_PKEY *signer, const char *hash, const void *text, size_t len,
			       struct str *ret)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t size = 0;

	EVP_DigestSignInit_ex(context, NULL, hash, NULL, NULL, signer, NULL);
	EVP_DigestSign(context, NULL, &size, text, len);
	str_reserve(ret, size);
	EVP_DigestSign(context, (unsigned char *)ret->data + ret->len, &size, text, len);
	ret->len += size;
	ret->data[ret->len] = '\0';
	EVP_MD_CTX_free(context);
}

/* Append base64. */
static inline void signer_append_base64(const void *data, size_t len, struct str *ret)
{
	size_t size = (len + 2) / 3 * 4;

	str_reserve(ret, size + 1);
	EVP_EncodeBlock((unsigned char *)ret->data + ret->len, data, (int)len);
	ret->len += size;
}

#endif
