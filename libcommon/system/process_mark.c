/* SPDX-License-Identifier: Apache-2.0 */
#include "system/process_mark.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/fd.h"
#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_MAX 65536 /* bytes of /proc/self/uid_map */

int owner_of_process(struct owner *ret)
{
	autostr struct str map = STR_INIT;
	uint32_t uid = geteuid();
	char *rest;

	if (file_read_at(AT_FDCWD, "/proc/self/uid_map", MAP_MAX, &map, NULL) < 0)
		return -1;
	*ret = (struct owner) { .uid = uid };
	for (char *line = strtok_r(map.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		uint32_t inside;
		uint32_t outside;
		uint32_t count;

		if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu32, &inside, &outside, &count) !=
			    3 ||
		    uid < inside || uid - inside >= count)
			continue;
		ret->uid = outside + (uid - inside);
		ret->is_real_root = uid == 0 && inside == 0 && outside == 0 && count == UINT32_MAX;
		break;
	}
	return 0;
}

int boot_id_read(char id[BOOT_ID_MAX], struct error *err)
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	autostr struct str text = STR_INIT;
	size_t len;

	if (file_read_at(AT_FDCWD, path, BOOT_ID_MAX - 1, &text, err) < 0)
		return -1;
	len = strspn(text.data, "0123456789abcdef-");
	if (len == 0)
		return error_set(err, ERROR_FAILED, "no boot ID in '%s'", path);
	memcpy(id, text.data, len);
	id[len] = '\0';
	return 0;
}

/* The pid namespace that pids of ours are in. */
static uint64_t pid_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) < 0 ? 0 : (uint64_t)st.st_ino;
}

char *owner_mark(pid_t pid, struct error *err)
{
	char boot_id[BOOT_ID_MAX];
	uint64_t start_time;

	if (process_start_time(pid, &start_time) < 0) {
		error_set(err, ERROR_NOT_FOUND, "there is no process %d", (int)pid);
		return NULL;
	}
	if (boot_id_read(boot_id, err) < 0)
		return NULL;
	return xasprintf("%d %" PRIu64 " %s %" PRIu64, (int)pid, start_time, boot_id,
			 pid_namespace());
}

bool owner_is_gone(const char *mark)
{
	char mark_boot_id[BOOT_ID_MAX];
	char boot_id[BOOT_ID_MAX];
	uint64_t mark_start_time;
	uint64_t start_time;
	uint64_t namespace;
	int pid;

	if (sscanf(mark, "%d %" SCNu64 " %39s %" SCNu64, &pid, &mark_start_time, mark_boot_id,
		   &namespace) != 4)
		return true;
	if (boot_id_read(boot_id, NULL) < 0)
		return false;
	if (strcmp(mark_boot_id, boot_id) != 0)
		return true;
	if (namespace != pid_namespace())
		return false;
	if (process_start_time(pid, &start_time) < 0)
		return true;
	return start_time != mark_start_time;
}
