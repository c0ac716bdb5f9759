/* SPDX-License-Identifier: Apache-2.0 */
#include "df/reclaimable.h"

#include "collect/cache.h"
#include "collect/sweep.h"

#include "base/clock.h"

static void take_object(struct usage *usage, const struct sweep_object *object)
{
	if (object->fate == SWEEP_STRAYED)
		return;
	usage->stale_cache_bytes += object->derived_bytes;
	if (object->kind == SWEEP_LAYER)
		json_object_set_new(usage->doomed, object->path, json_true());
	else if (object->bytes)
		json_object_set_new(usage->doomed, object->name, json_true());
}

static int take_cache(const char *path, uint64_t bytes, void *data, struct error *err)
{
	struct usage *usage = data;

	(void)path;
	(void)err;
	usage->stale_cache_bytes += bytes;
	return 0;
}

void reclaimable_find(struct usage *usage)
{
	char idmap[IDMAP_NAME_MAX];
	const struct sweep_scope scope = {
		.roots = { .layout = &usage->layout, .store = usage->store },
		.cutoff = clock_wall_ns() - SWEEP_GRACE * CLOCK_NS,
		.idmap = idmap,
	};
	const struct cache_scope cache = {
		.store = usage->store,
		.layout = &usage->layout,
		.cutoff = scope.cutoff,
	};
	struct error failure = { 0 };
	autosweep struct sweep sweep;

	sweep_init(&sweep, &scope);
	if (usage->layout.dirfd < 0)
		return;
	identity_idmap_name(&usage->identity, idmap);
	if (sweep_look(&sweep, &failure) < 0)
		usage_report(usage, "images", &failure);
	for (size_t i = 0; i < sweep.n_objects; i++)
		take_object(usage, &sweep.objects[i]);
	cache_each_stale(&cache, take_cache, usage, NULL);
}
