/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp.h"

#include "opts.h"
#include "seccomp_architecture.h"
#include "seccomp_table.h"

#include "base/alloc.h"
#include "base/nearest.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

const struct option seccomp_options[] = {
	{ "security-opt", 0, "OPT", "seccomp=FILE|unconfined|default, no-new-privileges[=BOOL]",
	  OPTION_LIST, offsetof(struct seccomp_opts, security) },
	OPTION_END,
};

/* Append the names of a row to the text of an array's elements. */
static void append_call_names(const char *text, struct str *names)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		str_append(names, names->len ? ",\"" : "\"");
		str_append_bytes(names, text, len);
		str_append_char(names, '"');
		text += len + (text[len] == ' ');
	}
}

static void append_argument(const struct seccomp_argument *a, struct str *rule)
{
	str_appendf(rule,
		    ",\"args\":[{\"index\":%u,\"value\":%" PRIu64 ",\"valueTwo\":%" PRIu64
		    ",\"op\":\"SCMP_CMP_MASKED_EQ\"}]",
		    a->index, a->mask, a->value);
}

static void append_rule(const struct str *names, int denied_errno,
			const struct seccomp_argument *argument, struct str *rules)
{
	str_append(rules, "{\"names\":[");
	str_append_bytes(rules, names->data, names->len);
	str_append(rules, "],\"action\":");
	if (denied_errno)
		str_appendf(rules, "\"SCMP_ACT_ERRNO\",\"errnoRet\":%d", denied_errno);
	else
		str_append(rules, "\"SCMP_ACT_ALLOW\"");
	if (argument->mask)
		append_argument(argument, rules);
	str_append_char(rules, '}');
}

/* The errno that a row's calls are answered with; 0: allowed. */
static int denied_errno(const struct seccomp_row *row, uint64_t capabilities)
{
	if (row->capabilities == SECCOMP_NEVER)
		return EPERM;
	if (!row->capabilities || (row->capabilities & capabilities))
		return 0;
	return row->otherwise ? row->otherwise : EPERM;
}

/* Does another row for the same calls decide instead? A row with a condition on an argument gives
 * way to one that allows the calls without a condition, because the two rules would contradict each
 * other. A row without a condition that is denied for want of a capability gives way to the row with
 * a condition (clone). */
static bool is_overruled(const struct seccomp_row *row, uint64_t capabilities)
{
	for (size_t i = 0; i < seccomp_rows_len; i++) {
		const struct seccomp_row *other = &seccomp_rows[i];

		if (!other->argument.mask == !row->argument.mask ||
		    strcmp(other->names, row->names) != 0)
			continue;
		if (!row->argument.mask)
			return denied_errno(row, capabilities) != 0;
		if (denied_errno(other, capabilities) == 0)
			return true;
	}
	return false;
}

/* Append the rules: first one for all calls that are allowed without a condition, and one for all that
 * are denied; then those that have a condition or another errno. */
static void append_rules(uint64_t capabilities, struct str *ret)
{
	static const struct seccomp_argument none;
	autostr struct str allowed = STR_INIT, denied = STR_INIT, others = STR_INIT;

	for (size_t i = 0; i < seccomp_rows_len; i++) {
		const struct seccomp_row *row = &seccomp_rows[i];
		int number = denied_errno(row, capabilities);
		autostr struct str names = STR_INIT;

		/* The default action is ENOSYS too, and libseccomp refuses a rule that repeats it. */
		if (number == ENOSYS || is_overruled(row, capabilities))
			continue;
		if (!row->argument.mask && (number == 0 || number == EPERM)) {
			append_call_names(row->names, number ? &denied : &allowed);
			continue;
		}
		append_call_names(row->names, &names);
		str_append_char(&others, ',');
		append_rule(&names, number, &row->argument, &others);
	}
	append_rule(&allowed, 0, &none, ret);
	str_append_char(ret, ',');
	append_rule(&denied, EPERM, &none, ret);
	str_append_bytes(ret, others.data, others.len);
}

static void append_architectures(struct str *ret)
{
	const char *before = "";

	for (const char *const *a = seccomp_architectures(); *a; a++) {
		str_appendf(ret, "%s\"%s\"", before, *a);
		before = ",";
	}
}

/* Append the default profile for a bounding set. */
static void append_default_profile(uint64_t capabilities, struct str *ret)
{
	str_appendf(ret,
		    "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":%d,"
		    "\"architectures\":[",
		    ENOSYS);
	append_architectures(ret);
	str_append(ret, "],\"syscalls\":[");
	append_rules(capabilities, ret);
	str_append(ret, "]}");
}

/* The last --security-opt of each kind counts. */
struct security {
	const char *seccomp;
	enum option_state no_new_privileges;
};

/* Is text the option of that name, with a value behind "=" or ":", or without one ("")? */
static bool security_option_is(const char *text, const char *name, const char **ret_value)
{
	size_t len = strlen(name);

	if (!str_starts_with(text, name) || !strchr("=:", text[len]))
		return false;
	*ret_value = text[len] ? text + len + 1 : "";
	return true;
}

static int unknown_security_option(const char *text, struct error *err)
{
	autofree char *name = xstrndup(text, strcspn(text, "=:"));
	struct nearest nearest = nearest_to(name);

	nearest_offer(&nearest, "seccomp");
	nearest_offer(&nearest, "no-new-privileges");
	error_set(err, ERROR_USAGE, "option --security-opt: unknown '%s'", text);
	if (nearest.mistakes) /* none: the name is right, and its value is not */
		nearest_hint(&nearest, "", err);
	return error_default_hint(err, "seccomp=FILE, seccomp=unconfined, seccomp=default, "
				       "no-new-privileges[=true|false]");
}

static int parse_security_option(const char *text, struct security *ret, struct error *err)
{
	const char *value;

	if (security_option_is(text, "seccomp", &value) && *value) {
		ret->seccomp = value;
		return 0;
	}
	if (security_option_is(text, "no-new-privileges", &value) &&
	    (strcmp(text, "no-new-privileges") == 0 || strcmp(value, "true") == 0)) {
		ret->no_new_privileges = OPTION_TRUE;
		return 0;
	}
	if (security_option_is(text, "no-new-privileges", &value) && strcmp(value, "false") == 0) {
		ret->no_new_privileges = OPTION_FALSE;
		return 0;
	}
	return unknown_security_option(text, err);
}

static int parse_security(const struct strlist *options, struct security *ret, struct error *err)
{
	for (size_t i = 0; i < options->len; i++)
		if (parse_security_option(options->items[i], ret, err) < 0)
			return -1;
	return 0;
}

static bool is_profile_file(const char *wanted)
{
	return wanted && strcmp(wanted, "unconfined") != 0 && strcmp(wanted, "default") != 0;
}

int seccomp_check(const struct seccomp_opts *opts, struct error *err)
{
	struct security wanted = { NULL, OPTION_UNSTATED };

	if (parse_security(&opts->security, &wanted, err) < 0)
		return -1;
	if (is_profile_file(wanted.seccomp) && access(wanted.seccomp, R_OK) < 0)
		return error_errno(err, "option --security-opt: seccomp profile: cannot open '%s'",
				   wanted.seccomp);
	return 0;
}

/* In an edit without an option for it: does the config have the default profile for the
 * capabilities that it had before, which are others now? */
static bool default_profile_is_stale(const json_t *present, uint64_t before, uint64_t now)
{
	autostr struct str text = STR_INIT;
	autojson json_t *old = NULL;

	if (!present || before == now)
		return false;
	append_default_profile(before, &text);
	old = json_parse(text.data, text.len, "profile", NULL);
	return json_equal(old, present);
}

static int apply_profile(struct spec *spec, const char *wanted, uint64_t before,
			 json_t *linux_object, struct error *err)
{
	json_t *profile;

	if (!wanted && spec->opts->privileged)
		wanted = "unconfined";
	if (!wanted && !spec->image &&
	    !default_profile_is_stale(json_object_get(linux_object, "seccomp"), before,
				      spec->capabilities))
		return 0;
	if (!wanted)
		wanted = "default";
	if (strcmp(wanted, "unconfined") == 0) {
		json_object_del(linux_object, "seccomp");
		return 0;
	}
	if (strcmp(wanted, "default") == 0) {
		append_default_profile(spec->capabilities, &spec->default_profile);
		json_object_set_new(linux_object, "seccomp", json_string(""));
		return 0;
	}
	profile = seccomp_read(wanted, spec->capabilities, err);
	if (!profile)
		return error_prefix(err, "option --security-opt");
	json_object_set_new(linux_object, "seccomp", profile);
	return 0;
}

int seccomp_apply(struct spec *spec, uint64_t before, struct error *err)
{
	struct security wanted = { NULL, OPTION_UNSTATED };
	json_t *linux_object = spec_config_member(spec, "linux", JSON_OBJECT, err);
	json_t *process = spec_config_member(spec, "process", JSON_OBJECT, err);

	if (!linux_object || !process ||
	    parse_security(&spec->opts->seccomp.security, &wanted, err) < 0)
		return -1;
	if (spec->image || wanted.no_new_privileges != OPTION_UNSTATED)
		json_object_set_new(process, "noNewPrivileges",
				    json_boolean(wanted.no_new_privileges == OPTION_TRUE));
	return apply_profile(spec, wanted.seccomp, before, linux_object, err);
}
