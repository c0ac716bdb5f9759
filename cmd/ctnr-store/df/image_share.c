/* SPDX-License-Identifier: Apache-2.0 */
#include "df/image_share.h"

#include "collect/chain_set.h"

#include "base/alloc.h"

#include <stdlib.h>

struct image_share {
	const char *digest;
	json_t *names;
	uint64_t n_bundles;
	struct reach reach;
	json_t *chain_ids; /* of its layers: a set */
};

struct share_bytes {
	json_int_t own;
	json_int_t shared;
};

void image_shares_init(struct image_shares *shares, const struct usage *usage)
{
	*shares = (struct image_shares) { usage, NULL, 0, json_object(), json_object() };
}

void image_shares_release(struct image_shares *shares)
{
	if (!shares)
		return;
	for (size_t i = 0; i < shares->len; i++) {
		reach_release(&shares->items[i].reach);
		json_free(&shares->items[i].chain_ids);
	}
	free(shares->items);
	json_free(&shares->blob_users);
	json_free(&shares->chain_users);
}

static void count_users(json_t *users, const json_t *set)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)set, name, value)
		usage_add_number(users, name, 1);
}

void image_shares_add(struct image_shares *shares, const char *digest, json_t *names,
		      uint64_t n_bundles, struct reach *reach)
{
	struct image_share *share;

	shares->items = xgrow(shares->items, shares->len, sizeof(*shares->items));
	share = &shares->items[shares->len++];
	*share = (struct image_share) { digest, names, n_bundles, *reach, NULL };
	share->chain_ids = chain_set_of(shares->usage->store, reach->configs, NULL);
	count_users(shares->blob_users, reach->digests);
	count_users(shares->chain_users, share->chain_ids);
}

static void add_bytes(const json_t *set, const json_t *users, const json_t *bytes,
		      struct share_bytes *sum)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)set, name, value) {
		json_int_t add = (json_int_t)usage_number(bytes, name);

		if (usage_number(users, name) > 1)
			sum->shared += add;
		else
			sum->own += add;
	}
}

void image_shares_report(const struct image_shares *shares, struct usage *usage)
{
	for (size_t i = 0; i < shares->len; i++) {
		const struct image_share *share = &shares->items[i];
		struct share_bytes sum = { 0 };

		add_bytes(share->reach.digests, shares->blob_users, usage->blob_bytes, &sum);
		add_bytes(share->chain_ids, shares->chain_users, usage->chain_bytes, &sum);
		usage_add_object(usage, USAGE_IMAGES,
				 json_pack("{sssssOsIsIsIsI}", "kind", "image", "digest",
					   share->digest, "names", share->names, "bytes",
					   sum.own + sum.shared, "own", sum.own, "shared",
					   sum.shared, "bundles", (json_int_t)share->n_bundles));
	}
}
