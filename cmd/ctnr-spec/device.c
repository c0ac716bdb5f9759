/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include "mount.h"
#include "opts.h"

#include "base/alloc.h"
#include "oci/runtime.h"
#include "oci/runtime_default.h"
#include "system/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define DEVICE_DEPTH_MAX 8

/* What is mounted over, or made by the runtime in another way than the default devices. */
static const char *const passed_over[] = { "/dev/console", "/dev/ptmx", "/dev/pts", "/dev/shm",
					   "/dev/mqueue" };

struct device_walk {
	json_t *devices; /* linux.devices; NULL: bind mounts */
	json_t *mounts;
};

static bool is_passed_over(const char *path)
{
	for (size_t i = 0; i < array_size(passed_over); i++)
		if (strcmp(passed_over[i], path) == 0)
			return true;
	return runtime_device_find(path) != NULL;
}

static void add_device(const struct device_walk *walk, const char *path, const struct stat *st)
{
	if (!walk->devices) {
		/* A device that this user may not open could not be opened in the container either. */
		if (access(path, R_OK | W_OK) == 0)
			mount_put(walk->mounts,
				  runtime_mount_new(path, "bind", path, "bind rprivate"));
		return;
	}
	json_array_append_new(walk->devices,
			      json_pack("{s:s, s:s, s:I, s:I, s:i, s:I, s:I}", "path", path, "type",
					S_ISBLK(st->st_mode) ? "b" : "c", "major",
					(json_int_t)major(st->st_rdev), "minor",
					(json_int_t)minor(st->st_rdev), "fileMode",
					(int)(st->st_mode & 0777), "uid", (json_int_t)st->st_uid,
					"gid", (json_int_t)st->st_gid));
}

static void cleanup_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* A directory that this user may not read is passed over: its devices could not be opened either. */
static void walk_directory(const struct device_walk *walk, const char *path, unsigned depth)
{
	autocleanup(cleanup_dir) DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && depth < DEVICE_DEPTH_MAX && (e = readdir(dir))) {
		autofree char *name = xasprintf("%s/%s", path, e->d_name);
		struct stat st;

		if (e->d_name[0] == '.' || is_passed_over(name) || lstat(name, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			walk_directory(walk, name, depth + 1);
		else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
			add_device(walk, name, &st);
	}
}

static int set_cgroup_rule(json_t *linux_object, bool allow, struct error *err)
{
	json_t *resources = spec_member(linux_object, "linux", "resources", JSON_OBJECT, err);

	if (!resources)
		return -1;
	json_object_set_new(resources, "devices",
			    json_pack("[{s:b, s:s}]", "allow", allow, "access", "rwm"));
	return 0;
}

int device_apply(struct spec *spec, struct error *err)
{
	/* When editing, a config without a user namespace is one that root runs. */
	bool is_root = spec->image ? spec->identity.real_root : !spec->has_user_namespace;
	struct device_walk walk = { 0 };
	json_t *linux_object;

	if (!spec->opts->privileged && !spec->image)
		return 0;
	linux_object = spec_config_member(spec, "linux", JSON_OBJECT, err);
	walk.mounts = spec_config_member(spec, "mounts", JSON_ARRAY, err);
	if (!linux_object || !walk.mounts)
		return -1;
	if (is_root && set_cgroup_rule(linux_object, spec->opts->privileged, err) < 0)
		return -1;
	if (!spec->opts->privileged)
		return 0;
	if (is_root) {
		walk.devices = json_array();
		json_object_set_new(linux_object, "devices", walk.devices);
	}
	walk_directory(&walk, "/dev", 0);
	return 0;
}
