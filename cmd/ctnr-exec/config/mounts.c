/* SPDX-License-Identifier: Apache-2.0 */
#include "config/mounts.h"

#include "config/refusal.h"

#include "base/alloc.h"
#include "base/str.h"
#include "oci/runtime.h"
#include "system/path.h"

#include <string.h>

void mounts_config_release(struct mounts_config *mounts)
{
	for (size_t i = 0; i < mounts->len; i++) {
		mount_options_release(&mounts->items[i].options);
		free(mounts->items[i].idmaps);
	}
	free(steal(&mounts->items));
	mounts->len = 0;
}

bool mount_config_is_bind(const struct mount_config *mount)
{
	return mount->options.binding != MOUNT_NEW && !mount->options.remount;
}

/* uidMappings and gidMappings: without the option "idmap" they mean it, as the specification allows. */
static int read_idmaps(const struct jnode *entry, struct mount_config *ret, struct error *err)
{
	struct jnode uids = jnode_member(entry, "uidMappings");
	struct jnode gids = jnode_member(entry, "gidMappings");
	size_t n_uids, n_gids;

	if (jnode_array(&uids, &n_uids, err) < 0 || jnode_array(&gids, &n_gids, err) < 0)
		return -1;
	if (!n_uids && !n_gids)
		return 0;
	if (!n_uids || !n_gids)
		return jnode_error(n_uids ? &uids : &gids, err, "without %s",
				   n_uids ? "gidMappings" : "uidMappings");
	ret->idmaps = xcalloc(1, sizeof(*ret->idmaps));
	if (ret->options.idmap == MOUNT_NO_IDMAP)
		ret->options.idmap = MOUNT_IDMAP;
	if (runtime_read_idmap(&uids, &ret->idmaps->uids, err) < 0)
		return -1;
	return runtime_read_idmap(&gids, &ret->idmaps->gids, err);
}

/* What an option needs beside it. */
static int check_options(const struct jnode *options, const struct mount_config *mount,
			 struct error *err)
{
	const struct mount_options *o = &mount->options;
	bool is_bind = o->binding != MOUNT_NEW;

	if (o->remount && (o->idmap || o->copies_up || o->copies_symlink || o->propagation))
		return jnode_error(options, err, "'remount' changes attributes alone");
	if (o->copies_up && (is_bind || strcmp(mount->type, "tmpfs") != 0))
		return jnode_error(options, err, "'tmpcopyup' is for a tmpfs");
	if (o->copies_symlink && !is_bind)
		return jnode_error(options, err, "'copy-symlink' is for a bind mount");
	return 0;
}

/* Is it one that every filesystem has unless another is asked for? */
static bool is_default_option(const char *option)
{
	return strcmp(option, "async") == 0 || strcmp(option, "nomand") == 0 ||
	       strcmp(option, "nolazytime") == 0;
}

/* Options of a filesystem that is there already. */
static void tell_lost_options(const struct jnode *options, const struct strlist *data)
{
	for (size_t i = 0; i < data->len; i++) {
		autostr struct str what = STR_INIT;

		if (is_default_option(data->items[i]))
			continue;
		str_appendf(&what, "'%s' is the filesystem's own, and stays as it is, ignoring",
			    data->items[i]);
		refusal_warn(options, what.data);
	}
}

/* A mount there would cover the root, and the process, which is in the root, would not see it. Behind
 * another component ".." may lead elsewhere: a symlink decides. */
static bool is_root(const char *destination)
{
	autostr struct str clean = STR_INIT;
	const char *rest;

	path_clean(destination, PATH_DOTDOT_KEPT, &clean);
	rest = clean.data;
	while (str_starts_with(rest, "../"))
		rest += strlen("../");
	return !*rest || strcmp(rest, "..") == 0;
}

/* A bind mount, a filesystem of its own, or a change of either. */
static int read_kind(const struct jnode *entry, const struct jnode *options,
		     struct mount_config *ret, struct error *err)
{
	struct mount_options *o = &ret->options;

	if (o->binding == MOUNT_NEW && strcmp(ret->type, "bind") == 0)
		o->binding = MOUNT_BIND;
	if (check_options(options, ret, err) < 0)
		return -1;
	if (o->binding != MOUNT_NEW) {
		if (!ret->source && !o->remount)
			return jnode_error(entry, err, "a bind mount without a source");
		tell_lost_options(options, &o->data);
		return 0;
	}
	if (strcmp(ret->type, "none") == 0 && !o->remount)
		return jnode_error(entry, err,
				   "it has no type, and its options have neither bind nor rbind");
	/* There is one for all control groups. */
	if (str_starts_with(ret->type, "cgroup"))
		tell_lost_options(options, &o->data);
	/* Nothing is below a new filesystem: "rro" is "ro". */
	mount_options_flatten(o);
	return 0;
}

static int read_mount(const struct jnode *entry, struct mount_config *ret, struct error *err)
{
	struct jnode destination = jnode_member(entry, "destination");
	struct jnode type = jnode_member(entry, "type");
	struct jnode source = jnode_member(entry, "source");
	struct jnode options = jnode_member(entry, "options");

	ret->type = "none";
	if (jnode_string(&destination, &ret->destination, err) < 0 ||
	    jnode_string_opt(&type, &ret->type, err) < 0 ||
	    jnode_string_opt(&source, &ret->source, err) < 0 ||
	    mount_options_read(&options, &ret->options, err) < 0 ||
	    read_idmaps(entry, ret, err) < 0)
		return -1;
	if (is_root(ret->destination))
		return jnode_error(&destination, err, "'%s' is the root itself", ret->destination);
	/* Required to be absolute since 1.0.0; older configs have others, and runc and crun take them so. */
	if (ret->destination[0] != '/')
		refusal_warn(&destination, "not absolute, beginning at the root");
	return read_kind(entry, &options, ret, err);
}

int mounts_config_read(const struct jnode *root, struct mounts_config *ret, struct error *err)
{
	struct jnode list = jnode_member(root, "mounts");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	if (len > RUNTIME_MOUNTS_MAX)
		return jnode_error(&list, err, "more than %d mounts", RUNTIME_MOUNTS_MAX);
	ret->items = len ? xcalloc(len, sizeof(*ret->items)) : NULL;
	while (ret->len < len) {
		struct jnode entry = jnode_element(&list, ret->len);

		if (read_mount(&entry, &ret->items[ret->len++], err) < 0)
			return -1;
	}
	return 0;
}
