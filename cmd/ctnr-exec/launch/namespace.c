/* SPDX-License-Identifier: Apache-2.0 */
#include "launch/namespace.h"

#include "base/alloc.h"
#include "base/str.h"
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
#include <sys/syscall.h>
#include <unistd.h>

static int read_one(const struct jnode *entry, struct namespaces *ret, struct error *err)
{
	struct jnode type_node = jnode_member(entry, "type");
	struct jnode path_node = jnode_member(entry, "path");
	const char *type;
	const char *path = NULL;
	int i;

	if (jnode_string(&type_node, &type, err) < 0 ||
	    jnode_string_opt(&path_node, &path, err) < 0)
		return -1;
	i = runtime_namespace_find(type);
	if (i < 0)
		return jnode_error(&type_node, err, "namespace '%s' is not supported", type);
	if (ret->wanted[i])
		return jnode_error(&type_node, err, "'%s' is listed twice", type);
	ret->wanted[i] = true;
	ret->paths[i] = path && *path ? path : NULL;
	return 0;
}

static bool is_single(const struct idmap *map, uint32_t outside)
{
	return map->len == 1 && map->ranges[0].count == 1 && map->ranges[0].outside == outside;
}

static bool has_sys_admin(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 && data[0].effective & 1U << CAP_SYS_ADMIN;
}

/* Without privilege and without a user namespace nothing can be made: say what is missing. */
static int refuse_no_userns(struct error *err)
{
	error_set(err, ERROR_FAILED,
		  "config.json has no user namespace, and only root can do without");
	return error_hint(err, "unpack and run the image as this user, or run ctnr-spec again");
}

static int choose_userns(const struct jnode *linux_node, struct namespaces *n, struct error *err)
{
	struct jnode uids = jnode_member(linux_node, "uidMappings");
	struct jnode gids = jnode_member(linux_node, "gidMappings");
	struct identity *identity = &n->identity;
	bool privileged = has_sys_admin();

	if (!n->wanted[NAMESPACE_USER]) {
		n->userns = USERNS_NONE;
		return privileged ? 0 : refuse_no_userns(err);
	}
	if (n->paths[NAMESPACE_USER]) {
		n->userns = USERNS_PATH;
		return 0;
	}
	identity->uid = geteuid();
	identity->gid = getegid();
	/* Only newuidmap's place has to be looked up: the maps are the config's. */
	n->userns = privileged ? USERNS_INNER : USERNS_SELF;
	identity->rung = privileged ? IDENTITY_PRIVILEGED : IDENTITY_SINGLE;
	if (runtime_read_idmap(&uids, &identity->uids, err) < 0 ||
	    runtime_read_idmap(&gids, &identity->gids, err) < 0)
		return -1;
	if (!identity->uids.len || !identity->gids.len)
		return jnode_error(linux_node, err,
				   "a user namespace without uidMappings and gidMappings");
	if (privileged || (is_single(&identity->uids, identity->uid) &&
			   is_single(&identity->gids, identity->gid)))
		return 0;
	{
		autofree struct identity *probed = xcalloc(1, sizeof(*probed));

		if (identity_probe(probed, err) < 0)
			return -1;
		if (probed->rung != IDENTITY_SUBORDINATE) {
			error_set(err, ERROR_FAILED,
				  "config.json maps IDs that this user does not have: %s",
				  probed->why);
			return error_hint(err, "%s", probed->grant);
		}
		probed->uids = identity->uids;
		probed->gids = identity->gids;
		*identity = *probed;
	}
	n->userns = USERNS_HELPED;
	return 0;
}

int namespaces_read(const struct jnode *root, struct namespaces *ret, struct error *err)
{
	struct jnode linux_node = jnode_member(root, "linux");
	struct jnode list = jnode_member(&linux_node, "namespaces");
	size_t len;

	if (jnode_array(&list, &len, err) < 0)
		return -1;
	for (size_t i = 0; i < len; i++) {
		struct jnode entry = jnode_element(&list, i);

		if (read_one(&entry, ret, err) < 0)
			return -1;
	}
	if (!namespaces_has_own(ret, NAMESPACE_MOUNT))
		return jnode_error(&list, err, "a container needs a mount namespace of its own");
	return choose_userns(&linux_node, ret, err);
}

uint64_t namespaces_clone_flags(const struct namespaces *n)
{
	uint64_t flags = 0;

	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++)
		if (namespaces_has_own(n, (enum namespace_type)i))
			flags |= (uint64_t)(unsigned)runtime_namespaces[i].flag;
	if (n->userns != USERNS_INNER)
		flags &= ~(uint64_t)CLONE_NEWUSER;
	return flags;
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

static int write_map(pid_t child, const char *file, const struct idmap *map, struct error *err)
{
	autofree char *path = xasprintf("/proc/%d/%s", (int)child, file);
	autostr struct str text = STR_INIT;

	for (size_t i = 0; i < map->len; i++)
		str_appendf(&text, "%u %u %u\n", map->ranges[i].inside, map->ranges[i].outside,
			    map->ranges[i].count);
	return write_proc(path, text.data, err);
}

int namespaces_map_child(const struct namespaces *n, pid_t child, struct error *err)
{
	if (write_map(child, "gid_map", &n->identity.gids, err) < 0)
		return -1;
	return write_map(child, "uid_map", &n->identity.uids, err);
}

static int join(const struct namespaces *n, enum namespace_type type, struct error *err)
{
	autoclose int fd = -EBADF;

	if (!n->paths[type])
		return 0;
	fd = open(n->paths[type], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, runtime_namespaces[type].flag) < 0)
		return error_errno(err, "cannot join %s namespace '%s'",
				   runtime_namespaces[type].name, n->paths[type]);
	return 0;
}

int namespaces_join(const struct namespaces *n, enum namespace_moment moment, struct error *err)
{
	for (int i = 0; i < NAMESPACE_TYPE_MAX; i++) {
		bool early = i == NAMESPACE_USER || i == NAMESPACE_PID;

		if (early == (moment == NAMESPACE_BEFORE_CLONE) &&
		    join(n, (enum namespace_type)i, err) < 0)
			return -1;
	}
	return 0;
}

int namespaces_become_root(const struct namespaces *n, struct error *err)
{
	bool joined = n->userns == USERNS_PATH;

	if (n->userns == USERNS_NONE || n->userns == USERNS_SELF)
		return 0;
	if (getegid() != 0 && (joined || idmap_has_inside(&n->identity.gids, 0)) &&
	    setresgid(0, 0, 0) < 0)
		return error_errno(err, "cannot become group 0 of the user namespace");
	if (geteuid() != 0 && (joined || idmap_has_inside(&n->identity.uids, 0)) &&
	    setresuid(0, 0, 0) < 0)
		return error_errno(err, "cannot become user 0 of the user namespace");
	return 0;
}

int namespaces_set_names(const struct namespaces *n, const struct jnode *root, struct error *err)
{
	struct jnode host_node = jnode_member(root, "hostname");
	struct jnode domain_node = jnode_member(root, "domainname");
	const char *host = NULL;
	const char *domain = NULL;

	if (jnode_string_opt(&host_node, &host, err) < 0 ||
	    jnode_string_opt(&domain_node, &domain, err) < 0)
		return -1;
	if (!host && !domain)
		return 0;
	if (!n->wanted[NAMESPACE_UTS])
		return jnode_error(root, err, "hostname or domainname without a UTS namespace");
	if (host && sethostname(host, strlen(host)) < 0)
		return error_errno(err, "cannot set hostname '%s'", host);
	if (domain && setdomainname(domain, strlen(domain)) < 0)
		return error_errno(err, "cannot set domainname '%s'", domain);
	return 0;
}

int namespaces_raise_loopback(const struct namespaces *n, struct error *err)
{
	struct ifreq request = { .ifr_name = "lo" };
	autoclose int fd = -EBADF;

	if (!namespaces_has_own(n, NAMESPACE_NETWORK))
		return 0;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_errno(err, "cannot open a socket to bring lo up");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_errno(err, "cannot bring lo up");
	return 0;
}
