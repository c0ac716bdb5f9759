/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "base/cleanup.h"
#include "oci/media_type.h"
#include "store/image_query.h"

#define SHA256 "sha256:"
#define FILL(c) c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define HEX(first) first FILL("00")
#define ENTRY(first, more) \
	"{\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\",\"digest\":\"" SHA256 HEX( \
		first) "\",\"size\":2" more "}"
#define NAMED(name) ",\"annotations\":{\"" ANNOTATION_REF_NAME "\":\"" name "\"}"
#define CONVERTED(name, first) \
	",\"annotations\":{\"" ANNOTATION_REF_NAME "\":\"" name "\",\"" ANNOTATION_SOURCE \
	"\":\"" SHA256 \
	HEX(first) "\"}"
#define LINUX(architecture) ",\"platform\":{\"os\":\"linux\",\"architecture\":\"" architecture "\"}"

static const char
	text
		[] =
			"{\"schemaVersion\":2,\"manifests\":[" ENTRY(
				"11111111", NAMED(
						    "docker.io/library/alpine:latest")) "," ENTRY("22222222",
												  NAMED("localhost/alpine:latest")) "," ENTRY("33333333", NAMED("docker.io/library/debian:12")) "," ENTRY("44444444", NAMED("bare")) "," ENTRY("abcdef01", "") "," ENTRY("abcdef02", CONVERTED("quay.io/team/app:1", "99999999")) "," ENTRY("abcdef02",
																																									    NAMED("localhost/copy:1")) "," ENTRY("55555555",
																																														 NAMED("localhost/abcdef01:latest")) "," ENTRY("66666666",
																																																			       NAMED("localhost/multi:1") LINUX("amd64")) "," ENTRY("77777777",
																																																										    NAMED("localhost/multi:1")
																																																											    LINUX("arm64")) "]}";

static struct index sample;

/* first: the first eight digits of the digest that word means; NULL: none. */
static void means(const char *word, const char *first, const char *title)
{
	autoimagequery struct image_query query = { 0 };
	const struct platform platform = { .os = "linux", .architecture = "arm64" };
	const struct descriptor *entry;
	enum image_match match;
	struct error err = { 0 };
	char got[9] = "";

	image_query_init(&query, word);
	entry = image_query_choose(&query, &sample, &platform, &match, &err);
	if (entry)
		snprintf(got, sizeof(got), "%.8s", digest_hex(&entry->digest));
	is_str(entry ? got : NULL, first, title);
}

static void fails_with(const char *word, enum error_code code, const char *hint, const char *title)
{
	autoimagequery struct image_query query = { 0 };
	const struct platform platform = { .os = "linux", .architecture = "s390x" };
	enum image_match match;
	struct error err = { 0 };

	image_query_init(&query, word);
	ok(!image_query_choose(&query, &sample, &platform, &match, &err), title);
	image_query_failed(&query, &sample, &err);
	is_int(err.code, code, "... with that status");
	if (!hint)
		is_str(err.hint, "", "... and no hint");
	else if (!ok(strstr(err.hint, hint) != NULL, "... and a hint"))
		printf("# hint: %s\n", err.hint);
}

static void matches_by(const char *word, enum image_match wanted, const char *title)
{
	autoimagequery struct image_query query = { 0 };
	enum image_match match = IMAGE_BY_NAME;

	image_query_init(&query, word);
	ok(image_query_choose(&query, &sample, NULL, &match, NULL) != NULL, title);
	is_int(match, wanted, "... by what it is");
}

static void test_names(void)
{
	means("bare", "44444444", "a name as it stands");
	means("alpine", "22222222", "localhost's image comes before a registry's");
	means("docker.io/library/alpine", "11111111", "the tag latest is the default");
	means("docker.io/alpine", "11111111", "... also where library/ is missing");
	means("debian:12", "33333333", "a registry's image by its short name");
	means("debian", NULL, "... not with another tag");
	means("docker://alpine", "11111111", "an address is that name and no other");
	means("docker://localhost/alpine", "22222222", "... whatever it is");
	means("multi:1", "77777777", "of several with a name the platform decides");
}

static void test_digests(void)
{
	means(SHA256 HEX("abcdef01"), "abcdef01", "a whole digest");
	means(SHA256 HEX("99999999"), "abcdef02", "the digest that an image was converted from");
	means("quay.io/team/app@" SHA256 HEX("abcdef02"), "abcdef02", "a name with its digest");
	means("quay.io/team/app:7@" SHA256 HEX("abcdef02"), "abcdef02", "... the tag is not asked");
	means("quay.io/team/app@" SHA256 HEX("99999999"), "abcdef02", "... nor the conversion");
	means("quay.io/team/ap@" SHA256 HEX("abcdef02"), NULL, "... but the repository is");
	means("debian@" SHA256 HEX("abcdef02"), NULL, "... so another's digest is not found");
	means("debian:12@" SHA256 "3333", NULL, "a name with half a digest is not the name alone");
	means("alpine@", NULL, "... nor with none");
	means("alpine@latest", NULL, "... nor with what is no digest");
	means("docker://alpine@" SHA256 "zz", NULL, "... nor in an address");
}

static void test_prefixes(void)
{
	means("33333333", "33333333", "the first digits of a digest");
	means("333333330", "33333333", "... and more of them");
	means(SHA256 "33333333", "33333333", "... with the algorithm");
	means("3333333", NULL, "... not fewer than eight");
	means("3333333x", NULL, "... and digits only");
	means("33333334", NULL, "... the right ones");
	means("abcdef02", "abcdef02", "one image with two names is one image");
	means("abcdef01", "55555555", "a name wins over a prefix");
	means(SHA256 "abcdef01", "abcdef01", "... unless the algorithm is written");
}

static void test_failures(void)
{
	fails_with("nginx", ERROR_NOT_FOUND, "ctnr pull nginx", "what is not there can be pulled");
	fails_with("localhost/x", ERROR_NOT_FOUND, NULL, "... not from localhost");
	fails_with("alpnie", ERROR_NOT_FOUND,
		   "did you mean 'alpine'? Otherwise fetch it with 'ctnr pull alpnie'",
		   "... a name that is near is told");
	fails_with("debian:13", ERROR_NOT_FOUND, "did you mean 'debian:12'?",
		   "... and another tag");
	fails_with("localhost/alpin", ERROR_NOT_FOUND, "did you mean 'alpine'?",
		   "... of localhost too");
	fails_with("alpine2@" SHA256 HEX("88888888"), ERROR_NOT_FOUND, "fetch it",
		   "... but no other digest's");
	fails_with("deadbeef", ERROR_NOT_FOUND, NULL, "... nor by its first digits");
	fails_with(SHA256 HEX("88888888"), ERROR_NOT_FOUND, NULL, "... nor by its digest");
	fails_with("alpine@" SHA256 "zz", ERROR_NOT_FOUND, NULL, "... nor with half a digest");
	fails_with("localhost/multi:1", ERROR_FAILED, "--platform",
		   "a name without an image for the platform");
	fails_with("multi:1", ERROR_FAILED, "--platform", "... also when it is short");
}

static void test_matches(void)
{
	matches_by("bare", IMAGE_BY_NAME, "a name");
	matches_by("alpine", IMAGE_BY_NAME, "a short name");
	matches_by("abcdef01", IMAGE_BY_NAME, "a name that looks like a prefix");
	matches_by("quay.io/team/app@" SHA256 HEX("abcdef02"), IMAGE_BY_NAME, "NAME@DIGEST");
	matches_by(SHA256 HEX("44444444"), IMAGE_BY_DIGEST, "a digest of an entry with a name");
	matches_by("44444444", IMAGE_BY_DIGEST, "a prefix of one");
}

/* Two digests that begin with the same eight digits. */
static void test_ambiguity(void)
{
	static const char two[] = "{\"schemaVersion\":2,\"manifests\":[" ENTRY(
		"abcdefab", "") ",{\"mediaType\":\"" MEDIA_TYPE_MANIFEST "\",\"digest\":\"" SHA256
				"abcdefab" FILL("11") "\",\"size\":2}]}";
	struct index both = INDEX_INIT;

	index_release(&sample);
	ok(index_parse(two, strlen(two), NULL, &both, NULL) == 0, "two that begin alike");
	sample = both;
	fails_with("abcdefab", ERROR_FAILED, "more digits", "a prefix of both is refused");
	means("abcdefab1", "abcdefab", "... one digit more decides");
}

int main(void)
{
	struct error err = { 0 };

	if (!ok(index_parse(text, strlen(text), NULL, &sample, &err) == 0, "an index"))
		printf("# %s\n", err.message);
	test_names();
	test_digests();
	test_prefixes();
	test_failures();
	test_matches();
	test_ambiguity();
	index_release(&sample);
	return done_testing();
}
