/* SPDX-License-Identifier: Apache-2.0 */
#include "workers/profile/compact.h"

#include "workers/profile/assembler.h"
#include "workers/profile/equality.h"
#include "workers/profile/reader.h"

/* Twice what the kernel takes, because the shorter program may be one that it takes. Reading recurses no
 * deeper. */
#define PROGRAM_MAX ((size_t)2 * BPF_MAXINSNS)

struct sock_filter *compact_program(const struct program *program, size_t *ret_len)
{
	autodiagram struct diagram diagram = DIAGRAM_INIT;
	autofree struct sock_filter *code = NULL;
	struct program shorter = { 0 };
	unsigned root;

	if (program->len > PROGRAM_MAX || !reader_read(program, &diagram, &root))
		return NULL;
	code = assembler_write(&diagram, root, &shorter.len);
	shorter.code = code;
	if (!code || shorter.len >= program->len || !equality_is_proven(program, &shorter))
		return NULL;
	*ret_len = shorter.len;
	return steal(&code);
}
