/* SPDX-License-Identifier: Apache-2.0 */
/* The rule for extended attributes (layer/xattr.h), row by row, and the overlay's marks. */
#include "tap.h"

#include "base/cleanup.h"
#include "layer/mark.h"
#include "layer/xattr.h"

#include <sys/sysmacros.h>

/* NULL: dropped. */
static const struct row {
	const char *name;
	const char *there[XATTR_ROUTE_MAX];
} rows[] = {
	{ "user.overlay.opaque",
	  { "user.overlay.overlay.opaque", "user.overlay.opaque", NULL, NULL,
	    "user.overlay.opaque" } },
	{ "user.overlay.overlay.opaque",
	  { "user.overlay.overlay.overlay.opaque", "user.overlay.overlay.opaque",
	    "user.overlay.overlay.opaque", "user.overlay.opaque", "user.overlay.overlay.opaque" } },
	{ "user.rootlesscontainers",
	  { "user.rootlesscontainers", "user.rootlesscontainers", "user.rootlesscontainers",
	    "user.rootlesscontainers", "user.rootlesscontainers" } },
	{ "user.overlayfs",
	  { "user.overlayfs", "user.overlayfs", "user.overlayfs", "user.overlayfs",
	    "user.overlayfs" } },
	{ "security.capability",
	  { "security.capability", "security.capability", "security.capability",
	    "security.capability", "security.capability" } },
	{ "system.posix_acl_access",
	  { "system.posix_acl_access", "system.posix_acl_access", "system.posix_acl_access",
	    "system.posix_acl_access", "system.posix_acl_access" } },
	{ "security.selinux", { 0 } },
	{ "security.capabilities", { 0 } },
	{ "trusted.overlay.opaque", { 0 } },
	{ "btrfs.compression", { 0 } },
};

static const char *const route_names[XATTR_ROUTE_MAX] = {
	[XATTR_IMAGE_TO_LAYER] = "from an image to a layer",
	[XATTR_IMAGE_TO_PLAIN] = "from an image to a plain directory",
	[XATTR_LAYER_TO_LAYER] = "from a layer to a layer",
	[XATTR_LAYER_TO_PLAIN] = "from a layer to a plain directory",
	[XATTR_PLAIN_TO_PLAIN] = "from a plain directory to another",
};

static void test_rows(void)
{
	for (size_t i = 0; i < array_size(rows); i++)
		for (int route = 0; route < XATTR_ROUTE_MAX; route++) {
			char buffer[XATTR_BUFFER_SIZE];
			char title[256];

			snprintf(title, sizeof(title), "%s %s is %s", rows[i].name,
				 route_names[route],
				 rows[i].there[route] ? rows[i].there[route] : "dropped");
			is_str(xattr_name_there((enum xattr_route)route, rows[i].name, buffer),
			       rows[i].there[route], title);
		}
}

static void test_marks(void)
{
	char longest[MARK_NAME_MAX + 1];
	char buffer[MARK_NAME_MAX + 1];
	char back[MARK_NAME_MAX + 1];

	memset(longest, 'x', MARK_NAME_MAX);
	longest[MARK_NAME_MAX] = '\0';
	memcpy(longest, MARK_PREFIX, strlen(MARK_PREFIX));
	ok(!mark_escape(longest, buffer), "a name that would be too long cannot be escaped");
	longest[MARK_NAME_MAX - strlen("overlay.")] = '\0';
	ok(mark_escape(longest, buffer) && strlen(buffer) == MARK_NAME_MAX,
	   "... the longest that can be is");
	is_str(mark_unescape(buffer, back), longest, "... and back");
	ok(!mark_unescape("user.overlay.opaque", buffer), "a mark is not an escaped name");
	ok(mark_is_whiteout(&(struct stat) { .st_mode = S_IFCHR, .st_rdev = makedev(0, 0) }) &&
		   !mark_is_whiteout(
			   &(struct stat) { .st_mode = S_IFCHR, .st_rdev = makedev(1, 3) }) &&
		   !mark_is_whiteout(&(struct stat) { .st_mode = S_IFREG }),
	   "a whiteout is a character device 0:0 and nothing else");
}

int main(void)
{
	test_rows();
	test_marks();
	return done_testing();
}
