/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof that a filter equals another one finds every difference: each instruction of the default
 * profile's filter is changed in every way, and what then answers otherwise is not proven to be equal.
 */
#include "bpf.h"
#include "filter_domain.h"
#include "filter_profile.h"
#include "tap.h"
#include "workers/profile/compact.h"
#include "workers/profile/equality.h"

#include "base/alloc.h"
#include "base/str.h"

#include <linux/audit.h>

/* The inputs around the constants of a program, and its answers. */
struct sample {
	struct bpf_input *inputs; /* owned */
	uint32_t *answers; /* owned */
	size_t len;
};

static void sample_release(struct sample *sample)
{
	free(steal(&sample->inputs));
	free(steal(&sample->answers));
}
#define autosample autocleanup(sample_release)

static void sample_add(struct sample *sample, struct domain *domain, const struct program *program,
		       struct bpf_input input)
{
	size_t tries = 1;

	for (size_t i = 0; i < tries; i++) {
		struct bpf_result result = bpf_run(program->code, program->len, &input);

		if (result.reads_arguments)
			tries = 200;
		sample->inputs[sample->len] = input;
		sample->answers[sample->len++] = result.answer;
		choose_arguments(domain, &input);
	}
}

#define SAMPLE_MAX (1U << 19)

static void sample_init(struct sample *sample, const struct program *program)
{
	autodomain struct domain domain = { .random = 1 };
	const uint32_t known[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, 0, AUDIT_ARCH_I386 + 1,
				   UINT32_MAX };

	*sample = (struct sample) { xcalloc(SAMPLE_MAX, sizeof(*sample->inputs)),
				    xcalloc(SAMPLE_MAX, sizeof(*sample->answers)), 0 };
	add_constants(&domain.numbers, program);
	add_constants(&domain.arguments, program);
	add_special_words(&domain);
	for (size_t i = 0; i < array_size(known); i++)
		for (size_t k = 0; k < domain.numbers.len && sample->len < SAMPLE_MAX - 200; k++)
			sample_add(sample, &domain, program,
				   (struct bpf_input) { { domain.numbers.items[k], known[i] } });
}

/* Does a program answer to all of the sample as the first one did? */
static bool sample_is_answered(const struct sample *sample, const struct program *program)
{
	for (size_t i = 0; i < sample->len; i++) {
		struct bpf_result result = bpf_run(program->code, program->len, &sample->inputs[i]);

		if (!result.is_valid || result.answer != sample->answers[i])
			return false;
	}
	return true;
}

/* The mutations of an instruction; false: there is none of that number. */
static bool mutate(struct sock_filter *in, unsigned number)
{
	const struct sock_filter before = *in;

	switch (number) {
	case 0:
		in->k++;
		break;
	case 1:
		in->k--;
		break;
	case 2:
		in->k ^= 0x80000000;
		break;
	case 3:
		in->jt = before.jf;
		in->jf = before.jt;
		break;
	case 4:
		in->jt = before.jf;
		break;
	case 5:
		in->jf = before.jt;
		break;
	case 6:
		in->jt++;
		break;
	case 7:
		in->jf++;
		break;
	case 8: /* another word, another answer */
		in->k = before.k + sizeof(uint32_t);
		break;
	case 9: /* another comparison */
		in->code = before.code ^ (BPF_JEQ ^ BPF_JGE);
		break;
	case 10:
		in->code = before.code ^ (BPF_JGE ^ BPF_JGT);
		break;
	default:
		return false;
	}
	return true;
}

struct mutants {
	size_t different; /* answer differently */
	size_t missed; /* ... and are proven to be equal */
	size_t equal; /* answer alike */
	size_t proven; /* ... and are proven to */
};

static void try_mutant(const struct sample *sample, const struct program *program,
		       const struct program *mutant, struct mutants *count)
{
	bool is_proven = equality_is_proven(program, mutant);

	if (sample_is_answered(sample, mutant)) {
		count->equal++;
		count->proven += is_proven;
	} else {
		count->different++;
		count->missed += is_proven;
	}
}

/* Every mutation of every instruction of the default profile's filter. */
static void check_mutants(void)
{
	autofree char *text = default_profile("");
	autostr struct str bytes = STR_INIT;
	struct program program = compile_profile(text, &bytes);
	struct program shorter = { 0 };
	autofree struct sock_filter *code = compact_program(&program, &shorter.len);
	autosample struct sample sample = { 0 };
	struct mutants count = { 0 };

	if (!code)
		return;
	shorter.code = code;
	sample_init(&sample, &program);
	ok(sample_is_answered(&sample, &shorter), "the filter as it is answers to the sample");
	for (size_t i = 0; i < shorter.len; i++) {
		const struct sock_filter before = code[i];

		for (unsigned number = 0; mutate(&code[i], number); number++) {
			if (memcmp(&code[i], &before, sizeof(before)) != 0)
				try_mutant(&sample, &program, &shorter, &count);
			code[i] = before;
		}
	}
	printf("# %zu mutants differ, %zu missed; %zu do not, %zu proven\n", count.different,
	       count.missed, count.equal, count.proven);
	ok(count.different > 5 * shorter.len, "a mutated instruction changes what is answered");
	is_int((intmax_t)count.missed, 0, "... and none of these is proven to be equal");
	ok(count.proven > 0, "... where a harmless one is");
}

int main(void)
{
	check_mutants();
	return done_testing();
}
