/* SPDX-License-Identifier: Apache-2.0 */
#include "system/id_view.h"

#include "base/number.h"
#include "base/str.h"
#include "system/fd.h"

#include <fcntl.h>
#include <string.h>

#define OVERFLOW_UID "/proc/sys/kernel/overflowuid"
#define OVERFLOW_GID "/proc/sys/kernel/overflowgid"
#define OVERFLOW_DEFAULT 65534

/* A system without these files has not been told otherwise. */
static int read_overflow(const char *path, uint32_t *ret, struct error *err)
{
	autostr struct str text = STR_INIT;
	struct error cause = { 0 };
	uint64_t value;

	*ret = OVERFLOW_DEFAULT;
	if (file_read_at(AT_FDCWD, path, 64, &text, &cause) < 0)
		return cause.code == ERROR_NOT_FOUND ? 0 : error_move(err, &cause);
	text.data[strcspn(text.data, "\n")] = '\0';
	if (number_parse(text.data, UINT32_MAX, &value, err) < 0)
		return error_prefix(err, "%s", path);
	*ret = (uint32_t)value;
	return 0;
}

/* The part of a range that ends before the ID, and the rest, one higher. */
static int add_shifted(struct idmap *map, const struct idmap_range *range, uint32_t id)
{
	uint32_t before = 0;

	if (range->inside < id)
		before = id - range->inside < range->count ? id - range->inside : range->count;
	if (before && idmap_add(map, range->inside, range->outside, before, NULL) < 0)
		return -1;
	if (before == range->count)
		return 0;
	return idmap_add(map, (uint64_t)range->inside + before + 1, range->outside + before,
			 range->count - before, NULL);
}

/* Make room for the overflow ID in the map. A map that has no room for one more range stays as it is. */
static void shift_map(struct idmap *map, struct id_range_view *view)
{
	struct idmap shifted = { 0 };

	view->has_overflow = idmap_has_inside(map, view->overflow);
	for (size_t i = 0; i < map->len; i++)
		if (add_shifted(&shifted, &map->ranges[i], view->overflow) < 0)
			return;
	*map = shifted;
	view->is_shifted = true;
}

int id_view_make(const struct identity *identity, struct identity *ret_inside, struct id_view *ret,
		 struct error *err)
{
	struct id_view view = { .has_one_id = identity_has_one_id(identity) };

	if (read_overflow(OVERFLOW_UID, &view.uids.overflow, err) < 0 ||
	    read_overflow(OVERFLOW_GID, &view.gids.overflow, err) < 0)
		return -1;
	*ret_inside = *identity;
	view.uids.has_overflow = idmap_has_inside(&identity->uids, view.uids.overflow);
	view.gids.has_overflow = idmap_has_inside(&identity->gids, view.gids.overflow);
	if (identity->rung == IDENTITY_SUBORDINATE) {
		shift_map(&ret_inside->uids, &view.uids);
		shift_map(&ret_inside->gids, &view.gids);
	}
	*ret = view;
	return 0;
}

static bool unshift_id(const struct id_range_view *view, uint32_t id, uint32_t *ret)
{
	if (id == view->overflow && (view->is_shifted || !view->has_overflow))
		return false;
	*ret = view->is_shifted && id > view->overflow ? id - 1 : id;
	return id != UINT32_MAX;
}

bool id_view_uid(const struct id_view *view, uint32_t id, uint32_t *ret)
{
	return unshift_id(&view->uids, id, ret);
}

bool id_view_gid(const struct id_view *view, uint32_t id, uint32_t *ret)
{
	return unshift_id(&view->gids, id, ret);
}
