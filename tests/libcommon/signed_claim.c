/* SPDX-License-Identifier: Apache-2.0 */
/* Which payloads of signatures are taken, and what they claim. */
#include "tap.h"

#include "base/alloc.h"
#include "base/str.h"
#include "registry/signed_claim.h"

#define MANIFEST "{\"schemaVersion\":2}"
#define MANIFEST_SHA256 "sha256:bafebd36189ad3688b7b3915ea55d461e0bfcfbdde11e54b0a123999fb6be50f"
#define MANIFEST_SHA512 \
	"sha512:63f87a5b21b700711f6dd1cabacfdea21e33fb2fb220d00be07d7fcd1de3f085" \
	"e5b7ee51c25be6b9a5f054d904f36da93e0fff53fdd5fb223acd8075bc5ff465"
#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define ATOMIC "\"type\":\"atomic container signature\""
#define IMAGE "\"image\":{\"docker-manifest-digest\":\"sha256:" HEX64 "\"}"
#define IDENTITY "\"identity\":{\"docker-reference\":\"a.example/x:1\"}"
#define CRITICAL "\"critical\":{" ATOMIC "," IMAGE "," IDENTITY "}"
#define PAYLOAD(critical, optional) "{\"critical\":{" critical "},\"optional\":" optional "}"

static const struct {
	const char *title;
	const char *text;
} refused[] = {
	{ "an empty payload", "" },
	{ "what is no JSON", "x" },
	{ "a cut payload", "{" CRITICAL ",\"optional\":{}" },
	{ "text behind the payload", "{" CRITICAL ",\"optional\":{}}x" },
	{ "an array", "[{" CRITICAL ",\"optional\":{}}]" },
	{ "a payload without 'critical'", "{\"optional\":{}}" },
	{ "a payload without 'optional'", "{" CRITICAL "}" },
	{ "a null 'optional'", "{" CRITICAL ",\"optional\":null}" },
	{ "an 'optional' that is no object", "{" CRITICAL ",\"optional\":[]}" },
	{ "an unknown member beside 'critical'", "{" CRITICAL ",\"optional\":{},\"x\":1}" },
	{ "'Critical' in capitals beside it", "{" CRITICAL ",\"optional\":{},\"Critical\":{}}" },
	{ "an unknown critical member", PAYLOAD(ATOMIC "," IMAGE "," IDENTITY ",\"x\":1", "{}") },
	{ "a null unknown critical member",
	  PAYLOAD(ATOMIC "," IMAGE "," IDENTITY ",\"x\":null", "{}") },
	{ "a critical member whose name has a NUL",
	  PAYLOAD(ATOMIC "," IMAGE "," IDENTITY ",\"type\\u0000\":1", "{}") },
	{ "two types", PAYLOAD(ATOMIC "," ATOMIC "," IMAGE "," IDENTITY, "{}") },
	{ "two digests",
	  PAYLOAD(ATOMIC ",\"image\":{\"docker-manifest-digest\":\"sha256:" HEX64
			 "\",\"docker-manifest-digest\":\"sha256:" HEX64 "\"}," IDENTITY,
		  "{}") },
	{ "two 'critical'", "{" CRITICAL "," CRITICAL ",\"optional\":{}}" },
	{ "a payload without a type", PAYLOAD(IMAGE "," IDENTITY, "{}") },
	{ "another type", PAYLOAD("\"type\":\"x\"," IMAGE "," IDENTITY, "{}") },
	{ "cosign's type, where simple signing is asked for",
	  PAYLOAD("\"type\":\"cosign container image signature\"," IMAGE "," IDENTITY, "{}") },
	{ "the type with a NUL behind it",
	  PAYLOAD("\"type\":\"atomic container signature\\u0000\"," IMAGE "," IDENTITY, "{}") },
	{ "a type that is no text", PAYLOAD("\"type\":1," IMAGE "," IDENTITY, "{}") },
	{ "a payload without an image", PAYLOAD(ATOMIC "," IDENTITY, "{}") },
	{ "an empty image", PAYLOAD(ATOMIC ",\"image\":{}," IDENTITY, "{}") },
	{ "an unknown member of the image",
	  PAYLOAD(ATOMIC ",\"image\":{\"docker-manifest-digest\":\"sha256:" HEX64
			 "\",\"x\":1}," IDENTITY,
		  "{}") },
	{ "a digest that is none",
	  PAYLOAD(ATOMIC ",\"image\":{\"docker-manifest-digest\":\"sha256:../x\"}," IDENTITY,
		  "{}") },
	{ "a digest by an unknown algorithm",
	  PAYLOAD(ATOMIC ",\"image\":{\"docker-manifest-digest\":\"md5:" HEX64 "\"}," IDENTITY,
		  "{}") },
	{ "a null digest",
	  PAYLOAD(ATOMIC ",\"image\":{\"docker-manifest-digest\":null}," IDENTITY, "{}") },
	{ "a payload without an identity", PAYLOAD(ATOMIC "," IMAGE, "{}") },
	{ "an empty identity", PAYLOAD(ATOMIC "," IMAGE ",\"identity\":{}", "{}") },
	{ "a null identity", PAYLOAD(ATOMIC "," IMAGE ",\"identity\":null", "{}") },
	{ "an unknown member of the identity",
	  PAYLOAD(ATOMIC "," IMAGE ",\"identity\":{\"docker-reference\":\"x\",\"x\":1}", "{}") },
	{ "a reference that is no text",
	  PAYLOAD(ATOMIC "," IMAGE ",\"identity\":{\"docker-reference\":[\"x\"]}", "{}") },
	{ "a reference with a NUL",
	  PAYLOAD(ATOMIC "," IMAGE ",\"identity\":{\"docker-reference\":\"a\\u0000b\"}", "{}") },
	{ "a creator that is no text", "{" CRITICAL ",\"optional\":{\"creator\":1}}" },
	{ "a timestamp that is no number", "{" CRITICAL ",\"optional\":{\"timestamp\":\"1\"}}" },
	{ "a fraction of a second", "{" CRITICAL ",\"optional\":{\"timestamp\":1.5}}" },
	{ "a timestamp beyond all times", "{" CRITICAL ",\"optional\":{\"timestamp\":1e300}}" },
	{ "two timestamps", "{" CRITICAL ",\"optional\":{\"timestamp\":1,\"timestamp\":2}}" },
};

static void test_refused(void)
{
	for (size_t i = 0; i < array_size(refused); i++) {
		autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
		autofree char *title = xasprintf("%s is refused", refused[i].title);
		struct error err = { 0 };

		ok(signed_claim_parse(SIGNED_CLAIM_ATOMIC, refused[i].text, strlen(refused[i].text),
				      &claim, &err) < 0,
		   title);
		is_int(err.code, ERROR_VERIFY, "... as a signature that does not count");
		ok(!claim.docker_reference && !claim.creator, "... and nothing is claimed");
	}
}

static const struct {
	const char *optional;
	const char *creator;
	bool has_timestamp;
	int64_t timestamp;
} accepted[] = {
	{ "{}", NULL, false, 0 },
	{ "{\"creator\":\"atomic 1\",\"timestamp\":1700000000}", "atomic 1", true, 1700000000 },
	{ "{\"timestamp\":-1}", NULL, true, -1 },
	{ "{\"timestamp\":1.5e9}", NULL, true, 1500000000 },
	{ "{\"timestamp\":1700000000.0}", NULL, true, 1700000000 },
	{ "{\"x\":{\"y\":[1]},\"creator\":\"\"}", "", false, 0 },
};

static void test_accepted(void)
{
	for (size_t i = 0; i < array_size(accepted); i++) {
		autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
		autofree char *text =
			xasprintf("{" CRITICAL ",\"optional\":%s}", accepted[i].optional);

		ok(signed_claim_parse(SIGNED_CLAIM_ATOMIC, text, strlen(text), &claim, NULL) == 0,
		   accepted[i].optional);
		is_str(claim.manifest_digest.text, "sha256:" HEX64, "... with the digest");
		is_str(claim.docker_reference, "a.example/x:1", "... with the reference");
		is_str(claim.creator, accepted[i].creator, "... with the creator");
		is_int(claim.has_timestamp, accepted[i].has_timestamp, "... with a time or none");
		is_int(claim.timestamp, accepted[i].timestamp, "... which is this");
	}
}

static void test_cosign(void)
{
	static const char text[] = PAYLOAD("\"identity\":{\"docker-reference\":\"\"}," IMAGE
					   ",\"type\":\"cosign container image signature\"",
					   "null");
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;

	ok(signed_claim_parse(SIGNED_CLAIM_COSIGN, text, strlen(text), &claim, NULL) == 0,
	   "cosign's payload may have a null 'optional'");
	is_str(claim.docker_reference, "", "... and an empty reference, which is the claim");
}

static void test_long(void)
{
	autosigned_claim struct signed_claim claim = SIGNED_CLAIM_INIT;
	autostr struct str text = STR_INIT;
	struct error err = { 0 };

	str_append(&text, "{" CRITICAL ",\"optional\":{}}");
	while (text.len < SIGNED_PAYLOAD_MAX)
		str_append_char(&text, ' ');
	ok(signed_claim_parse(SIGNED_CLAIM_ATOMIC, text.data, text.len, &claim, NULL) == 0,
	   "a payload may be as long as the limit");
	signed_claim_release(&claim);
	str_append_char(&text, ' ');
	ok(signed_claim_parse(SIGNED_CLAIM_ATOMIC, text.data, text.len, &claim, &err) < 0,
	   "... and not longer");
	is_int(err.code, ERROR_VERIFY, "... which does not count");
}

static void test_manifest(void)
{
	static const struct signed_manifest manifest = { MANIFEST, sizeof(MANIFEST) - 1 };
	struct signed_claim claim = SIGNED_CLAIM_INIT;
	struct error err = { 0 };

	digest_parse(MANIFEST_SHA256, &claim.manifest_digest, NULL);
	ok(signed_claim_check_manifest(&claim, &manifest, NULL) == 0,
	   "a manifest is known by its digest");
	digest_parse(MANIFEST_SHA512, &claim.manifest_digest, NULL);
	ok(signed_claim_check_manifest(&claim, &manifest, NULL) == 0,
	   "... by whichever algorithm that was signed");
	digest_parse("sha256:" HEX64, &claim.manifest_digest, NULL);
	ok(signed_claim_check_manifest(&claim, &manifest, &err) < 0,
	   "another digest is another manifest's");
	is_int(err.code, ERROR_VERIFY, "... whose signature does not count");
	is_str(err.message, "it is for 'sha256:" HEX64 "', not for '" MANIFEST_SHA256 "'",
	       "... and both digests are named");
}

int main(void)
{
	test_refused();
	test_accepted();
	test_cosign();
	test_long();
	test_manifest();
	return done_testing();
}
