/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/document/entry_platform.h"

#include "base/alloc.h"
#include "oci/image_config.h"

#include <string.h>

bool entry_platform_is_stated(const struct entry_platform_opts *opts)
{
	return opts->os || opts->arch || opts->variant || opts->os_version ||
	       opts->os_features.len || opts->features.len;
}

/* The entry's platform in its JSON, which becomes its own: for members that struct platform has not. Borrowed. */
static json_t *own_platform(struct descriptor *entry)
{
	json_t *object = entry->json ? json_deep_copy(entry->json) : json_object();
	json_t *platform = json_object_get(object, "platform");

	if (!json_is_object(platform)) {
		platform = json_object();
		json_object_set_new(object, "platform", platform);
	}
	json_decref(entry->json);
	entry->json = object;
	return platform;
}

/* What the config of an image for Windows says it needs. */
static int read_os_features(const struct jnode *config, struct descriptor *entry, struct error *err)
{
	struct jnode features = jnode_member(config, "os.features");
	autostrlist struct strlist checked = STRLIST_INIT;

	if (jnode_strings(&features, &checked, err) < 0)
		return -1;
	if (checked.len)
		json_object_set(own_platform(entry), "os.features", (json_t *)features.value);
	return 0;
}

int entry_platform_read(const struct layout *layout, const struct manifest *manifest,
			struct descriptor *entry, struct error *err)
{
	autojson json_t *json = NULL;
	struct jnode root;

	if (!image_config_is_type(manifest->config.media_type))
		return 0;
	json = image_config_read_json(layout, &manifest->config, err);
	if (!json)
		return -1;
	root = jnode_root(json, "image config");
	if (platform_from_json(&root, &entry->platform, err) < 0)
		return -1;
	return read_os_features(&root, entry, err);
}

/* A word as GOOS, GOARCH and variants are. */
static int set_word(char *field, size_t size, const char *option, const char *word,
		    struct error *err)
{
	size_t len = strlen(word);

	if (len == 0 || len >= size ||
	    strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789._-") != len)
		return error_set(err, ERROR_USAGE,
				 "option %s: expected a word as in 'linux/arm64/v8', got '%s'",
				 option, word);
	memcpy(field, word, len + 1);
	return 0;
}

static int set_os_version(struct platform *platform, const char *version, struct error *err)
{
	size_t len = strlen(version);

	if (json_check_text(version, err) < 0)
		return error_prefix(err, "option --os-version");
	if (len >= sizeof(platform->os_version))
		return error_set(err, ERROR_USAGE, "option --os-version: longer than %zu bytes",
				 sizeof(platform->os_version) - 1);
	memcpy(platform->os_version, version, len + 1);
	return 0;
}

/* uname's name of an architecture is one of Go's, with its variant. */
static int set_architecture(struct platform *platform, const struct entry_platform_opts *opts,
			    struct error *err)
{
	struct platform parsed;
	autofree char *text = NULL;
	char word[sizeof(platform->architecture)];

	if (set_word(word, sizeof(word), "--arch", opts->arch, err) < 0)
		return -1;
	text = xasprintf("linux/%s%s%s", word, opts->variant ? "/" : "",
			 opts->variant ? opts->variant : "");
	if (platform_parse(text, &parsed, err) < 0)
		return -1;
	memcpy(platform->architecture, parsed.architecture, sizeof(parsed.architecture));
	memcpy(platform->variant, parsed.variant, sizeof(parsed.variant));
	return 0;
}

static int apply_words(const struct entry_platform_opts *opts, struct platform *platform,
		       struct error *err)
{
	if (opts->os && set_word(platform->os, sizeof(platform->os), "--os", opts->os, err) < 0)
		return -1;
	if (opts->variant && set_word(platform->variant, sizeof(platform->variant), "--variant",
				      opts->variant, err) < 0)
		return -1;
	if (opts->arch && set_architecture(platform, opts, err) < 0)
		return -1;
	return opts->os_version ? set_os_version(platform, opts->os_version, err) : 0;
}

/* "a,b": each of them. */
static int add_features(json_t *array, const char *text, const char *option, struct error *err)
{
	if (json_check_text(text, err) < 0)
		return error_prefix(err, "option %s", option);
	while (*text) {
		size_t len = strcspn(text, ",");

		if (len)
			json_array_append_new(array, json_stringn(text, len));
		text += len + (text[len] == ',');
	}
	return 0;
}

static int set_features(struct descriptor *entry, const char *key, const struct strlist *texts,
			const char *option, struct error *err)
{
	json_t *array;

	if (!texts->len)
		return 0;
	array = json_array();
	json_object_set_new(own_platform(entry), key, array);
	for (size_t i = 0; i < texts->len; i++)
		if (add_features(array, texts->items[i], option, err) < 0)
			return -1;
	return 0;
}

int entry_platform_apply(const struct entry_platform_opts *opts, struct descriptor *entry,
			 struct error *err)
{
	if (!entry_platform_is_stated(opts))
		return 0;
	if (apply_words(opts, &entry->platform, err) < 0)
		return -1;
	/* What was of another architecture. */
	if (!entry->platform.variant[0])
		json_object_del(own_platform(entry), "variant");
	if (set_features(entry, "os.features", &opts->os_features, "--os-features", err) < 0 ||
	    set_features(entry, "features", &opts->features, "--features", err) < 0)
		return -1;
	if (entry->platform.os[0] && entry->platform.architecture[0])
		return 0;
	error_set(err, ERROR_USAGE, "%s does not state its %s", entry->digest.text,
		  entry->platform.os[0] ? "architecture" : "system");
	return error_hint(err, "a platform has both: --os OS --arch ARCHITECTURE");
}

int entry_platform_wanted(const struct entry_platform_opts *opts, struct platform *ret,
			  struct error *err)
{
	if (!opts->os && !opts->arch && !opts->variant)
		return 0;
	platform_host(ret);
	return apply_words(opts, ret, err) < 0 ? -1 : 1;
}
