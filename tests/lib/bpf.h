/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine for seccomp filters, for tests: what the kernel does with a classic BPF program, written down
 * a second time. It takes whole contents of struct seccomp_data, one at a time.
 */
#ifndef TESTS_LIB_BPF_H
#define TESTS_LIB_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The words of struct seccomp_data: number, architecture, instruction pointer, six arguments. */
#define BPF_WORDS 16
#define BPF_NUMBER 0
#define BPF_ARCHITECTURE 1
#define BPF_ARGUMENTS 4

struct bpf_input {
	uint32_t words[BPF_WORDS];
};

struct bpf_result {
	bool is_valid; /* the program came to a return, by instructions that filters may have */
	uint32_t answer;
	bool reads_arguments;
};

/* Run a program for one system call. */
static inline struct bpf_result bpf_run(const struct sock_filter *code, size_t len,
					const struct bpf_input *input)
{
	struct bpf_result result = { false, 0, false };
	uint32_t a = 0;

	for (size_t at = 0; at < len; at++) {
		uint32_t k = code[at].k;

		switch (code[at].code) {
		case 0x20: /* ld [k] */
			if (k % 4 || k / 4 >= BPF_WORDS)
				return result;
			a = input->words[k / 4];
			result.reads_arguments |= k / 4 >= BPF_ARGUMENTS;
			break;
		case 0x54: /* and #k */
			a &= k;
			break;
		case 0x05: /* ja */
			if (k >= len)
				return result;
			at += k;
			break;
		case 0x15: /* jeq */
			at += a == k ? code[at].jt : code[at].jf;
			break;
		case 0x25: /* jgt */
			at += a > k ? code[at].jt : code[at].jf;
			break;
		case 0x35: /* jge */
			at += a >= k ? code[at].jt : code[at].jf;
			break;
		case 0x45: /* jset */
			at += a & k ? code[at].jt : code[at].jf;
			break;
		case 0x06: /* ret #k */
			result.answer = k;
			result.is_valid = true;
			return result;
		default:
			return result;
		}
	}
	return result;
}

#endif
