/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "format/digest.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void refused(const char *text, const char *title)
{
	struct digest digest;
	struct error err = { 0 };

	ok(digest_parse(text, &digest, &err) < 0 && err.code == ERROR_VERIFY, title);
}

int main(void)
{
	unsigned char raw[64] = { 0xab, 0xcd };
	struct digest digest = { 0 };
	struct digest other = { 0 };
	struct error err = { 0 };

	ok(digest_parse("sha256:" HEX64, &digest, &err) == 0, "a sha256 digest is accepted");
	is_str(digest.text, "sha256:" HEX64, "... and kept as it was written");
	is_str(digest_hex(&digest), HEX64, "... its digits stand behind the colon");
	is_str(digest_algorithm_name(digest.algorithm), "sha256", "... its algorithm has a name");
	ok(digest_parse("sha512:" HEX64 HEX64, &other, &err) == 0, "a sha512 digest is accepted");
	ok(!digest_equal(&digest, &other), "different digests are different");

	refused("sha256:../../x", "a path is no digest");
	refused("sha256:" HEX64 "/", "a digest with a slash behind it is refused");
	refused("sha256:0123", "a short digest is refused");
	refused("sha256:" HEX64 "0", "a long digest is refused");
	refused("sha512:" HEX64, "sha512 with the digits of sha256 is refused");
	refused("sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
		"upper-case digits are refused");
	refused("SHA256:" HEX64, "an upper-case algorithm is refused");
	refused("md5:0123456789abcdef0123456789abcdef", "an unknown algorithm is refused");
	refused("sha256" HEX64, "a digest without a colon is refused");
	refused("", "an empty text is refused");

	digest_from_raw(DIGEST_SHA256, raw, &digest);
	is_str(digest.text,
	       "sha256:abcd000000000000000000000000000000000000000000000000000000000000",
	       "raw bytes become lower-case digits");
	ok(digest_parse(digest.text, &other, &err) == 0 && digest_equal(&digest, &other),
	   "... that are a valid digest again");
	return done_testing();
}
