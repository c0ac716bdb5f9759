/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing here is shared with the code that reads and writes programs, because a fault of theirs is to be
 * found here: the programs are executed, and the only thing that is not known is the data.
 *
 * A region is a set of contents of struct seccomp_data: an interval for each word, and a list of facts
 * about masked words ("word & mask is value", "... is not"). Both programs are run for a whole region at
 * once. A test has an answer for the region when it has the same one for every content in it. Where a
 * test has none, the region is cut in two or three, so that it has one in each part, and the proof goes
 * on with each. Where both programs come to a return, they must return the same.
 *
 *  - Every content is in the region that the proof begins with, and in at least one part of a region that
 *    is cut. So each one is in some region for which both programs came to a return, by the tests that
 *    they would have made for that content alone.
 *  - A region may hold more than its parent's tests let through (facts are not added up). Then the
 *    programs are compared where they need not be, and equal programs may go unproven; different ones
 *    are never taken for equal.
 */
#include "workers/profile/equality.h"

/* Instructions executed. The default profile takes 50,000. This bounds the depth of recursion as well:
 * regions within each other, each with a test more than the one around it, are no more than the square
 * root of it. */
#define STEPS_MAX (UINT32_C(1) << 22)

/* Facts that are held at once. */
#define FACTS_MAX 256

enum answer {
	ANSWER_NO,
	ANSWER_YES,
	ANSWER_OPEN, /* some contents of the region say yes, others no; or that is not known */
};

/* A test of a word. */
struct word_test {
	enum {
		TEST_EQUAL, /* (value & mask) == constant */
		TEST_ABOVE, /* value > constant; mask is full */
		TEST_NOT_BELOW, /* value >= constant; mask is full */
	} kind;
	size_t word;
	uint32_t mask;
	uint32_t constant;
};

struct interval {
	uint32_t low, high; /* both are in it */
};

/* A test of kind TEST_EQUAL, and what it says. */
struct fact {
	struct word_test test;
	enum answer answer;
};

struct proof {
	const struct program *programs[2];
	struct interval words[PROGRAM_WORDS];
	struct fact facts[FACTS_MAX];
	size_t n_facts;
	uint32_t steps;
};

/* Tests. */

static enum answer answer_of(bool yes)
{
	return yes ? ANSWER_YES : ANSWER_NO;
}

static enum answer answer_for_value(const struct word_test *test, uint32_t value)
{
	switch (test->kind) {
	case TEST_EQUAL:
		return answer_of((value & test->mask) == test->constant);
	case TEST_ABOVE:
		return answer_of(value > test->constant);
	case TEST_NOT_BELOW:
		return answer_of(value >= test->constant);
	}
	return ANSWER_OPEN;
}

static enum answer answer_for_interval(const struct word_test *test, struct interval interval)
{
	enum answer low = answer_for_value(test, interval.low);
	enum answer high = answer_for_value(test, interval.high);

	/* The answers of a comparison turn once on the way up. */
	if (test->kind != TEST_EQUAL)
		return low == high ? low : ANSWER_OPEN;
	if (interval.low == interval.high || !test->mask)
		return low;
	if (test->mask != UINT32_MAX)
		return test->constant & ~test->mask ? ANSWER_NO : ANSWER_OPEN;
	return test->constant < interval.low || test->constant > interval.high ? ANSWER_NO
									       : ANSWER_OPEN;
}

static enum answer answer_from_fact(const struct word_test *test, const struct fact *fact)
{
	uint32_t common = test->mask & fact->test.mask;

	if (test->kind != TEST_EQUAL || test->word != fact->test.word)
		return ANSWER_OPEN;
	/* A bit that the fact knows is not what the test wants. */
	if (fact->answer == ANSWER_YES && (test->constant ^ fact->test.constant) & common)
		return ANSWER_NO;
	if (test->mask == fact->test.mask && test->constant == fact->test.constant)
		return fact->answer;
	return ANSWER_OPEN;
}

static enum answer answer_for_region(const struct proof *proof, const struct word_test *test)
{
	enum answer answer = answer_for_interval(test, proof->words[test->word]);

	for (size_t i = 0; i < proof->n_facts && answer == ANSWER_OPEN; i++)
		answer = answer_from_fact(test, &proof->facts[i]);
	return answer;
}

/* Running a program. */

/* Where a program stands. */
struct machine {
	const struct program *program;
	size_t at;
	bool is_loaded; /* the accumulator holds a word */
	size_t word;
	uint32_t mask;
};

/* How a run for a region ended. */
struct outcome {
	enum {
		OUTCOME_UNKNOWN, /* an instruction that is none of program.h's, or too many steps */
		OUTCOME_RETURN,
		OUTCOME_OPEN, /* at a test without an answer */
	} kind;
	uint32_t value; /* returned */
	struct word_test test;
};

/* The test of a conditional jump; false for a form that is not known. */
static bool read_jump(const struct machine *machine, const struct sock_filter *in,
		      struct word_test *ret)
{
	struct word_test test = { TEST_EQUAL, machine->word, machine->mask, in->k };

	switch (in->code) {
	case BPF_JMP | BPF_JEQ | BPF_K:
		break;
	case BPF_JMP | BPF_JGT | BPF_K:
		test.kind = TEST_ABOVE;
		break;
	case BPF_JMP | BPF_JGE | BPF_K:
		test.kind = TEST_NOT_BELOW;
		break;
	default:
		return false;
	}
	if (!machine->is_loaded || (test.kind != TEST_EQUAL && test.mask != UINT32_MAX))
		return false;
	*ret = test;
	return true;
}

/* Execute a conditional jump; false ends the run with *outcome. */
static bool execute_jump(const struct proof *proof, struct machine *machine,
			 const struct sock_filter *in, struct outcome *outcome)
{
	enum answer answer;

	if (!read_jump(machine, in, &outcome->test))
		return false;
	answer = answer_for_region(proof, &outcome->test);
	if (answer == ANSWER_OPEN) {
		outcome->kind = OUTCOME_OPEN;
		return false;
	}
	machine->at += answer == ANSWER_YES ? in->jt : in->jf;
	return true;
}

/* Execute an instruction; false ends the run with *outcome. */
static bool execute_instruction(const struct proof *proof, struct machine *machine,
				struct outcome *outcome)
{
	const struct sock_filter *in = &machine->program->code[machine->at++];

	switch (in->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		machine->is_loaded = true;
		machine->word = in->k / sizeof(uint32_t);
		machine->mask = UINT32_MAX;
		return in->k % sizeof(uint32_t) == 0 && machine->word < PROGRAM_WORDS;
	case BPF_ALU | BPF_AND | BPF_K:
		machine->mask &= in->k;
		return machine->is_loaded;
	case BPF_JMP | BPF_JA:
		if (in->k >= machine->program->len)
			return false;
		machine->at += in->k;
		return true;
	case BPF_RET | BPF_K:
		outcome->kind = OUTCOME_RETURN;
		outcome->value = in->k;
		return false;
	default:
		return execute_jump(proof, machine, in, outcome);
	}
}

static struct outcome run_program(struct proof *proof, const struct program *program)
{
	struct machine machine = { .program = program };
	struct outcome outcome = { OUTCOME_UNKNOWN };

	while (machine.at < program->len && proof->steps++ < STEPS_MAX)
		if (!execute_instruction(proof, &machine, &outcome))
			break;
	return outcome;
}

/* Regions. */

static bool prove_region(struct proof *proof);

/* Prove the part of the region in which a word is within an interval. */
static bool prove_interval(struct proof *proof, size_t word, uint32_t low, uint32_t high)
{
	struct interval before = proof->words[word];
	bool proven;

	proof->words[word] = (struct interval) { low, high };
	proven = prove_region(proof);
	proof->words[word] = before;
	return proven;
}

/* Prove the parts below the constant of a test, at it, and above it. */
static bool prove_around(struct proof *proof, const struct word_test *test)
{
	struct interval whole = proof->words[test->word];
	uint32_t at = test->constant;

	if (at > whole.low && !prove_interval(proof, test->word, whole.low, at - 1))
		return false;
	if (!prove_interval(proof, test->word, at, at))
		return false;
	return at >= whole.high || prove_interval(proof, test->word, at + 1, whole.high);
}

static bool prove_fact(struct proof *proof, const struct word_test *test, enum answer answer)
{
	bool proven;

	if (proof->n_facts == FACTS_MAX)
		return false;
	proof->facts[proof->n_facts++] = (struct fact) { *test, answer };
	proven = prove_region(proof);
	proof->n_facts--;
	return proven;
}

/* Cut the region by a test that has no answer in it, so that it has one in each part. A comparison's
 * constant is within the word's interval, or there would be an answer. */
static bool prove_parts(struct proof *proof, const struct word_test *test)
{
	if (test->mask == UINT32_MAX)
		return prove_around(proof, test);
	return prove_fact(proof, test, ANSWER_YES) && prove_fact(proof, test, ANSWER_NO);
}

static bool prove_region(struct proof *proof)
{
	struct outcome outcomes[2];

	for (size_t i = 0; i < 2; i++) {
		outcomes[i] = run_program(proof, proof->programs[i]);
		if (outcomes[i].kind == OUTCOME_OPEN)
			return prove_parts(proof, &outcomes[i].test);
		if (outcomes[i].kind == OUTCOME_UNKNOWN)
			return false;
	}
	return outcomes[0].value == outcomes[1].value;
}

bool equality_is_proven(const struct program *one, const struct program *other)
{
	struct proof proof = { .programs = { one, other } };

	for (size_t i = 0; i < PROGRAM_WORDS; i++)
		proof.words[i] = (struct interval) { 0, UINT32_MAX };
	return prove_region(&proof);
}
