/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program compares the architecture and the number with constants. Between two neighbouring constants
 * it treats all values alike, so that one of them tells about all:
 *
 *  1. Note with which constants each word is compared.
 *  2. For each range of architectures, for each range of numbers: follow the program to its answer or
 *     to the first argument that it loads.
 *  3. What follows there depends on arguments alone, and is read once, as a diagram of tests.
 *  4. Join neighbouring ranges that decide alike; search trees find the range.
 */
#include "workers/profile/reader.h"

#include "base/alloc.h"

/* Instructions looked at. The default profile takes 43,000. */
#define STEPS_MAX (UINT32_C(1) << 22)

/* What the accumulator holds: a word of struct seccomp_data, masked. */
struct accumulator {
	uint32_t offset;
	uint32_t mask;
};

/* The diagram behind an instruction that tests or loads an argument. */
struct known_node {
	struct accumulator accumulator; /* ahead of the instruction */
	unsigned node; /* 0: none yet */
};

/* The ranges of a word's values, in the making: first values. */
struct boundaries {
	uint32_t *values; /* owned; ascending, without doubles after boundaries_sort() */
	size_t len;
};

struct reader {
	struct program program;
	struct diagram *diagram;
	struct boundaries architectures;
	struct boundaries numbers;
	struct known_node *known; /* owned; an entry for each instruction */
	uint32_t steps;
};

static void release_reader(struct reader *reader)
{
	free(steal(&reader->architectures.values));
	free(steal(&reader->numbers.values));
	free(steal(&reader->known));
}
#define autoreader autocleanup(release_reader)

static bool instruction_is_test(const struct sock_filter *in)
{
	return BPF_CLASS(in->code) == BPF_JMP && BPF_SRC(in->code) == BPF_K &&
	       BPF_OP(in->code) != BPF_JA;
}

static bool test_holds(const struct sock_filter *in, uint32_t value)
{
	switch (BPF_OP(in->code)) {
	case BPF_JEQ:
		return value == in->k;
	case BPF_JGT:
		return value > in->k;
	default: /* BPF_JGE: scan_instruction() lets no other pass */
		return value >= in->k;
	}
}

/* 1. Constants. */

static int compare_values(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* The values at which a comparison with a constant turns. */
static void boundaries_add(struct boundaries *boundaries, uint32_t constant)
{
	boundaries->values[boundaries->len++] = constant;
	if (constant < UINT32_MAX)
		boundaries->values[boundaries->len++] = constant + 1;
}

static void boundaries_sort(struct boundaries *boundaries)
{
	uint32_t *values = boundaries->values;
	size_t len = 0;

	qsort(values, boundaries->len, sizeof(*values), compare_values);
	for (size_t i = 0; i < boundaries->len; i++)
		if (!len || values[len - 1] != values[i])
			values[len++] = values[i];
	boundaries->len = len;
}

/* What the accumulator may hold at an instruction: a bit for each word, and one for none yet. An
 * instruction that is never reached has none of them. */
typedef uint32_t word_set;

#define WORD_BIT(offset) (UINT32_C(1) << ((offset) / sizeof(uint32_t)))
#define NO_WORD_BIT (UINT32_C(1) << PROGRAM_WORDS)
#define KEY_BITS (WORD_BIT(PROGRAM_NUMBER) | WORD_BIT(PROGRAM_ARCHITECTURE))
#define ARGUMENT_BITS (~(KEY_BITS | NO_WORD_BIT))

/* Hand on what the accumulator may hold to a later instruction, with so many skipped between the two.
 * False when there is none. */
static bool hand_words_on(const struct reader *reader, word_set *held, size_t at, uint32_t skipped)
{
	if (skipped >= reader->program.len - at - 1)
		return false;
	held[at + 1 + skipped] |= held[at];
	return true;
}

/* Note the constant of a test, when it is one of the architecture or the number. False when the test may
 * be one of an argument as well, or of no word at all. */
static bool note_constant(struct reader *reader, const struct sock_filter *in, word_set held)
{
	if (held & NO_WORD_BIT || (held & KEY_BITS && held & ARGUMENT_BITS))
		return false;
	if (held & WORD_BIT(PROGRAM_ARCHITECTURE))
		boundaries_add(&reader->architectures, in->k);
	if (held & WORD_BIT(PROGRAM_NUMBER))
		boundaries_add(&reader->numbers, in->k);
	return true;
}

static bool scan_instruction(struct reader *reader, word_set *held, size_t at)
{
	const struct sock_filter *in = &reader->program.code[at];

	switch (in->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		if (in->k % sizeof(uint32_t) || in->k >= sizeof(struct seccomp_data))
			return false;
		/* What is behind an argument is read without a number at hand. */
		if (WORD_BIT(in->k) & KEY_BITS && held[at] & ARGUMENT_BITS)
			return false;
		held[at] = WORD_BIT(in->k);
		return hand_words_on(reader, held, at, 0);
	case BPF_ALU | BPF_AND | BPF_K:
		return !(held[at] & ~ARGUMENT_BITS) && hand_words_on(reader, held, at, 0);
	case BPF_JMP | BPF_JA:
		return hand_words_on(reader, held, at, in->k);
	case BPF_JMP | BPF_JEQ | BPF_K:
	case BPF_JMP | BPF_JGT | BPF_K:
	case BPF_JMP | BPF_JGE | BPF_K:
		return note_constant(reader, in, held[at]) &&
		       hand_words_on(reader, held, at, in->jt) &&
		       hand_words_on(reader, held, at, in->jf);
	case BPF_RET | BPF_K:
		return true;
	default:
		return false;
	}
}

/* Note the constants, and find out whether the program has a form that is read here. Afterwards each
 * jump is known to end within the program, and each path at an answer. */
static bool scan_program(struct reader *reader)
{
	size_t len = reader->program.len;
	autofree word_set *held = xcalloc(len, sizeof(*held));

	reader->architectures.values = xcalloc(2 * len + 1, sizeof(uint32_t));
	reader->numbers.values = xcalloc(2 * len + 1, sizeof(uint32_t));
	reader->architectures.len = 1;
	reader->numbers.len = 1;
	held[0] = NO_WORD_BIT;
	for (size_t at = 0; at < len; at++)
		if (held[at] && !scan_instruction(reader, held, at))
			return false;
	boundaries_sort(&reader->architectures);
	boundaries_sort(&reader->numbers);
	return true;
}

/* 3. Arguments. */

static unsigned read_arguments(struct reader *reader, size_t at, struct accumulator accumulator);

/* The diagram of a test of an argument, and of what follows; 0: too long. */
static unsigned read_test(struct reader *reader, size_t at, struct accumulator accumulator)
{
	const struct sock_filter *in = &reader->program.code[at];
	const struct diagram_test test = { accumulator.offset, accumulator.mask, BPF_OP(in->code),
					   in->k };
	unsigned yes, no;

	/* libseccomp tests the high half of a value with a mask of 32 bits, too. */
	if (!accumulator.mask)
		return read_arguments(reader, at + 1 + (test_holds(in, 0) ? in->jt : in->jf),
				      accumulator);
	yes = read_arguments(reader, at + 1 + in->jt, accumulator);
	no = yes ? read_arguments(reader, at + 1 + in->jf, accumulator) : 0;
	return no ? diagram_test(reader->diagram, &test, yes, no) : 0;
}

/* The diagram from an instruction on, no number or architecture being loaded any more; 0: too long. */
static unsigned read_arguments(struct reader *reader, size_t at, struct accumulator accumulator)
{
	for (;; at++) {
		const struct sock_filter *in = &reader->program.code[at];
		struct known_node *known = &reader->known[at];

		if (reader->steps++ == STEPS_MAX)
			return 0;
		if (in->code == (BPF_RET | BPF_K))
			return diagram_answer(reader->diagram, in->k);
		if (in->code == (BPF_JMP | BPF_JA)) {
			at += in->k;
		} else if (in->code == (BPF_LD | BPF_W | BPF_ABS)) {
			accumulator = (struct accumulator) { in->k, UINT32_MAX };
		} else if (in->code == (BPF_ALU | BPF_AND | BPF_K)) {
			accumulator.mask &= in->k;
		} else {
			if (known->node && known->accumulator.offset == accumulator.offset &&
			    known->accumulator.mask == accumulator.mask)
				return known->node;
			*known = (struct known_node) { accumulator,
						       read_test(reader, at, accumulator) };
			return known->node;
		}
	}
}

/* 2. Architectures and numbers. */

/* What the program decides for a number of an architecture; 0: too long. */
static unsigned read_call(struct reader *reader, uint32_t architecture, uint32_t number)
{
	uint32_t value = 0;

	for (size_t at = 0;; at++) {
		const struct sock_filter *in = &reader->program.code[at];

		if (reader->steps++ == STEPS_MAX)
			return 0;
		if (instruction_is_test(in))
			at += test_holds(in, value) ? in->jt : in->jf;
		else if (in->code == (BPF_JMP | BPF_JA))
			at += in->k;
		else if (in->code == (BPF_LD | BPF_W | BPF_ABS) && in->k == PROGRAM_NUMBER)
			value = number;
		else if (in->code == (BPF_LD | BPF_W | BPF_ABS) && in->k == PROGRAM_ARCHITECTURE)
			value = architecture;
		else
			return read_arguments(reader, at, (struct accumulator) { 0, 0 });
	}
}

/* 4. Ranges. */

/* Append a range to the ones before, or join it with the last one. */
static size_t append_range(struct diagram_range *ranges, size_t len, uint32_t first, unsigned node)
{
	if (!len || ranges[len - 1].node != node)
		ranges[len++] = (struct diagram_range) { first, node };
	return len;
}

/* The node that tells the numbers of an architecture apart; 0: too long. */
static unsigned read_numbers(struct reader *reader, uint32_t architecture)
{
	const struct boundaries *numbers = &reader->numbers;
	autofree struct diagram_range *ranges = xcalloc(numbers->len, sizeof(*ranges));
	size_t len = 0;

	for (size_t i = 0; i < numbers->len; i++) {
		unsigned node = read_call(reader, architecture, numbers->values[i]);

		if (!node)
			return 0;
		len = append_range(ranges, len, numbers->values[i], node);
	}
	return diagram_search(reader->diagram, PROGRAM_NUMBER, ranges, len);
}

static unsigned read_architectures(struct reader *reader)
{
	const struct boundaries *architectures = &reader->architectures;
	autofree struct diagram_range *ranges = xcalloc(architectures->len, sizeof(*ranges));
	size_t len = 0;

	for (size_t i = 0; i < architectures->len; i++) {
		unsigned node = read_numbers(reader, architectures->values[i]);

		if (!node)
			return 0;
		len = append_range(ranges, len, architectures->values[i], node);
	}
	return diagram_search(reader->diagram, PROGRAM_ARCHITECTURE, ranges, len);
}

bool reader_read(const struct program *program, struct diagram *diagram, unsigned *ret_root)
{
	autoreader struct reader reader = { .program = *program, .diagram = diagram };
	unsigned root;

	if (!program->len || !scan_program(&reader))
		return false;
	reader.known = xcalloc(program->len, sizeof(*reader.known));
	root = read_architectures(&reader);
	if (!root)
		return false;
	*ret_root = root;
	return true;
}
