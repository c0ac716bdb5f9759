/* SPDX-License-Identifier: Apache-2.0 */
#include "tap.h"

#include "oci/platform.h"

static struct platform parse(const char *text)
{
	struct platform platform = { 0 };
	struct error err = { 0 };

	if (platform_parse(text, &platform, &err) < 0)
		printf("# %s: %s\n", text, err.message);
	return platform;
}

static void reads(const char *text, const char *wanted)
{
	struct platform platform = parse(text);
	char got[PLATFORM_TEXT_MAX];
	char title[256];

	snprintf(title, sizeof(title), "'%s' is %s", text, wanted);
	is_str(platform_format(&platform, got), wanted, title);
}

static void distance(const char *have, const char *want, int wanted)
{
	struct platform left = parse(have);
	struct platform right = parse(want);
	char title[256];

	snprintf(title, sizeof(title), "an image for %s %s where %s is wanted", have,
		 wanted < 0    ? "does not run"
		 : wanted == 0 ? "is just right"
			       : "runs too",
		 want);
	is_int(platform_distance(&left, &right), wanted, title);
}

static void refused(const char *text)
{
	struct platform platform;
	struct error err = { 0 };
	char title[256];

	snprintf(title, sizeof(title), "'%s' is refused", text);
	ok(platform_parse(text, &platform, &err) < 0 && err.code == ERROR_USAGE, title);
}

static void test_json(void)
{
	static const char text[] = "{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\","
				   "\"os.version\":\"1\",\"features\":[]}";
	static const char bad[] = "{\"os\":1}";
	struct error err = { 0 };
	autojson json_t *document = json_parse(text, strlen(text), "platform", &err);
	autojson json_t *wrong = json_parse(bad, strlen(bad), "platform", &err);
	autojson json_t *again = NULL;
	struct jnode root = jnode_root(document, "platform");
	struct jnode wrong_root = jnode_root(wrong, "platform");
	struct jnode absent = jnode_member(&root, "nothing");
	struct platform platform = { 0 };

	ok(platform_from_json(&root, &platform, &err) == 0, "a platform object is read");
	again = platform_to_json(&platform);
	is_str(json_string_value(json_object_get(again, "os.version")), "1",
	       "... and written again");
	ok(platform_from_json(&absent, &platform, &err) == 0 && !platform.os[0],
	   "an absent platform is empty");
	ok(!platform_to_json(&platform), "... and is not written");
	ok(platform_from_json(&wrong_root, &platform, &err) < 0, "a wrong type is refused");
	is_str(err.message, "platform: os: expected string, got integer", "... with its path");
}

int main(void)
{
	struct platform host;

	platform_host(&host);
	is_str(host.os, "linux", "the host runs linux");
	ok(host.architecture[0] && !strchr(host.architecture, '_'), "... on a GOARCH");

	reads("linux/amd64", "linux/amd64");
	reads("linux/x86_64", "linux/amd64");
	reads("arm64", "linux/arm64");
	reads("aarch64", "linux/arm64");
	reads("Linux/ARM64", "linux/arm64");
	reads("AMD64", "linux/amd64");
	reads("linux/arm64/v8", "linux/arm64/v8");
	reads("arm/v6", "linux/arm/v6");
	reads("armhf", "linux/arm/v7");
	reads("windows/amd64", "windows/amd64");
	refused("");
	refused("/");
	refused("linux/");
	refused("a/b/c");
	refused("linux/amd64/v1/x");
	refused("linux/amd 64");
	refused("linux/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");

	distance("linux/amd64", "linux/amd64", 0);
	distance("linux/amd64/v1", "linux/amd64", 0);
	distance("linux/amd64/v3", "linux/amd64", -1);
	distance("linux/amd64/v2", "linux/amd64/v3", 1);
	distance("linux/amd64", "linux/amd64/v3", 2);
	distance("linux/arm64/v8", "linux/arm64", 0);
	distance("linux/arm64", "linux/arm64/v8", 0);
	distance("linux/arm/v7", "linux/arm", 0);
	distance("linux/arm/v6", "linux/arm", 1);
	distance("linux/arm/v5", "linux/arm", 2);
	distance("linux/arm/v7", "linux/arm/v6", -1);
	distance("linux/arm/v8", "linux/arm", -1);
	distance("windows/amd64", "linux/amd64", -1);
	distance("linux/386", "linux/amd64", -1);
	distance("linux/ppc64le/power8", "linux/ppc64le", 1);
	distance("linux/ppc64le/power9", "linux/ppc64le/power8", -1);
	test_json();
	return done_testing();
}
