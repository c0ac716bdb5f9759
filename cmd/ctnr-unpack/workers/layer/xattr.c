/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/xattr.h"

#include "workers/layer/owner.h"
#include "workers/layer/reporter.h"

#include "base/alloc.h"
#include "base/str.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/xattr.h>

#define OVERLAY_PREFIX "user.overlay."

enum warning {
	WARNING_FOREIGN, /* security.*, trusted.* and whatever has no meaning here */
	WARNING_OVERLAY,
	WARNING_REFUSED,
	WARNING_SPECIAL,
	WARNING_OWNER,
};

enum xattr_overlay xattr_overlay_choose(void)
{
	struct utsname name;
	unsigned int major = 0;
	unsigned int minor = 0;

	if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2)
		return XATTR_OVERLAY_DROP;
	return major > 6 || (major == 6 && minor >= 7) ? XATTR_OVERLAY_ESCAPE : XATTR_OVERLAY_DROP;
}

static void warn(struct xattrs *xattrs, enum warning warning, const struct tar_entry *entry,
		 const char *name, const char *why)
{
	if (xattrs->warned & (1U << warning))
		return;
	xattrs->warned |= 1U << warning;
	report_warning("'%s': extended attribute '%s' %s, dropping it and others like it",
		       entry->path, name, why);
}

/* The name to set, in a caller's buffer, or NULL. */
static const char *choose_name(struct xattrs *xattrs, const struct tar_entry *entry,
			       const char *name, char buffer[XATTR_NAME_MAX + 1])
{
	size_t prefix = strlen(OVERLAY_PREFIX);

	if (str_starts_with(name, OVERLAY_PREFIX) && xattrs->overlay != XATTR_OVERLAY_KEEP) {
		if (xattrs->overlay == XATTR_OVERLAY_DROP ||
		    snprintf(buffer, XATTR_NAME_MAX + 1, OVERLAY_PREFIX "overlay.%s",
			     name + prefix) > XATTR_NAME_MAX) {
			warn(xattrs, WARNING_OVERLAY, entry, name, "would be obeyed by the kernel");
			return NULL;
		}
		return buffer;
	}
	if (xattrs->is_single && strcmp(name, XATTR_ROOTLESS) == 0) {
		warn(xattrs, WARNING_OWNER, entry, name, "holds the owner with one ID");
		return NULL;
	}
	if (str_starts_with(name, "user.") || strcmp(name, "security.capability") == 0)
		return name;
	if (str_starts_with(name, "system.posix_acl_")) {
		xattrs->has_acl = true;
		return name;
	}
	warn(xattrs, WARNING_FOREIGN, entry, name, "is not for images to set");
	return NULL;
}

static bool is_ours(const struct xattrs *xattrs, const char *name)
{
	if (strcmp(name, XATTR_ROOTLESS) == 0)
		return xattrs->is_single;
	if (str_starts_with(name, OVERLAY_PREFIX "overlay."))
		return false;
	return str_starts_with(name, OVERLAY_PREFIX)
		       ? xattrs->overlay != XATTR_OVERLAY_KEEP
		       : str_starts_with(name, "security.") &&
				 strcmp(name, "security.capability") != 0;
}

static int remove_others(const struct xattrs *xattrs, int fd, struct error *err)
{
	ssize_t size = flistxattr(fd, NULL, 0);
	autofree char *names = size > 0 ? xmalloc((size_t)size) : NULL;

	if (size <= 0)
		return size == 0 || errno == ENOTSUP
			       ? 0
			       : error_errno(err, "cannot list extended attributes");
	size = flistxattr(fd, names, (size_t)size);
	for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1)
		if (!is_ours(xattrs, name) && fremovexattr(fd, name) < 0 && errno != ENODATA)
			return error_errno(err, "cannot remove extended attribute '%s'", name);
	return 0;
}

int xattrs_set(struct xattrs *xattrs, int fd, const struct tar_entry *entry, bool was_there,
	       struct error *err)
{
	if (was_there && remove_others(xattrs, fd, err) < 0)
		return -1;
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		const struct tar_xattr *x = &entry->xattrs[i];
		char buffer[XATTR_NAME_MAX + 1];
		const char *name = choose_name(xattrs, entry, x->name, buffer);

		if (!name || fsetxattr(fd, name, x->value, x->len, 0) == 0)
			continue;
		if (errno != EPERM && errno != ENOTSUP && errno != EINVAL && errno != ERANGE &&
		    errno != E2BIG)
			return error_errno(err, "cannot set extended attribute '%s'", name);
		warn(xattrs, WARNING_REFUSED, entry, name, strerror(errno));
	}
	return 0;
}

void xattrs_drop(struct xattrs *xattrs, const struct tar_entry *entry)
{
	if (entry->n_xattrs)
		warn(xattrs, WARNING_SPECIAL, entry, entry->xattrs[0].name,
		     "cannot be set on what is neither file nor directory");
}
