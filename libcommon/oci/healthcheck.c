/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/healthcheck.h"

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/number.h"
#include "oci/dockerfile_word.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define DURATION_MIN INT64_C(1000000) /* nanoseconds: a shorter one is a slip */

struct duration_unit {
	const char *name;
	int64_t ns;
};

/* A name stands before those that it begins with. */
static const struct duration_unit duration_units[] = {
	{ "ns", 1 },
	{ "us", 1000 },
	{ "\xc2\xb5s", 1000 }, /* U+00B5 */
	{ "\xce\xbcs", 1000 }, /* U+03BC */
	{ "ms", 1000000 },
	{ "s", 1000000000 },
	{ "m", INT64_C(60) * 1000000000 },
	{ "h", INT64_C(3600) * 1000000000 },
};

static const struct duration_unit *find_unit(const char *text)
{
	for (size_t i = 0; i < array_size(duration_units); i++)
		if (strncmp(text, duration_units[i].name, strlen(duration_units[i].name)) == 0)
			return &duration_units[i];
	return NULL;
}

/* Read digits from *text on as a number. false: it does not fit. */
static bool read_digits(const char **text, int64_t *ret)
{
	for (*ret = 0; **text >= '0' && **text <= '9'; ++*text)
		if (__builtin_mul_overflow(*ret, 10, ret) ||
		    __builtin_add_overflow(*ret, **text - '0', ret))
			return false;
	return true;
}

/* Read digits as the fraction that they are of 10^9: those behind the ninth count for nothing. */
static int64_t read_fraction(const char **text)
{
	int64_t value = 0;
	int64_t scale = 100000000;

	for (; **text >= '0' && **text <= '9'; ++*text, scale /= 10)
		value += (**text - '0') * scale;
	return value;
}

/* That fraction of a unit, in nanoseconds. */
static int64_t fraction_of(int64_t fraction, int64_t ns)
{
	return ns >= 1000000000 ? fraction * (ns / 1000000000) : fraction * ns / 1000000000;
}

/* Read one number with its unit. false: it is none, or too long. */
static bool read_part(const char **text, int64_t *ret)
{
	const struct duration_unit *unit;
	const char *begin = *text;
	int64_t whole;
	int64_t fraction = 0;
	bool has_point;
	int64_t sum;

	if (!read_digits(text, &whole))
		return false;
	has_point = **text == '.';
	*text += has_point;
	if (has_point)
		fraction = read_fraction(text);
	unit = find_unit(*text);
	if (!unit || *text == begin + has_point)
		return false;
	*text += strlen(unit->name);
	return !__builtin_mul_overflow(whole, unit->ns, &sum) &&
	       !__builtin_add_overflow(sum, fraction_of(fraction, unit->ns), ret);
}

int healthcheck_parse_duration(const char *text, int64_t *ret, struct error *err)
{
	const char *rest = text;
	int64_t sum = 0;
	int64_t part;

	if (strcmp(text, "0") == 0) {
		*ret = 0;
		return 0;
	}
	do {
		if (!read_part(&rest, &part) || __builtin_add_overflow(sum, part, &sum))
			return error_set(err, ERROR_USAGE,
					 "expected a duration like '1m30s', got '%s'", text);
	} while (*rest);
	*ret = sum;
	return 0;
}

/* The options and the members that they become. */
struct healthcheck_option {
	const char *name;
	const char *member;
	bool is_number;
};

static const struct healthcheck_option healthcheck_options[] = {
	{ "--interval", "Interval", false },        { "--timeout", "Timeout", false },
	{ "--start-period", "StartPeriod", false }, { "--start-interval", "StartInterval", false },
	{ "--retries", "Retries", true },
};

static const struct healthcheck_option *find_option(const char *name, struct error *err)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < array_size(healthcheck_options); i++) {
		if (strcmp(name, healthcheck_options[i].name) == 0)
			return &healthcheck_options[i];
		nearest_offer(&nearest, healthcheck_options[i].name);
	}
	error_set(err, ERROR_USAGE, "there is no option '%s'", name);
	nearest_hint(&nearest, "", err);
	return NULL;
}

static int read_value(const struct healthcheck_option *option, const char *value, int64_t *ret,
		      struct error *err)
{
	uint64_t number;

	if (option->is_number) {
		if (number_parse(value, INT_MAX, &number, err) < 0)
			return error_prefix(err, "option %s", option->name);
		*ret = (int64_t)number;
		return 0;
	}
	if (healthcheck_parse_duration(value, ret, err) < 0)
		return error_prefix(err, "option %s", option->name);
	if (*ret && *ret < DURATION_MIN)
		return error_set(err, ERROR_USAGE, "option %s: '%s' is less than 1ms", option->name,
				 value);
	return 0;
}

static int add_option(json_t *healthcheck, const char *word, struct error *err)
{
	const char *equals = strchr(word, '=');
	autofree char *name = xstrndup(word, equals ? (size_t)(equals - word) : strlen(word));
	const struct healthcheck_option *option = find_option(name, err);
	int64_t value;

	if (!option)
		return -1;
	if (!equals)
		return error_set(err, ERROR_USAGE, "option %s needs a value: %s=VALUE", name, name);
	if (json_object_get(healthcheck, option->member))
		return error_set(err, ERROR_USAGE, "option %s stands twice", name);
	if (read_value(option, equals + 1, &value, err) < 0)
		return -1;
	json_object_set_new(healthcheck, option->member, json_integer(value));
	return 0;
}

/* Read the options from *text on. */
static int read_options(json_t *healthcheck, const char **text, struct error *err)
{
	*text += strspn(*text, DOCKERFILE_BLANKS);
	while (strncmp(*text, "--", 2) == 0) {
		size_t len = strcspn(*text, DOCKERFILE_BLANKS);
		autofree char *word = xstrndup(*text, len);

		if (add_option(healthcheck, word, err) < 0)
			return -1;
		*text += len;
		*text += strspn(*text, DOCKERFILE_BLANKS);
	}
	return 0;
}

/* 0 means that nothing is said. */
static void remove_unsaid(json_t *healthcheck)
{
	for (size_t i = 0; i < array_size(healthcheck_options); i++) {
		const char *member = healthcheck_options[i].member;

		if (json_integer_value(json_object_get(healthcheck, member)) == 0)
			json_object_del(healthcheck, member);
	}
}

static int read_test(json_t *healthcheck, const char *command, struct error *err)
{
	autostrlist struct strlist words = STRLIST_INIT;
	json_t *test = json_object_get(healthcheck, "Test");
	int is_array = dockerfile_read_array(command, &words, err);

	if (is_array < 0)
		return -1;
	if (is_array ? !words.len : !*command)
		return error_set(err, ERROR_USAGE, "no command behind CMD");
	json_array_append_new(test, json_string(is_array ? "CMD" : "CMD-SHELL"));
	if (!is_array)
		json_array_append_new(test, json_string(command));
	for (size_t i = 0; i < words.len; i++)
		json_array_append_new(test, json_string(words.items[i]));
	return 0;
}

json_t *healthcheck_read(const char *arguments, struct error *err)
{
	autojson json_t *healthcheck = json_pack("{s:[]}", "Test");
	autofree char *kind = NULL;
	size_t len;

	if (read_options(healthcheck, &arguments, err) < 0)
		return NULL;
	len = strcspn(arguments, DOCKERFILE_BLANKS);
	kind = xstrndup(arguments, len);
	arguments += len + strspn(arguments + len, DOCKERFILE_BLANKS);
	if (strcasecmp(kind, "CMD") == 0) {
		remove_unsaid(healthcheck);
		return read_test(healthcheck, arguments, err) < 0 ? NULL : steal(&healthcheck);
	}
	if (strcasecmp(kind, "NONE") != 0)
		error_set(err, ERROR_USAGE, "expected CMD or NONE, got '%s'", kind);
	else if (*arguments || json_object_size(healthcheck) > 1)
		error_set(err, ERROR_USAGE, "NONE has no options and no command");
	else
		return json_pack("{s:[s]}", "Test", "NONE");
	return NULL;
}
