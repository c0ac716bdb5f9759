/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners on disk as the container sees them, and those that it cannot have told apart.
 *
 * The kernel shows an owner that a user namespace does not map as the overflow ID, 65534 (user_namespaces(7)),
 * which most maps have as nobody. So a reader with subordinate IDs enters a namespace with maps of its own: all
 * IDs from the overflow ID on are one higher there. What is shown as the overflow ID is then mapped by nobody.
 *
 *	struct identity inside;
 *	struct id_view view;
 *
 *	if (id_view_make(&identity, &inside, &view, err) < 0 || identity_enter(&inside, err) < 0) ...
 *	if (!id_view_uid(&view, st.st_uid, &uid)) ...
 *
 * With one ID everything on disk is ours, and the owner is data (layer/owner.h). Who is privileged already enters
 * nothing: where the present namespace maps the overflow ID, owners that it does not map pass for that.
 */
#ifndef SYSTEM_ID_VIEW_H
#define SYSTEM_ID_VIEW_H

#include "system/identity.h"

/* How IDs of one kind are shown. */
struct id_range_view {
	uint32_t overflow;
	bool is_shifted; /* what is higher than overflow is shown one too high */
	bool has_overflow; /* it may be somebody's, when it is not shifted */
};

struct id_view {
	bool has_one_id;
	struct id_range_view uids;
	struct id_range_view gids;
};

/* The view, and the identity to enter. Reads /proc: before the process confines itself. */
int id_view_make(const struct identity *identity, struct identity *ret_inside, struct id_view *ret,
		 struct error *err);

/* The ID that is shown as id, in the container's own numbers. False: it is not mapped. */
bool id_view_uid(const struct id_view *view, uint32_t id, uint32_t *ret);
bool id_view_gid(const struct id_view *view, uint32_t id, uint32_t *ret);

#endif
