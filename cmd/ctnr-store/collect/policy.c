/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/policy.h"

#include "base/alloc.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

static bool is_older(const struct policy *policy, int64_t moment, const struct option_amount *age)
{
	return age->is_stated && moment <= policy->now - (int64_t)age->value * CLOCK_NS;
}

static bool bundle_is_free(const struct policy *policy, const struct candidate *bundle)
{
	return bundle->matches && !bundle->is_busy &&
	       (bundle->has_ended || bundle->used + policy->grace <= policy->now);
}

static void choose_bundles(const struct policy *policy, struct candidates *list)
{
	for (size_t i = 0; i < list->len; i++) {
		struct candidate *item = &list->items[i];

		if (item->kind == CANDIDATE_BUNDLE && bundle_is_free(policy, item) &&
		    is_older(policy, item->used, &policy->bundle_ttl))
			item->goes = true;
	}
}

/* The images of the bundles that stay: an object, by digest when the last of them was used; INT64_MAX: one of
 * them cannot go. New. */
static json_t *list_used_images(const struct policy *policy, const struct candidates *list)
{
	json_t *images = json_object();

	for (size_t i = 0; i < list->len; i++) {
		const struct candidate *item = &list->items[i];
		const json_t *known = item->digest ? json_object_get(images, item->digest) : NULL;
		json_int_t used = bundle_is_free(policy, item) ? item->used : INT64_MAX;

		if (item->kind != CANDIDATE_BUNDLE || item->goes || !item->digest)
			continue;
		if (!known || json_integer_value(known) < used)
			json_object_set_new(images, item->digest, json_integer(used));
	}
	return images;
}

/* When a bundle that stays has used the image of a name last; 0: none uses it. */
static int64_t last_use_by_bundle(const struct candidate *name, const json_t *images)
{
	int64_t latest = 0;

	for (size_t i = 0; i < json_array_size(name->documents); i++) {
		const char *digest = json_string_value(json_array_get(name->documents, i));
		const json_t *used = json_object_get(images, digest);

		if (used && json_integer_value(used) > latest)
			latest = json_integer_value(used);
	}
	return latest;
}

static void choose_names(const struct policy *policy, struct candidates *list)
{
	autojson json_t *images = list_used_images(policy, list);

	for (size_t i = 0; i < list->len; i++) {
		struct candidate *item = &list->items[i];

		if (item->kind != CANDIDATE_NAME || !item->matches)
			continue;
		if (item->name && is_older(policy, item->set, &policy->ref_ttl))
			item->goes = true;
		if ((is_older(policy, item->used, &policy->image_ttl) ||
		     (policy->unnamed && !item->name)) &&
		    !last_use_by_bundle(item, images))
			item->goes = true;
	}
}

/* By repository, and there the newest first. */
static int compare_names(const void *left_, const void *right_)
{
	const struct candidate *left = *(struct candidate *const *)left_;
	const struct candidate *right = *(struct candidate *const *)right_;
	int order = strcmp(left->repository, right->repository);

	if (order)
		return order;
	if (left->rank != right->rank)
		return left->rank > right->rank ? -1 : 1;
	/* What was written last stands last. */
	return left > right ? -1 : 1;
}

static void choose_surplus(const struct policy *policy, struct candidates *list)
{
	autofree struct candidate **names = xcalloc(list->len + 1, sizeof(*names));
	size_t n = 0;
	size_t of_repository = 0;

	for (size_t i = 0; i < list->len; i++)
		if (list->items[i].kind == CANDIDATE_NAME && list->items[i].name &&
		    list->items[i].matches)
			names[n++] = &list->items[i];
	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 0; i < n; i++) {
		if (i && strcmp(names[i]->repository, names[i - 1]->repository) != 0)
			of_repository = 0;
		if (of_repository++ >= policy->ref_max.value)
			names[i]->goes = true;
	}
}

void policy_choose(const struct policy *policy, struct candidates *list)
{
	choose_bundles(policy, list);
	choose_names(policy, list);
	if (policy->ref_max.is_stated)
		choose_surplus(policy, list);
}

/* What may go to make room, and when it was used last. */
struct rank {
	int64_t used;
	enum candidate_kind kind;
	size_t index;
};

/* The oldest first; a bundle before the image that it uses. */
static int compare_ranks(const void *left_, const void *right_)
{
	const struct rank *left = left_;
	const struct rank *right = right_;

	if (left->used != right->used)
		return left->used < right->used ? -1 : 1;
	if (left->kind != right->kind)
		return left->kind == CANDIDATE_BUNDLE ? -1 : 1;
	return left->index < right->index ? -1 : 1;
}

static int64_t rank_time(const struct policy *policy, const struct candidate *item,
			 const json_t *images)
{
	int64_t by_bundle;

	if (item->kind == CANDIDATE_BUNDLE)
		return bundle_is_free(policy, item) ? item->used : INT64_MAX;
	by_bundle = last_use_by_bundle(item, images);
	return by_bundle > item->used ? by_bundle : item->used;
}

size_t policy_order(const struct policy *policy, const struct candidates *list, size_t **ret_order)
{
	autojson json_t *images = list_used_images(policy, list);
	autofree struct rank *ranks = xcalloc(list->len + 1, sizeof(*ranks));
	size_t n = 0;

	for (size_t i = 0; i < list->len; i++) {
		const struct candidate *item = &list->items[i];
		int64_t used = rank_time(policy, item, images);

		if (!item->goes && item->matches && used != INT64_MAX)
			ranks[n++] = (struct rank) { used, item->kind, i };
	}
	qsort(ranks, n, sizeof(*ranks), compare_ranks);
	*ret_order = xcalloc(n + 1, sizeof(**ret_order));
	for (size_t i = 0; i < n; i++)
		(*ret_order)[i] = ranks[i].index;
	return n;
}
