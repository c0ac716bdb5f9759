/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/public_keys.h"

#include "base/alloc.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#define RSA_BITS_MIN 2048
#define NAME_MAX_OF_CURVE 64 /* bytes with NUL */

/* The curves that count, and the hash of each besides SHA-256. */
static const struct curve {
	const char *name;
	const char *hash;
} curves[] = {
	{ "prime256v1", NULL },
	{ "secp384r1", "SHA384" },
	{ "secp521r1", "SHA512" },
};

static void free_key(EVP_PKEY **key)
{
	EVP_PKEY_free(*key);
}

void public_keys_release(struct public_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->len; i++)
		EVP_PKEY_free(keys->items[i]);
	free(keys->items);
	*keys = (struct public_keys)PUBLIC_KEYS_INIT;
}

/* A block of a PEM text (RFC 7468). */
struct pem_block {
	char *label; /* "PUBLIC KEY"; NULL: there is none */
	unsigned char *data; /* DER */
	long len;
};

static void pem_block_release(struct pem_block *block)
{
	OPENSSL_free(block->label);
	OPENSSL_free(block->data);
}
#define autopemblock autocleanup(pem_block_release)

static void free_bio(BIO **bio)
{
	BIO_free(*bio);
}

/* Read the next block. */
static int read_block(BIO *text, struct pem_block *ret)
{
	char *header = NULL;
	int found = PEM_read_bio(text, &ret->label, &header, &ret->data, &ret->len);

	OPENSSL_free(header);
	ERR_clear_error();
	return found == 1 ? 0 : -1;
}

/* The one block of a text must be a public key. */
static int read_public_block(BIO *text, struct pem_block *ret, struct error *err)
{
	autopemblock struct pem_block next = { 0 };

	if (read_block(text, ret) < 0)
		return error_set(err, ERROR_FAILED, "is no public key in PEM");
	if (strstr(ret->label, "PRIVATE KEY"))
		return error_set(err, ERROR_FAILED, "is a private key, not a public one");
	if (strcmp(ret->label, PEM_STRING_PUBLIC) != 0)
		return error_set(err, ERROR_FAILED, "is not a '%s' but a '%s'", PEM_STRING_PUBLIC,
				 ret->label);
	if (read_block(text, &next) == 0)
		return error_set(err, ERROR_FAILED, "has more than one key");
	return 0;
}

static const struct curve *find_curve(const EVP_PKEY *key)
{
	char name[NAME_MAX_OF_CURVE] = "";
	char encoding[NAME_MAX_OF_CURVE] = "";

	/* A curve by its parameters may be anything that has the name's order. */
	if (EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1 ||
	    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, encoding,
					   sizeof(encoding), NULL) != 1 ||
	    strcmp(encoding, OSSL_PKEY_EC_ENCODING_GROUP) != 0)
		return NULL;
	for (size_t i = 0; i < array_size(curves); i++)
		if (strcmp(curves[i].name, name) == 0)
			return &curves[i];
	return NULL;
}

/* Is the key of a kind that counts? */
static int check_kind(const EVP_PKEY *key, struct error *err)
{
	int bits = EVP_PKEY_get_bits(key);

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_ED25519:
		return 0;
	case EVP_PKEY_EC:
		if (!find_curve(key))
			return error_set(err, ERROR_FAILED,
					 "its curve is none of P-256, P-384, P-521");
		return 0;
	case EVP_PKEY_RSA:
		if (bits < RSA_BITS_MIN)
			return error_set(err, ERROR_FAILED,
					 "an RSA key of %d bits is too weak: %d are the least",
					 bits, RSA_BITS_MIN);
		return 0;
	default:
		return error_set(err, ERROR_FAILED,
				 "is a key of another kind than ECDSA, RSA, Ed25519");
	}
}

/* Is the key one that its algorithm can have: a point on the curve, a modulus that can be one? */
static bool is_sound(EVP_PKEY *key)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool sound = context && EVP_PKEY_public_check(context) == 1;

	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return sound;
}

static void add_key(struct public_keys *keys, EVP_PKEY *key)
{
	keys->items = xgrow(keys->items, keys->len, sizeof(*keys->items));
	keys->items[keys->len++] = key;
}

int public_keys_add(struct public_keys *keys, const void *pem, size_t len, struct error *err)
{
	autocleanup(free_bio) BIO *text = NULL;
	autocleanup(free_key) EVP_PKEY *key = NULL;
	autopemblock struct pem_block block = { 0 };
	const unsigned char *der;

	if (len > PUBLIC_KEY_MAX)
		return error_set(err, ERROR_FAILED, "is longer than %u bytes", PUBLIC_KEY_MAX);
	text = BIO_new_mem_buf(pem, (int)len);
	if (!text || read_public_block(text, &block, err) < 0)
		return text ? -1 : error_set(err, ERROR_FAILED, "libcrypto cannot read it");
	der = block.data;
	key = d2i_PUBKEY(NULL, &der, block.len);
	ERR_clear_error();
	if (!key || der != block.data + block.len)
		return error_set(err, ERROR_FAILED, "is no public key that libcrypto understands");
	if (check_kind(key, err) < 0)
		return -1;
	if (!is_sound(key))
		return error_set(err, ERROR_FAILED, "is a public key that nobody can have");
	add_key(keys, steal(&key));
	return 0;
}

/* Is it a signature by that key? hash NULL: of the message itself. */
static bool is_signature(EVP_PKEY *key, const char *hash, const void *message, size_t message_len,
			 const void *signature, size_t signature_len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	/* RSA's padding is PKCS #1 v1.5 where nothing else is set. */
	bool verified =
		context &&
		EVP_DigestVerifyInit_ex(context, NULL, hash, NULL, NULL, key, NULL) == 1 &&
		EVP_DigestVerify(context, signature, signature_len, message, message_len) == 1;

	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return verified;
}

static bool is_signature_of_key(EVP_PKEY *key, const void *message, size_t message_len,
				const void *signature, size_t signature_len)
{
	bool is_ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
	const struct curve *curve = is_ec ? find_curve(key) : NULL;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
		return is_signature(key, NULL, message, message_len, signature, signature_len);
	return is_signature(key, "SHA256", message, message_len, signature, signature_len) ||
	       (curve && curve->hash &&
		is_signature(key, curve->hash, message, message_len, signature, signature_len));
}

int public_keys_verify(const struct public_keys *keys, const void *message, size_t message_len,
		       const void *signature, size_t signature_len, struct error *err)
{
	for (size_t i = 0; i < keys->len; i++)
		if (is_signature_of_key(keys->items[i], message, message_len, signature,
					signature_len))
			return 0;
	return error_set(err, ERROR_VERIFY,
			 keys->len == 1 ? "it is not by the key" : "it is by none of the keys");
}
