/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/xattr.h"

#include "base/alloc.h"
#include "base/str.h"
#include "layer/mark.h"
#include "layer/owner.h"
#include "system/kernel.h"

#include <errno.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/xattr.h>

_Static_assert(XATTR_BUFFER_SIZE == MARK_NAME_MAX + 1, "a buffer has room for a name");

#define NAMES_COMMON 1024 /* bytes: more names than most objects have */
#define VALUE_COMMON 256 /* bytes: longer than most values */

enum xattr_kind xattr_kind(const char *name)
{
	if (str_starts_with(name, MARK_ESCAPED_PREFIX))
		return XATTR_ESCAPED;
	if (mark_is_name(name))
		return XATTR_OVERLAY;
	if (strcmp(name, OWNER_XATTR) == 0)
		return XATTR_OWNER;
	if (str_starts_with(name, "user."))
		return XATTR_USER;
	if (strcmp(name, "security.capability") == 0)
		return XATTR_CAPABILITY;
	if (str_starts_with(name, "system.posix_acl_"))
		return XATTR_ACL;
	return XATTR_FOREIGN;
}

enum xattr_fate xattr_fate(enum xattr_route route, enum xattr_kind kind)
{
	static const enum xattr_fate fates[XATTR_KIND_MAX][XATTR_ROUTE_MAX] = {
		[XATTR_ESCAPED] = { [XATTR_IMAGE_TO_LAYER] = XATTR_ESCAPE,
				    [XATTR_LAYER_TO_PLAIN] = XATTR_UNESCAPE },
		[XATTR_OVERLAY] = { [XATTR_IMAGE_TO_LAYER] = XATTR_ESCAPE,
				    [XATTR_LAYER_TO_LAYER] = XATTR_DROP,
				    [XATTR_LAYER_TO_PLAIN] = XATTR_DROP },
	};

	return kind == XATTR_FOREIGN ? XATTR_DROP : fates[kind][route];
}

const char *xattr_name_there(enum xattr_route route, const char *name,
			     char buffer[XATTR_BUFFER_SIZE])
{
	switch (xattr_fate(route, xattr_kind(name))) {
	case XATTR_KEEP:
		return name;
	case XATTR_ESCAPE:
		return mark_escape(name, buffer);
	case XATTR_UNESCAPE:
		return mark_unescape(name, buffer);
	case XATTR_DROP:
		break;
	}
	return NULL;
}

struct xattr_image_rules xattr_image_rules(enum xattr_route route, bool has_one_id)
{
	return (struct xattr_image_rules) {
		.route = route,
		.has_one_id = has_one_id,
		.can_escape = route == XATTR_IMAGE_TO_LAYER &&
			      kernel_is_at_least((struct kernel_version) { 6, 7 }),
	};
}

const char *xattr_name_from_image(const struct xattr_image_rules *rules, const char *name,
				  char buffer[XATTR_BUFFER_SIZE], enum xattr_loss *ret_loss)
{
	enum xattr_kind kind = xattr_kind(name);
	const char *name_there = xattr_name_there(rules->route, name, buffer);

	*ret_loss = XATTR_LOSS_NONE;
	if (xattr_fate(rules->route, kind) == XATTR_ESCAPE && (!rules->can_escape || !name_there))
		*ret_loss = XATTR_LOSS_OVERLAY;
	else if (kind == XATTR_OWNER && rules->has_one_id)
		*ret_loss = XATTR_LOSS_OWNER;
	else if (!name_there)
		*ret_loss = XATTR_LOSS_FOREIGN;
	return *ret_loss == XATTR_LOSS_NONE ? name_there : NULL;
}

static int copy_one_xattr(int from, const char *name, int to, const char *name_there,
			  enum xattr_refusal refusal, struct error *err)
{
	char common[VALUE_COMMON];
	autofree char *large = NULL;
	const char *value = common;
	ssize_t len = fgetxattr(from, name, common, sizeof(common));

	if (len < 0 && errno == ERANGE) {
		value = large = xmalloc(XATTR_SIZE_MAX);
		len = fgetxattr(from, name, large, XATTR_SIZE_MAX);
	}
	if (len >= 0 && fsetxattr(to, name_there, value, (size_t)len, 0) == 0)
		return 0;
	if (len >= 0 && refusal == XATTR_MAY_BE_REFUSED && (errno == EPERM || errno == ENOTSUP))
		return 0;
	return error_errno(err, "cannot copy extended attribute '%s'", name);
}

int xattr_copy(int from, int to, enum xattr_route route, enum xattr_refusal refusal,
	       struct error *err)
{
	char common[NAMES_COMMON];
	autofree char *many = NULL;
	const char *names = common;
	ssize_t size = flistxattr(from, common, sizeof(common));

	if (size < 0 && errno == ERANGE) {
		names = many = xmalloc(XATTR_LIST_MAX);
		size = flistxattr(from, many, XATTR_LIST_MAX);
	}
	if (size < 0)
		return errno == ENOTSUP ? 0 : error_errno(err, "cannot list extended attributes");
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		char buffer[XATTR_BUFFER_SIZE];
		const char *name_there = xattr_name_there(route, name, buffer);

		if (name_there && copy_one_xattr(from, name, to, name_there, refusal, err) < 0)
			return -1;
	}
	return 0;
}
