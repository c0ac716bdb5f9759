/* SPDX-License-Identifier: Apache-2.0 */
#include "config/hooks.h"

#include "config/environment.h"

#include "base/alloc.h"

#include <limits.h>

#define TIMEOUT_MAX (INT_MAX / 1000) /* seconds: poll(2) takes milliseconds */

const char *const hook_point_names[] = {
	"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
	NULL
};

static void release_list(struct hook_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		strlist_release(&list->items[i].args);
		strlist_release(&list->items[i].env);
	}
	free(steal(&list->items));
	list->len = 0;
}

void hooks_config_release(struct hooks_config *hooks)
{
	for (int i = 0; i < HOOK_POINT_MAX; i++)
		release_list(&hooks->points[i]);
}

bool hooks_config_has_from(const struct hooks_config *hooks, enum hook_point first)
{
	for (int i = (int)first; i < HOOK_POINT_MAX; i++)
		if (hooks->points[i].len)
			return true;
	return false;
}

static int read_path(const struct jnode *hook, struct hook_config *ret, struct error *err)
{
	struct jnode node = jnode_member(hook, "path");

	if (jnode_string(&node, &ret->path, err) < 0)
		return -1;
	if (ret->path[0] != '/')
		return jnode_error(&node, err, "'%s' is not absolute", ret->path);
	return 0;
}

static int read_timeout(const struct jnode *hook, struct hook_config *ret, struct error *err)
{
	struct jnode node = jnode_member(hook, "timeout");
	int64_t timeout = 0;

	if (jnode_integer_opt(&node, 1, TIMEOUT_MAX, &timeout, err) < 0)
		return -1;
	ret->timeout = (unsigned)timeout;
	return 0;
}

static int read_hook(const struct jnode *hook, struct hook_config *ret, struct error *err)
{
	struct jnode args = jnode_member(hook, "args");
	struct jnode env = jnode_member(hook, "env");

	if (!jnode_is_present(hook))
		return jnode_error(hook, err, "missing");
	if (jnode_object(hook, err) < 0 || read_path(hook, ret, err) < 0 ||
	    jnode_strings(&args, &ret->args, err) < 0 || environment_read(&env, &ret->env, err) < 0)
		return -1;
	if (!ret->args.len)
		strlist_append(&ret->args, ret->path);
	return read_timeout(hook, ret, err);
}

static int read_point(const struct jnode *point, struct hook_list *ret, struct error *err)
{
	size_t len;

	if (jnode_array(point, &len, err) < 0)
		return -1;
	ret->items = len ? xcalloc(len, sizeof(*ret->items)) : NULL;
	ret->len = len;
	for (size_t i = 0; i < len; i++) {
		struct jnode hook = jnode_element(point, i);

		if (read_hook(&hook, &ret->items[i], err) < 0)
			return -1;
	}
	return 0;
}

int hooks_config_read(const struct jnode *root, struct hooks_config *ret, struct error *err)
{
	struct jnode hooks = jnode_member(root, "hooks");

	if (jnode_object(&hooks, err) < 0)
		return -1;
	for (int i = 0; i < HOOK_POINT_MAX; i++) {
		struct jnode point = jnode_member(&hooks, hook_point_names[i]);

		if (read_point(&point, &ret->points[i], err) < 0)
			return -1;
	}
	return 0;
}
