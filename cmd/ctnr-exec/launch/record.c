/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/record.h"

#include "launch/report.h"

#include "base/alloc.h"
#include "store/bundle_lock.h"
#include "system/path.h"
#include "system/process_mark.h"

/* The path of the root filesystem, absolute, new. */
static char *rootfs_path(const struct container *c)
{
	const char *path = c->config.root_path;
	autofree char *whole =
		path[0] == '/' ? xstrdup(path) : xasprintf("%s/%s", c->bundle.path, path);

	return path_normal(whole);
}

int record_container(const struct container *c, pid_t init, bool foreground, struct error *err)
{
	struct error cause = { 0 };
	autofree char *mark = process_mark(init, &cause);
	autofree char *rootfs = rootfs_path(c);
	struct state_facts facts = {
		.mark = mark,
		.pid = init,
		.bundle = c->bundle.path,
		.rootfs = rootfs,
		.annotations = json_object_get(c->config.document, "annotations"),
		.foreground = foreground,
		.has_hooks = hooks_config_has_from(&c->config.hooks, HOOK_START_CONTAINER),
	};

	if (mark) {
		if (bundle_set_container(c->lock, mark, c->state.path, err) < 0 ||
		    state_write(&c->state, &facts, err) < 0)
			return -1;
		state_unlock(&c->state);
		bundle_unlock(c->lock);
	} else if (cause.code != ERROR_NOT_FOUND) {
		return error_move(err, &cause);
	}
	/* There is no mark of an init that has ended already and that the caller has waited for. */
	return mark ? report_process(c, init, err) : 0;
}
