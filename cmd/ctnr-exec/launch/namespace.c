/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/namespace.h"

#include "launch/namespace_path.h"

#include "base/alloc.h"
#include "base/str.h"
#include "system/capability.h"
#include "system/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool maps_only(const struct idmap *map, uint32_t outside)
{
	return idmap_is_single(map) && map->ranges[0].outside == outside;
}

/* Without privilege and without a user namespace nothing can be made: say what is missing. */
static int refuse_no_userns(struct error *err)
{
	error_set(err, ERROR_FAILED,
		  "config.json has no user namespace, and only root can do without");
	return error_hint(err, "unpack and run the image as this user, or write its config again");
}

static const char uid_mappings[] = "linux.uidMappings";
static const char gid_mappings[] = "linux.gidMappings";

/* Which entry of a property maps an ID that is not among ours (seen from inside)? Fail and name it;
 * 0: none does. */
static int check_host_ids(const char *property, const struct idmap *map, const struct idmap *ours,
			  struct error *err)
{
	for (size_t i = 0; i < map->len; i++) {
		const struct idmap_range *r = &map->ranges[i];
		uint32_t id;

		if (idmap_lacks(ours, r->outside, r->count, &id))
			return error_set(
				err, ERROR_FAILED,
				"config.json: %s[%zu]: the host's ID %u is not ours to map",
				property, i, id);
	}
	return 0;
}

/* newuidmap and newgidmap map the caller's own ID and those that the files grant. */
static int check_granted(const char *property, const char *file, const struct idmap *map,
			 struct idmap granted, struct error *err)
{
	idmap_invert(&granted);
	if (check_host_ids(property, map, &granted, err) == 0)
		return 0;
	return error_hint(err, "%s says which are; ctnr-spec writes a config.json for this user",
			  file);
}

/* More than the caller's own ID: newuidmap and newgidmap must be there, and allowed to map. */
static int find_helpers(struct identity *identity, struct error *err)
{
	autofree struct identity *probed = xcalloc(1, sizeof(*probed));

	if (identity_probe(probed, err) < 0)
		return -1;
	if (probed->rung != IDENTITY_SUBORDINATE) {
		error_set(err, ERROR_FAILED,
			  "config.json: %s and gidMappings: these IDs are not ours to map: %s",
			  uid_mappings, probed->why);
		return probed->grant[0] ? error_hint(err, "%s", probed->grant) : -1;
	}
	if (check_granted(uid_mappings, "/etc/subuid", &identity->uids, probed->uids, err) < 0 ||
	    check_granted(gid_mappings, "/etc/subgid", &identity->gids, probed->gids, err) < 0)
		return -1;
	/* The probe was for the places of the programs; the maps stay those of the config. */
	probed->uids = identity->uids;
	probed->gids = identity->gids;
	*identity = *probed;
	return 0;
}

static int prepare_new_userns(struct namespaces *n, bool is_privileged, struct error *err)
{
	struct identity *identity = &n->identity;

	identity->uid = geteuid();
	identity->gid = getegid();
	identity->uids = n->config->uids;
	identity->gids = n->config->gids;
	if (is_privileged) {
		n->userns = USERNS_INNER;
		identity->rung = IDENTITY_PRIVILEGED;
		return 0;
	}
	if (maps_only(&identity->uids, identity->uid) &&
	    maps_only(&identity->gids, identity->gid)) {
		n->userns = USERNS_SELF;
		identity->rung = IDENTITY_SINGLE;
		return 0;
	}
	n->userns = USERNS_HELPED;
	return find_helpers(identity, err);
}

static int prepare_userns(struct namespaces *n, struct error *err)
{
	bool is_privileged = capability_has(CAP_SYS_ADMIN);

	if (!n->config->wanted[NAMESPACE_USER]) {
		n->userns = USERNS_NONE;
		return is_privileged ? 0 : refuse_no_userns(err);
	}
	if (n->config->paths[NAMESPACE_USER]) {
		n->userns = USERNS_PATH;
		return 0;
	}
	return prepare_new_userns(n, is_privileged, err);
}

int namespaces_prepare(const struct config *config, struct namespaces *ret, struct error *err)
{
	ret->config = &config->namespaces;
	if (namespaces_open_paths(ret, err) < 0 || prepare_userns(ret, err) < 0)
		return -1;
	/* With one ID the kernel does not let go of groups: they might be there to deny access. */
	if (ret->userns == USERNS_SELF && config->process.n_groups)
		return error_set(
			err, ERROR_FAILED,
			"config.json: process.user.additionalGids: additional groups need subordinate IDs");
	return 0;
}

uint64_t namespaces_clone_flags(const struct namespaces *n)
{
	uint64_t flags = 0;

	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++)
		if (namespaces_config_is_new(n->config, (enum namespace_type)i))
			flags |= (uint64_t)(unsigned)runtime_namespaces[i].flag;
	if (n->userns != USERNS_INNER)
		flags &= ~(uint64_t)CLONE_NEWUSER;
	/* The keeper has made that one (time_namespace.h), and init enters it by being cloned. */
	return flags & ~(uint64_t)CLONE_NEWTIME;
}

/* A root directory that is not the root of a mount is that of a chroot. (One that is may be that too.) */
static bool is_in_chroot(void)
{
	struct statx st;

	return statx(AT_FDCWD, "/", 0, STATX_MNT_ID, &st) == 0 &&
	       st.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT &&
	       !(st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

int namespaces_hint_refusal(struct error *err)
{
	if (error_errno_is(err, ENOSPC))
		return error_hint(err, "see the limits in /proc/sys/user/max_*_namespaces");
	if (error_errno_is(err, EPERM) && is_in_chroot())
		return error_hint(err,
				  "the kernel makes no user namespace for a process in a chroot");
	return error_hint(err, "'ctnr doctor' tells what forbids it");
}

static int write_proc(const char *path, const char *text, struct error *err)
{
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || fd_write_all(fd, text, strlen(text)) < 0)
		return error_errno(err, "cannot write '%s'", path);
	return 0;
}

/* user_namespaces(7): an unprivileged process may map its own IDs, and the group only after it has
 * given up setgroups(2). */
int namespaces_map_self(const struct namespaces *n, struct error *err)
{
	const struct idmap_range *uid = &n->identity.uids.ranges[0];
	const struct idmap_range *gid = &n->identity.gids.ranges[0];
	char line[64];

	snprintf(line, sizeof(line), "%u %u 1\n", uid->inside, uid->outside);
	if (write_proc("/proc/self/uid_map", line, err) < 0 ||
	    write_proc("/proc/self/setgroups", "deny", err) < 0)
		return -1;
	snprintf(line, sizeof(line), "%u %u 1\n", gid->inside, gid->outside);
	return write_proc("/proc/self/gid_map", line, err);
}

int namespaces_write_map(pid_t child, const char *file, const struct idmap *map, struct error *err)
{
	autofree char *path = xasprintf("/proc/%d/%s", (int)child, file);
	autostr struct str text = STR_INIT;

	for (size_t i = 0; i < map->len; i++)
		str_appendf(&text, "%u %u %u\n", map->ranges[i].inside, map->ranges[i].outside,
			    map->ranges[i].count);
	return write_proc(path, text.data, err);
}

/* Does /proc have our processes by the numbers that we know them by? */
static bool is_proc_ours(void)
{
	char name[16] = "";
	char own[16];

	snprintf(own, sizeof(own), "%d", (int)getpid());
	return readlink("/proc/self", name, sizeof(name) - 1) > 0 && strcmp(name, own) == 0;
}

/* file is the map's in /proc/PID. When the kernel refuses it, say which property it came from, and
 * what in it is wrong. */
static int write_property(pid_t child, const char *file, const char *property,
			  const struct idmap *map, struct error *err)
{
	autofree char *own = xasprintf("/proc/self/%s", file);
	autofree struct idmap *present = xcalloc(1, sizeof(*present));
	struct error cause = { 0 };

	if (namespaces_write_map(child, file, map, &cause) == 0)
		return 0;
	if (cause.saved_errno == EPERM && idmap_read(own, present, NULL) == 0 &&
	    check_host_ids(property, map, present, err) < 0)
		return error_hint(err, "%s has the IDs that exist in this user namespace", own);
	error_move(err, &cause);
	error_prefix(err, "config.json: %s: the kernel refuses this map", property);
	if (!is_proc_ours())
		return error_hint(err, "/proc is that of another pid namespace");
	return error_errno_is(err, EPERM) && idmap_has_outside(map, 0) &&
			       !capability_has(CAP_SETFCAP)
		       ? error_hint(err, "mapping root takes CAP_SETFCAP since Linux 5.12")
		       : -1;
}

int namespaces_map_child(const struct namespaces *n, pid_t child, struct error *err)
{
	if (write_property(child, "gid_map", gid_mappings, &n->identity.gids, err) < 0)
		return -1;
	return write_property(child, "uid_map", uid_mappings, &n->identity.uids, err);
}

/* A user namespace that was joined need not map 0. Our IDs there are then others, and its capabilities ours. */
static bool is_unmapped(const struct namespaces *n)
{
	return n->userns == USERNS_PATH && errno == EINVAL;
}

int namespaces_become_root(const struct namespaces *n, struct error *err)
{
	bool joined = n->userns == USERNS_PATH;

	if (n->userns == USERNS_NONE || n->userns == USERNS_SELF)
		return 0;
	if (getegid() != 0 && (joined || idmap_has_inside(&n->identity.gids, 0)) &&
	    setresgid(0, 0, 0) < 0 && !is_unmapped(n))
		return error_errno(err, "cannot become group 0 of the user namespace");
	if (geteuid() != 0 && (joined || idmap_has_inside(&n->identity.uids, 0)) &&
	    setresuid(0, 0, 0) < 0 && !is_unmapped(n))
		return error_errno(err, "cannot become user 0 of the user namespace");
	return 0;
}

int namespaces_set_names(const struct namespaces *n, struct error *err)
{
	const char *hostname = n->config->hostname;
	const char *domainname = n->config->domainname;

	if (hostname && sethostname(hostname, strlen(hostname)) < 0)
		return error_errno(err, "cannot set hostname '%s'", hostname);
	if (domainname && setdomainname(domainname, strlen(domainname)) < 0)
		return error_errno(err, "cannot set domainname '%s'", domainname);
	return 0;
}

int namespaces_raise_loopback(const struct namespaces *n, struct error *err)
{
	struct ifreq request = { .ifr_name = "lo" };
	autoclose int fd = -EBADF;

	if (!namespaces_config_is_new(n->config, NAMESPACE_NETWORK))
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, "cannot open a socket to bring lo up");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_errno(err, "cannot bring lo up");
	return 0;
}
