/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program is written from its end to its beginning, because jumps go forward: a node is written
 * after the nodes behind it, and places are counted from the end.
 *
 * A conditional jump reaches 255 instructions. Where a node is farther away, it gets a nearer place: an
 * answer is written again, to another node a jump is written; that place is the one to be reached from
 * then on.
 *
 * A node may be entered in two states. Where the accumulator holds the word of its test already, masked as
 * the test wants it, the node is entered behind the instructions that load it.
 */
#include "workers/profile/assembler.h"

#include "base/alloc.h"

#include <string.h>

/* Less than 255: two jumps may come in between while a test's two ways are brought near. */
#define REACH 250

/* Where a node stands in the program so far, counted from the end; NOWHERE: it is not written yet. */
struct place {
	size_t entry; /* the word is loaded first */
	size_t loaded; /* the word is there */
};
#define NOWHERE SIZE_MAX

struct assembler {
	const struct diagram *diagram;
	struct place *places; /* owned; of each node */
	struct sock_filter *code; /* owned; BPF_MAXINSNS, the last instruction first */
	size_t len; /* may pass BPF_MAXINSNS: what is too much is not kept */
};

static void release_assembler(struct assembler *a)
{
	free(steal(&a->places));
	free(steal(&a->code));
}
#define autoassembler autocleanup(release_assembler)

/* Returns the place of the instruction. */
static size_t put_instruction(struct assembler *a, uint16_t code, uint32_t k)
{
	if (a->len < BPF_MAXINSNS)
		a->code[a->len] = (struct sock_filter) { .code = code, .k = k };
	return a->len++;
}

static size_t put_test(struct assembler *a, const struct diagram_test *test, size_t yes, size_t no)
{
	size_t place =
		put_instruction(a, (uint16_t)(BPF_JMP | test->operation | BPF_K), test->constant);

	if (place < BPF_MAXINSNS) {
		a->code[place].jt = (uint8_t)(place - yes - 1);
		a->code[place].jf = (uint8_t)(place - no - 1);
	}
	return place;
}

static size_t put_jump(struct assembler *a, size_t target)
{
	return put_instruction(a, BPF_JMP | BPF_JA, (uint32_t)(a->len - target - 1));
}

static bool words_are_equal(const struct diagram_test *a, const struct diagram_test *b)
{
	return a->offset == b->offset && a->mask == b->mask;
}

static size_t write_behind(struct assembler *a, const struct diagram_test *test, unsigned number);

/* The place of a node's test, with its word loaded; written when it is nowhere near. */
static size_t write_loaded(struct assembler *a, unsigned number)
{
	const struct diagram_node *node = &a->diagram->nodes[number];
	struct place *place = &a->places[number];
	size_t yes, no;

	if (place->loaded == NOWHERE) {
		write_behind(a, &node->test, node->yes);
		no = write_behind(a, &node->test, node->no);
		/* Writing the one may have brought the other out of reach. */
		yes = write_behind(a, &node->test, node->yes);
		place->loaded = put_test(a, &node->test, yes, no);
	} else if (a->len - place->loaded > REACH) {
		place->loaded = put_jump(a, place->loaded);
	}
	return place->loaded;
}

/* The place of a node that is entered with another word in the accumulator. */
static size_t write_entry(struct assembler *a, unsigned number)
{
	const struct diagram_node *node = &a->diagram->nodes[number];
	struct place *place = &a->places[number];
	size_t loaded;

	if (place->entry != NOWHERE && a->len - place->entry <= REACH)
		return place->entry;
	if (node->is_answer)
		return place->entry = put_instruction(a, BPF_RET | BPF_K, node->answer);
	if (place->entry != NOWHERE)
		return place->entry = put_jump(a, place->entry);
	loaded = write_loaded(a, number);
	if (loaded + 1 != a->len)
		put_jump(a, loaded);
	if (node->test.mask != UINT32_MAX)
		put_instruction(a, BPF_ALU | BPF_AND | BPF_K, node->test.mask);
	return place->entry = put_instruction(a, BPF_LD | BPF_W | BPF_ABS, node->test.offset);
}

/* The place of a node that is entered behind a test; near enough for a conditional jump. */
static size_t write_behind(struct assembler *a, const struct diagram_test *test, unsigned number)
{
	const struct diagram_node *node = &a->diagram->nodes[number];

	if (!node->is_answer && words_are_equal(&node->test, test))
		return write_loaded(a, number);
	return write_entry(a, number);
}

static void reverse_code(struct sock_filter *code, size_t len)
{
	for (size_t i = 0; i < len / 2; i++) {
		struct sock_filter other = code[i];

		code[i] = code[len - 1 - i];
		code[len - 1 - i] = other;
	}
}

struct sock_filter *assembler_write(const struct diagram *diagram, unsigned root, size_t *ret_len)
{
	autoassembler struct assembler a = { .diagram = diagram };

	a.places = xcalloc(diagram->len, sizeof(*a.places));
	memset(a.places, 0xff, diagram->len * sizeof(*a.places));
	a.code = xcalloc(BPF_MAXINSNS, sizeof(*a.code));
	write_entry(&a, root);
	if (a.len > BPF_MAXINSNS)
		return NULL;
	reverse_code(a.code, a.len);
	*ret_len = a.len;
	return steal(&a.code);
}
