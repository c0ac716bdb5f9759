/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/stream_access.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

/* Is the ID, seen from inside, that one outside? */
static bool is_same_id(const struct namespaces *n, const struct idmap *map, uint32_t inside,
		       uint32_t outside)
{
	uint32_t id = inside;

	if (n->userns == USERNS_PATH)
		return false;
	if (n->userns != USERNS_NONE && !idmap_to_outside(map, inside, &id))
		return false;
	return id == outside;
}

static bool is_in_group(const struct container *c, gid_t gid)
{
	const struct process_config *process = &c->config.process;
	const struct namespaces *n = &c->namespaces;

	if (is_same_id(n, &n->identity.gids, process->gid, gid))
		return true;
	for (size_t i = 0; i < process->n_groups; i++)
		if (is_same_id(n, &n->identity.gids, process->groups[i], gid))
			return true;
	return false;
}

/* capabilities(7), CAP_DAC_OVERRIDE: it counts for files whose owner and group the user namespace
 * maps. */
static bool is_root_of(const struct container *c, const struct stat *st)
{
	const struct namespaces *n = &c->namespaces;

	if (c->config.process.uid != 0)
		return false;
	return n->userns == USERNS_NONE || n->userns == USERNS_PATH ||
	       (idmap_has_outside(&n->identity.uids, st->st_uid) &&
		idmap_has_outside(&n->identity.gids, st->st_gid));
}

/* bits: S_IRUSR or S_IWUSR. */
static bool mode_allows(const struct container *c, const struct stat *st, mode_t bits)
{
	const struct namespaces *n = &c->namespaces;

	if (is_root_of(c, st))
		return true;
	if (is_same_id(n, &n->identity.uids, c->config.process.uid, st->st_uid))
		return st->st_mode & bits;
	return st->st_mode & (is_in_group(c, st->st_gid) ? bits >> 3 : bits >> 6);
}

bool stream_is_pipe(int fd, const struct stat *st)
{
	struct statfs fs;

	return S_ISFIFO(st->st_mode) && fstatfs(fd, &fs) == 0 && fs.f_type == PIPEFS_MAGIC;
}

bool stream_is_accessible(const struct container *c, int fd, const struct stat *st, int mode)
{
	mode_t bits = mode == O_WRONLY ? S_IWUSR : S_IRUSR;

	if (!S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
		return true;
	if (mode_allows(c, st, bits))
		return true;
	return stream_is_pipe(fd, st) &&
	       fchmod(fd, st->st_mode | bits | bits >> 3 | bits >> 6) == 0;
}
