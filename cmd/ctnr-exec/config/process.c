/* SPDX-License-Identifier: Apache-2.0 */
#include "config/process.h"

#include "config/environment.h"

#include "base/alloc.h"
#include "system/idmap.h"

#include <limits.h>
#include <string.h>

#define GROUPS_MAX 65536
#define UMASK_DEFAULT 022

void process_config_release(struct process_config *process)
{
	strlist_release(&process->args);
	strlist_release(&process->env);
	free(steal(&process->groups));
	rlimits_config_release(&process->rlimits);
}

static int read_command(const struct jnode *process, struct process_config *ret, struct error *err)
{
	struct jnode args = jnode_member(process, "args");
	struct jnode env = jnode_member(process, "env");
	struct jnode cwd = jnode_member(process, "cwd");

	if (jnode_strings(&args, &ret->args, err) < 0 ||
	    environment_read(&env, &ret->env, err) < 0 || jnode_string(&cwd, &ret->cwd, err) < 0)
		return -1;
	if (!ret->args.len)
		return jnode_error(&args, err, "no command given");
	if (ret->cwd[0] != '/')
		return jnode_error(&cwd, err, "'%s' is not absolute", ret->cwd);
	return 0;
}

static int read_groups(const struct jnode *user, struct process_config *ret, struct error *err)
{
	struct jnode list = jnode_member(user, "additionalGids");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > GROUPS_MAX)
		return jnode_error(&list, err, "more than %d groups", GROUPS_MAX);
	ret->groups = len ? xcalloc(len, sizeof(*ret->groups)) : NULL;
	for (; ret->n_groups < len; ret->n_groups++) {
		struct jnode item = jnode_element(&list, ret->n_groups);
		int64_t gid;

		if (jnode_integer(&item, 0, IDMAP_ID_MAX, &gid, err) < 0)
			return -1;
		ret->groups[ret->n_groups] = (gid_t)gid;
	}
	return 0;
}

static int read_user(const struct jnode *process, struct process_config *ret, struct error *err)
{
	struct jnode user = jnode_member(process, "user");
	struct jnode uid_node = jnode_member(&user, "uid");
	struct jnode gid_node = jnode_member(&user, "gid");
	struct jnode umask_node = jnode_member(&user, "umask");
	int64_t uid = 0, gid = 0, mask = UMASK_DEFAULT;

	if (jnode_object(&user, err) < 0 ||
	    jnode_integer_opt(&uid_node, 0, IDMAP_ID_MAX, &uid, err) < 0 ||
	    jnode_integer_opt(&gid_node, 0, IDMAP_ID_MAX, &gid, err) < 0 ||
	    jnode_integer_opt(&umask_node, 0, 0777, &mask, err) < 0)
		return -1;
	ret->uid = (uid_t)uid;
	ret->gid = (gid_t)gid;
	ret->umask = (mode_t)mask;
	return read_groups(&user, ret, err);
}

static int read_oom_score(const struct jnode *process, struct process_config *ret,
			  struct error *err)
{
	struct jnode node = jnode_member(process, "oomScoreAdj");
	int64_t score = 0;

	if (jnode_integer_opt(&node, -1000, 1000, &score, err) < 0)
		return -1;
	ret->has_oom_score = jnode_is_present(&node);
	ret->oom_score = (int)score;
	return 0;
}

/* It is ignored without a terminal, as the specification wants; but what is there is checked. */
static int read_console(const struct jnode *process, struct process_config *ret, struct error *err)
{
	struct jnode terminal = jnode_member(process, "terminal");
	struct jnode size = jnode_member(process, "consoleSize");
	struct jnode height_node = jnode_member(&size, "height");
	struct jnode width_node = jnode_member(&size, "width");
	int64_t height, width;

	if (jnode_bool_opt(&terminal, &ret->terminal, err) < 0)
		return -1;
	if (!jnode_is_present(&size))
		return 0;
	if (jnode_object(&size, err) < 0 ||
	    jnode_integer(&height_node, 0, USHRT_MAX, &height, err) < 0 ||
	    jnode_integer(&width_node, 0, USHRT_MAX, &width, err) < 0)
		return -1;
	ret->console_size.ws_row = (unsigned short)height;
	ret->console_size.ws_col = (unsigned short)width;
	return 0;
}

/* An empty label asks for nothing. */
static int read_label(const struct jnode *process, const char *key, const char **ret,
		      struct error *err)
{
	struct jnode node = jnode_member(process, key);
	const char *label = "";

	if (jnode_string_opt(&node, &label, err) < 0)
		return -1;
	*ret = *label ? label : NULL;
	return 0;
}

int process_config_read(const struct jnode *process, struct process_config *ret, struct error *err)
{
	struct jnode no_new_privileges = jnode_member(process, "noNewPrivileges");

	if (!jnode_is_present(process))
		return jnode_error(process, err, "missing");
	if (jnode_object(process, err) < 0 || read_command(process, ret, err) < 0 ||
	    read_user(process, ret, err) < 0 || read_oom_score(process, ret, err) < 0 ||
	    read_console(process, ret, err) < 0 ||
	    jnode_bool_opt(&no_new_privileges, &ret->no_new_privileges, err) < 0 ||
	    capabilities_read(process, &ret->capabilities, err) < 0 ||
	    read_label(process, "apparmorProfile", &ret->apparmor_profile, err) < 0 ||
	    read_label(process, "selinuxLabel", &ret->selinux_label, err) < 0 ||
	    scheduler_config_read(process, &ret->scheduler, err) < 0 ||
	    io_priority_config_read(process, &ret->io_priority, err) < 0 ||
	    cpu_affinity_config_read(process, &ret->cpu_affinity, err) < 0)
		return -1;
	return rlimits_config_read(process, &ret->rlimits, err);
}
