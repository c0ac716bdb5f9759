/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decision diagrams: what a seccomp filter decides, as nodes that test a word of struct seccomp_data, or
 * answer. A node goes on to other nodes, never back to itself. Equal nodes are one node: two parts of a
 * diagram decide alike when their numbers are equal.
 *
 *	autodiagram struct diagram diagram = DIAGRAM_INIT;
 *	unsigned allow = diagram_answer(&diagram, SECCOMP_RET_ALLOW);
 */
#ifndef CTNR_EXEC_WORKERS_PROFILE_DIAGRAM_H
#define CTNR_EXEC_WORKERS_PROFILE_DIAGRAM_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is (word & mask) OPERATION constant? */
struct diagram_test {
	uint32_t offset; /* of the word */
	uint32_t mask;
	uint32_t operation; /* BPF_JEQ, BPF_JGT, BPF_JGE */
	uint32_t constant;
};

struct diagram_node {
	bool is_answer;
	uint32_t answer; /* SECCOMP_RET_* and its data */
	struct diagram_test test;
	unsigned yes, no; /* the nodes behind the test */
	unsigned next; /* in its bucket */
};

#define DIAGRAM_BUCKETS 1024

struct diagram {
	struct diagram_node *nodes; /* owned; the first is not used, so that 0 is no node */
	size_t len;
	size_t capacity;
	unsigned buckets[DIAGRAM_BUCKETS];
};

#define DIAGRAM_INIT \
	{ \
		NULL, 0, 0, \
		{ \
			0 \
		} \
	}

void diagram_release(struct diagram *diagram);
#define autodiagram autocleanup(diagram_release)

/* The node that gives an answer. Never 0. */
unsigned diagram_answer(struct diagram *diagram, uint32_t answer);

/* The node that goes on to yes or to no; where both are one node, that node. Never 0. */
unsigned diagram_test(struct diagram *diagram, const struct diagram_test *test, unsigned yes,
		      unsigned no);

/* A range of a word's values: from first to the value before the next range's first; the first range
 * begins with 0, the last one ends with UINT32_MAX. */
struct diagram_range {
	uint32_t first;
	unsigned node;
};

/* The node that finds the range of the word at offset, and goes on to its node: a search tree. Neighbours
 * may have the same node. len > 0. */
unsigned diagram_search(struct diagram *diagram, uint32_t offset,
			const struct diagram_range *ranges, size_t len);

#endif
