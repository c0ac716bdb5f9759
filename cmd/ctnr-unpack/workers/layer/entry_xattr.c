/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/layer/entry_xattr.h"

#include "workers/layer/reporter.h"

#include "base/alloc.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

enum warning {
	WARNING_FOREIGN, /* security.*, trusted.* and whatever has no meaning here */
	WARNING_OVERLAY,
	WARNING_REFUSED,
	WARNING_SPECIAL,
	WARNING_OWNER,
};

void entry_xattrs_init(struct entry_xattrs *xattrs, enum xattr_route route, bool has_one_id)
{
	*xattrs = (struct entry_xattrs) { .rules = xattr_image_rules(route, has_one_id) };
}

static void warn_dropped(struct entry_xattrs *xattrs, enum warning warning,
			 const struct tar_entry *entry, const char *name, const char *why)
{
	if (xattrs->warned & (1U << warning))
		return;
	xattrs->warned |= 1U << warning;
	report_warning("'%s': extended attribute '%s' %s, dropping it and others like it",
		       entry->path, name, why);
}

static void warn_of_loss(struct entry_xattrs *xattrs, enum xattr_loss loss,
			 const struct tar_entry *entry, const char *name)
{
	switch (loss) {
	case XATTR_LOSS_NONE:
		break;
	case XATTR_LOSS_FOREIGN:
		warn_dropped(xattrs, WARNING_FOREIGN, entry, name, "is not for images to set");
		break;
	case XATTR_LOSS_OVERLAY:
		warn_dropped(xattrs, WARNING_OVERLAY, entry, name, "would be obeyed by the kernel");
		break;
	case XATTR_LOSS_OWNER:
		warn_dropped(xattrs, WARNING_OWNER, entry, name, "holds the owner with one ID");
		break;
	}
}

/* Is the attribute none that an entry can have set: our own, the overlay's, the host's? */
static bool is_ours(const struct entry_xattrs *xattrs, const char *name)
{
	switch (xattr_kind(name)) {
	case XATTR_OWNER:
		return xattrs->rules.has_one_id;
	case XATTR_OVERLAY:
		return xattrs->rules.route == XATTR_IMAGE_TO_LAYER;
	case XATTR_FOREIGN:
		return str_starts_with(name, "security.");
	default:
		return false;
	}
}

static int remove_others(const struct entry_xattrs *xattrs, int fd, struct error *err)
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

static bool is_refusal(int number)
{
	return number == EPERM || number == ENOTSUP || number == EINVAL || number == ERANGE ||
	       number == E2BIG;
}

int entry_xattrs_set(struct entry_xattrs *xattrs, int fd, const struct tar_entry *entry,
		     enum entry_xattr_before before, struct error *err)
{
	if (before == ENTRY_XATTR_OTHERS && remove_others(xattrs, fd, err) < 0)
		return -1;
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		const struct tar_xattr *x = &entry->xattrs[i];
		char buffer[XATTR_BUFFER_SIZE];
		enum xattr_loss loss;
		const char *name = xattr_name_from_image(&xattrs->rules, x->name, buffer, &loss);

		warn_of_loss(xattrs, loss, entry, x->name);
		xattrs->has_acl |= xattr_kind(x->name) == XATTR_ACL;
		if (!name || fsetxattr(fd, name, x->value, x->len, 0) == 0)
			continue;
		if (!is_refusal(errno))
			return error_errno(err, "cannot set extended attribute '%s'", name);
		warn_dropped(xattrs, WARNING_REFUSED, entry, name, strerror(errno));
	}
	return 0;
}

void entry_xattrs_drop(struct entry_xattrs *xattrs, const struct tar_entry *entry)
{
	if (entry->n_xattrs)
		warn_dropped(xattrs, WARNING_SPECIAL, entry, entry->xattrs[0].name,
			     "cannot be set on what is neither file nor directory");
}
