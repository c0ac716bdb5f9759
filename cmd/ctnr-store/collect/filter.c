/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/filter.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "oci/image_config.h"
#include "oci/runtime.h"
#include "system/fd.h"

#include <fnmatch.h>
#include <string.h>
#include <time.h>

/* The value of a word "KEY=VALUE" with that key, or NULL. */
static const char *value_of(const char *word, const char *key)
{
	size_t len = strlen(key);

	return strncmp(word, key, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

/* A date, or a date and a time, without a zone: by the clock on the wall. */
static bool parse_local_moment(const char *text, int64_t *ret_seconds)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S" };

	for (size_t i = 0; i < array_size(forms); i++) {
		struct tm parts = { .tm_isdst = -1 };
		const char *end = strptime(text, forms[i], &parts);
		int day = parts.tm_mday;

		if (!end || *end)
			continue;
		*ret_seconds = mktime(&parts);
		/* The 31st of a month that has none would be another day. */
		return parts.tm_mday == day;
	}
	return false;
}

static bool parse_moment(const char *text, int64_t *ret_seconds)
{
	uint64_t seconds;

	if (*text && !text[strspn(text, "0123456789")]) {
		if (number_parse(text, INT64_MAX, &seconds, NULL) < 0)
			return false;
		*ret_seconds = (int64_t)seconds;
		return true;
	}
	return clock_parse_rfc3339(text, ret_seconds) || parse_local_moment(text, ret_seconds);
}

static int parse_until(const char *value, int64_t now, struct filter *ret, struct error *err)
{
	uint64_t age;
	int64_t moment;

	if (!parse_moment(value, &moment)) {
		if (number_parse_duration(value, &age, NULL) < 0)
			return error_set(
				err, ERROR_USAGE,
				"until: expected a duration like 24h or 7d, or a moment like 2026-11-26 or 2026-11-26T10:00:00Z, got '%s'",
				value);
		moment = now - (int64_t)age;
	}
	if (moment < ret->before)
		ret->before = moment;
	return 0;
}

static int refuse_word(const char *word, struct error *err)
{
	error_set(err, ERROR_USAGE,
		  "option --filter: expected until=, label=, label!= or reference=, got '%s'",
		  word);
	if (value_of(word, "dangling"))
		error_hint(
			err,
			"'ctnr image prune' removes dangling images alone, with --all all that no container uses");
	return -1;
}

int filter_parse(const struct strlist *words, int64_t now, struct filter *ret, struct error *err)
{
	struct filter filter = { .words = words, .before = INT64_MAX };

	for (size_t i = 0; i < words->len; i++) {
		const char *word = words->items[i];
		const char *until = value_of(word, "until");

		if (until && parse_until(until, now, &filter, err) < 0)
			return error_prefix(err, "option --filter");
		if (!until && !value_of(word, "label") && !value_of(word, "label!") &&
		    !value_of(word, "reference"))
			return refuse_word(word, err);
		if (!value_of(word, "reference"))
			filter.needs_config = true;
	}
	*ret = filter;
	return 0;
}

/* Is there a label that "KEY" or "KEY=VALUE" names? labels is an object, or NULL. */
static bool has_label(const json_t *labels, const char *wanted)
{
	size_t len = strcspn(wanted, "=");
	autofree char *key = xstrndup(wanted, len);
	const json_t *value = json_object_get(labels, key);
	const char *text = json_is_string(value) ? json_string_value(value) : "";

	return value && (!wanted[len] || strcmp(text, wanted + len + 1) == 0);
}

static bool labels_fit(const struct filter *filter, const json_t *labels)
{
	for (size_t i = 0; i < filter->words->len; i++) {
		const char *wanted = value_of(filter->words->items[i], "label");
		const char *unwanted = value_of(filter->words->items[i], "label!");

		if ((wanted && !has_label(labels, wanted)) ||
		    (unwanted && has_label(labels, unwanted)))
			return false;
	}
	return true;
}

static bool pattern_fits(const char *pattern, const char *name)
{
	const char *colon = strrchr(name, ':');
	autofree char *untagged = xstrndup(
		name, colon && !strchr(colon, '/') ? (size_t)(colon - name) : strlen(name));

	for (const char *at = name; at; at = strchr(at, '/')) {
		if (*at == '/')
			at++;
		if (fnmatch(pattern, at, FNM_PATHNAME) == 0 ||
		    (strlen(untagged) > (size_t)(at - name) &&
		     fnmatch(pattern, untagged + (at - name), FNM_PATHNAME) == 0))
			return true;
	}
	return false;
}

static bool reference_fits(const struct filter *filter, const char *name)
{
	bool is_asked = false;

	for (size_t i = 0; i < filter->words->len; i++) {
		const char *pattern = value_of(filter->words->items[i], "reference");

		is_asked = is_asked || pattern;
		if (pattern && name && pattern_fits(pattern, name))
			return true;
	}
	return !is_asked;
}

/* The config of the image that an entry stands for, new. NULL: there is none, or several. */
static json_t *read_config(const struct layout *layout, const struct descriptor *entry)
{
	automanifest struct manifest manifest = MANIFEST_INIT;
	autodescriptor struct descriptor image = DESCRIPTOR_INIT;

	if (layout_resolve(layout, entry, NULL, &image, NULL) < 0 ||
	    layout_read_manifest(layout, &image, &manifest, NULL) < 0)
		return NULL;
	return image_config_read_json(layout, &manifest.config, NULL);
}

bool filter_has_image(const struct filter *filter, const struct layout *layout,
		      const struct descriptor *entry)
{
	autojson json_t *config = NULL;
	const char *created;
	int64_t moment;

	if (!reference_fits(filter, descriptor_annotation(entry, ANNOTATION_REF_NAME)))
		return false;
	if (!filter->needs_config)
		return true;
	config = read_config(layout, entry);
	created = json_string_value(json_object_get(config, "created"));
	if (!created || !clock_parse_rfc3339(created, &moment))
		moment = 0;
	return moment < filter->before &&
	       labels_fit(filter, json_object_get(json_object_get(config, "config"), "Labels"));
}

bool filter_has_bundle(const struct filter *filter, const struct bundle *bundle,
		       int64_t record_time)
{
	autostr struct str text = STR_INIT;
	autojson json_t *config = NULL;

	if (!reference_fits(filter, bundle->image.ref))
		return false;
	if (!filter->needs_config)
		return true;
	if (file_read_at(bundle->dirfd, RUNTIME_CONFIG_FILE, RUNTIME_CONFIG_MAX, &text, NULL) == 0)
		config = json_parse(text.data, text.len, RUNTIME_CONFIG_FILE, NULL);
	return record_time / CLOCK_NS < filter->before &&
	       labels_fit(filter, json_object_get(config, "annotations"));
}
