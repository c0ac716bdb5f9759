/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/difference.h"

#include "base/alloc.h"
#include "system/path.h"

#include <string.h>

/* An archive that states thousands of differing paths time and again costs no more than this. */
#define STEPS_MAX (UINT64_C(1) << 30)

static void release_difference(struct difference *difference)
{
	free(difference->path);
	free(difference->message);
	strlist_release(&difference->keys);
}

void differences_release(struct differences *differences)
{
	if (!differences)
		return;
	for (size_t i = 0; i < differences->len; i++)
		release_difference(&differences->items[i]);
	free(differences->items);
	path_set_release(&differences->touched);
	*differences = (struct differences) { 0 };
}

static size_t count_bytes(const char *path, const char *message, const struct strlist *keys)
{
	size_t bytes = sizeof(struct difference) + strlen(path) + strlen(message);

	for (size_t i = 0; i < keys->len; i++)
		bytes += strlen(keys->items[i]);
	return bytes;
}

void differences_add(struct differences *differences, const char *path, const char *message,
		     const struct strlist *keys, enum difference_kind kind)
{
	size_t bytes = count_bytes(path, message, keys);
	struct difference *difference;

	if (differences->len == DIFFERENCES_MAX ||
	    differences->bytes + bytes > DIFFERENCES_BYTES_MAX) {
		differences->n_unkept++;
		return;
	}
	differences->bytes += bytes;
	differences->n_of_deletions += kind == DIFFERENCE_OF_DELETION;
	differences->items =
		xgrow(differences->items, differences->len, sizeof(differences->items[0]));
	difference = &differences->items[differences->len++];
	*difference = (struct difference) { .kind = kind,
					    .path = xstrdup(path),
					    .message = xstrdup(message),
					    .keys = STRLIST_INIT };
	for (size_t i = 0; i < keys->len; i++) {
		strlist_append(&difference->keys, keys->items[i]);
		if (path_set_add(&differences->touched, keys->items[i], NULL) < 0)
			differences->is_unsure = true;
	}
}

/* Which differences an entry at a path sets right. */
typedef bool (*difference_rule)(const struct difference *difference, const char *path);

static bool is_of_path(const struct difference *difference, const char *path)
{
	for (size_t i = 0; i < difference->keys.len && i < 2; i++)
		if (strcmp(difference->keys.items[i], path) == 0)
			return true;
	return false;
}

static bool leads_through(const struct difference *difference, const char *path)
{
	for (size_t i = 0; i < difference->keys.len; i++)
		if (path_is_below(difference->keys.items[i], path))
			return true;
	return false;
}

static bool leads_below(const struct difference *difference, const char *path)
{
	for (size_t i = 0; i < difference->keys.len; i++)
		if (path_is_below(difference->keys.items[i], path) &&
		    strcmp(difference->keys.items[i], path) != 0)
			return true;
	return false;
}

static bool is_deletion_above(const struct difference *difference, const char *path)
{
	return difference->kind == DIFFERENCE_OF_DELETION && path_is_below(path, difference->path);
}

static void forget_by_rule(struct differences *differences, difference_rule rule, const char *path)
{
	size_t kept = 0;

	differences->steps += differences->len;
	if (differences->steps > STEPS_MAX) {
		differences->is_unsure = true;
		return;
	}
	for (size_t i = 0; i < differences->len; i++) {
		struct difference *difference = &differences->items[i];

		if (!rule(difference, path)) {
			differences->items[kept++] = *difference;
			continue;
		}
		differences->has_lost_ways |=
			difference->kind == DIFFERENCE_OF_ENTRY && !is_of_path(difference, path);
		differences->bytes -=
			count_bytes(difference->path, difference->message, &difference->keys);
		differences->n_of_deletions -= difference->kind == DIFFERENCE_OF_DELETION;
		release_difference(difference);
	}
	differences->len = kept;
}

/* Most entries are about nothing that seemed wrong. */
static void forget_if_touched(struct differences *differences, difference_rule rule,
			      const char *path)
{
	if (differences->len && (!path[0] || path_set_has(&differences->touched, path)))
		forget_by_rule(differences, rule, path);
}

void differences_forget_at(struct differences *differences, const char *path)
{
	forget_if_touched(differences, is_of_path, path);
}

void differences_forget_below(struct differences *differences, const char *path)
{
	forget_if_touched(differences, leads_below, path);
}

void differences_forget_through(struct differences *differences, const char *path)
{
	forget_if_touched(differences, leads_through, path);
}

void differences_forget_above(struct differences *differences, const char *path)
{
	if (differences->n_of_deletions)
		forget_by_rule(differences, is_deletion_above, path);
}
