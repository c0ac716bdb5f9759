/* SPDX-License-Identifier: Apache-2.0 */
#include "layer/metadata.h"

#include "layer/object_xattr.h"

#include <sys/stat.h>

static int read_metadata(int dirfd, enum xattr_route route, const struct id_view *ids,
			 struct stat *ret, struct object_xattrs *ret_xattrs, struct error *err)
{
	if (fstat(dirfd, ret) < 0)
		return error_errno(err, "cannot stat");
	return object_xattrs_read(ret_xattrs, dirfd, route, ids, err);
}

int metadata_is_same(int a, int b, enum xattr_route route, const struct id_view *ids,
		     struct error *err)
{
	autoobjectxattrs struct object_xattrs x = OBJECT_XATTRS_INIT, y = OBJECT_XATTRS_INIT;
	struct stat one, two;

	if (read_metadata(a, route, ids, &one, &x, err) < 0 ||
	    read_metadata(b, route, ids, &two, &y, err) < 0)
		return -1;
	return one.st_mode == two.st_mode && one.st_uid == two.st_uid && one.st_gid == two.st_gid &&
	       object_xattrs_equal(&x, &y);
}
