/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two seccomp filters are compared for in tests: every architecture that matters, the numbers and
 * arguments around each constant that either filter knows, and choices of arguments from those.
 */
#ifndef TESTS_LIB_FILTER_DOMAIN_H
#define TESTS_LIB_FILTER_DOMAIN_H

#include "bpf.h"
#include "workers/profile/program.h"

#include "base/alloc.h"
#include "base/cleanup.h"

#include <linux/audit.h>
#include <stdlib.h>

#define X32 0x40000000U

/* A set of values, ascending after values_sort(). */
struct values {
	uint32_t *items; /* owned */
	size_t len;
};

static inline void values_release(struct values *values)
{
	free(steal(&values->items));
}
#define autovalues autocleanup(values_release)

static inline void values_add(struct values *values, uint32_t value)
{
	values->items = xgrow(values->items, values->len, sizeof(*values->items));
	values->items[values->len++] = value;
}

static inline int compare_values(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

static inline void values_sort(struct values *values)
{
	size_t len = 0;

	qsort(values->items, values->len, sizeof(*values->items), compare_values);
	for (size_t i = 0; i < values->len; i++)
		if (!len || values->items[len - 1] != values->items[i])
			values->items[len++] = values->items[i];
	values->len = len;
}

/* Every constant of a program, and the values beside it. */
static inline void add_constants(struct values *values, const struct program *program)
{
	for (size_t i = 0; i < program->len; i++)
		for (uint32_t k = program->code[i].k, by = 0; by < 3; by++)
			values_add(values, k + by - 1);
}

/* The inputs that two programs are compared for. */
struct domain {
	struct values architectures;
	struct values numbers;
	struct values arguments;
	uint64_t random;
	size_t n_inputs; /* so far */
};

static inline void domain_release(struct domain *domain)
{
	values_release(&domain->architectures);
	values_release(&domain->numbers);
	values_release(&domain->arguments);
}
#define autodomain autocleanup(domain_release)

static const uint32_t architectures[] = {
	0,
	AUDIT_ARCH_X86_64,
	AUDIT_ARCH_X86_64 + 1,
	AUDIT_ARCH_I386,
	AUDIT_ARCH_I386 - 1,
	AUDIT_ARCH_AARCH64,
	AUDIT_ARCH_ARM,
	AUDIT_ARCH_RISCV64,
	AUDIT_ARCH_S390X,
	0x12345678,
	UINT32_MAX,
};

static const uint32_t special_words[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, UINT32_MAX };

static inline void add_architectures(struct domain *domain)
{
	for (size_t i = 0; i < array_size(architectures); i++)
		values_add(&domain->architectures, architectures[i]);
	values_sort(&domain->architectures);
}

static inline void add_special_words(struct domain *domain)
{
	for (size_t i = 0; i < array_size(special_words); i++) {
		values_add(&domain->numbers, special_words[i]);
		values_add(&domain->arguments, special_words[i]);
	}
	for (int bit = 0; bit < 32; bit++)
		values_add(&domain->arguments, 1U << bit);
	values_sort(&domain->numbers);
	values_sort(&domain->arguments);
}

/* Every architecture, each number to 1100 and of x32, and what is around each constant. */
static inline void domain_init(struct domain *domain, const struct program *one,
			       const struct program *other)
{
	*domain = (struct domain) { .random = 1 };
	for (uint32_t number = 0; number <= 1100; number++) {
		values_add(&domain->numbers, number);
		values_add(&domain->numbers, X32 + number);
	}
	add_constants(&domain->numbers, one);
	add_constants(&domain->numbers, other);
	add_constants(&domain->arguments, one);
	add_constants(&domain->arguments, other);
	add_architectures(domain);
	add_special_words(domain);
}

static inline uint32_t random_word(struct domain *domain)
{
	domain->random = domain->random * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(domain->random >> 32);
}

/* Arguments of which most are special. */
static inline void choose_arguments(struct domain *domain, struct bpf_input *input)
{
	for (size_t i = 2; i < BPF_WORDS; i++)
		input->words[i] =
			random_word(domain) % 8 == 0
				? random_word(domain)
				: domain->arguments
					  .items[random_word(domain) % domain->arguments.len];
}

#endif
