/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.json from anywhere, read whole by config_read(). What is accepted keeps what the structs of
 * config/ promise to the processes that act on it, and what is refused says why. The seccomp profile that
 * is cut out of the text is the one that a parser of the whole text finds.
 */
#include "config/config.h"
#include "config/document.h"

#include "base/alloc.h"
#include "base/message.h"
#include "oci/runtime.h"
#include "system/fd.h"
#include "system/tree.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CONTENT_MAX (1U << 20)
/* Below the depth that jansson takes, with or without the two levels around a profile. */
#define DEPTH_MAX 2000

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool is_deep(const uint8_t *data, size_t size)
{
	size_t brackets = 0;

	for (size_t i = 0; i < size; i++)
		brackets += data[i] == '[' || data[i] == '{';
	return brackets > DEPTH_MAX;
}

static size_t name_len(const char *variable)
{
	size_t len = strcspn(variable, "=");

	require(len > 0 && variable[len] == '=');
	return len;
}

static void check_environment(const struct strlist *env)
{
	for (size_t i = 0; i < env->len; i++)
		for (size_t j = 0; j < i; j++)
			require(name_len(env->items[i]) != name_len(env->items[j]) ||
				memcmp(env->items[i], env->items[j], name_len(env->items[i])) != 0);
	require(!env->items || !env->items[env->len]);
}

static void check_process(const struct process_config *process)
{
	require(process->args.len >= 1 && process->args.items && process->cwd[0] == '/');
	require(process->umask <= 0777);
	check_environment(&process->env);
	for (size_t i = 0; i < process->rlimits.len; i++)
		require(process->rlimits.items[i].limit.rlim_cur <=
			process->rlimits.items[i].limit.rlim_max);
}

static void check_paths(const struct strlist *paths)
{
	require(paths->len <= RUNTIME_PATHS_MAX);
	for (size_t i = 0; i < paths->len; i++)
		require(paths->items[i][0] == '/');
}

static void check_mounts(const struct mounts_config *mounts)
{
	require(mounts->len <= RUNTIME_MOUNTS_MAX);
	for (size_t i = 0; i < mounts->len; i++) {
		const struct mount_config *mount = &mounts->items[i];

		require(mount->destination && *mount->destination && mount->type);
		require(mount->source || mount->options.binding == MOUNT_NEW);
		/* Of the access times all are cleared, and one is set. */
		require(!(mount->options.set & mount->options.clear &
			  ~(uint64_t)MOUNT_ATTR__ATIME));
	}
}

static void check_config(const struct config *config)
{
	require(config->root_path != NULL);
	require(config->namespaces.wanted[NAMESPACE_MOUNT]);
	check_process(&config->process);
	check_mounts(&config->mounts);
	check_paths(&config->masked_paths);
	check_paths(&config->readonly_paths);
	require(config->devices.len <= RUNTIME_DEVICES_MAX);
	for (size_t i = 0; i < config->devices.len; i++)
		require(config->devices.items[i].path[0] == '/');
	for (size_t i = 0; i < config->sysctls.len; i++)
		require(!strstr(config->sysctls.items[i].path, ".."));
}

/* The profile of a text that is parsed whole: a text of its own, "" for none. */
static char *find_profile(const json_t *document)
{
	const json_t *profile = json_object_get(json_object_get(document, "linux"), "seccomp");

	return json_is_object(profile) && json_object_size(profile) ? json_format(profile)
								    : xstrdup("");
}

static void check_profile(const struct document_place *place, const char *text, size_t size)
{
	struct error err = { 0 };
	autostr struct str whole_text = STR_INIT;
	autostr struct str cut = STR_INIT;
	autojson json_t *document = document_read(place, &whole_text, &cut, &err);
	autojson json_t *whole = json_parse_last(text, size, "whole", &err);
	autojson json_t *profile = NULL;
	autofree char *wanted = NULL;
	autofree char *got = NULL;

	require(!document || (whole_text.len == size && memcmp(whole_text.data, text, size) == 0));
	if (!document || (!whole && !cut.len))
		return;
	profile = cut.len ? json_parse_last(cut.data, cut.len, "profile", &err) : NULL;
	/* A broken profile is found when it is compiled. */
	require(!whole == (cut.len && !profile));
	if (!whole)
		return;
	wanted = find_profile(whole);
	got = profile ? json_format(profile) : xstrdup("");
	require(strcmp(wanted, got) == 0);
}

static char folder[] = "/tmp/ctnr-fuzz-config.XXXXXX";

static void remove_folder(void)
{
	tree_remove_at(AT_FDCWD, folder, NULL);
}

/* The directory in which each input becomes config.json. */
static const struct document_place *fuzz_place(void)
{
	static struct document_place place = { -EBADF, RUNTIME_CONFIG_FILE, "bundle", folder };

	if (place.dirfd >= 0)
		return &place;
	message_init("fuzz");
	require(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
	place.dirfd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return &place;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct document_place *place = fuzz_place();
	autoclose int fd = openat(place->dirfd, RUNTIME_CONFIG_FILE,
				  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	autoconfig struct config config = CONFIG_INIT;
	struct error err = { 0 };

	if (size > CONTENT_MAX || is_deep(data, size))
		return 0;
	require(fd >= 0 && fd_write_all(fd, data, size) == 0);
	if (config_read(place, CGROUP_POLICY_CGROUPFS, &config, &err) == 0)
		check_config(&config);
	else
		require(err.code && err.message[0]);
	check_profile(place, (const char *)data, size);
	return 0;
}
