/* SPDX-License-Identifier: Apache-2.0 */
#include "oci/runtime_default.h"

#include "base/cleanup.h"

#include <string.h>

/* The list is Docker's by custom. */
static const char *const masked_paths[] = {
	"/proc/acpi",
	"/proc/asound",
	"/proc/interrupts",
	"/proc/kcore",
	"/proc/keys",
	"/proc/latency_stats",
	"/proc/sched_debug",
	"/proc/scsi",
	"/proc/timer_list",
	"/proc/timer_stats",
	"/sys/devices/virtual/powercap",
	"/sys/firmware",
	NULL,
};

static const char *const readonly_paths[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL,
};

static const struct {
	const char *destination;
	const char *type;
	const char *source;
	const char *options;
} mounts[] = {
	{ "/proc", "proc", "proc", "nosuid noexec nodev" },
	{ "/dev", "tmpfs", "tmpfs", "nosuid strictatime mode=755 size=65536k" },
	{ "/dev/pts", "devpts", "devpts", "nosuid noexec newinstance ptmxmode=0666 mode=0620" },
	{ "/dev/shm", "tmpfs", "shm", "nosuid noexec nodev mode=1777 size=65536k" },
	{ "/dev/mqueue", "mqueue", "mqueue", "nosuid noexec nodev" },
};

json_t *runtime_mount_new(const char *destination, const char *type, const char *source,
			  const char *options)
{
	json_t *list = json_array();

	for (const char *p = options; *p;) {
		size_t len = strcspn(p, " ");

		json_array_append_new(list, json_stringn(p, len));
		p += len + (p[len] == ' ');
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "destination", destination, "type", type, "source",
			 source, "options", list);
}

json_t *runtime_default_mounts(bool has_tty_group)
{
	json_t *array = json_array();

	for (size_t i = 0; i < array_size(mounts); i++) {
		json_t *mount = runtime_mount_new(mounts[i].destination, mounts[i].type,
						  mounts[i].source, mounts[i].options);

		if (has_tty_group && strcmp(mounts[i].type, "devpts") == 0)
			json_array_append_new(json_object_get(mount, "options"),
					      json_sprintf("gid=%d", RUNTIME_TTY_GID));
		json_array_append_new(array, mount);
	}
	return array;
}

static json_t *paths_to_json(const char *const *paths)
{
	json_t *array = json_array();

	for (; *paths; paths++)
		json_array_append_new(array, json_string(*paths));
	return array;
}

json_t *runtime_default_masked_paths(void)
{
	return paths_to_json(masked_paths);
}

json_t *runtime_default_readonly_paths(void)
{
	return paths_to_json(readonly_paths);
}
