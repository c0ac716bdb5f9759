/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes the making shorter of seccomp filters, and the proof that goes with it: the input is a filter
 * program, as struct sock_filter[], which is mended first so that the kernel would take it. What is
 * proven to be equal must answer alike, by a machine of the tests' own.
 */
#include "bpf.h"
#include "workers/profile/compact.h"
#include "workers/profile/equality.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/fnv.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INSTRUCTIONS_MAX 2048
#define INPUTS 500

static const uint16_t codes[] = {
	BPF_LD | BPF_W | BPF_ABS,  BPF_ALU | BPF_AND | BPF_K, BPF_JMP | BPF_JEQ | BPF_K,
	BPF_JMP | BPF_JGT | BPF_K, BPF_JMP | BPF_JGE | BPF_K, BPF_JMP | BPF_JA,
	BPF_RET | BPF_K,
};

static bool code_is_known(uint16_t code)
{
	for (size_t i = 0; i < array_size(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Known instructions, whole words, jumps that end within the program, an answer at its end. */
static void mend_program(struct sock_filter *code, size_t len)
{
	for (size_t at = 0; at + 1 < len; at++) {
		struct sock_filter *in = &code[at];
		size_t behind = len - at - 1;

		if (!code_is_known(in->code))
			in->code = codes[in->code % array_size(codes)];
		if (in->code == codes[0])
			in->k = in->k / 4 % BPF_WORDS * 4;
		if (in->code == (BPF_JMP | BPF_JA))
			in->k %= (uint32_t)behind;
		in->jt = (uint8_t)(in->jt % behind);
		in->jf = (uint8_t)(in->jf % behind);
	}
	code[len - 1].code = BPF_RET | BPF_K;
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*state >> 32);
}

/* Words near the constants of the program: what its tests tell apart. */
static struct bpf_input choose_input(const struct program *program, uint64_t *state)
{
	struct bpf_input input;

	for (size_t i = 0; i < BPF_WORDS; i++) {
		const struct sock_filter *in = &program->code[next_random(state) % program->len];

		input.words[i] = in->k + next_random(state) % 3 - 1;
		if (next_random(state) % 8 == 0)
			input.words[i] = next_random(state);
	}
	return input;
}

static void compare_programs(const struct program *one, const struct program *other,
			     uint64_t *state)
{
	for (size_t i = 0; i < INPUTS; i++) {
		struct bpf_input input = choose_input(one, state);
		struct bpf_result a = bpf_run(one->code, one->len, &input);
		struct bpf_result b = bpf_run(other->code, other->len, &input);

		if (!a.is_valid || !b.is_valid || a.answer != b.answer)
			abort();
	}
}

static void try_shorter(const struct program *program, uint64_t *state)
{
	struct program shorter = { 0 };
	autofree struct sock_filter *code = compact_program(program, &shorter.len);

	shorter.code = code;
	if (code && shorter.len >= program->len)
		abort();
	if (code)
		compare_programs(program, &shorter, state);
}

/* The program with one instruction that is another. */
static void try_mutant(const struct program *program, uint64_t *state)
{
	autofree struct sock_filter *code = xmemdup(program->code, program->len * sizeof(*code));
	const struct program mutant = { code, program->len };
	struct sock_filter *in = &code[next_random(state) % program->len];

	switch (next_random(state) % 4) {
	case 0:
		in->k ^= 1U << next_random(state) % 32;
		break;
	case 1:
		in->jt = (uint8_t)next_random(state);
		break;
	case 2:
		in->jf = (uint8_t)next_random(state);
		break;
	default:
		in->code = codes[next_random(state) % array_size(codes)];
	}
	if (equality_is_proven(program, &mutant))
		compare_programs(program, &mutant, state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree struct sock_filter *code = NULL;
	struct program program = { NULL, size / sizeof(*code) };
	uint64_t state = fnv_add(FNV_START, data, size);

	if (!program.len || program.len > INSTRUCTIONS_MAX)
		return 0;
	code = xmemdup(data, program.len * sizeof(*code));
	mend_program(code, program.len);
	program.code = code;
	try_shorter(&program, &state);
	for (int i = 0; i < 2; i++)
		try_mutant(&program, &state);
	return 0;
}
