/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp.h"

#include "capability.h"
#include "seccomp_table.h"

#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

/* What the kernel of each machine runs (uname(2)), native first, by libseccomp's names. */
static const struct {
	const char *machine;
	const char *architectures[4];
} machines[] = {
	{ "x86_64", { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32" } },
	{ "aarch64", { "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM" } },
	{ "i686", { "SCMP_ARCH_X86" } },
	{ "armv7l", { "SCMP_ARCH_ARM" } },
	{ "ppc64le", { "SCMP_ARCH_PPC64LE" } },
	{ "riscv64", { "SCMP_ARCH_RISCV64" } },
	{ "s390x", { "SCMP_ARCH_S390X", "SCMP_ARCH_S390" } },
};

const char *const *seccomp_architectures(void)
{
	static const char *const none[] = { NULL };
	struct utsname host;

	if (uname(&host) < 0)
		return none;
	for (size_t i = 0; i < array_size(machines); i++)
		if (strcmp(machines[i].machine, host.machine) == 0)
			return machines[i].architectures;
	return none;
}

/* Append the names of a row. */
static void add_names(json_t *names, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		json_array_append_new(names, json_stringn(text, len));
		text += len + (text[len] == ' ');
	}
}

static json_t *new_rule(json_t *names, int denied_errno)
{
	if (!denied_errno)
		return json_pack("{s:o, s:s}", "names", names, "action", "SCMP_ACT_ALLOW");
	return json_pack("{s:o, s:s, s:i}", "names", names, "action", "SCMP_ACT_ERRNO", "errnoRet",
			 denied_errno);
}

static json_t *new_argument(const struct seccomp_argument *a)
{
	return json_pack("[{s:i, s:I, s:I, s:s}]", "index", (int)a->index, "value",
			 (json_int_t)a->mask, "valueTwo", (json_int_t)a->value, "op",
			 "SCMP_CMP_MASKED_EQ");
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

/* Is this call, with a condition, allowed without one elsewhere? Then the condition goes: the two
 * would contradict each other. And the other way round, a row that is denied for want of a
 * capability gives way to a conditional one (clone). */
static bool is_overruled(const struct seccomp_row *row, uint64_t capabilities)
{
	for (size_t i = 0; i < seccomp_rows_len; i++) {
		const struct seccomp_row *other = &seccomp_rows[i];

		if (other == row || strcmp(other->names, row->names) != 0 ||
		    !other->argument.mask == !row->argument.mask)
			continue;
		if (!row->argument.mask)
			return denied_errno(row, capabilities) != 0;
		if (denied_errno(other, capabilities) == 0)
			return true;
	}
	return false;
}

json_t *seccomp_default(uint64_t capabilities)
{
	json_t *allowed = json_array();
	json_t *denied = json_array();
	json_t *rules = json_array();
	json_t *architectures = json_array();

	json_array_append_new(rules, new_rule(allowed, 0));
	json_array_append_new(rules, new_rule(denied, EPERM));
	for (size_t i = 0; i < seccomp_rows_len; i++) {
		const struct seccomp_row *row = &seccomp_rows[i];
		int number = denied_errno(row, capabilities);
		json_t *names, *rule;

		/* What the default action does anyway needs no rule; libseccomp refuses one. */
		if (number == ENOSYS || is_overruled(row, capabilities))
			continue;
		if (!row->argument.mask && (number == 0 || number == EPERM)) {
			add_names(number ? denied : allowed, row->names);
			continue;
		}
		names = json_array();
		add_names(names, row->names);
		rule = new_rule(names, number);
		if (row->argument.mask)
			json_object_set_new(rule, "args", new_argument(&row->argument));
		json_array_append_new(rules, rule);
	}
	for (const char *const *a = seccomp_architectures(); *a; a++)
		json_array_append_new(architectures, json_string(*a));
	return json_pack("{s:s, s:i, s:o, s:o}", "defaultAction", "SCMP_ACT_ERRNO",
			 "defaultErrnoRet", ENOSYS, "architectures", architectures, "syscalls",
			 rules);
}

/* The last --security-opt of each kind counts. */
struct security {
	const char *seccomp;
	enum option_state no_new_privileges;
};

static int parse_security(const struct strlist *options, struct security *ret, struct error *err)
{
	for (size_t i = 0; i < options->len; i++) {
		const char *text = options->items[i];
		size_t len = strcspn(text, "=:");
		const char *value = text[len] ? text + len + 1 : "";

		if (strncmp(text, "seccomp", len) == 0 && len == strlen("seccomp") && *value) {
			ret->seccomp = value;
		} else if (strncmp(text, "no-new-privileges", len) == 0 &&
			   len == strlen("no-new-privileges") &&
			   (!text[len] || strcmp(value, "true") == 0)) {
			ret->no_new_privileges = OPTION_TRUE;
		} else if (strncmp(text, "no-new-privileges", len) == 0 &&
			   strcmp(value, "false") == 0) {
			ret->no_new_privileges = OPTION_FALSE;
		} else {
			error_set(err, ERROR_USAGE, "option --security-opt: unknown '%s'", text);
			return error_hint(err, "seccomp=FILE, seccomp=unconfined, seccomp=default, "
					       "no-new-privileges[=true|false]");
		}
	}
	return 0;
}

static int apply_profile(struct spec *spec, const char *wanted, uint64_t before,
			 json_t *linux_object, struct error *err)
{
	const json_t *present = json_object_get(linux_object, "seccomp");
	json_t *profile;

	if (!wanted && spec->opts->privileged)
		wanted = "unconfined";
	if (!wanted && !spec->image) {
		autojson json_t *old = NULL;

		if (!present || before == spec->capabilities)
			return 0;
		old = seccomp_default(before);
		if (!json_equal(old, present))
			return 0;
		wanted = "default";
	}
	if (wanted && strcmp(wanted, "unconfined") == 0) {
		json_object_del(linux_object, "seccomp");
		return 0;
	}
	profile = wanted && strcmp(wanted, "default") != 0
			  ? seccomp_read(wanted, spec->capabilities, err)
			  : seccomp_default(spec->capabilities);
	if (!profile)
		return error_prefix(err, "option --security-opt");
	json_object_set_new(linux_object, "seccomp", profile);
	return 0;
}

int seccomp_apply(struct spec *spec, uint64_t before, struct error *err)
{
	struct security wanted = { NULL, OPTION_UNSTATED };
	json_t *linux_object = spec_member(spec->config, "config.json", "linux", JSON_OBJECT, err);
	json_t *process = spec_member(spec->config, "config.json", "process", JSON_OBJECT, err);

	if (!linux_object || !process || parse_security(&spec->opts->security, &wanted, err) < 0)
		return -1;
	if (spec->image || wanted.no_new_privileges != OPTION_UNSTATED)
		json_object_set_new(process, "noNewPrivileges",
				    json_boolean(wanted.no_new_privileges == OPTION_TRUE));
	return apply_profile(spec, wanted.seccomp, before, linux_object, err);
}
