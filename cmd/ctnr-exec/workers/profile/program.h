/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A seccomp filter as the kernel takes it: a classic BPF program over the words of struct seccomp_data
 * (seccomp(2)). Jumps go forward only.
 *
 * libseccomp writes these instructions, and the files beside this one know no others:
 *
 *	BPF_LD | BPF_W | BPF_ABS	load a word of struct seccomp_data into the accumulator
 *	BPF_ALU | BPF_AND | BPF_K	mask the accumulator
 *	BPF_JMP | ... | BPF_K		JEQ, JGT, JGE: compare it with a constant; JA: jump
 *	BPF_RET | BPF_K			answer
 */
#ifndef CTNR_EXEC_WORKERS_PROFILE_PROGRAM_H
#define CTNR_EXEC_WORKERS_PROFILE_PROGRAM_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

/* The words of struct seccomp_data, and the offsets of two of them. */
#define PROGRAM_WORDS (sizeof(struct seccomp_data) / sizeof(uint32_t))
#define PROGRAM_NUMBER offsetof(struct seccomp_data, nr)
#define PROGRAM_ARCHITECTURE offsetof(struct seccomp_data, arch)

struct program {
	const struct sock_filter *code; /* borrowed */
	size_t len; /* instructions */
};

#endif
