/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/platform.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>
#include <sys/utsname.h>

/* What the world calls architectures, as GOARCH and variant. "" as variant: not stated. */
static const struct {
	const char *alias;
	const char *architecture;
	const char *variant;
} aliases[] = {
	{ "x86_64", "amd64", "" },
	{ "x86-64", "amd64", "" },
	{ "i386", "386", "" },
	{ "i486", "386", "" },
	{ "i586", "386", "" },
	{ "i686", "386", "" },
	{ "aarch64", "arm64", "" },
	{ "aarch64_be", "arm64be", "" },
	{ "armhf", "arm", "v7" },
	{ "armel", "arm", "v6" },
	{ "armv5tel", "arm", "v5" },
	{ "armv5tejl", "arm", "v5" },
	{ "armv6l", "arm", "v6" },
	{ "armv7l", "arm", "v7" },
	{ "armv8l", "arm", "v7" },
	{ "ppc64el", "ppc64le", "" },
	{ "mips64el", "mips64le", "" },
	{ "mipsel", "mipsle", "" },
	{ "loongarch64", "loong64", "" },
};

/* The variant that an architecture means when none is stated. */
static const struct {
	const char *architecture;
	const char *variant;
} defaults[] = {
	{ "amd64", "v1" },
	{ "arm64", "v8" },
	{ "arm", "v7" },
};

static const char *const systems[] = {
	"linux",   "windows", "darwin",  "freebsd", "netbsd", "openbsd",
	"android", "solaris", "illumos", "aix",     "plan9",  "dragonfly",
};

const struct platform platform_unknown = { .os = "unknown", .architecture = "unknown" };

static bool is_system(const char *text)
{
	for (size_t i = 0; i < array_size(systems); i++)
		if (strcmp(text, systems[i]) == 0)
			return true;
	return false;
}

/* text is at most size - 1 long: the callers checked. */
static void set_field(char *field, size_t size, const char *text)
{
	size_t len = strnlen(text, size - 1);

	memcpy(field, text, len);
	field[len] = '\0';
}

static void normalise_platform(struct platform *platform)
{
	for (size_t i = 0; i < array_size(aliases); i++) {
		if (strcmp(platform->architecture, aliases[i].alias) != 0)
			continue;
		set_field(platform->architecture, sizeof(platform->architecture),
			  aliases[i].architecture);
		if (!platform->variant[0])
			set_field(platform->variant, sizeof(platform->variant), aliases[i].variant);
		return;
	}
}

static void lower_word(char *word)
{
	for (; *word; word++)
		*word = (char)tolower((unsigned char)*word);
}

/* Some write uname's names, or capitals. */
static struct platform canonical_platform(const struct platform *platform)
{
	struct platform canonical = *platform;

	lower_word(canonical.os);
	lower_word(canonical.architecture);
	normalise_platform(&canonical);
	return canonical;
}

void platform_host(struct platform *ret)
{
	struct utsname name;

	*ret = (struct platform) { .os = "linux", .architecture = "amd64" };
	if (uname(&name) == 0)
		set_field(ret->architecture, sizeof(ret->architecture), name.machine);
	normalise_platform(ret);
}

int platform_parse(const char *text, struct platform *ret, struct error *err)
{
	char words[3][sizeof(ret->os)] = { { 0 } };
	struct platform host;
	struct platform p = { 0 };
	const char *rest = text;
	size_t n = 0;

	for (;;) {
		size_t len = strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					  "0123456789_.-");

		if (n == array_size(words) || len == 0 || len >= sizeof(words[0]) ||
		    (rest[len] && rest[len] != '/'))
			return error_set(
				err, ERROR_USAGE,
				"invalid platform '%s', expected OS/ARCHITECTURE[/VARIANT]", text);
		memcpy(words[n], rest, len);
		lower_word(words[n++]);
		if (!rest[len])
			break;
		rest += len + 1;
	}
	if (n == array_size(words) && !is_system(words[0]))
		return error_set(err, ERROR_USAGE, "invalid platform '%s', unknown system '%s'",
				 text, words[0]);
	platform_host(&host);
	if (is_system(words[0])) {
		set_field(p.os, sizeof(p.os), words[0]);
		set_field(p.architecture, sizeof(p.architecture),
			  n > 1 ? words[1] : host.architecture);
		set_field(p.variant, sizeof(p.variant), n > 1 ? words[2] : host.variant);
	} else {
		set_field(p.os, sizeof(p.os), host.os);
		set_field(p.architecture, sizeof(p.architecture), words[0]);
		set_field(p.variant, sizeof(p.variant), words[1]);
	}
	normalise_platform(&p);
	*ret = p;
	return 0;
}

const char *platform_format(const struct platform *platform, char text[PLATFORM_TEXT_MAX])
{
	snprintf(text, PLATFORM_TEXT_MAX, "%s/%s%s%s", platform->os, platform->architecture,
		 platform->variant[0] ? "/" : "", platform->variant);
	return text;
}

/* The stated variant, or the architecture's default. */
static const char *effective_variant(const struct platform *platform)
{
	if (platform->variant[0])
		return platform->variant;
	for (size_t i = 0; i < array_size(defaults); i++)
		if (strcmp(platform->architecture, defaults[i].architecture) == 0)
			return defaults[i].variant;
	return "";
}

/* The number of "v7", 0 for anything else. Architectures with a default variant number them, and
 * each runs what is made for lower ones. */
static int variant_number(const char *variant)
{
	if (variant[0] != 'v' || variant[1] < '1' || variant[1] > '9' || variant[2])
		return 0;
	return variant[1] - '0';
}

int platform_distance(const struct platform *have_, const struct platform *want)
{
	const struct platform canonical = canonical_platform(have_);
	const struct platform *have = &canonical;
	const char *have_variant = effective_variant(have);
	const char *want_variant = effective_variant(want);
	int have_number = variant_number(have_variant);
	int want_number = variant_number(want_variant);

	if (strcmp(have->os, want->os) != 0 || strcmp(have->architecture, want->architecture) != 0)
		return -1;
	if (strcmp(have_variant, want_variant) == 0)
		return 0;
	if (have_number && want_number)
		return have_number < want_number ? want_number - have_number : -1;
	/* Variants without an order: one side has to leave it open. */
	return have_variant[0] && want_variant[0] ? -1 : 1;
}

bool platform_matches(const struct platform *have, const struct platform *want)
{
	return platform_distance(have, want) >= 0;
}

static int read_field(const struct jnode *node, const char *key, char *field, size_t size,
		      struct error *err)
{
	struct jnode member = jnode_member(node, key);
	const char *text = "";

	if (jnode_string_opt(&member, &text, err) < 0)
		return -1;
	if (strlen(text) >= size)
		return jnode_error(&member, err, "longer than %zu bytes", size - 1);
	set_field(field, size, text);
	return 0;
}

int platform_from_json(const struct jnode *node, struct platform *ret, struct error *err)
{
	struct platform p = { 0 };

	if (jnode_object(node, err) < 0 || read_field(node, "os", p.os, sizeof(p.os), err) < 0 ||
	    read_field(node, "architecture", p.architecture, sizeof(p.architecture), err) < 0 ||
	    read_field(node, "variant", p.variant, sizeof(p.variant), err) < 0 ||
	    read_field(node, "os.version", p.os_version, sizeof(p.os_version), err) < 0)
		return -1;
	*ret = p;
	return 0;
}

json_t *platform_to_json(const struct platform *platform)
{
	json_t *object;

	if (!platform->os[0])
		return NULL;
	object = json_object();
	json_object_set_new(object, "os", json_string(platform->os));
	json_object_set_new(object, "architecture", json_string(platform->architecture));
	if (platform->variant[0])
		json_object_set_new(object, "variant", json_string(platform->variant));
	if (platform->os_version[0])
		json_object_set_new(object, "os.version", json_string(platform->os_version));
	return object;
}
