/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys in PEM, and signatures by them. */
#include "signer.h"
#include "tap.h"

#include "base/alloc.h"

#define TEXT "a text"

static const struct {
	const char *title;
	const char *kind;
	const char *size;
	const char *hash; /* NULL: of the text itself */
	bool is_key; /* the key is one that counts */
	bool counts; /* so is the signature */
} signers[] = {
	{ "P-256 with SHA-256 counts", "EC", "P-256", "SHA256", true, true },
	{ "P-384 with SHA-256 counts", "EC", "P-384", "SHA256", true, true },
	{ "P-384 with SHA-384 counts", "EC", "P-384", "SHA384", true, true },
	{ "P-521 with SHA-256 counts", "EC", "P-521", "SHA256", true, true },
	{ "P-521 with SHA-512 counts", "EC", "P-521", "SHA512", true, true },
	{ "RSA of 2048 bits with SHA-256 counts", "RSA", "2048", "SHA256", true, true },
	{ "Ed25519 counts", "ED25519", NULL, NULL, true, true },
	{ "P-256 with SHA-1 does not", "EC", "P-256", "SHA1", true, false },
	{ "P-256 with SHA-384 does not", "EC", "P-256", "SHA384", true, false },
	{ "RSA with SHA-1 does not", "RSA", "2048", "SHA1", true, false },
	{ "RSA with SHA-512 does not", "RSA", "2048", "SHA512", true, false },
	{ "RSA of 1024 bits is too weak", "RSA", "1024", "SHA256", false, false },
	{ "RSA of 2047 bits is too weak", "RSA", "2047", "SHA256", false, false },
	{ "a curve of 224 bits does not count", "EC", "P-224", "SHA256", false, false },
	{ "another curve of 256 bits does not count", "EC", "secp256k1", "SHA256", false, false },
	{ "nor another one", "EC", "brainpoolP256r1", "SHA256", false, false },
	{ "Ed448 does not count", "ED448", NULL, NULL, false, false },
	{ "X25519 cannot sign", "X25519", NULL, NULL, false, false },
};

static void test_signer(size_t i)
{
	autosigner EVP_PKEY *signer = signer_make(signers[i].kind, signers[i].size);
	autosigner EVP_PKEY *other = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autostr struct str signature = STR_INIT;
	struct error err = { 0 };

	ok((signer_trust(signer, &keys) == 0) == signers[i].is_key, signers[i].title);
	if (!signers[i].is_key)
		return;
	signer_sign(signer, signers[i].hash, TEXT, strlen(TEXT), &signature);
	ok((public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len, &err) ==
	    0) == signers[i].counts,
	   "... as its signature says");
	is_int(err.code, signers[i].counts ? 0 : ERROR_VERIFY, "... and so does the error");
	signer_trust(other, &keys);
	ok((public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len, NULL) ==
	    0) == signers[i].counts,
	   "... also with another key beside it");
	if (!signers[i].counts)
		return;
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT) - 1, signature.data, signature.len, NULL) <
		   0,
	   "... but not for a shorter text");
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len - 1, NULL) <
		   0,
	   "... nor when it is cut");
	str_append_char(&signature, '\0');
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len, NULL) < 0,
	   "... nor with a byte behind it");
	signature.data[signature.len / 2] ^= 1;
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len - 1, NULL) <
		   0,
	   "... nor changed");
}

static void test_strangers(void)
{
	autosigner EVP_PKEY *signer = signer_make("EC", "P-256");
	autosigner EVP_PKEY *other = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autostr struct str signature = STR_INIT;
	struct error err = { 0 };

	signer_sign(signer, "SHA256", TEXT, strlen(TEXT), &signature);
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len, &err) < 0,
	   "without keys no signature counts");
	is_str(err.message, "it is by none of the keys", "... and the message says so");
	signer_trust(other, &keys);
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), signature.data, signature.len, &err) < 0,
	   "by another key none does");
	is_str(err.message, "it is not by the key", "... and the message says so");
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), "", 0, NULL) < 0,
	   "nothing is no signature");
}

/* What makes PSS another algorithm. */
static void test_pss(void)
{
	autosigner EVP_PKEY *signer = signer_make("RSA", "2048");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *padding;
	unsigned char signature[512];
	size_t len = sizeof(signature);

	EVP_DigestSignInit_ex(context, &padding, "SHA256", NULL, NULL, signer, NULL);
	EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING);
	ok(EVP_DigestSign(context, signature, &len, (const unsigned char *)TEXT, strlen(TEXT)) == 1,
	   "a signature with RSA-PSS is made");
	EVP_MD_CTX_free(context);
	signer_trust(signer, &keys);
	ok(public_keys_verify(&keys, TEXT, strlen(TEXT), signature, len, NULL) < 0,
	   "... and does not count");
}

/* The parameters instead of the name: who chooses them can have a key for any point. */
static void test_explicit_curve(void)
{
	autosigner EVP_PKEY *signer = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autostr struct str pem = STR_INIT;

	ok(EVP_PKEY_set_utf8_string_param(signer, "encoding", "explicit") == 1,
	   "a curve is given by its parameters");
	signer_append_pem(signer, &pem);
	ok(pem.len > 300, "... which are many");
	ok(public_keys_add(&keys, pem.data, pem.len, NULL) < 0, "... and does not count");
}

static void refuses(const char *text, size_t len, const char *reason, const char *title)
{
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	struct error err = { 0 };

	ok(public_keys_add(&keys, text, len, &err) < 0, title);
	is_int(err.code, ERROR_FAILED, "... as no key");
	is_str(err.message, reason, "... for this reason");
	is_int((intmax_t)keys.len, 0, "... and nothing is added");
}

static void test_texts(void)
{
	autosigner EVP_PKEY *signer = signer_make("EC", "P-256");
	autopublic_keys struct public_keys keys = PUBLIC_KEYS_INIT;
	autostr struct str pem = STR_INIT;
	autostr struct str around = STR_INIT;
	autostr struct str twice = STR_INIT;
	autofree char *label = NULL;
	autofree char *private = NULL;
	char *at;

	signer_append_pem(signer, &pem);
	str_appendf(&around, "a key:\r\n\n%s\nend", pem.data);
	ok(public_keys_add(&keys, around.data, around.len, NULL) == 0,
	   "a key may have text around it");
	str_appendf(&twice, "%s%s", pem.data, pem.data);
	refuses(twice.data, twice.len, "has more than one key", "two keys are refused");
	refuses("", 0, "is no public key in PEM", "an empty file is refused");
	refuses("x\n", 2, "is no public key in PEM", "text is refused");
	refuses(pem.data, pem.len - 20, "is no public key in PEM", "a key that is cut is refused");
	private = xasprintf("-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----\n",
			    "AAAA");
	refuses(private, strlen(private), "is a private key, not a public one",
		"a private key is refused");
	label = xasprintf("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", "AAAA");
	refuses(label, strlen(label), "is not a 'PUBLIC KEY' but a 'CERTIFICATE'",
		"a certificate is refused");
	at = strchr(pem.data, '\n') + 20;
	*at = *at == 'A' ? 'B' : 'A';
	refuses(pem.data, pem.len, "is no public key that libcrypto understands",
		"a key whose curve is no curve is refused");
	around.len = 0;
	while (around.len <= PUBLIC_KEY_MAX)
		str_append_char(&around, ' ');
	refuses(around.data, around.len, "is longer than 65536 bytes", "a long file is refused");
}

int main(void)
{
	for (size_t i = 0; i < array_size(signers); i++)
		test_signer(i);
	test_strangers();
	test_pss();
	test_explicit_curve();
	test_texts();
	return done_testing();
}
