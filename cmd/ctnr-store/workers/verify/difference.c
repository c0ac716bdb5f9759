/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/verify/difference.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <string.h>

#define HEADS 16384 /* chains of the index; a power of two */
#define FORGOTTEN_MAX 4096 /* items that may be forgotten before they are dropped */

/* An archive that states thousands of differing paths time and again costs no more than this. */
#define STEPS_MAX (UINT64_C(1) << 28)

/* How a path is mentioned by a key. */
enum mention_role {
	MENTION_SAME, /* it is one */
	MENTION_ABOVE, /* it is above one */
	MENTION_ROLE_MAX,
};

struct mention {
	uint64_t hash; /* of role and path */
	uint32_t item;
	uint32_t next; /* number of the next one in the chain + 1; 0: none */
};

struct difference_index {
	uint64_t seed; /* so that an image cannot choose paths that collide */
	uint64_t steps;
	uint32_t heads[HEADS];
	struct mention *mentions;
	size_t len;
};

static uint64_t start_hash(const struct difference_index *index, enum mention_role role)
{
	const unsigned char byte = (unsigned char)role;

	return fnv_add(FNV_START ^ index->seed, &byte, sizeof(byte));
}

static void add_mention(struct difference_index *index, uint64_t hash, size_t item)
{
	uint32_t *head = &index->heads[(hash ^ hash >> 32) & (HEADS - 1)];

	index->mentions = xgrow(index->mentions, index->len, sizeof(index->mentions[0]));
	index->mentions[index->len] = (struct mention) { hash, (uint32_t)item, *head };
	*head = (uint32_t)++index->len;
}

/* The key and all above it. */
static void mention_key(struct difference_index *index, const char *key, size_t item)
{
	uint64_t above = start_hash(index, MENTION_ABOVE);

	add_mention(index, fnv_add(start_hash(index, MENTION_SAME), key, strlen(key)), item);
	for (const char *at = key; *at; at++) {
		if (*at == '/' && at > key)
			add_mention(index, above, item);
		above = fnv_add(above, at, 1);
	}
}

static void mention_keys(struct difference_index *index, const struct difference *difference,
			 size_t item)
{
	mention_key(index, difference->named, item);
	if (difference->kind == DIFFERENCE_OF_ENTRY &&
	    strcmp(difference->named, difference->path) != 0)
		mention_key(index, difference->path, item);
	for (size_t i = 0; i < difference->ways.len; i++)
		mention_key(index, difference->ways.items[i], item);
	for (size_t i = 0; i < difference->targets.len; i++)
		mention_key(index, difference->targets.items[i], item);
}

static void release_difference(struct difference *difference)
{
	free((char *)difference->path);
	free((char *)difference->message);
	free((char *)difference->named);
	strlist_release(&difference->ways);
	strlist_release(&difference->targets);
}

void differences_release(struct differences *differences)
{
	if (!differences)
		return;
	for (size_t i = 0; i < differences->n_items; i++)
		if (!differences->items[i].is_forgotten)
			release_difference(&differences->items[i].difference);
	free(differences->items);
	if (differences->index)
		free(differences->index->mentions);
	free(differences->index);
	*differences = (struct differences) { 0 };
}

void differences_settle(struct differences *differences)
{
	struct difference_index *index = differences->index;
	size_t kept = 0;

	if (!index)
		return;
	memset(index->heads, 0, sizeof(index->heads));
	free(steal(&index->mentions));
	index->len = 0;
	for (size_t i = 0; i < differences->n_items; i++) {
		if (differences->items[i].is_forgotten)
			continue;
		differences->items[kept] = differences->items[i];
		mention_keys(index, &differences->items[kept].difference, kept);
		kept++;
	}
	differences->n_items = kept;
}

static size_t count_list(const struct strlist *list)
{
	size_t bytes = 0;

	for (size_t i = 0; i < list->len; i++)
		bytes += strlen(list->items[i]);
	return bytes;
}

static void copy_list(struct strlist *to, const struct strlist *from)
{
	*to = (struct strlist)STRLIST_INIT;
	for (size_t i = 0; i < from->len; i++)
		strlist_append(to, from->items[i]);
}

static struct difference copy_difference(const struct difference *difference)
{
	struct difference copy = { .kind = difference->kind,
				   .path = xstrdup(difference->path),
				   .message = xstrdup(difference->message),
				   .named = xstrdup(difference->named) };

	copy_list(&copy.ways, &difference->ways);
	copy_list(&copy.targets, &difference->targets);
	return copy;
}

void differences_add(struct differences *differences, const struct difference *difference)
{
	size_t bytes = strlen(difference->path) + strlen(difference->message) +
		       strlen(difference->named) + count_list(&difference->ways) +
		       count_list(&difference->targets);

	if (differences->len == DIFFERENCES_MAX ||
	    differences->bytes + bytes > DIFFERENCES_BYTES_MAX) {
		differences->n_unkept++;
		return;
	}
	if (!differences->index) {
		differences->index = xcalloc(1, sizeof(*differences->index));
		differences->index->seed = fnv_seed();
	}
	if (differences->n_items - differences->len > FORGOTTEN_MAX + differences->len)
		differences_settle(differences);
	differences->items =
		xgrow(differences->items, differences->n_items, sizeof(differences->items[0]));
	differences->items[differences->n_items] =
		(struct difference_item) { .difference = copy_difference(difference),
					   .bytes = bytes };
	mention_keys(differences->index, difference, differences->n_items);
	differences->n_items++;
	differences->len++;
	differences->bytes += bytes;
	differences->n_of_deletions += difference->kind == DIFFERENCE_OF_DELETION;
}

static bool is_of_path(const struct difference *difference, const char *path)
{
	return strcmp(difference->named, path) == 0 || strcmp(difference->path, path) == 0 ||
	       strlist_contains(&difference->targets, path);
}

static void forget_item(struct differences *differences, struct difference_item *item)
{
	differences->len--;
	differences->bytes -= item->bytes;
	differences->n_of_deletions -= item->difference.kind == DIFFERENCE_OF_DELETION;
	release_difference(&item->difference);
	item->is_forgotten = true;
}

/* Which of the differences that mention a path are forgotten. */
typedef bool (*forget_rule)(const struct difference *difference, const char *path,
			    const void *data);

/* Go through those that mention path[0..len) in that role. The text needs no comparison where the rule
 * makes none: a hash of 64 bits with a seed is the path. */
static void forget_mentioned(struct differences *differences, enum mention_role role,
			     const char *path, size_t len, forget_rule rule, const void *data)
{
	struct difference_index *index = differences->index;
	uint64_t hash;
	uint32_t *link;

	if (differences->len == 0 || differences->is_unsure)
		return;
	hash = fnv_add(start_hash(index, role), path, len);
	link = &index->heads[(hash ^ hash >> 32) & (HEADS - 1)];
	while (*link) {
		struct mention *mention = &index->mentions[*link - 1];
		struct difference_item *item = &differences->items[mention->item];

		if (index->steps++ == STEPS_MAX)
			differences->is_unsure = true;
		if (mention->hash == hash && !item->is_forgotten &&
		    rule(&item->difference, path, data))
			forget_item(differences, item);
		if (item->is_forgotten)
			*link = mention->next;
		else
			link = &mention->next;
	}
}

static bool is_at(const struct difference *difference, const char *path, const void *data)
{
	(void)data;
	return is_of_path(difference, path);
}

/* Its entry may have stated what is elsewhere. */
static bool leads_through(const struct difference *difference, const char *path, const void *data)
{
	bool *has_lost_ways = *(bool *const *)data;

	*has_lost_ways |= difference->kind == DIFFERENCE_OF_ENTRY && !is_of_path(difference, path);
	return true;
}

static bool is_deletion(const struct difference *difference, const char *path, const void *data)
{
	(void)path;
	(void)data;
	return difference->kind == DIFFERENCE_OF_DELETION;
}

static bool has_foreign_target(const struct difference *difference, const char *path,
			       const void *data)
{
	(void)path;
	for (size_t i = 0; i < difference->targets.len; i++)
		if (!path_set_has(data, difference->targets.items[i]))
			return true;
	return false;
}

void differences_forget_at(struct differences *differences, const char *path)
{
	forget_mentioned(differences, MENTION_SAME, path, strlen(path), is_at, NULL);
}

void differences_forget_below(struct differences *differences, const char *path)
{
	bool *has_lost_ways = &differences->has_lost_ways;

	forget_mentioned(differences, MENTION_ABOVE, path, strlen(path), leads_through,
			 &has_lost_ways);
}

void differences_forget_through(struct differences *differences, const char *path)
{
	bool *has_lost_ways = &differences->has_lost_ways;

	forget_mentioned(differences, MENTION_SAME, path, strlen(path), leads_through,
			 &has_lost_ways);
	differences_forget_below(differences, path);
}

void differences_forget_targets(struct differences *differences, const char *path,
				const struct path_set *own)
{
	forget_mentioned(differences, MENTION_ABOVE, path, strlen(path), has_foreign_target, own);
}

void differences_forget_above(struct differences *differences, const char *path)
{
	if (!differences->n_of_deletions)
		return;
	for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/'))
		forget_mentioned(differences, MENTION_SAME, path, (size_t)(at - path), is_deletion,
				 NULL);
	forget_mentioned(differences, MENTION_SAME, path, strlen(path), is_deletion, NULL);
}
