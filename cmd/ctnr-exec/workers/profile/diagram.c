/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/profile/diagram.h"

#include "base/alloc.h"
#include "base/fnv.h"

#include <linux/filter.h>
#include <string.h>

void diagram_release(struct diagram *diagram)
{
	free(steal(&diagram->nodes));
	diagram->len = 0;
	diagram->capacity = 0;
}

static bool nodes_are_equal(const struct diagram_node *a, const struct diagram_node *b)
{
	return a->is_answer == b->is_answer && a->answer == b->answer && a->yes == b->yes &&
	       a->no == b->no && memcmp(&a->test, &b->test, sizeof(a->test)) == 0;
}

static unsigned *find_bucket(struct diagram *diagram, const struct diagram_node *node)
{
	uint64_t hash = FNV_START;

	hash = fnv_add(hash, &node->answer, sizeof(node->answer));
	hash = fnv_add(hash, &node->test, sizeof(node->test));
	hash = fnv_add(hash, &node->yes, sizeof(node->yes));
	hash = fnv_add(hash, &node->no, sizeof(node->no));
	return &diagram->buckets[hash % DIAGRAM_BUCKETS];
}

static void reserve_node(struct diagram *diagram)
{
	if (diagram->len < diagram->capacity)
		return;
	diagram->capacity = diagram->capacity ? 2 * diagram->capacity : 1024;
	diagram->nodes = xrealloc(diagram->nodes, diagram->capacity, sizeof(struct diagram_node));
	if (!diagram->len)
		diagram->nodes[diagram->len++] = (struct diagram_node) { 0 };
}

/* The number of the node that equals this one, which is added when there is none. */
static unsigned intern_node(struct diagram *diagram, struct diagram_node node)
{
	unsigned *bucket = find_bucket(diagram, &node);

	for (unsigned i = *bucket; i; i = diagram->nodes[i].next)
		if (nodes_are_equal(&diagram->nodes[i], &node))
			return i;
	reserve_node(diagram);
	node.next = *bucket;
	*bucket = (unsigned)diagram->len;
	diagram->nodes[diagram->len] = node;
	return (unsigned)diagram->len++;
}

unsigned diagram_answer(struct diagram *diagram, uint32_t answer)
{
	return intern_node(diagram, (struct diagram_node) { .is_answer = true, .answer = answer });
}

unsigned diagram_test(struct diagram *diagram, const struct diagram_test *test, unsigned yes,
		      unsigned no)
{
	if (yes == no)
		return yes;
	return intern_node(diagram, (struct diagram_node) { .test = *test, .yes = yes, .no = no });
}

/*
 * The search tree. Most ranges are single values that stand in a range of another node: a system call
 * that is denied among allowed ones. Such a value is one test (JEQ), where a search by ranges alone
 * needs two. So ranges are gathered to runs: a node's ranges with single values of others in between.
 * The tree finds the run by halving (JGE), then a few single values are tried one by one.
 */
#define SINGLES_MAX 4

struct search {
	struct diagram *diagram;
	uint32_t offset;
	const struct diagram_range *ranges;
};

static bool range_is_single(const struct diagram_range *range)
{
	return range[1].first - range[0].first == 1;
}

/* The last range of the run that begins with the range at first. */
static size_t find_run_end(const struct diagram_range *ranges, size_t len, size_t first)
{
	size_t last = first;

	while (last + 2 < len && range_is_single(&ranges[last + 1]) &&
	       ranges[last + 2].node == ranges[first].node && last < first + 2 * SINGLES_MAX)
		last += 2;
	return last;
}

static unsigned test_word(const struct search *search, uint32_t operation, uint32_t constant,
			  unsigned yes, unsigned no)
{
	const struct diagram_test test = { search->offset, UINT32_MAX, operation, constant };

	return diagram_test(search->diagram, &test, yes, no);
}

/* The highest value is tried first: of architectures, that is the native one (64 bits are a high bit
 * of AUDIT_ARCH_*). */
static unsigned search_run(const struct search *search, size_t first, size_t end)
{
	unsigned node = search->ranges[first].node;

	for (size_t i = first + 1; i < end; i += 2)
		node = test_word(search, BPF_JEQ, search->ranges[i].first, search->ranges[i].node,
				 node);
	return node;
}

/* starts[0..len]: where each run begins, and where the last one ends. */
static unsigned search_runs(const struct search *search, const size_t *starts, size_t len)
{
	size_t half = len / 2;
	unsigned low, high;

	if (len == 1)
		return search_run(search, starts[0], starts[1]);
	low = search_runs(search, starts, half);
	high = search_runs(search, starts + half, len - half);
	return test_word(search, BPF_JGE, search->ranges[starts[half]].first, high, low);
}

unsigned diagram_search(struct diagram *diagram, uint32_t offset,
			const struct diagram_range *ranges, size_t len)
{
	const struct search search = { diagram, offset, ranges };
	autofree size_t *starts = xcalloc(len + 1, sizeof(*starts));
	size_t runs = 0;

	for (size_t at = 0; at < len; at = find_run_end(ranges, len, at) + 1)
		starts[runs++] = at;
	starts[runs] = len;
	return search_runs(&search, starts, runs);
}
