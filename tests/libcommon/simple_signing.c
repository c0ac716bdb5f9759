/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Simple signatures, made by gpg (tests/lib/make-openpgp-samples), and which of them count. skopeo 1.9 decides
 * the same (standalone-verify) but in three cases, where it takes more: cleartext, which is none of the messages
 * that containers-signature(5) allows; armor, which can hold unsigned text too; SHA-1.
 */
#include "openpgp_samples.h"
#include "tap.h"

#include "base/alloc.h"
#include "registry/simple_signing.h"
#include "system/fd.h"
#include "system/process.h"

#include <fcntl.h>
#include <unistd.h>

static const struct {
	const char *title;
	const char *keys; /* files, separated by blanks */
	const char *signature;
	const char *reason; /* NULL: it counts */
} signatures[] = {
	{ "a message by the key counts", "good.gpg", "good.sig", NULL },
	{ "... by one of several keys", "other.gpg good.gpg", "good.sig", NULL },
	{ "... by a key that is armored", "good.asc", "good.sig", NULL },
	{ "... without compression", "good.gpg", "uncompressed.sig", NULL },
	{ "... in text mode", "good.gpg", "text.sig", NULL },
	{ "... by a subkey that the key vouches for", "main.gpg", "subkey.sig", NULL },
	{ "a message by another key does not", "good.gpg", "other.sig",
	  "it is by none of the keys*" },
	{ "nor does any without keys", "", "good.sig", "it is by none of the keys*" },
	{ "nor one by an expired key", "expired.gpg good.gpg", "expired.sig",
	  "it is by a key that has expired*" },
	{ "nor one by a revoked key", "revoked.gpg good.gpg", "revoked.sig",
	  "it is by a revoked key*" },
	{ "nor one that has expired", "good.gpg", "signature-expired.sig",
	  "its signature has expired*" },
	{ "nor one with two good signatures", "good.gpg other.gpg", "two.sig",
	  "it has 2 signatures, not one" },
	{ "nor one with a good one and another", "good.gpg", "two.sig",
	  "it has 2 signatures, not one" },
	{ "nor one by SHA-1", "good.gpg", "sha1.sig",
	  "the signature is by a hash that is broken*" },
	{ "nor one in armor", "good.gpg", "armored.sig", "it is no signed OpenPGP message" },
	{ "nor one in cleartext", "good.gpg", "clear.sig", "it is signed in cleartext" },
	{ "nor a detached one", "good.gpg", "detached.sig", "it is no signed OpenPGP message" },
	{ "nor an encrypted one", "good.gpg", "encrypted.sig", "it is encrypted" },
	{ "nor one without a signature", "good.gpg", "unsigned.sig",
	  "it is no signed OpenPGP message" },
	{ "nor one about another manifest", "good.gpg", "other-manifest.sig",
	  "it is for 'sha256:d9298a10*" },
	{ "nor one whose text is no claim", "good.gpg", "no-claim.sig", "payload: *" },
	{ "nor one whose text is cosign's", "good.gpg", "other-type.sig",
	  "payload: critical.type: *" },
	{ "nor one that becomes very long", "good.gpg", "bomb.sig", "its text is longer than *" },
	{ "nor a key", "good.gpg", "good.gpg", "it is no signed OpenPGP message" },
	{ "nor a manifest", "good.gpg", "manifest", "it is no signed OpenPGP message" },
};

static void add_keys(const char *names, struct openpgp_keys *keys)
{
	while (*names) {
		size_t len = strcspn(names, " ");
		autofree char *name = xstrndup(names, len);
		autostr struct str key = STR_INIT;

		openpgp_sample_read(name, &key);
		if (openpgp_keys_add(keys, key.data, key.len, NULL) < 0)
			printf("Bail out! %s is no key\n", name);
		names += len + (names[len] == ' ');
	}
}

static int verify(const struct openpgp_keys *keys, const void *signature, size_t len,
		  const struct interrupt *interrupt, struct signed_claim *ret, struct error *err)
{
	autostr struct str manifest = STR_INIT;

	openpgp_sample_read("manifest", &manifest);
	return simple_signing_verify(keys, signature, len,
				     &(const struct signed_manifest) { manifest.data,
								       manifest.len },
				     interrupt, ret, err);
}

/* Is the text as wanted, or does it begin so ("it is*")? */
static bool is_like(const char *text, const char *wanted)
{
	size_t len = strlen(wanted);

	return wanted[len - 1] == '*' ? strncmp(text, wanted, len - 1) == 0
				      : strcmp(text, wanted) == 0;
}

static void test_signatures(void)
{
	for (size_t i = 0; i < array_size(signatures); i++) {
		autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
		autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
		autostr struct str signature = STR_INIT;
		struct error err = { 0 };
		bool counts;

		add_keys(signatures[i].keys, &keys);
		openpgp_sample_read(signatures[i].signature, &signature);
		counts = verify(&keys, signature.data, signature.len, NULL, &claim, &err) == 0;
		ok(counts == !signatures[i].reason, signatures[i].title);
		is_str(claim.docker_reference, counts ? "registry.example.test/ns/app:1" : NULL,
		       "... and claims what was signed, or nothing");
		if (!signatures[i].reason)
			continue;
		is_int(err.code, ERROR_VERIFY, "... as what does not count");
		if (!ok(is_like(err.message, signatures[i].reason), "... for this reason"))
			printf("# got: %s\n", err.message);
	}
}

/* Does the message count, and say something else than was signed? Some of its bytes are not what is signed:
 * the name and time of the file. */
static bool is_forged(const struct openpgp_keys *keys, const struct str *signature, size_t len)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;

	if (verify(keys, signature->data, len, NULL, &claim, NULL) < 0)
		return false;
	return len < signature->len ||
	       strcmp(claim.docker_reference, "registry.example.test/ns/app:1") != 0 ||
	       strcmp(claim.creator, "make") != 0 || claim.timestamp != 1700000000;
}

static void test_damaged(void)
{
	autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autostr struct str signature = STR_INIT;
	size_t forged = 0;
	size_t cut = 0;

	add_keys("good.gpg", &keys);
	openpgp_sample_read("uncompressed.sig", &signature);
	for (size_t i = 0; i < signature.len; i += signature.len / 60) {
		signature.data[i] ^= 1;
		forged += is_forged(&keys, &signature, signature.len);
		signature.data[i] ^= 1;
		cut += is_forged(&keys, &signature, i);
	}
	is_int((intmax_t)forged, 0, "a message that is changed says nothing else");
	is_int((intmax_t)cut, 0, "a message that is cut does not count");
	ok(verify(&keys, signature.data, signature.len, NULL, &claim, NULL) == 0,
	   "... but does as it was");
}

static void test_long(void)
{
	autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autofree char *zeros = xcalloc(1, SIMPLE_SIGNING_MAX + 1);
	struct error err = { 0 };

	add_keys("good.gpg", &keys);
	ok(verify(&keys, zeros, SIMPLE_SIGNING_MAX + 1, NULL, &claim, &err) < 0,
	   "a very long message does not count");
	ok(error_mentions(&err, "is longer than"), "... for that reason");
	ok(verify(&keys, zeros, 0, NULL, &claim, &err) < 0, "nor does an empty one");
	ok(error_mentions(&err, "is empty"), "... for that reason");
}

static void test_interrupt(void)
{
	autointerrupt struct interrupt interrupt = INTERRUPT_INIT;
	autoopenpgp_keys struct openpgp_keys keys = OPENPGP_KEYS_INIT;
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autostr struct str signature = STR_INIT;
	struct error err = { 0 };

	add_keys("good.gpg", &keys);
	openpgp_sample_read("bomb.sig", &signature);
	interrupt_init(&interrupt, NULL);
	interrupt_stop(&interrupt);
	ok(verify(&keys, signature.data, signature.len, &interrupt, &claim, &err) < 0,
	   "a signal ends the verification");
	is_int(err.code, ERROR_FAILED, "... which says nothing of the signature");
	is_str(err.message, "interrupted", "... but that");
}

static void test_descriptors(void)
{
	autoclose int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ok(fd >= 0 && fd < 10, "no descriptor is left open");
}

int main(void)
{
	autofree char *gpgv = process_find_system("gpgv");

	if (!gpgv) {
		printf("1..0 # SKIP PEER:gpgv\n");
		return 0;
	}
	test_signatures();
	test_damaged();
	test_long();
	test_interrupt();
	test_descriptors();
	return done_testing();
}
