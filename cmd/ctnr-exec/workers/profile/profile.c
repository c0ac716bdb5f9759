/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/profile/profile.h"

#include "workers/profile/architecture.h"
#include "workers/profile/profile_facts.h"

#include <seccomp.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARGUMENTS_MAX 6

/* Rules that libseccomp is given: a system call each, with its conditions. It compares them with each
 * other. Docker's profile has 400. */
#define RULES_MAX 8192

static void release_context(scmp_filter_ctx *context)
{
	if (*context)
		seccomp_release(*context);
}
#define autocontext autocleanup(release_context)

static int libseccomp_error(const struct jnode *node, int code, const char *what, struct error *err)
{
	return jnode_error(node, err, "%s: %s", what, strerror(-code));
}

#define ERRNO_MAX 4095 /* the kernel returns no greater one */
#define TRACE_MAX 0xffff /* what a tracer gets */

static const struct {
	const char *name;
	uint32_t action;
	int64_t number_max; /* of what errnoRet says; 0: the action takes none */
} actions[] = {
	{ "SCMP_ACT_ALLOW", SCMP_ACT_ALLOW, 0 },
	{ "SCMP_ACT_ERRNO", SCMP_ACT_ERRNO(0), ERRNO_MAX },
	{ "SCMP_ACT_KILL", SCMP_ACT_KILL_THREAD, 0 },
	{ "SCMP_ACT_KILL_THREAD", SCMP_ACT_KILL_THREAD, 0 },
	{ "SCMP_ACT_KILL_PROCESS", SCMP_ACT_KILL_PROCESS, 0 },
	{ "SCMP_ACT_TRAP", SCMP_ACT_TRAP, 0 },
	{ "SCMP_ACT_TRACE", SCMP_ACT_TRACE(0), TRACE_MAX },
	{ "SCMP_ACT_LOG", SCMP_ACT_LOG, 0 },
	{ PROFILE_NOTIFY, SCMP_ACT_NOTIFY, 0 },
};

static int read_action(const struct jnode *node, const struct jnode *errno_node, uint32_t *ret,
		       struct error *err)
{
	const char *name;
	int64_t number = EPERM;

	if (jnode_string(node, &name, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(actions); i++) {
		int64_t max = actions[i].number_max;

		if (strcmp(name, actions[i].name) != 0)
			continue;
		if (!max && jnode_is_present(errno_node))
			return jnode_error(errno_node, err, "'%s' returns no errno", name);
		if (max && jnode_integer_opt(errno_node, 0, max, &number, err) < 0)
			return -1;
		*ret = actions[i].action | (max ? (uint32_t)number : 0);
		return 0;
	}
	return jnode_error(node, err, "unknown action '%s'", name);
}

static const struct {
	const char *name;
	enum scmp_compare op;
} operators[] = {
	{ "SCMP_CMP_NE", SCMP_CMP_NE },
	{ "SCMP_CMP_LT", SCMP_CMP_LT },
	{ "SCMP_CMP_LE", SCMP_CMP_LE },
	{ "SCMP_CMP_EQ", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", SCMP_CMP_GE },
	{ "SCMP_CMP_GT", SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
};

/* 64 bits without a sign. Some JSON libraries write large ones as real numbers, or below zero. */
static int read_value(const struct jnode *node, uint64_t *ret, struct error *err)
{
	double real;

	if (jnode_is_real(node, &real)) {
		if (real < 0 || real >= 18446744073709551616.0)
			return jnode_error(node, err, "out of range");
		*ret = (uint64_t)real;
		return 0;
	}
	if (json_is_integer(node->value) && json_integer_value(node->value) < 0) {
		*ret = (uint64_t)json_integer_value(node->value);
		return 0;
	}
	return jnode_is_present(node) ? jnode_unsigned(node, UINT64_MAX, ret, err) : 0;
}

static int read_argument(const struct jnode *node, struct scmp_arg_cmp *ret, struct error *err)
{
	struct jnode index_node = jnode_member(node, "index");
	struct jnode value_node = jnode_member(node, "value");
	struct jnode second_node = jnode_member(node, "valueTwo");
	struct jnode op_node = jnode_member(node, "op");
	int64_t index;
	uint64_t value = 0, second = 0;
	const char *op;

	if (jnode_integer(&index_node, 0, ARGUMENTS_MAX - 1, &index, err) < 0 ||
	    jnode_string(&op_node, &op, err) < 0 || read_value(&value_node, &value, err) < 0 ||
	    read_value(&second_node, &second, err) < 0)
		return -1;
	for (size_t i = 0; i < array_size(operators); i++) {
		if (strcmp(op, operators[i].name) != 0)
			continue;
		*ret = (struct scmp_arg_cmp) { (unsigned)index, operators[i].op, value, second };
		return 0;
	}
	return jnode_error(&op_node, err, "unknown operator '%s'", op);
}

struct rule {
	uint32_t action;
	struct scmp_arg_cmp arguments[ARGUMENTS_MAX];
	unsigned len;
	bool alternatives; /* several conditions on one argument: any of them suffices (as runc) */
};

static int read_arguments(const struct jnode *entry, struct rule *rule, struct error *err)
{
	struct jnode list = jnode_member(entry, "args");
	unsigned seen = 0;
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > ARGUMENTS_MAX)
		return jnode_error(&list, err, "more than %d conditions", ARGUMENTS_MAX);
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(&list, i);

		if (read_argument(&item, &rule->arguments[i], err) < 0)
			return -1;
		rule->alternatives |= seen >> rule->arguments[i].arg & 1;
		seen |= 1U << rule->arguments[i].arg;
	}
	rule->len = (unsigned)len;
	return 0;
}

/* A filter in the making. */
struct filter {
	scmp_filter_ctx context; /* borrowed */
	uint32_t default_action;
	size_t n_rules;
};

static int add_name(struct filter *filter, const struct rule *rule, const char *name,
		    const struct jnode *node, struct error *err)
{
	scmp_filter_ctx context = filter->context;
	int number = seccomp_syscall_resolve_name(name);
	int code = 0;

	/* Profiles name system calls of other kernels and architectures. */
	if (number == __NR_SCMP_ERROR)
		return 0;
	filter->n_rules += rule->alternatives ? rule->len : 1;
	if (filter->n_rules > RULES_MAX)
		return jnode_error(node, err, "the profile has more than %d rules", RULES_MAX);
	if (!rule->alternatives)
		code = seccomp_rule_add_array(context, rule->action, number, rule->len,
					      rule->arguments);
	for (unsigned i = 0; rule->alternatives && i < rule->len && code == 0; i++)
		code = seccomp_rule_add_array(context, rule->action, number, 1,
					      &rule->arguments[i]);
	if (code == -EEXIST)
		return jnode_error(node, err,
				   "a rule before has the same conditions and another action");
	return code == 0 ? 0 : libseccomp_error(node, code, "cannot add the rule", err);
}

static int add_rule(struct filter *filter, const struct jnode *entry, struct error *err)
{
	struct jnode names = jnode_member(entry, "names");
	struct jnode action = jnode_member(entry, "action");
	struct jnode number = jnode_member(entry, "errnoRet");
	struct rule rule = { 0 };
	size_t len;

	if (read_action(&action, &number, &rule.action, err) < 0 ||
	    read_arguments(entry, &rule, err) < 0 || jnode_array(&names, &len, err) < 0)
		return -1;
	if (!len)
		return jnode_error(&names, err, "no system call is named");
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(&names, i);
		const char *name;

		if (jnode_string(&item, &name, err) < 0)
			return -1;
		if (!*name)
			return jnode_error(&item, err, "the name is empty");
		if (rule.action != filter->default_action &&
		    add_name(filter, &rule, name, &item, err) < 0)
			return -1;
	}
	return 0;
}

static int add_architectures(scmp_filter_ctx context, const struct jnode *list, struct error *err)
{
	size_t len;

	if (jnode_array(list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode item = jnode_element(list, i);
		const char *name;
		uint32_t token;
		int code;

		if (jnode_string(&item, &name, err) < 0)
			return -1;
		token = architecture_token(name);
		if (!token)
			return jnode_error(&item, err, "unknown architecture '%s'", name);
		code = seccomp_arch_add(context, token);
		if (code != 0 && code != -EEXIST)
			return libseccomp_error(&item, code, "cannot add the architecture", err);
	}
	return 0;
}

int profile_compile(const struct jnode *profile, int fd, struct error *err)
{
	struct jnode action_node = jnode_member(profile, "defaultAction");
	struct jnode errno_node = jnode_member(profile, "defaultErrnoRet");
	struct jnode architectures = jnode_member(profile, "architectures");
	struct jnode list = jnode_member(profile, "syscalls");
	autocontext scmp_filter_ctx context = NULL;
	struct filter filter = { 0 };
	uint32_t action;
	size_t len;
	int code;

	if (read_action(&action_node, &errno_node, &action, err) < 0 ||
	    jnode_array(&list, &len, err) < 0)
		return -1;
	context = seccomp_init(action);
	if (!context)
		return jnode_error(&action_node, err, "libseccomp refuses it");
	if (add_architectures(context, &architectures, err) < 0)
		return -1;
	/* A binary tree: the kernel walks fewer instructions, now and at each call. */
	seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	filter = (struct filter) { .context = context, .default_action = action };
	for (size_t i = 0; i < len; i++) {
		struct jnode entry = jnode_element(&list, i);

		if (add_rule(&filter, &entry, err) < 0)
			return -1;
	}
	code = seccomp_export_bpf(context, fd);
	return code == 0 ? 0 : libseccomp_error(profile, code, "cannot compile", err);
}

/* Does the kernel know the action? */
static bool action_is_available(uint32_t action)
{
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static json_t *action_names(void)
{
	json_t *names = json_array();

	for (size_t i = 0; i < array_size(actions); i++)
		if (action_is_available(actions[i].action))
			json_array_append_new(names, json_string(actions[i].name));
	return names;
}

static json_t *operator_names(void)
{
	json_t *names = json_array();

	for (size_t i = 0; i < array_size(operators); i++)
		json_array_append_new(names, json_string(operators[i].name));
	return names;
}

json_t *profile_vocabulary(void)
{
	const struct scmp_version *version = seccomp_version();

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "actions", action_names(), "operators",
			 operator_names(), "archs", architecture_names(), "knownFlags",
			 profile_flag_names(false), "supportedFlags", profile_flag_names(true),
			 "libseccomp",
			 json_sprintf("%u.%u.%u", version->major, version->minor, version->micro));
}
