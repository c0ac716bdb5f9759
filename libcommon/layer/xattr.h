/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of an object's extended attributes when it goes from one place to another. The
 * places:
 *
 *	image	an entry of a layer's archive
 *	layer	a directory that is (or will be) one layer of an overlay: STORE/layers, BUNDLE/upper
 *	plain	a directory that is none: BUNDLE/rootfs of a copy bundle, a volume
 *
 *	                          image to      image to  layer to  layer to   plain to
 *	                          layer         plain     layer     plain      plain
 *	user.overlay.overlay.*    escape        keep      keep      unescape   keep
 *	other user.overlay.*      escape        keep      drop      drop       keep
 *	user.rootlesscontainers   keep          keep      keep      keep       keep
 *	other user.*              keep          keep      keep      keep       keep
 *	security.capability       keep          keep      keep      keep       keep
 *	system.posix_acl_*        keep          keep      keep      keep       keep
 *	security.*, trusted.*,
 *	and whatever else         drop          drop      drop      drop       drop
 *
 * The overlay's own marks (layer/mark.h) belong to one layer and stay there; what an image calls
 * by such a name is content, and in a layer it is escaped. Other security.* and trusted.* are the
 * host's business. user.rootlesscontainers is content like any other with an ID map; with one ID
 * it holds our own record of the owner (layer/owners.h), and an image's attribute of that name is
 * dropped by the unpacker.
 *
 * Packing is the inverse: layer to image is the column "layer to plain", plain to image is "plain
 * to plain"; with one ID user.rootlesscontainers becomes the entry's owner and is no attribute of
 * it.
 */
#ifndef LAYER_XATTR_H
#define LAYER_XATTR_H

#include "base/error.h"

#include <stdbool.h>

enum xattr_route {
	XATTR_IMAGE_TO_LAYER,
	XATTR_IMAGE_TO_PLAIN,
	XATTR_LAYER_TO_LAYER,
	XATTR_LAYER_TO_PLAIN,
	XATTR_PLAIN_TO_PLAIN,
	XATTR_ROUTE_MAX,
};

enum xattr_kind {
	XATTR_ESCAPED, /* user.overlay.overlay.* */
	XATTR_OVERLAY, /* other user.overlay.* */
	XATTR_OWNER, /* user.rootlesscontainers */
	XATTR_USER, /* other user.* */
	XATTR_CAPABILITY, /* security.capability */
	XATTR_ACL, /* system.posix_acl_* */
	XATTR_FOREIGN, /* whatever else */
	XATTR_KIND_MAX,
};

enum xattr_fate {
	XATTR_KEEP,
	XATTR_ESCAPE,
	XATTR_UNESCAPE,
	XATTR_DROP,
};

/* The kind of the attribute of that name. */
enum xattr_kind xattr_kind(const char *name);

/* The table above. */
enum xattr_fate xattr_fate(enum xattr_route route, enum xattr_kind kind);

/* The name that the attribute gets there: name itself, or buffer. NULL: it is dropped. */
#define XATTR_BUFFER_SIZE 256
const char *xattr_name_there(enum xattr_route route, const char *name,
			     char buffer[XATTR_BUFFER_SIZE]);

/* Where an image's attributes go, and what is possible there. */
struct xattr_image_rules {
	enum xattr_route route;
	bool has_one_id; /* user.rootlesscontainers is ours */
	bool can_escape; /* the running kernel shows what was escaped: Linux 6.7 */
};

struct xattr_image_rules xattr_image_rules(enum xattr_route route, bool has_one_id);

/* Why an image's attribute is dropped. */
enum xattr_loss {
	XATTR_LOSS_NONE, /* it is not */
	XATTR_LOSS_FOREIGN, /* security.*, trusted.* and whatever has no meaning here */
	XATTR_LOSS_OVERLAY, /* the kernel would obey it */
	XATTR_LOSS_OWNER, /* it holds our own record of the owner */
};

/* The name that an image's attribute gets: name itself, or buffer. NULL: it is dropped, and *ret_loss
 * says why. */
const char *xattr_name_from_image(const struct xattr_image_rules *rules, const char *name,
				  char buffer[XATTR_BUFFER_SIZE], enum xattr_loss *ret_loss);

/* When the target refuses an attribute that it should have. */
enum xattr_refusal {
	XATTR_MUST_BE_SET, /* an error */
	XATTR_MAY_BE_REFUSED, /* EPERM and ENOTSUP: left out (a filesystem that has none) */
};

/* Copy the attributes of one open file or directory to another. A filesystem without any has
 * nothing to copy. */
int xattr_copy(int from, int to, enum xattr_route route, enum xattr_refusal refusal,
	       struct error *err);

#endif
