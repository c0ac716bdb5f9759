/* SPDX-License-Identifier: Apache-2.0 */
/* OpenPGP keys as they come in files: binary and armored. (How they verify: simple_signing.c.) */
#include "openpgp_samples.h"
#include "tap.h"

#include "base/alloc.h"
#include "registry/openpgp_keys.h"

/* Packets whose bodies nobody looks at, in both formats: tag 6, 13, 2 of one byte each. */
#define KEY "\x98\x01k"
#define NEW_KEY "\xc6\x01k"
#define USER "\xcd\x01u"
#define SIGNATURE "\x88\x01s"
#define SUBKEY "\xb8\x01s"
#define TRUST "\xb0\x01t"
#define SECRET "\x94\x01k"
#define SECRET_SUBKEY "\x9c\x01k"
#define LITERAL "\xcb\x01x"
#define TWO_OCTETS "\xc6\xc0\x00" /* a key with a length of two octets: 192 */
#define BYTES_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define BLOCK(body) \
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: x\n\n" body \
	"\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"

#define TEXT(text) text, sizeof(text) - 1

static const struct {
	const char *title;
	const char *data;
	size_t len;
	size_t keys; /* 0: it is refused */
	const char *packets; /* what is kept, or NULL: all */
} sources[] = {
	{ "a key is taken", TEXT(KEY USER SIGNATURE SUBKEY SIGNATURE), 1, NULL },
	{ "... in the new format", TEXT(NEW_KEY USER), 1, NULL },
	{ "... with a length of two octets", TEXT(TWO_OCTETS BYTES_64 BYTES_64 BYTES_64), 1, NULL },
	{ "... with a length of four, old", TEXT("\x9a\x00\x00\x00\x01k"), 1, NULL },
	{ "... with a length of five, new", TEXT("\xc6\xff\x00\x00\x00\x01k"), 1, NULL },
	{ "several keys are taken", TEXT(KEY USER NEW_KEY USER KEY), 3, NULL },
	{ "what a keyring notes for itself is left out", TEXT(KEY TRUST USER TRUST), 1, KEY USER },
	{ "an armored key is taken", TEXT(BLOCK("mAFrzQF1")), 1, KEY USER },
	{ "... with other text around it", TEXT("a key:\n" BLOCK("mAFrzQF1") "end\n"), 1,
	  KEY USER },
	{ "... in short lines, without a checksum, without headers",
	  TEXT("-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\nmAFr\r\nzQF1\r\n"
	       "-----END PGP PUBLIC KEY BLOCK-----"),
	  1, KEY USER },
	{ "two armored keys are taken", TEXT(BLOCK("mAFr") BLOCK("mAFrzQF1")), 2, KEY KEY USER },
	{ "an empty file is refused", TEXT(""), 0, NULL },
	{ "text is refused", TEXT("a key\n"), 0, NULL },
	{ "a key that is cut is refused", TEXT(KEY "\xcd\x02u"), 0, NULL },
	{ "... also in its header", TEXT("\xc6"), 0, NULL },
	{ "... and in its length", TEXT("\xc6\xff\x00\x00"), 0, NULL },
	{ "a partial length is refused", TEXT("\xc6\xe0k"), 0, NULL },
	{ "an indeterminate length is refused", TEXT("\x9bk"), 0, NULL },
	{ "a length that reaches behind all memory is refused", TEXT("\xc6\xff\xff\xff\xff\xffk"),
	  0, NULL },
	{ "a secret key is refused", TEXT(SECRET USER), 0, NULL },
	{ "... behind a public one", TEXT(KEY USER SECRET), 0, NULL },
	{ "... as a subkey", TEXT(KEY USER SECRET_SUBKEY), 0, NULL },
	{ "... armored", TEXT("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlAFr\n"), 0, NULL },
	{ "... disguised by armor", TEXT(BLOCK("lAFr")), 0, NULL },
	{ "a message is no key", TEXT(LITERAL), 0, NULL },
	{ "... armored neither", TEXT("-----BEGIN PGP MESSAGE-----\n\nywF4\n"), 0, NULL },
	{ "a signature without a key is none", TEXT(SIGNATURE), 0, NULL },
	{ "a trust packet is none", TEXT(TRUST), 0, NULL },
	{ "an armored key that is cut is refused",
	  TEXT("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmAFrzQF1\n"), 0, NULL },
	{ "... in its headers", TEXT("-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: x"), 0, NULL },
	{ "... in the first line", TEXT("-----BEGIN PGP PUBLIC KEY BLOCK-----"), 0, NULL },
	{ "an armored key that is no base64 is refused", TEXT(BLOCK("mAF!")), 0, NULL },
	{ "... or half of a group", TEXT(BLOCK("mAFrz")), 0, NULL },
	{ "an armored block of nothing is refused", TEXT(BLOCK("")), 0, NULL },
	{ "a good block before a bad one is refused with it", TEXT(BLOCK("mAFr") BLOCK("mAF")), 0,
	  NULL },
};

static void test_sources(void)
{
	for (size_t i = 0; i < array_size(sources); i++) {
		autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
		/* On the heap, so that a read behind the end is seen. */
		autofree char *data = xmemdup(sources[i].data, sources[i].len);
		bool all = !sources[i].packets;
		const char *wanted = all ? sources[i].data : sources[i].packets;
		size_t len = all ? sources[i].len : strlen(wanted);
		struct error err = { 0 };
		int result = openpgp_keys_add(&keys, data, sources[i].len, &err);

		ok((result == 0) == (sources[i].keys > 0), sources[i].title);
		is_int((intmax_t)keys.len, (intmax_t)sources[i].keys, "... so many keys");
		ok(keys.len ? keys.packets.len == len && memcmp(keys.packets.data, wanted, len) == 0
			    : keys.packets.len == 0 && err.code == ERROR_FAILED && err.message[0],
		   "... and what is kept is what gpgv reads");
	}
}

static void test_of_gpg(void)
{
	autoopenpgp_keys struct openpgp_keys armored = OPENPGP_KEYS_INIT;
	autostr struct str binary = STR_INIT;
	autostr struct str text = STR_INIT;

	openpgp_sample_read("good.gpg", &binary);
	openpgp_sample_read("good.asc", &text);
	ok(openpgp_keys_add(&armored, text.data, text.len, NULL) == 0, "gpg's armor is read");
	ok(armored.packets.len == binary.len &&
		   memcmp(armored.packets.data, binary.data, binary.len) == 0,
	   "... and is what gpg writes without armor");
	ok(openpgp_keys_add(&armored, "x", 1, NULL) < 0, "what is no key is not added");
	ok(openpgp_keys_add(&armored, binary.data, binary.len, NULL) == 0, "... but more keys are");
	is_int((intmax_t)armored.len, 2, "... to those that are there");
}

static void test_long(void)
{
	autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
	size_t len = OPENPGP_KEYS_MAX + 1;
	autofree char *data = xmalloc(len);

	for (size_t i = 0; i < len; i++)
		data[i] = (KEY)[i % 3];
	ok(openpgp_keys_add(&keys, data, len - len % 3, NULL) == 0, "a keyring may be long");
	is_int((intmax_t)keys.len, (intmax_t)(len / 3), "... and have many keys");
	ok(openpgp_keys_add(&keys, data, len, NULL) < 0, "... up to the limit");
}

int main(void)
{
	test_sources();
	test_of_gpg();
	test_long();
	return done_testing();
}
